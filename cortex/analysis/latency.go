package analysis

import (
	"fmt"
	"math"

	"ventral/cortex/recording"
)

var latencyKind = Kind{
	Name:   "latency",
	About:  "when every area responds: onset, half rise, peak, duration and adaptation, beside the causal onset",
	Source: "half-rise latency, interpolated, as in electrophysiology; own definitions",
	New:    func() Settings { return &Latency{Signal: recording.Response, Statistic: "mean"} },
}

// Latency reads the size of an area's response to an image over time, m(t), which is the
// mean or the root mean square over units of |r|, and takes it as 0 before the first
// recorded step that has numbers. With M the largest m(t) at the step T:
//
//   - "half rise": the first time at which m reaches M/2, linear between steps
//   - "peak": T
//   - "duration": how long m is at M/2 or above around the first half rise, up to the
//     recording's end at most
//   - "adaptation": m at the last step over M, a ratio of 0 to 1
//
// "latency" [area, measure, statistic] has the first three in steps with the causal onset,
// the first step at which a path from the image reaches the area; "adaptation" [area,
// statistic] the last; "half rise by image" [area, image] the time for each image. All
// with 95 % t intervals over images. An image without any response is undefined.
type Latency struct {
	Signal    string `toml:"signal" doc:"signal that is analysed"`
	Statistic string `toml:"statistic" oneof:"mean rms" doc:"size of a response over units: mean of |r|, or root mean square"`
}

var _ Settings = (*Latency)(nil)

// Needs is the signal.
func (s *Latency) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *Latency) Start(on Subject) Analysis { return &latency{Latency: *s, on: on} }

// latency has the times of every area.
type latency struct {
	Latency
	on    Subject
	areas []*areaLatency
}

type areaLatency struct {
	of                               *Recording
	onset                            int
	rise, peak, duration, adaptation moments
	byImage                          []float64
}

// Add takes the responses of some images.
func (l *latency) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	var a *areaLatency
	for _, x := range l.areas {
		if x.of.Area == b.Area {
			a = x
		}
	}
	if a == nil {
		a = &areaLatency{of: b.Recording, onset: l.on.Anatomy.Area(b.Area).Onset}
		l.areas = append(l.areas, a)
	}
	size := make([]float64, len(b.Steps))
	for image := range b.Images() {
		for k := range b.Steps {
			size[k] = l.size(b.At(image, k))
		}
		t := timesOf(size, b.Steps)
		for _, x := range []struct {
			m *moments
			v float64
		}{{&a.rise, t.rise}, {&a.peak, t.peak}, {&a.duration, t.duration}, {&a.adaptation, t.adaptation}} {
			if math.IsNaN(x.v) {
				x.m.undefined++
			} else {
				x.m.add(x.v)
			}
		}
		a.byImage = append(a.byImage, t.rise)
	}
	return nil
}

// size of a response over units; NaN where a unit has no number.
func (l *latency) size(x []float32) float64 {
	sum := 0.0
	for _, v := range x {
		r := math.Abs(float64(v))
		if l.Statistic == "rms" {
			r *= r
		}
		sum += r
	}
	sum /= float64(len(x))
	if l.Statistic == "rms" {
		sum = math.Sqrt(sum)
	}
	if math.IsInf(sum, 0) {
		return math.NaN()
	}
	return sum
}

// times are those of a response to one image, in steps.
type times struct{ rise, peak, duration, adaptation float64 }

// timesOf finds them. Sizes that are not numbers at the beginning are 0; later ones make
// all undefined.
func timesOf(size []float64, steps []int) times {
	nan := math.NaN()
	t := times{nan, nan, nan, nan}
	most, at, first := 0.0, -1, 0
	for first < len(size) && math.IsNaN(size[first]) {
		first++
	}
	for k := first; k < len(size); k++ {
		if math.IsNaN(size[k]) {
			return t
		}
		if size[k] > most {
			most, at = size[k], k
		}
	}
	if at < 0 {
		return t
	}
	half := most / 2
	// The response before the first step that has one is 0.
	before, x0 := 0.0, float64(steps[first]-1)
	for k := first; k <= at; k++ {
		if size[k] >= half {
			t.rise = x0 + (half-before)/(size[k]-before)*(float64(steps[k])-x0)
			break
		}
		before, x0 = size[k], float64(steps[k])
	}
	t.peak = float64(steps[at])
	fall := float64(steps[len(steps)-1])
	for k := at + 1; k < len(size); k++ {
		if size[k] < half {
			a, b := float64(steps[k-1]), float64(steps[k])
			fall = a + (size[k-1]-half)/(size[k-1]-size[k])*(b-a)
			break
		}
	}
	t.duration, t.adaptation = fall-t.rise, size[len(size)-1]/most
	return t
}

// Frames returns those that Latency names.
func (l *latency) Frames() ([]Frame, error) {
	if len(l.areas) == 0 {
		return nil, fmt.Errorf("analysis: latencies of no images")
	}
	of := "mean of |" + l.Signal + "| over units"
	if l.Statistic == "rms" {
		of = "root mean square of the " + l.Signal + " over units"
	}
	area := Axis{Name: "area"}
	when := Frame{Name: "latency", Unit: "steps", Title: "Latency",
		Note: of + ": first time at half of its largest value, linear between steps, with 0 before the first step; step of the largest value; time at half of it or above; beside the first step at which a path from the image reaches the area; mean over images with 95 % t interval"}
	adapted := Frame{Name: "adaptation", Title: "Adaptation", Note: of + " at the last step over its largest value; mean over images with 95 % t interval"}
	byImage := Frame{Name: "half rise" + byImage, Unit: "steps", Title: "Half-rise latency of each image"}
	for _, a := range l.areas {
		if len(a.byImage) != len(l.areas[0].byImage) {
			return nil, fmt.Errorf("analysis: areas %s and %s were recorded of different images", l.areas[0].of.Area, a.of.Area)
		}
		area.Labels = append(area.Labels, a.of.Area)
		on := float64(a.onset)
		if a.onset < 0 {
			on = math.NaN()
		}
		when.Data = append(when.Data, on, math.NaN(), math.NaN(), float64(len(a.of.IDs)), 0)
		for _, m := range []*moments{&a.rise, &a.peak, &a.duration} {
			when.Data = append(when.Data, row(m)...)
		}
		adapted.Data = append(adapted.Data, row(&a.adaptation)...)
		byImage.Data = append(byImage.Data, a.byImage...)
	}
	when.Axes = []Axis{area, {Name: "measure", Labels: []string{"causal onset", "half rise", "peak", "duration"}}, summary}
	adapted.Axes = []Axis{area, summary}
	byImage.Axes = []Axis{area, l.areas[0].of.imageAxis()}
	return []Frame{when, adapted, byImage}, nil
}

// row is a position of summary.
func row(m *moments) []float64 {
	mean, low, high := m.interval()
	return []float64{mean, low, high, float64(m.n), float64(m.undefined)}
}
