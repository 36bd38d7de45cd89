package analysis

import (
	"fmt"
	"slices"

	"ventral/cortex/recording"
)

// Recording describes the content of one file.
type Recording struct {
	From   string // name of the source, "" where there is one
	Of     Of
	Split  string // of Answers: Validation, or "" of the images that the run was tested on
	Area   string // of Areas
	Signal string // of Areas
	Steps  []int
	Shape  [3]int // y, x, channel; answers are [1, 1, classes]
	IDs    []int  // of all its images
	Labels []int  // -1 where an image has none, or several

	// Reduction is what was kept of an area's units; Shape is that of what was kept.
	Reduction recording.Reduction

	// Parts, of the signal recording.Drive, are what arrives, one after the other along
	// the channels.
	Parts []recording.Part

	// Repeats numbers the showings of each image, from 0; nil where each is shown once.
	Repeats []int

	// LabelAt are the classes that answers are judged by, [image, step], where they
	// differ over steps; nil where Labels say it all.
	LabelAt []int
}

// Units returns the numbers of one image at one step.
func (r *Recording) Units() int { return r.Shape[0] * r.Shape[1] * r.Shape[2] }

// PerImage returns the numbers of one image.
func (r *Recording) PerImage() int { return len(r.Steps) * r.Units() }

// stepAxis is the axis of recorded steps.
func (r *Recording) stepAxis() Axis {
	a := Axis{Name: "step"}
	for _, s := range r.Steps {
		a.Values = append(a.Values, float64(s))
	}
	return a
}

func (r *Recording) areaAxis() Axis { return Axis{Name: "area", Labels: []string{r.Area}} }

// Batch is some images of a recording.
type Batch struct {
	*Recording
	First  int       // place of the batch's first image in the recording
	Data   []float32 // [image, step, y, x, channel]; NaN before onset
	Target []float32 // of answers: [image, class] of 0 and 1; nil where Labels say it all
}

// Images returns the number of images.
func (b Batch) Images() int { return len(b.Data) / b.PerImage() }

// ID returns the identity of the batch's i-th image.
func (b Batch) ID(i int) int { return b.IDs[b.First+i] }

// Label returns the class of the batch's i-th image, -1 where it has none.
func (b Batch) Label(i int) int { return b.Labels[b.First+i] }

// Judged returns the class that the batch's i-th image is judged by at the k-th step,
// -1 where it has none.
func (b Batch) Judged(i, k int) int {
	if b.LabelAt != nil {
		return b.LabelAt[(b.First+i)*len(b.Steps)+k]
	}
	return b.Label(i)
}

// At returns the numbers of the batch's image at the i-th recorded step.
func (b Batch) At(image, i int) []float32 {
	n := b.Units()
	from := (image*len(b.Steps) + i) * n
	return b.Data[from : from+n]
}

// check reports a batch that does not fit its recording.
func (b Batch) check() error {
	switch {
	case b.PerImage() == 0 || len(b.Data)%b.PerImage() != 0:
		return fmt.Errorf("analysis: %d numbers are no whole images of %d steps of %v", len(b.Data), len(b.Steps), b.Shape)
	case len(b.Labels) != len(b.IDs):
		return fmt.Errorf("analysis: %d labels for %d images", len(b.Labels), len(b.IDs))
	case b.First < 0 || b.First+b.Images() > len(b.IDs):
		return fmt.Errorf("analysis: images %d to %d of %d", b.First, b.First+b.Images(), len(b.IDs))
	case b.Target != nil && len(b.Target) != b.Images()*b.Shape[2]:
		return fmt.Errorf("analysis: %d targets for %d images of %d classes", len(b.Target), b.Images(), b.Shape[2])
	}
	return nil
}

// like reports a recording with other axes than one before.
func (r *Recording) like(before *Recording) error {
	if r.Shape == before.Shape && slices.Equal(r.Steps, before.Steps) {
		return nil
	}
	return fmt.Errorf("analysis: a batch of %q %v at steps %v after one of %q %v at %v", r.Area, r.Shape, r.Steps, before.Area, before.Shape, before.Steps)
}
