package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// TestSubpixel compares a convolution of an enlarged image, forward and both
// gradients, with the program that the pass makes of it, on the oracle.
func TestSubpixel(t *testing.T) {
	for _, c := range []struct {
		factor, kernel, h, w int
		rewritten            bool
	}{
		{2, 3, 4, 5, true}, {2, 5, 3, 3, true}, {2, 1, 4, 4, true}, {4, 3, 2, 3, true}, {6, 3, 1, 2, true}, {2, 7, 1, 1, true},
		{3, 3, 2, 2, false}, {2, 2, 3, 3, false},
	} {
		t.Run(fmt.Sprintf("factor %d, kernel %d, %d×%d", c.factor, c.kernel, c.h, c.w), func(t *testing.T) {
			build := func(plain bool) (*nn.Program, []nn.Array) {
				b := nn.NewBuilder()
				b.Plain.Subpixel = plain
				x := b.Input("x", nn.Shape{2, c.h, c.w, 3}, true)
				k := b.Input("k", nn.Shape{c.kernel, c.kernel, 3, 4}, false)
				d := b.Input("d", nn.Shape{2, c.h * c.factor, c.w * c.factor, 4}, true)
				y := b.One(nn.Conv2D{Stride: 1}, b.One(nn.Upsample{Factor: c.factor}, x), k)
				g := b.Gradient(b.One(nn.Inner{}, y, d), []nn.Value{x, k})
				for i, v := range append([]nn.Value{y}, g...) {
					b.Output(fmt.Sprint("out", i), v)
				}
				p, err := b.Program()
				if err != nil {
					t.Fatal(err)
				}
				p = rewrite.Prune(p, nil)
				r := rand.New(rand.NewPCG(7, 7))
				var in []nn.Array
				for _, port := range p.Inputs {
					a := nn.NewArray(p.Shapes[port.Value])
					for i := range a.Data {
						a.Data[i] = r.NormFloat64()
					}
					in = append(in, a)
				}
				home, err := ref.Engine{}.Hold(nn.NewVariables(1))
				if err != nil {
					t.Fatal(err)
				}
				out, err := ref.Run(p, home.(*ref.Residence), in)
				if err != nil {
					t.Fatal(err)
				}
				return p, out
			}
			plain, want := build(true)
			p, got := build(false)
			for i := range want {
				for k, w := range want[i].Data {
					if math.Abs(got[i].Data[k]-w) > 1e-12 {
						t.Fatalf("output %d, element %d: %v, want %v", i, k, got[i].Data[k], w)
					}
				}
			}
			if saves := p.MultiplyAdds() < plain.MultiplyAdds(); saves != c.rewritten {
				t.Errorf("%d multiply-adds, %d without the pass", p.MultiplyAdds(), plain.MultiplyAdds())
			}
			// 3×3 after an enlargement by 2: four kernels of 2×2 instead of 3×3.
			if c.factor == 2 && c.kernel == 3 && 36*p.MultiplyAdds() != 16*plain.MultiplyAdds() {
				t.Errorf("%d multiply-adds of %d, want 16 of 36", p.MultiplyAdds(), plain.MultiplyAdds())
			}
		})
	}
}
