package stimuli

import (
	"fmt"
	"slices"
	"strings"
)

// Label is the name of the target of data with classes: 1 for each class
// that is true of an image, 0 for the others.
const Label = "label"

// Description is what is known of a data set before an image is read.
type Description struct {
	Shape   [3]int      // height and width in pixels, channels
	Frames  int         // of an image; 1 where it stands still
	Targets []Target    // what is to be answered; one is called [Label] where images have classes
	Images  [Splits]int // by Split
	Held    int64       // bytes that the data takes in memory once it is open
}

// MostClasses is how many classes labels can have: as many as 16 bits number.
const MostClasses = 1 << 16

// Target is one thing that a data set tells of its images.
type Target struct {
	Name    string
	Shape   [3]int   // height and width in pixels, values; 1, 1 and the number of classes for labels
	Classes []string // what the values stand for, in their order; nil where they are no classes
	True    int      // how many classes are true: 1 where labels are one-hot, n > 1 where they are multi-hot with n ones; 0 where values are no classes
}

// Labels returns a target called [Label] of so many classes that are true of an
// image.
func Labels(classes []string, each int) Target {
	return Target{Name: Label, Shape: [3]int{1, 1, len(classes)}, Classes: classes, True: each}
}

// Label returns the target of that name; one without classes if there is none.
func (d Description) Label() Target {
	t, _ := d.Target(Label)
	return t
}

// WithoutLabel returns targets but for the classes.
func WithoutLabel(list []Target) []Target {
	return slices.DeleteFunc(slices.Clone(list), func(t Target) bool { return t.Name == Label })
}

// Labelled reports whether the data tells classes of its images. Images without can
// be recorded, and neither trained nor tested on.
func (d Description) Labelled() bool {
	_, ok := d.Target(Label)
	return ok
}

// Target returns the target of a name, and whether there is one.
func (d Description) Target(name string) (Target, bool) {
	for _, t := range d.Targets {
		if t.Name == name {
			return t, true
		}
	}
	return Target{}, false
}

// size is the number of values of a frame.
func (d Description) size() int { return d.Shape[0] * d.Shape[1] * d.Shape[2] }

// Clone returns a copy that shares nothing with d.
func (d Description) Clone() Description {
	d.Targets = slices.Clone(d.Targets)
	for i := range d.Targets {
		d.Targets[i].Classes = slices.Clone(d.Targets[i].Classes)
	}
	return d
}

// InRange reports a split, an image or a frame that the data does not have.
func (d *Description) InRange(s Split, image, frame int) error {
	switch {
	case s < 0 || s >= Splits:
		return fmt.Errorf("found split %d, want 0..%d", int(s), Splits-1)
	case image < 0 || image >= d.Images[s]:
		return fmt.Errorf("found image %d, there are %d %v images", image, d.Images[s], s)
	case frame < 0 || frame >= d.Frames:
		return fmt.Errorf("found frame %d of image %d, an image has %d", frame, image, d.Frames)
	}
	return nil
}

// checkLabel reports labels that no data set can have.
func checkLabel(label Target) error {
	if n := len(label.Classes); n < 2 || n > MostClasses {
		return fmt.Errorf("kind: describes %d classes, want 2..%d", n, MostClasses)
	}
	if label.True < 1 || label.True > len(label.Classes) {
		return fmt.Errorf("kind: describes images of which %d classes are true, want 1 to %d", label.True, len(label.Classes))
	}
	if want := [3]int{1, 1, len(label.Classes)}; label.Shape != want {
		return fmt.Errorf("kind: describes labels of %s, want %s, one value a class", times(label.Shape), times(want))
	}
	return nil
}

// Check reports what no data set can be: images without pixels or channels, labels
// of less than two classes, more true classes than there are. The message begins with "kind".
func (d Description) Check() error {
	for _, n := range d.Shape {
		if n < 1 {
			return fmt.Errorf("kind: describes images of %s (height, width, channels), want 1 or more of each", times(d.Shape))
		}
	}
	if d.Frames < 1 {
		return fmt.Errorf("kind: describes images of %d frames, want 1 or more", d.Frames)
	}
	if d.Labelled() {
		if err := checkLabel(d.Label()); err != nil {
			return err
		}
	}
	for i, t := range d.Targets {
		if slices.ContainsFunc(d.Targets[:i], func(x Target) bool { return x.Name == t.Name }) {
			return fmt.Errorf("kind: describes two targets called %q", t.Name)
		}
	}
	for s, n := range d.Images {
		if n < 0 {
			return fmt.Errorf("kind: describes %d %s images, want 0 or more", n, Split(s))
		}
	}
	return nil
}

// Difference says the first thing in which images are not as described before,
// "" where there is none.
func (d Description) Difference(before Description) string {
	switch {
	case d.Shape != before.Shape:
		return fmt.Sprintf("images are of %s, were of %s", times(d.Shape), times(before.Shape))
	case d.Frames != before.Frames:
		return fmt.Sprintf("images have %d frames, had %d", d.Frames, before.Frames)
	}
	for s, n := range d.Images {
		if was := before.Images[s]; n != was {
			return fmt.Sprintf("there are %d %v images, were %d", n, Split(s), was)
		}
	}
	names := func(d Description) string {
		var list []string
		for _, t := range d.Targets {
			list = append(list, fmt.Sprintf("%q of %s", t.Name, times(t.Shape)))
		}
		return strings.Join(list, ", ")
	}
	if is, was := names(d), names(before); is != was {
		return fmt.Sprintf("targets are %s, were %s", is, was)
	}
	for i, t := range d.Targets {
		was := before.Targets[i]
		if t.True != was.True {
			return fmt.Sprintf("%d values of target %q are true of an image, were %d", t.True, t.Name, was.True)
		}
		for k := range min(len(t.Classes), len(was.Classes)) {
			if t.Classes[k] != was.Classes[k] {
				return fmt.Sprintf("class %d of target %q is %q, was %q", k, t.Name, t.Classes[k], was.Classes[k])
			}
		}
	}
	return ""
}

// times writes a shape.
func times(shape [3]int) string { return fmt.Sprintf("%d×%d×%d", shape[0], shape[1], shape[2]) }
