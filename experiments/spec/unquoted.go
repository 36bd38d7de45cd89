package spec

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	arrows        = regexp.MustCompile(`[\p{L}\p{N}_-]+->[\p{L}\p{N}_-]+`)
	stepsOfMatrix = regexp.MustCompile(`\bmatrix[ \t]*\.[ \t]*(\.\.[0-9]*|[0-9]+(?:[ \t]*(?:\.\.|,)[ \t]*[0-9]*)+)`)
)

// unquoted returns the name of a connection, or the steps after "matrix.", that
// stand without quotes at a byte of a line, with what to say of them and where
// they begin; "" where there are none.
func unquoted(line string, at int) (word, message string, from int) {
	outside := func(i int) bool { return strings.Count(line[:i], `"`)%2 == 0 }
	for _, m := range arrows.FindAllStringIndex(line, -1) {
		if at >= m[0] && at <= m[1] && outside(m[0]) {
			word = line[m[0]:m[1]]
			return word, fmt.Sprintf("found %s without quotes, want %q in quotes", word, word), m[0]
		}
	}
	if m := stepsOfMatrix.FindStringSubmatchIndex(line); m != nil && at >= m[2] && at <= m[3] && outside(m[0]) {
		word = strings.TrimSpace(line[m[2]:m[3]])
		return word, fmt.Sprintf("found the steps %s without quotes, want them in quotes, as in [matrix.%q]", word, word), m[2]
	}
	return "", "", 0
}
