package areas_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

// one is an area of one unit with two images, in which drives are numbers.
var one = areas.Area{Name: "V1", Shape: [3]int{1, 1, 1}}

// bench builds a step of dynamics and reads signals of it.
type bench struct {
	*nn.Builder
	scope   nn.Scope
	inputs  []nn.Array
	outputs int
}

func newBench() *bench {
	b := nn.NewBuilder()
	return &bench{Builder: b, scope: nn.Scope{Builder: b, Place: "V1", Step: 3, Stats: &nn.Statistics{},
		Weights: func(local string, _ nn.Shape) string { return "V1/" + local }}}
}

// image is an input with one number for each of two images.
func (b *bench) image(x, y float64) nn.Value {
	b.inputs = append(b.inputs, nn.Array{Shape: nn.Shape{2, 1, 1, 1}, Data: []float64{x, y}})
	return b.Input(fmt.Sprint("x", len(b.inputs)), nn.Shape{2, 1, 1, 1}, true)
}

// step is one step of d by its own scope, as a graph calls it.
func (b *bench) step(d areas.Dynamics, prev []nn.Value, in areas.Drives) []nn.Value {
	return d.Step(b.scope.Enter(), one, prev, in)
}

type ports = map[string][]nn.Value

// out is an output of v.
func (b *bench) out(v nn.Value) {
	b.outputs++
	b.Output(fmt.Sprint("y", b.outputs), v)
}

// run returns the outputs, with variables at the given values.
func (b *bench) run(t *testing.T, vars map[string]float64) [][]float64 {
	t.Helper()
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	home, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	r := home.(*ref.Residence)
	for _, x := range p.Vars {
		a, _ := r.Get(x.Name)
		value, ok := vars[x.Name]
		if !ok {
			t.Fatalf("variable %s is not expected", x.Name)
		}
		a.Data[0] = value
	}
	if len(vars) != len(p.Vars) {
		t.Fatalf("got %d variables, want %d", len(p.Vars), len(vars))
	}
	out, err := ref.Run(p, r, b.inputs)
	if err != nil {
		t.Fatal(err)
	}
	var data [][]float64
	for _, a := range out {
		data = append(data, a.Data)
	}
	return data
}

func check(t *testing.T, what string, got []float64, want ...float64) {
	t.Helper()
	for i := range want {
		if len(got) != len(want) || !(math.Abs(got[i]-want[i]) <= 1e-14) { // a few roundings
			t.Errorf("%s: got %v, want %v", what, got, want)
			return
		}
	}
}

// TestStep computes a step of every kind by hand.
func TestStep(t *testing.T) {
	leaky := areas.NewRate()
	leaky.Leak = 0.25
	quiet := areas.NewRate()
	quiet.Biased = "absent"
	biased := areas.NewSum()
	biased.Biased = "area"
	for _, c := range []struct {
		name string
		d    areas.Dynamics
		prev bool
		in   func(b *bench) areas.Drives
		bias float64 // 0: the dynamics has none
		want [2]float64
	}{
		{"sum of two", areas.NewSum(), false, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2), b.image(0.5, 4)}}}
		}, 0, [2]float64{1.5, 2}},
		{"sum forgets", areas.NewSum(), true, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}}}
		}, 0, [2]float64{1, -2}},
		{"sum with bias, scaled twice", biased, false, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}, areas.Gain: {b.image(0.5, -1), b.image(1, 7)}}}
		}, 0.25, [2]float64{1.25 * 1.5 * 2, 0}},
		{"sum of nothing", biased, false, func(b *bench) areas.Drives { return areas.Drives{Images: b.image(9, 9)} }, 0.25, [2]float64{0.25, 0.25}},
		{"nothing scaled", areas.NewSum(), false, func(b *bench) areas.Drives {
			return areas.Drives{Images: b.image(9, 9), Ports: ports{areas.Gain: {b.image(1, 2)}}}
		}, 0, [2]float64{0, 0}},
		{"rate without memory", areas.NewRate(), true, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}}}
		}, 0.5, [2]float64{1.5, -1.5}},
		{"rate without bias", quiet, false, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}}}
		}, 0, [2]float64{1, -2}},
		{"leaky from before", leaky, true, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}, areas.Gain: {b.image(1, 0)}}}
		}, 0.5, [2]float64{0.75*8 + 0.25*1.5*2, 0.75*-4 + 0.25*-1.5}},
		{"leaky from silence", leaky, false, func(b *bench) areas.Drives {
			return areas.Drives{Ports: ports{areas.Drive: {b.image(1, -2)}}}
		}, 0.5, [2]float64{0.25 * 1.5, 0.25 * -1.5}},
		{"decay", leaky, true, func(b *bench) areas.Drives { return areas.Drives{Images: b.image(9, 9)} }, 0.5,
			[2]float64{0.75*8 + 0.125, 0.75*-4 + 0.125}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			var prev []nn.Value
			if c.prev {
				prev = []nn.Value{b.image(8, -4)}
			}
			states := b.step(c.d, prev, c.in(b))
			if len(states) != len(c.d.Layout().States) {
				t.Errorf("got %d states, want %d", len(states), len(c.d.Layout().States))
			}
			b.out(states[0])
			vars := map[string]float64{}
			if c.bias != 0 {
				vars["V1/bias"] = c.bias
			}
			check(t, "state", b.run(t, vars)[0], c.want[:]...)
		})
	}
}

// TestResponse reads every kind in both orders, with a norm by running
// statistics of mean 1 and variance 4.
func TestResponse(t *testing.T) {
	norm := nn.DefaultNorm()
	norm.Eps = 0
	s := areas.NewSum()
	s.Norm = norm
	first := areas.NewRate()
	first.Norm = norm
	second := areas.NewRate()
	second.Norm, second.Order = norm, []areas.Stage{"relu", "norm"}
	tanh := areas.NewRate()
	tanh.Order = []areas.Stage{"tanh"}
	bare := areas.NewRate()
	bare.Order = nil
	stats := map[string]float64{"V1/norm@3/mean": 1, "V1/norm@3/variance": 4}
	for _, c := range []struct {
		name   string
		d      areas.Dynamics
		vars   map[string]float64
		want   [2]float64 // of the states 5 and -3
		normed bool       // the norm stands on the state
	}{
		{"sum", s, stats, [2]float64{2, 0}, true},
		{"norm, relu", first, stats, [2]float64{2, 0}, true},
		{"relu, norm", second, stats, [2]float64{2, -0.5}, false},
		{"tanh alone", tanh, nil, [2]float64{math.Tanh(5), math.Tanh(-3)}, false},
		{"nothing", bare, nil, [2]float64{5, -3}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench()
			states := []nn.Value{b.image(5, -3)}
			b.out(c.d.Read(b.scope, states, areas.Response))
			for _, signal := range c.d.Layout().SignalNames() {
				if signal != areas.Response && c.d.Read(b.scope, states, signal) != states[0] {
					t.Errorf("%s is not the state", signal)
				}
			}
			check(t, "response", b.run(t, c.vars)[0], c.want[:]...)
			response, _ := c.d.Layout().Signal(areas.Response)
			if ok := response.Normalises == c.d.Layout().States[0]; ok != c.normed || ok && response.Norm != norm {
				t.Errorf("norm on the state: got %+v, want %v", response, c.normed)
			}
		})
	}
}

// spiking is a kind of another name.
type spiking struct{ *areas.Rate }

func (spiking) Kind() string { return "spiking" }

// TestKinds holds what every kind must be, whoever adds one.
func TestKinds(t *testing.T) {
	if len(areas.Kinds()) < 2 {
		t.Fatalf("got kinds %v", areas.Kinds())
	}
	for _, name := range areas.Kinds() {
		d, err := areas.New(name)
		if err != nil {
			t.Fatal(err)
		}
		if d.Kind() != name {
			t.Errorf("New(%q) is of kind %q", name, d.Kind())
		}
		if err := d.Check(); err != nil {
			t.Errorf("%s: the defaults are refused: %v", name, err)
		}
		if fault := layoutFault(d); fault != "" {
			t.Errorf("%s: %s", name, fault)
		}
		again, _ := areas.New(name)
		if again == d {
			t.Errorf("%s: two areas would be one struct", name)
		}
	}
	remove := areas.Register(func() areas.Dynamics { return spiking{areas.NewRate()} })
	if _, err := areas.New("spiking"); err != nil || areas.Kinds()[len(areas.Kinds())-1] != "spiking" {
		t.Errorf("a kind that is registered: got %v among %v", err, areas.Kinds())
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("two kinds have one name")
			}
		}()
		areas.Register(func() areas.Dynamics { return spiking{areas.NewRate()} })
	}()
	remove()
	_, err := areas.New("spiking")
	if err == nil || !strings.Contains(err.Error(), `found kind "spiking", want one of `+strings.Join(areas.Kinds(), ", ")) {
		t.Errorf("unknown kind: got %v", err)
	}
}

// layoutFault says what is wrong with the layout of a kind.
func layoutFault(d areas.Dynamics) string {
	l := d.Layout()
	taken := append([]string{"step", "norm", "bias", "shape", "kind"}, l.SignalNames()...) // places of norms, weights and keys
	for i := range reflect.TypeOf(d).Elem().NumField() {
		taken = append(taken, reflect.TypeOf(d).Elem().Field(i).Tag.Get("toml"))
	}
	var functions []string
	for _, f := range l.Functions {
		if functions = append(functions, f.Name); f.About == "" || slices.Contains(taken, f.Name) {
			return fmt.Sprintf("function %q says of itself %q, want a line, and a name that no signal and key has", f.Name, f.About)
		}
	}
	for what, names := range map[string][]string{"states": l.States, "signals": l.SignalNames(), "ports": l.PortNames(), "functions": functions} {
		for i, name := range names {
			if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || slices.Contains(names[:i], name) {
				return fmt.Sprintf("%s %q, want words, each once", what, names)
			}
		}
	}
	for _, name := range []string{areas.State, areas.Response, l.Readout} {
		if _, ok := l.Signal(name); !ok {
			return fmt.Sprintf("offers %v, want %q among them", l.SignalNames(), name)
		}
	}
	for _, s := range l.Signals {
		for _, state := range []string{s.State, s.Normalises} {
			if state != "" && !slices.Contains(l.States, state) {
				return fmt.Sprintf("signal %s is of state %q, the states are %q", s.Name, state, l.States)
			}
		}
		if s.State != "" && (s.Norm != nn.Norm{} || s.Normalises != "") {
			return fmt.Sprintf("signal %s is a state and normalised", s.Name)
		}
	}
	if drive, ok := l.Port(areas.Drive); !ok || !drive.Wakes {
		return fmt.Sprintf("ports %v, want drive among them, which wakes the area", l.PortNames())
	}
	for _, p := range l.Ports {
		if p.About == "" {
			return "port " + p.Name + " says nothing about itself"
		}
	}
	if l.About == "" || !slices.Contains([]string{"connection", "area", "absent"}, l.Bias) || len(l.States) == 0 {
		return fmt.Sprintf("about %q, bias %q, %d states; want a line, connection, area or absent, and at least one", l.About, l.Bias, len(l.States))
	}
	return ""
}

func TestSilence(t *testing.T) {
	leaky, zero, zeroSum := areas.NewRate(), areas.NewRate(), areas.NewSum()
	leaky.Leak, zero.Silent, zeroSum.Silent = 0.5, "zero", "zero"
	for _, c := range []struct {
		name    string
		d       areas.Dynamics
		silence areas.Silence
		carries bool
	}{
		{"sum is silent again", areas.NewSum(), areas.Absent, false},
		{"zero sum", zeroSum, areas.Zero, false},
		{"rate stays", areas.NewRate(), areas.Lasting, false},
		{"leaky rate carries", leaky, areas.Lasting, true},
		{"zero rate", zero, areas.Zero, false},
	} {
		if l := c.d.Layout(); l.Silence != c.silence || l.Carries != c.carries {
			t.Errorf("%s: got silence %v, carries %v", c.name, l.Silence, l.Carries)
		}
	}
}

func TestCheck(t *testing.T) {
	r := func(f func(*areas.Rate)) areas.Dynamics { d := areas.NewRate(); f(d); return d }
	s := func(f func(*areas.Sum)) areas.Dynamics { d := areas.NewSum(); f(d); return d }
	for _, c := range []struct {
		d    areas.Dynamics
		want string // "" is right
	}{
		{r(func(d *areas.Rate) { d.Silent = "dark" }), `silent: found "dark", want one of absent, zero`},
		{r(func(d *areas.Rate) { d.Biased = "none" }), `bias: found "none", want one of connection, area, absent`},
		{r(func(d *areas.Rate) { d.Leak = 0 }), "lambda: found 0, want above 0"},
		{r(func(d *areas.Rate) { d.Leak = 1.5 }), "lambda: found 1.5"},
		{r(func(d *areas.Rate) { d.Leak = math.NaN() }), "lambda: found NaN"},
		{r(func(d *areas.Rate) { d.Order = []areas.Stage{"norm", "relu", "tanh"} }), "order: found 3 stages"},
		{r(func(d *areas.Rate) { d.Order = []areas.Stage{"norm", "norm"} }), `order: found "norm" twice`},
		{r(func(d *areas.Rate) { d.Order = []areas.Stage{"relu", "tanh"} }), "order: found two nonlinearities"},
		{r(func(d *areas.Rate) { d.Order = []areas.Stage{"norm", "step"} }), `order: found "step"`},
		{r(func(d *areas.Rate) { d.Order = []areas.Stage{"elu"} }), ""},
		{r(func(d *areas.Rate) { d.Order = nil }), ""},
		{s(func(d *areas.Sum) { d.Silent = "" }), `silent: found ""`},
		{s(func(d *areas.Sum) { d.Biased = "everywhere" }), `bias: found "everywhere"`},
		{s(func(d *areas.Sum) { d.Nonlinearity = "rectify" }), `nonlinearity: found "rectify", want one of relu, sigmoid`},
		{s(func(d *areas.Sum) { d.Nonlinearity = "identity" }), ""},
	} {
		err := c.d.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: got %v, want %q", c.d, err, c.want)
		}
	}
}
