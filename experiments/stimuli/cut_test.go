package stimuli

import (
	"math"
	"slices"
	"testing"
)

// TestCut: parts are disjoint and whole, in order, a matter of the seed, and stay
// as they are when a later one grows.
func TestCut(t *testing.T) {
	parts := Cut(1, 100, 20, 10, 70)
	all := slices.Concat(parts...)
	for i, p := range parts {
		if !slices.IsSorted(p) || len(p) != []int{20, 10, 70}[i] {
			t.Errorf("part %d has images %v", i, p)
		}
	}
	slices.Sort(all)
	if !slices.Equal(all, Indices(100)) {
		t.Errorf("parts hold %v, want each of 0..99 once", all)
	}
	few := Cut(1, 100, 20, 5)
	if !slices.Equal(few[0], parts[0]) {
		t.Errorf("the first part is %v and %v, want the same", few[0], parts[0])
	}
	for _, i := range few[1] {
		if !slices.Contains(parts[1], i) {
			t.Errorf("image %d is among 5 images and not among 10", i)
		}
	}
	if slices.Equal(Cut(2, 100, 20)[0], parts[0]) {
		t.Error("seeds 1 and 2 cut off the same images")
	}
}

func TestAmount(t *testing.T) {
	for found, want := range map[float64]int{0: 0, 0.1: 5, 0.99: 50, 1: 1, 50: 50} {
		if got, err := Amount("validation", found, 50); err != nil || got != want {
			t.Errorf("%v of 50 images are %d, %v; want %d", found, got, err, want)
		}
	}
	for found, want := range map[float64]string{
		51:           "validation: found 51, there are 50 images",
		-1:           "validation: found -1, want a number of images, or a part of them below 1",
		1.5:          "validation: found 1.5, want a number of images, or a part of them below 1",
		math.Inf(1):  "validation: found +Inf, want a number of images, or a part of them below 1",
		math.Inf(-1): "validation: found -Inf, want a number of images, or a part of them below 1",
	} {
		if _, err := Amount("validation", found, 50); err == nil || err.Error() != want {
			t.Errorf("%v of 50 images: %v, want %s", found, err, want)
		}
	}
	if _, err := Amount("validation", math.NaN(), 50); err == nil {
		t.Error("NaN is an amount")
	}
}
