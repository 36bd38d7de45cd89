package compare

import "ventral/experiments/statistics"

// Pair compares two variants by the primary outcome. Differences are everywhere
// those of the second from the first.
type Pair struct {
	First      string `json:"first"`
	Second     string `json:"second"`
	Difference num    `json:"difference"` // mean of the second minus that of the first
	Low        num    `json:"low"`        // Welch's 95 % interval, for this pair alone
	High       num    `json:"high"`
	AllLow     num    `json:"simultaneous_low"` // Bonferroni: all pairs' intervals hold together with 95 %
	AllHigh    num    `json:"simultaneous_high"`
	T          num    `json:"t"`
	DF         num    `json:"df"`
	P          num    `json:"p"`
	Adjusted   num    `json:"p_holm"`
	Runs       [2]int `json:"runs"`
	Verdict    string `json:"verdict"` // of the second: "better", "worse", "not told", "too few"
	Sentence   string `json:"sentence"`
}

// comparePairs tests the outcome of every two variants, with Holm's correction
// over all pairs. Enough is the number of runs of each variant with which a pair
// could be told apart at all.
func comparePairs(groups []*Group, o outcome) (pairs []Pair, enough int) {
	m := len(groups) * (len(groups) - 1) / 2
	pairs = []Pair{}
	var p []float64
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			x, y := a.values(o), b.values(o)
			d := statistics.Welch(y, x, 1-level)
			all := statistics.Welch(y, x, 1-level/float64(m))
			pairs = append(pairs, Pair{First: a.Name, Second: b.Name, Difference: num(d.Mean), Low: num(d.Low), High: num(d.High),
				AllLow: num(all.Low), AllHigh: num(all.High), T: num(d.T), DF: num(d.DF), P: num(d.P), Runs: [2]int{len(x), len(y)}})
			p = append(p, d.P)
		}
	}
	for i, q := range statistics.Holm(p) {
		pairs[i].Adjusted = num(q)
	}
	return pairs, statistics.FewestRuns(m, level)
}
