package nn

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sort"
)

// Init says how a variable begins. FanIn and FanOut count connections of a
// unit; Value is the constant of "constant".
//
//	he_normal        N(0, 2/FanIn)              He et al. 2015
//	he_uniform       U(±√(6/FanIn))
//	glorot_normal    N(0, 2/(FanIn+FanOut))     Glorot and Bengio 2010
//	glorot_uniform   U(±√(6/(FanIn+FanOut)))
//	constant         Value everywhere
type Init struct {
	Kind          string
	FanIn, FanOut int
	Value         float64
}

// Inits lists the kinds of initial values that weights may have.
var Inits = []string{"he_normal", "he_uniform", "glorot_normal", "glorot_uniform"}

// Draw fills t with the initial values of the variable called name. They
// depend on (seed, name) alone, so adding a variable moves no other.
func (in Init) Draw(seed uint64, name string, t Tensor) error {
	h := fnv.New128a()
	var s [8]byte
	binary.LittleEndian.PutUint64(s[:], seed)
	h.Write(s[:])
	h.Write([]byte(name))
	sum := h.Sum(nil)
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])))
	var draw func() float64
	normal := func(variance float64) func() float64 {
		sd := math.Sqrt(variance)
		return func() float64 { return sd * r.NormFloat64() }
	}
	uniform := func(a float64) func() float64 {
		a = math.Sqrt(a)
		return func() float64 { return a * (2*r.Float64() - 1) }
	}
	switch in.Kind {
	case "he_normal":
		draw = normal(2 / float64(in.FanIn))
	case "he_uniform":
		draw = uniform(6 / float64(in.FanIn))
	case "glorot_normal":
		draw = normal(2 / float64(in.FanIn+in.FanOut))
	case "glorot_uniform":
		draw = uniform(6 / float64(in.FanIn+in.FanOut))
	case "constant":
		draw = func() float64 { return in.Value }
	default:
		return fmt.Errorf("variable %q: found initial values %q, want one of %v or constant", name, in.Kind, Inits)
	}
	for i := range t.Data {
		t.Data[i] = float32(draw())
	}
	return nil
}

// Variables holds the values of variables by name.
type Variables struct {
	Seed   uint64
	values map[string]Tensor
}

// NewVariables returns an empty store whose variables will be drawn from seed.
func NewVariables(seed uint64) *Variables {
	return &Variables{Seed: seed, values: map[string]Tensor{}}
}

// Get returns the variable called name.
func (v *Variables) Get(name string) (Tensor, bool) {
	t, ok := v.values[name]
	return t, ok
}

// Set stores t under name; t is not copied.
func (v *Variables) Set(name string, t Tensor) { v.values[name] = t }

// Names returns the names of all variables, sorted.
func (v *Variables) Names() []string {
	names := make([]string, 0, len(v.values))
	for n := range v.values {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Fill draws the variables of p that are not there yet and returns their
// names. A variable of another shape is an error.
func (v *Variables) Fill(p *Program) (drawn []string, err error) {
	for _, x := range p.Vars {
		s := p.Shapes[x.Value]
		if old, ok := v.values[x.Name]; ok {
			if old.Shape != s {
				return drawn, fmt.Errorf("variable %q: found shape %v, the program wants %v", x.Name, old.Shape, s)
			}
			continue
		}
		t := NewTensor(s)
		if err := x.Init.Draw(v.Seed, x.Name, t); err != nil {
			return drawn, err
		}
		v.values[x.Name] = t
		drawn = append(drawn, x.Name)
	}
	return drawn, nil
}

// Clone returns a copy that shares no memory with v.
func (v *Variables) Clone() *Variables {
	c := NewVariables(v.Seed)
	for n, t := range v.values {
		c.values[n] = Tensor{t.Shape, append([]float32(nil), t.Data...)}
	}
	return c
}
