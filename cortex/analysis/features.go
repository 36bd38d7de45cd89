package analysis

import (
	"math"
	"strconv"

	"ventral/cortex/analysis/linear"
	"ventral/cortex/parallel"
	"ventral/cortex/recording"
)

// features are those of an area that decoders read: its units at every step, or random
// projections where it has more.
type features struct {
	*target
	of      *Recording
	dim     int
	project *recording.Projection
	row     []int       // of each image of the recording; -1 of those that are left out
	x       [][]float32 // of each step, [row, feature]
	left    int         // rows that are still to come
}

func newFeatures(t *target, r *Recording) *features {
	f := &features{target: t, of: r, dim: r.Units(), row: make([]int, len(r.IDs)), left: len(t.places)}
	if f.dim > t.project {
		f.dim, f.project = t.project, recording.NewProjection(r.Units(), t.project)
	}
	for i := range f.row {
		f.row[i] = -1
	}
	for k, i := range t.places {
		f.row[i] = k
	}
	f.x = make([][]float32, len(r.Steps))
	for s := range f.x {
		f.x[s] = make([]float32, len(t.places)*f.dim)
	}
	return f
}

// add keeps the features of a batch. It reports whether all are there.
func (f *features) add(b Batch) bool {
	parallel.For(b.Images(), func(i int) {
		k := f.row[b.First+i]
		if k < 0 {
			return
		}
		for s := range b.Steps {
			to := f.x[s][k*f.dim:][:f.dim]
			if f.project != nil {
				f.project.Reduce(b.At(i, s), to)
			} else {
				copy(to, b.At(i, s))
			}
		}
	})
	for i := range b.Images() {
		if f.row[b.First+i] >= 0 {
			f.left--
		}
	}
	return f.left == 0
}

// steps returns the features at every step, of the images that have numbers there, less
// their mean over images and steps. A step at which nothing can be decoded has no rows.
func (f *features) steps() []linear.Data {
	list := make([]linear.Data, len(f.x))
	sums, rows := make([]float64, f.dim), 0
	for s, x := range f.x {
		d := linear.Data{Dim: f.dim}
		for k := range f.places {
			for len(d.Start) < f.folds && k >= f.start[len(d.Start)] {
				d.Start = append(d.Start, len(d.Image))
			}
			if own := x[k*f.dim:][:f.dim]; finite(own) {
				copy(x[len(d.Image)*f.dim:], own)
				d.Image = append(d.Image, k)
				for j, v := range own {
					sums[j] += float64(v)
				}
				rows++
			}
		}
		d.Start = append(d.Start, len(d.Image))
		d.X = x[:len(d.Image)*f.dim]
		list[s] = d
	}
	for s := range list {
		for i, v := range list[s].X {
			list[s].X[i] = float32(float64(v) - sums[i%f.dim]/float64(rows))
		}
		if !list[s].Decodable(f.labels) {
			list[s] = linear.Data{Dim: f.dim, Start: make([]int, f.folds+1)}
		}
	}
	return list
}

func finite(x []float32) bool {
	sum := float32(0)
	for _, v := range x {
		sum += v - v
	}
	return sum == 0
}

// note says what was decoded, how it was tested and what features are.
func (f *features) note() string {
	if f.project == nil {
		return f.target.note()
	}
	return f.target.note() + "; " + strconv.Itoa(f.dim) + " random projections"
}

// decoder is that of one step.
type decoder struct {
	weights   []linear.Weights // without each fold
	penalties []float64
	scores    [][]linear.Score // at each step that it is tested at, by fold

	// By exchange of labels, at each of these steps: trained on exchanged labels and, at
	// another step, tested on the labels themselves; and at another step the other way round.
	null, swapped [][]linear.Score
}

// decoders fits one at each step, and tests it there or, for all, at every step; nil where
// there is nothing to decode.
func (f *features) decoders(steps []linear.Data, all bool) []*decoder {
	draws := f.split.Draws(f.labels, f.permutations, uint64(f.seed))
	list := make([]*decoder, len(steps))
	parallel.For(len(steps), func(s int) {
		if steps[s].Rows() == 0 {
			return
		}
		fit, d := f.fit(steps[s]), &decoder{}
		for k := range f.folds {
			d.weights, d.penalties = append(d.weights, fit.Without(k)), append(d.penalties, fit.Penalty(k))
		}
		var tests []linear.Judged
		for at, x := range steps {
			switch {
			case at == s:
				tests = append(tests, linear.Judged{Data: x})
			case all && x.Rows() > 0:
				tests = append(tests, linear.Judged{Data: x, By: &f.labels})
			}
		}
		for _, x := range tests {
			d.scores = append(d.scores, linear.Test(fit, x.Data, f.labels))
		}
		if len(draws) > 0 {
			d.null = linear.Null(fit, tests, draws)
			for k, x := range tests {
				if x.By == nil {
					d.swapped = append(d.swapped, d.null[k])
				} else {
					d.swapped = append(d.swapped, linear.Exchanged(fit, x.Data, draws))
				}
			}
		}
		list[s] = d
	})
	return list
}

// overFolds are the mean of the scores of folds and its 95 % interval. Folds share training
// images, so that their scores depend on each other: the variance of the mean is taken as
// (1/k + 1/(k-1))·s² of k folds, with Student's t (Nadeau and Bengio 2003).
func overFolds(scores []linear.Score, number int) (mean, low, high float64) {
	var m moments
	for _, s := range scores {
		if !math.IsNaN(s[number]) {
			m.add(s[number])
		}
	}
	if m.n < 2 {
		mean, low, high = m.interval()
		return mean, low, high
	}
	k := float64(m.n)
	half := StudentT95(m.n-1) * math.Sqrt((1/k+1/(k-1))*m.variance())
	return m.mean, m.mean - half, m.mean + half
}
