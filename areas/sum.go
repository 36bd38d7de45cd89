package areas

import "ventral/nn"

// Sum is the dynamics of Liao and Poggio (2016): at every slice the state is
// replaced by the sum of what arrives,
//
//	s(t) = (b + Σ additive drives)·Π(1 + multiplicative drives)
//	response(t) = φ(norm(s(t)))
//
// with the state a signed residual stream: it accumulates only where an
// identity connection brings back s(t-1). b is present with bias = "area".
//
// Silence: a slice without an additive drive has no state, whatever came
// before; with silent = "zero" its drives are zero, s = b.
type Sum struct {
	Silent       string  `toml:"silent" oneof:"absent zero" doc:"an area without any drive is absent (nothing propagates, norms see nothing) or zero"`
	Biased       string  `toml:"bias" oneof:"connection area absent" doc:"biases belong to each connection, to the area, or are absent"`
	Nonlinearity string  `toml:"nonlinearity" oneof:"relu sigmoid tanh softplus elu identity" doc:"φ of the response"`
	Norm         nn.Norm `toml:"norm" doc:"normalisation of the response"`
}

// NewSum returns Sum with its defaults.
func NewSum() *Sum {
	return &Sum{Silent: "absent", Biased: "connection", Nonlinearity: "relu", Norm: nn.DefaultNorm()}
}

// Kind returns "sum".
func (*Sum) Kind() string { return "sum" }

// Signals implements Dynamics.
func (*Sum) Signals() []string { return []string{State, Response} }

// Bias implements Dynamics.
func (d *Sum) Bias() string { return d.Biased }

// Zero implements Dynamics.
func (d *Sum) Zero() bool { return d.Silent == "zero" }

// Lasting implements Dynamics: without a drive the area is silent again.
func (*Sum) Lasting() bool { return false }

// States implements Dynamics.
func (*Sum) States() int { return 1 }

// Carries implements Dynamics: the state is replaced.
func (*Sum) Carries() bool { return false }

// Check implements Dynamics.
func (d *Sum) Check() error {
	if err := oneOf("silent", d.Silent, "absent zero"); err != nil {
		return err
	}
	if err := oneOf("bias", d.Biased, "connection area absent"); err != nil {
		return err
	}
	return oneOf("nonlinearity", d.Nonlinearity, nonlinearities)
}

// Step implements Dynamics.
func (d *Sum) Step(s nn.Scope, a Area, _ []nn.Value, in Drives) []nn.Value {
	bias := nn.None
	if d.Biased == "area" {
		bias = s.Vector("bias", a.Shape[2], 0)
	}
	return []nn.Value{combine(s, a, in, bias)}
}

// StateNorm implements Dynamics.
func (d *Sum) StateNorm() (nn.Norm, bool) { return d.Norm, true }

// ResponseNorm implements Dynamics.
func (d *Sum) ResponseNorm() nn.Norm { return d.Norm }

// Readout implements Dynamics: the post-net of a residual network begins with
// norm and relu of its own.
func (*Sum) Readout() string { return State }

// Read implements Dynamics.
func (d *Sum) Read(s nn.Scope, states []nn.Value, signal string) nn.Value {
	if signal == State {
		return states[0]
	}
	return apply(s, d.Nonlinearity, d.Norm.Build(s, states[0]))
}
