package cortex_test

import (
	"math"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// chain is two areas of one unit, feedforward with delay 1 and a lateral
// connection of the second: the image reaches B at step 1.
func chain(r cortex.Readout) cortex.Graph {
	plain := sum(func(d *areas.Sum) { d.Norm.Kind, d.Nonlinearity = "none", "identity" })
	r.From = "B"
	if r.Net == nil {
		r.Net = layers("dense")
	}
	return cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 5,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
		Areas: []areas.Area{area("A", 1, 1, 1, plain), area("B", 1, 1, 1, plain)},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("A->B", "conv"), connect("B->B", "conv"), connect("B->B again", "conv", during("3..")),
		}},
		Readout: r,
	}
}

// instantLogits returns the logits of chain at steps 1 to 4 read one by one.
func instantLogits(t *testing.T, images map[string]nn.Array) (logits [][]float64, home *program) {
	g := network(t, chain(cortex.Readout{Train: at("1..4")}))
	p := answer(t, g, cortex.Options{Batch: 2, Logits: []int{1, 2, 3, 4}})
	out := p.run(t, images)
	for _, name := range []string{"logits@1", "logits@2", "logits@3", "logits@4"} {
		logits = append(logits, out[name].Data)
	}
	return logits, p
}

func twoPixels() map[string]nn.Array {
	return map[string]nn.Array{"image": {Shape: nn.Shape{2, 1, 1, 1}, Data: []float64{0.75, -1.25}}, "label": oneHot(2, 2)}
}

// crossEntropy is the mean over two images of softmax, or added sigmoid, cross-entropy.
func crossEntropy(kind string, z []float64, label []float64) float64 {
	total := 0.0
	for i := 0; i < len(z); i += 2 {
		all := math.Exp(z[i]) + math.Exp(z[i+1])
		for k := range 2 {
			y := label[i+k]
			if kind == "softmax" {
				total -= y * math.Log(math.Exp(z[i+k])/all)
			} else {
				p := 1 / (1 + math.Exp(-z[i+k]))
				total -= y*math.Log(p) + (1-y)*math.Log(1-p)
			}
		}
	}
	return total / float64(len(z)/2)
}

func TestCumulativeReadout(t *testing.T) {
	images := twoPixels()
	instant, home := instantLogits(t, images)
	g := network(t, chain(cortex.Readout{Train: at("2..3"), Test: at("2.."), Cumulative: "mean"}))
	summed := network(t, chain(cortex.Readout{Train: at("2..3"), Test: at("2.."), Cumulative: "sum"}))
	p := answer(t, g, cortex.Options{Batch: 2, Logits: []int{2, 3, 4}})
	p.home = home.home
	out := p.run(t, images)
	mean := make([]float64, 4)
	for n, name := range []string{"logits@2", "logits@3", "logits@4"} {
		for i := range mean { // from the first trained step, 2, on
			mean[i] = (mean[i]*float64(n) + instant[1+n][i]) / float64(n+1)
		}
		near(t, name, out[name].Data, mean, 1e-14)
	}
	q := answer(t, summed, cortex.Options{Batch: 2, Logits: []int{2, 3, 4}})
	q.home = home.home
	out, sum := q.run(t, images), make([]float64, 4)
	for n, name := range []string{"logits@2", "logits@3", "logits@4"} {
		for i := range sum {
			sum[i] += instant[1+n][i]
		}
		near(t, name+" summed", out[name].Data, sum, 1e-14)
	}
}

// TestCumulativeReadoutOfSilence: steps without a state have no say.
func TestCumulativeReadoutOfSilence(t *testing.T) {
	build := func(r cortex.Readout) *cortex.Graph {
		spec := chain(r)
		spec.Input.Steps = at("0,2") // A alone drives B, at steps 1 and 3
		spec.Matrix.Connections = spec.Matrix.Connections[:1]
		return network(t, spec)
	}
	instant := answer(t, build(cortex.Readout{Train: at("1,3")}), cortex.Options{Batch: 2, Logits: []int{1, 3}})
	p := answer(t, build(cortex.Readout{Train: at("1,3"), Test: at("1,3"), Cumulative: "mean"}), cortex.Options{Batch: 2, Logits: []int{3}})
	p.home = instant.home
	one, mean := instant.run(t, twoPixels()), make([]float64, 4)
	for i := range mean {
		mean[i] = (one["logits@1"].Data[i] + one["logits@3"].Data[i]) / 2
	}
	near(t, "logits@3", p.run(t, twoPixels())["logits@3"].Data, mean, 1e-15)
}

// TestLossOfWindow: a window's loss is that of its own trained steps.
func TestLossOfWindow(t *testing.T) {
	images := twoPixels()
	instant, home := instantLogits(t, images)
	g := network(t, chain(cortex.Readout{Train: at("1..4")}))
	b := nn.NewBuilder()
	u := g.Unroll(b, cortex.Options{Batch: 2, Train: true, Logits: []int{1, 2}})
	l, each := cortex.Loss(g, b, u, 2)
	if len(each) != 4 || each[1] == nn.None || each[2] != nn.None {
		t.Errorf("got losses %v of the steps, want two and two that are None", each)
	}
	b.Output("loss", l)
	p := hold(t, b, u)
	p.home = home.home
	label := images["label"].Data
	near(t, "loss", p.run(t, images)["loss"].Data, []float64{crossEntropy("softmax", instant[0], label) + crossEntropy("softmax", instant[1], label)}, 1e-15)

	b = nn.NewBuilder()
	cortex.Loss(g, b, g.Unroll(b, cortex.Options{Batch: 2, Train: true}), 2)
	if err := b.Err(); err == nil || !strings.Contains(err.Error(), "none of the trained steps [1 2 3 4] is among the logits") {
		t.Errorf("no logits: got %v", err)
	}
}

// TestLossOfSeveralSteps compares the loss of every way to combine steps with
// the steps' own losses.
func TestLossOfSeveralSteps(t *testing.T) {
	images := twoPixels()
	instant, home := instantLogits(t, images)
	for _, kind := range []string{"softmax", "sigmoid"} {
		l := func(step int) float64 { return crossEntropy(kind, instant[step-1], images["label"].Data) }
		for _, c := range []struct {
			name    string
			readout cortex.Readout
			drawn   []float64
			want    float64
		}{
			{"one", cortex.Readout{Train: at("3")}, nil, l(3)},
			{"sum", cortex.Readout{Train: at("1..4"), Over: "sum"}, nil, l(1) + l(2) + l(3) + l(4)},
			{"mean", cortex.Readout{Train: at("2,4"), Over: "mean"}, nil, (l(2) + l(4)) / 2},
			{"weights", cortex.Readout{Train: at("2,4"), Weights: []float64{0.25, 3}}, nil, l(2)/4 + 3*l(4)},
			{"mean of weights", cortex.Readout{Train: at("2,4"), Over: "mean", Weights: []float64{0.25, 3}}, nil, (l(2)/4 + 3*l(4)) / 2},
			{"any", cortex.Readout{Train: at("any of 1..4")}, []float64{0, 0, 1, 0}, l(3)},
			{"any, mean", cortex.Readout{Train: at("any of 1..4"), Over: "mean"}, []float64{1, 0, 0, 0}, l(1)},
			{"several drawn", cortex.Readout{Train: at("any of 1..4")}, []float64{0.5, 0, 0, 0.5}, (l(1) + l(4)) / 2},
		} {
			t.Run(kind+"/"+c.name, func(t *testing.T) {
				c.readout.Loss = kind
				g := network(t, chain(c.readout))
				p := loss(t, g, 2, cortex.Options{})
				p.home = home.home
				in := twoPixels()
				if c.drawn != nil {
					in["step_weights"] = nn.Array{Shape: nn.Shape{len(c.drawn)}, Data: c.drawn}
				}
				near(t, "loss", p.run(t, in)["loss"].Data, []float64{c.want}, 1e-14)
			})
		}
	}
}

// TestReadoutErrors lists what a user may write, and the place and the words
// that must tell what is wrong.
func TestReadoutErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		edit    func(*cortex.Graph)
		path    string
		message string
	}{
		{"before onset", func(g *cortex.Graph) { g.Readout.Train = at("0..3") }, "readout.train",
			"found step 0, the image first reaches B at step 1; want 1 or later"},
		{"silent step", func(g *cortex.Graph) {
			g.Matrix.Connections = g.Matrix.Connections[:1] // A@0 alone drives B, at step 1 alone
			g.Readout.Train = at("2")
		}, "readout.train", "found step 2, area B is silent there"},
		{"image gone", func(g *cortex.Graph) {
			g.Matrix.Connections = g.Matrix.Connections[:1] // A is present at step 1, as a rate area is, and has forgotten
			g.Areas[0].Dynamics, g.Areas[1].Dynamics = rate(), rate()
			g.Readout.Train = at("2")
		}, "readout.train", "found step 2, nothing of the image is left in area B there"},
		{"tested after the image", func(g *cortex.Graph) {
			g.Matrix.Connections = g.Matrix.Connections[:1]
			g.Readout.Train, g.Readout.Test = at("1"), at("2..")
		}, "readout.test", `found "2..", B depends on the image at step 1; want one of these`},
		{"unreachable", func(g *cortex.Graph) { g.Matrix.Connections = g.Matrix.Connections[1:] }, "readout.from",
			"no path leads from the image to area B within steps 0..4"},
		{"no such step", func(g *cortex.Graph) { g.Readout.Train = at("5") }, "readout.train", "the experiment has steps 0..4 (steps = 5)"},
		{"any tested", func(g *cortex.Graph) { g.Readout.Test = at("any of 1..2") }, "readout.test", `found "any of 1..2"`},
		{"weights", func(g *cortex.Graph) { g.Readout.Weights = []float64{1} }, "readout.weights", "found 1 weights for the 2 steps"},
		{"loss", func(g *cortex.Graph) { g.Readout.Loss = "hinge" }, "readout.loss", `found "hinge", want softmax or sigmoid`},
		{"area", func(g *cortex.Graph) { g.Readout.From = "C" }, "readout.from", `no area is called "C"; areas: A, B`},
		{"signal", func(g *cortex.Graph) { g.Readout.Reads = "preactivation" }, "readout.state", "offers state, response"},
		{"empty net", func(g *cortex.Graph) { g.Readout.Net = nil }, "readout.net", "found no layers"},
		{"classes", func(g *cortex.Graph) { g.Readout.Net = layers("relu") }, "readout.net", "the layers lead to 1 channels, want 2"},
		{"cumulative before", func(g *cortex.Graph) {
			g.Readout.Cumulative, g.Readout.Train, g.Readout.Test = "sum", at("2"), at("1..2")
		}, "readout.test", "begins at the first trained step 2"},
		{"cumulative", func(g *cortex.Graph) { g.Readout.Cumulative = "median" }, "readout.cumulative", `found "median", want none, mean or sum`},
		{"steps", func(g *cortex.Graph) { g.Steps = 0 }, "steps", "found 0, want 1 or more"},
		{"no areas", func(g *cortex.Graph) { g.Areas = nil }, "areas", "found no areas"},
		{"area twice", func(g *cortex.Graph) { g.Areas = append(g.Areas, g.Areas[0]) }, "areas", `found "A" at places 1 and 3`},
		{"shape", func(g *cortex.Graph) { g.Areas[0].Shape[1] = 0 }, "area.A.shape", "found [1 0 1]"},
		{"dynamics", func(g *cortex.Graph) { g.Areas[1].Dynamics = sum(func(d *areas.Sum) { d.Silent = "maybe" }) }, "area.B",
			`silent: found "maybe", want one of absent, zero`},
		{"connection twice", func(g *cortex.Graph) { g.Matrix.Connections[2].Name = "B->B" }, "connection.B->B", `such as "B->B late"`},
		{"connection from nowhere", func(g *cortex.Graph) { g.Matrix.Connections[0].From = "X" }, "connection.A->B", `no area is called "X"`},
		{"negative delay", func(g *cortex.Graph) { g.Matrix.Connections[0].Delay = -1 }, "connection.A->B.delay", "found -1"},
		{"window", func(g *cortex.Graph) { during("7..")(&g.Matrix.Connections[0]) }, "connection.A->B.window", `found "7.."`},
		{"signal of source", func(g *cortex.Graph) { g.Matrix.Connections[0].Reads = "spikes" }, "connection.A->B.state", `found "spikes", area A of kind sum offers`},
		{"transform", func(g *cortex.Graph) { g.Areas[1].Shape = [3]int{2, 2, 1} }, "connection.A->B", "conv from A to B: from 1×1 up to 2×2"},
		{"sharing time", func(g *cortex.Graph) { g.Matrix.Sharing.Time = "sometimes" }, "sharing.time", `found "sometimes"`},
		{"sharing set", func(g *cortex.Graph) {
			s, _ := connectivity.ParseSelector("area:C")
			g.Matrix.Sharing.Sets = []connectivity.Set{{Name: "all", Members: []connectivity.Selector{s}}}
		}, "sharing.between", `"area:C" selects no connection`},
		{"no input", func(g *cortex.Graph) { g.Input.To = nil }, "input.to", "found no area"},
		{"input to nowhere", func(g *cortex.Graph) { g.Input.To = []string{"LGN"} }, "input.to", `no area is called "LGN"`},
		{"input too late", func(g *cortex.Graph) { g.Input.Delay = 9 }, "input.delay", "never arrives"},
		{"input drawn", func(g *cortex.Graph) { g.Input.Steps = at("any of 0..1") }, "input.steps", "fixed steps"},
		{"input net", func(g *cortex.Graph) { g.Image = [3]int{2, 2, 1}; g.Input.Net = layers("relu") }, "input.net",
			"from the image 2×2×1 to area A 1×1×1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := chain(cortex.Readout{Train: at("1..2")})
			c.edit(&g)
			_, err := try(g)
			e, ok := err.(*cortex.Error)
			if !ok {
				t.Fatalf("got %v, want an error about %s", err, c.path)
			}
			if got := strings.Join(e.Path, "."); got != c.path || !strings.Contains(e.Error(), c.message) {
				t.Errorf("got %s: %v\nwant %s: %s", got, e, c.path, c.message)
			}
		})
	}
}

// TestCycleIsNamed: a cycle without delay is an error that names its members
// and nothing else, at the first step that has it.
func TestCycleIsNamed(t *testing.T) {
	for _, c := range []struct {
		name        string
		connections []connectivity.Connection
		step        string
		in          []string
		out         string
	}{
		{"itself", []connectivity.Connection{connect("B->B now", "conv", delay(0))}, "step 0", []string{"B->B now"}, "A->B"},
		{"two", []connectivity.Connection{connect("A->B now", "conv", delay(0), during("2..")), connect("B->A now", "conv", delay(0), during("..3"))},
			"step 2", []string{"A->B now", "B->A now"}, "B->B"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := chain(cortex.Readout{Train: at("1")})
			g.Matrix.Connections = append(g.Matrix.Connections, c.connections...)
			_, err := try(g)
			if err == nil || !strings.Contains(err.Error(), "cycle without delay at "+c.step) || strings.Contains(err.Error(), c.out) {
				t.Fatalf("got %v, want a cycle at %s of %v", err, c.step, c.in)
			}
			for _, name := range c.in {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("got %v, want %s named", err, name)
				}
			}
		})
	}
	g := chain(cortex.Readout{Train: at("1")})
	g.Matrix.Connections = append(g.Matrix.Connections, connect("A->B now", "conv", delay(0), during("..1")), connect("B->A now", "conv", delay(0), during("2..")))
	if _, err := try(g); err != nil {
		t.Errorf("both ways without delay, never at one step: got %v", err)
	}
}

// TestTimes: the same network in the two conventions of time.
func TestTimes(t *testing.T) {
	build := func(forward int) *cortex.Graph {
		a := func(name string) areas.Area { return area(name, 1, 1, 1, rate()) }
		return network(t, cortex.Graph{
			Image: [3]int{1, 1, 1}, Classes: 2, Steps: 5,
			Input: cortex.Input{To: []string{"V1"}, Steps: at("0.."), Net: layers("conv")},
			Areas: []areas.Area{a("V1"), a("V2"), a("IT")},
			Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
				connect("V1->V2", "conv", delay(forward)), connect("V2->IT", "conv", delay(forward)),
				connect("IT->V1", "conv"), connect("V1->V1", "conv", delay(3)),
			}},
			Readout: cortex.Readout{From: "IT", Net: layers("dense"), Train: at("4")},
		})
	}
	for _, c := range []struct {
		name    string
		forward int
		onset   [3]int
		reach   [4]cortex.Reach // of the connections above
	}{
		// Everything within a step, feedback from the step before.
		{"engineering", 0, [3]int{0, 0, 0}, [4]cortex.Reach{{0, 0, 0, 5}, {0, 0, 0, 5}, {1, 1, 1, 4}, {3, 3, 3, 2}}},
		// One step a connection. IT->V1 arrives first at 3, which IT sees at 5: never.
		{"biological", 1, [3]int{0, 1, 2}, [4]cortex.Reach{{1, 1, 2, 1}, {2, 2, 2, 1}, {3, 3, -1, 0}, {3, 3, -1, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(c.forward)
			for i, want := range c.onset {
				if g.Onset(i) != want {
					t.Errorf("onset of %s: got %d, want %d", g.Areas[i].Name, g.Onset(i), want)
				}
			}
			for j, got := range cortex.Reaches(g) {
				if got != c.reach[j] {
					t.Errorf("reach of %s: got %+v, want %+v", g.Matrix.Connections[j].Name, got, c.reach[j])
				}
			}
			w, err := cortex.Weights(g)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range w {
				if c.name == "biological" && (x.Set == "IT->V1" || x.Set == "V1->V1") {
					t.Errorf("%s cannot reach the readout and has weights", x.Name)
				}
			}
		})
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		text string
		want []int
	}{
		{"3", []int{3}}, {"1..3", []int{1, 2, 3}}, {"4..", []int{4, 5}}, {"..1", []int{0, 1}}, {"0,2,4..5", []int{0, 2, 4, 5}},
		{"3,1..3", []int{1, 2, 3}}, {"any of 2..3", []int{2, 3}},
	} {
		s, err := cortex.ParseSteps(c.text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.List(6)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%q: got %v, %v, want %v", c.text, got, err, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: got %v, want %v", c.text, got, c.want)
			}
		}
		again, err := cortex.ParseSteps(s.String())
		if err != nil || again.String() != s.String() || again.Any != s.Any {
			t.Errorf("%q is written %q and does not read back: %v", c.text, s, err)
		}
	}
	for _, text := range []string{"", "x", "1..x", "-1", "3..1", "1,,2", "any of"} {
		if s, err := cortex.ParseSteps(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, s)
		}
	}
	for _, text := range []string{"6", "2..6", "6.."} {
		if got, err := at(text).List(6); err == nil {
			t.Errorf("%q of 6 steps: got %v, want an error", text, got)
		}
	}
}
