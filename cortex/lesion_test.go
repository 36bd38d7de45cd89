package cortex_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/lesion"
	"ventral/nn"
)

func scaled(t testing.TB, gain float64, arriving string, connections ...string) lesion.Lesion {
	t.Helper()
	l := lesion.Lesion{Kind: lesion.Scale, Gain: gain, Steps: connectivity.Always()}
	for _, e := range connections {
		s, err := connectivity.ParseSelector(e)
		if err != nil {
			t.Fatal(err)
		}
		l.Connections = append(l.Connections, s)
	}
	if arriving != "" {
		w, err := connectivity.ParseWindow(arriving)
		if err != nil {
			t.Fatal(err)
		}
		l.Steps = w
	}
	return l
}

// TestLesion compares lesioned networks with the simulation, whose gains are
// changed by a rule of its own.
func TestLesion(t *testing.T) {
	role := func(want string) func(g *cortex.Graph, c connectivity.Connection, s int) bool {
		return func(_ *cortex.Graph, c connectivity.Connection, _ int) bool { return c.Role == want }
	}
	for _, c := range []struct {
		name    string
		lesions []lesion.Lesion
		gain    float64
		hit     func(g *cortex.Graph, c connectivity.Connection, s int) bool
	}{
		{"feedback cut", []lesion.Lesion{scaled(t, 0, "", "role:feedback")}, 0, role("feedback")},
		{"feedback and lateral cooled from step 2", []lesion.Lesion{scaled(t, 0.5, "2..", "role:feedback", "role:lateral")}, 0.5,
			func(_ *cortex.Graph, c connectivity.Connection, s int) bool {
				return s >= 2 && (c.Role == "feedback" || c.Role == "lateral")
			}},
		{"all of V2 at steps 1 to 3", []lesion.Lesion{scaled(t, 0, "..3", "area:V2@1..")}, 0,
			func(_ *cortex.Graph, c connectivity.Connection, s int) bool {
				return s >= 1 && s <= 3 && (c.From == "V2" || c.To == "V2") && c.Role != "self"
			}},
		{"twice cooled, and one connection in two selectors counts once",
			[]lesion.Lesion{scaled(t, 0.5, "", "role:feedforward", "area:V1"), scaled(t, 0.5, "", "role:feedforward", "area:V1")}, 0.25,
			func(_ *cortex.Graph, c connectivity.Connection, _ int) bool {
				return c.Role == "feedforward" || (c.From == "V1" || c.To == "V1") && c.Role != "self"
			}},
		{"identities", []lesion.Lesion{scaled(t, 0.25, "", "role:self")}, 0.25, role("self")},
	} {
		t.Run(c.name, func(t *testing.T) {
			tested := 0
			for seed := uint64(0); tested < 20 && seed < 2000; seed++ {
				spec := randomGraph(rand.New(rand.NewPCG(seed, 9)))
				intact, err := try(spec)
				if err != nil || !bounded(intact) {
					continue
				}
				cut := intact
				for _, l := range c.lesions {
					if cut, err = cut.Lesion(l); err != nil {
						break
					}
				}
				if err != nil {
					continue // it has no such connection
				}
				tested++
				o := cortex.Options{Batch: 1}
				for s := range cut.Steps {
					for i := range cut.Areas {
						if cut.Present(i, s) {
							o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: areas.State, Step: s})
						}
					}
				}
				for _, g := range []*cortex.Graph{intact, cut} {
					p := answer(t, g, o)
					for _, v := range p.Vars {
						a, _ := p.home.Get(v.Name)
						a.Data[len(a.Data)/2] = value(v.Name)
					}
					out := p.run(t, framesOf(0.3))
					x := simulate(g, 0.3)
					x.gain = func(j, s int, gain float64) float64 {
						if g == cut && c.hit(g, g.Matrix.Connections[j], s) {
							return gain * c.gain
						}
						return gain
					}
					for _, tap := range o.Taps {
						want := *x.state(tap.Area, tap.Step)
						near(t, g.TapName(tap), out[g.TapName(tap)].Data, []float64{want}, 1e-12*(1+want*want))
					}
				}
				if t.Failed() {
					t.Fatalf("seed %d: %s", seed, describe(cut))
				}
			}
			if tested < 20 {
				t.Errorf("only %d networks have such connections", tested)
			}
		})
	}
}

// given fills the ports by which lesions take numbers: one number each, made of the name.
func given(p *program, in map[string]nn.Array) map[string]nn.Array {
	for _, x := range p.Inputs {
		if strings.HasPrefix(x.Name, "lesion/") {
			a := nn.NewArray(p.Shapes[x.Value])
			for i := range a.Data {
				a.Data[i] = value(x.Name)
			}
			in[x.Name] = a
		}
	}
	return in
}

// lesionOf makes a lesion of a kind, of connections, or of channels where there is no "->"
// and no ":".
func lesionOf(t testing.TB, kind, steps string, of ...string) lesion.Lesion {
	t.Helper()
	l := lesion.New()
	l.Kind = kind
	for _, text := range of {
		var err error
		if strings.ContainsAny(text, ":>") {
			l.Connections = append(l.Connections, scaled(t, 0, "", text).Connections...)
		} else {
			var c lesion.Channels
			c, err = lesion.ParseChannels(text)
			l.Channels = append(l.Channels, c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if steps != "" {
		l.Steps = scaled(t, 0, steps).Steps
	}
	return l
}

// held is a lesion that holds the value of a step.
func held(l lesion.Lesion, step int) lesion.Lesion {
	l.Kind, l.At = lesion.Freeze, lesion.At(step)
	return l
}

// TestLesionKinds compares lesions of every kind with the simulation, in which a rule of
// its own says what becomes of deliveries and signals. Numbers that lesions are given are
// made of the names of their ports.
func TestLesionKinds(t *testing.T) {
	port := func(lesion int, area string, step int, signal string) float64 {
		return value(fmt.Sprintf("lesion/%d/%s@%d/%s", lesion, area, step, signal))
	}
	drive := func(c connectivity.Connection) string {
		if c.Merge == "multiply" {
			return "drive:" + c.Name + "/gain"
		}
		return "drive:" + c.Name
	}
	for _, c := range []struct {
		name    string
		lesions []lesion.Lesion
		changed func(x *scalar, j, s int, y float64) float64
		heard   func(x *scalar, i, s int, signal string, v float64) float64
	}{
		{"noise on feedback", []lesion.Lesion{lesionOf(t, lesion.Noise, "1..", "role:feedback")},
			func(x *scalar, j, s int, y float64) float64 {
				if c := x.g.Matrix.Connections[j]; c.Role == "feedback" && s >= 1 {
					y += port(0, c.To, s, drive(c))
				}
				return y
			}, nil},
		{"what another image evokes, then half of it", []lesion.Lesion{lesionOf(t, lesion.Noise, "", "role:lateral"), lesionOf(t, lesion.Shuffle, "", "role:lateral"), scaled(t, 0.5, "", "role:lateral")},
			func(x *scalar, j, s int, y float64) float64 {
				if c := x.g.Matrix.Connections[j]; c.Role == "lateral" {
					y = 0.5 * port(1, c.To, s, drive(c))
				}
				return y
			}, nil},
		{"the mean over images of what V2 sends", []lesion.Lesion{lesionOf(t, lesion.Freeze, "2..", "V2")}, nil,
			func(x *scalar, i, s int, signal string, v float64) float64 {
				if x.g.Areas[i].Name == "V2" && s >= 2 {
					v = port(0, "V2", s, signal)
				}
				return v
			}},
		{"feedback stays what it was at step 3, and is cooled from step 5 on", []lesion.Lesion{held(lesionOf(t, "", "3..", "role:feedback"), 3), scaled(t, 0.5, "5..", "role:feedback")},
			func(x *scalar, j, s int, y float64) float64 {
				if c := x.g.Matrix.Connections[j]; c.Role == "feedback" && s > 3 {
					y = *x.delivery(j, 3)
					if s >= 5 {
						y *= 0.5
					}
				}
				return y
			}, nil},
		{"the response of V1 stays what it was at step 2", []lesion.Lesion{held(lesionOf(t, "", "2..4", "V1.response#0"), 2)}, nil,
			func(x *scalar, i, s int, signal string, v float64) float64 {
				if x.g.Areas[i].Name == "V1" && signal == "response" && s > 2 && s <= 4 {
					v = x.signal(i, 2, signal)
				}
				return v
			}},
		{"attention to V2 before what it sends is held", []lesion.Lesion{scaledChannels(t, 1.5, "V2#0"), held(lesionOf(t, "", "4..", "V2"), 3)}, nil,
			func(x *scalar, i, s int, signal string, v float64) float64 {
				switch {
				case x.g.Areas[i].Name == "V2" && s >= 4:
					v = x.signal(i, 3, signal)
				case x.g.Areas[i].Name == "V2":
					v *= 1.5
				}
				return v
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tested := 0
			for seed := uint64(0); tested < 20 && seed < 6000; seed++ {
				intact, err := try(randomGraph(rand.New(rand.NewPCG(seed, 9))))
				if err != nil || !bounded(intact) {
					continue
				}
				cut, err := intact.Lesion(c.lesions...)
				if err != nil {
					continue // it has no such connection, or that is silent then
				}
				tested++
				o := cortex.Options{Batch: 1}
				for s := range cut.Steps {
					for i := range cut.Areas {
						if cut.Present(i, s) {
							o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: areas.State, Step: s}, cortex.Tap{Area: i, Signal: areas.Response, Step: s})
						}
						for _, d := range cortex.DrivesAt(cut, i, s) {
							if cut.Present(i, s) && strings.Contains(d.From, "->") {
								o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: d.Signal(), Step: s})
							}
						}
					}
				}
				p := answer(t, cut, o)
				for _, v := range p.Vars {
					a, _ := p.home.Get(v.Name)
					a.Data[len(a.Data)/2] = value(v.Name)
				}
				out := p.run(t, given(p, framesOf(0.3)))
				x := simulate(cut, 0.3)
				if c.changed != nil {
					x.changed = func(j, s int, y float64) float64 { return c.changed(x, j, s, y) }
				}
				if c.heard != nil {
					x.heard = func(i, s int, signal string, v float64) float64 { return c.heard(x, i, s, signal, v) }
				}
				for _, tap := range o.Taps {
					want := 0.0
					if name, ok := strings.CutPrefix(tap.Signal, "drive:"); ok {
						j := slices.IndexFunc(cut.Matrix.Connections, func(c connectivity.Connection) bool { return c.Name == strings.TrimSuffix(name, "/gain") })
						want = *x.delivery(j, tap.Step)
					} else {
						want = x.signal(tap.Area, tap.Step, tap.Signal)
					}
					near(t, cut.TapName(tap), out[cut.TapName(tap)].Data, []float64{want}, 1e-12*(1+want*want))
				}
				if t.Failed() {
					t.Fatalf("seed %d: %s", seed, describe(cut))
				}
			}
			if tested < 20 {
				t.Errorf("only %d networks have such parts", tested)
			}
		})
	}
}

func scaledChannels(t testing.TB, gain float64, of ...string) lesion.Lesion {
	l := lesionOf(t, lesion.Scale, "", of...)
	l.Gain = gain
	return l
}

// lesionable is a pair of areas of several channels with connections of every role, one
// of which scales.
func lesionable(t testing.TB) *cortex.Graph {
	return network(t, cortex.Graph{
		Image: [3]int{4, 4, 2}, Classes: 3, Steps: 5,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
		Areas: []areas.Area{area("A", 4, 4, 3, rate(func(d *areas.Rate) { d.Order, d.Leak = []areas.Stage{"norm", "tanh"}, 0.7 })), area("B", 2, 2, 4, sum(func(d *areas.Sum) { d.Nonlinearity = "softplus" }))},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("A->B", "conv"), connect("A->A", "conv"), connect("B->A", "resize_conv"), connect("B->B", "conv"), connect("A->B gain", "conv", multiply),
		}},
		Readout: cortex.Readout{From: "B", Net: layers("relu", "average", "dense"), Train: at("2,4")},
	})
}

// TestLesionPrograms: programs with lesions of every kind, drawn at random, have the
// gradients that differences give, and the default engine agrees with the oracle.
func TestLesionPrograms(t *testing.T) {
	count := 16
	if testing.Short() {
		count = 4
	}
	seen := map[string]int{}
	for seed := range uint64(count) {
		r := rand.New(rand.NewPCG(seed, 31))
		g := lesionable(t)
		var names []string
		for range 1 + r.IntN(3) {
			of := []string{"A->B", "A->A", "role:feedback", "area:B", "A->B gain@2..", "A#0,2", "B.response#1..2", "A.state", "B#3@3.."}[r.IntN(9)]
			l := lesionOf(t, []string{lesion.Scale, lesion.Noise, lesion.Freeze, lesion.Shuffle}[(int(seed)+len(names))%4], []string{"", "3..", "2,4"}[r.IntN(3)], of)
			l.Gain = []float64{0, 0.5, 2}[r.IntN(3)]
			if l.Kind == lesion.Freeze && r.IntN(2) == 0 {
				l.At = lesion.At(2)
			}
			if l.Kind == lesion.Freeze || l.Kind == lesion.Shuffle {
				l.Steps = scaled(t, 0, "3").Steps // so that the image still has a gradient
			}
			if next, err := g.Lesion(l); err == nil {
				g, names = next, append(names, l.Kind+" of "+of)
				seen[l.Kind]++
			}
		}
		t.Run(strings.Join(names, ", "), func(t *testing.T) { checkGradients(t, g, false) })
	}
	for _, kind := range []string{lesion.Scale, lesion.Noise, lesion.Freeze, lesion.Shuffle} {
		if seen[kind] == 0 {
			t.Errorf("no program has a lesion of kind %s", kind)
		}
	}
}

// TestLesionWindows: windows of steps give what the whole gives where lesions hold what
// was there before.
func TestLesionWindows(t *testing.T) {
	g := lesionable(t)
	for _, l := range []lesion.Lesion{held(lesionOf(t, "", "3..", "A->B"), 1), held(lesionOf(t, "", "3..", "B#0,1"), 2), held(lesionOf(t, "", "4", "A"), 1)} {
		cut, err := g.Lesion(l)
		if err != nil {
			t.Fatal(err)
		}
		equalWhole(t, cut, [][]int{{0, 3}, {0, 2, 4}, {0, 1, 2, 3, 4}})
	}
}

// TestLesionOfOne: what changes nothing leaves the same program, and so do lesions of
// what the answers do not depend on.
func TestLesionOfOne(t *testing.T) {
	g := lesionable(t)
	text := func(g *cortex.Graph) string {
		p, _, err := cortex.Inference(g, 2, g.TrainSteps(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.String()
	}
	intact := text(g)
	for _, l := range []lesion.Lesion{
		scaledChannels(t, 1, "role:feedback"), scaledChannels(t, 1, "A#0,2"), scaledChannels(t, 1, "B"),
		held(lesionOf(t, "", "2", "A->A"), 2), held(lesionOf(t, "", "3", "B#1"), 3),
		scaledChannels(t, 0, "A->A@4"), lesionOf(t, lesion.Shuffle, "4", "A#1"),
	} {
		cut, err := g.Lesion(l)
		if err != nil {
			t.Fatal(err)
		}
		if got := text(cut); got != intact {
			t.Errorf("%+v: the program is another:\n%s\nwant\n%s", l, got, intact)
		}
		if cut.Intact() != g {
			t.Error("the intact cortex is another")
		}
	}
	cut, _ := g.Lesion(scaledChannels(t, 0.5, "role:feedback"))
	if text(cut) == intact {
		t.Error("a lesion left the program as it was")
	}
}

// TestLesionChannels: channels that are named change, the others stay, for all who read.
func TestLesionChannels(t *testing.T) {
	g := lesionable(t)
	cut, err := g.Lesion(scaledChannels(t, 0.25, "A.response#0,2@0"))
	if err != nil {
		t.Fatal(err)
	}
	o := cortex.Options{Batch: 1, Taps: []cortex.Tap{{Area: 0, Signal: "response", Step: 0}, {Area: 0, Signal: "state", Step: 0}}}
	in := map[string]nn.Array{"image": {Shape: nn.Shape{1, 4, 4, 2}, Data: make([]float64, 32)}}
	for i := range in["image"].Data {
		in["image"].Data[i] = math.Sin(float64(i))
	}
	was, is := answer(t, g, o).run(t, in), answer(t, cut, o).run(t, in)
	want := slices.Clone(was["A@0/response"].Data)
	for i := range want {
		if i%3 != 1 {
			want[i] *= 0.25
		}
	}
	near(t, "response", is["A@0/response"].Data, want, 1e-15)
	near(t, "state", is["A@0/state"].Data, was["A@0/state"].Data, 0)
}

// TestDrivesAddUp: of an area that adds, the drives of a step and the bias are its state.
func TestDrivesAddUp(t *testing.T) {
	g := pairNetwork(t, [3]int{4, 4, 2}, [3]int{2, 2, 3}, 4, connect("A->B", "conv"), connect("A->B brc", "brc", func(c *connectivity.Connection) { c.Gain = 0.5 }), connect("B->B", "conv"))
	to := g.Area("B")
	if got := fmt.Sprint(cortex.Drives(g, to)); got != "[{A->B drive} {A->B brc drive} {B->B drive}]" {
		t.Errorf("got the drives %s", got)
	}
	for s := range g.Steps {
		if !g.Present(to, s) {
			continue
		}
		o := cortex.Options{Batch: 2, Taps: []cortex.Tap{{Area: to, Signal: areas.State, Step: s}}}
		for _, d := range cortex.DrivesAt(g, to, s) {
			o.Taps = append(o.Taps, cortex.Tap{Area: to, Signal: d.Signal(), Step: s})
		}
		p := answer(t, g, o)
		in := map[string]nn.Array{"image": nn.NewArray(p.Shapes[p.Inputs[0].Value])}
		for i := range in["image"].Data {
			in["image"].Data[i] = math.Sin(float64(i))
		}
		out := p.run(t, in)
		sum := make([]float64, len(out[g.TapName(o.Taps[0])].Data))
		for _, tap := range o.Taps[1:] {
			for i, v := range out[g.TapName(tap)].Data {
				sum[i] += v
			}
		}
		near(t, fmt.Sprint("step ", s), out[g.TapName(o.Taps[0])].Data, sum, 1e-13)
	}
}

func TestLesionErrors(t *testing.T) {
	g := network(t, chain(cortex.Readout{Train: at("2")}))
	for _, c := range []struct {
		l    lesion.Lesion
		want string
	}{
		{scaled(t, 0, ""), "found no connections"},
		{scaled(t, 0, "", "role:feedback"), `"role:feedback" selects no connection that delivers at steps 0..; the experiment has steps 0..4 and the connections "A->B", "B->B", "B->B again"`},
		{scaled(t, 0, "..2", "B->B again"), `"B->B again" selects no connection that delivers at steps 0..2`},
		{scaled(t, 0, "7", "A->B"), `"A->B" selects no connection that delivers at steps 7`},
	} {
		if _, err := g.Lesion(c.l); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.l, err, c.want)
		}
	}
	cut, err := g.Lesion(scaled(t, 0, "", "B->B"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	b, err := cortex.Weights(cut)
	if err != nil || cortex.Parameters(a) != cortex.Parameters(b) {
		t.Errorf("a lesion changed the weights: %v", err)
	}
}
