package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/analysis/geometry"
	"ventral/cortex/parallel"
)

// rdmScorer compares matrices of areas with those of subjects.
type rdmScorer struct {
	*brains
	n        int
	measure  geometry.Measure
	subjects int
	data     [][]*geometry.Vector // [time][subject]
	cells    []compared           // [area, step]
}

func newRDMScorer(m *brains, places []int) (*rdmScorer, error) {
	r := &rdmScorer{brains: m, n: len(places), measure: m.measured(), subjects: m.file.Subjects()}
	r.data = make([][]*geometry.Vector, len(m.file.Times))
	err := m.file.RDMs(places, func(_, time int, pairs []float64) {
		r.data[time] = append(r.data[time], geometry.NewVector(pairs, r.measure))
	})
	return r, err
}

// area makes the matrices of an area.
func (r *rdmScorer) area(x *gathered) error {
	data := make([]float64, 0, len(x.of.Steps)*r.n*r.n)
	for s := range x.of.Steps {
		rows := make([][]float64, r.n)
		for i := range rows {
			rows[i] = x.at(i, 0, s)
		}
		matrix, _ := geometry.Distance(r.Distance).Matrix(rows, x.of.Units())
		data = append(data, matrix...)
	}
	r.cells = append(r.cells, ready(data, r.n, r.measure)...)
	return nil
}

// masked is cells whose images with distances are the same.
type masked struct {
	mask  []float64
	cells []int
}

// groups sorts cells by their images.
func (r *rdmScorer) groups() (list []masked) {
	for c, x := range r.cells {
		if x.images < leastCompared {
			continue
		}
		k := slices.IndexFunc(list, func(g masked) bool { return slices.Equal(g.mask, x.mask) })
		if k < 0 {
			k, list = len(list), append(list, masked{mask: x.mask})
		}
		list[k].cells = append(list[k].cells, c)
	}
	return list
}

// similarities are [cell, time] of images and subjects that count so often; NaN where there
// is none.
func (r *rdmScorer) similarities(groups []masked, images, subjects []float64) []float64 {
	times, of := len(r.data), make([]float64, r.n)
	out := slices.Repeat([]float64{math.NaN()}, len(r.cells)*times)
	for _, g := range groups {
		n := 0
		for i, w := range g.mask {
			if of[i] = w * images[i]; of[i] > 0 {
				n++
			}
		}
		if n < leastCompared {
			continue
		}
		weights := geometry.NewWeights(of)
		units, mean, one := make([][]float64, len(g.cells)), make([]float64, weights.Len()), make([]float64, weights.Len())
		for k, c := range g.cells {
			unit := make([]float64, weights.Len())
			if r.cells[c].Unit(r.measure, weights, unit) {
				units[k] = unit
			}
		}
		for t := range times {
			r.meanUnit(t, subjects, weights, one, mean)
			for k, c := range g.cells {
				if units[k] == nil {
					continue
				}
				sum := 0.0
				for p, v := range units[k] {
					sum += v * mean[p]
				}
				out[c*times+t] = sum
			}
		}
	}
	return out
}

// meanUnit is the mean over subjects, that count so often, of their unit numbers at a time:
// its product with a matrix is the mean of similarities.
func (r *rdmScorer) meanUnit(t int, subjects []float64, weights *geometry.Weights, one, mean []float64) {
	clear(mean)
	total := 0.0
	for s, v := range r.data[t] {
		if subjects[s] > 0 && v.Unit(r.measure, weights, one) {
			total += subjects[s]
			for p, x := range one {
				mean[p] += subjects[s] * x
			}
		}
	}
	for p := range mean {
		mean[p] /= total
	}
}

// scores draws images and subjects again, and permutes images.
func (r *rdmScorer) scores() *brainScores {
	groups := r.groups()
	s := &brainScores{name: "similarity", unit: measureNames[r.Compare], draws: make([]drawn, r.Draws)}
	rest := make([]float64, r.n)
	for i, v := range r.half {
		rest[i] = 1 - v
	}
	all := ones(r.subjects)
	s.full, s.chosen, s.rest = r.similarities(groups, ones(r.n), all), r.similarities(groups, r.half, all), r.similarities(groups, rest, all)
	parallel.For(r.Draws, func(d int) {
		images, subjects := drawnAgain(uint64(r.Seed), d, r.n), all
		if r.subjects > 1 {
			subjects = drawnAgain(uint64(r.Seed)+1<<32, d, r.subjects)
		}
		part := func(of []float64) []float64 {
			w := slices.Clone(images)
			for i := range w {
				w[i] *= of[i]
			}
			return r.similarities(groups, w, subjects)
		}
		s.draws[d] = drawn{part(ones(r.n)), part(r.half), part(rest)}
	})
	s.p = r.permuted(groups, s.full)
	for t := range r.data {
		low, high := geometry.Ceiling(r.measure, r.data[t])
		s.low, s.high = append(s.low, low), append(s.high, high)
	}
	over := "over images that are drawn again"
	who := "one subject"
	if r.subjects > 1 {
		over, who = "over images and subjects that are drawn again", fmt.Sprintf("%d subjects", r.subjects)
	}
	s.what = fmt.Sprintf("%s of the dissimilarities (%s) of the %ss with those of %s, mean over subjects; 95 %% percentile interval %s, never pairs", measureNames[r.Compare], r.Distance, r.Signal, who, over)
	s.ceiling = "ceilings of Nili et al. 2014: a subject with the mean of the others, and of all"
	if r.subjects < 2 {
		s.ceiling = "one subject: no ceiling"
	}
	s.test = "p by permutation of the images"
	return s
}

// permuted is p of each similarity, [cell, time].
func (r *rdmScorer) permuted(groups []masked, observed []float64) []float64 {
	type prepared struct {
		images  []int
		weights *geometry.Weights
		means   [][]float64   // [time]
		units   [][][]float64 // [cell] as matrices
	}
	var list []prepared
	for _, g := range groups {
		x := prepared{weights: geometry.NewWeights(g.mask)}
		one := make([]float64, x.weights.Len())
		for i, w := range g.mask {
			if w > 0 {
				x.images = append(x.images, i)
			}
		}
		for t := range r.data {
			mean := make([]float64, len(one))
			r.meanUnit(t, ones(r.subjects), x.weights, one, mean)
			x.means = append(x.means, mean)
		}
		for _, c := range g.cells {
			if r.cells[c].Unit(r.measure, x.weights, one) {
				x.units = append(x.units, x.weights.Square(one, r.n))
			}
		}
		list = append(list, x)
	}
	largest := make([]float64, r.Draws)
	parallel.For(r.Draws, func(d int) {
		largest[d] = math.Inf(-1)
		order := shuffledPlaces(uint64(r.Seed), d, r.n)
		for _, x := range list {
			to, moved := shuffledAmong(x.images, order, r.n), make([]float64, x.weights.Len())
			for _, unit := range x.units {
				x.weights.Moved(unit, to, moved)
				for _, mean := range x.means {
					sum := 0.0
					for p, v := range moved {
						sum += v * mean[p]
					}
					if sum > largest[d] {
						largest[d] = sum
					}
				}
			}
		}
	})
	return reachedBy(observed, largest)
}

// reachedBy is p of each number: (1 + #{largest ≥ number}) / (1 + draws); NaN without draws.
func reachedBy(observed, largest []float64) []float64 {
	sorted := slices.Sorted(slices.Values(largest))
	p := make([]float64, len(observed))
	for k, v := range observed {
		at, _ := slices.BinarySearch(sorted, v-1e-12)
		if p[k] = float64(1+len(sorted)-at) / float64(1+len(sorted)); math.IsNaN(v) || len(sorted) == 0 {
			p[k] = math.NaN()
		}
	}
	return p
}
