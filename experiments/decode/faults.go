package decode

import (
	"errors"
	"fmt"
	"slices"
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
// at one place with one message, whatever task is named after it. One that several
// variants have names them all, unless the file has it without them.
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
			var there, new *Fault
			if errors.As(x, &there) && errors.As(err, &new) && len(there.variants) > 0 && len(new.variants) > 0 {
				there.inVariants(append(there.variants, new.variants...))
			}
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
	message := func(f *Fault) string {
		return strings.Replace(strings.Replace(f.Message, f.task, "", 1), f.among, "", 1)
	}
	return x.File == y.File && x.Line == y.Line && x.Column == y.Column && x.Key == y.Key && message(x) == message(y)
}

// OfTask names a task of a sweep at the end of the message.
func (f *Fault) OfTask(text string) {
	f.task = " (" + text + ")"
	f.Message += f.task
}

// inVariants names the variants that have the fault at the end of its message.
func (f *Fault) inVariants(names []string) {
	slices.Sort(names)
	f.variants = slices.Compact(names)
	f.Message = strings.Replace(f.Message, f.among, "", 1)
	f.among = fmt.Sprintf("; in variant %q", f.variants[0])
	if len(f.variants) > 1 {
		f.among = "; in variants " + strings.Join(f.variants, ", ")
	}
	f.Message += f.among
}

// OfVariant names the variant in a fault that stands outside of it. Others, and
// those of a file without a variant, are as they were.
func OfVariant(err error, variant string) error {
	var f *Fault
	if variant == "" || !errors.As(err, &f) || len(f.variants) > 0 || f.Line == 0 || strings.HasPrefix(f.Key, Dotted([]string{"variant", variant})) {
		return err
	}
	f.inVariants([]string{variant})
	return err
}
