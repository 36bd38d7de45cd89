package experiments

import (
	"errors"
	"strings"
)

// Faults are several errors that are reported together, such as those of the
// variants of a file. Each is there once.
type Faults []error

// Error returns a line for each.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, err := range f {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors.
func (f Faults) Unwrap() []error { return f }

// Add adds an error, or those of other Faults, unless the same is there: a fault
// at one place with one message, whatever task is named after it.
func (f *Faults) Add(err error) {
	var several Faults
	if errors.As(err, &several) {
		for _, x := range several {
			f.Add(x)
		}
		return
	}
	for _, x := range *f {
		if sameFault(x, err) {
			return
		}
	}
	*f = append(*f, err)
}

// Err returns nil without an error, and the only one by itself.
func (f Faults) Err() error {
	switch len(f) {
	case 0:
		return nil
	case 1:
		return f[0]
	}
	return f
}

func sameFault(a, b error) bool {
	var x, y *Fault
	if !errors.As(a, &x) || !errors.As(b, &y) {
		return a.Error() == b.Error()
	}
	message := func(f *Fault) string { return strings.Replace(f.Message, f.task, "", 1) }
	return x.File == y.File && x.Line == y.Line && x.Column == y.Column && x.Key == y.Key && message(x) == message(y)
}
