package probe

import (
	"context"
	"math"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/lesion"
)

// controlled is a subject whose area B is driven by A over two connections of 1×1
// convolutions, one of which is lesioned.
func controlled(t *testing.T, gain float64, other float32, edit ...func(l *lesion.Lesion)) *Subject {
	t.Helper()
	g := cortex.Graph{
		Image: [3]int{2, 2, 6}, Classes: 2, Steps: 3,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0.."), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{rate("A", [3]int{2, 2, 6}, 1), rate("B", [3]int{2, 2, 8}, 1)},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect(t, "A->B", "conv", 1), connect(t, "A->B other", "conv", 1)}},
		Readout: cortex.Readout{From: "B", Reads: areas.State, Net: []cortex.Layer{layer(t, "average"), layer(t, "dense")}, Loss: "softmax", Over: "sum", Train: steps(t, "1.."), Test: steps(t, "1..")},
	}
	s := subjectOf(t, g, []string{"input/conv/kernel", "A/bias", "B/bias", "A->B/kernel", "A->B other/kernel", "readout/dense/kernel", "readout/dense/bias"}, 12, cortex.NewGraph)
	s.Batch = 12
	for _, name := range s.Variables.Names() {
		if strings.HasPrefix(name, "A->B other/kernel") {
			x, _ := s.Variables.Get(name)
			for i := range x.Data {
				x.Data[i] *= other
			}
		}
	}
	l := lesion.New()
	l.Gain = gain
	sel, err := connectivity.ParseSelector("connection:A->B")
	if err != nil {
		t.Fatal(err)
	}
	l.Connections = []connectivity.Selector{sel}
	for _, f := range edit {
		f(&l)
	}
	if s.Graph, err = s.Graph.Lesion(l); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestControl: each control removes the lesion's mean square within 5 %, which the test
// computes from the kernels and activity by itself; the lesion's kernel stays whole, and so
// does what is not removed. A lesion that is larger than all else has no match.
func TestControl(t *testing.T) {
	s := controlled(t, 0.5, 1)
	c := &Control{Draws: 20, Within: 0.05, Seed: 3}
	frames, err := c.Measure(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	drive := frames[2]
	if drive.Note != "" || len(frames[0].Axes[0].Values) != 20 {
		t.Errorf("found %q", drive.Note)
	}
	removed, by := drive.At(0, 0), drive.At(0, 1)
	if !(removed > 0) || math.Abs(by/removed-1) > 0.05 || drive.At(0, 3) != 48 || !(drive.At(0, 2) > 1) || !(drive.At(0, 2) < 48) {
		t.Errorf("removed drive: %v", drive.Data)
	}
	for i, v := range frames[0].Data {
		if math.IsNaN(v) || v < 0 || v > 100 {
			t.Errorf("accuracy %d of controls is %v", i, v)
		}
	}
	// The mean square of half of what A->B delivers, by its tap.
	g, sum, n := s.Graph.Intact(), 0.0, 0.0
	src, err := s.Show(s.Batch)
	if err != nil {
		t.Fatal(err)
	}
	var taps []cortex.Tap
	for step := 1; step < 3; step++ {
		taps = append(taps, cortex.Tap{Area: 1, Signal: "drive:A->B", Step: step})
	}
	err = cortex.Record(g, s.Engine, s.Variables, s.Norms, &one{src}, s.Batch, nil, taps, func(a cortex.Answer) error {
		for _, x := range a.Taps {
			for _, v := range x[:a.Images*32] {
				sum, n = sum+0.25*float64(v)*float64(v), n+1
			}
		}
		return nil
	})
	if err != nil || math.Abs(sum/n/removed-1) > 1e-6 {
		t.Errorf("the lesion removes %v, want %v, %v", removed, sum/n, err)
	}
	again, err := c.Measure(context.Background(), controlled(t, 0.5, 1))
	if err != nil || again[2].At(0, 1) != by {
		t.Errorf("another time controls remove %v, %v", again[2].At(0, 1), err)
	}
	frames, err = c.Measure(context.Background(), controlled(t, 0, 0.1))
	if err != nil || !strings.Contains(frames[0].Note, "no match: all kernel weights of other connections into B remove 0.0") || !math.IsNaN(frames[0].Data[0]) || math.IsNaN(frames[1].Data[0]) {
		t.Errorf("got %q, %v", frames[0].Note, err)
	}
}

// TestControlRemoval: with no weights removed nothing is missing, and what is missing with
// all of them removed is what the other connection delivers but for its bias.
func TestControlRemoval(t *testing.T) {
	s := controlled(t, 0, 1)
	m, err := newMatching(&Control{Draws: 20, Within: 0.05}, s)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	if err := m.remove(nil, []int{0}); err != nil {
		t.Fatal(err)
	}
	if got, err := m.measure(); err != nil || got[0] != 0 {
		t.Errorf("removed %v, %v, want 0", got, err)
	}
	if err := m.remove(nil, []int{m.total(0)}); err != nil {
		t.Fatal(err)
	}
	got, err := m.measure()
	if err != nil {
		t.Fatal(err)
	}
	// By the kernel, from what A sends.
	src, err := s.Show(s.Batch)
	if err != nil {
		t.Fatal(err)
	}
	kernel, _ := s.Variables.Get("A->B other/kernel")
	sum, n := 0.0, 0.0
	err = cortex.Record(s.Graph.Intact(), s.Engine, s.Variables, s.Norms, &one{src}, s.Batch, nil, []cortex.Tap{{Area: 0, Signal: areas.Response, Step: 0}, {Area: 0, Signal: areas.Response, Step: 1}}, func(a cortex.Answer) error {
		for _, x := range a.Taps {
			for p := range a.Images * 4 {
				for o := range 8 {
					v := 0.0
					for c := range 6 {
						v += float64(x[p*6+c]) * float64(kernel.Data[c*8+o])
					}
					sum, n = sum+v*v, n+1
				}
			}
		}
		return nil
	})
	if err != nil || math.Abs(got[0]/(sum/n)-1) > 1e-5 {
		t.Errorf("removed %v, want %v, %v", got[0], sum/n, err)
	}
}

func TestControlFaults(t *testing.T) {
	for want, edit := range map[string]func(l *lesion.Lesion){
		`found a lesion of kind "noise"`: func(l *lesion.Lesion) { l.Kind = lesion.Noise },
		"1 selectors of channels":        func(l *lesion.Lesion) { l.Channels = []lesion.Channels{{Text: "A", Area: "A"}} },
	} {
		_, err := (&Control{Draws: 20, Within: 0.05}).Measure(context.Background(), controlled(t, 0, 1, edit))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	s := controlled(t, 0, 1)
	s.Graph = s.Graph.Intact()
	if _, err := (&Control{Draws: 20}).Measure(context.Background(), s); err == nil || !strings.Contains(err.Error(), "found no lesion") {
		t.Errorf("got %v", err)
	}
}
