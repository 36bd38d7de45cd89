package nn

import "fmt"

// Scope is where a part of a cortex is being built: it names the part's
// variables. Weights are named by sharing set, norm statistics by place and
// step.
type Scope struct {
	*Builder
	// Weights names a weight of this part from its local name ("kernel",
	// "1/bias") and shape. Equal names are one variable.
	Weights func(local string, s Shape) string
	// Used, if not nil, is told the name of every trainable variable that the
	// part uses.
	Used func(name string)
	// Place and Step name the statistics of norms inside this part.
	Place string
	Step  int
	// Affine names the gain and shift of norms where that is not Place: a
	// readout that normalises an area's state shares its statistics only.
	Affine string
	Train  bool // normalise by the batch's own moments and update statistics
	Stats  *Statistics
	Init   string // kind of initial values of kernels; "" is he_normal

	local map[string]Shape
}

// Enter returns the scope ready for one Build: it refuses the same local name
// twice within it.
func (s Scope) Enter() Scope {
	s.local = map[string]Shape{}
	return s
}

// Kernel returns the convolution kernel [kh kw cin cout] called local.
// fanIn counts the connections into one unit of the target, fanOut those out of
// one unit of the source at stride 1.
func (s Scope) Kernel(local string, shape Shape, fanIn, fanOut int) Value {
	kind := s.Init
	if kind == "" {
		kind = Inits[0]
	}
	return s.weight(local, shape, Init{Kind: kind, FanIn: fanIn, FanOut: fanOut})
}

// Vector returns the trainable vector called local, n elements of value.
func (s Scope) Vector(local string, n int, value float64) Value {
	return s.weight(local, Shape{n}, Init{Kind: "constant", Value: value})
}

func (s Scope) weight(local string, shape Shape, in Init) Value {
	if _, twice := s.local[local]; twice {
		s.Fail(fmt.Errorf("%s: weight %q is asked for twice within one part", s.Tag, local))
		return None
	}
	if s.local != nil {
		s.local[local] = shape
	}
	return s.trainable(s.Weights(local, shape), shape, in)
}

// trainable returns a trainable variable by its whole name.
func (s Scope) trainable(name string, shape Shape, in Init) Value {
	if s.Used != nil {
		s.Used(name)
	}
	return s.Var(name, shape, in, true)
}

// At returns s placed at another norm place and step.
func (s Scope) At(place string, step int) Scope {
	s.Place, s.Step = place, step
	return s
}
