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

// Signals that every kind of dynamics can offer.
const (
	State    = "state"    // what is carried from slice to slice; stability is judged by it
	Response = "response" // what other areas read by default; what an electrode would see
)

// Drives are the signals that arrive at an area at one slice, each of the
// area's shape.
type Drives struct {
	Add      []nn.Value // summed
	Multiply []nn.Value // each scales by one plus itself
	Images   nn.Value   // any value with the batch's images: zeros take their number from it
}

// Dynamics is what an area does with its drives. A kind's documentation gives
// its equations, its state, its response and what happens in silence.
type Dynamics interface {
	// Kind is the name in an experiment file.
	Kind() string
	// Signals names what can be read, State and Response among them.
	Signals() []string
	// Bias says where biases are: "connection", "area" or "absent".
	Bias() string
	// Zero reports whether an area that nothing has driven yet is zero rather
	// than absent.
	Zero() bool
	// Lasting reports whether an area, once driven, stays present at slices
	// without an additive drive.
	Lasting() bool
	// States returns how many states, each a map of the area's shape, Step makes.
	States() int
	// Carries reports whether a slice's state depends on that of the slice before.
	Carries() bool
	// Check reports a setting that is out of its range.
	Check() error
	// Step returns the states after a slice. It is called for slices at which
	// the area is present; prev are the states of the slice before, nil where it
	// was absent or Carries is false.
	Step(s nn.Scope, a Area, prev []nn.Value, in Drives) []nn.Value
	// StateNorm returns the norm that the response applies directly to the state,
	// if it does: whoever normalises the state alike shares its statistics.
	StateNorm() (n nn.Norm, ok bool)
	// ResponseNorm returns the norm that the response passes anywhere, the zero
	// value where it passes none.
	ResponseNorm() nn.Norm
	// Readout names the signal that a readout reads by default.
	Readout() string
	// Read emits a signal of given states. Norms keep their statistics at the
	// scope's place and slice.
	Read(s nn.Scope, states []nn.Value, signal string) nn.Value
}

// combine returns (bias + Σ additive)·Π(1 + multiplicative); no additive drive
// is zero, and so is a bias of None.
func combine(s nn.Scope, a Area, in Drives, bias nn.Value) nn.Value {
	z := s.Sum(in.Add...)
	if z == nn.None {
		z = s.One(nn.Fill{H: a.Shape[0], W: a.Shape[1], C: a.Shape[2]}, in.Images)
	}
	if bias != nn.None {
		z = s.One(nn.AddBias{}, z, bias)
	}
	for _, m := range in.Multiply {
		z = s.One(nn.Mul{}, z, s.One(nn.Linear{A: 1, B: 1}, m))
	}
	return z
}
