package connectivity

import (
	"fmt"

	"ventral/nn"
)

// Source is the signal that a transform reads.
type Source struct {
	Value nn.Value
	Shape [3]int // height, width, channels
	// A norm applied directly to the signal keeps its statistics here: at the
	// source area and step where connections share it, else at the connection.
	Place string
	Step  int
}

// Target is what a transform delivers.
type Target struct {
	Shape [3]int // height, width, channels
	Bias  bool   // convolutions have a bias
}

// Transform is what a connection does to a signal on its way. The dynamic type
// is a pointer to a struct whose fields are keys of an experiment file.
type Transform interface {
	// Kind is the name in an experiment file.
	Kind() string
	// Reads names the signal of the source that is read by default.
	Reads() string
	// Check reports keys out of range, or shapes that it cannot join and what
	// could. Shapes are height, width, channels.
	Check(from, to [3]int) error
	// Build emits the transform.
	Build(s nn.Scope, x Source, to Target) nn.Value
	// String is the short text of a matrix cell, such as "conv 3×3 ↓2".
	String() string
}

// Factors returns by which whole factor a map must shrink (down) or grow (up)
// to reach the target's size; the other is 1. Odd sizes round up when shrinking.
func Factors(from, to [3]int) (down, up int, err error) {
	bad := fmt.Errorf("sizes %d×%d and %d×%d are not related by one whole factor", from[0], from[1], to[0], to[1])
	h, w := from[0], from[1]
	H, W := to[0], to[1]
	switch {
	case h >= H && w >= W:
		for f := 1; f <= h; f++ {
			if (h+f-1)/f == H && (w+f-1)/f == W {
				return f, 1, nil
			}
		}
		return 0, 0, bad
	case H >= h && W >= w:
		if H%h != 0 || W%w != 0 || H/h != W/w {
			return 0, 0, bad
		}
		return 1, H / h, nil
	}
	return 0, 0, bad
}

// grows is the error of a transform that cannot enlarge a map.
func grows(from, to [3]int, instead string) error {
	return fmt.Errorf("from %d×%d up to %d×%d: a map grows with %s", from[0], from[1], to[0], to[1], instead)
}

// shrinks is the error of a transform that cannot make a map smaller.
func shrinks(from, to [3]int, instead string) error {
	return fmt.Errorf("from %d×%d down to %d×%d: a map shrinks with %s", from[0], from[1], to[0], to[1], instead)
}

// kernelSize checks the side of a kernel.
func kernelSize(k int) error {
	if k < 1 || k > 99 {
		return fmt.Errorf("kernel: found %d, want 1 to 99", k)
	}
	return nil
}

// convolve emits a convolution of stride s to n channels, with a bias named
// beside the kernel.
func convolve(s nn.Scope, member string, x nn.Value, kernel, stride, n int, bias bool) nn.Value {
	c := s.Shape(x)[3]
	if c == 0 {
		return nn.None
	}
	k := s.Kernel(member+"kernel", nn.Shape{kernel, kernel, c, n}, kernel*kernel*c, kernel*kernel*n)
	y := s.One(nn.Conv2D{Stride: stride}, x, k)
	return biased(s, member, y, n, bias)
}

// deconvolve emits a transposed convolution that grows x by factor to h×w and n
// channels. Its kernel has the layout of the convolution it is the adjoint of,
// [k k target source], so that both can share one variable.
func deconvolve(s nn.Scope, member string, x nn.Value, kernel, factor, h, w, n int, bias bool) nn.Value {
	c := s.Shape(x)[3]
	if c == 0 {
		return nn.None
	}
	in := max(kernel*kernel*c/(factor*factor), 1)
	k := s.Kernel(member+"kernel", nn.Shape{kernel, kernel, n, c}, in, kernel*kernel*n)
	y := s.One(nn.ConvTranspose2D{Stride: factor, Height: h, Width: w}, x, k)
	return biased(s, member, y, n, bias)
}

func biased(s nn.Scope, member string, y nn.Value, n int, bias bool) nn.Value {
	if !bias {
		return y
	}
	return s.One(nn.AddBias{}, y, s.Vector(member+"bias", n, 0))
}
