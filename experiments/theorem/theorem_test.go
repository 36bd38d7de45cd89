package theorem

import (
	"strings"
	"testing"
)

func TestProve(t *testing.T) {
	o := Options{Seed: 1}
	if testing.Short() {
		o.Depths = []int{1, 5}
	}
	rows, err := Prove(o)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[bool]int{false: 15, true: 6}[testing.Short()]; len(rows) != want {
		t.Fatalf("got %d rows, want %d", len(rows), want)
	}
	for _, r := range rows {
		if !r.OK || !r.Identical {
			t.Errorf("%s, depth %d: got %+v, want both sides the same", r.Network, r.Depth, r)
		}
		// By hand, 8 channels: 224 first, 16 last norm, 90 dense, 584 a convolution.
		convs := map[string]int{"tied": 2, "untied": 2 * r.Depth, "stages": 5}[r.Network]
		if want := 224 + 16 + 90 + 584*convs; r.Parameters != [2]int{want, want} {
			t.Errorf("%s, depth %d: got %v parameters, want %d on both sides", r.Network, r.Depth, r.Parameters, want)
		}
		if want := map[string]int{"tied": 2, "untied": 2, "stages": 3}[r.Network] + 2*r.Depth*map[string]int{"tied": 1, "untied": 1, "stages": 2}[r.Network]; r.Layers != want {
			t.Errorf("%s, depth %d: got %d layers, want %d", r.Network, r.Depth, r.Layers, want)
		}
	}
}

func TestProveOtherSizes(t *testing.T) {
	rows, err := Prove(Options{Depths: []int{3}, Channels: 5, Size: 7, Batch: 3, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if !r.OK {
			t.Errorf("%s: got %+v, want it to hold", r.Network, r)
		}
	}
}

func TestPerturbationFails(t *testing.T) {
	for _, perturb := range []float64{1e-3, -1e-9} {
		rows, err := Prove(Options{Depths: []int{1, 4}, Seed: 1, Perturb: perturb})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.OK || r.Logits.Relative <= r.Bound || r.Gradient.Relative <= r.Bound {
				t.Errorf("%s, depth %d, one weight off by %g: got %+v, want it to fail", r.Network, r.Depth, perturb, r)
			}
			if !r.Identical {
				t.Errorf("%s, depth %d: a weight changed the program", r.Network, r.Depth)
			}
		}
	}
}

func TestProveRefuses(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Depths: []int{0}}, "depths: found 0"},
		{Options{Channels: -1}, "channels: found -1"},
		{Options{Batch: 1}, "batch: found 1"},
	} {
		if _, err := Prove(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.o, err, c.want)
		}
	}
}
