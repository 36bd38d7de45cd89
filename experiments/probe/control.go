package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

var controlKind = Kind{
	Name:   "control",
	About:  "of a lesion that scales connections: answers where random kernel weights of other connections into the same areas are removed instead, as many as remove the same mean squared drive",
	Source: "own definition",
	Images: 1000,
	New:    func() Probe { return &Control{Draws: 20, Within: 0.05, Seed: 1} },
}

// Control compares a lesion with controls that are matched in drive. The lesion removes
// (1 - gain)·d of what connections deliver to an area; its size is the mean square of what
// it removes, over images, units and the steps at which it acts, in the intact cortex. A
// draw takes kernel weights of the other connections that add to the same area at these
// steps, in random order, and removes as many of them, there and then alone, as bring the
// mean square of what is missing within so much of that, the rest being as in the intact
// cortex. Then the cortex answers without them. Norms keep their statistics.
//
// It gives the frames "accuracy of controls" [draw, step] and "accuracy under the lesion"
// [step] in per cent of the same images, and "removed drive" [area, quantity]: mean squares
// of the lesion and of the controls, and how many weights they remove, on average. Where
// all other weights of an area together remove too little there is no match: the note says
// so, and there is no accuracy of controls.
type Control struct {
	Draws  int     `toml:"draws" min:"20" max:"10000" doc:"controls"`
	Within float64 `toml:"within" above:"0" below:"1" doc:"how far the removed mean square may be from that of the lesion, relative to it"`
	Seed   int     `toml:"seed" min:"0" doc:"determines the draws"`
}

var _ Probe = (*Control)(nil)

// Measure implements Probe.
func (c *Control) Measure(ctx context.Context, s *Subject) ([]analysis.Frame, error) {
	m, err := newMatching(c, s)
	if err != nil {
		return nil, err
	}
	defer m.close()
	steps := s.Graph.TestSteps()
	step := analysis.Axis{Name: "step"}
	for _, t := range steps {
		step.Values = append(step.Values, float64(t))
	}
	under, err := accuracies(ctx, s, s.Graph, steps)(s.Variables)
	if err != nil {
		return nil, err
	}
	note, err := m.unmatched()
	if err != nil {
		return nil, err
	}
	answers := accuracies(ctx, s, m.control, steps)
	controls, missed := analysis.Frame{Name: "accuracy of controls", Unit: "%", Axes: []analysis.Axis{{Name: "draw"}, step}}, 0
	for draw := range c.Draws {
		controls.Axes[0].Values = append(controls.Axes[0].Values, float64(draw+1))
		row, matched := slices.Repeat([]float64{math.NaN()}, len(steps)), false
		if note == "" {
			if matched, err = m.match(ctx, rand.New(rand.NewPCG(uint64(c.Seed), uint64(draw)))); err != nil {
				return nil, err
			}
			if missed++; matched {
				missed--
				if row, err = answers(m.v); err != nil {
					return nil, err
				}
			}
		}
		controls.Data = append(controls.Data, row...)
		s.Work(int64(draw+1), int64(c.Draws))
	}
	if missed > 0 {
		note = fmt.Sprintf("no match in %d of %d draws, each of %d random orders of the weights", missed, c.Draws, orders)
	}
	controls.Note = note
	return []analysis.Frame{controls, {Name: "accuracy under the lesion", Unit: "%", Axes: []analysis.Axis{step}, Data: under}, m.frame(note)}, nil
}

// accuracies returns what gives those of a graph at some steps, in per cent, of variables.
func accuracies(ctx context.Context, s *Subject, g *cortex.Graph, steps []int) func(*nn.Variables) ([]float64, error) {
	return func(v *nn.Variables) (list []float64, err error) {
		src, err := s.Show(s.Batch)
		if err != nil {
			return nil, err
		}
		scores := make([]analysis.Score, len(steps))
		err = cortex.Record(g, s.Engine, v, s.Norms, src, s.Batch, steps, nil, func(a cortex.Answer) error {
			for k := range steps {
				scores[k].Add(a.Images, g.Classes, a.Logits[k], a.Labels[k], g.Readout.Loss == "sigmoid")
			}
			return ctx.Err()
		})
		for _, x := range scores {
			list = append(list, 100*float64(x.Correct)/float64(max(x.Images, 1)))
		}
		return list, err
	}
}

// matching finds weights whose removal is as large as the lesion.
type matching struct {
	Control
	s       *Subject
	control *cortex.Graph
	x       *program // what is removed, by area and step
	home    nn.Residence
	v       *nn.Variables // with the kernels of the control
	own     *nn.Variables // these alone
	kernels [][]string    // of the control, by area
	areas   []int         // that the lesion acts on
	steps   map[int][]int // of each of these
	goal    []float64     // mean square that the lesion removes, by area
	got     []float64     // sums over draws: mean squares, and weights
	weights []float64
	draws   int
}

// newMatching reports lesions that have no control, measures the lesion, and compiles the
// program that measures removals.
func newMatching(c *Control, s *Subject) (*matching, error) {
	switch {
	case s.Unlabelled:
		return nil, errors.New("the images have no labels, so that no answer is right; want images with labels")
	case len(cortex.LesionsOf(s.Graph)) == 0:
		return nil, errors.New("found no lesion; want a condition with one, as in cortex record RUN --lesion \"role:feedback norms=keep\" --probe control")
	case s.Norms.EstimatesAgain():
		return nil, errors.New("the statistics of norms are estimated again under the lesion, and those of controls are kept; want a lesion with norms = \"keep\"")
	}
	g, lesions := s.Graph.Intact(), cortex.LesionsOf(s.Graph)
	for _, l := range lesions {
		if l.Kind != "scale" || len(l.Channels) > 0 {
			return nil, fmt.Errorf("found a lesion of kind %q, with %d selectors of channels; a control removes weights of connections, so that only lesions that scale connections have one", l.Kind, len(l.Channels))
		}
	}
	gain := func(c *connectivity.Connection, t int) (gain float64, hit bool) {
		gain = 1
		for _, l := range lesions {
			if l.Hits(c, t) {
				gain, hit = gain*l.Gain, true
			}
		}
		return gain, hit
	}
	connections := map[string]*connectivity.Connection{}
	for j := range g.Matrix.Connections {
		connections[g.Matrix.Connections[j].Name] = &g.Matrix.Connections[j]
	}
	m := &matching{Control: *c, s: s, steps: map[int][]int{}}
	type part struct {
		tap    cortex.Tap
		factor float64 // of what it delivers is removed
	}
	var parts []part
	usable := map[cortex.Node]bool{}
	for _, t := range s.Taps {
		usable[cortex.Node{Area: t.Area, Step: t.Step}] = true
	}
	for i := range g.Areas {
		for t := range g.Steps {
			if !usable[cortex.Node{Area: i, Step: t}] {
				continue
			}
			any := false
			for _, d := range cortex.DrivesAt(g, i, t) {
				c := connections[d.From]
				if c == nil || d.Port != areas.Drive {
					continue
				}
				if k, hit := gain(c, t); hit {
					any = true
					parts = append(parts, part{cortex.Tap{Area: i, Signal: d.Signal(), Step: t}, 1 - k})
				}
			}
			if any {
				m.steps[i] = append(m.steps[i], t)
			}
		}
		if len(m.steps[i]) > 0 {
			m.areas = append(m.areas, i)
		}
	}
	if len(m.areas) == 0 {
		return nil, errors.New("the lesion removes nothing that is added in an area; a control is of connections that add")
	}
	acts := func(i, t int) bool { return slices.Contains(m.steps[i], t) }
	m.control = cortex.Control(g, func(c *connectivity.Connection, t int) bool {
		_, hit := gain(c, t)
		return !hit && acts(g.Area(c.To), t) && slices.Contains(c.Driven(), areas.Drive) && c.Transform.Kind() != "identity"
	})
	if err := m.program(); err != nil {
		return nil, err
	}
	// What the lesion removes, on the images by which controls are matched.
	src, err := s.Show(s.Batch)
	if err != nil {
		return nil, err
	}
	var taps []cortex.Tap
	for _, p := range parts {
		taps = append(taps, p.tap)
	}
	m.goal = make([]float64, len(m.areas))
	count := make([]float64, len(m.areas))
	err = cortex.Record(g, s.Engine, s.Variables, s.Norms, &one{src}, s.Batch, nil, taps, func(a cortex.Answer) error {
		for k, i := range m.areas {
			units := g.Areas[i].Image(1).Len()
			for _, t := range m.steps[i] {
				sum := make([]float64, a.Images*units)
				for n, p := range parts {
					if p.tap.Area == i && p.tap.Step == t {
						for u := range sum {
							sum[u] += p.factor * float64(a.Taps[n][u])
						}
					}
				}
				for _, v := range sum {
					m.goal[k] += v * v
				}
				count[k] += float64(len(sum))
			}
		}
		return nil
	})
	for k := range m.goal {
		m.goal[k] /= count[k]
	}
	m.got, m.weights = make([]float64, len(m.areas)), make([]float64, len(m.areas))
	return m, err
}

// one is the first batch of some images.
type one struct{ of cortex.Batches }

// Batches implements cortex.Batches.
func (o *one) Batches() int { return 1 }

// Valid implements cortex.Batches.
func (o *one) Valid(batch int) int { return o.of.Valid(batch) }

// Images implements cortex.Batches.
func (o *one) Images(batch, frame int, images []float32) error {
	return o.of.Images(batch, frame, images)
}

// Labels implements cortex.Batches.
func (o *one) Labels(batch, which int, labels []float32) error {
	return o.of.Labels(batch, which, labels)
}

// Stream implements cortex.Streamed.
func (o *one) Stream(batch int, name string, frame int, data []float32) error {
	x, ok := o.of.(cortex.Streamed)
	if !ok {
		return fmt.Errorf("nothing fills the input %q", name)
	}
	return x.Stream(batch, name, frame, data)
}

// program compiles what measures removals, with kernels of the control that are those of
// the cortex.
func (m *matching) program() error {
	s, g := m.s, m.control
	b := nn.NewBuilder()
	b.Plain = g.Plain
	var taps []cortex.Tap
	for _, i := range m.areas {
		for _, t := range m.steps[i] {
			taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: t})
		}
	}
	s.Norms.Missing = nil
	u, sums := cortex.Removal(g, b, cortex.Options{Batch: s.Batch, Taps: taps, Source: s.Norms.Source})
	for n, v := range sums {
		b.Output(g.TapName(cortex.Tap{Area: n.Area, Signal: "removed", Step: n.Step}), v)
	}
	m.v, m.own, m.kernels = s.Variables.Clone(), nn.NewVariables(0), make([][]string, len(m.areas))
	for name, area := range u.Controls {
		x, ok := m.v.Get(strings.TrimPrefix(name, cortex.ControlPrefix))
		if !ok {
			return fmt.Errorf("variable %q has no value; it was never trained", name)
		}
		m.v.Set(name, nn.Tensor{Shape: x.Shape, Data: slices.Clone(x.Data)})
		if k := slices.Index(m.areas, area); k >= 0 {
			m.kernels[k] = append(m.kernels[k], name)
		}
	}
	for k := range m.kernels {
		slices.Sort(m.kernels[k])
	}
	if len(sums) == 0 {
		return nil
	}
	trained := *s
	trained.Variables, trained.Graph = m.v, g
	var err error
	if m.x, err = compile(&trained, b); err != nil {
		return err
	}
	m.home, err = s.Engine.Hold(m.v)
	return err
}

func (m *matching) close() {
	if m.home != nil {
		m.home.Close()
	}
	if m.x != nil {
		m.x.close()
	}
}

// remove sets the kernels of the control: of each area's weights, in an order, so many are
// zero. A nil order is that of the kernels.
func (m *matching) remove(order [][]int, count []int) error {
	for k, names := range m.kernels {
		at := 0
		gone := map[int]bool{}
		for n := range count[k] {
			if order == nil {
				gone[n] = true
			} else {
				gone[order[k][n]] = true
			}
		}
		for _, name := range names {
			own, _ := m.v.Get(strings.TrimPrefix(name, cortex.ControlPrefix))
			x, _ := m.v.Get(name)
			for w, v := range own.Data {
				if x.Data[w] = v; gone[at] {
					x.Data[w] = 0
				}
				at++
			}
			m.own.Set(name, x)
		}
	}
	return m.home.Load(m.own)
}

// total is how many kernel weights of other connections an area has.
func (m *matching) total(k int) (n int) {
	for _, name := range m.kernels[k] {
		x, _ := m.v.Get(name)
		n += len(x.Data)
	}
	return n
}

// measure returns the mean square that is removed in each area.
func (m *matching) measure() ([]float64, error) {
	src, err := m.s.Show(m.s.Batch)
	if err != nil {
		return nil, err
	}
	if err := m.x.run(m.home, feed(src, 0, nil)); err != nil {
		return nil, err
	}
	list := make([]float64, len(m.areas))
	for k, i := range m.areas {
		count := 0.0
		units := m.s.Graph.Areas[i].Image(1).Len()
		for _, t := range m.steps[i] {
			count += float64(src.Valid(0) * units)
			data := m.x.outputs[m.control.TapName(cortex.Tap{Area: i, Signal: "removed", Step: t})]
			if data == nil {
				continue // nothing else arrives then
			}
			for _, v := range data[:src.Valid(0)*units] {
				list[k] += float64(v) * float64(v)
			}
		}
		list[k] /= count
	}
	return list, nil
}

// unmatched says where no control removes as much as the lesion.
func (m *matching) unmatched() (string, error) {
	var list []string
	all := make([]int, len(m.areas))
	most := make([]float64, len(m.areas))
	for k := range all {
		all[k] = m.total(k)
	}
	if m.x != nil {
		if err := m.remove(nil, all); err != nil {
			return "", err
		}
		var err error
		if most, err = m.measure(); err != nil {
			return "", err
		}
	}
	for k, i := range m.areas {
		name := m.s.Graph.Areas[i].Name
		switch {
		case all[k] == 0:
			list = append(list, fmt.Sprintf("no other connection into %s has kernels at these steps", name))
		case m.goal[k] == 0:
			list = append(list, "the lesion removes nothing in "+name)
		case most[k] < (1-m.Within)*m.goal[k]:
			list = append(list, fmt.Sprintf("all kernel weights of other connections into %s remove %.3g of the mean squared drive that the lesion removes", name, most[k]/m.goal[k]))
		}
	}
	if list == nil {
		return "", nil
	}
	return "no match: " + strings.Join(list, "; "), nil
}

// orders is how many random orders of the weights are tried for a draw.
const orders = 50

// match removes weights in a random order, as many as match, in all areas at once. Where
// no number of them does in one order, it tries others; ok is false where none does.
func (m *matching) match(ctx context.Context, r *rand.Rand) (ok bool, err error) {
	n := len(m.areas)
	order, count, got, matched := make([][]int, n), make([]int, n), make([]float64, n), make([]bool, n)
	low, high := make([]int, n), make([]int, n)
	for range orders {
		for k := range order {
			if !matched[k] {
				order[k] = r.Perm(m.total(k))
				low[k], high[k] = 1, len(order[k])
			}
		}
		for searching := true; searching; {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			for k := range count {
				if !matched[k] {
					count[k] = (low[k] + high[k]) / 2
				}
			}
			if err := m.remove(order, count); err != nil {
				return false, err
			}
			now, err := m.measure()
			if err != nil {
				return false, err
			}
			searching = false
			for k := range count {
				switch {
				case matched[k]:
					continue
				case math.Abs(now[k]/m.goal[k]-1) <= m.Within:
					matched[k], got[k] = true, now[k]
				case now[k] < m.goal[k]:
					low[k] = count[k] + 1
				default:
					high[k] = count[k] - 1
				}
				searching = searching || !matched[k] && low[k] <= high[k]
			}
		}
		if !slices.Contains(matched, false) {
			break
		}
	}
	if slices.Contains(matched, false) {
		return false, nil
	}
	for k := range m.areas {
		m.got[k] += got[k]
		m.weights[k] += float64(count[k])
	}
	m.draws++
	return true, m.remove(order, count)
}

// frame says how well controls match.
func (m *matching) frame(note string) analysis.Frame {
	f := analysis.Frame{Name: "removed drive", Note: note, Axes: []analysis.Axis{{Name: "area"}, {Name: "quantity", Labels: []string{"lesion", "controls", "weights removed", "weights"}}}}
	for k, i := range m.areas {
		f.Axes[0].Labels = append(f.Axes[0].Labels, m.s.Graph.Areas[i].Name)
		f.Data = append(f.Data, m.goal[k], m.got[k]/float64(m.draws), m.weights[k]/float64(m.draws), float64(m.total(k)))
	}
	return f
}
