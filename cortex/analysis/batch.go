package analysis

import (
	"fmt"

	"ventral/cortex/recording"
)

// Batch is some images of one recording.
type Batch struct {
	Area   string // "" for logits
	Slices []int
	Shape  [3]int // y, x, channel; logits are [1, 1, classes]
	IDs    []int
	Labels []int     // -1 where there is none
	Target []float32 // [image, class] of 0 and 1; nil where Labels say it all
	Data   []float32 // [image, slice, y, x, channel]; NaN before onset
}

// Images returns the number of images.
func (b Batch) Images() int { return len(b.IDs) }

// Units returns the numbers of one image at one slice.
func (b Batch) Units() int { return b.Shape[0] * b.Shape[1] * b.Shape[2] }

// At returns the numbers of one image at the i-th recorded slice.
func (b Batch) At(image, i int) []float32 {
	n := b.Units()
	from := (image*len(b.Slices) + i) * n
	return b.Data[from : from+n]
}

func (b Batch) check() error {
	if want := b.Images() * len(b.Slices) * b.Units(); len(b.Data) != want || b.Units() == 0 {
		return fmt.Errorf("dynamics: %d images of %d slices of %v need %d numbers, given %d", b.Images(), len(b.Slices), b.Shape, want, len(b.Data))
	}
	if b.Labels != nil && len(b.Labels) != b.Images() {
		return fmt.Errorf("dynamics: %d labels for %d images", len(b.Labels), b.Images())
	}
	return nil
}

// Analysis takes a recording batch by batch. Every batch must have the area,
// slices and shape of the first.
type Analysis interface {
	Add(Batch) error
	Frames() ([]Frame, error)
}

// Trace feeds a trace to analyses, images at a time.
func Trace(r *recording.TraceReader, images int, to ...Analysis) error {
	buf := make([]float32, min(images, r.Images())*r.PerImage())
	for lo := 0; lo < r.Images(); lo += images {
		hi := min(lo+images, r.Images())
		b := Batch{Area: r.Trace.Area, Slices: r.Trace.Slices, Shape: r.Trace.Shape,
			IDs: r.ImageIDs[lo:hi], Labels: r.Labels[lo:hi], Data: buf[:(hi-lo)*r.PerImage()]}
		if err := r.Read(lo, hi, b.Data); err != nil {
			return err
		}
		for _, a := range to {
			if err := a.Add(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// Logits feeds a logits file to analyses, images at a time.
func Logits(r *recording.LogitsReader, images int, to ...Analysis) error {
	for lo := 0; lo < r.Images(); lo += images {
		hi := min(lo+images, r.Images())
		b := Batch{Slices: r.Logits.Slices, Shape: [3]int{1, 1, r.Logits.Classes},
			IDs: r.ImageIDs[lo:hi], Labels: r.Labels[lo:hi], Data: make([]float32, (hi-lo)*r.PerImage())}
		if err := r.Read(lo, hi, b.Data); err != nil {
			return err
		}
		if r.Multi {
			b.Target = make([]float32, (hi-lo)*r.Logits.Classes)
			if err := r.Target(lo, hi, b.Target); err != nil {
				return err
			}
		}
		for _, a := range to {
			if err := a.Add(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// layout holds what the first batch had, and refuses batches that differ.
type layout struct {
	area   string
	slices []int
	shape  [3]int
	known  bool
}

func (l *layout) take(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if !l.known {
		*l = layout{b.Area, append([]int(nil), b.Slices...), b.Shape, true}
		return nil
	}
	same := l.area == b.Area && l.shape == b.Shape && len(l.slices) == len(b.Slices)
	for i := 0; same && i < len(l.slices); i++ {
		same = l.slices[i] == b.Slices[i]
	}
	if !same {
		return fmt.Errorf("dynamics: a batch of %q %v at slices %v after one of %q %v at %v", b.Area, b.Shape, b.Slices, l.area, l.shape, l.slices)
	}
	return nil
}

// sliceAxis is the axis of recorded slices.
func (l *layout) sliceAxis() Axis {
	a := Axis{Name: "slice"}
	for _, s := range l.slices {
		a.Values = append(a.Values, float64(s))
	}
	return a
}

func (l *layout) areaAxis() Axis { return Axis{Name: "area", Labels: []string{l.area}} }
