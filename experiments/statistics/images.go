package statistics

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// McNemar tests whether two networks answer the same images equally often
// rightly, from the numbers of images that only the first, and only the other,
// answers rightly. Given their sum n, the first is binomial(n, 1/2). Exact is
// min(1, 2·P(X ≤ k)) with k the smaller; mid is 2·P(X < k) + P(X = k), at most 1,
// less conservative (Fagerland, Lydersen and Laake 2013). Swapping answers of
// single images at random, in all 2ⁿ ways, is the exact test.
func McNemar(first, other int) (exact, mid float64) {
	n, k := first+other, min(first, other)
	if n == 0 {
		return 1, 1
	}
	x := distuv.Binomial{N: float64(n), P: 0.5}
	below := x.CDF(float64(k))
	at := x.Prob(float64(k))
	return min(1, 2*below), min(1, 2*below-at)
}

// SignFlip tests whether paired differences are as likely above 0 as below: it
// turns the sign of each at random. The p value is two-sided,
// (1 + #{|mean of flipped| ≥ |mean|}) / (1 + draws), never 0; NaN where a
// difference is not finite.
func SignFlip(d []float64, draws int, seed uint64) float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	observed, size := 0.0, 0.0
	for _, v := range d {
		observed += v
		size += math.Abs(v)
	}
	if math.IsNaN(size) || math.IsInf(size, 0) {
		return math.NaN()
	}
	observed = math.Abs(observed) - 1e-12*size // sums in another order
	reached := 0
	for range draws {
		sum := 0.0
		var bits uint64
		for i, v := range d {
			if i%64 == 0 {
				bits = random.Uint64()
			}
			if bits&1 == 0 {
				v = -v
			}
			bits >>= 1
			sum += v
		}
		if math.Abs(sum) >= observed {
			reached++
		}
	}
	return float64(1+reached) / float64(1+draws)
}

// Bootstrap returns the percentile interval of the mean when the numbers, one
// an image, are drawn again with replacement. For the tens of numbers that runs
// are it is too short; it is meant for hundreds of images and more.
func Bootstrap(d []float64, level float64, draws int, seed uint64) (low, high float64) {
	if len(d) == 0 || draws == 0 {
		return math.NaN(), math.NaN()
	}
	random := rand.New(rand.NewPCG(seed, 2))
	means := make([]float64, draws)
	for k := range means {
		sum := 0.0
		for range d {
			sum += d[random.IntN(len(d))]
		}
		means[k] = sum / float64(len(d))
	}
	slices.Sort(means)
	return Quantile(means, (1-level)/2), Quantile(means, 1-(1-level)/2)
}

// Quantile returns that of sorted numbers, linear between them (Hyndman and
// Fan's seventh).
func Quantile(sorted []float64, q float64) float64 {
	x := q * float64(len(sorted)-1)
	i := min(int(x), len(sorted)-1)
	j := min(i+1, len(sorted)-1)
	return sorted[i] + (x-float64(i))*(sorted[j]-sorted[i])
}
