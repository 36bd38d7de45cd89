package nn

import "fmt"

// Norm is a normalisation that an experiment chooses, for a state, a drive or
// a readout. The zero value normalises nothing.
//
// "batch" is batch normalisation (Ioffe and Szegedy 2015): y = (x - mean) /
// √(var + Eps), with moments over images and pixels for each channel, then
// optionally a gain and a shift. Training uses the moments of the batch at
// that step and moves running averages r ← (1-Momentum)·r + Momentum·batch;
// inference uses those. With Statistics "running", training normalises by the
// running averages as they stand before the step, which are constants to the
// gradient. "lrn" is local response normalisation, see [LRN].
type Norm struct {
	Kind       string  `toml:"kind" oneof:"none batch lrn" doc:"none, batch or lrn (local response normalisation)"`
	Statistics string  `toml:"statistics" oneof:"per_step shared running" doc:"batch: running statistics for each step, or one pair pooled over steps (shared); either way training normalises by the moments of the batch at the step. running: one pooled pair, by which training normalises, too"`
	Affine     string  `toml:"affine" oneof:"per_step shared absent" doc:"batch: gain and shift for each step, shared over steps, or absent"`
	Eps        float64 `toml:"eps" min:"0" doc:"batch: added to the variance"`
	Momentum   float64 `toml:"momentum" min:"0" max:"1" doc:"batch: weight of the newest batch in the running average"`
	Divisor    string  `toml:"divisor" oneof:"unbiased biased" doc:"batch: the running variance divides by n-1 or n"`
	Untrained  string  `toml:"untrained" oneof:"error last reestimate" doc:"batch: a step that training never reached is an error, takes the last trained step's statistics, or has them re-estimated"`
	Radius     int     `toml:"radius" min:"0" doc:"lrn: channels to either side"`
	Alpha      float64 `toml:"alpha" min:"0" doc:"lrn: weight of the summed squares"`
	Divided    bool    `toml:"alpha_divided" doc:"lrn: divide alpha by the number of channels, 2·radius+1"`
	Beta       float64 `toml:"beta" doc:"lrn: exponent"`
	C          float64 `toml:"c" doc:"lrn: constant in the bracket"`
}

// DefaultNorm is batch normalisation by step without gain and shift, as Liao
// and Poggio use it; its lrn keys are those of Spoerer et al. 2017.
func DefaultNorm() Norm {
	return Norm{Kind: "batch", Statistics: "per_step", Affine: "absent", Eps: 1e-5, Momentum: 0.1, Divisor: "unbiased",
		Untrained: "reestimate", Radius: 5, Alpha: 1e-4, Beta: 0.5, C: 1}
}

// Statistics collects what norms need beyond one step: which places a program
// normalises, and the batch moments from which shared statistics move.
type Statistics struct {
	// Source says where a place's statistics, and its gain and shift, come from
	// outside training. Affine is the place of the gain and shift, which a
	// readout keeps apart. Nil means its own step's variables.
	Source func(place, affine string, step int, n Norm) Sources
	// Places lists each normalised place once, in program order.
	Places []NormPlace

	seen  map[placed]bool // of Places
	pools map[string][]Value
	order []string
	norms map[string]Norm
	count map[string]int
}

// Sources says which step's variables a norm uses.
type Sources struct {
	Statistics int  // step of the running statistics
	Affine     int  // step of the gain and shift
	Own        bool // use the batch's own moments instead: the place is being re-estimated
}

// NormPlace is a place where a program normalises.
type NormPlace struct {
	Place      string
	Step       int
	Norm       Norm
	Mean, Var  Value  // what it normalises by
	Statistics string // name of the running statistics, without "/mean" or "/variance"
	Own        bool   // by the batch's own moments
}

// Build normalises x at the scope's place and step.
func (n Norm) Build(s Scope, x Value) Value {
	switch n.Kind {
	case "", "none":
		return x
	case "lrn":
		alpha := n.Alpha
		if n.Divided {
			alpha /= float64(2*n.Radius + 1)
		}
		return s.One(LRN{Radius: n.Radius, Alpha: alpha, Beta: n.Beta, Bias: n.C}, x)
	case "batch":
		return n.batch(s, x)
	}
	s.Fail(fmt.Errorf("%s: found norm %q, want none, batch or lrn", s.Tag, n.Kind))
	return None
}

func (n Norm) batch(s Scope, x Value) Value {
	c := s.Shape(x)[3]
	if c == 0 {
		return None // an earlier error
	}
	affine := s.Place
	if s.Affine != "" {
		affine = s.Affine
	}
	from := Sources{Statistics: s.Step, Affine: s.Step, Own: s.Train}
	if !s.Train && s.Stats.Source != nil {
		from = s.Stats.Source(s.Place, affine, s.Step, n)
	}
	name := s.Place + "/norm"
	if !n.Pooled() {
		name += fmt.Sprintf("@%d", from.Statistics)
	}
	p := NormPlace{Place: s.Place, Step: s.Step, Norm: n, Statistics: name, Own: from.Own && !(s.Train && n.Statistics == "running")}
	batch := []Value{None, None}
	if from.Own {
		if m := s.Do(Moments{}, x); m != nil {
			batch = m
		}
	}
	if p.Own {
		p.Mean, p.Var = batch[0], batch[1]
	} else {
		p.Mean, p.Var = s.running(name, c)
	}
	y := s.One(Normalise{Eps: n.Eps}, x, p.Mean, p.Var)
	if s.Stats.add(p) && s.Train {
		s.Stats.learn(p, batch, s.Shape(x))
	}
	if n.Affine == "absent" || n.Affine == "" {
		return y
	}
	at := affine + "/norm"
	if n.Affine == "per_step" {
		at += fmt.Sprintf("@%d", from.Affine)
	}
	gain := s.trainable(at+"/gain", Shape{c}, Init{Kind: "constant", Value: 1})
	shift := s.trainable(at+"/shift", Shape{c}, Init{Kind: "constant"})
	return s.One(ScaleShift{}, y, gain, shift)
}

// running returns the running mean and variance called name.
func (b *Builder) running(name string, c int) (mean, variance Value) {
	return b.Var(name+"/mean", Shape{c}, Init{Kind: "constant"}, false),
		b.Var(name+"/variance", Shape{c}, Init{Kind: "constant", Value: 1}, false)
}

// placed is what tells one entry of Statistics.Places from another.
type placed struct {
	place string
	step  int
	mean  Value
}

// add notes p and reports whether it is new.
func (st *Statistics) add(p NormPlace) bool {
	key := placed{p.Place, p.Step, p.Mean}
	if st.seen[key] {
		return false
	}
	if st.seen == nil {
		st.seen = map[placed]bool{}
	}
	st.seen[key] = true
	st.Places = append(st.Places, p)
	return true
}

// learn notes the moments of the batch at p, mean and variance, for the running
// statistics.
func (st *Statistics) learn(p NormPlace, batch []Value, x Shape) {
	if st.pools == nil {
		st.pools, st.norms, st.count = map[string][]Value{}, map[string]Norm{}, map[string]int{}
	}
	if _, ok := st.pools[p.Statistics]; !ok {
		st.order = append(st.order, p.Statistics)
	}
	st.pools[p.Statistics] = append(st.pools[p.Statistics], batch...)
	st.norms[p.Statistics], st.count[p.Statistics] = p.Norm, x[0]*x[1]*x[2]
}

// Finish emits the updates of all running statistics: one pair moves once a
// batch, by the moments pooled over the steps that share it.
func (st *Statistics) Finish(b *Builder) {
	saved := b.Tag
	for _, name := range st.order {
		m, n := st.pools[name], st.norms[name]
		count := st.count[name] * len(m) / 2
		b.Tag = Tag{Area: "statistics", Step: -1, Part: name}
		if len(m) > 2 {
			m = b.Do(PoolMoments{}, m...)
		}
		if m == nil {
			return
		}
		unbiased := 1.0
		if n.Divisor != "biased" && count > 1 {
			unbiased = float64(count) / float64(count-1)
		}
		mean, variance := b.running(name, b.Shape(m[0])[0])
		b.Update(mean, b.One(Blend{Rate: n.Momentum, Factor: 1}, mean, m[0]))
		b.Update(variance, b.One(Blend{Rate: n.Momentum, Factor: unbiased}, variance, m[1]))
	}
	b.Tag = saved
}

// Pooled reports whether all steps have one pair of running statistics.
func (n Norm) Pooled() bool { return n.Statistics == "shared" || n.Statistics == "running" }

// SameStatistics reports whether m at the same place would keep the same
// statistics as n: they may differ in gain and shift.
func (n Norm) SameStatistics(m Norm) bool {
	n.Affine, m.Affine = "", ""
	return n.Kind == "batch" && n == m
}
