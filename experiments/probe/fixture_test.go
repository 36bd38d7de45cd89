package probe

import (
	"math"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// connect is a connection of 1×1 convolutions, "A->B" after so many steps.
func connect(t *testing.T, name, kind string, delay int) connectivity.Connection {
	t.Helper()
	c := connectivity.NewConnection()
	c.Name, c.Delay = name, delay
	var err error
	if c.From, c.To, _, err = connectivity.ParseName(name); err != nil {
		t.Fatal(err)
	}
	if c.Transform, err = connectivity.New(kind); err != nil {
		t.Fatal(err)
	}
	if x, ok := c.Transform.(*connectivity.Conv); ok {
		x.Kernel = 1
	}
	return c
}

// layer is a layer of a net.
func layer(t *testing.T, kind string) cortex.Layer {
	t.Helper()
	l, err := cortex.NewLayer(kind, nn.Norm{Kind: "none"})
	if err != nil {
		t.Fatal(err)
	}
	l.Kernel = 1
	return l
}

// rate is an area of units without norms.
func rate(name string, shape [3]int, leak float64, order ...areas.Stage) areas.Area {
	d := areas.NewRate()
	d.Leak, d.Order = leak, order
	return areas.Area{Name: name, Shape: shape, Dynamics: d}
}

// steps reads a choice of steps.
func steps(t *testing.T, text string) cortex.Steps {
	t.Helper()
	s, err := cortex.ParseSteps(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pictures are images and labels in memory.
type pictures struct {
	images, labels [][]float32
	batch          int
}

func (p *pictures) Batches() int { return (len(p.images) + p.batch - 1) / p.batch }
func (p *pictures) Valid(batch int) int {
	return min(p.batch, len(p.images)-batch*p.batch)
}
func (p *pictures) fill(batch int, of [][]float32, dst []float32) error {
	clear(dst)
	n := len(of[0])
	for i := range p.Valid(batch) {
		copy(dst[i*n:], of[batch*p.batch+i])
	}
	return nil
}
func (p *pictures) Images(batch, _ int, dst []float32) error { return p.fill(batch, p.images, dst) }
func (p *pictures) Labels(batch, _ int, dst []float32) error { return p.fill(batch, p.labels, dst) }

// pattern is the rule of weights and images of the fixtures, and of testdata/model.py:
// element i of the k-th array is scale·sin(1 + 7k + 1.3i), rounded to float32.
func pattern(k int, data []float32, scale float64) {
	for i := range data {
		data[i] = float32(scale * math.Sin(1+7*float64(k)+1.3*float64(i)))
	}
}

// subjectOf is a cortex whose weights are by pattern in the order of names, and so many
// images by pattern. A name with another scale than 1 has that.
func subjectOf(t *testing.T, g cortex.Graph, names []string, images int, make func(g cortex.Graph) (*cortex.Graph, error)) *Subject {
	t.Helper()
	whole, err := make(g)
	if err != nil {
		t.Fatal(err)
	}
	norms, err := cortex.TrainedNorms(whole)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := cortex.Weights(whole)
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(1)
	rank := map[string]int{}
	for k, name := range names {
		rank[name] = k
	}
	for _, w := range weights {
		k, ok := rank[w.Name]
		if !ok {
			t.Fatalf("the cortex has a variable %q of %v, want those of %q", w.Name, w.Shape, names)
		}
		x := nn.NewTensor(w.Shape)
		pattern(k, x.Data, 1)
		v.Set(w.Name, x)
	}
	p := &pictures{}
	for i := range images {
		image, label := newSlice(g.Image[0]*g.Image[1]*g.Image[2]), newSlice(g.Classes)
		pattern(100+i, image, 1)
		label[i%g.Classes] = 1
		p.images, p.labels = append(p.images, image), append(p.labels, label)
	}
	return subjectWith(t, whole, norms, v, p, func(steps int) (*cortex.Graph, error) {
		longer := g
		longer.Steps = steps
		x, err := make(longer)
		if err != nil {
			return nil, err
		}
		return cortex.TrainedAs(x, whole), nil
	})
}

func newSlice(n int) []float32 { return make([]float32, n) }

func subjectWith(t *testing.T, g *cortex.Graph, norms *cortex.Norms, v *nn.Variables, p *pictures, longer func(int) (*cortex.Graph, error)) *Subject {
	s := &Subject{Graph: g, Engine: cpu.New(cpu.Options{Threads: 1}), Variables: v, Norms: norms, Batch: 4,
		Stage: func(string) {}, Work: func(int64, int64) {}, Note: t.Logf}
	for i := range p.images {
		label := 0
		for k, y := range p.labels[i] {
			if y != 0 {
				label = k
			}
		}
		s.IDs, s.Labels = append(s.IDs, i), append(s.Labels, label)
	}
	var err error
	var taps []cortex.Tap
	for step := range g.Steps {
		for i := range g.Areas {
			taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: step})
		}
	}
	if s.Taps, s.Unusable, err = cortex.Usable(g, taps, norms); err != nil {
		t.Fatal(err)
	}
	s.Show = func(batch int) (cortex.Batches, error) {
		return &pictures{p.images, p.labels, batch}, nil
	}
	s.Longer = func(steps int) (*Subject, error) {
		g, err := longer(steps)
		if err != nil {
			return nil, err
		}
		return subjectWith(t, g, norms, v, p, longer), nil
	}
	return s
}

// twoAreas is a cortex of two areas in a loop with tanh, whose NumPy model is
// testdata/model.py.
func twoAreas(t *testing.T) *Subject {
	g := cortex.Graph{
		Image: [3]int{1, 1, 5}, Classes: 3, Steps: 6,
		Input: cortex.Input{To: []string{"A"}, Steps: steps(t, "0.."), Net: []cortex.Layer{layer(t, "conv")}},
		Areas: []areas.Area{rate("A", [3]int{1, 1, 4}, 0.5, "tanh"), rate("B", [3]int{1, 1, 3}, 1, "tanh")},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect(t, "A->A", "conv", 1), connect(t, "A->B", "conv", 1), connect(t, "B->A", "conv", 1), connect(t, "B->B", "conv", 2)}},
		Readout: cortex.Readout{From: "B", Net: []cortex.Layer{layer(t, "dense")}, Train: steps(t, "3..5"), Test: steps(t, "1..5"), Loss: "softmax", Over: "sum"},
	}
	names := []string{"input/conv/kernel", "A/bias", "B/bias", "A->A/kernel", "A->B/kernel", "B->A/kernel", "B->B/kernel", "readout/dense/kernel", "readout/dense/bias"}
	return subjectOf(t, g, names, 6, cortex.NewGraph)
}

// still is a cortex without loops, whose states are equal at all steps: A drives B after a delay,
// and two images are shown.
func still(t *testing.T, delay int) *Subject {
	g := cortex.Graph{
		Image: [3]int{1, 1, 2}, Classes: 2, Steps: 3,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0.."), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{rate("A", [3]int{1, 1, 3}, 1, "tanh"), rate("B", [3]int{1, 1, 2}, 1, "tanh")},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect(t, "A->B", "conv", delay)}},
		Readout: cortex.Readout{From: "B", Net: []cortex.Layer{layer(t, "dense")}, Train: steps(t, "1..2"), Test: steps(t, "1..2"), Loss: "softmax", Over: "sum"},
	}
	return subjectOf(t, g, []string{"input/conv/kernel", "A/bias", "B/bias", "A->B/kernel", "readout/dense/kernel", "readout/dense/bias"}, 2, cortex.NewGraph)
}
