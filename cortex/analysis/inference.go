package analysis

import (
	"fmt"
	"math"
)

var inferenceKind = Kind{
	Name:   "inference",
	About:  "whether updates of the state descend the loss: their cosine with the negative gradient, their size, and what an answer loses without one",
	Source: "Jastrzębski et al. 2018; leaving a step out: Veit et al. 2016; what the probes gradient and drop measure",
	New:    func() Settings { return &Inference{} },
}

// Inference reads what the probes gradient and drop measured. It gives
//
//   - "update cosine" [area, step, statistic]: (x(t)-x(t-1)) · (-∂L/∂x(t-1)) over the product
//     of their lengths, with the training loss L of the image;
//   - "update ratio" [area, step, statistic]: |x(t)-x(t-1)| / |x(t-1)|;
//   - "accuracy without an update" [area, step, statistic]: the change of accuracy, in
//     percentage points, when the area's state at step t stays x(t-1);
//   - "accuracy without a step" [step, statistic]: the same when all areas stay.
//
// "update cosine by image", "update ratio by image" and "right by image" [area, step, image]
// have the numbers themselves.
//
// Means and 95 % t intervals are over images, of changes over the paired differences of
// images. Cosines of independent directions in d dimensions have mean 0 and a standard
// deviation of 1/√d. Images without a number are counted as undefined.
type Inference struct{}

var _ Settings = (*Inference)(nil)

// Needs are the probes.
func (*Inference) Needs() []Need {
	return []Need{{Of: Probe, Signal: "gradient"}, {Of: Probe, Signal: "drop"}}
}

// Start implements Settings.
func (*Inference) Start(on Subject) Analysis { return &inference{probed{on: on}} }

// inference has the frames of both probes.
type inference struct{ probed }

// Frames implements Analysis.
func (a *inference) Frames() ([]Frame, error) {
	cosine, err := a.frame("update cosine")
	if err != nil {
		return nil, err
	}
	ratio, err := a.frame("update ratio")
	if err != nil {
		return nil, err
	}
	right, err := a.frame("right")
	if err != nil {
		return nil, err
	}
	without, err := a.frame("right without a step")
	if err != nil {
		return nil, err
	}
	all, err := a.frame("right with all")
	if err != nil {
		return nil, err
	}
	const interval = "; mean over images with 95 % t interval; one network"
	frames := a.overImages(cosine, "update cosine", "", cosine.Note+"; 0 is at right angles to it"+interval, 1, nil)
	frames = append(frames, a.overImages(ratio, "update ratio", "", ratio.Note+interval, 1, nil)...)
	hits, n := 0, 0
	for _, v := range all.Data {
		if !math.IsNaN(v) {
			hits, n = hits+int(v), n+1
		}
	}
	low, high := Wilson(hits, n)
	whole := fmt.Sprintf("; with every update it is %.1f %% (95 %% Wilson interval %.1f to %.1f), n = %d images", 100*float64(hits)/float64(n), 100*low, 100*high, n)
	const paired = "; mean over paired differences of images with 95 % t interval, not corrected for the number of steps; one network"
	frames = append(frames, a.overImages(right, "accuracy without an update", "percentage points", "change of accuracy when the area keeps its state of the step before"+whole+paired, 100, all.Data)...)
	f := Frame{Name: "accuracy without a step", Unit: "percentage points", Title: "All areas", Note: "change of accuracy when all areas keep their states of the step before" + whole + paired, Axes: []Axis{without.Axes[0], summary}}
	for t := range without.Axes[0].Len() {
		f.Data = append(f.Data, ofImages(without.Data[t*len(all.Data):][:len(all.Data)], all.Data, 100)...)
	}
	frames = append(frames, f)
	for _, x := range []Frame{cosine, ratio, right} { // of which conditions are contrasted
		frames = append(frames, a.eachImage(x)...)
	}
	return frames, nil
}
