package independent

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// gradient compares the update, which follows the gradient, with the difference
// of losses along a random direction.
func (c *comparison) gradient(m *model, after *ref.Residence) error {
	for _, p := range m.places {
		// A map that is the same everywhere is 0 but for rounding when its mean
		// is taken away: a relu behind it has no derivative.
		if slices.Min(p.variance) < 1e-12 {
			return nil
		}
	}
	r := rand.New(rand.NewPCG(c.seed, 5))
	direction := map[string][]float64{}
	got, size := 0.0, 0.0
	for _, name := range slices.Sorted(maps.Keys(m.variables)) {
		v := m.variables[name]
		w, _ := after.Get(name)
		if !v.trainable {
			continue
		}
		direction[name] = make([]float64, len(v.data))
		for i := range v.data {
			d := r.NormFloat64()
			direction[name][i] = d
			g := (v.data[i] - w.Data[i]) / rate
			got, size = got+d*g, size+g*g
		}
	}
	at := func(distance float64) float64 {
		n := newModel(c.n, c.seed, true, c.image)
		for name, v := range m.variables {
			moved := &variable{shape: v.shape, trainable: v.trainable, data: slices.Clone(v.data)}
			for i := range direction[name] {
				moved.data[i] += distance * direction[name][i]
			}
			n.variables[name] = moved
		}
		loss, _ := n.loss(c.labels, c.drawn)
		return loss
	}
	// A relu or a maximum may turn between the two ends of a difference: the
	// nearer ones then tell.
	want := 0.0
	for _, distance := range []float64{1e-5, 1e-6, 1e-7, 1e-8} {
		want = (at(distance) - at(-distance)) / (2 * distance)
		if math.Abs(got-want) <= 1e-4*math.Sqrt(size)+1e-7 {
			return nil
		}
	}
	return fmt.Errorf("gradient: the program's update has %.9g along a direction, differences of the model's loss %.9g", got, want)
}

const rate = 0.01

// precision is how well two float64 computations agree, as a part of the
// largest element. A norm divides by a deviation: where a channel's is far below
// 1, rounding grows by its inverse at every step.
func (m *model) precision() float64 {
	for _, p := range m.places {
		if slices.Min(p.variance) < 1e-4 {
			return 1e-6
		}
	}
	return 1e-9
}

// within compares by the largest element.
func within(tolerance float64, what string, got, want []float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: the program has %d elements, the model %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	if largest > math.MaxFloat32 {
		return nil // beyond what the program's float32 can tell
	}
	for i := range got {
		if d := math.Abs(got[i] - want[i]); !(d <= tolerance*max(largest, 1e-6)) {
			return fmt.Errorf("%s, element %d: the program says %.12g, the model %.12g", what, i, got[i], want[i])
		}
	}
	return nil
}

func shapeOf(v *variable) (s nn.Shape) {
	copy(s[:], v.shape)
	return s
}

func describe(s nn.Shape, trainable bool) string {
	if trainable {
		return s.String() + " trainable"
	}
	return s.String()
}

// same returns the names that only one side has, or that it has differently.
func same(got, want map[string]string) error {
	var faults []string
	for name, shape := range got {
		if w, ok := want[name]; !ok {
			faults = append(faults, fmt.Sprintf("only the program has %s %s", name, shape))
		} else if w != shape {
			faults = append(faults, fmt.Sprintf("%s: the program has %s, the model %s", name, shape, w))
		}
	}
	for name, shape := range want {
		if _, ok := got[name]; !ok {
			faults = append(faults, fmt.Sprintf("only the model has %s %s", name, shape))
		}
	}
	slices.Sort(faults)
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(faults, "\n"))
}
