package compare

import (
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments/report"
	"ventral/experiments/statistics"
)

// AnalysisPair compares what an analysis gives of two variants, at every position of one of
// its frames.
type AnalysisPair struct {
	Analysis   string   `json:"analysis"` // name of the analysis, "" where that is its kind
	Frame      string   `json:"frame"`
	Unit       string   `json:"unit"`
	First      string   `json:"first"`
	Second     string   `json:"second"`
	Positions  []string `json:"positions"` // as "area=IT step=4"
	FirstMean  []num    `json:"first_mean"`
	SecondMean []num    `json:"second_mean"`
	Difference []num    `json:"difference"` // of the second from the first
	Low        []num    `json:"low"`        // Welch's 95 % interval at each position alone
	High       []num    `json:"high"`
	P          []num    `json:"p_max_statistic"` // adjusted over the positions of this frame and pair
	Ways       int      `json:"divisions"`
	Exact      bool     `json:"all_divisions"`
}

// analysed is a frame of every run of every variant.
type analysed struct {
	frame     analysis.Frame // of the first run
	positions []string
	of        [][][]float64 // [variant][run][position]
	frames    []analysis.Frame
}

// analysesOf collects the frames with means that all runs have, but for those that are
// drawn anyway. Frames of runs that have other positions are cut to the common ones.
func analysesOf(groups []*Group) ([]*analysed, error) {
	var list []*analysed
	runs := 0
	values := map[string][]map[string]float64{} // by frame, of each run
	first := map[string]analysis.Frame{}
	var order []string
	all := map[string][]analysis.Frame{}
	for _, g := range groups {
		for _, run := range g.Runs {
			x, err := report.ReadTested(run.Folder)
			if err != nil {
				return nil, err
			}
			for _, f := range x.Frames {
				if slices.Contains(joint, f.Name) && f.Analysis == "" || f.Column("mean") == nil {
					continue
				}
				key := f.Analysis + "\x00" + f.Name
				if _, ok := first[key]; !ok {
					first[key], order = f, append(order, key)
				}
				for len(values[key]) <= runs {
					values[key] = append(values[key], map[string]float64{})
				}
				for i, p := range positionsOf(f) {
					values[key][runs][p] = f.Column("mean")[i]
				}
				all[key] = append(all[key], f.With("run", runName(run)).With("variant", g.Name))
			}
			runs++
		}
	}
	for _, key := range order {
		if len(values[key]) < runs || slices.ContainsFunc(values[key], func(m map[string]float64) bool { return len(m) == 0 }) {
			continue // not made of every run
		}
		a := &analysed{frame: first[key], frames: all[key]}
		for _, p := range everyPosition(values[key], all[key]) {
			finite := !slices.ContainsFunc(values[key], func(m map[string]float64) bool {
				v, ok := m[p]
				return !ok || math.IsNaN(v) || math.IsInf(v, 0)
			})
			if finite {
				a.positions = append(a.positions, p)
			}
		}
		if len(a.positions) == 0 {
			continue
		}
		at := 0
		for _, g := range groups {
			var of [][]float64
			for range g.Runs {
				var row []float64
				for _, p := range a.positions {
					row = append(row, values[key][at][p])
				}
				of, at = append(of, row), at+1
			}
			a.of = append(a.of, of)
		}
		list = append(list, a)
	}
	return list, nil
}

// everyPosition are the positions of the first run's frames, in their order.
func everyPosition(values []map[string]float64, frames []analysis.Frame) (list []string) {
	for _, f := range frames {
		for _, p := range positionsOf(f) {
			if _, ok := values[0][p]; ok && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	}
	return list
}

// positionsOf names the positions of a frame [… statistic], without variant and run.
func positionsOf(f analysis.Frame) []string {
	list := []string{""}
	for _, a := range f.Axes[:len(f.Axes)-1] {
		if a.Name == "variant" || a.Name == "run" {
			continue
		}
		var next []string
		for _, before := range list {
			for i := range a.Len() {
				next = append(next, strings.TrimSpace(before+" "+a.Name+"="+a.At(i)))
			}
		}
		list = next
	}
	return list
}

// compareAnalyses tests each analysis between each two variants.
func compareAnalyses(groups []*Group, list []*analysed) []AnalysisPair {
	pairs := []AnalysisPair{}
	for _, a := range list {
		for i := range groups {
			for k := i + 1; k < len(groups); k++ {
				x, y := a.of[i], a.of[k]
				test := statistics.MaxStatistic(y, x, 1)
				p := AnalysisPair{Analysis: a.frame.Analysis, Frame: a.frame.Name, Unit: a.frame.Unit, First: groups[i].Name, Second: groups[k].Name, Positions: a.positions, Ways: test.Ways, Exact: test.Exact}
				for c := range a.positions {
					d := statistics.Welch(column(y, c), column(x, c), 1-level)
					first, _, _, _ := analysis.MeanInterval(column(x, c))
					second, _, _, _ := analysis.MeanInterval(column(y, c))
					p.FirstMean, p.SecondMean = append(p.FirstMean, num(first)), append(p.SecondMean, num(second))
					p.Difference, p.Low, p.High = append(p.Difference, num(d.Mean)), append(p.Low, num(d.Low)), append(p.High, num(d.High))
					p.P = append(p.P, num(test.P[c]))
				}
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}
