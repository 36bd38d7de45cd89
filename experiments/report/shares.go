package report

import (
	"math"
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/page"
	"ventral/plots/wiring"
)

// shares are the measured shares of connections in the drive of their targets: for each
// step, by the name of the connection. Nil where the analysis "share" was not made.
type shares map[int]map[string]float64

// sharesOf reads those of a run.
func sharesOf(r *Run) shares {
	var s shares
	for _, f := range r.ofKind("share") {
		n := len(f.Axes)
		if f.Name != "drive share" || n != 4 || f.Axes[1].Name != "connection" || f.Axes[2].Name != "step" || f.Axes[3].Find("mean") < 0 {
			continue
		}
		if s == nil {
			s = shares{}
		}
		s.add(f)
	}
	return s
}

// add takes the means of a frame [area, connection, step, statistic].
func (s shares) add(f analysis.Frame) {
	for c := range f.Axes[1].Len() {
		for t, step := range f.Axes[2].Values {
			v := f.At(0, c, t, f.Axes[3].Find("mean"))
			if math.IsNaN(v) {
				continue
			}
			if s[int(step)] == nil {
				s[int(step)] = map[string]float64{}
			}
			s[int(step)][f.Axes[1].At(c)] = v
		}
	}
}

// mean is the mean share of each connection over the steps that have one.
func (s shares) mean() map[string]float64 {
	sum, n := map[string]float64{}, map[string]float64{}
	for _, by := range s {
		for name := range by {
			n[name]++
		}
	}
	var steps []int
	for t := range s {
		steps = append(steps, t)
	}
	slices.Sort(steps) // sums do not depend on the order of a map
	for _, t := range steps {
		for name, v := range s[t] {
			sum[name] += v / n[name]
		}
	}
	return sum
}

// weighted is an anatomy whose connections have shares; those that have none have 0.
func weighted(a *recording.Anatomy, share map[string]float64) *recording.Anatomy {
	b := *a
	b.Connections = slices.Clone(a.Connections)
	for i := range b.Connections {
		c := &b.Connections[i]
		c.Share = max(share[c.Name], 0)
	}
	return &b
}

// mostStills bounds the steps at which a page shows shares.
const mostStills = 40

// addShares gives the figure of the anatomy a picture for each step, with the shares of
// the drive as widths.
func addShares(r *Run, s shares, f *page.Figure) {
	if s == nil || r.Anatomy.Steps > mostStills {
		return
	}
	f.Light.Frames = []string{"drive share"}
	for t := range r.Anatomy.Steps {
		a := weighted(r.Anatomy, s[t])
		f.Stills = append(f.Stills, page.Still{Light: wiring.Diagram(a, canvas.Light(), 0), Dark: wiring.Diagram(a, canvas.Dark(), 0), Step: t})
	}
}
