package decode

import (
	"fmt"
	"slices"
	"strings"
)

// Meant is "; did you mean …?" with the nearest of the known words, and the list of
// all where none is near.
func Meant(found string, known []string) string {
	if k := Nearest(found, known); k != "" {
		return fmt.Sprintf("; did you mean %q?", k)
	}
	return "; known: " + strings.Join(slices.Compact(slices.Sorted(slices.Values(known))), ", ")
}

// Nearest is the known word that takes the fewest edits, or of which the other is
// a part; "" where none is near.
func Nearest(found string, known []string) string {
	best, distance := "", 1+max(len(found)/3, 1)
	for _, k := range known {
		if d := edits(strings.ToLower(found), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		for _, k := range known { // one is a word of the other: learning_rate
			if len(k) > len(best) && (hasPart(found, k) || hasPart(k, found)) {
				best = k
			}
		}
	}
	return best
}

// hasPart reports whether long begins or ends with the word short.
func hasPart(long, short string) bool {
	if len(short) < 3 {
		return false
	}
	for _, sign := range []string{"_", "-", " "} {
		if strings.HasPrefix(long, short+sign) || strings.HasSuffix(long, sign+short) {
			return true
		}
	}
	return false
}

// edits is the number of insertions, deletions, exchanges and swaps of
// neighbours that lead from a to b (optimal string alignment).
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
