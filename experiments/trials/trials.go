// Package trials reads how many random cases a test tries, and from which seed,
// from the environment, so that one failure can be repeated and a long search be
// asked for.
package trials

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Number reads a whole number of 0 or more from an environment variable, "random"
// for any, which the test's log then tells; otherwise is that of an empty one.
func Number(t testing.TB, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	switch text {
	case "":
		return otherwise
	case "random":
		text = strconv.Itoa(rand.Int())
		t.Logf("%s=%s", variable, text)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s: found %q, want a whole number of 0 or more, or random", variable, text)
	}
	return n
}
