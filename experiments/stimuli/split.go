package stimuli

import (
	"strconv"
	"strings"
)

// Split is one of the three disjoint parts of a data set.
type Split int

// The parts of a data set: weights are learnt from Train; choices, such as
// that of the best epoch, are made on Validation; Test is read once.
const (
	Train Split = iota
	Validation
	Test
	Splits = 3 // how many there are
)

// String returns "train", "validation" or "test".
func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Validation:
		return "validation"
	case Test:
		return "test"
	}
	return "Split(" + strconv.Itoa(int(s)) + ")"
}

// SplitOf returns the split that a word of somebody's files or folders stands for, in
// capitals or not, and whether it stands for one.
func SplitOf(word string) (Split, bool) {
	s, ok := splitWords[strings.ToLower(strings.TrimSpace(word))]
	return s, ok
}

var splitWords = map[string]Split{
	"train": Train, "training": Train,
	"val": Validation, "valid": Validation, "validation": Validation,
	"test": Test, "testing": Test,
}
