package analysis

import (
	"fmt"
	"math"
	"slices"
)

var confusionKind = Kind{
	Name:    "confusion",
	About:   "how often each class is chosen for images of each class, at the last step",
	Source:  "own definition",
	Default: true,
	New:     func() Settings { return &Confusion{} },
}

// Confusion reads logits of images with one class and gives the frame
// "confusion" [true, chosen] of counts at the last recorded step. Where several
// classes are true of an image there is no such matrix, and no frame.
type Confusion struct{}

var _ Settings = (*Confusion)(nil)

// Needs is the answers.
func (*Confusion) Needs() []Need { return []Need{{Of: Answers}} }

// Start implements Settings.
func (*Confusion) Start(on Subject) Analysis { return &confusion{classes: on.Anatomy.Classes} }

// confusion counts.
type confusion struct {
	classes   []string
	of        *Recording
	counts    []float64
	undefined int
}

// Add takes a batch of logits.
func (c *confusion) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	classes := b.Units()
	if c.of == nil {
		c.of, c.counts = b.Recording, make([]float64, classes*classes)
	}
	if b.Target != nil {
		c.counts = nil
		return nil
	}
	for image := range b.Images() {
		l := b.Judged(image, len(b.Steps)-1)
		if l < 0 || l >= classes {
			return fmt.Errorf("analysis: image %d has label %d of %d classes", b.ID(image), l, classes)
		}
		logits := b.At(image, len(b.Steps)-1)
		if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) }) {
			c.undefined++
			continue
		}
		c.counts[l*classes+argmax(logits)]++
	}
	return nil
}

// Frames returns "confusion".
func (c *confusion) Frames() ([]Frame, error) {
	if c.of == nil {
		return nil, fmt.Errorf("analysis: confusion of no images")
	}
	if c.counts == nil {
		return nil, nil
	}
	classes := c.of.Shape[2]
	axis := Axis{}
	for k := range classes {
		axis.Values = append(axis.Values, float64(k))
	}
	if len(c.classes) == classes {
		axis.Labels = c.classes
	}
	actual, chosen := axis, axis
	actual.Name, chosen.Name = "true", "chosen"
	f := Frame{Name: "confusion", Unit: "images", Title: fmt.Sprintf("step %d", c.of.Steps[len(c.of.Steps)-1]), Axes: []Axis{actual, chosen}, Data: c.counts}
	if c.undefined > 0 {
		f.Note = fmt.Sprintf("%d images without a finite output are left out", c.undefined)
	}
	return []Frame{f}, nil
}
