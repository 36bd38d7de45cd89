package connectivity

import (
	"fmt"
	"strconv"
	"strings"

	"ventral/nn"
)

// BRC is norm, relu, convolution, done Times times: the residual branch of Liao
// and Poggio (2016), BRCx2 with Times = 2. Members are called 1, 2, … . The
// first norm stands directly on the source's state. Between members there are
// Width channels, by default the mean of the source's and the target's,
// rounded up.
//
// One member carries the stride that leads to the target's size; the paper
// does not say which, and the default is the first.
type BRC struct {
	Kernel int     `toml:"kernel" min:"1" max:"99" doc:"height and width of the kernels"`
	Times  int     `toml:"times" min:"1" max:"9" doc:"how often norm, relu, convolution"`
	Width  int     `toml:"width" min:"0" doc:"channels between members; 0 is the mean of source and target"`
	Stride string  `toml:"stride_at" oneof:"first last" doc:"the member that changes the size of the map"`
	Norm   nn.Norm `toml:"norm" doc:"normalisation before each relu"`
}

// BRD is BRC with transposed convolutions, for targets that are larger. The
// default is that the last member enlarges the map, so that the others work on
// the small one.
type BRD struct {
	BRC
}

// Kind returns "brc".
func (*BRC) Kind() string { return "brc" }

// Kind returns "brd".
func (*BRD) Kind() string { return "brd" }

// Reads implements Transform.
func (*BRC) Reads() string { return "state" }

// Check implements Transform.
func (t *BRC) Check(from, to [3]int) error {
	_, up, err := Factors(from, to)
	if err == nil && up > 1 {
		err = grows(from, to, "brd, transposed_conv or resize_conv")
	}
	if err != nil {
		return err
	}
	return t.keys()
}

// Check implements Transform.
func (t *BRD) Check(from, to [3]int) error {
	if err := (&TransposedConv{Kernel: t.Kernel}).Check(from, to); err != nil {
		return err
	}
	return t.keys()
}

func (t *BRC) keys() error {
	switch {
	case t.Times < 1 || t.Times > 9:
		return fmt.Errorf("times: found %d, want 1 to 9", t.Times)
	case t.Width < 0:
		return fmt.Errorf("width: found %d, want 0 or more", t.Width)
	case t.Stride != "first" && t.Stride != "last":
		return fmt.Errorf("stride_at: found %q, want first or last", t.Stride)
	}
	return kernelSize(t.Kernel)
}

// Build implements Transform.
func (t *BRC) Build(s nn.Scope, x Source, to Target) nn.Value {
	factor, _, err := Factors(x.Shape, to.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	return t.members(s, x, to, func(member string, v nn.Value, change bool, n int) nn.Value {
		stride := 1
		if change {
			stride = factor
		}
		return convolve(s, member, v, t.Kernel, stride, n, to.Bias)
	})
}

// Build implements Transform.
func (t *BRD) Build(s nn.Scope, x Source, to Target) nn.Value {
	factor, _, err := Factors(to.Shape, x.Shape)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	return t.members(s, x, to, func(member string, v nn.Value, change bool, n int) nn.Value {
		shape := s.Shape(v)
		if change {
			return deconvolve(s, member, v, t.Kernel, factor, to.Shape[0], to.Shape[1], n, to.Bias)
		}
		return deconvolve(s, member, v, t.Kernel, 1, shape[1], shape[2], n, to.Bias)
	})
}

// members emits norm, relu and convolution of every member.
func (t *BRC) members(s nn.Scope, x Source, to Target, conv func(member string, v nn.Value, change bool, n int) nn.Value) nn.Value {
	width := t.Width
	if width == 0 {
		width = (x.Shape[2] + to.Shape[2] + 1) / 2
	}
	v := x.Value
	for i := 1; i <= t.Times; i++ {
		at, n, change := s.At(x.Place, x.Step), width, t.Stride == "first" && i == 1
		if i > 1 {
			at = s.At(fmt.Sprintf("%s/%d", s.Place, i), s.Step)
		}
		if i == t.Times {
			n, change = to.Shape[2], change || t.Stride == "last"
		}
		v = conv(fmt.Sprintf("%d/", i), s.One(nn.Unary{Fn: "relu"}, t.Norm.Build(at, v)), change, n)
	}
	return v
}

func (t *BRC) shared(local string) string {
	member, weight, _ := strings.Cut(local, "/")
	return t.member(member, weight)
}

// shared names the weights of a BRD as in the BRC that it is the adjoint of: its
// first member is the other's last. Biases are not shared with a BRC.
func (t *BRD) shared(local string) string {
	member, weight, _ := strings.Cut(local, "/")
	if weight == "bias" {
		return t.member(member, "transposed bias")
	}
	i, err := strconv.Atoi(member)
	if err != nil {
		return local
	}
	return t.member(strconv.Itoa(t.Times+1-i), weight)
}

// member names a weight of a member in a set: a single one as that of a plain
// convolution.
func (t *BRC) member(member, weight string) string {
	if t.Times == 1 {
		return weight
	}
	return member + "/" + weight
}

// FirstNorm returns the norm that stands directly on the source's signal.
func (t *BRC) FirstNorm() nn.Norm { return t.Norm }

// String implements Transform.
func (t *BRC) String() string { return times("BRC", t.Times) }

// String implements Transform.
func (t *BRD) String() string { return times("BRD", t.Times) }

func times(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s×%d", name, n)
}
