package cpu

import "math"

// ln 2 in two parts, the first with few enough bits that a multiple is exact.
const (
	ln2High = 0.693359375
	ln2Low  = -2.12194440e-4
)

// reduce returns n and e^r - 1, where x = n·ln 2 + r and |r| ≤ ln 2/2. The
// polynomial is that of expf in S. Moshier's Cephes library.
func reduce(x float32) (n int32, m float32) {
	const round = 3 << 22 // pushes the fraction out of a float32
	t := x*math.Log2E + round
	t -= round
	r := x - t*ln2High - t*ln2Low
	p := float32(1.9875691500e-4)
	p = p*r + 1.3981999507e-3
	p = p*r + 8.3334519073e-3
	p = p*r + 4.1665795894e-2
	p = p*r + 1.6666665459e-1
	p = p*r + 5.0000001201e-1
	return int32(t), p*r*r + r
}

// power2 returns 2ⁿ, -126 ≤ n ≤ 127.
func power2(n int32) float32 { return math.Float32frombits(uint32(n+127) << 23) }

// exponential returns e^x within three units of the last place.
func exponential(x float32) float32 {
	switch {
	case x > 88.8:
		return float32(math.Inf(1))
	case x < -104:
		return 0
	}
	n, m := reduce(x)
	return (m + 1) * power2(n>>1) * power2(n-n>>1)
}

// exponentialM1 returns e^x - 1 within three units of the last place, x ≤ 80.
func exponentialM1(x float32) float32 {
	if x < -30 {
		return -1
	}
	n, m := reduce(x)
	s := power2(n)
	return s*m + (s - 1)
}

// logarithmP1 returns ln(1+x), 0 ≤ x ≤ 1, as twice the inverse hyperbolic
// tangent of x/(2+x).
func logarithmP1(x float32) float32 {
	s := x / (2 + x)
	z := s * s
	p := float32(1. / 13)
	p = p*z + 1./11
	p = p*z + 1./9
	p = p*z + 1./7
	p = p*z + 1./5
	p = p*z + 1./3
	return 2*s + 2*s*z*p
}

func sigmoid(x float32) float32 { return 1 / (1 + exponential(-x)) }

func softplus(x float32) float32 { return max(x, 0) + logarithmP1(exponential(-abs(x))) }

func softplusGrad(y float32) float32 { return -exponentialM1(-y) }

func hyperbolicTangent(x float32) float32 {
	a := abs(x)
	r := float32(1)
	if !(a > 10) {
		m := exponentialM1(2 * a)
		r = m / (m + 2)
	}
	return math.Float32frombits(math.Float32bits(r) | math.Float32bits(x)&(1<<31))
}

func elu(x float32) float32 {
	if x < 0 {
		return exponentialM1(x)
	}
	return x
}

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }
