package areas

import (
	"fmt"
	"slices"
	"strings"

	"ventral/nn"
)

// Nonlinearity is φ: the name of a function of nn, or "identity".
type Nonlinearity string

// Words returns the names that are known: whatever function is registered is one.
func (Nonlinearity) Words() []string {
	var words []string
	for _, f := range nn.Functions() {
		words = append(words, f.Name)
	}
	return append(words, "identity")
}

// apply emits φ(x).
func (f Nonlinearity) apply(s nn.Scope, x nn.Value) nn.Value {
	if f == "identity" {
		return x
	}
	return s.One(nn.Unary{Fn: string(f)}, x)
}

// Stage is a part of a response: "norm" or a [Nonlinearity].
type Stage string

// Words returns "norm" and the words of Nonlinearity.
func (Stage) Words() []string { return append([]string{"norm"}, Nonlinearity("").Words()...) }

// oneOf returns an error unless found is one of some words.
func oneOf[T ~string](key string, found T, words ...string) error {
	if slices.Contains(words, string(found)) {
		return nil
	}
	return fmt.Errorf("%s: found %q, want one of %s", key, string(found), strings.Join(words, ", "))
}
