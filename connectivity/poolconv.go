package connectivity

import (
	"fmt"

	"ventral/nn"
)

// PoolConv pools the map down to the target's size and convolves the result
// with stride 1. Between areas of one size nothing is pooled unless pool_size
// is given.
type PoolConv struct {
	Pool   string `toml:"pool" oneof:"max mean" doc:"max or mean"`
	Size   int    `toml:"pool_size" min:"0" doc:"side of the pooled windows; 0 is the factor between the sizes"`
	Kernel int    `toml:"kernel" min:"1" max:"99" doc:"height and width of the kernel"`
}

// Kind returns "pool_conv".
func (*PoolConv) Kind() string { return "pool_conv" }

// Reads implements Transform.
func (*PoolConv) Reads() string { return "response" }

// Check implements Transform.
func (t *PoolConv) Check(from, to [3]int) error {
	down, up, err := Factors(from, to)
	switch {
	case err != nil:
		return err
	case up > 1:
		return grows(from, to, "transposed_conv, resize_conv or brd")
	case t.Pool != "max" && t.Pool != "mean":
		return fmt.Errorf("pool: found %q, want max or mean", t.Pool)
	case t.Size != 0 && t.Size < down:
		return fmt.Errorf("pool_size: found %d, want at least the factor %d between %d×%d and %d×%d", t.Size, down, from[0], from[1], to[0], to[1])
	}
	return kernelSize(t.Kernel)
}

// Build implements Transform.
func (t *PoolConv) Build(s nn.Scope, x Source, to Target) nn.Value {
	down, _, err := Factors(x.Shape, to.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	size := t.Size
	if size == 0 {
		size = down
	}
	v := x.Value
	if size > 1 {
		v = s.One(nn.Pool2D{Fn: t.Pool, Size: size, Stride: down}, v)
	}
	return convolve(s, "", v, t.Kernel, 1, to.Shape[2], to.Bias)
}

// String implements Transform.
func (t *PoolConv) String() string {
	return fmt.Sprintf("%s pool, conv %d×%d", t.Pool, t.Kernel, t.Kernel)
}
