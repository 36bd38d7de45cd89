package cortex

import (
	"fmt"
	"math"
	"sort"

	"ventral/nn"
)

// Norms knows which norm places training filled, and where the others take
// their statistics from.
type Norms struct {
	trained   map[string][]int // slices by place, rising
	estimated map[string]bool
	// Missing lists places of the last program that had no statistics and whose
	// rule is "error".
	Missing []string
}

// TrainedNorms returns the places that training at the graph's slices fills.
func (g *Graph) TrainedNorms() (*Norms, error) {
	b := nn.NewBuilder()
	u := g.Unroll(b, Options{Batch: 2, Train: true, Logits: g.train})
	if err := b.Err(); err != nil {
		return nil, err
	}
	n := &Norms{trained: map[string][]int{}, estimated: map[string]bool{}}
	for _, p := range u.Stats.Places {
		n.trained[p.Place] = append(n.trained[p.Place], p.Step)
	}
	for _, s := range n.trained {
		sort.Ints(s)
	}
	return n, nil
}

// Trained reports whether training filled a place at a slice.
func (n *Norms) Trained(place string, step int) bool {
	s := n.trained[place]
	i := sort.SearchInts(s, step)
	return i < len(s) && s[i] == step
}

// Source is the rule for nn.Statistics: a place that training never reached
// takes the last trained slice's statistics, or is re-estimated, or is missing.
func (n *Norms) Source(place string, step int, norm nn.Norm) nn.Sources {
	if n.Trained(place, step) {
		return nn.Sources{Statistics: step, Affine: step}
	}
	last := step
	slices := n.trained[place]
	if i := sort.SearchInts(slices, step); i > 0 {
		last = slices[i-1]
	} else if len(slices) > 0 {
		last = slices[0]
	}
	switch {
	case norm.Statistics == "shared" && len(slices) > 0:
		return nn.Sources{Statistics: step, Affine: last}
	case norm.Untrained == "last" && len(slices) > 0:
		return nn.Sources{Statistics: last, Affine: last}
	case norm.Untrained == "reestimate":
		return nn.Sources{Statistics: step, Affine: last, Own: !n.estimated[key(place, step)]}
	}
	n.Missing = append(n.Missing, fmt.Sprintf("%s at slice %d", place, step))
	return nn.Sources{Statistics: step, Affine: last}
}

func key(place string, step int) string { return fmt.Sprintf("%s@%d", place, step) }

// Usable returns the taps whose weights and statistics training has filled, or
// that norms may re-estimate or borrow, and why each of the others is not.
func (g *Graph) Usable(taps []Tap, n *Norms) (ok []Tap, why map[string]string, err error) {
	weights, err := g.Weights()
	if err != nil {
		return nil, nil, err
	}
	trained := map[string]bool{}
	for _, w := range weights {
		if w.Trainable {
			trained[w.Name] = true
		}
	}
	why = map[string]string{}
	for _, t := range taps {
		if !g.times.informed[t.Slice][t.Area] {
			continue
		}
		n.Missing = nil
		b := nn.NewBuilder()
		u := g.Unroll(b, Options{Batch: 1, Taps: []Tap{t}, Source: n.Source})
		if err := b.Err(); err != nil {
			return nil, nil, err
		}
		reason := ""
		for name := range u.Uses {
			if !trained[name] {
				reason = fmt.Sprintf("no training slice depends on its weights %s", name)
			}
		}
		if len(n.Missing) > 0 {
			reason = "training never filled the statistics of " + n.Missing[0]
		}
		if reason != "" {
			why[g.TapName(t)] = reason
			continue
		}
		ok = append(ok, t)
	}
	n.Missing = nil
	return ok, why, nil
}

// CheckTested reports test slices whose weights or statistics training never
// fills.
func (g *Graph) CheckTested(n *Norms) error {
	i := g.index[g.Readout.From]
	for _, t := range g.TestSlices() {
		_, why, err := g.Usable([]Tap{{i, g.Readout.Reads, t}}, n)
		if err != nil {
			return err
		}
		for _, reason := range why {
			return wrong([]string{"readout", "test"}, "found slice %d, but %s; test slices up to the last training slice, or tie the weights, or see norm.untrained", t, reason)
		}
	}
	return nil
}

// Reestimate fills the statistics that logits and taps need and training never
// filled, in time order: from batches of training images, with weights fixed,
// pooling the moments of all batches. A place that depends on another waits
// for it. It returns the places.
func (g *Graph) Reestimate(e nn.Engine, v *nn.Variables, n *Norms, src Batches, batch int, logits []int, taps []Tap) ([]nn.NormPlace, error) {
	var done []nn.NormPlace
	for {
		p, places, count, err := g.own(batch, logits, taps, n)
		if err != nil || len(places) == 0 {
			return done, err
		}
		if _, err := v.Fill(p); err != nil {
			return done, err
		}
		sums := make([]moments, len(places))
		if err := run(e, v, p, src, func(out []nn.Tensor) {
			for i := range places {
				sums[i].add(out[2*i].Data, out[2*i+1].Data)
			}
		}); err != nil {
			return done, fmt.Errorf("re-estimating %s at slice %d: %w", places[0].Place, places[0].Step, err)
		}
		for i, q := range places {
			mean, variance := sums[i].pool(q.Norm.Divisor != "biased", count[i]*src.Steps())
			s := nn.Shape{len(mean)}
			v.Set(q.Statistics+"/mean", nn.Tensor{Shape: s, Data: mean})
			v.Set(q.Statistics+"/variance", nn.Tensor{Shape: s, Data: variance})
			n.estimated[key(q.Place, q.Step)] = true
		}
		done = append(done, places...)
	}
}

// own returns a program of the moments of the places still to estimate that
// depend on no other such place, and how many numbers of a channel each has.
func (g *Graph) own(batch int, logits []int, taps []Tap, n *Norms) (*nn.Program, []nn.NormPlace, []int, error) {
	b := nn.NewBuilder()
	u := g.Unroll(b, Options{Batch: batch, Logits: logits, Taps: taps, Source: n.Source})
	if err := b.Err(); err != nil {
		return nil, nil, nil, err
	}
	p, err := b.Program()
	if err != nil {
		return nil, nil, nil, err
	}
	waits := make([]bool, len(p.Shapes)) // depends on a place's own moments
	first := map[nn.Value]bool{}
	for _, q := range u.Stats.Places {
		first[q.Mean] = q.Own
	}
	var places []nn.NormPlace
	var count []int
	ready := map[nn.Value]bool{}
	pixels := map[nn.Value]int{}
	for _, in := range p.Instrs {
		wait := false
		for _, a := range in.Args {
			wait = wait || waits[a]
		}
		if first[in.Results[0]] {
			x := p.Shapes[in.Args[0]]
			ready[in.Results[0]], pixels[in.Results[0]] = !wait, x[0]*x[1]*x[2]
			wait = true
		}
		for _, r := range in.Results {
			waits[r] = wait
		}
	}
	for _, q := range u.Stats.Places {
		if q.Own && ready[q.Mean] {
			places, count = append(places, q), append(count, pixels[q.Mean])
			b.Output(fmt.Sprintf("%s@%d/mean", q.Place, q.Step), q.Mean)
			b.Output(fmt.Sprintf("%s@%d/variance", q.Place, q.Step), q.Var)
		}
	}
	if p, err = b.Program(); err != nil {
		return nil, nil, nil, err
	}
	return nn.Prune(p, nil), places, count, nil
}

// moments pools means and variances of equal batches.
type moments struct {
	n                int
	mean, sq, within []float64
}

func (m *moments) add(mean, variance []float32) {
	if m.n == 0 {
		m.mean, m.sq, m.within = make([]float64, len(mean)), make([]float64, len(mean)), make([]float64, len(mean))
	}
	m.n++
	for i := range mean {
		d := float64(mean[i]) - m.mean[i]
		m.mean[i] += d / float64(m.n)
		m.sq[i] += d * (float64(mean[i]) - m.mean[i])
		m.within[i] += (float64(variance[i]) - m.within[i]) / float64(m.n)
	}
}

func (m *moments) pool(unbiased bool, count int) (mean, variance []float32) {
	factor := 1.0
	if unbiased && count > 1 {
		factor = float64(count) / float64(count-1)
	}
	for i := range m.mean {
		mean = append(mean, float32(m.mean[i]))
		variance = append(variance, float32(math.Max(0, factor*(m.within[i]+m.sq[i]/float64(m.n)))))
	}
	return mean, variance
}
