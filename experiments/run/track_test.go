package run_test

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestRecordedDrives: of areas that keep nothing, the state is what arrives and a bias by
// channel: what is recorded of the drives, part by part, adds up to the state but for that.
// A mean over places is that of each part.
func TestRecordedDrives(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"record.images=4", `record.signals=["drive","state"]`, "default.area={kind=\"rate\", bias=\"area\"}"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	read := func(dir rundir.Folder, area, signal string) (*recording.TraceReader, []float32) {
		t.Helper()
		file, size, err := dir.Open(rundir.Recording(area, signal))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		r, err := recording.Open(file, size)
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float32, r.Images()*r.PerImage())
		if err := r.Read(0, r.Images(), x); err != nil {
			t.Fatal(err)
		}
		return r, x
	}
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	_, err = run.Test(context.Background(), dir, run.Condition{Name: "means", Set: []string{`record.reduce="mean_space"`}, Record: true}, plainly(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range g.Areas {
		r, parts := read(dir, a.Name, recording.Drive)
		_, state := read(dir, a.Name, recording.State)
		n, channels := len(r.Trace.Parts), a.Shape[2]
		bias, seen := make([]float64, channels), 0
		var means []float64 // [image, step, part, channel]
		for at := 0; at < len(state); at += channels {
			if at/channels%(a.Shape[0]*a.Shape[1]) == 0 {
				means = append(means, make([]float64, n*channels)...)
			}
			if state[at] != state[at] {
				continue
			}
			for c := range channels {
				sum := 0.0
				for p := range n {
					v := float64(parts[at*n+p*channels+c])
					sum += v
					means[len(means)-n*channels+p*channels+c] += v / float64(a.Shape[0]*a.Shape[1])
				}
				left := float64(state[at+c]) - sum
				if seen == 0 {
					bias[c] = left
				}
				if math.Abs(left-bias[c]) > 1e-5*(1+math.Abs(sum)) { // float32 sums of a few numbers
					t.Fatalf("%s: the state is %v, its drives add up to %v and the bias is %v", a.Name, state[at+c], sum, bias[c])
				}
			}
			seen++
		}
		if seen == 0 || n < 2 {
			t.Errorf("%s: %d numbers of %d parts", a.Name, seen, n)
		}
		small, of := read(rundir.Folder(dir.Path("conditions/means")), a.Name, recording.Drive)
		if !slices.Equal(small.Trace.Parts, r.Trace.Parts) || small.Trace.Shape != [3]int{1, 1, n * channels} {
			t.Errorf("%s: means of %v have the shape %v", a.Name, small.Trace.Parts, small.Trace.Shape)
		}
		for i, v := range of {
			if v == v && math.Abs(float64(v)-means[i]) > 1e-5 {
				t.Fatalf("%s: mean %d: got %v, want %v", a.Name, i, v, means[i])
			}
		}
	}
}
