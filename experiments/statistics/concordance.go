package statistics

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Concordance is Harrell's index of times that may be censored with other numbers: of
// pairs whose order is known, the share in which the longer time has the larger number; a
// pair with equal numbers counts half. The order of a pair is known where the shorter time
// is no censored one; of equal times, where one alone is censored, which then is the
// longer. Low and high are the jackknife 95 % interval over the observations. It is 0.5
// where both have nothing to do with each other, NaN where no pair has an order.
func Concordance(times []float64, observed []bool, numbers []float64) (c, low, high float64) {
	n := len(times)
	agree, pairs := make([]float64, n), make([]float64, n)
	sum, total := 0.0, 0.0
	for i := range n {
		for j := range n {
			if !before(times, observed, i, j) {
				continue
			}
			x := 0.0
			switch {
			case numbers[i] < numbers[j]:
				x = 1
			case numbers[i] == numbers[j]:
				x = 0.5
			}
			agree[i], agree[j], sum = agree[i]+x, agree[j]+x, sum+x
			pairs[i], pairs[j], total = pairs[i]+1, pairs[j]+1, total+1
		}
	}
	if total == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	c = sum / total
	mean, square, count := 0.0, 0.0, 0.0
	for i := range n {
		if rest := total - pairs[i]; rest > 0 {
			v := (sum - agree[i]) / rest
			mean, square, count = mean+v, square+v*v, count+1
		}
	}
	mean /= count
	variance := (count - 1) / count * (square - count*mean*mean)
	half := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975) * math.Sqrt(max(variance, 0))
	return c, max(0, c-half), min(1, c+half)
}

// before reports whether time i is known to be shorter than time j.
func before(times []float64, observed []bool, i, j int) bool {
	return observed[i] && (times[i] < times[j] || times[i] == times[j] && !observed[j])
}

// ConcordanceP tests whether a concordance is other than 0.5, by permuting the numbers
// over the observations: (1 + #{|c - 0.5| of a permutation ≥ that found}) / (1 + draws).
func ConcordanceP(times []float64, observed []bool, numbers []float64, draws int, seed uint64) float64 {
	k := newRanks(times, observed, numbers)
	own := math.Abs(k.concordance() - 0.5)
	if math.IsNaN(own) {
		return own
	}
	r := rand.New(rand.NewPCG(seed, 0xc0))
	reached := 1
	for range draws {
		r.Shuffle(len(k.rank), func(i, j int) { k.rank[i], k.rank[j] = k.rank[j], k.rank[i] })
		if math.Abs(k.concordance()-0.5) >= own-1e-12 {
			reached++
		}
	}
	return float64(reached) / float64(1+draws)
}

// ranks count concordant pairs in n log n steps: from the longest time down, a tree of
// the ranks of numbers holds those that are known to be longer.
type ranks struct {
	order    []int // observations from the longest time, censored ones of a time first
	times    []float64
	observed []bool
	rank     []int // of the numbers, from 1; equal ones are equal
	tree     []int
}

func newRanks(times []float64, observed []bool, numbers []float64) *ranks {
	n := len(times)
	k := &ranks{times: times, observed: observed, order: make([]int, n), rank: make([]int, n), tree: make([]int, n+1)}
	distinct := slices.Clone(numbers)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	for i := range n {
		k.order[i] = i
		at, _ := slices.BinarySearch(distinct, numbers[i])
		k.rank[i] = at + 1
	}
	slices.SortFunc(k.order, func(i, j int) int {
		switch {
		case times[i] > times[j]:
			return -1
		case times[i] < times[j]:
			return 1
		case observed[i] != observed[j]:
			if observed[j] {
				return -1
			}
			return 1
		}
		return i - j
	})
	return k
}

func (k *ranks) concordance() float64 {
	clear(k.tree)
	upTo := func(r int) (sum int) {
		for ; r > 0; r &= r - 1 {
			sum += k.tree[r]
		}
		return sum
	}
	agree, pairs, held := 0.0, 0.0, 0
	for at := 0; at < len(k.order); {
		end := at // a time, and observed or not, at once: among themselves they have no order
		for end < len(k.order) && k.times[k.order[end]] == k.times[k.order[at]] && k.observed[k.order[end]] == k.observed[k.order[at]] {
			end++
		}
		for _, i := range k.order[at:end] {
			if k.observed[i] {
				low := upTo(k.rank[i])
				agree += float64(held-low) + float64(low-upTo(k.rank[i]-1))/2
				pairs += float64(held)
			}
		}
		for _, i := range k.order[at:end] {
			for r := k.rank[i]; r < len(k.tree); r += r & -r {
				k.tree[r]++
			}
			held++
		}
		at = end
	}
	return agree / pairs
}
