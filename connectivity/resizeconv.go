package connectivity

import (
	"fmt"

	"ventral/nn"
)

// ResizeConv enlarges the map by repeating pixels (nearest neighbour) and
// convolves the result with stride 1.
type ResizeConv struct {
	Kernel int `toml:"kernel" min:"1" max:"99" doc:"height and width of the kernel"`
}

// Kind returns "resize_conv".
func (*ResizeConv) Kind() string { return "resize_conv" }

// Reads implements Transform.
func (*ResizeConv) Reads() string { return "response" }

// Check implements Transform.
func (t *ResizeConv) Check(from, to [3]int) error {
	down, _, err := Factors(from, to)
	if err != nil {
		return err
	}
	if down > 1 {
		return shrinks(from, to, "conv, pool_conv or brc")
	}
	return kernelSize(t.Kernel)
}

// Build implements Transform.
func (t *ResizeConv) Build(s nn.Scope, x Source, to Target) nn.Value {
	_, up, err := Factors(x.Shape, to.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	v := x.Value
	if up > 1 {
		v = s.One(nn.Upsample{Factor: up}, v)
	}
	return convolve(s, "", v, t.Kernel, 1, to.Shape[2], to.Bias)
}

// String implements Transform.
func (t *ResizeConv) String() string { return fmt.Sprintf("resize, conv %d×%d", t.Kernel, t.Kernel) }
