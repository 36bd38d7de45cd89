package areas

import "ventral/nn"

// Area is a visual area: a map of Shape units (height, width, channels) and
// what they compute.
type Area struct {
	Name     string
	Shape    [3]int // height, width, channels
	Dynamics Dynamics
}

// Image returns the shape of n images of the area's units.
func (a Area) Image(n int) nn.Shape { return nn.Shape{n, a.Shape[0], a.Shape[1], a.Shape[2]} }

// Dynamics is what an area does with its drives. A kind's documentation gives
// its equations, its states, its response and what happens in silence. The
// dynamic type is a pointer to a struct whose fields are keys of an experiment
// file.
type Dynamics interface {
	// Kind is the name in an experiment file.
	Kind() string
	// Check reports a setting that is out of its range.
	Check() error
	// Layout says what the area has to be read and driven by. It may depend on
	// settings.
	Layout() Layout
	// Step returns the states after a step, in the order of the layout. It is
	// called for steps at which the area is present; prev are the states of the
	// step before, nil where it was absent or nothing is carried. A norm within
	// it needs a place of its own: s.At(s.Place+"/NAME", s.Step).
	Step(s nn.Scope, a Area, prev []nn.Value, in Drives) []nn.Value
	// Read emits a signal of given states. A norm keeps its statistics at the
	// scope's place and step.
	Read(s nn.Scope, states []nn.Value, signal string) nn.Value
}

// Drives are what arrives at an area at one step.
type Drives struct {
	Ports  map[string][]nn.Value // by port, each of the area's shape
	Images nn.Value              // any value with the batch's images: zeros take their number from it
	// Call calls a function of the layout. All calls of one function have its
	// weights.
	Call func(function string, x nn.Value) nn.Value
}

// Sum returns the sum of what arrives at a port, zeros where nothing does.
func (d Drives) Sum(s nn.Scope, a Area, port string) nn.Value {
	if z := s.Sum(d.Ports[port]...); z != nn.None {
		return z
	}
	return s.One(nn.Fill{H: a.Shape[0], W: a.Shape[1], C: a.Shape[2]}, d.Images)
}

// Scaled returns z·Π(1 + what arrives at port Gain).
func (d Drives) Scaled(s nn.Scope, z nn.Value) nn.Value {
	for _, m := range d.Ports[Gain] {
		z = s.One(nn.Mul{}, z, s.One(nn.Linear{A: 1, B: 1}, m))
	}
	return z
}

// combine returns (bias + Σ drive)·Π(1 + gain), without a bias of None.
func combine(s nn.Scope, a Area, in Drives, bias nn.Value) nn.Value {
	z := in.Sum(s, a, Drive)
	if bias != nn.None {
		z = s.One(nn.AddBias{}, z, bias)
	}
	return in.Scaled(s, z)
}
