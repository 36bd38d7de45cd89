package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/experiments/statistics"
)

// byImage ends the names of frames of numbers by image, [… image]. Of several conditions
// they are contrasted.
const byImage = " by image"

// contrastDraws is how often signs are turned.
const contrastDraws = 2000

// contrasts compares conditions of one network in frames [… image] called "X by image":
// each condition minus the first, over the images that both have. One that was shown other
// images is not compared, as its frame says. They give frames "X
// difference" [… statistic] with mean, 95 % t interval over images, n and p by turning
// the sign of images, corrected by the largest statistic over all positions of the frame.
func contrasts(frames []Frame, g Group) (list []Frame, err error) {
	axis, images := g.Axis, map[string]string{}
	for _, m := range g.Members {
		images[m.Name] = m.Images
	}
	var names []string
	by := map[string][]Frame{}
	for i, f := range frames {
		name, ok := strings.CutSuffix(f.Name, byImage)
		if !ok || len(f.Axes) < 2 || f.Axes[0].Name != axis || f.Axes[len(f.Axes)-1].Name != "image" {
			continue
		}
		if name += "." + f.Label("area"); by[name] == nil { // frames by area are several of a name
			names = append(names, name)
		} else if first := by[name][0].Axes[0].At(0); images[f.Axes[0].At(0)] != images[first] {
			frames[i].Note = strings.TrimPrefix(f.Note+"; shown other images than "+first+", so that no difference from it is taken", "; ")
			continue
		}
		by[name] = append(by[name], f)
	}
	for _, name := range names {
		first := by[name][0]
		for _, other := range by[name][1:] {
			f, err := contrast(first, other)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}

// contrast is the second frame minus the first.
func contrast(first, second Frame) (Frame, error) {
	last := len(first.Axes) - 1
	a, b := first.Axes[last], second.Axes[last]
	f := Frame{Name: strings.TrimSuffix(first.Name, byImage) + " difference", Unit: first.Unit, Analysis: first.Analysis,
		Title: upper(strings.TrimSuffix(first.Name, byImage)) + ", difference from " + first.Axes[0].At(0)}
	f.Axes = slices.Clone(first.Axes)
	f.Axes[0] = Axis{Name: first.Axes[0].Name, Labels: []string{second.Axes[0].At(0) + " − " + first.Axes[0].At(0)}}
	f.Axes[last] = Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "p"}}
	if len(first.Axes) != len(second.Axes) {
		return f, fmt.Errorf("analysis: frame %q has other axes in %s and in %s", first.Name, first.Axes[0].At(0), second.Axes[0].At(0))
	}
	points := 1
	for i, x := range first.Axes[1:last] {
		y := second.Axes[i+1]
		if x.Name != y.Name || x.Len() != y.Len() {
			return shorter(f, first, second)
		}
		points *= x.Len()
	}
	at := map[float64]int{}
	for i, id := range b.Values {
		at[id] = i
	}
	var d [][]float64
	for i, id := range a.Values {
		k, ok := at[id]
		if !ok {
			continue
		}
		row := make([]float64, points)
		for p := range row {
			row[p] = second.Data[p*b.Len()+k] - first.Data[p*a.Len()+i]
		}
		d = append(d, row)
	}
	test := statistics.MaxSignFlip(d, contrastDraws, 1)
	for p := range points {
		var column []float64
		for _, row := range d {
			column = append(column, row[p])
		}
		mean, low, high, n := MeanInterval(column)
		q := math.NaN()
		if test.P != nil {
			q = test.P[p]
		}
		f.Data = append(f.Data, mean, low, high, float64(n), q)
	}
	f.Note = fmt.Sprintf("mean difference over %d images that both conditions have, with 95 %% t interval; p by turning the signs of images, largest statistic of %d draws over all positions of the figure; one network: the claim is about images", len(d), contrastDraws)
	return f, nil
}

// shorter contrasts conditions of unlike numbers of steps over the steps of both.
func shorter(f, first, second Frame) (Frame, error) {
	at := slices.IndexFunc(first.Axes, func(a Axis) bool { return a.Name == "step" })
	if at < 0 || at >= len(second.Axes) || second.Axes[at].Name != "step" {
		return f, fmt.Errorf("analysis: frame %q has other axes in %s and in %s", first.Name, first.Axes[0].At(0), second.Axes[0].At(0))
	}
	var both []float64
	for _, s := range first.Axes[at].Values {
		if slices.Contains(second.Axes[at].Values, s) {
			both = append(both, s)
		}
	}
	if len(both) == 0 || len(both) == first.Axes[at].Len() && len(both) == second.Axes[at].Len() {
		return f, fmt.Errorf("analysis: frame %q has other axes in %s and in %s", first.Name, first.Axes[0].At(0), second.Axes[0].At(0))
	}
	return contrast(stepsOnly(first, at, both), stepsOnly(second, at, both))
}

// stepsOnly returns a frame of some of its steps.
func stepsOnly(f Frame, axis int, steps []float64) Frame {
	outer, inner, n := 1, 1, f.Axes[axis].Len()
	for i, a := range f.Axes {
		if i < axis {
			outer *= a.Len()
		} else if i > axis {
			inner *= a.Len()
		}
	}
	g := f
	g.Axes = slices.Clone(f.Axes)
	g.Axes[axis] = Axis{Name: "step", Values: steps}
	g.Data = nil
	for o := range outer {
		for _, s := range steps {
			k := slices.Index(f.Axes[axis].Values, s)
			g.Data = append(g.Data, f.Data[(o*n+k)*inner:][:inner]...)
		}
	}
	return g
}

// upper begins a text with a capital.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// imageAxis has the identities of a recording's images.
func (r *Recording) imageAxis() Axis {
	a := Axis{Name: "image"}
	for _, id := range r.IDs {
		a.Values = append(a.Values, float64(id))
	}
	return a
}
