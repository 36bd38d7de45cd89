package connectivity

import (
	"fmt"

	"ventral/nn"
)

// Conv is a convolution, y = k ∗ x + b, whose stride follows from the sizes of
// the two areas.
type Conv struct {
	Kernel int `toml:"kernel" min:"1" max:"99" doc:"height and width of the kernel"`
}

// Kind returns "conv".
func (*Conv) Kind() string { return "conv" }

// Reads implements Transform.
func (*Conv) Reads() string { return "response" }

// Check implements Transform.
func (t *Conv) Check(from, to [3]int) error {
	_, up, err := Factors(from, to)
	if err == nil && up > 1 {
		err = grows(from, to, "transposed_conv, resize_conv or brd")
	}
	if err != nil {
		return err
	}
	return kernelSize(t.Kernel)
}

// Build implements Transform.
func (t *Conv) Build(s nn.Scope, x Source, to Target) nn.Value {
	down, _, err := Factors(x.Shape, to.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	return convolve(s, "", x.Value, t.Kernel, down, to.Shape[2], to.Bias)
}

// String implements Transform.
func (t *Conv) String() string { return fmt.Sprintf("conv %d×%d", t.Kernel, t.Kernel) }

// TransposedConv is a transposed convolution, the adjoint of a convolution
// from the target to the source: its kernel is stored [height, width, target
// channels, source channels].
type TransposedConv struct {
	Kernel int `toml:"kernel" min:"1" max:"99" doc:"height and width of the kernel"`
}

// Kind returns "transposed_conv".
func (*TransposedConv) Kind() string { return "transposed_conv" }

// Reads implements Transform.
func (*TransposedConv) Reads() string { return "response" }

// Check implements Transform.
func (t *TransposedConv) Check(from, to [3]int) error {
	down, _, err := Factors(to, from)
	if err != nil {
		if d, _, e := Factors(from, to); e == nil && d > 1 {
			err = shrinks(from, to, "conv, pool_conv or brc")
		}
		return err
	}
	if down == 1 && from != to && (from[0] > to[0] || from[1] > to[1]) {
		return shrinks(from, to, "conv, pool_conv or brc")
	}
	return kernelSize(t.Kernel)
}

// Build implements Transform.
func (t *TransposedConv) Build(s nn.Scope, x Source, to Target) nn.Value {
	factor, _, err := Factors(to.Shape, x.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	return deconvolve(s, "", x.Value, t.Kernel, factor, to.Shape[0], to.Shape[1], to.Shape[2], to.Bias)
}

func (*TransposedConv) shared(local string) string {
	if local == "bias" {
		return "transposed bias"
	}
	return local
}

// String implements Transform.
func (t *TransposedConv) String() string {
	return fmt.Sprintf("transposed conv %d×%d", t.Kernel, t.Kernel)
}
