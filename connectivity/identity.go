package connectivity

import (
	"fmt"

	"ventral/nn"
)

// Identity passes the state on unchanged: the shortcut of a residual network.
type Identity struct{}

// Kind returns "identity".
func (*Identity) Kind() string { return "identity" }

// Reads implements Transform.
func (*Identity) Reads() string { return "state" }

// Check implements Transform.
func (*Identity) Check(from, to [3]int) error {
	if from != to {
		return fmt.Errorf("found shapes %v and %v, an identity joins areas of one shape; use conv, transposed_conv or resize_conv", from, to)
	}
	return nil
}

// Build implements Transform.
func (*Identity) Build(_ nn.Scope, x Source, _ Target) nn.Value { return x.Value }

// String implements Transform.
func (*Identity) String() string { return "identity" }
