package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// answering are answers of two classes at steps 1 to 3: the evidence for the right class of
// each image and step, as the logit of that class while the other has 0.
func answering(images int, evidence func(image, step int) float64) *analysistest.Files {
	a := &recording.Anatomy{Format: recording.Format, Name: "x", Steps: 4, Readout: "IT", Precision: "float32", Classes: []string{"a", "b"},
		Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 3}}}}
	f := analysistest.NewFiles(a)
	ids, labels := make([]int, images), make([]int, images)
	var logits, activity []float32
	for i := range ids {
		ids[i], labels[i] = 10+i, i%2
		for t := 1; t <= 3; t++ {
			z := []float32{0, 0}
			z[labels[i]] = float32(evidence(i, t))
			logits = append(logits, z...)
			activity = append(activity, z[0], z[1], float32(i*i%7))
		}
	}
	f.PutAnswersOf("", recording.Logits{Steps: []int{1, 2, 3}, Onset: 1, Classes: 2}, ids, labels, nil, logits)
	f.PutTrace(recording.Trace{Area: "IT", Signal: recording.Response, Steps: []int{1, 2, 3}, Shape: [3]int{1, 1, 3}}, ids, labels, activity)
	return f
}

// TestLesionEffects: a lesion that changes nothing has exactly 0 everywhere and p = 1. One
// that turns five of twenty answers from step 2 on loses 25 points then, and the evidence of
// these images alone; one that delays answers by a step has a latency change of 1.
func TestLesionEffects(t *testing.T) {
	const images = 20
	intact := func(image, step int) float64 { return 2 }
	turned := func(image, step int) float64 {
		if image < 5 && step >= 2 {
			return -1 - float64(image)
		}
		return 2
	}
	late := func(image, step int) float64 {
		if step == 1 {
			return -1
		}
		return 2
	}
	g := analysis.Group{Axis: "condition", Members: []analysis.Member{
		{Name: "cut[role=lateral]", Source: answering(images, turned)}, {Name: "as trained", Source: answering(images, intact)},
		{Name: "cut[role=bypass]", Source: answering(images, intact)}, {Name: "cut[role=feedback]", Source: answering(images, late)}}}
	k, _ := analysis.Find("lesion")
	q := analysistest.Request(k)
	q.Settings.(*analysis.Lesion).Signal = recording.Response
	all, err := analysis.RunGroup(g, []analysis.Request{q})
	if err != nil {
		t.Fatal(err)
	}
	frame := func(name string) analysis.Frame {
		i := slices.IndexFunc(all[0], func(f analysis.Frame) bool { return f.Name == name })
		if i < 0 {
			t.Fatalf("no frame %q", name)
		}
		return all[0][i]
	}
	f := frame("accuracy lost over steps")
	if got := strings.Join(f.Axes[0].Labels, " "); got != "role=lateral role=bypass role=feedback" {
		t.Errorf("got lesions %q", got)
	}
	const lateral, bypass, feedback = 0, 1, 2
	for step, want := range []float64{0, 25, 25} {
		if got := f.At(lateral, step, 0); math.Abs(got-want) > 1e-12 {
			t.Errorf("accuracy lost at step %d: got %v, want %v", step+1, got, want)
		}
		if f.At(bypass, step, 0) != 0 || f.At(bypass, step, 5) != 1 || f.At(bypass, step, 3) != images {
			t.Errorf("a lesion without effect has the row %v", f.Data[(3+step)*6:][:6])
		}
	}
	if got := f.At(feedback, 0, 0); got != 100 {
		t.Errorf("accuracy lost by the delay at step 1: got %v", got)
	}
	loss := func(z float64) float64 { return math.Log1p(math.Exp(-z)) }
	want := 0.0
	for i := range 5 {
		want += (loss(-1-float64(i)) - loss(2)) / images
	}
	if got := frame("evidence lost").At(lateral, 0); math.Abs(got-want) > 1e-6 { // float32 logits
		t.Errorf("evidence lost: got %v, want %v", got, want)
	}
	l := frame("latency change")
	if l.At(feedback, 0) != 1 || l.At(bypass, 0) != 0 || l.At(lateral, 0) != 0 || l.At(lateral, 3) != 15 || l.At(lateral, 4) != 5 {
		t.Errorf("latency changes %v", l.Data)
	}
	if c := frame("answers changed"); c.At(lateral, 2, 0) != 5 || c.At(lateral, 2, 1) != 0 || c.At(feedback, 0, 0) != images {
		t.Errorf("answers changed %v", c.Data)
	}
	m := frame("most affected")
	for k := range 5 {
		if m.At(lateral, k, 0) != float64(14-k) || m.At(lateral, k, 3) != 1 || m.At(lateral, k, 4) != 0 {
			t.Errorf("rank %d is image %v", k+1, m.At(lateral, k, 0))
		}
	}
	r := frame("rdm change")
	if r.At(bypass, 0, 2, 0) != 0 || !(r.At(lateral, 0, 2, 0) > 0.01) || r.At(lateral, 0, 0, 0) != 0 {
		t.Errorf("dissimilarities change by %v", r.Data)
	}
	other := answering(images+1, intact)
	g.Members = append(g.Members, analysis.Member{Name: "other", Source: other})
	q.Settings.(*analysis.Lesion).Signal = ""
	if all, err = analysis.RunGroup(g, []analysis.Request{q}); err != nil || !strings.Contains(all[0][0].Note, "left out: other") {
		t.Errorf("got %v", err)
	}
	g.Members = g.Members[:1]
	if _, err = analysis.RunGroup(g, []analysis.Request{q}); err == nil || !strings.Contains(err.Error(), "found 1 conditions, want the intact cortex and at least one more") {
		t.Errorf("got %v", err)
	}
}
