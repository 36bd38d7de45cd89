package areas

import (
	"fmt"
	"slices"

	"ventral/nn"
)

var _ Dynamics = (*Rate)(nil)

// Preactivation is another name for the state of Rate: what enters φ.
const Preactivation = "preactivation"

// Rate is a leaky rate unit,
//
//	z(t) = (b + Σ drive)·Π(1 + gain)
//	u(t) = (1-λ)·u(t-1) + λ·z(t)
//	response(t) = φ(norm(u(t)))  with order ["norm", "relu"], or norm(φ(u(t))) with ["relu", "norm"]
//
// The state is u, also called preactivation. λ = 1 is the unit without memory
// of Spoerer et al. (2017) and of BLT networks.
//
// Silence: before anything has arrived the area is absent, or with silent =
// "zero" its drives are zero (z = b). Once driven, a step without drives has
// z = b, so that u decays. What arrives at port gain alone does not wake an area.
type Rate struct {
	Silent string  `toml:"silent" oneof:"absent zero" doc:"an area that nothing has driven yet is absent (nothing propagates, norms see nothing) or driven by zero"`
	Biased string  `toml:"bias" oneof:"connection area absent" doc:"biases belong to each connection, to the area, or are absent"`
	Leak   float64 `toml:"lambda" above:"0" max:"1" doc:"λ, the part of the state renewed in a step; 1 keeps nothing"`
	Order  []Stage `toml:"order" doc:"order of the nonlinearity and norm in the response: [\"norm\", \"relu\"] or [\"relu\", \"norm\"]"`
	Norm   nn.Norm `toml:"norm" doc:"normalisation of the response"`
}

// NewRate returns Rate with its defaults.
func NewRate() *Rate {
	return &Rate{Silent: "absent", Biased: "area", Leak: 1, Order: []Stage{"norm", "relu"}, Norm: nn.DefaultNorm()}
}

// Kind returns "rate".
func (*Rate) Kind() string { return "rate" }

// Layout implements Dynamics.
func (d *Rate) Layout() Layout {
	response := Signal{Name: Response}
	if slices.Contains(d.Order, "norm") {
		response.Norm = d.Norm
	}
	if len(d.Order) > 0 && d.Order[0] == "norm" {
		response.Normalises = "u"
	}
	silence := Lasting
	if d.Silent == "zero" {
		silence = Zero
	}
	return Layout{
		About:   "leaky rate unit: z = (b + Σ drive)·Π(1 + gain); u = (1-λ)·u(t-1) + λ·z; response φ(norm(u)) or norm(φ(u)), by order",
		States:  []string{"u"},
		Signals: []Signal{{Name: State, State: "u"}, response, {Name: Preactivation, State: "u"}},
		Ports:   driven(), Silence: silence, Carries: d.Leak < 1, Bias: d.Biased, Readout: Response,
	}
}

// Check implements Dynamics.
func (d *Rate) Check() error {
	if err := oneOf("silent", d.Silent, "absent", "zero"); err != nil {
		return err
	}
	if err := oneOf("bias", d.Biased, "connection", "area", "absent"); err != nil {
		return err
	}
	if !(d.Leak > 0 && d.Leak <= 1) {
		return fmt.Errorf("lambda: found %v, want above 0 and at most 1", d.Leak)
	}
	if len(d.Order) > 2 {
		return fmt.Errorf("order: found %d stages, want a nonlinearity and norm, in either order", len(d.Order))
	}
	functions := 0
	for i, o := range d.Order {
		if slices.Contains(d.Order[:i], o) {
			return fmt.Errorf("order: found %q twice", o)
		}
		if o == "norm" {
			continue
		}
		functions++
		if err := oneOf("order", o, o.Words()...); err != nil {
			return err
		}
	}
	if functions > 1 {
		return fmt.Errorf("order: found two nonlinearities, want one and norm")
	}
	return nil
}

// Step implements Dynamics.
func (d *Rate) Step(s nn.Scope, a Area, prev []nn.Value, in Drives) []nn.Value {
	bias := nn.None
	if d.Biased == "area" {
		bias = s.Vector("bias", a.Shape[2], 0)
	}
	u := combine(s, a, in, bias)
	if d.Leak < 1 {
		u = s.One(nn.Linear{A: d.Leak}, u)
		if prev != nil {
			u = s.Sum(s.One(nn.Linear{A: 1 - d.Leak}, prev[0]), u)
		}
	}
	return []nn.Value{u}
}

// Read implements Dynamics.
func (d *Rate) Read(s nn.Scope, states []nn.Value, signal string) nn.Value {
	x := states[0]
	if signal != Response {
		return x
	}
	for _, o := range d.Order {
		if o == "norm" {
			x = d.Norm.Build(s, x)
		} else {
			x = Nonlinearity(o).apply(s, x)
		}
	}
	return x
}
