package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

var stabilityKind = Kind{
	Name:   "stability",
	About:  "whether states settle, cycle, drift or explode far beyond training: distances between steps, a verdict by area, fixed points and leading eigenvalues of the state map",
	Source: "Sussillo and Barak 2013, Opening the black box; Arnoldi 1951; what the probe jacobian measures",
	New:    func() Settings { return &Stability{} },
}

// Stability reads what the probe jacobian measured of the cortex run far beyond its
// training. It gives
//
//   - "distance between steps" [area, path, step of the run, statistic], the decimal logarithm of
//     |x(t)-x(t-1)| / |x(t-1)|, a curve for each of the first images, since one may settle where another does not;
//   - "verdict" [area, verdict, statistic]: for how many images an area has converged, cycles,
//     drifts or explodes;
//   - "eigenvalues" [image, quantity], real and imaginary part of the leading eigenvalues of the
//     state map at fixed points, where there are any;
//   - "growth" [measure, statistic]: the largest modulus of these, and the mean factor a step
//     by which the state map stretches differences along the last steps of the run;
//   - "fixed points" [image, measure]: their speed q = ½|F(s)-s|² and where they are;
//   - "distance between steps by image" [area, step of the run, image].
//
// Means and 95 % t intervals are over images.
type Stability struct{}

var _ Settings = (*Stability)(nil)

// Needs is the probe.
func (*Stability) Needs() []Need { return []Need{{Of: Probe, Signal: "jacobian"}} }

// Start implements Settings.
func (*Stability) Start(on Subject) Analysis { return &stability{probed{on: on}} }

// stability has the frames of the probe.
type stability struct{ probed }

// Frames implements Analysis.
func (a *stability) Frames() (frames []Frame, err error) {
	of := map[string]Frame{}
	for _, name := range []string{"distance between steps", "verdict", "period", "rate", "eigenvalues", "fixed point"} {
		if of[name], err = a.frame(name); err != nil {
			return nil, err
		}
	}
	d := of["distance between steps"]
	d.Unit, d.Note, d.Axes, d.Data = "log10", "decimal logarithm of "+d.Note, slices.Clone(d.Axes), slices.Clone(d.Data)
	d.Axes[1].Name = "step of the run" // which goes on after the experiment's steps
	for i, v := range d.Data {
		d.Data[i] = math.Log10(v)
	}
	frames = append(frames, a.paths(d))
	frames = append(frames, a.eachImage(d)...)
	frames = append(frames, a.verdicts(of["verdict"], of["period"], of["rate"])...)
	values, point := of["eigenvalues"], of["fixed point"]
	if plane := a.plane(values); plane.Axes[0].Len() > 0 {
		frames = append(frames, plane)
	}
	return append(frames, a.growth(values, point), Frame{Name: "fixed points", Title: "Fixed points of the state map", Note: point.Note,
		Axes: []Axis{point.Axes[0], {Name: "measure", Labels: point.Axes[1].Labels}}, Data: point.Data}), nil
}

// shownPaths are drawn.
const shownPaths = 8

// paths have the numbers of a frame [area, step, image] as curves, of the first images.
func (a *stability) paths(f Frame) Frame {
	steps, images := f.Axes[1].Len(), f.Axes[2].Len()
	shown := min(images, shownPaths)
	p := Frame{Name: f.Name, Unit: f.Unit, Note: f.Note, Axes: []Axis{{Name: "area"}, {Name: "path"}, f.Axes[1], {Name: "statistic", Labels: []string{"mean"}}}}
	if shown < images {
		p.Note = fmt.Sprintf("of the first %d of %d images; ", shown, images) + f.Note
	}
	for i := range shown {
		p.Axes[1].Labels = append(p.Axes[1].Labels, "image "+f.Axes[2].At(i))
	}
	for _, g := range a.eachArea(f) {
		p.Axes[0].Labels = append(p.Axes[0].Labels, g.Title)
		for i := range shown {
			for t := range steps {
				p.Data = append(p.Data, g.Data[t*images+i])
			}
		}
	}
	return p
}

// verdicts count images by verdict in every area, with periods and rates in words.
func (a *stability) verdicts(f, period, rate Frame) (list []Frame) {
	images, kinds := f.Axes[1].Len(), f.Axes[2]
	for k, area := range f.Axes[0].Labels {
		if !slices.Contains(a.on.Areas, area) {
			continue
		}
		counts, known := make([]float64, kinds.Len()), 0
		for i := range images {
			for j := range counts {
				if f.At(k, i, j) == 1 {
					counts[j]++
					known++
				}
			}
		}
		var words []string
		for j, n := range counts {
			if n > 0 {
				words = append(words, fmt.Sprintf("%s for %.0f", kinds.At(j), n))
			}
		}
		text := fmt.Sprintf("%s: %s of %d images", area, strings.Join(words, ", "), known)
		if mean, _, _, n := MeanInterval(rate.Data[k*images:][:images]); n > 0 {
			text += fmt.Sprintf("; distances change by a factor of %.3g a step", mean)
		}
		if mean, _, _, n := MeanInterval(period.Data[k*images:][:images]); n > 0 {
			text += fmt.Sprintf("; first return after %.3g steps", mean)
		}
		list = append(list, Frame{Name: f.Name, Unit: "images", Title: area, Note: text + "; " + f.Note,
			Axes: []Axis{{Name: "area", Labels: []string{area}}, kinds, {Name: "statistic", Labels: []string{"count"}}}, Data: counts})
	}
	return list
}

// plane has the eigenvalues of all images in the complex plane.
func (a *stability) plane(f Frame) Frame {
	p := Frame{Name: "eigenvalues", Title: "Leading eigenvalues of the state map", Note: f.Note,
		Axes: []Axis{{Name: "image"}, {Name: "quantity", Labels: []string{"real part", "imaginary part"}}}}
	worst := 0.0
	for i := range f.Axes[0].Len() {
		for k := range f.Axes[1].Len() {
			re, im := f.At(i, k, 0), f.At(i, k, 1)
			alone := k == f.Axes[1].Len()-1 && im > 0 // its conjugate was not kept
			if !math.IsNaN(re) && !alone {
				p.Axes[0].Labels = append(p.Axes[0].Labels, fmt.Sprintf("%s, %d", f.Axes[0].At(i), k+1))
				p.Data = append(p.Data, re, im)
				worst = math.Max(worst, f.At(i, k, 3))
			}
		}
	}
	p.Note = fmt.Sprintf("states settle where all moduli are below 1; the largest residual |Jx-λx| of a vector of length 1 is %.2g; ", worst) + p.Note
	return p
}

// growth is the largest modulus at fixed points, and growth along the run.
func (a *stability) growth(values, point Frame) Frame {
	images := values.Axes[0].Len()
	largest, factor := make([]float64, images), make([]float64, images)
	for i := range images {
		largest[i], factor[i] = values.At(i, 0, 2), math.NaN()
		if k := point.Axes[1].Find("growth per step"); k >= 0 {
			factor[i] = point.At(i, k)
		}
	}
	return Frame{Name: "growth", Title: "Growth of small differences a step",
		Note: "above 1 differences grow; largest modulus at fixed points, where one was found; along the run: " + point.Note + "; mean over images with 95 % t interval; one network",
		Axes: []Axis{{Name: "measure", Labels: []string{"largest |λ| at fixed points", "along the run"}}, summary},
		Data: append(ofImages(largest, nil, 1), ofImages(factor, nil, 1)...)}
}
