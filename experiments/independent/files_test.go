package independent

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
	"ventral/experiments/trials"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

const batch = 3

// TestFiles compares random files. CORTEX_FILES is how many, CORTEX_SEED the
// first seed, so that CORTEX_SEED=17 CORTEX_FILES=1 is the file of seed 17.
func TestFiles(t *testing.T) {
	count, first := 300, uint64(1)
	if testing.Short() {
		count = fewFiles
	}
	count = trials.Number(t, "CORTEX_FILES", count)
	first = uint64(trials.Number(t, "CORTEX_SEED", int(first)))
	refusals, failures, protocols, judged := 0, 0, 0, 0
	var named, elsewhere []string // refusals of which the model names the key, and those among them of another key
	for seed := first; seed < first+uint64(count); seed++ {
		file, variant := drawFile(seed)
		text := fileText(seed, file)
		n, refusal := resolve(file, variant)
		err := compare(seed, text, variant, n, refusal)
		if refusal == nil && n.input.screen.pictures() > 1 {
			protocols++
		}
		if refusal == nil && n.readout.answers != nil {
			judged++
		}
		if refusal != nil {
			refusals++
			if want, got := keyOf(refusal), faultyKey(text, variant); want != "" {
				named = append(named, want)
				if !strings.Contains(got, want) {
					elsewhere = append(elsewhere, fmt.Sprintf("CORTEX_SEED=%d: the program names %q, the model %q: %v", seed, got, want, refusal))
				}
			}
		}
		if err != nil {
			t.Errorf("CORTEX_SEED=%d CORTEX_FILES=1: %v\nvariant %q of\n%s", seed, err, variant, text)
			if failures++; failures > 9 {
				t.Fatal("ten files differ")
			}
		}
	}
	if count >= fewFiles {
		if protocols < count/15 || judged < count/30 {
			t.Errorf("%d of %d files show several pictures, %d are judged by what is shown, want a fifteenth and a thirtieth", protocols, count, judged)
		}
		// drawFile leaves a fifth of the refused attempts.
		if refusals < count/10 || refusals > count/3 {
			t.Errorf("%d of %d files are to be refused, want a tenth to a third", refusals, count)
		}
		// A file may have two faults, of which each reading finds another first.
		if len(named) < refusals/2 || len(elsewhere) > len(named)/10 {
			t.Errorf("of %d refusals the model names the key of %d, and in %d of these the program names another:\n%s", refusals, len(named), len(elsewhere), strings.Join(elsewhere, "\n"))
		}
	}
	t.Logf("%d files from seed %d on: %d are to be refused, %d show several pictures, %d are judged by what is shown", count, first, refusals, protocols, judged)
}

// fewFiles is how many files say something of shares.
const fewFiles = 120

// keyOf is the part of the faulty key that the model names, "" for none.
func keyOf(refusal error) string {
	var r refused
	errors.As(refusal, &r)
	return r.key
}

// faultyKey is the key of the program's first fault, "" where it finds none.
func faultyKey(text, variant string) string {
	e, err := spec.Read("random.toml", text, spec.Overrides{Variant: variant})
	if err == nil {
		_, err = e.Graph()
	}
	var f *decode.Fault
	if !errors.As(err, &f) {
		return ""
	}
	return f.Key
}

// TestMistakes makes a mistake in each of many files: the program must refuse
// all of them, and say at which key.
func TestMistakes(t *testing.T) {
	for k, m := range mistakes {
		tried := 0
		for seed := uint64(1); tried < 3 && seed < 30; seed++ {
			file, _ := drawFile(seed*1000 + uint64(k))
			if _, err := resolve(file, ""); err != nil {
				continue // one mistake is enough
			}
			tried++
			_, besides := file["matrix"]
			m.make(file)
			text := fileText(seed, file)
			switch got, want := faultyKey(text, ""), m.key(); {
			case got == "":
				t.Errorf("%s = %s is accepted, or refused without a key, in\n%s", m.path, inline(m.value), text)
			case want == "pattern" && besides && got == "matrix": // the two together are a fault, too
			case !strings.HasPrefix(got, want):
				t.Errorf("%s = %s: the program names %s, want %s, in\n%s", m.path, inline(m.value), got, want, text)
			}
		}
		if tried == 0 {
			t.Errorf("%s = %s: no file was drawn to make the mistake in", m.path, inline(m.value))
		}
	}
}

// compare reads text with the program and returns the first difference from
// the model.
func compare(seed uint64, text, variant string, n *network, refusal error) error {
	e, err := spec.Read("random.toml", text, spec.Overrides{Variant: variant})
	var g *cortex.Graph
	if err == nil {
		g, err = e.Graph()
	}
	switch {
	case refusal != nil && err == nil:
		return fmt.Errorf("the program accepts what is to be refused: %w", refusal)
	case refusal == nil && err != nil:
		return fmt.Errorf("the program refuses: %w", err)
	case err != nil:
		return nil
	}
	c := comparison{seed: seed, e: e, g: g, n: n, clock: newClock(n)}
	r := rand.New(rand.NewPCG(seed, 3))
	c.image = newStack(batch, n.image[0], n.image[1], n.image[2])
	for i := range c.image.data {
		c.image.data[i] = float64(float32(r.NormFloat64()))
	}
	c.labels = make([][]float64, batch)
	for i := range c.labels {
		c.labels[i] = make([]float64, n.classes)
		c.labels[i][r.IntN(n.classes)] = 1
		if n.readout.loss == "sigmoid" {
			c.labels[i][r.IntN(n.classes)] = 1
		}
	}
	if n.readout.any {
		c.drawn = make([]float64, len(n.readout.train))
		for k := range c.drawn {
			c.drawn[k] = float64(float32(r.Float64()))
		}
	}
	var faults []error
	for _, check := range []struct {
		name string
		run  func() error
	}{{"presence", c.presence}, {"weights", c.weights}, {"training", c.training}, {"inference", c.inference}, {"untrained", c.untrained}, {"all statistics", c.everywhere}} {
		if err := check.run(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", check.name, err))
		}
	}
	return errors.Join(faults...)
}

type comparison struct {
	seed   uint64
	e      *spec.Experiment
	g      *cortex.Graph
	n      *network
	clock  *clock
	image  stack
	labels [][]float64
	drawn  []float64
	all    bool // training keeps all statistics
}

// presence compares which areas have a state, and the onsets.
func (c *comparison) presence() error {
	for i, a := range c.n.areas {
		for t := range c.n.steps {
			if got, want := c.g.Present(i, t), c.clock.present[t][i]; got != want {
				return fmt.Errorf("%s@%d is present: the program says %v, the model %v", a.name, t, got, want)
			}
			if got, want := c.g.Informed(i, t), c.clock.informed[t][i]; got != want {
				return fmt.Errorf("%s@%d depends on the image: the program says %v, the model %v", a.name, t, got, want)
			}
		}
		want := c.clock.onset(i)
		if want == c.n.steps {
			want = -1
		}
		if got := c.g.Onset(i); got != want {
			return fmt.Errorf("onset of %s: the program says %d, the model %d", a.name, got, want)
		}
	}
	return nil
}

// training compares a training batch: logits, losses and running statistics.
func (c *comparison) training() error {
	m := newModel(c.n, c.seed, true, c.image)
	loss, each := m.loss(c.labels, c.drawn)
	if c.all {
		m.everything(slices.Max(c.n.readout.train))
	}
	p, err := cortex.TrainingProgram(c.g, c.e.Rule(), batch, c.all)
	if err != nil {
		return err
	}
	want := map[string][]float64{"loss": {loss}}
	for k, t := range c.n.readout.train {
		want[cortex.LossName(t)] = []float64{each[k]}
		want[cortex.LogitsName(t)] = m.logits(t).data
	}
	after, err := c.run(p, m, want, m.precision())
	if err != nil {
		return err
	}
	running := m.running()
	for _, name := range slices.Sorted(maps.Keys(running)) {
		got, ok := after.Get(name)
		if !ok {
			return fmt.Errorf("the program has no %s", name)
		}
		if err := within(m.precision(), name+" after the update", got.Data, running[name]); err != nil {
			return fmt.Errorf("%w; before it was %.12g", err, m.variables[name].data[0])
		}
	}
	if c.all {
		return nil
	}
	return c.gradient(m, after)
}

// everywhere compares a training batch that keeps the statistics of norms that
// the loss does not need.
func (c *comparison) everywhere() error {
	c.all = true
	defer func() { c.all = false }()
	return c.training()
}

// weights compares the variables that training uses.
func (c *comparison) weights() error {
	m := newModel(c.n, c.seed, true, c.image)
	m.loss(c.labels, c.drawn)
	list, err := cortex.Weights(c.g)
	if err != nil {
		return err
	}
	got, want := map[string]string{}, map[string]string{}
	for _, w := range list {
		got[w.Name] = describe(w.Shape, w.Trainable)
	}
	parameters := 0
	for name, v := range m.variables {
		want[name] = describe(shapeOf(v), v.trainable)
		if v.trainable {
			parameters += len(v.data)
		}
	}
	if err := same(got, want); err != nil {
		return err
	}
	if got := cortex.Parameters(list); got != parameters {
		return fmt.Errorf("parameters: the program counts %d, the model %d", got, parameters)
	}
	return nil
}

// inference compares states and responses of every area at every step, and
// the logits of every tested step, with given running statistics.
func (c *comparison) inference() error {
	m := newModel(c.n, c.seed, false, c.image)
	want := map[string][]float64{}
	var taps []cortex.Tap
	for i := range c.n.areas {
		for t := range c.n.steps {
			for _, signal := range []string{areas.State, areas.Response} {
				if c.clock.present[t][i] {
					tap := cortex.Tap{Area: i, Signal: signal, Step: t}
					taps = append(taps, tap)
					want[c.g.TapName(tap)] = m.signal(i, t, signal).data
				}
			}
		}
	}
	var tested []int
	for _, t := range c.n.readout.test {
		if c.clock.informed[t][c.n.readout.from] {
			tested = append(tested, t)
			want[cortex.LogitsName(t)] = m.logits(t).data
		}
	}
	if got := c.g.TestSteps(); !slices.Equal(got, tested) {
		return fmt.Errorf("tested steps: the program says %v, the model %v", got, tested)
	}
	p, _, err := cortex.Inference(c.g, batch, tested, taps, nil)
	if err != nil {
		return err
	}
	got, wanted := map[string]string{}, map[string]string{}
	for _, v := range p.Vars {
		got[v.Name] = describe(p.Shape(v.Value), v.Trainable)
	}
	for name, v := range m.variables {
		wanted[name] = describe(shapeOf(v), v.trainable)
	}
	if err := same(got, wanted); err != nil {
		return err
	}
	_, err = c.run(p, m, want, m.precision())
	return err
}

// untrained compares logits at steps whose norms training never reached: with
// statistics that are borrowed, or estimated from two batches of images.
func (c *comparison) untrained() error {
	after := newModel(c.n, c.seed, true, c.image)
	after.loss(c.labels, c.drawn)
	double := newStack(2*batch, c.image.h, c.image.w, c.image.c)
	r := rand.New(rand.NewPCG(c.seed, 4))
	for i := range double.data {
		double.data[i] = float64(float32(r.NormFloat64()))
	}
	estimator := untrained(c.n, c.seed, double, after)
	m := untrained(c.n, c.seed, c.image, after)
	m.estimates = estimator.estimates
	tested := c.g.TestSteps()
	want := map[string][]float64{}
	for _, t := range tested {
		estimator.logits(t)
		want[cortex.LogitsName(t)] = m.logits(t).data
	}
	missing := len(m.missing) > 0
	for name, v := range m.variables {
		missing = missing || v.trainable && after.variables[name] == nil
	}
	norms, err := cortex.TrainedNorms(c.g)
	if err != nil {
		return err
	}
	if err := cortex.CheckTested(c.g, norms); err != nil || missing {
		if err == nil {
			return errors.New("the program tests steps that the model cannot")
		}
		if !missing {
			return fmt.Errorf("the program does not test steps that the model can: %w", err)
		}
		return nil
	}
	v := nn.NewVariables(c.seed)
	for name, own := range after.variables {
		tensor := nn.NewTensor(shapeOf(own))
		for i := range tensor.Data {
			tensor.Data[i] = float32(own.data[i])
		}
		v.Set(name, tensor)
	}
	if _, err := cortex.Reestimate(c.g, ref.Engine{}, v, norms, batches{double}, batch, tested, nil); err != nil {
		return err
	}
	// Estimates are stored in float32. Where a channel hardly varies, the rounding
	// of its mean is divided by √eps.
	tolerance := 1e-4
	for _, p := range estimator.estimates {
		if slices.Min(p.variance) < 1e-4 {
			tolerance = 1e-2
		}
	}
	var faults []error
	err = cortex.Record(c.g, ref.Engine{}, v, norms, batches{c.image}, batch, tested, nil, func(a cortex.Answer) error {
		for k, t := range tested {
			got := make([]float64, len(a.Logits[k]))
			for i, x := range a.Logits[k] {
				got[i] = float64(x)
			}
			faults = append(faults, within(tolerance, cortex.LogitsName(t), got, want[cortex.LogitsName(t)]))
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

// batches hands out the images of a stack.
type batches struct{ images stack }

func (b batches) Batches() int { return b.images.n / batch }

func (b batches) Valid(int) int { return batch }

func (b batches) Images(k, frame int, images []float32) error {
	x := frameOf(b.images, frame)
	for i := range images {
		images[i] = float32(x.data[k*len(images)+i])
	}
	return nil
}

func (b batches) Labels(_, _ int, labels []float32) error {
	clear(labels)
	return nil
}

// run executes p with the model's variables and compares its outputs.
func (c *comparison) run(p *nn.Program, m *model, want map[string][]float64, tolerance float64) (*ref.Residence, error) {
	v := nn.NewVariables(c.seed)
	for _, x := range p.Vars {
		shape := p.Shape(x.Value)
		tensor := nn.NewTensor(shape)
		if own := m.variables[x.Name]; own != nil {
			if shapeOf(own) != shape {
				return nil, fmt.Errorf("%s: the program has the shape %v, the model %v", x.Name, shape, shapeOf(own))
			}
			for i := range tensor.Data {
				tensor.Data[i] = float32(own.data[i])
			}
		}
		v.Set(x.Name, tensor)
	}
	held, err := ref.Engine{}.Hold(v)
	if err != nil {
		return nil, err
	}
	var in []nn.Array
	for _, port := range p.Inputs {
		a := nn.NewArray(p.Shape(port.Value))
		frame, image := portNumber(port.Name, "image")
		which, label := portNumber(port.Name, "label")
		switch {
		case image:
			copy(a.Data, frameOf(c.image, frame).data)
		case label:
			for i, l := range turned(c.labels, which) {
				copy(a.Data[i*len(l):], l)
			}
		case port.Name == "step_weights":
			copy(a.Data, c.drawn)
		case port.Name == "rate":
			a.Data[0] = rate
		case port.Name == "update":
			a.Data[0] = 1
		}
		in = append(in, a)
	}
	residence := held.(*ref.Residence)
	out, err := ref.Run(p, residence, in)
	if err != nil {
		return nil, err
	}
	left := maps.Clone(want)
	var faults []error
	for i, port := range p.Outputs {
		if w, ok := left[port.Name]; ok {
			faults = append(faults, within(tolerance, port.Name, out[i].Data, w))
			delete(left, port.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		faults = append(faults, fmt.Errorf("the program has no output %s", name))
	}
	return residence, errors.Join(faults...)
}
