package analysis

import (
	"math"

	"ventral/cortex/recording"
)

var stateSizeKind = Kind{
	Name:    "state_size",
	About:   "root mean square of the state of every area at every step",
	Source:  "own definition; 95 % interval of Student 1908 over images",
	Default: true,
	New:     func() Settings { return &StateSize{} },
}

// StateSize gives the frame "state size" [area, step, statistic], how large an
// area's state is, whatever a norm makes of it:
//
//	√(Σ x(t)² / units)
//
// per image over units, then mean and 95 % t interval over images, in the unit of
// the state. An image of which any unit is not a finite number has no value at
// that step, as in Activity.
type StateSize struct{}

var _ Settings = (*StateSize)(nil)

// Needs is the state.
func (*StateSize) Needs() []Need { return []Need{SignalOf(recording.State)} }

// Start implements Settings.
func (*StateSize) Start(Subject) Analysis {
	return eachArea(func(r *Recording) accumulator { return &stateSize{r, make([]moments, len(r.Steps))} })
}

// stateSize is that of one area, with a number for each step.
type stateSize struct {
	of   *Recording
	size []moments
}

func (s *stateSize) add(b Batch) error {
	for i := range b.Steps {
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

func (s *stateSize) frames() ([]Frame, error) {
	return []Frame{overSteps(s.of, "state size", "a.u.", "root mean square over units, then mean over images; 95 % t interval over images", 1, s.size)}, nil
}
