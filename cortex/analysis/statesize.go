package analysis

import "math"

// StateSize gives the frame "state size" [area, slice, statistic], how large an
// area's state is, whatever a norm makes of it:
//
//	√(Σ x(t)² / units)
//
// per image over units, then mean and 95 % t interval over images, in the unit of
// the state. An image of which any unit is not a finite number has no value at
// that slice, as in Activity.
type StateSize struct {
	layout
	size []moments
}

// Add takes a batch.
func (s *StateSize) Add(b Batch) error {
	if err := s.take(b); err != nil {
		return err
	}
	if s.size == nil {
		s.size = make([]moments, len(b.Slices))
	}
	for i := range b.Slices {
		for image := range b.Images() {
			sum := 0.0
			for _, v := range b.At(image, i) {
				sum += float64(v) * float64(v)
			}
			if math.IsNaN(sum) || math.IsInf(sum, 0) {
				s.size[i].undefined++
				continue
			}
			s.size[i].add(math.Sqrt(sum / float64(b.Units())))
		}
	}
	return nil
}

// Frames returns "state size".
func (s *StateSize) Frames() ([]Frame, error) {
	return []Frame{overSlices(&s.layout, "state size", "a.u.", "root mean square over units, then mean over images; 95 % t interval over images", 1, s.size)}, nil
}
