package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// TestConditionName takes names apart as the reader of experiments puts them together.
func TestConditionName(t *testing.T) {
	for _, x := range []struct {
		name, of string
		values   []Value
	}{
		{"intact", "intact", nil},
		{"mask[soa=1,lesion=none]", "mask", []Value{{"soa", "1"}, {"lesion", "none"}}},
		{"mask[soa=1]+steps=12", "mask+steps=12", []Value{{"soa", "1"}}},
		{"cut[lesion=V4#[3,17]_gain=0.5]", "cut", []Value{{"lesion", "V4#[3,17]_gain=0.5"}}},
	} {
		of, values := conditionName(x.name)
		if of != x.of || !slices.Equal(values, x.values) {
			t.Errorf("%s is of %q with %v, want %q with %v", x.name, of, values, x.of, x.values)
		}
	}
}

// TestContrastText reads differences, brackets included, and refuses what is none.
func TestContrastText(t *testing.T) {
	for _, x := range []struct {
		text  string
		names []string
		signs []float64
	}{
		{"intact - cut", []string{"intact", "cut"}, []float64{1, -1}},
		{"(a - b) - (c - d[soa=1,lesion=fb])", []string{"a", "b", "c", "d[soa=1,lesion=fb]"}, []float64{1, -1, -1, 1}},
		{"a - (b - c)", []string{"a", "b", "c"}, []float64{1, -1, 1}},
		{"as trained - IT->V4-gain=0", []string{"as trained", "IT->V4-gain=0"}, []float64{1, -1}},
	} {
		got, err := parseContrast(x.text)
		if err != nil {
			t.Fatal(err)
		}
		if names, signs := got.leaves(1); !slices.Equal(names, x.names) || !slices.Equal(signs, x.signs) || got.String() != x.text {
			t.Errorf("%q is %q with signs %v", x.text, names, signs)
		}
	}
	for text, want := range map[string]string{
		"a - b - c": "two differences", "(a - b": "that nothing closes", "a) - b": "that nothing opens", "a - ": "want the name of a condition", "(a) b": "want the name",
	} {
		if _, err := parseContrast(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found the error %v, want %q in it", text, err, want)
		}
	}
}

// TestPairs: names stand for all conditions of theirs that agree in the values which
// both have; one without lists is paired with each.
func TestPairs(t *testing.T) {
	var known conditionList
	for _, name := range []string{"mask[soa=1,lesion=none]", "mask[soa=1,lesion=fb]", "mask[soa=2,lesion=none]", "mask[soa=2,lesion=fb]", "long[soa=2]", "short[soa=5]", "as trained", "other", "older"} {
		r := &Run{label: name, Info: &rundir.Info{Data: map[string]string{"files": "x"}, IDs: map[string]string{"test": "x"}}, Test: &rundir.TestResult{Split: "test"}}
		switch name {
		case "other":
			r.Info.IDs["test"] = "y"
		case "older":
			r.Info.IDs = nil
		}
		known = append(known, r)
	}
	for _, x := range []struct{ of, want string }{
		{"mask[lesion=none] - unknown", `no condition "unknown" is there; there are mask[soa=1,lesion=none], `},
		{"mask - short", "no conditions of mask and short have equal values"},
		{"as trained - other", "as trained and other were tested on different images: their ids, or how they are made, are not the same, as after a change of stimuli.seed, stimuli.limit or stimuli.classes; a contrast is over the same images"},
		{"as trained - older", "nothing tells which images they are"},
		{"mask", "want a difference of conditions"},
	} {
		if _, err := known.contrast(Contrast{x.of, x.of}); err == nil && x.want != "" || err != nil && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: found the error %v, want %q in it", x.of, err, x.want)
		}
	}
	for _, x := range []struct {
		names []string
		want  string
	}{
		{[]string{"mask[lesion=none]", "mask[lesion=fb]"}, "soa=1 soa=2"},
		{[]string{"mask[lesion=none]", "long"}, "soa=2"},
		{[]string{"as trained", "mask"}, "soa=1,lesion=none soa=1,lesion=fb soa=2,lesion=none soa=2,lesion=fb"},
	} {
		var got []string
		_, first := known.found(x.names[0])
		_, second := known.found(x.names[1])
		for _, a := range first {
			for _, b := range second {
				if both, ok := joined(a, b); ok {
					got = append(got, valuesText(both))
				}
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%v are paired at %q, want %q", x.names, got, x.want)
		}
	}
}

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
