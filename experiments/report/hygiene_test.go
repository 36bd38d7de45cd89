package report

import (
	"cmp"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// curve is a frame [area, step, statistic] of one area.
func curve(name, area string, mean ...float64) analysis.Frame {
	f := analysis.Frame{Name: name, Unit: "%", Axes: []analysis.Axis{{Name: "area", Labels: []string{area}}, {Name: "step"}, {Name: "statistic", Labels: []string{"n", "mean"}}}}
	for t, v := range mean {
		f.Axes[1].Values = append(f.Axes[1].Values, float64(t))
		f.Data = append(f.Data, 7, v)
	}
	return f
}

// Each fault is said, with its number, and nothing is said of what is well.
func TestHygiene(t *testing.T) {
	nan := math.NaN()
	shares := func(v ...float64) analysis.Frame {
		return analysis.Frame{Name: "share", Axes: []analysis.Axis{{Name: "connection", Labels: []string{"V1→IT", "IT→V1"}}, {Name: "step", Values: []float64{1, 2}}, {Name: "statistic", Labels: []string{"mean", "n"}}}, Data: v}
	}
	for _, c := range []struct {
		name, kind string
		label      string
		frame      analysis.Frame
		change     func(*Run)
		want       string
	}{
		{name: "well", kind: "activity", frame: curve("active units", "IT", nan, 40, 50), want: "Nothing was found"},
		{name: "still", kind: "state_change", frame: curve("state change", "IT", nan, 3, 0.004), want: "`IT` does not change over time: after its onset its state moves by at most 0.4 %"},
		{name: "moving", kind: "state_change", frame: curve("state change", "IT", nan, 3, 0.02), want: "Nothing was found"},
		{name: "silent", kind: "activity", frame: curve("active units", "IT", nan, 40, 0.5), want: "`IT` is almost silent: 0.5 % of its units respond at step 2"},
		{name: "all", kind: "activity", frame: curve("active units", "IT", nan, 40, 99.9), want: "All units of `IT` respond at step 2"},
		{name: "dead", kind: "sparseness", frame: curve("dead units", "IT", nan, 40, 23), want: "23 % of the units of `IT` are dead at step 2"},
		{name: "saturated", kind: "sparseness", frame: curve("saturated responses", "IT", nan, 4, 30), want: "30 % of the responses of `IT` are saturated at step 2"},
		{name: "saturated of another kind", kind: "mine", frame: curve("saturated responses", "IT", nan, 4, 30), want: "Nothing was found"},
		{name: "feedback", kind: "share", frame: shares(0.9, 1, 0.9, 1, 0.004, 1, -0.008, 1), want: "The feedback `IT→V1` is at most 0.8 % of the drive of `V1`"},
		{name: "feedback that carries", kind: "share", frame: shares(0.001, 1, 0.001, 1, 0.004, 1, -0.08, 1), want: "Nothing was found"},
		{name: "probe", kind: "decode", frame: curve("decode", "V1", nan, 70, 91), want: "A linear probe of `V1` beats the readout by 31 points at step 2 (91.0 against 60.0 %)"},
		{name: "probe of a column", kind: "decode", label: "orientation", frame: curve("decode", "V1", nan, 70, 91), want: "Nothing was found"},
		{name: "equal probe", kind: "decode", frame: curve("decode", "V1", nan, 50, 65), want: "Nothing was found"},
		{name: "before onset", change: func(r *Run) { r.Anatomy.TrainSteps = []int{0, 1, 2} }, frame: curve("x", "IT", 1), want: "The loss reads step 0, before the image can reach the readout (step 1)"},
		{name: "unreached", change: func(r *Run) { r.Anatomy.Areas[0].Onset = -1 }, frame: curve("x", "IT", 1), want: "`V1` never sees the image."},
		{name: "in vain", change: func(r *Run) { r.Anatomy.Connections[1].Dead = true }, frame: curve("x", "IT", 1), want: "cannot reach the readout in time: `IT→V1`."},
	} {
		r := &Run{Test: &rundir.TestResult{}, Anatomy: &recording.Anatomy{Steps: 3, Readout: "IT", TrainSteps: []int{1, 2}, TestSteps: []int{1, 2},
			Areas:       []recording.AnatomyArea{{Name: "V1"}, {Name: "IT", Onset: 1}},
			Connections: []recording.AnatomyConnection{{Name: "V1→IT", From: "V1", To: "IT", Role: recording.Feedforward}, {Name: "IT→V1", From: "IT", To: "V1", Role: recording.Feedback}}}}
		r.Test.Steps = []rundir.Step{{Step: 1, Accuracy: 55}, {Step: 2, Accuracy: 60}}
		r.Frames, r.tables = []analysis.Frame{c.frame}, []frameTable{{kind: c.kind, frame: c.frame.Name, settings: map[string]string{"label": cmp.Or(c.label, "class")}}}
		if c.change != nil {
			c.change(r)
		}
		list := hygiene(r)
		if len(list) != 1 || !strings.Contains(list[0], c.want) {
			t.Errorf("%s: says %q, want one remark with %q", c.name, list, c.want)
		}
	}
}
