package analysis_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/analysis/geometry"
	"ventral/cortex/recording"
)

// field are recordings of one area in which images of a category differ from others by
// signal times what noise makes of them; a column "category" has 3 of them, "angle" degrees.
// Images come repeats times; noise of the same showing is new where fresh.
func field(seed uint64, images, repeats int, signal float64, fresh bool) *analysistest.Files {
	const steps, units = 3, 20
	a := &recording.Anatomy{Format: recording.Format, Steps: steps, Classes: []string{"cat", "dog"},
		Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, units}}, {Name: "IT", Shape: [3]int{1, 1, units}, Onset: 1}}}
	f := analysistest.NewFiles(a)
	rows := map[int][]string{}
	for _, x := range a.Areas {
		r := rand.New(rand.NewPCG(seed, uint64(x.Onset)))
		own := make([]float64, images*steps*units)
		for i := range own {
			own[i] = r.NormFloat64()
		}
		var ids, labels, shown []int
		var data []float32
		for k := range repeats {
			for i := range images {
				ids, labels, shown = append(ids, 10+i), append(labels, i%2), append(shown, k)
				rows[10+i] = []string{"c" + strconv.Itoa(i%3), strconv.Itoa(20 * (i % 9)), "same"}
				for s := range steps {
					for u := range units {
						v := own[(i*steps+s)*units+u] + signal*math.Sin(float64(u*(1+i%3)+s))
						if fresh {
							v += 0.3 * r.NormFloat64()
						}
						if s < x.Onset {
							v = math.NaN()
						}
						data = append(data, float32(v))
					}
				}
			}
		}
		if repeats == 1 {
			shown = nil
		}
		f.PutTrace(recording.Trace{Area: x.Name, Signal: "response", Steps: []int{0, 1, 2}, Onset: x.Onset, Shape: x.Shape, Repeats: shown}, ids, labels, data)
	}
	f.PutTable(analysis.NewTable([]string{"category", "angle", "kind"}, rows))
	return f
}

// rdms makes an rdm.
func rdms(t *testing.T, f *analysistest.Files, change func(*analysis.RDM)) map[string]analysis.Frame {
	t.Helper()
	frames, err := analysis.Run(f, []analysis.Request{{Name: "rdm", Kind: "rdm", Settings: rdmOf(change)}})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]analysis.Frame{}
	for _, x := range frames {
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		by[x.Name] = x
	}
	return by
}

// A model of the categories is found where images of one are alike, and the movie's matrices
// are alike from step to step; none is found of what the images do not have.
func TestRDMModels(t *testing.T) {
	for _, compare := range []string{"spearman", "pearson", "cosine", "kendall"} {
		by := rdms(t, field(1, 30, 1, 1, false), func(s *analysis.RDM) {
			s.Models, s.Draws, s.Compare = []string{"category", "label", "angle:circle=180"}, 200, compare
		})
		found, absent := by["rdm and category"], by["rdm and label"]
		for step := range 3 {
			if mean, low, p := found.At(1, step, 0), found.At(1, step, 1), found.At(1, step, 4); (step == 0) != math.IsNaN(mean) || step > 0 && (low < 0.1 || p > 0.01 || mean < low) {
				t.Errorf("%s, category at step %d: %v, from %v, p %v", compare, step, mean, low, p)
			}
			if p := absent.At(1, step, 4); step > 0 && !(p > 0.05) {
				t.Errorf("%s, label at step %d: p %v", compare, step, p)
			}
		}
		if n := found.At(1, 0, 3); n != 0 || found.At(0, 0, 3) != 30 {
			t.Errorf("n is %v before onset, %v of V1", n, found.At(0, 0, 3))
		}
		if by["rdm and angle circle 180"].Data == nil {
			t.Error("there is no model of angles")
		}
		if !strings.Contains(found.Note, "over draws") && !strings.Contains(found.Note, "200 draws of images") {
			t.Errorf("note %q", found.Note)
		}
		// The similarity of steps is that of the matrices.
		r, s := by["rdm"], by["rdm similarity"]
		of := func(step int) []float64 { return geometry.Upper(r.Data[(3+step)*900:][:900], 30) }
		if got, want := s.At(1, 1, 2), geometry.Compare(geometry.Measure(compare), of(1), of(2)); math.Abs(got-want) > 1e-12 || !math.IsNaN(s.At(1, 0, 1)) {
			t.Errorf("%s: steps 1 and 2 have %v, want %v", compare, got, want)
		}
	}
}

// Of images without a geometry, p is at most 0.05 at any area or step in 5 % of the runs:
// of 300, 5 to 27 with a probability of 0.999.
func TestRDMModelsOfNothing(t *testing.T) {
	false1 := 0
	const runs = 300
	for seed := range uint64(runs) {
		f := rdms(t, field(seed, 12, 1, 0, false), func(s *analysis.RDM) {
			s.Models, s.Draws, s.Seed = []string{"category"}, 99, int(seed)
		})["rdm and category"]
		if slices.ContainsFunc(f.Column("p"), func(p float64) bool { return p <= 0.05 }) {
			false1++
		}
	}
	if false1 < 5 || false1 > 27 {
		t.Errorf("%d of %d runs find a model", false1, runs)
	}
}

func TestRDMByMeans(t *testing.T) {
	f := field(1, 30, 1, 1, false)
	by := rdms(t, f, func(s *analysis.RDM) { s.By, s.Distance = "class", "euclidean" })
	r := by["rdm"]
	if !slices.Equal(r.Shape(), []int{2, 3, 2, 2}) || r.Axes[2].Name != "class" || strings.Join(r.Axes[2].Labels, " ") != "cat dog" {
		t.Fatalf("axes %+v", r.Axes[2])
	}
	// by hand, of V1 at step 2
	trace, _, err := f.Trace("V1", "response")
	if err != nil {
		t.Fatal(err)
	}
	data := make([]float32, 30*60)
	if err := trace.Read(0, 30, data); err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for u := range 20 {
		d := 0.0
		for i := range 30 {
			d += float64(data[i*60+40+u]) / 15 * float64(1-2*(i%2))
		}
		want += d * d / 20
	}
	if got := r.At(0, 2, 0, 1); math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
	r = rdms(t, f, func(s *analysis.RDM) { s.By, s.Models = "angle", []string{"angle:distance"} })["rdm"]
	if strings.Join(r.Axes[2].Labels, " ") != "0 20 40 60 80 100 120 140 160" {
		t.Errorf("angles %q, want them in their order", r.Axes[2].Labels)
	}
}

// An image that is shown again has the mean of its repeats; crossnobis needs repeats that
// differ, and does not grow with noise.
func TestRDMRepeats(t *testing.T) {
	f := field(1, 12, 4, 1, true)
	r := rdms(t, f, func(s *analysis.RDM) { s.Images = 6 })["rdm"]
	if !slices.Equal(r.Axis("image").Values, []float64{10, 12, 14, 11, 13, 15}) {
		t.Errorf("images %v, want six of them", r.Axis("image").Values)
	}
	crossed := func(s *analysis.RDM) { s.Distance, s.Noise = "crossnobis", "none" }
	noisy, clean := rdms(t, f, crossed)["rdm"], rdms(t, field(1, 12, 1, 1, false), func(s *analysis.RDM) { s.Distance = "euclidean" })["rdm"]
	sum, n := 0.0, 0
	for i, v := range noisy.Data {
		if w := clean.Data[i]; w > 0 {
			sum, n = sum+v-w, n+1
		}
	}
	if mean := sum / float64(n); math.Abs(mean) > 0.1 { // squared differences are about 3, those of noise 2·0.09
		t.Errorf("crossnobis is %v from the distances without noise, on average", mean)
	}
	if note := noisy.Note; !strings.Contains(note, "pairs of 4 repeats") {
		t.Errorf("note %q", note)
	}
	for _, c := range []struct {
		f      *analysistest.Files
		change func(*analysis.RDM)
		want   string
	}{
		{field(1, 12, 1, 1, true), crossed, "distance: crossnobis needs images that are shown again with other noise, found one showing of each"},
		{field(1, 12, 3, 1, false), crossed, "distance: crossnobis needs noise that differs from repeat to repeat, found 3 repeats of V1 that are all equal"},
		{f, func(s *analysis.RDM) { s.By = "size" }, `by: found no column "size", the data set has ["category" "angle" "kind"]; "image" and "class" would do`},
		{f, func(s *analysis.RDM) { s.By = "kind" }, "by: found 1 patterns by kind, want at least 2"},
		{f, func(s *analysis.RDM) { s.Models = []string{"category:distance"} }, `models: column "category": found "c0" for image 10, want a number`},
		{f, func(s *analysis.RDM) { s.Models = []string{"angle:circle=x"} }, `models: found "x" as circle of "angle", want a number above 0`},
		{f, func(s *analysis.RDM) { s.Models = []string{"angle:far"} }, `models: found "angle:far", want "angle", "angle:distance" or "angle:circle=180"`},
		{f, func(s *analysis.RDM) { s.Models = []string{"size"} }, `models: found no column "size"`},
		{f, func(s *analysis.RDM) { s.By, s.Models = "class", []string{"category"} }, "models: category: images of cat have"},
	} {
		_, err := analysis.Run(c.f, []analysis.Request{{Name: "rdm", Kind: "rdm", Settings: rdmOf(c.change)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}
