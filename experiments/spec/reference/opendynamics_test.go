package reference_test

import (
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/cortex"
	"ventral/experiments/spec"
	"ventral/experiments/spec/reference"
	"ventral/nn"
)

// gru is a kind of dynamics that only this file knows: a gated recurrent unit
// with a state that keeps what the update gate was, ports for its gates and
// hidden-to-hidden maps.
type gru struct {
	Bound string `toml:"bound" oneof:"tanh sigmoid" doc:"function of the candidate"`
}

func (*gru) Kind() string { return "gru" }

func (*gru) Check() error { return nil }

func (*gru) Layout() areas.Layout {
	return areas.Layout{
		About:  "gated recurrent unit",
		States: []string{"h", "z"},
		Signals: []areas.Signal{{Name: areas.State, State: "h"}, {Name: areas.Response, State: "h"},
			{Name: "update_gate", State: "z"}},
		Ports: []areas.Port{{Name: areas.Drive, About: "candidate", Wakes: true}, {Name: "reset", About: "hides the state"},
			{Name: "update", About: "renews the state"}},
		Functions: []areas.Function{{Name: "to_new", About: "from the state to the candidate"}, {Name: "to_gates", About: "from the state to both gates"}},
		Silence:   areas.Lasting, Carries: true, Bias: "connection", Readout: areas.Response,
	}
}

func (d *gru) Step(s nn.Scope, a areas.Area, prev []nn.Value, in areas.Drives) []nn.Value {
	sigmoid := nn.Unary{Fn: "sigmoid"}
	n, r, z := in.Sum(s, a, areas.Drive), in.Sum(s, a, "reset"), in.Sum(s, a, "update")
	if prev == nil {
		z = s.One(sigmoid, z)
		return []nn.Value{s.One(nn.Mul{}, z, s.One(nn.Unary{Fn: d.Bound}, n)), z}
	}
	gates := in.Call("to_gates", prev[0])
	z, r = s.One(sigmoid, s.Sum(z, gates)), s.One(sigmoid, s.Sum(r, gates))
	n = s.One(nn.Unary{Fn: d.Bound}, s.Sum(n, in.Call("to_new", s.One(nn.Mul{}, r, prev[0]))))
	kept := s.One(nn.Mul{}, s.One(nn.Linear{A: -1, B: 1}, z), prev[0])
	return []nn.Value{s.Sum(kept, s.One(nn.Mul{}, z, n)), z}
}

func (*gru) Read(_ nn.Scope, states []nn.Value, signal string) nn.Value {
	if signal == "update_gate" {
		return states[1]
	}
	return states[0]
}

const gated = `format = 2
steps = 6
areas = ["V1", "V2", "V3"]
pattern = ["feedforward", "lateral"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { steps = "0.." }
default.area = { kind = "gru", to_new = { kernel = 5 } }
area.V1 = { shape = [16, 16, 2], kind = "rate" }
area.V2 = { shape = [8, 8, 2], to_gates = "identity", bound = "sigmoid" }
area.V3 = { shape = [8, 8, 2], to_new = { kernel = 1 }, to_gates = { kind = "brc", times = 2 } }
record = { signals = ["response", "update_gate"] }
analysis.gates = { kind = "rdm", signal = "update_gate" }
[connection."V1->V2"]
ports = ["drive", "reset", "update"]
[connection."V3->V3"]
ports = ["update"]
[connection."V3->V2"]
state = "update_gate"
ports = ["reset"]
`

// TestOpenDynamics reads a file with a kind of dynamics that is registered here:
// its settings, ports, signals and functions.
func TestOpenDynamics(t *testing.T) {
	defer areas.Register(func() areas.Dynamics { return &gru{Bound: "tanh"} })()
	e, err := spec.Read("x.toml", gated, spec.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	text := e.TOML()
	for _, want := range []string{
		"shape = [8, 8, 2]\nbound = \"sigmoid\"\nto_new = { kind = \"conv\", kernel = 5 }\nto_gates = { kind = \"identity\" }\n",
		"bound = \"tanh\"\nto_new = { kind = \"conv\", kernel = 1 }\nto_gates = { kind = \"brc\", kernel = 3, times = 2, width = 0, stride_at = \"first\", norm = ",
		"ports = [\"drive\", \"reset\", \"update\"]\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the resolved text has not %q:\n%s", want, text)
		}
	}
	again, err := spec.Read("x.toml", text, spec.Overrides{})
	if err != nil || again.TOML() != text {
		t.Errorf("the resolved text is read as another experiment: %v", err)
	}
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range list {
		if w.Trainable && !strings.HasPrefix(w.Name, "readout") && !strings.HasPrefix(w.Name, "input") && !strings.Contains(w.Name, "bias") && !strings.Contains(w.Name, "V1->V1") {
			names = append(names, w.Name)
		}
	}
	slices.Sort(names)
	want := []string{"V1->V2/drive/kernel", "V1->V2/reset/kernel", "V1->V2/update/kernel", "V2->V2/kernel", "V2->V3/kernel", "V2/to_new/kernel",
		"V3->V2/kernel", "V3->V3/kernel", "V3/to_gates/1/kernel", "V3/to_gates/2/kernel", "V3/to_new/kernel"}
	if !slices.Equal(names, want) {
		t.Errorf("got kernels\n%v, want\n%v", names, want)
	}
	var kinds []string
	for _, f := range spec.Transforms(e)[len(e.Matrix.Connections):] {
		kinds = append(kinds, f.String())
	}
	if want := []string{"conv 5×5", "identity", "conv 1×1", "BRC×2"}; !slices.Equal(kinds, want) {
		t.Errorf("got functions %v, want %v", kinds, want)
	}
	pages, err := reference.Of("areas")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  gru: gated recurrent unit. Ports: drive (candidate), reset (hides the state), update (renews the state). Signals: state, response, update_gate\n",
		"    bound          = \"tanh\"  function of the candidate (tanh, sigmoid)\n", "    to_new         = \"conv\"  from the state to the candidate (identity, conv,"} {
		if !strings.Contains(pages.Text(), want) {
			t.Errorf("the reference has not %q:\n%s", want, pages.Text())
		}
	}
}

// TestOpenDynamicsFaults places what is wrong with the keys of such a kind.
func TestOpenDynamicsFaults(t *testing.T) {
	defer areas.Register(func() areas.Dynamics { return &gru{Bound: "tanh"} })()
	for _, c := range []struct{ from, to, want string }{
		{`to_gates = "identity"`, `to_gates = "identify"`, `x.toml:9:43: area.V2.to_gates: found kind "identify", want one of identity, conv,`},
		{`to_gates = "identity"`, `to_gates = { kind = 3 }`, `x.toml:9:52: area.V2.to_gates.kind: found 3, want a kind of connection`},
		{`to_new = { kernel = 1 }`, `to_new = { kernal = 1 }`, `x.toml:10:43: area.V3.to_new.kernal: unknown key`},
		{`to_gates = "identity"`, `to_gate = "identity"`, `did you mean "to_gates"?`},
		{`ports = ["update"]`, `ports = ["updates"]`, `found port "updates", area V3 of kind gru has drive, reset, update`},
		{`"update_gate"]`, `"update_port"]`, `x.toml:11:35: record.signals[1]: found "update_port", want one of state, response, preactivation, update_gate`},
		{`signal = "update_gate"`, `signal = "update_gait"`, `analysis.gates.signal: found "update_gait", want one of state, response, preactivation, update_gate, drive; did you mean "update_gate"?`},
		{`state = "update_gate"`, `state = "output_gate"`, `found "output_gate", area V3 of kind gru offers state, response, update_gate`},
	} {
		if strings.Count(gated, c.from) == 0 {
			t.Fatalf("the file has no %q", c.from)
		}
		e, err := spec.Read("x.toml", strings.Replace(gated, c.from, c.to, 1), spec.Overrides{})
		if err == nil {
			_, err = e.Graph()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.to, err, c.want)
		}
	}
}
