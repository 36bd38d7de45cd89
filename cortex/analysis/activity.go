package analysis

import (
	"math"

	"ventral/cortex/recording"
)

var activityKind = Kind{
	Name:    "activity",
	About:   "mean response and per cent of active units of every area at every step",
	Source:  "own definition; 95 % interval of Student 1908 over images",
	Default: true,
	New:     func() Settings { return &Activity{} },
}

// Activity gives two frames [area, step, statistic]: "activity", the mean
// over units of an image's response, and "active units", the per cent of units
// whose response is above Threshold. Both are averaged over images, with the
// 95 % t interval over images.
//
// An image of which any unit is NaN has no value at that step. Where every
// image has none the step is before onset; otherwise such images are counted
// as undefined.
type Activity struct {
	Threshold float64 `toml:"threshold" doc:"a unit is active where its response is above this"`
}

var _ Settings = (*Activity)(nil)

// Needs is the response.
func (*Activity) Needs() []Need { return []Need{SignalOf(recording.Response)} }

// Start implements Settings.
func (s *Activity) Start(Subject) Analysis {
	return eachArea(func(r *Recording) accumulator {
		return &activity{s.Threshold, r, make([]moments, len(r.Steps)), make([]moments, len(r.Steps))}
	})
}

// activity is that of one area, with a number for each step.
type activity struct {
	threshold    float64
	of           *Recording
	mean, active []moments
}

func (a *activity) add(b Batch) error {
	for i := range b.Steps {
		for image := range b.Images() {
			sum, active := 0.0, 0
			for _, v := range b.At(image, i) {
				sum += float64(v)
				if float64(v) > a.threshold {
					active++
				}
			}
			if math.IsNaN(sum) || math.IsInf(sum, 0) {
				a.mean[i].undefined++
				a.active[i].undefined++
				continue
			}
			a.mean[i].add(sum / float64(b.Units()))
			a.active[i].add(float64(active) / float64(b.Units()))
		}
	}
	return nil
}

func (a *activity) frames() ([]Frame, error) {
	return []Frame{
		overSteps(a.of, "activity", "a.u.", "mean over units, then over images; 95 % t interval over images", 1, a.mean),
		overSteps(a.of, "active units", "%", "units above threshold, then mean over images; 95 % t interval over images", 100, a.active),
	}, nil
}
