package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"ventral/cortex/analysis/geometry"
	"ventral/cortex/parallel"
	"ventral/experiments/statistics"
)

// defined says of a matrix [n, n] which images have distances. The number of an image with
// itself tells.
func defined(matrix []float64, n int) (mask []float64, images int) {
	mask = make([]float64, n)
	for i := range mask {
		if v := matrix[i*n+i]; v == v {
			mask[i] = 1
			images++
		}
	}
	return mask, images
}

// leastCompared is the least number of images whose matrices are compared: three pairs.
const leastCompared = 3

// compared is a matrix of an area at a step, made ready to be compared.
type compared struct {
	*geometry.Vector
	mask   []float64 // of images: 1, or 0 where one has no distances
	images int
}

// ready makes matrices of an area ready, one a step.
func ready(data []float64, n int, measure geometry.Measure) []compared {
	list := make([]compared, len(data)/(n*n))
	parallel.For(len(list), func(s int) {
		matrix := data[s*n*n:][:n*n]
		mask, images := defined(matrix, n)
		list[s] = compared{geometry.NewVector(geometry.Upper(matrix, n), measure), mask, images}
	})
	return list
}

// similar compares two matrices, over pairs of images that have distances in both.
func similar(a, b compared, measure geometry.Measure) float64 {
	n := len(a.mask)
	both, images := make([]float64, n), 0
	for i := range both {
		if both[i] = a.mask[i] * b.mask[i]; both[i] > 0 {
			images++
		}
	}
	if images < leastCompared {
		return math.NaN()
	}
	return geometry.Similarity(measure, a.Vector, b.Vector, geometry.NewWeights(both))
}

// measureNames are the measures in words.
var measureNames = map[string]string{"spearman": "Spearman's ρ", "pearson": "Pearson's r", "cosine": "cosine", "kendall": "Kendall's τ-a"}

// overSteps is "rdm similarity".
func (m *rdm) overSteps(area Axis) Frame {
	first := m.areas[0].x
	n, steps := len(first.first), first.of.stepAxis()
	f := Frame{Name: "rdm similarity", Title: "Similarity of the geometry of two steps", Unit: measureNames[m.Compare], Axes: []Axis{area, steps, steps},
		Note: fmt.Sprintf("%s of the dissimilarities (%s) at two steps over the pairs of %d %s; one network, no interval", measureNames[m.Compare], m.Distance, n, m.patternWord())}
	measure := geometry.Measure(m.Compare)
	k := steps.Len()
	for _, a := range m.areas {
		list, data := ready(a.data, n, measure), make([]float64, k*k)
		parallel.For(k*k, func(i int) {
			if s, t := i/k, i%k; s <= t {
				v := similar(list[s], list[t], measure)
				data[s*k+t], data[t*k+s] = v, v
			}
		})
		f.Data = append(f.Data, data...)
	}
	return f
}

// patternWord names what has a pattern, in the plural.
func (m *rdm) patternWord() string {
	switch m.By {
	case "image":
		return "images"
	case "class":
		return "class means"
	}
	return "means by " + m.By
}

// modelStatistics are the last axis of similarities to a model.
var modelStatistics = Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "p"}}

// againstModels are the frames "rdm and MODEL".
func (m *rdm) againstModels(area Axis) (frames []Frame) {
	if len(m.models) == 0 {
		return nil
	}
	first, measure := m.areas[0].x, geometry.Measure(m.Compare)
	n, steps := len(first.first), first.of.stepAxis()
	var all []compared
	for _, a := range m.areas {
		all = append(all, ready(a.data, n, measure)...)
	}
	for _, x := range m.models {
		table := testModel(x, all, n, measure, m.Draws, uint64(m.Seed))
		f := Frame{Name: "rdm and " + x.name, Title: "Similarity to the model of " + x.name, Unit: measureNames[m.Compare], Axes: []Axis{area, steps, modelStatistics},
			Note: fmt.Sprintf("%s of the dissimilarities (%s) with %s, over the pairs of %d %s; 95 %% percentile interval over %d draws of %s; p by as many permutations of them, one-sided, largest similarity over all areas and steps; one network: the claim is about images",
				measureNames[m.Compare], m.Distance, x.about, n, m.patternWord(), m.Draws, m.patternWord())}
		for k, v := range table {
			f.Data = append(f.Data, v.mean, v.low, v.high, float64(all[k].images), v.p)
		}
		frames = append(frames, f)
	}
	return frames
}

// tested is a similarity with its interval and p; NaN where there is none.
type tested struct{ mean, low, high, p float64 }

// testModel compares a model with matrices at all areas and steps.
func testModel(x *model, all []compared, n int, measure geometry.Measure, draws int, seed uint64) []tested {
	against := geometry.NewVector(x.pairs, measure)
	table := make([]tested, len(all))
	drawn, largest := make([][]float64, draws), make([]float64, draws)
	for k, a := range all {
		table[k] = tested{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		if a.images >= leastCompared {
			table[k].mean = similar(a, compared{against, ones(n), n}, measure)
		}
	}
	parallel.For(draws, func(d int) {
		drawn[d] = make([]float64, len(all))
		images, of := drawnAgain(seed, d, n), make([]float64, n)
		var w *geometry.Weights
		var unit, own []float64
		for k, a := range all {
			if k == 0 || !slices.Equal(a.mask, all[k-1].mask) {
				for i, c := range images {
					of[i] = c * a.mask[i]
				}
				w = geometry.NewWeights(of)
				unit, own = make([]float64, w.Len()), make([]float64, w.Len())
				if measure != geometry.KendallTauA && !against.Unit(measure, w, unit) {
					unit = nil
				}
			}
			switch {
			case measure == geometry.KendallTauA:
				drawn[d][k] = geometry.Similarity(measure, a.Vector, against, w)
			case unit == nil || !a.Unit(measure, w, own):
				drawn[d][k] = math.NaN()
			default:
				for i, v := range own {
					drawn[d][k] += v * unit[i]
				}
			}
		}
	})
	permute := newPermuted(all, against, x.pairs, n, measure)
	parallel.For(draws, func(d int) {
		largest[d] = math.Inf(-1)
		for _, v := range permute.similarities(shuffledPlaces(seed, d, n)) {
			if v > largest[d] { // not where it is NaN
				largest[d] = v
			}
		}
	})
	for k := range table {
		if math.IsNaN(table[k].mean) || draws == 0 {
			continue
		}
		table[k].low, table[k].high = percentiles(drawn, k)
		reached := 1
		for _, v := range largest {
			if v >= table[k].mean-1e-12 {
				reached++
			}
		}
		table[k].p = float64(reached) / float64(1+draws)
	}
	return table
}

// drawnAgain is how often each of n images comes when n are drawn with replacement.
func drawnAgain(seed uint64, draw, n int) []float64 {
	r, counts := rand.New(rand.NewPCG(seed, 2*uint64(draw))), make([]float64, n)
	for range n {
		counts[r.IntN(n)]++
	}
	return counts
}

// shuffledPlaces is a permutation of n images.
func shuffledPlaces(seed uint64, draw, n int) []int {
	return rand.New(rand.NewPCG(seed, 2*uint64(draw)+1)).Perm(n)
}

// percentiles are the 95 % percentile interval of a column of draws.
func percentiles(drawn [][]float64, k int) (low, high float64) {
	var list []float64
	for _, row := range drawn {
		if v := row[k]; v == v {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(list)
	return statistics.Quantile(list, 0.025), statistics.Quantile(list, 0.975)
}

// permuted compares matrices with a model whose images are permuted among those that have
// distances, the same at all areas and steps.
type permuted struct {
	all     []compared
	measure geometry.Measure
	n       int
	units   []permutedUnit
}

// permutedUnit has the numbers whose products are the similarity.
type permutedUnit struct {
	images  []int // that have distances
	weights *geometry.Weights
	own     []float64   // pairs
	model   [][]float64 // [image][image], of Kendall's as it is
}

func newPermuted(all []compared, against *geometry.Vector, pairs []float64, n int, measure geometry.Measure) *permuted {
	p := &permuted{all, measure, n, make([]permutedUnit, len(all))}
	same := map[string]permutedUnit{}
	for k, a := range all {
		key := fmt.Sprint(a.mask)
		u, ok := same[key]
		if !ok {
			u.weights = geometry.NewWeights(a.mask)
			for i, w := range a.mask {
				if w > 0 {
					u.images = append(u.images, i)
				}
			}
			unit := make([]float64, u.weights.Len())
			if measure == geometry.KendallTauA {
				u.model = geometry.NewWeights(ones(n)).Square(pairs, n)
			} else {
				against.Unit(measure, u.weights, unit)
				u.model = u.weights.Square(unit, n)
			}
			same[key] = u
		}
		if measure != geometry.KendallTauA {
			u.own = make([]float64, u.weights.Len())
			if !a.Unit(measure, u.weights, u.own) {
				u.images = nil
			}
		}
		p.units[k] = u
	}
	return p
}

// shuffledAmong are the images of a permutation, of which only some take part: the place of
// each of n, others their own.
func shuffledAmong(images, order []int, n int) []int {
	rank, to := make([]int, n), make([]int, n)
	for k, i := range order {
		rank[i], to[k] = k, k
	}
	moved := slices.Clone(images)
	slices.SortFunc(moved, func(a, b int) int { return rank[a] - rank[b] })
	for k, i := range images {
		to[i] = moved[k]
	}
	return to
}

// similarities are those to the model with permuted images; NaN where there is none.
func (p *permuted) similarities(order []int) []float64 {
	list := make([]float64, len(p.all))
	for k, u := range p.units {
		list[k] = math.NaN()
		if len(u.images) < leastCompared {
			continue
		}
		moved := make([]float64, u.weights.Len())
		u.weights.Moved(u.model, shuffledAmong(u.images, order, p.n), moved)
		if p.measure == geometry.KendallTauA {
			whole := make([]float64, geometry.Pairs(p.n))
			u.weights.Spread(moved, whole)
			list[k] = geometry.Similarity(p.measure, p.all[k].Vector, geometry.NewVector(whole, p.measure), u.weights)
			continue
		}
		sum := 0.0
		for i, v := range u.own {
			sum += v * moved[i]
		}
		list[k] = sum
	}
	return list
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }
