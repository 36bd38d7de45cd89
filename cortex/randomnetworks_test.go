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
	"ventral/nn"
)

// TestRandomNetworks compares everything that a graph says of a network with
// what the simulation does: states, silence, onset, cycles, the reach of
// connections, which weights there are, and the loss.
func TestRandomNetworks(t *testing.T) {
	count := 1500
	if testing.Short() {
		count = 300
	}
	kinds := map[string]int{}
	for seed := range uint64(count) {
		r := rand.New(rand.NewPCG(seed, 1))
		spec := randomGraph(r)
		g, err := try(spec)
		if cyclic := zeroDelayCycle(spec); cyclic || err != nil && strings.Contains(err.Error(), "cycle without delay") {
			kinds["cycle"]++
			if !cyclic || err == nil || !strings.Contains(err.Error(), "cycle without delay") {
				t.Fatalf("seed %d: got error %v, cycle is %v", seed, err, cyclic)
			}
			continue
		}
		if err != nil {
			// The readout is silent or uninformed at the trained step.
			kinds["silent"]++
			probe := spec
			first := 0
			if spec.Screen != nil {
				first = slices.IndexFunc(spec.Screen.Steps, func(s cortex.Shown) bool { return len(s) > 0 })
			}
			probe.Readout.From, probe.Readout.Train = spec.Input.To[0], cortex.At(first+spec.Input.Delay)
			g, perr := try(probe)
			if perr != nil {
				t.Fatalf("seed %d: %v, and %v", seed, err, perr)
			}
			x, y := simulate(g, 0.3), simulate(g, 1.7)
			i := x.area(spec.Readout.From)
			a, b := x.state(i, g.Steps-1), y.state(i, g.Steps-1)
			if a != nil && *a != *b {
				t.Fatalf("seed %d: got error %v, the readout depends on the image", seed, err)
			}
			continue
		}
		if !bounded(g) {
			continue // differences would drown in the rounding of what exploded
		}
		kinds["run"]++
		if spec.Screen != nil {
			kinds["screen"]++
		}
		if !checkRandom(t, seed, g) {
			t.Fatalf("seed %d: %s", seed, describe(g))
		}
	}
	t.Logf("%v of %d networks", kinds, count)
	for _, k := range []string{"cycle", "silent", "run", "screen"} {
		if kinds[k] < count/50 {
			t.Errorf("only %d of %d networks were of kind %q; all: %v", kinds[k], count, k, kinds)
		}
	}
}

func checkRandom(t *testing.T, seed uint64, g *cortex.Graph) bool {
	ok := true
	fail := func(format string, args ...any) {
		t.Errorf("seed %d: "+format, append([]any{seed}, args...)...)
		ok = false
	}
	o := cortex.Options{Batch: 2, Logits: g.TrainSteps()}
	for s := range g.Steps {
		for i := range g.Areas {
			o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: areas.State, Step: s}, cortex.Tap{Area: i, Signal: areas.Response, Step: s})
		}
	}
	p := answer(t, g, o)
	for _, v := range p.Vars {
		a, _ := p.home.Get(v.Name)
		for k := range a.Data {
			a.Data[k] = 1e6 // what must not be read
			if a.Shape.Rank() == 1 || k == a.Shape[0]*a.Shape[1]/2 {
				a.Data[k] = value(v.Name)
			}
		}
	}
	const low, high = 0.3, 1.7
	out := p.run(t, framesOf(low, high))
	x, y := simulate(g, low), simulate(g, high)
	for _, tap := range o.Taps {
		a, b := x.state(tap.Area, tap.Step), y.state(tap.Area, tap.Step)
		name := g.TapName(tap)
		got, there := out[name]
		if there != (a != nil) || g.Present(tap.Area, tap.Step) != there {
			fail("%s: present is %v in the program, %v in the graph, want %v", name, there, g.Present(tap.Area, tap.Step), a != nil)
			continue
		}
		informed := a != nil && *a != *b
		if g.Informed(tap.Area, tap.Step) != informed {
			fail("%s: informed is %v, want %v", name, g.Informed(tap.Area, tap.Step), informed)
		}
		if !there {
			continue
		}
		want := []float64{*a, *b}
		if tap.Signal == areas.Response {
			want = []float64{softplus(*a), softplus(*b)}
		}
		for k := range want {
			// A few dozen roundings.
			if math.Abs(got.Data[k]-want[k]) > 1e-12*math.Abs(want[k]) {
				fail("%s, image %d: got %v, want %v", name, k, got.Data[k], want[k])
			}
		}
	}
	for i := range g.Areas {
		onset := -1
		for s := g.Steps - 1; s >= 0; s-- {
			if a, b := x.state(i, s), y.state(i, s); a != nil && *a != *b {
				onset = s
			}
		}
		if g.Onset(i) != onset {
			fail("onset of %s: got %d, want %d", g.Areas[i].Name, g.Onset(i), onset)
		}
	}
	read := x.area(g.Readout.From)
	last := g.TrainSteps()[0]
	if !g.Informed(read, last) {
		fail("the readout knows nothing of the image at its trained step %d", last)
	}
	tested := map[int]bool{last: true}
	for s := range g.Steps {
		a, b := x.state(read, s), y.state(read, s)
		tested[s] = tested[s] || a != nil && *a != *b
	}
	used := map[string]bool{}
	for j, reach := range cortex.Reaches(g) {
		c := g.Matrix.Connections[j]
		want := cortex.Reach{First: -1, Informed: -1, Influence: -1}
		for s := g.Steps - 1; s >= 0; s-- {
			if !delivers(c, s) {
				continue
			}
			from := x.area(c.From)
			a, b := x.state(from, s-c.Delay), y.state(from, s-c.Delay)
			if a == nil || x.state(x.area(c.To), s) == nil {
				continue
			}
			want.First = s
			if *a != *b {
				want.Informed = s
			}
			// The transition that arrives at s, alone, with another gain.
			z := simulate(g, low)
			z.gain = func(jj, t int, gain float64) float64 {
				if jj == j && t == s {
					return 0.77 * gain
				}
				return gain
			}
			if *z.state(read, last) != *x.state(read, last) {
				want.Trained++
				if c.Transform.Kind() != "identity" {
					used[c.Name+x.step(c.Time, s)+"/kernel"] = true
				}
			}
			for q := range g.Steps {
				if a, b := z.state(read, q), x.state(read, q); tested[q] && a != nil && *a != *b && (want.Influence < 0 || q < want.Influence) {
					want.Influence = q
				}
			}
		}
		if reach != want {
			fail("reach of %s: got %+v, want %+v", c.Name, reach, want)
		}
	}
	weights, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range weights {
		if strings.Contains(w.Name, "->") && strings.HasSuffix(w.Name, "/kernel") && !strings.HasPrefix(w.Name, "input") {
			if !used[w.Name] {
				fail("weight %s cannot change the loss", w.Name)
			}
			delete(used, w.Name)
		}
	}
	for name := range used {
		fail("weight %s changes the loss and is not among the weights", name)
	}
	return ok
}

func describe(g *cortex.Graph) string {
	var b strings.Builder
	fmt.Fprintf(&b, "steps %d, input to %v at %s delay %d, readout %s@%v, %s\n", g.Steps, g.Input.To, g.Input.Steps, g.Input.Delay, g.Readout.From, g.TrainSteps(), g.Matrix.Sharing.Time)
	for _, a := range g.Areas {
		fmt.Fprintf(&b, "  %s %+v\n", a.Name, a.Dynamics)
	}
	for _, c := range g.Matrix.Connections {
		fmt.Fprintf(&b, "  %s %s delay %d window %s reads %q %s gain %v bias %s\n", c.Name, c.Transform.Kind(), c.Delay, c.Window, c.Reads, c.Merge, c.Gain, c.Bias)
	}
	return b.String()
}

// TestLeakAlone: what an area keeps is a path of its own. The image is seen at
// step 0, no connection leads anywhere, and step 2 still depends on it.
func TestLeakAlone(t *testing.T) {
	g := network(t, cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 3,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, rate(func(d *areas.Rate) { d.Leak, d.Order = 0.25, nil }))},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Train: at("2")},
	})
	p := answer(t, g, cortex.Options{Batch: 1, Logits: []int{2}})
	for name, x := range map[string]float64{"input/conv/kernel": 2, "A/bias": 0.5, "readout/dense/kernel": 1} {
		a, _ := p.home.Get(name)
		a.Data[len(a.Data)/2], a.Data[0] = x, x
	}
	u := 0.25 * (2*3 + 0.5)
	for range 2 {
		u = 0.75*u + 0.25*0.5
	}
	near(t, "logits@2", p.run(t, map[string]nn.Array{"image": {Shape: nn.Shape{1, 1, 1, 1}, Data: []float64{3}}})["logits@2"].Data[:1], []float64{u}, 1e-15)
}

// randomGraph draws a cortex, which may have a cycle or nothing to read.
func randomGraph(r *rand.Rand) (g cortex.Graph) {
	n := 2 + r.IntN(3)
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	names := []string{"V1", "V2", "V4", "IT"}[:n]
	for _, name := range names {
		var d areas.Dynamics
		silent, bias := pick("absent", "absent", "zero"), pick("area", "connection")
		if silent == "zero" {
			bias = "area" // so that nothing is exactly zero: what is zero has no influence
		}
		if r.IntN(2) == 0 {
			d = sum(func(d *areas.Sum) {
				d.Silent, d.Biased, d.Nonlinearity, d.Norm.Kind = silent, bias, "softplus", "none"
			})
		} else {
			leak := []float64{1, 0.7, 0.3}[r.IntN(3)]
			if leak == 1 {
				bias = "area"
			}
			d = rate(func(d *areas.Rate) {
				d.Silent, d.Biased, d.Leak, d.Order = silent, bias, leak, []areas.Stage{"softplus"}
			})
		}
		g.Areas = append(g.Areas, area(name, 1, 1, 1, d))
	}
	g.Image, g.Classes, g.Steps = [3]int{1, 1, 1}, 2, 4+r.IntN(4)
	window := func() connectivity.Window {
		from := r.IntN(g.Steps)
		switch r.IntN(5) {
		case 0:
			return connectivity.Between(from, from+r.IntN(g.Steps-from))
		case 1:
			w, _ := connectivity.ParseWindow(fmt.Sprintf("%d..", from))
			return w
		case 2:
			w, _ := connectivity.ParseWindow(fmt.Sprintf("%d,%d..%d,%d..", r.IntN(g.Steps), from, from+r.IntN(3), from+4))
			return w
		}
		return connectivity.Always()
	}
	for _, from := range names {
		for _, to := range names {
			for k := range r.IntN(3) {
				c := connect(fmt.Sprintf("%s->%s %d", from, to, k), pick("conv", "conv", "identity"), func(c *connectivity.Connection) {
					c.Delay, c.Window, c.Bias = []int{0, 1, 1, 1, 2, 3}[r.IntN(6)], window(), pick("auto", "present")
					if from == to || from > to && r.IntN(3) > 0 {
						c.Delay = max(c.Delay, 1) // else most of them have a cycle
					}
					c.Reads = pick("", "", "state", "response")
					if r.IntN(4) == 0 {
						c.Merge = "multiply"
						// So that it does not scale exactly nothing at a silent step.
						switch d := g.Areas[slices.Index(names, to)].Dynamics.(type) {
						case *areas.Sum:
							d.Biased = "area"
						case *areas.Rate:
							d.Biased = "area"
						}
					}
					if r.IntN(4) == 0 {
						c.Gain = 0.5
					}
					c.Time = connectivity.Tying(pick("", "", "", "tied", "untied", "tied ..2"))
				})
				g.Matrix.Connections = append(g.Matrix.Connections, c)
			}
		}
	}
	g.Matrix.Sharing.Time = connectivity.Tying(pick("tied", "untied", "tied ..2"))
	g.Input = cortex.Input{To: []string{"V1"}, Steps: cortex.At(0), Delay: r.IntN(2), Net: layers("conv")}
	if r.IntN(2) == 0 {
		g.Input.Steps = cortex.At(0, 2)
	}
	if r.IntN(4) == 0 {
		g.Input.To = []string{"V1", "V2"}
	}
	g.Input.Net[0].Bias = "present"
	g.Readout = cortex.Readout{From: names[r.IntN(n)], Reads: "state", Net: layers("dense"), Train: cortex.At(g.Steps - 1), Test: at("0..")}
	if r.IntN(2) == 0 {
		g.Input.Steps, g.Screen = cortex.Steps{}, randomScreen(r, g.Steps)
	}
	return g
}

// zeroDelayCycle reports whether connections without delay form a cycle at some
// step, by following every path.
func zeroDelayCycle(g cortex.Graph) bool {
	for t := range g.Steps {
		var reach func(from, to string, steps int) bool
		reach = func(from, to string, steps int) bool {
			for _, c := range g.Matrix.Connections {
				if c.From != from || c.Delay > 0 || !delivers(c, t) {
					continue
				}
				if c.To == to || steps > 0 && reach(c.To, to, steps-1) {
					return true
				}
			}
			return false
		}
		for _, a := range g.Areas {
			if reach(a.Name, a.Name, len(g.Areas)) {
				return true
			}
		}
	}
	return false
}

// bounded reports whether all states stay of moderate size.
func bounded(g *cortex.Graph) bool {
	x := simulate(g, 1.7)
	for i := range g.Areas {
		for t := range g.Steps {
			if v := x.state(i, t); v != nil && !(math.Abs(*v) < 1e4) {
				return false
			}
		}
	}
	return true
}
