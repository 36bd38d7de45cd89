package command

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// number reads a whole number from the environment, "random" for any.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	switch s {
	case "":
		return otherwise
	case "random":
		s = strconv.Itoa(rand.Int())
		t.Logf("%s=%s", name, s)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		t.Fatalf("%s: found %q, want a whole number of 0 or more, or random", name, s)
	}
	return n
}
