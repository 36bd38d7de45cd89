package connectivity

import (
	"fmt"
	"strings"

	"ventral/nn"
)

// kinds makes every kind of transform with its defaults, in the order of documentation.
var kinds = []func() Transform{
	func() Transform { return &Identity{} },
	func() Transform { return &Conv{Kernel: 3} },
	func() Transform { return &TransposedConv{Kernel: 3} },
	func() Transform { return &PoolConv{Pool: "max", Kernel: 3} },
	func() Transform { return &ResizeConv{Kernel: 3} },
	func() Transform { return &BRC{Kernel: 3, Times: 1, Stride: "first", Norm: nn.DefaultNorm()} },
	func() Transform { return &BRD{BRC{Kernel: 3, Times: 1, Stride: "last", Norm: nn.DefaultNorm()}} },
}

// Kinds returns the names that New knows.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k().Kind()
	}
	return names
}

// New returns the named kind of transform with its defaults.
func New(kind string) (Transform, error) {
	for _, k := range kinds {
		if t := k(); t.Kind() == kind {
			return t, nil
		}
	}
	return nil, fmt.Errorf("found kind %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}
