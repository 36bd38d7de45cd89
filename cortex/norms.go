package cortex

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"ventral/nn"
	"ventral/nn/rewrite"
)

// Norms knows which norm places training filled, and where the others take
// their statistics from.
type Norms struct {
	trained   map[string][]int // steps with statistics, by place, rising
	gains     map[string][]int // steps with a gain and shift of their own, by the place of these
	estimated map[string]bool
	again     map[string]bool // that training filled, and that are to be estimated in its place
	momenta   []float64       // of their running statistics, rising, each once
	// Missing lists places of the last program that had no statistics and whose
	// rule is "error".
	Missing []string
}

// TrainedNorms returns the places that training at the graph's steps fills.
func TrainedNorms(g *Graph) (*Norms, error) {
	l := learns(g)
	if l.unrolled != nil {
		return nil, l.unrolled
	}
	return &Norms{trained: l.places, gains: l.gains, momenta: l.momenta, estimated: map[string]bool{}}, nil
}

// fills notes the places that training fills.
func (l *learnt) fills(b *nn.Builder, u *Unrolled) {
	l.places, l.gains = map[string][]int{}, map[string][]int{}
	for _, p := range u.Stats.Places {
		l.places[p.Place] = append(l.places[p.Place], p.Step)
		if !slices.Contains(l.momenta, p.Norm.Momentum) {
			l.momenta = append(l.momenta, p.Norm.Momentum)
		}
	}
	slices.Sort(l.momenta)
	// A readout that normalises a state fills its statistics, not its gain.
	for _, v := range b.Vars() {
		name, gain := strings.CutSuffix(v.Name, "/gain")
		i := strings.LastIndex(name, "/norm@")
		if !gain || i < 0 {
			continue
		}
		if step, err := strconv.Atoi(name[i+len("/norm@"):]); err == nil {
			l.gains[name[:i]] = append(l.gains[name[:i]], step)
		}
	}
	for _, by := range []map[string][]int{l.places, l.gains} {
		for _, s := range by {
			sort.Ints(s)
		}
	}
}

// Estimated is how many places Reestimate has filled.
func (n *Norms) Estimated() int { return len(n.estimated) }

// EstimatesAgain reports whether statistics that training filled are estimated again.
func (n *Norms) EstimatesAgain() bool { return len(n.again) > 0 }

// Trained reports whether training filled a place at a step.
func (n *Norms) Trained(place string, step int) bool {
	_, ok := slices.BinarySearch(n.trained[place], step)
	return ok
}

// Momenta returns the momenta with which training moves running statistics,
// rising, each once; nil where nothing has any.
func (n *Norms) Momenta() []float64 { return n.momenta }

// latest returns the last of some rising steps up to step, or else the first
// of them, or else step.
func latest(steps []int, step int) int {
	if len(steps) == 0 {
		return step
	}
	i := sort.SearchInts(steps, step+1)
	return steps[max(i-1, 0)]
}

// Source is the rule for nn.Statistics: a place that training never reached
// takes the last trained step's statistics, or is re-estimated, or is missing.
// Gain and shift are those of the last step that trained them.
func (n *Norms) Source(place, affine string, step int, norm nn.Norm) nn.Sources {
	from, ok := n.source(normDemand{place, affine, step, norm})
	if !ok {
		n.Missing = append(n.Missing, missing(place, step))
	}
	return from
}

// source is Source; ok is false where a place is missing.
func (n *Norms) source(q normDemand) (from nn.Sources, ok bool) {
	from = nn.Sources{Statistics: q.step, Affine: n.affine(q.affine, q.step)}
	switch filled := n.trained[q.place]; {
	case n.again[key(q.place, q.step)]:
		from.Own = !n.estimated[key(q.place, q.step)]
	case n.Trained(q.place, q.step):
	case q.norm.Pooled() && len(filled) > 0:
	case q.norm.Untrained == "last" && len(filled) > 0:
		from.Statistics = latest(filled, q.step)
	case q.norm.Untrained == "reestimate":
		from.Own = !n.estimated[key(q.place, q.step)]
	default:
		return from, false
	}
	return from, true
}

// affine returns the step of which a place at a step takes gain and shift.
func (n *Norms) affine(place string, step int) int { return latest(n.gains[place], step) }

// missing names a place at a step in messages.
func missing(place string, step int) string { return fmt.Sprintf("%s at step %d", place, step) }

func key(place string, step int) string { return fmt.Sprintf("%s@%d", place, step) }

// Reestimate fills the statistics that logits and taps need and training never
// filled, in time order: from batches of training images, with weights fixed,
// pooling the moments of all batches, and of all steps where these share
// statistics. A place that depends on another waits for it. It returns the
// places.
func Reestimate(g *Graph, e nn.Engine, v *nn.Variables, n *Norms, src Batches, batch int, logits []int, taps []Tap) ([]nn.NormPlace, error) {
	var done []nn.NormPlace
	for {
		if left, err := estimated(g, n, logits, taps); err != nil || len(left) == 0 {
			return done, err
		}
		p, places, err := ownMoments(g, batch, logits, taps, n)
		if err != nil || len(places) == 0 {
			return done, err
		}
		if _, err := v.Fill(p); err != nil {
			return done, err
		}
		sums := map[string]*moments{}
		for _, q := range places {
			sums[q.Statistics] = &moments{}
		}
		if err := run(e, v, p, src, func(out []nn.Tensor) {
			for i, q := range places {
				sums[q.Statistics].add(out[2*i].Data, out[2*i+1].Data, q.pixels)
			}
		}); err != nil {
			return done, fmt.Errorf("re-estimating %s at step %d: %w", places[0].Place, places[0].Step, err)
		}
		for _, q := range places {
			mean, variance := sums[q.Statistics].pool(q.Norm.Divisor != "biased")
			s := nn.Shape{len(mean)}
			v.Set(q.Statistics+"/mean", nn.Tensor{Shape: s, Data: mean})
			v.Set(q.Statistics+"/variance", nn.Tensor{Shape: s, Data: variance})
			n.estimated[key(q.Place, q.Step)] = true
			done = append(done, q.NormPlace)
		}
	}
}

// estimate is a place to estimate, and how many numbers of a channel it sees in
// a batch.
type estimate struct {
	nn.NormPlace
	pixels int
}

// ownMoments returns the places that are to be estimated next, and a program of their
// moments: those whose statistics depend on no others that are to be estimated.
// Where steps share statistics, all of them are estimated at once, each
// normalised by its own batch, as in training; so is what waits for each other.
func ownMoments(g *Graph, batch int, logits []int, taps []Tap, n *Norms) (*nn.Program, []estimate, error) {
	b := nn.NewBuilder()
	u := g.Unroll(b, Options{Batch: batch, Logits: logits, Taps: taps, Source: n.Source})
	if err := b.Err(); err != nil {
		return nil, nil, err
	}
	p, err := b.Program()
	if err != nil {
		return nil, nil, err
	}
	names := map[nn.Value][]string{} // statistics that a mean is for
	var all []estimate
	for _, q := range u.Stats.Places {
		if q.Own {
			in, _ := b.Producer(q.Mean)
			x := p.Shapes[in.Args[0]]
			names[q.Mean] = append(names[q.Mean], q.Statistics)
			all = append(all, estimate{q, x[0] * x[1] * x[2]})
		}
	}
	needs := make([]map[string]bool, len(p.Shapes)) // statistics that a value depends on
	waits := map[string]bool{}
	for _, in := range p.Instrs {
		need := map[string]bool{}
		for _, a := range in.Args {
			maps.Copy(need, needs[a])
		}
		for _, name := range names[in.Results[0]] {
			for other := range need {
				waits[name] = waits[name] || other != name
			}
		}
		for _, name := range names[in.Results[0]] {
			need[name] = true
		}
		if len(need) == 0 {
			continue
		}
		for _, r := range in.Results {
			needs[r] = need
		}
	}
	places := slices.DeleteFunc(slices.Clone(all), func(q estimate) bool { return waits[q.Statistics] })
	if len(places) == 0 {
		places = all
	}
	for _, q := range places {
		b.Output(fmt.Sprintf("%s@%d/mean", q.Place, q.Step), q.Mean)
		b.Output(fmt.Sprintf("%s@%d/variance", q.Place, q.Step), q.Var)
	}
	if p, err = b.Program(); err != nil {
		return nil, nil, err
	}
	return rewrite.Round(rewrite.Prune(p, nil), g.Bits), places, nil
}

// moments pools means and variances over equally many numbers each.
type moments struct {
	n, count         int // batches and steps; numbers in all
	mean, sq, within []float64
}

func (m *moments) add(mean, variance []float32, count int) {
	if m.n == 0 {
		m.mean, m.sq, m.within = make([]float64, len(mean)), make([]float64, len(mean)), make([]float64, len(mean))
	}
	m.n++
	m.count += count
	for i := range mean {
		d := float64(mean[i]) - m.mean[i]
		m.mean[i] += d / float64(m.n)
		m.sq[i] += d * (float64(mean[i]) - m.mean[i])
		m.within[i] += (float64(variance[i]) - m.within[i]) / float64(m.n)
	}
}

func (m *moments) pool(unbiased bool) (mean, variance []float32) {
	factor := 1.0
	if unbiased && m.count > 1 {
		factor = float64(m.count) / float64(m.count-1)
	}
	for i := range m.mean {
		mean = append(mean, float32(m.mean[i]))
		variance = append(variance, float32(math.Max(0, factor*(m.within[i]+m.sq[i]/float64(m.n)))))
	}
	return mean, variance
}

// Reestimated lists the norm places, as PLACE@STEP, that logits at the given
// steps depend on and whose statistics are to be estimated: training never filled
// them, and they borrow none.
func Reestimated(g *Graph, n *Norms, logits []int) ([]string, error) {
	return estimated(g, n, logits, nil)
}

// estimated lists the places that logits and taps depend on and that are still to
// be estimated.
func estimated(g *Graph, n *Norms, logits []int, taps []Tap) ([]string, error) {
	norms, err := normsOf(g, logits, taps)
	if err != nil {
		return nil, err
	}
	var places []string
	for _, q := range norms {
		if from, _ := n.source(q); from.Own {
			places = append(places, key(q.place, q.step))
		}
	}
	return places, nil
}
