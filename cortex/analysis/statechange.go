package analysis

import (
	"fmt"
	"math"

	"ventral/cortex/recording"
)

var stateChangeKind = Kind{
	Name:    "state_change",
	About:   "how far the state of every area moves from step to step, relative to its size",
	Source:  "own definition; 95 % interval of Student 1908 over images",
	Default: true,
	New:     func() Settings { return &StateChange{} },
}

// StateChange gives the frame "state change" [area, step, statistic], how far
// an area's state moved since the step recorded before:
//
//	|x(t) - x(t-1)| / |x(t-1)|
//
// per image with Euclidean norms over units, then mean and 95 % t interval over
// images. The first step of an area has no value. An image with |x(t-1)| = 0
// has none either; such images are counted as undefined.
type StateChange struct{}

var _ Settings = (*StateChange)(nil)

// Needs is the state.
func (*StateChange) Needs() []Need { return []Need{SignalOf(recording.State)} }

// Start implements Settings.
func (*StateChange) Start(Subject) Analysis {
	return eachArea(func(r *Recording) accumulator {
		s := &stateChange{of: r, change: make([]moments, len(r.Steps))}
		for i := 1; i < len(r.Steps); i++ {
			s.gaps = s.gaps || r.Steps[i] != r.Steps[i-1]+1
		}
		return s
	})
}

// stateChange is that of one area, with a number for each step.
type stateChange struct {
	of     *Recording
	change []moments
	zero   int
	gaps   bool
}

func (s *stateChange) add(b Batch) error {
	for image := range b.Images() {
		for i := 1; i < len(b.Steps); i++ {
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

func (s *stateChange) frames() ([]Frame, error) {
	note := "|x(t)-x(t-1)| / |x(t-1)|; mean over images with 95 % t interval"
	if s.gaps {
		note = "distance to the step recorded before, which is not always t-1; mean over images with 95 % t interval"
	}
	if s.zero > 0 {
		note += fmt.Sprintf("; %d pairs of image and step left out because the earlier state is zero", s.zero)
	}
	return []Frame{overSteps(s.of, "state change", "", note, 1, s.change)}, nil
}
