package report

import (
	"math"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/page"
)

// Shares are read by connection and step; the anatomy of a step has those of the step.
func TestShares(t *testing.T) {
	nan := math.NaN()
	f := analysis.Frame{Name: "drive share", Axes: []analysis.Axis{{Name: "area", Labels: []string{"IT"}}, {Name: "connection", Labels: []string{"V1->IT", "IT->IT"}}, {Name: "step", Values: []float64{1, 2}}, {Name: "statistic", Labels: []string{"n", "mean"}}},
		Data: []float64{9, 1, 9, 0.75, 9, nan, 9, 0.25}}
	r := &Run{Frames: []analysis.Frame{f}, tables: []frameTable{{kind: "share", frame: "drive share"}},
		Anatomy: &recording.Anatomy{Steps: 3, Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, 1}}, {Name: "IT", Shape: [3]int{1, 1, 1}}},
			Connections: []recording.AnatomyConnection{{Name: "V1->IT", From: "V1", To: "IT", Role: recording.Feedforward, ToStep: 2}, {Name: "IT->IT", From: "IT", To: "IT", Role: recording.Lateral, ToStep: 2}}}}
	s := sharesOf(r)
	if s[1]["V1->IT"] != 1 || s[2]["V1->IT"] != 0.75 || s[2]["IT->IT"] != 0.25 || len(s[1]) != 1 {
		t.Errorf("got %v", s)
	}
	if m := s.mean(); m["V1->IT"] != 0.875 || m["IT->IT"] != 0.25 {
		t.Errorf("means %v", m)
	}
	figure := page.Figure{Light: &canvas.Figure{}}
	addShares(r, s, &figure)
	if len(figure.Stills) != 3 || figure.Stills[2].Step != 2 {
		t.Errorf("%d pictures", len(figure.Stills))
	}
	if a := weighted(r.Anatomy, s[2]); a.Connections[1].Share != 0.25 || r.Anatomy.Connections[1].Share != 0 {
		t.Error("the anatomy of the run has changed, or that of the step has not")
	}
	if sharesOf(&Run{Frames: r.Frames}) != nil {
		t.Error("another analysis gives shares")
	}
}
