package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/analysis/brain"
	"ventral/cortex/analysis/predict"
	"ventral/cortex/parallel"
)

// responseScorer predicts responses from areas.
type responseScorer struct {
	*brains
	n       int
	of      *brain.Responses
	y       [][][]float64 // [time][image][unit]
	plans   []plan
	largest []float64 // of permutations, over all cells
	s       *brainScores
}

// plan is a fit to some images that is tested on others.
type plan struct {
	predict.Split
	part int // 0: of all images; 1: within the half of choices; 2: fitted to that half, tested on the rest
}

func newResponseScorer(m *brains, places []int) (*responseScorer, error) {
	x, err := m.file.Responses(places, uint64(m.Seed))
	if err != nil {
		return nil, err
	}
	r := &responseScorer{brains: m, n: len(places), of: x, largest: slices.Repeat([]float64{math.Inf(-1)}, m.Draws)}
	for t := range x.Times {
		rows := make([][]float64, r.n)
		for i := range rows {
			for _, v := range x.X[(t*r.n+i)*x.Units:][:x.Units] {
				rows[i] = append(rows[i], float64(v))
			}
		}
		r.y = append(r.y, rows)
	}
	for _, s := range predict.Splits(r.n, m.Splits, uint64(m.Seed)) {
		r.plans = append(r.plans, plan{s, 0})
	}
	var half, rest []int
	for i, v := range m.half {
		if v > 0 {
			half = append(half, i)
		} else {
			rest = append(rest, i)
		}
	}
	a, b := half[:len(half)/2], half[len(half)/2:]
	r.plans = append(r.plans, plan{predict.Split{Train: a, Test: b}, 1}, plan{predict.Split{Train: b, Test: a}, 1}, plan{predict.Split{Train: half, Test: rest}, 2})
	r.s = &brainScores{name: "predictivity", unit: "r", draws: make([]drawn, m.Draws)}
	return r, nil
}

// area fits and tests an area at every step.
func (r *responseScorer) area(x *gathered) error {
	for s := range x.of.Steps {
		rows, whole := make([][]float64, r.n), true
		for i := range rows {
			rows[i] = x.at(i, 0, s)
			whole = whole && !slices.ContainsFunc(rows[i], func(v float64) bool { return v-v != 0 })
		}
		if whole {
			r.cell(rows)
			continue
		}
		blank := slices.Repeat([]float64{math.NaN()}, len(r.y))
		r.s.full, r.s.chosen, r.s.rest = append(r.s.full, blank...), append(r.s.chosen, blank...), append(r.s.rest, blank...)
		for d := range r.s.draws {
			w := &r.s.draws[d]
			w.full, w.chosen, w.rest = append(w.full, blank...), append(w.chosen, blank...), append(w.rest, blank...)
		}
	}
	return nil
}

func some(rows [][]float64, places []int) [][]float64 {
	list := make([][]float64, len(places))
	for k, i := range places {
		list[k] = rows[i]
	}
	return list
}

// cell fits and tests an area at a step.
func (r *responseScorer) cell(rows [][]float64) {
	times := len(r.y)
	predicted := make([][][][]float64, len(r.plans)) // [plan][time][image][unit]
	parallel.For(len(r.plans), func(k int) {
		p := r.plans[k]
		f := predict.NewFeatures(some(rows, p.Train))
		var reduced *predict.Reduced
		if r.Mapping == "ridge" {
			reduced = predict.NewReduced(f)
		}
		tests := some(rows, p.Test)
		for t := range times {
			y := some(r.y[t], p.Train)
			var m predict.Map
			if r.Mapping == "ridge" {
				m, _ = reduced.Ridge(y)
			} else {
				m = f.PLS(y, r.Components)
			}
			predicted[k] = append(predicted[k], m.Predict(tests))
		}
	})
	measured := make([][][][]float64, len(r.plans))
	for k, p := range r.plans {
		for t := range times {
			measured[k] = append(measured[k], some(r.y[t], p.Test))
		}
	}
	// score is the predictivity of a part with images that count so often; nil is once.
	score := func(part, t int, images []float64) float64 {
		sums, counts := make([]float64, r.of.Units), make([]float64, r.of.Units)
		for k, p := range r.plans {
			if p.part != part {
				continue
			}
			var weights []float64
			if images != nil {
				weights = make([]float64, len(p.Test))
				for a, i := range p.Test {
					weights[a] = images[i]
				}
			}
			for u, v := range predict.Correlations(predicted[k][t], measured[k][t], weights) {
				if v == v {
					sums[u], counts[u] = sums[u]+v, counts[u]+1
				}
			}
		}
		for u := range sums {
			sums[u] /= counts[u]
		}
		return brain.Median(sums)
	}
	all := func(part int, images []float64) (list []float64) {
		for t := range times {
			list = append(list, score(part, t, images))
		}
		return list
	}
	rest := all(2, nil)
	r.s.full, r.s.chosen, r.s.rest = append(r.s.full, all(0, nil)...), append(r.s.chosen, all(1, nil)...), append(r.s.rest, rest...)
	last := len(r.plans) - 1
	var px, py [][][]float64 // of the rest, without their means, to the length 1
	for t := range times {
		px, py = append(px, standard(predicted[last][t])), append(py, standard(measured[last][t]))
	}
	parallel.For(r.Draws, func(d int) {
		images, w := drawnAgain(uint64(r.Seed), d, r.n), &r.s.draws[d]
		w.full, w.chosen, w.rest = append(w.full, all(0, images)...), append(w.chosen, all(1, images)...), append(w.rest, all(2, images)...)
		order := shuffledPlaces(uint64(r.Seed), d, len(r.plans[last].Test))
		for t := range times {
			sums := make([]float64, r.of.Units)
			for i, k := range order {
				for u, v := range px[t][i] {
					sums[u] += v * py[t][k][u]
				}
			}
			if v := brain.Median(sums); v > r.largest[d] {
				r.largest[d] = v
			}
		}
	})
}

// standard takes the mean of each response away and scales it to the length 1; NaN where it
// does not vary.
func standard(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i := range rows {
		out[i] = make([]float64, len(rows[i]))
	}
	for u := range rows[0] {
		mean, squares, size := 0.0, 0.0, 0.0
		for i := range rows {
			mean += rows[i][u] / float64(len(rows))
		}
		for i := range rows {
			out[i][u] = rows[i][u] - mean
			squares += out[i][u] * out[i][u]
			size += rows[i][u] * rows[i][u]
		}
		length := math.Sqrt(squares)
		if squares <= 1e-24*size {
			length = math.NaN()
		}
		for i := range rows {
			out[i][u] /= length
		}
	}
	return out
}

// scores adds p and ceilings.
func (r *responseScorer) scores() *brainScores {
	s := r.s
	s.p = reachedBy(s.rest, r.largest)
	for t := range r.y {
		c := r.of.CeilingAt(t)
		s.low, s.high = append(s.low, c), append(s.high, c)
	}
	how := "ridge regression, whose penalty generalised cross-validation chooses"
	if r.Mapping == "pls" {
		how = fmt.Sprintf("partial least squares with %d components", r.Components)
	}
	s.what = fmt.Sprintf("Pearson's r of measured and predicted responses over images that were not fitted, mean over %d random divisions (90 %% and 10 %%), median over %d units; %s of the %ss; 95 %% percentile interval over images that are drawn again, with the fits as they are", r.Splits, r.of.Units, how, r.Signal)
	if r.of.Left > 0 {
		s.what += fmt.Sprintf("; %d units that lack numbers are left out", r.of.Left)
	}
	s.ceiling = fmt.Sprintf("ceiling: reliability of the mean over repeats, halves with Spearman and Brown's correction, median over units, at least %d repeats", r.of.Repeats)
	if r.of.Repeats < 2 {
		s.ceiling = "without repeats: no ceiling"
	}
	s.test = "p of a fit to half of the images, tested on the rest, by permutation of these"
	s.reliability = true
	return s
}
