package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/analysis/geometry"
)

func ckas(t *testing.T, images int, members ...analysis.Member) []analysis.Frame {
	t.Helper()
	k, _ := analysis.Find("cka")
	s := k.New().(*analysis.CKA)
	s.Images = images
	frames, err := analysis.RunGroup(analysis.Group{Axis: "condition", Members: members}, []analysis.Request{{Name: "cka", Kind: "cka", Settings: s}})
	if err != nil {
		t.Fatal(err)
	}
	return frames[0]
}

// gramOf are the products of an area of field at a step.
func gramOf(t *testing.T, f *analysistest.Files, area string, images, step int) *geometry.Gram {
	r, _, err := f.Trace(area, "response")
	if err != nil {
		t.Fatal(err)
	}
	data := make([]float32, images*60)
	if err := r.Read(0, images, data); err != nil {
		t.Fatal(err)
	}
	rows := make([][]float64, images)
	for i := range rows {
		for _, v := range data[i*60+step*20:][:20] {
			rows[i] = append(rows[i], float64(v))
		}
	}
	return geometry.NewGram(rows)
}

// The numbers are those of geometry.CKA, which is held to NumPy.
func TestCKAOfSteps(t *testing.T) {
	f := field(1, 12, 1, 1, false)
	frames := ckas(t, 500, analysis.Member{Source: f})
	if len(frames) != 2 || !slices.Equal(frames[0].Shape(), []int{2, 3, 3}) || !slices.Equal(frames[1].Shape(), []int{3, 2, 2}) {
		t.Fatalf("%d frames", len(frames))
	}
	// Images are in another order, sums in another order too; products are float32.
	near := func(what string, got, want float64) {
		if !(math.Abs(got-want) < 1e-6) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	near("V1, steps 0 and 2", frames[0].At(0, 0, 2), geometry.CKA(gramOf(t, f, "V1", 12, 0), gramOf(t, f, "V1", 12, 2)))
	near("V1 and IT at step 1", frames[1].At(1, 0, 1), geometry.CKA(gramOf(t, f, "V1", 12, 1), gramOf(t, f, "IT", 12, 1)))
	near("itself", frames[0].At(1, 1, 1), 1)
	if !math.IsNaN(frames[0].At(1, 0, 0)) || !math.IsNaN(frames[1].At(0, 0, 1)) {
		t.Error("IT has numbers before its onset")
	}
}

func TestCKAOfConditions(t *testing.T) {
	a, b := field(1, 20, 1, 1, false), field(2, 12, 1, 1, false) // the first 12 images are in both
	frames := ckas(t, 500, analysis.Member{Name: "intact", Source: a}, analysis.Member{Name: "cut", Source: b})
	var names []string
	for _, f := range frames {
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name+" "+f.Label("condition"))
	}
	if got := strings.Join(names, ", "); got != "cka intact, cka between areas intact, cka cut, cka between areas cut, cka across conditions , cka with the first cut" {
		t.Fatalf("frames %s", got)
	}
	want := geometry.CKA(gramOf(t, a, "IT", 12, 2), gramOf(t, b, "IT", 12, 2))
	if got := frames[4].At(1, 2, 0, 1); math.Abs(got-want) > 1e-6 {
		t.Errorf("across: got %v, want %v", got, want)
	}
	with := frames[5]
	mean, low, high, n := with.At(0, 1, 2, 0), with.At(0, 1, 2, 1), with.At(0, 1, 2, 2), with.At(0, 1, 2, 3)
	if math.Abs(mean-want) > 1e-6 || !(low < mean && mean < high) || n != 12 || with.At(0, 1, 2, 4) != 8 {
		t.Errorf("with the first: %v from %v to %v over %v images, want %v", mean, low, high, n, want)
	}
}

// Sources that were shown other images are not compared, whatever their ids.
func TestCKAOfOtherImages(t *testing.T) {
	frames := ckas(t, 500, analysis.Member{Name: "a", Images: "one", Source: field(1, 12, 1, 1, false)}, analysis.Member{Name: "b", Images: "other", Source: field(2, 12, 1, 1, false)})
	across := frames[4]
	if len(frames) != 5 || !math.IsNaN(across.At(0, 2, 0, 1)) || math.IsNaN(across.At(0, 2, 1, 1)) || !strings.Contains(across.Note, "shown other images than a, so that there is no number: b") {
		t.Errorf("%d frames, note %q", len(frames), across.Note)
	}
}

// The jackknife interval covers the CKA of many images in about 95 of 100 draws of few.
func TestCKAInterval(t *testing.T) {
	const images, draws = 40, 200
	whole := ckas(t, 2000, analysis.Member{Name: "a", Source: field(1, 1500, 1, 0.5, false)}, analysis.Member{Name: "b", Source: field(2, 1500, 1, 0.5, false)})
	truth, inside := whole[4].At(0, 2, 0, 1), 0
	for d := range uint64(draws) {
		frames := ckas(t, 500, analysis.Member{Name: "a", Source: field(100+2*d, images, 1, 0.5, false)}, analysis.Member{Name: "b", Source: field(101+2*d, images, 1, 0.5, false)})
		if f := frames[5]; f.At(0, 0, 2, 1) <= truth && truth <= f.At(0, 0, 2, 2) {
			inside++
		}
	}
	if inside < 180 || inside > 199 { // 0.90 to 0.995
		t.Errorf("%d of %d intervals hold %v", inside, draws, truth)
	}
}

func TestCKARefuses(t *testing.T) {
	k, _ := analysis.Find("cka")
	q := []analysis.Request{{Name: "cka", Kind: "cka", Settings: k.New()}}
	if _, err := analysis.Run(field(1, 3, 1, 1, false), q); err == nil || !strings.Contains(err.Error(), `analysis "cka": cka needs at least 4 images, found 3`) {
		t.Errorf("three images: %v", err)
	}
	g := analysis.Group{Axis: "run", Members: []analysis.Member{{Name: "a", Source: field(1, 12, 1, 1, false)}, {Name: "b", Source: field(1, 3, 1, 1, false)}}}
	if _, err := analysis.RunGroup(g, q); err == nil || !strings.Contains(err.Error(), "cka needs at least 4 images that all have, found 3 of a in b") {
		t.Errorf("three images in both: %v", err)
	}
}
