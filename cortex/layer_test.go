package cortex_test

import (
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/rewrite"
)

// weightNames returns "NAME SHAPE" of the trainable weights of g, sorted.
func weightNames(t testing.TB, g *cortex.Graph) []string {
	t.Helper()
	w, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range w {
		if x.Trainable {
			out = append(out, x.Name+" "+x.Shape.String())
		}
	}
	slices.Sort(out)
	return out
}

// TestNets is the table of pre-nets: the weights and shapes that follow from the
// image and the area.
func TestNets(t *testing.T) {
	layer := func(kind string, f func(*cortex.Layer)) cortex.Layer {
		l := layers(kind)[0]
		f(&l)
		return l
	}
	for _, c := range []struct {
		name  string
		image [3]int
		net   []cortex.Layer
		want  string // weights of the net, or the error
	}{
		{"conv", [3]int{4, 4, 3}, layers("conv"), "input/conv/bias [5], input/conv/kernel [3 3 3 5]"},
		{"stride follows", [3]int{16, 15, 3}, layers("conv"), "input/conv/bias [5], input/conv/kernel [3 3 3 5]"},
		{"two convolutions, the first shrinks", [3]int{8, 8, 3}, []cortex.Layer{layer("conv", func(l *cortex.Layer) { l.Channels, l.Kernel = 2, 7 }), layers("conv")[0]},
			"input/conv/bias [2], input/conv/kernel [7 7 3 2], input/conv2/bias [5], input/conv2/kernel [3 3 2 5]"},
		{"conv and pool", [3]int{16, 16, 1}, layers("conv", "relu", "max_pool"), "input/conv/bias [5], input/conv/kernel [3 3 1 5]"},
		{"norms", [3]int{4, 4, 1}, layers("conv", "batch_affine", "relu", "batch_affine"),
			"input/conv/bias [5], input/conv/kernel [3 3 1 5], input/norm/gain [5], input/norm/shift [5], input/norm2/norm/gain [5], input/norm2/norm/shift [5]"},
		{"no bias", [3]int{4, 4, 3}, []cortex.Layer{layer("conv", func(l *cortex.Layer) { l.Bias = "absent" })}, "input/conv/kernel [3 3 3 5]"},
		{"nothing", [3]int{4, 4, 5}, nil, ""},
		{"wrong size", [3]int{4, 4, 5}, layers("max_pool"), "error: the layers lead from 4×4 to 2×2, want 4×4"},
		{"grows", [3]int{2, 2, 3}, layers("conv"), "error: the layers lead from 2×2 to 2×2, want 4×4"},
		{"fixed stride", [3]int{8, 8, 3}, []cortex.Layer{layer("conv", func(l *cortex.Layer) { l.Stride = 4 })}, "error: the layers lead from 8×8 to 2×2, want 4×4"},
		{"channels missing", [3]int{4, 4, 3}, layers("conv", "conv"), "error: layer 0, conv: channels is missing"},
		{"wrong channels", [3]int{4, 4, 3}, []cortex.Layer{layer("conv", func(l *cortex.Layer) { l.Channels = 4 })}, "error: the layers lead to 4 channels, want 5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := try(cortex.Graph{
				Image: c.image, Classes: 3, Steps: 1,
				Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: c.net},
				Areas:   []areas.Area{area("A", 4, 4, 5, sum())},
				Readout: cortex.Readout{From: "A", Net: layers("average", "dense"), Train: at("0")},
			})
			if want, isError := strings.CutPrefix(c.want, "error: "); isError {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(c.name, "two") {
				// The second convolution works on the area's 4×4.
				p := answer(t, g, cortex.Options{Batch: 1, Taps: []cortex.Tap{{Area: 0, Signal: areas.State, Step: 0}}})
				if got, want := p.Shapes[p.Instrs[0].Results[0]], (nn.Shape{1, 4, 4, 2}); p.Instrs[0].Op != (nn.Conv2D{Stride: 2}) || got != want {
					t.Errorf("the first convolution is %v to %v, want stride 2 to %v", p.Instrs[0].Op, got, want)
				}
			}
			got := slices.DeleteFunc(weightNames(t, g), func(s string) bool { return strings.HasPrefix(s, "readout") })
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, ", "), c.want)
			}
		})
	}
	if _, err := cortex.NewLayer("deconv", nn.DefaultNorm()); err == nil || !strings.Contains(err.Error(), `found layer "deconv", want one of conv, batch`) {
		t.Errorf("unknown layer: got %v", err)
	}
}

// TestBiasRules: who has a bias, by the rule of the target area and of the
// connection.
func TestBiasRules(t *testing.T) {
	for _, c := range []struct{ area, connection, want string }{
		{"connection", "auto", "input/conv/bias A->A/bias"},
		{"connection", "absent", "input/conv/bias"},
		{"area", "auto", "A/bias"},
		{"area", "present", "A/bias A->A/bias"},
		{"absent", "auto", "input/conv/bias"},
		{"absent", "present", "input/conv/bias A->A/bias"},
	} {
		for _, d := range []areas.Dynamics{rate(func(d *areas.Rate) { d.Biased = c.area }), sum(func(d *areas.Sum) { d.Biased = c.area })} {
			g := network(t, cortex.Graph{
				Image: [3]int{2, 2, 1}, Classes: 3, Steps: 2,
				Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
				Areas:   []areas.Area{area("A", 2, 2, 1, d)},
				Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "conv", func(x *connectivity.Connection) { x.Bias = c.connection })}},
				Readout: cortex.Readout{From: "A", Net: layers("average", "dense"), Train: at("1")},
			})
			var got []string
			for _, w := range weightNames(t, g) {
				if name, _, _ := strings.Cut(w, " "); strings.HasSuffix(name, "bias") && !strings.HasPrefix(name, "readout") {
					got = append(got, name)
				}
			}
			want := strings.Fields(c.want)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s with bias %q, connection %q: got %v, want %v", d.Kind(), c.area, c.connection, got, want)
			}
		}
	}
}

// TestStatisticsOfDeadPlaces: a norm that the loss does not depend on learns
// nothing, unless all statistics are asked for.
func TestStatisticsOfDeadPlaces(t *testing.T) {
	g := columnGraph(t, nn.DefaultNorm(), 5, "2", "2")
	spec := *g
	spec.Areas = append(slices.Clone(g.Areas), area("B", 1, 1, 1, sum()))
	spec.Matrix.Connections = append(slices.Clone(g.Matrix.Connections), connect("S->B", "conv"), connect("B->B", "brc"))
	g = network(t, spec)
	for _, c := range []struct {
		all  bool
		want string
	}{
		{false, "S/norm@0 S/norm@1 S/norm@2"},
		{true, "B/norm@1 S/norm@0 S/norm@1 S/norm@2"}, // nothing is unrolled beyond the last trained step
	} {
		b := nn.NewBuilder()
		u := g.Unroll(b, cortex.Options{Batch: 2, Train: true, Logits: g.TrainSteps(), All: c.all})
		l, _ := cortex.Loss(g, b, u, 2)
		b.Output("loss", l)
		u.Stats.Finish(b)
		whole, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		q := rewrite.Prune(whole, func(v nn.Var) bool { return c.all && !v.Trainable })
		var got []string
		for _, v := range q.Vars {
			if name, ok := strings.CutSuffix(v.Name, "/mean"); ok {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("all %v: got statistics of %v, want %s", c.all, got, c.want)
		}
	}
	for _, name := range weightNames(t, g) {
		if strings.Contains(name, "B") {
			t.Errorf("%s cannot change the loss and is among the weights", name)
		}
	}
}

// TestAnatomy compares what figures are told with what was built.
func TestAnatomy(t *testing.T) {
	spec := chain(cortex.Readout{Train: at("2"), Test: at("0..")})
	g := network(t, spec)
	a, err := cortex.Anatomy(g, "a chain")
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != "a chain" || a.Steps != 5 || a.Readout != "B" || !slices.Equal(a.InputTo, []string{"A"}) || !slices.Equal(a.InputSteps, []int{0}) ||
		!slices.Equal(a.TrainSteps, []int{2}) || !slices.Equal(a.TestSteps, []int{1, 2, 3, 4}) {
		t.Errorf("got %+v", a)
	}
	if a.Areas[0].Onset != 0 || a.Areas[1].Onset != 1 || a.Areas[1].Shape != [3]int{1, 1, 1} || a.Areas[1].Kind != "sum" {
		t.Errorf("got areas %+v", a.Areas)
	}
	type row struct {
		name, role, set string
		from, to        int
		dead            bool
		parameters      int
	}
	// 9 of a kernel and a bias; what arrives from step 3 on cannot change step 2.
	for i, want := range []row{{"A->B", "feedforward", "A->B", 1, 4, false, 10}, {"B->B", "lateral", "B->B", 1, 4, false, 10}, {"B->B again", "lateral", "B->B again", 3, 4, true, 0}} {
		c := a.Connections[i]
		if got := (row{c.Name, c.Role, c.Set, c.FromStep, c.ToStep, c.Dead, c.Parameters}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
