package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// TestPairing: pairs are of the same images by their ids. Of files that differ under the
// same ids a note says so. A table says which conditions are not paired.
func TestPairing(t *testing.T) {
	of := func(label, split, id, files string) *Run {
		return &Run{label: label, Info: &rundir.Info{Data: map[string]string{"a.bin": files}, IDs: map[string]string{split: id}}, Test: &rundir.TestResult{Split: split}}
	}
	first := of("first", "test", "i", "f")
	for _, x := range []struct {
		other             *Run
		unlike, note, all string
	}{
		{of("b", "test", "i", "f"), "", "", ""},
		{of("b", "test", "j", "f"), "stimuli.seed", "", "not paired with first, since tested on other images: b; their ids"},
		{of("b", "test", "i", "g"), "", "the ids of their images are the same, but the files are not", ""},
		{of("b", "validation", "i", "f"), "first was tested on test images and b on validation images", "", "another split"},
	} {
		why, note := unlike(first, x.other)
		if !strings.Contains(why, x.unlike) || (x.unlike == "") != (why == "") || !strings.Contains(note, x.note) || (x.note == "") != (note == "") {
			t.Errorf("%+v: %q, note %q", x.other.Info, why, note)
		}
		if got := strings.Join(unpaired([]*Run{first, x.other}), " "); !strings.Contains(got, x.all) || (x.all == "") != (got == "") {
			t.Errorf("%+v: the table says %q", x.other.Info, got)
		}
	}
}

// TestPairedInterval holds the interval to the textbook's, of 100 images of which 20 are
// right only in the first and 10 only in the second condition: d = 0.1, s² = (30 -
// 100·0.1²)/99, t(99) = 1.984217 (tables; R: qt(0.975, 99)).
func TestPairedInterval(t *testing.T) {
	d := append(slices.Repeat([]float64{1}, 20), slices.Repeat([]float64{-1}, 10)...)
	d = append(d, make([]float64, 70)...)
	half := 100 * 1.984217 * math.Sqrt(29.0/99) / 10
	s := pairedStep(append(d, math.NaN()))
	if math.Abs(float64(s.Difference)-10) > 1e-9 || math.Abs(float64(s.Low)-(10-half)) > 1e-4 || math.Abs(float64(s.High)-(10+half)) > 1e-4 || s.Images != 100 {
		t.Errorf("found %+v, want 10 ± %.4f of 100 images", s, half)
	}
	if s := pairedStep(make([]float64, 50)); s.Difference != 0 || !math.IsNaN(float64(s.Low)) {
		t.Errorf("without spread the interval is %+v, want none", s)
	}
}

// TestPairedCoverage: of 95 % intervals about 95 % hold the true difference, of two
// conditions that share what makes an image easy, and of a difference of differences.
func TestPairedCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	const images, times = 200, 4000
	for _, signs := range [][]float64{{1, -1}, {1, -1, -1, 1}} {
		p := []float64{0.7, 0.55, 0.5, 0.45}
		truth, held := 0.0, 0
		for k, sign := range signs {
			truth += 100 * sign * p[k]
		}
		for range times {
			d := make([]float64, images)
			for i := range d {
				shared := r.Float64()
				for k, sign := range signs {
					u := shared
					if r.Float64() < 0.4 {
						u = r.Float64() // uniform in either case, so that p[k] is the mean
					}
					if u < p[k] {
						d[i] += sign
					}
				}
			}
			if s := pairedStep(d); float64(s.Low) <= truth && truth <= float64(s.High) {
				held++
			}
		}
		// Four standard errors of a share of 4,000 are 1.4 points.
		if share := float64(held) / times; math.Abs(share-0.95) > 0.015 {
			t.Errorf("signs %v: %.3f of the intervals hold the truth", signs, share)
		}
	}
}
