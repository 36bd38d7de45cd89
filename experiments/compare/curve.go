package compare

import (
	"math"
	"slices"

	"ventral/experiments/statistics"
)

// CurvePair compares accuracy over steps.
type CurvePair struct {
	First      string `json:"first"`
	Second     string `json:"second"`
	Steps      []int  `json:"steps"`
	Difference []num  `json:"difference"` // points, of the second from the first
	Low        []num  `json:"low"`        // Welch's 95 % interval at each step alone
	High       []num  `json:"high"`
	P          []num  `json:"p_max_statistic"` // adjusted over the steps of this pair
	Ways       int    `json:"divisions"`
	Exact      bool   `json:"all_divisions"`
}

// compareCurves compares accuracy at every step at which all runs of both
// variants have an answer; ok is false where there is none.
func compareCurves(a, b *Group) (c CurvePair, ok bool) {
	at := testedByEither(a.Runs[0], b.Runs[0])
	x, y := curves(a, at), curves(b, at)
	var keep []int
	for i := range at {
		missing := func(curve []float64) bool { return math.IsNaN(curve[i]) }
		if !slices.ContainsFunc(x, missing) && !slices.ContainsFunc(y, missing) {
			keep = append(keep, i)
		}
	}
	if len(keep) == 0 {
		return c, false
	}
	x, y = columns(x, keep), columns(y, keep)
	test := statistics.MaxStatistic(y, x, 1)
	c = CurvePair{First: a.Name, Second: b.Name, Ways: test.Ways, Exact: test.Exact}
	for i, k := range keep {
		d := statistics.Welch(column(y, i), column(x, i), 1-level)
		c.Steps = append(c.Steps, at[k])
		c.Difference, c.Low, c.High = append(c.Difference, num(d.Mean)), append(c.Low, num(d.Low)), append(c.High, num(d.High))
		c.P = append(c.P, num(test.P[i]))
	}
	return c, true
}

// testedByEither are the steps at which one of two runs or both were tested, in
// order.
func testedByEither(a, b *Run) []int {
	at := append(testedAt(a), testedAt(b)...)
	slices.Sort(at)
	return slices.Compact(at)
}

// curves are the accuracies of every run of a variant at steps [run][step]; NaN
// where a run was not tested.
func curves(g *Group, at []int) (list [][]float64) {
	for _, run := range g.Runs {
		curve := make([]float64, len(at))
		for i, t := range at {
			curve[i] = math.NaN()
			if s, ok := run.at(t, g.Recurrent); ok && t >= run.Test.Steps[0].Step {
				curve[i] = float64(s.Accuracy)
			}
		}
		list = append(list, curve)
	}
	return list
}

// columns are some of the columns of a table [row][column].
func columns(rows [][]float64, keep []int) (list [][]float64) {
	for _, row := range rows {
		var kept []float64
		for _, i := range keep {
			kept = append(kept, row[i])
		}
		list = append(list, kept)
	}
	return list
}

// column is one column of a table [row][column].
func column(rows [][]float64, i int) (list []float64) {
	for _, row := range rows {
		list = append(list, row[i])
	}
	return list
}
