package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Bounds of what is worth a remark.
const (
	stillChange  = 0.01 // of the state, from step to step
	deadUnits    = 10.0 // % of an area
	allUnits     = 99.0 // %
	noUnits      = 1.0  // %
	fullUnits    = 10.0 // %
	weakFeedback = 0.01 // share of the target's drive
	betterProbe  = 10.0 // percentage points
)

// nothingFound begins what is said where there is no remark.
const nothingFound = "Nothing was found"

// hygiene says in sentences what a reader should know of the activity before it is
// interpreted: areas that do not change, that are silent, saturated or dead; readouts
// before the onset; feedback that carries nothing; information that the readout leaves.
func hygiene(r *Run) (list []string) {
	if r.Anatomy == nil || r.Test == nil {
		return nil
	}
	for _, check := range []func(*Run) []string{beforeOnset, unreached, still, silent, dead, saturated, feedbackShares, probes} {
		list = append(list, check(r)...)
	}
	if len(list) == 0 && len(r.Frames) > 0 {
		return []string{nothingFound + ": each area changes over time, none is silent, and nothing is read before the image can have an effect." + unchecked(r)}
	}
	return list
}

// unchecked names what could not be looked for.
func unchecked(r *Run) string {
	var none []string
	for _, x := range []struct{ kind, what string }{{"sparseness", "dead and saturated units"}, {"share", "shares of feedback"}, {"decode", "probes beside the readout"}} {
		if len(r.ofKind(x.kind)) == 0 {
			none = append(none, fmt.Sprintf("%s (`%s`)", x.what, x.kind))
		}
	}
	if len(none) == 0 {
		return ""
	}
	return " Not looked for, since the analyses were not made: " + strings.Join(none, ", ") + "."
}

// ofKind are the frames of the analyses of a kind that have settings, each as key and value.
func (r *Run) ofKind(kind string, settings ...[2]string) (list []analysis.Frame) {
	for i, t := range r.tables {
		other := slices.ContainsFunc(settings, func(s [2]string) bool { return t.settings[s[0]] != s[1] })
		if t.kind == kind && !other && i < len(r.Frames) {
			list = append(list, r.Frames[i])
		}
	}
	return list
}

// byArea calls a function with the means of each area of frames [area, step, statistic] of
// a name, with the steps.
func byArea(frames []analysis.Frame, name string, each func(area string, steps, mean []float64)) {
	for _, f := range frames {
		if name != "" && f.Name != name || len(f.Axes) != 3 || f.Axes[0].Name != "area" || f.Axes[1].Name != "step" || f.Axes[2].Find("mean") < 0 {
			continue
		}
		n, m := f.Axes[1].Len(), f.Axes[2].Len()
		for a := range f.Axes[0].Len() {
			var mean []float64
			for t := range n {
				mean = append(mean, f.Data[(a*n+t)*m+f.Axes[2].Find("mean")])
			}
			each(f.Axes[0].At(a), f.Axes[1].Values, mean)
		}
	}
}

// lastOf is the last number with its step; NaN where there is none.
func lastOf(steps, v []float64) (step int, last float64) {
	for i := len(v) - 1; i >= 0; i-- {
		if !math.IsNaN(v[i]) {
			return int(steps[i]), v[i]
		}
	}
	return -1, math.NaN()
}

func beforeOnset(r *Run) (list []string) {
	on := r.Anatomy.ReadoutOnset()
	for _, x := range []struct {
		what  string
		steps []int
	}{{"The loss reads", r.Anatomy.TrainSteps}, {"Answers are tested at", r.Anatomy.TestSteps}} {
		var early []int
		for _, t := range x.steps {
			if on < 0 || t < on {
				early = append(early, t)
			}
		}
		if len(early) > 0 {
			where := fmt.Sprintf("before the image can reach the readout (step %d)", on)
			if on < 0 {
				where = "and the image never reaches the readout"
			}
			list = append(list, fmt.Sprintf("%s %s, %s: what is answered there is a guess.", x.what, canvas.Plural("step", early), where))
		}
	}
	return list
}

func unreached(r *Run) (list []string) {
	for _, a := range r.Anatomy.Areas {
		if a.Onset < 0 {
			list = append(list, fmt.Sprintf("`%s` never sees the image.", a.Name))
		}
	}
	var none []string
	for _, c := range r.Anatomy.Connections {
		if c.Dead {
			none = append(none, "`"+c.Name+"`")
		}
	}
	if len(none) > 0 {
		list = append(list, fmt.Sprintf("What these connections carry cannot reach the readout in time: %s.", strings.Join(none, ", ")))
	}
	return list
}

func still(r *Run) (list []string) {
	byArea(r.Frames, "state change", func(area string, steps, mean []float64) {
		most, n := 0.0, 0
		for i, v := range mean {
			if a := r.Anatomy.Area(area); !math.IsNaN(v) && a != nil && steps[i] > float64(a.Onset) {
				most, n = max(most, v), n+1
			}
		}
		if n > 0 && most < stillChange {
			list = append(list, fmt.Sprintf("`%s` does not change over time: after its onset its state moves by at most %.2g %% of its size from step to step.", area, 100*most))
		}
	})
	return list
}

func silent(r *Run) (list []string) {
	byArea(r.Frames, "active units", func(area string, steps, mean []float64) {
		switch step, v := lastOf(steps, mean); {
		case v < noUnits:
			list = append(list, fmt.Sprintf("`%s` is almost silent: %.2g %% of its units respond at step %d.", area, v, step))
		case v > allUnits:
			list = append(list, fmt.Sprintf("All units of `%s` respond at step %d (%.3g %%): its nonlinearity cuts nothing off.", area, step, v))
		}
	})
	return list
}

func dead(r *Run) (list []string) {
	byArea(r.ofKind("sparseness"), "dead units", func(area string, steps, mean []float64) {
		if step, v := lastOf(steps, mean); v >= deadUnits {
			list = append(list, fmt.Sprintf("%.0f %% of the units of `%s` are dead at step %d: no recorded image makes them respond.", v, area, step))
		}
	})
	return list
}

func saturated(r *Run) (list []string) {
	byArea(r.ofKind("sparseness"), "saturated responses", func(area string, steps, mean []float64) {
		if step, v := lastOf(steps, mean); v >= fullUnits {
			list = append(list, fmt.Sprintf("%.0f %% of the responses of `%s` are saturated at step %d: differences between strong drives are lost there.", v, area, step))
		}
	})
	return list
}

// feedbackShares names feedback connections that carry almost nothing of their targets'
// drives at any step.
func feedbackShares(r *Run) (list []string) {
	for _, f := range r.ofKind("share") {
		c := f.Axis("connection")
		if c == nil {
			continue
		}
		for i := range c.Len() {
			k := slices.IndexFunc(r.Anatomy.Connections, func(x recording.AnatomyConnection) bool { return x.Name == c.At(i) })
			if k < 0 || r.Anatomy.Connections[k].Role != recording.Feedback {
				continue
			}
			if most, ok := largestShare(f, i); ok && most < weakFeedback {
				list = append(list, fmt.Sprintf("The feedback `%s` is at most %.2g %% of the drive of `%s` at any step.", c.At(i), 100*most, r.Anatomy.Connections[k].To))
			}
		}
	}
	return list
}

// largestShare is the largest size of the means of position i of the axis "connection".
func largestShare(f analysis.Frame, i int) (most float64, ok bool) {
	scale := 1.0
	if f.Unit == "%" {
		scale = 0.01
	}
	index := make([]int, len(f.Axes))
	for at, v := range f.Data {
		rest := at
		for k := len(f.Axes) - 1; k >= 0; k-- {
			index[k] = rest % f.Axes[k].Len()
			rest /= f.Axes[k].Len()
		}
		counts := true
		for k, a := range f.Axes {
			counts = counts && (a.Name != "connection" || index[k] == i) && (a.Name != "statistic" || a.At(index[k]) == "mean")
		}
		if counts && !math.IsNaN(v) {
			most, ok = max(most, scale*math.Abs(v)), true
		}
	}
	return most, ok
}

// probes says where a decoder of an area knows more than the readout answers.
func probes(r *Run) (list []string) {
	accuracy := map[int]float64{}
	for _, s := range r.Test.Steps {
		accuracy[s.Step] = float64(s.Accuracy)
	}
	for _, f := range r.ofKind("decode", [2]string{"label", "class"}) {
		if f.Unit != "%" {
			continue
		}
		best, text := betterProbe, ""
		byArea([]analysis.Frame{f}, "", func(area string, steps, mean []float64) {
			for i, v := range mean {
				if a, ok := accuracy[int(steps[i])]; ok && v-a > best {
					best = v - a
					text = fmt.Sprintf("A linear probe of `%s` beats the readout by %.0f points at step %d (%.1f against %.1f %%): the readout leaves information there.", area, v-a, int(steps[i]), v, a)
				}
			}
		})
		if text != "" {
			list = append(list, text)
		}
	}
	return list
}
