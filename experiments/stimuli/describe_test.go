package stimuli

import (
	"strings"
	"testing"
)

func described() Description {
	return Description{
		Shape: [3]int{8, 8, 1}, Frames: 1, Images: [Splits]int{9, 3, 3},
		Targets: []Target{Labels([]string{"cat", "dog", "elk"}, 1), {Name: "depth", Shape: [3]int{8, 8, 1}}},
	}
}

// TestDescriptionCheck: what no data set can be is reported.
func TestDescriptionCheck(t *testing.T) {
	if err := described().Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*Description){
		"kind: describes images of 8×8×0":                                 func(d *Description) { d.Shape[2] = 0 },
		"kind: describes images of 0 frames":                              func(d *Description) { d.Frames = 0 },
		"kind: describes 0 classes":                                       func(d *Description) { d.Targets[0] = Labels(nil, 1) },
		"kind: describes 1 classes":                                       func(d *Description) { d.Targets[0] = Labels([]string{"cat"}, 1) },
		"kind: describes images of which 0 classes are true, want 1 to 3": func(d *Description) { d.Targets[0].True = 0 },
		"of which 4 classes are true":                                     func(d *Description) { d.Targets[0].True = 4 },
		"kind: describes labels of 1×1×2, want 1×1×3, one value a class":  func(d *Description) { d.Targets[0].Shape[2] = 2 },
		`kind: describes two targets called "label"`:                      func(d *Description) { d.Targets[1].Name = "label" },
		"kind: describes -1 validation images":                            func(d *Description) { d.Images[Validation] = -1 },
	} {
		d := described()
		change(&d)
		if err := d.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestDescriptionDifference: each thing that changes is named.
func TestDescriptionDifference(t *testing.T) {
	d := described()
	d.Held = 77
	if got := d.Difference(described()); got != "" {
		t.Errorf("got %q of the same images", got)
	}
	for want, change := range map[string]func(*Description){
		"images are of 9×8×1, were of 8×8×1":        func(d *Description) { d.Shape[0] = 9 },
		"images have 2 frames, had 1":               func(d *Description) { d.Frames = 2 },
		"there are 4 test images, were 3":           func(d *Description) { d.Images[Test] = 4 },
		`"label" of 1×1×4`:                          func(d *Description) { d.Targets[0] = Labels([]string{"cat", "dog", "elk", "fox"}, 1) },
		`class 1 of target "label" is "cow", was`:   func(d *Description) { d.Targets[0].Classes[1] = "cow" },
		`2 values of target "label" are true of an`: func(d *Description) { d.Targets[0].True = 2 },
		`"depth" of 4×8×1`:                          func(d *Description) { d.Targets[1].Shape[0] = 4 },
	} {
		d := described()
		change(&d)
		if got := d.Difference(described()); !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
