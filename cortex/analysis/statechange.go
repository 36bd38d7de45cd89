package analysis

import (
	"fmt"
	"math"
)

// StateChange gives the frame "state change" [area, slice, statistic], how far
// an area's state moved since the slice recorded before:
//
//	|x(t) - x(t-1)| / |x(t-1)|
//
// per image with Euclidean norms over units, then mean and 95 % t interval over
// images. The first slice of an area has no value. An image with |x(t-1)| = 0
// has none either; such images are counted as undefined.
type StateChange struct {
	layout
	change []moments
	zero   int
	gaps   bool
}

// Add takes a batch.
func (s *StateChange) Add(b Batch) error {
	if err := s.take(b); err != nil {
		return err
	}
	if s.change == nil {
		s.change = make([]moments, len(b.Slices))
		for i := 1; i < len(b.Slices); i++ {
			s.gaps = s.gaps || b.Slices[i] != b.Slices[i-1]+1
		}
	}
	for image := range b.Images() {
		for i := 1; i < len(b.Slices); i++ {
			var moved, size float64
			before := b.At(image, i-1)
			for k, v := range b.At(image, i) {
				d := float64(v) - float64(before[k])
				moved += d * d
				size += float64(before[k]) * float64(before[k])
			}
			switch {
			case math.IsNaN(size): // before onset, or diverged
				s.change[i].undefined++
			case size == 0:
				s.change[i].undefined++
				s.zero++
			case math.IsNaN(moved) || math.IsInf(moved, 0):
				s.change[i].undefined++
			default:
				s.change[i].add(math.Sqrt(moved / size))
			}
		}
	}
	return nil
}

// Frames returns "state change".
func (s *StateChange) Frames() ([]Frame, error) {
	note := "|x(t)-x(t-1)| / |x(t-1)|; mean over images with 95 % t interval"
	if s.gaps {
		note = "distance to the slice recorded before, which is not always t-1; mean over images with 95 % t interval"
	}
	if s.zero > 0 {
		note += fmt.Sprintf("; %d pairs of image and slice left out because the earlier state is zero", s.zero)
	}
	return []Frame{overSlices(&s.layout, "state change", "", note, 1, s.change)}, nil
}
