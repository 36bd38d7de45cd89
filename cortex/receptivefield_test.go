package cortex_test

import (
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// TestReceptiveFieldsOfChains compares with r_out = r_in + (k-1)·jump, jump_out
// = jump·stride, the largest over all paths (facts on receptive fields, 5.8).
func TestReceptiveFieldsOfChains(t *testing.T) {
	positive := sum(func(d *areas.Sum) { d.Norm.Kind = "none" })
	kernel := func(k int) edit {
		return func(c *connectivity.Connection) {
			switch t := c.Transform.(type) {
			case *connectivity.Conv:
				t.Kernel = k
			case *connectivity.PoolConv:
				t.Kernel = k
			}
		}
	}
	for _, c := range []struct {
		name string
		a, b int // sides of the two areas
		m    []connectivity.Connection
		want [][2]int // fields of A and B at each step; 0 is none
	}{
		// A(0) sees 3 by the input's convolution; every double branch adds 4 at jump 1.
		{"double branch", 33, 33, []connectivity.Connection{connect("A->A identity", "identity"), connect("A->A", "brc", times(2))},
			[][2]int{{3, 0}, {7, 0}, {11, 0}, {15, 0}}},
		// 5×5 with stride 2, then at jump 2 each double branch adds 8.
		{"stride", 32, 16, []connectivity.Connection{connect("A->B", "conv", kernel(5)), connect("B->B", "brc", times(2)), connect("B->B identity", "identity")},
			[][2]int{{3, 0}, {0, 7}, {0, 15}, {0, 23}}},
		// 2×2 pool: 3+1; then 3×3 at jump 2: +4.
		{"pool", 32, 16, []connectivity.Connection{connect("A->B", "pool_conv", delay(0)), connect("B->B", "conv")},
			[][2]int{{3, 8}, {0, 12}, {0, 16}, {0, 20}}},
		// The longest path counts: 9×9 once against 3×3 twice.
		{"longest path", 33, 33, []connectivity.Connection{connect("A->A", "conv"), connect("A->B", "conv", kernel(9), delay(2)), connect("A->B short", "conv")},
			[][2]int{{3, 0}, {5, 5}, {7, 11}, {9, 13}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := network(t, cortex.Graph{
				Image: [3]int{c.a, c.a, 1}, Classes: 2, Steps: len(c.want),
				Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
				Areas:   []areas.Area{area("A", c.a, c.a, 1, positive), area("B", c.b, c.b, 1, positive)},
				Matrix:  connectivity.Matrix{Connections: c.m},
				Readout: cortex.Readout{From: "A", Net: layers("average", "dense"), Train: at("0")},
			})
			got, err := cortex.ReceptiveFields(g)
			if err != nil {
				t.Fatal(err)
			}
			for s, want := range c.want {
				for i := range want {
					if f := (cortex.Field{Height: want[i], Width: want[i]}); got[s][i] != f {
						t.Errorf("%s@%d: got %v, want %v", g.Areas[i].Name, s, got[s][i], f)
					}
				}
			}
		})
	}
}

// TestReceptiveFieldsOfPerturbation moves every pixel of an image by itself and
// sees which ones reach the middle unit. Weights are positive and so is the
// image, so that nothing that could pass is rectified or cancelled.
func TestReceptiveFieldsOfPerturbation(t *testing.T) {
	none := func(d *areas.Rate) { d.Norm.Kind, d.Order = "none", []areas.Stage{"softplus"} }
	bare := as(func(b *connectivity.BRC) { b.Norm.Kind = "none" })
	bared := as(func(b *connectivity.BRD) { b.Norm.Kind = "none" })
	mean := as(func(p *connectivity.PoolConv) { p.Pool, p.Size = "mean", 3 })
	for _, c := range []struct {
		name   string
		h, w   int
		factor int // between the areas
		m      []connectivity.Connection
	}{
		{"conv", 19, 17, 2, []connectivity.Connection{connect("A->B", "conv"), connect("B->B", "conv")}},
		{"feedback", 19, 17, 2, []connectivity.Connection{connect("A->B", "conv"), connect("B->A", "transposed_conv")}},
		{"even kernels", 19, 17, 2, []connectivity.Connection{
			connect("A->B", "conv", as(func(c *connectivity.Conv) { c.Kernel = 2 })),
			connect("B->A", "transposed_conv", as(func(c *connectivity.TransposedConv) { c.Kernel = 4 }))}},
		{"one pixel of a transposed convolution", 19, 17, 2, []connectivity.Connection{connect("A->B", "conv"),
			connect("B->A", "transposed_conv", as(func(c *connectivity.TransposedConv) { c.Kernel = 1 }))}},
		{"pool", 19, 17, 2, []connectivity.Connection{connect("A->B", "pool_conv", mean), connect("B->A", "brd", bared)}},
		{"thirds of even kernels", 18, 27, 3, []connectivity.Connection{
			connect("A->B", "conv", as(func(c *connectivity.Conv) { c.Kernel = 4 })),
			connect("B->A", "transposed_conv", as(func(c *connectivity.TransposedConv) { c.Kernel = 4 }))}},
		{"resize", 18, 16, 2, []connectivity.Connection{connect("A->B", "conv"), connect("B->A", "resize_conv")}},
		{"branches", 19, 17, 2, []connectivity.Connection{connect("A->B", "brc", bare, times(2)), connect("B->B", "brc", bare, multiply), connect("B->B add", "identity")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, w := c.h, c.w
			g := network(t, cortex.Graph{
				Image: [3]int{h, w, 1}, Classes: 2, Steps: 3,
				Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
				Areas:   []areas.Area{area("A", h, w, 1, rate(none)), area("B", (h+c.factor-1)/c.factor, (w+c.factor-1)/c.factor, 1, rate(none))},
				Matrix:  connectivity.Matrix{Connections: c.m},
				Readout: cortex.Readout{From: "A", Net: layers("average", "dense"), Train: at("0")},
			})
			o := cortex.Options{Batch: h*w + 1}
			for s := range g.Steps {
				for i := range g.Areas {
					if g.Informed(i, s) {
						o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: areas.Response, Step: s})
					}
				}
			}
			p := answer(t, g, o)
			for _, v := range p.Vars {
				a, _ := p.home.Get(v.Name)
				for i := range a.Data {
					a.Data[i] = 0.1 + 0.01*float64(i%7)
				}
			}
			// Image n has pixel n raised; the last one is as it was.
			image := nn.NewArray(nn.Shape{h*w + 1, h, w, 1})
			for i := range image.Data {
				image.Data[i] = 1
			}
			for n := range h * w {
				image.Data[n*h*w+n] = 3
			}
			out := p.run(t, map[string]nn.Array{"image": image})
			fields, err := cortex.ReceptiveFields(g)
			if err != nil {
				t.Fatal(err)
			}
			for _, tap := range o.Taps {
				a := out[g.TapName(tap)]
				size := a.Shape.Image()
				middle := a.Shape[1]/2*a.Shape[2] + a.Shape[2]/2
				top, left, bottom, right := h, w, -1, -1
				for n := range h * w {
					if a.Data[n*size+middle] != a.Data[h*w*size+middle] {
						top, left, bottom, right = min(top, n/w), min(left, n%w), max(bottom, n/w), max(right, n%w)
					}
				}
				// A field that touches the border may go on beyond it.
				got, f := cortex.Field{Height: max(bottom-top+1, 0), Width: max(right-left+1, 0)}, fields[tap.Step][tap.Area]
				cut := top == 0 || left == 0 || bottom == h-1 || right == w-1
				if cut && (f.Height < got.Height || f.Width < got.Width) || !cut && f != got {
					t.Errorf("%s: got %v, pixels that reach it span %v", g.TapName(tap), f, got)
				}
			}
		})
	}
}
