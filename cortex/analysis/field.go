package analysis

import "slices"

var fieldKind = Kind{
	Name:   "field",
	About:  "theoretical and effective receptive fields of every area over steps: their size, spread and shape",
	Source: "Luo et al. 2016, Understanding the effective receptive field in deep convolutional neural networks; what the probe field measures",
	New:    func() Settings { return &Field{} },
}

// Field reads what the probe field measured of the middle unit of every area. It gives
//
//   - "effective receptive field" [area, step, statistic], in pixels: the side of a square
//     with as many pixels as move the unit by more than the probe's threshold of the most;
//   - "theoretical receptive field" [area, step, statistic], in pixels: the side of a square
//     with as many pixels as can move the unit at all, not cut at the border of the image;
//   - "effective spread" [area, step, statistic], in pixels: the standard deviation of the
//     gradients' sizes over places;
//   - "elongation" [area, step, statistic]: the ratio of the standard deviations along the
//     principal axes, 1 of a round field;
//   - "effective field map" [area, step, y, x]: the root mean square gradient over images.
//
// Means and 95 % t intervals of effective fields are over images. "effective receptive field by
// image" [area, step, image] has the numbers themselves.
type Field struct{}

var _ Settings = (*Field)(nil)

// Needs is the probe.
func (*Field) Needs() []Need { return []Need{{Of: Probe, Signal: "field"}} }

// Start implements Settings.
func (*Field) Start(on Subject) Analysis { return &field{probed{on: on}} }

// field has the frames of the probe.
type field struct{ probed }

// Frames implements Analysis.
func (a *field) Frames() (frames []Frame, err error) {
	const interval = "; mean over images with 95 % t interval; one network"
	for _, x := range []struct{ from, name string }{{"effective side", "effective receptive field"}, {"effective spread", "effective spread"}, {"elongation", "elongation"}} {
		f, err := a.frame(x.from)
		if err != nil {
			return nil, err
		}
		frames = append(frames, a.overImages(f, x.name, f.Unit, f.Note+interval, 1, nil)...)
		if f.Name = x.name; x.from == "effective side" {
			frames = append(frames, a.eachImage(f)...)
		}
	}
	theory, err := a.frame("theoretical side")
	if err != nil {
		return nil, err
	}
	theory.Name, theory.Axes = "theoretical receptive field", append(slices.Clone(theory.Axes), Axis{Name: "statistic", Labels: []string{"mean"}})
	maps, err := a.frame("effective field map")
	if err != nil {
		return nil, err
	}
	return append(append(frames, a.eachArea(theory)...), a.eachArea(maps)...), nil
}
