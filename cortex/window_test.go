package cortex_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// windowed is a network that keeps much in flight: delays of 0 to 3, a leak,
// norms for each step, a multiplicative feedback and a cumulative readout.
func windowed(t testing.TB) *cortex.Graph { return network(t, windowedGraph()) }

func windowedGraph() cortex.Graph {
	return cortex.Graph{
		Image: [3]int{4, 4, 2}, Classes: 3, Steps: 9,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0..2,5"), Net: layers("conv")},
		Areas: []areas.Area{area("A", 4, 4, 2, sum()), area("B", 2, 2, 3, rate(func(d *areas.Rate) { d.Leak = 0.5 })), area("C", 1, 1, 3, rate())},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("A->A", "brc"), connect("A->A identity", "identity", delay(2)), connect("A->B", "pool_conv", delay(0)),
			connect("B->B", "conv", delay(3)), connect("B->A", "transposed_conv", delay(2), during("4..7")),
			connect("B->C", "conv"), connect("C->B", "resize_conv", multiply), connect("C->C late", "conv", delay(3), during("6..")),
		}},
		Readout: cortex.Readout{From: "C", Net: layers("norm", "relu", "dense"), Train: at("3..8"), Cumulative: "mean", Test: at("3..8")},
	}
}

// TestWindowsEqualTheWhole cuts the steps into windows in every way that one
// and two cuts can, hands states over, and compares with the run in one piece.
func TestWindowsEqualTheWhole(t *testing.T) {
	g := windowed(t)
	var cuts [][]int
	for a := 1; a < g.Steps; a++ {
		cuts = append(cuts, []int{0, a})
		for b := a + 1; b < g.Steps; b++ {
			cuts = append(cuts, []int{0, a, b})
		}
	}
	equalWhole(t, g, append(cuts, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}))
}

// equalWhole compares windows that begin at the given steps with the run in one piece.
func equalWhole(t *testing.T, g *cortex.Graph, cuts [][]int) {
	t.Helper()
	const batch = 2
	var taps []cortex.Tap
	for s := range g.Steps {
		for i := range g.Areas {
			if g.Present(i, s) {
				taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: s})
			}
		}
	}
	logits := g.TestSteps()
	whole := answer(t, g, cortex.Options{Batch: batch, Logits: logits, Taps: taps})
	r := rand.New(rand.NewPCG(3, 5))
	frames := map[string]nn.Array{}
	for f := range mostFrames {
		image := nn.NewArray(nn.Shape{batch, g.Image[0], g.Image[1], g.Image[2]})
		for i := range image.Data {
			image.Data[i] = r.NormFloat64()
		}
		frames[cortex.FramePort(f)] = image
	}
	for _, v := range whole.Vars { // running statistics that are not 0 and 1
		if a, _ := whole.home.Get(v.Name); a.Shape.Rank() == 1 {
			for i := range a.Data {
				a.Data[i] = 0.5 + r.Float64()
			}
		}
	}
	want := whole.run(t, frames)
	for _, starts := range cuts {
		states := maps.Clone(frames)
		for k, from := range starts {
			to := g.Steps
			if k+1 < len(starts) {
				to = starts[k+1]
			}
			o := cortex.Options{Batch: batch, From: from}
			for _, tap := range taps {
				if tap.Step >= from && tap.Step < to {
					o.Taps = append(o.Taps, tap)
				}
			}
			for _, s := range logits {
				if s >= from && s < to {
					o.Logits = append(o.Logits, s)
				}
			}
			if to < g.Steps {
				o.To = to
			}
			p := window(t, g, o)
			p.home = whole.home
			carried := 0
			for _, in := range p.Inputs {
				if _, ok := states[in.Name]; !ok {
					t.Fatalf("windows from %v: window %d wants %s, which none before delivers", starts, k, in.Name)
				}
				if strings.HasPrefix(in.Name, "carry/") {
					carried++
				}
			}
			out := p.run(t, states)
			states = maps.Clone(frames)
			for name, a := range out {
				if strings.HasPrefix(name, "carry/") {
					states[name] = a // of the window before, and nothing else
					continue
				}
				near(t, fmt.Sprintf("windows from %v: %s", starts, name), a.Data, want[name].Data, 0)
			}
			// What a window reads from before it is what its Carried says.
			if len(p.u.Carried) != carried {
				t.Errorf("windows from %v: %d states carried into window %d by %d inputs", starts, len(p.u.Carried), k, carried)
			}
			for _, c := range p.u.Carried {
				if c.Node.Step >= from {
					t.Errorf("windows from %v: window %d carries in step %d", starts, k, c.Node.Step)
				}
			}
		}
	}
}

// window builds the inference program of a window, with what it carries out.
func window(t testing.TB, g *cortex.Graph, o cortex.Options) *program {
	t.Helper()
	b := nn.NewBuilder()
	u := g.Unroll(b, o)
	for i, tap := range o.Taps {
		b.Output(g.TapName(tap), u.Taps[i])
	}
	for _, s := range o.Logits {
		b.Output(fmt.Sprintf("logits@%d", s), u.Logits[s])
	}
	for _, c := range u.Crossed {
		b.Output(g.CarryName(c), c.Value)
	}
	return hold(t, b, u)
}

// TestWindowErrors: a window cannot answer for what comes after it.
func TestWindowErrors(t *testing.T) {
	g := windowed(t)
	for _, o := range []cortex.Options{{To: 3, Logits: []int{3}}, {From: 1, To: 3, Taps: []cortex.Tap{{Area: 2, Signal: areas.State, Step: 5}}}} {
		b := nn.NewBuilder()
		o.Batch = 1
		g.Unroll(b, o)
		if err := b.Err(); err == nil || !strings.Contains(err.Error(), "is wanted, which comes later") {
			t.Errorf("%+v: got %v", o, err)
		}
	}
}

// TestCarriedGradient holds that the gradient by what crosses the beginning of
// a window continues backward: truncated backpropagation hands it over or drops it.
func TestCarriedGradient(t *testing.T) {
	g := network(t, cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 5,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, sum(func(d *areas.Sum) { d.Nonlinearity, d.Norm.Kind = "tanh", "none" }))},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "conv")}},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Train: at("4")},
	})
	build := func(from int) *program {
		b := nn.NewBuilder()
		u := g.Unroll(b, cortex.Options{Batch: 2, Train: true, From: from, Logits: []int{4}})
		l, _ := cortex.Loss(g, b, u, 2)
		wrt := []nn.Value{u.Image}
		if from > 0 {
			if len(u.Carried) != 1 {
				t.Fatalf("got %d carried states, want A@1 alone", len(u.Carried))
			}
			wrt[0] = u.Carried[0].Value
		} else {
			wrt = append(wrt, u.States[cortex.Node{Area: 0, Step: 1}][0])
		}
		for i, d := range b.Gradient(l, wrt) {
			b.Output(fmt.Sprint("d", i), d)
		}
		if from == 0 {
			b.Output("state", wrt[1])
		}
		return hold(t, b, u)
	}
	whole, half := build(0), build(2)
	half.home = whole.home
	in := map[string]nn.Array{"image": {Shape: nn.Shape{2, 1, 1, 1}, Data: []float64{0.5, -1.5}}, "label": oneHot(2, 2)}
	all := whole.run(t, in)
	in["carry/A@1/0"] = all["state"]
	near(t, "gradient by A@1", half.run(t, in)["d0"].Data, all["d1"].Data, 1e-15)
}
