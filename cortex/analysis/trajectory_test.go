package analysis

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"ventral/cortex/recording"
)

// Trajectories, variances, dimensionality and speed are those of scikit-learn and NumPy
// (testdata/trajectory.py). Inputs are float32 in both, sums are of float64: 1e-6.
func TestTrajectory(t *testing.T) {
	const n, steps, units = 12, 3, 5
	var data []float32
	ids, labels := make([]int, n), make([]int, n)
	for i := range n {
		ids[i], labels[i] = i, i%3
		for s := range steps {
			for u := range units {
				data = append(data, float32(math.Sin(1.3*float64(i*(u+1))+0.7*float64(s))*float64(1+u%3)+0.2*float64(s*(i%3))))
			}
		}
	}
	a := (&Trajectory{Signal: "state", Images: 100, Components: 3, Project: 512, Fit: "all"}).Start(Subject{Anatomy: &recording.Anatomy{Classes: []string{"a", "b", "c"}}})
	b := whole("IT", []int{0, 1, 2}, [3]int{1, 1, units}, ids, data)
	b.Labels = labels
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/trajectory.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Path, Variance, Ratio, Error, Speed []float64 }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want []float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
		}
		for i := range got {
			if !(math.Abs(got[i]-want[i]) <= 1e-6*max(1, math.Abs(want[i]))) {
				t.Errorf("%s: number %d is %v, want %v", what, i, got[i], want[i])
			}
		}
	}
	f := frame(t, a, "trajectory")
	near("path", f.Data, want.Path)
	near("variance", frame(t, a, "variance").Column("mean"), want.Variance)
	d := frame(t, a, "dimensionality")
	near("participation ratio", d.Column("mean"), want.Ratio)
	var half []float64
	for i, high := range d.Column("high") {
		half = append(half, (high-d.Column("mean")[i])/StudentT95(n-1))
	}
	near("jackknife error", half, want.Error)
	near("speed", frame(t, a, "speed").Column("mean")[1:], want.Speed)
}

// Points on a line have one dimension, those of a sphere as many as it has, wherever the
// origin is.
func TestParticipation(t *testing.T) {
	var line, cross [][]float32
	for i := range 40 {
		line = append(line, []float32{float32(i), float32(2 * i), 5})
		p := []float32{1000, 1000, 1000}
		p[i%3] += float32(i/3%2)*2 - 1
		if i < 36 {
			cross = append(cross, p)
		}
	}
	if r, _, _ := participation(line); math.Abs(r-1) > 1e-9 {
		t.Errorf("a line has %v dimensions", r)
	}
	if r, _, _ := participation(cross); math.Abs(r-3) > 1e-9 {
		t.Errorf("a cross of three axes has %v dimensions", r)
	}
}

// A projection keeps the speed of an area, within four standard errors of its distances.
func TestSpeedOfProjection(t *testing.T) {
	const units, images = 2000, 50
	var data []float32
	ids := make([]int, images)
	for i := range ids {
		ids[i] = i
		for s := range 2 {
			for u := range units {
				data = append(data, float32(s)*float32(1+(i*7+u*13)%5))
			}
		}
	}
	speed := func(project int) float64 {
		a := (&Trajectory{Signal: "state", Images: 100, Components: 2, Project: project, Fit: "all"}).Start(Subject{Anatomy: &recording.Anatomy{}})
		if err := a.Add(whole("IT", []int{0, 1}, [3]int{1, 1, units}, ids, data)); err != nil {
			t.Fatal(err)
		}
		return frame(t, a, "speed").Column("mean")[1]
	}
	whole, projected := speed(4096), speed(256)
	if math.Abs(projected/whole-1) > 4*math.Sqrt(2.0/256) {
		t.Errorf("speed %v, projected %v", whole, projected)
	}
}
