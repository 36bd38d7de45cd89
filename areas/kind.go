package areas

import (
	"fmt"
	"strings"

	"ventral/nn"
)

// kinds makes every kind of dynamics with its defaults, in the order of documentation.
var kinds = []func() Dynamics{
	func() Dynamics { return NewSum() },
	func() Dynamics { return NewRate() },
}

// Kinds returns the names that New knows.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k().Kind()
	}
	return names
}

// New returns the named kind of dynamics, a pointer to a struct whose fields
// are keys of an experiment file, with its defaults.
func New(kind string) (Dynamics, error) {
	for _, k := range kinds {
		if d := k(); d.Kind() == kind {
			return d, nil
		}
	}
	return nil, fmt.Errorf("found kind %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}

// nonlinearities are the functions that dynamics may apply.
const nonlinearities = "relu sigmoid tanh softplus elu identity"

// apply applies a nonlinearity.
func apply(s nn.Scope, fn string, x nn.Value) nn.Value {
	if fn == "identity" {
		return x
	}
	return s.One(nn.Unary{Fn: fn}, x)
}

// oneOf returns an error unless found is one of the words of want.
func oneOf(key, found, want string) error {
	for _, w := range strings.Fields(want) {
		if w == found {
			return nil
		}
	}
	return fmt.Errorf("%s: found %q, want one of %s", key, found, strings.Join(strings.Fields(want), ", "))
}
