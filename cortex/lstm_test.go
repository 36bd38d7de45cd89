package cortex_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/optim"
)

// lstm is a kind of dynamics that only this file knows: the convolutional LSTM of
// Shi et al. (2015), without peepholes, with a port for each gate and a
// hidden-to-hidden convolution for each.
//
//	i, f, o = σ(b + Σ port + U∗h(t-1)) for the ports input, forget and output
//	c(t) = f·c(t-1) + i·tanh(b + Σ drive + U∗h(t-1))
//	h(t) = o·tanh(c(t))
//	response = norm(h)
type lstm struct {
	Forget float64 `toml:"forget_bias" doc:"initial bias of the forget gate"`
	Norm   nn.Norm `toml:"norm" doc:"normalisation of the response and of the signal cell"`
}

func (*lstm) Kind() string { return "lstm" }

func (*lstm) Check() error { return nil }

func (d *lstm) Layout() areas.Layout {
	return areas.Layout{
		About:  "long short-term memory",
		States: []string{"c", "h"},
		Signals: []areas.Signal{{Name: areas.State, State: "c"}, {Name: areas.Response, Norm: d.Norm, Normalises: "h"},
			{Name: "hidden", State: "h"}, {Name: "cell", Norm: d.Norm, Normalises: "c"}},
		Ports: []areas.Port{{Name: areas.Drive, About: "candidate for the cell", Wakes: true},
			{Name: "input", About: "opens the input gate"}, {Name: "forget", About: "keeps the cell"}, {Name: "output", About: "opens the output gate"}},
		Functions: []areas.Function{{Name: "to_cell", About: "hidden to candidate"}, {Name: "to_input", About: "hidden to input gate"},
			{Name: "to_forget", About: "hidden to forget gate"}, {Name: "to_output", About: "hidden to output gate"}},
		Silence: areas.Lasting, Carries: true, Bias: "area", Readout: areas.Response,
	}
}

func (d *lstm) Step(s nn.Scope, a areas.Area, prev []nn.Value, in areas.Drives) []nn.Value {
	gate := func(port, name, fn string, bias float64) nn.Value {
		z := in.Sum(s, a, port)
		if prev != nil {
			z = s.Sum(z, in.Call("to_"+name, prev[1]))
		}
		return s.One(nn.Unary{Fn: fn}, s.One(nn.AddBias{}, z, s.Vector(name+"_bias", a.Shape[2], bias)))
	}
	c := s.One(nn.Mul{}, gate("input", "input", "sigmoid", 0), gate(areas.Drive, "cell", "tanh", 0))
	if prev != nil {
		c = s.Sum(c, s.One(nn.Mul{}, gate("forget", "forget", "sigmoid", d.Forget), prev[0]))
	}
	return []nn.Value{c, s.One(nn.Mul{}, gate("output", "output", "sigmoid", 0), s.One(nn.Unary{Fn: "tanh"}, c))}
}

func (d *lstm) Read(s nn.Scope, states []nn.Value, signal string) nn.Value {
	switch signal {
	case areas.State:
		return states[0]
	case "hidden":
		return states[1]
	case "cell":
		return d.Norm.Build(s, states[0])
	}
	return d.Norm.Build(s, states[1])
}

func newLSTM() areas.Dynamics { return &lstm{Forget: 1, Norm: nn.DefaultNorm()} }

// TestOpenDynamics holds a kind that is registered here to what every kind is
// held to: gradients of its weights, ports, functions and signals, on the oracle
// and the default engine.
func TestOpenDynamics(t *testing.T) {
	defer areas.Register(newLSTM)()
	gradientsOfKind(t, "lstm")
}

// TestOpenFunctions makes of the functions of a kind every kind of transform that
// joins areas of one shape, and reads every signal, with weights tied over time
// and not.
func TestOpenFunctions(t *testing.T) {
	shape := [3]int{3, 3, 2}
	for i, kind := range connectivity.Kinds() {
		f, err := connectivity.New(kind)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(kind, func(t *testing.T) {
			g := network(t, cortex.Graph{
				Image: [3]int{3, 3, 1}, Classes: 3, Steps: 4,
				Input:     cortex.Input{To: []string{"A"}, Steps: at("0..1"), Net: layers("conv")},
				Areas:     []areas.Area{{Name: "A", Shape: shape, Dynamics: newLSTM()}, {Name: "B", Shape: shape, Dynamics: newLSTM()}},
				Functions: map[string]map[string]connectivity.Transform{"A": {"to_cell": f, "to_forget": f}},
				Matrix: connectivity.Matrix{Sharing: connectivity.Sharing{Time: []connectivity.Tying{"tied", "untied", "tied ..2"}[i%3]},
					Connections: []connectivity.Connection{
						connect("A->B", "brc", reads(areas.State), ports("drive", "input", "output")), connect("A->B kept", "conv", ports("forget"), during("2..")),
						connect("B->A", "brc", reads("hidden"), ports("output")),
						connect("A->A", "brc", reads("cell")), connect("A->B too", "conv", reads("hidden"))}},
				Readout: cortex.Readout{From: "B", Net: layers("batch_affine", "relu", "average", "dense"), Reads: "hidden", Train: at("2,3")},
			})
			checkGradients(t, g, true)
			checkGradients(t, g, false)
		})
	}
}

// TestHeldByOpenDynamics: what Held counts of such areas is never more than what
// the engine needs.
func TestHeldByOpenDynamics(t *testing.T) {
	for _, kind := range []string{"none", "batch", "lrn"} {
		for _, recompute := range []int{0, 2} {
			for _, batch := range []int{1, 16} {
				cell := func() areas.Dynamics {
					d := newLSTM().(*lstm)
					d.Norm.Kind = kind
					return d
				}
				g := network(t, cortex.Graph{
					Image: [3]int{16, 16, 3}, Classes: 3, Steps: 6, Recompute: recompute,
					Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
					Areas: []areas.Area{area("A", 16, 16, 8, cell()), area("B", 16, 16, 8, cell())},
					Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
						connect("A->B", "conv", ports("drive", "input", "forget", "output")), connect("B->A", "conv", reads("hidden"), ports("output")), connect("A->A", "brc", reads(areas.State))}},
					Readout: cortex.Readout{From: "B", Net: layers("average", "dense"), Train: at("1..")},
				})
				p, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{}}, batch, false)
				if err != nil {
					t.Fatal(err)
				}
				need, err := cpu.Memory(p, cpu.Options{Threads: 1})
				if err != nil {
					t.Fatal(err)
				}
				each, once := cortex.Held(g)
				if held := int64(batch)*each + once; held > need || held == 0 {
					t.Errorf("norm %s, recompute %d, %d images: states of %d bytes, the engine needs %d", kind, recompute, batch, held, need)
				}
			}
		}
	}
}

// TestUnreadPort: what drives the forget gate before there is anything to forget
// has no weights, and the area can be recorded all the same.
func TestUnreadPort(t *testing.T) {
	g := network(t, cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 4,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
		Areas: []areas.Area{area("A", 1, 1, 1, rate()), area("B", 1, 1, 1, newLSTM())},
		Matrix: connectivity.Matrix{Sharing: connectivity.Sharing{Time: "untied"},
			Connections: []connectivity.Connection{connect("A->B", "conv", ports("drive", "forget"))}},
		Readout: cortex.Readout{From: "B", Net: layers("dense"), Train: at("3")},
	})
	weights, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(weights, func(w cortex.Weight) bool { return w.Name == "A->B@1/forget/kernel" }) {
		t.Error("a drive that nothing reads has weights")
	}
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	ok, why, err := cortex.Usable(g, []cortex.Tap{{Area: 1, Signal: "hidden", Step: 1}}, norms)
	if err != nil || len(ok) != 1 {
		t.Errorf("B@1 is not usable: %v, %v", why, err)
	}
}

// TestLSTMByHand computes the states of a unit that drives its own gates, and the
// windows of it.
func TestLSTMByHand(t *testing.T) {
	spec := cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 4,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0,2"), Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, newLSTM())},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "conv", reads("hidden"), ports("input", "output")), connect("A->A keep", "conv", reads(areas.State), ports("forget"))}},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Reads: "hidden", Train: at("3")},
	}
	g := network(t, spec)
	var taps []cortex.Tap
	for s := range g.Steps {
		taps = append(taps, cortex.Tap{Area: 0, Signal: areas.State, Step: s}, cortex.Tap{Area: 0, Signal: "hidden", Step: s})
	}
	p := answer(t, g, cortex.Options{Batch: 2, Taps: taps})
	weight := map[string]float64{
		"input/conv/kernel": 1, "A->A/input/kernel": 0.7, "A->A/output/kernel": -0.4, "A->A keep/kernel": 1.5,
		"A/to_cell/kernel": 0.6, "A/to_input/kernel": -1.1, "A/to_forget/kernel": 0.3, "A/to_output/kernel": 0.9,
		"A/cell_bias": 0.1, "A/input_bias": -0.2, "A/forget_bias": 1, "A/output_bias": 0.4,
	}
	seen := 0
	for _, v := range p.Vars {
		x, ok := weight[v.Name]
		if a, _ := p.home.Get(v.Name); ok {
			clear(a.Data)
			a.Data[len(a.Data)/2] = x
			seen++
		} else {
			t.Errorf("weight %s is not expected", v.Name)
		}
	}
	if seen != len(weight) {
		t.Errorf("got %d weights, want %d", seen, len(weight))
	}
	images := []float64{1.25, -0.5}
	out := p.run(t, map[string]nn.Array{"image": {Shape: nn.Shape{2, 1, 1, 1}, Data: images}})
	sigma := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for n, x := range images {
		c, h := 0.0, 0.0
		for s := range g.Steps {
			drive := 0.0
			if s == 0 || s == 2 {
				drive = x
			}
			i, f, o := -0.2+(0.7-1.1)*h, 1+1.5*c+0.3*h, 0.4+(0.9-0.4)*h
			c = sigma(f)*c + sigma(i)*math.Tanh(drive+0.1+0.6*h)
			h = sigma(o) * math.Tanh(c)
			near(t, g.TapName(taps[2*s]), out[g.TapName(taps[2*s])].Data[n:n+1], []float64{c}, 1e-14)
			near(t, g.TapName(taps[2*s+1]), out[g.TapName(taps[2*s+1])].Data[n:n+1], []float64{h}, 1e-14)
		}
	}
	// Both states enter a window.
	w := window(t, g, cortex.Options{Batch: 2, From: 2, Taps: taps[6:]})
	w.home = p.home
	again := w.run(t, map[string]nn.Array{"image": {Shape: nn.Shape{2, 1, 1, 1}, Data: images}, "carry/A@1/0": out["A@1/state"], "carry/A@1/1": out["A@1/hidden"]})
	near(t, "A@3 in a window", again["A@3/hidden"].Data, out["A@3/hidden"].Data, 0)

	// Norms of two signals have places of their own, and training counts the weights.
	p2, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{}}, 2, true)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p2.Vars, func(v nn.Var) bool { return v.Name == "A/to_forget/kernel" }) {
		t.Error("training has no hidden-to-hidden kernel")
	}
	wrong := spec
	wrong.Areas = []areas.Area{area("A", 1, 1, 1, newLSTM())}
	wrong.Functions = map[string]map[string]connectivity.Transform{"A": {"to_cell": &connectivity.Conv{}}}
	if _, err := cortex.NewGraph(wrong); err == nil || !strings.Contains(err.Error(), "kernel: found 0") {
		t.Errorf("a function without a kernel: got %v", err)
	}
}
