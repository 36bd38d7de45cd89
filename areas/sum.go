package areas

import "ventral/nn"

var _ Dynamics = (*Sum)(nil)

// Sum is the dynamics of Liao and Poggio (2016): at every step the state is
// replaced by the sum of what arrives,
//
//	s(t) = (b + Σ drive)·Π(1 + gain)
//	response(t) = φ(norm(s(t)))
//
// with the state a signed residual stream: it accumulates only where an
// identity connection brings back s(t-1). b is present with bias = "area".
//
// Silence: a step at which nothing arrives at port drive has no state, whatever
// came before; with silent = "zero" its drives are zero, s = b.
type Sum struct {
	Silent       string       `toml:"silent" oneof:"absent zero" doc:"an area without any drive is absent (nothing propagates, norms see nothing) or zero"`
	Biased       string       `toml:"bias" oneof:"connection area absent" doc:"biases belong to each connection, to the area, or are absent"`
	Nonlinearity Nonlinearity `toml:"nonlinearity" doc:"φ of the response"`
	Norm         nn.Norm      `toml:"norm" doc:"normalisation of the response"`
}

// NewSum returns Sum with its defaults.
func NewSum() *Sum {
	return &Sum{Silent: "absent", Biased: "connection", Nonlinearity: "relu", Norm: nn.DefaultNorm()}
}

// Kind returns "sum".
func (*Sum) Kind() string { return "sum" }

// Layout implements Dynamics. A readout reads the state: the post-net of a
// residual network begins with norm and relu of its own.
func (d *Sum) Layout() Layout {
	silence := Absent
	if d.Silent == "zero" {
		silence = Zero
	}
	return Layout{
		About:   "Liao and Poggio's state: replaced by the sum of what arrives, s = (b + Σ drive)·Π(1 + gain); response φ(norm(s))",
		States:  []string{"s"},
		Signals: []Signal{{Name: State, State: "s"}, {Name: Response, Norm: d.Norm, Normalises: "s"}},
		Ports:   driven(), Silence: silence, Bias: d.Biased, Readout: State,
	}
}

// Check implements Dynamics.
func (d *Sum) Check() error {
	if err := oneOf("silent", d.Silent, "absent", "zero"); err != nil {
		return err
	}
	if err := oneOf("bias", d.Biased, "connection", "area", "absent"); err != nil {
		return err
	}
	return oneOf("nonlinearity", d.Nonlinearity, d.Nonlinearity.Words()...)
}

// Step implements Dynamics.
func (d *Sum) Step(s nn.Scope, a Area, _ []nn.Value, in Drives) []nn.Value {
	bias := nn.None
	if d.Biased == "area" {
		bias = s.Vector("bias", a.Shape[2], 0)
	}
	return []nn.Value{combine(s, a, in, bias)}
}

// Read implements Dynamics.
func (d *Sum) Read(s nn.Scope, states []nn.Value, signal string) nn.Value {
	if signal == State {
		return states[0]
	}
	return d.Nonlinearity.apply(s, d.Norm.Build(s, states[0]))
}
