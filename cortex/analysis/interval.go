package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// moments accumulates mean and variance of numbers one at a time (Welford
// 1962), and how many were not numbers.
type moments struct {
	n         int
	mean, m2  float64
	undefined int
}

func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.m2 += d * (x - m.mean)
}

// variance is unbiased; NaN for fewer than two numbers.
func (m *moments) variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.n-1)
}

// interval returns the mean and its 95 % interval, mean ± t(0.975, n-1)·s/√n.
// The ends are NaN for one number, all are for none.
func (m *moments) interval() (mean, low, high float64) {
	nan := math.NaN()
	switch m.n {
	case 0:
		return nan, nan, nan
	case 1:
		return m.mean, nan, nan
	}
	half := StudentT95(m.n-1) * math.Sqrt(m.variance()/float64(m.n))
	return m.mean, m.mean - half, m.mean + half
}

// StudentT95 returns the 0.975 quantile of Student's t.
func StudentT95(degrees int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(degrees)}.Quantile(0.975)
}

// MeanInterval returns the mean of the numbers that are not NaN, its 95 % t
// interval and their count.
func MeanInterval(x []float64) (mean, low, high float64, n int) {
	var m moments
	for _, v := range x {
		if !math.IsNaN(v) {
			m.add(v)
		}
	}
	mean, low, high = m.interval()
	return mean, low, high, m.n
}

// Wilson returns the 95 % score interval of k successes in n trials (Wilson
// 1927), with z = 1.959964:
//
//	(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)
func Wilson(k, n int) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return math.Max(0, centre-half), math.Min(1, centre+half)
}

// summary has the positions of the last axis of a frame over steps.
var summary = Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "undefined"}}

// overSteps makes a frame [area, step, statistic] from one accumulator per step.
func overSteps(l *Recording, name, unit, note string, scale float64, each []moments) Frame {
	f := Frame{Name: name, Unit: unit, Title: l.Area, Note: note, Axes: []Axis{l.areaAxis(), l.stepAxis(), summary}}
	for i := range each {
		mean, low, high := each[i].interval()
		f.Data = append(f.Data, scale*mean, scale*low, scale*high, float64(each[i].n), float64(each[i].undefined))
	}
	return f
}
