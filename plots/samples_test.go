package plots

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// sample is a set of data that figures are tried on.
type sample struct {
	name string
	make func(canvas.Style) (Data, error)
}

func samples() []sample {
	changed := func(n net, change func(*Data)) func(canvas.Style) (Data, error) {
		return func(s canvas.Style) (Data, error) {
			d, err := n.data(s)
			change(&d)
			return d, err
		}
	}
	return []sample{
		{"blt", blt.data},
		{"variants with runs", blt.compared},
		{"one area, step, image", net{areas: 1, steps: 1, classes: 2, images: 1}.data},
		{"every pair of six", net{areas: 6, steps: 8, classes: 10, images: 4, full: true}.data},
		{"twelve areas, sixty steps", net{areas: 12, steps: 60, classes: 30, images: 3, delay: 4}.data},
		{"hundred classes", net{areas: 2, steps: 16, classes: 100, images: 8, delay: 1}.data},
		{"never reached", net{areas: 5, steps: 4, classes: 3, images: 4, delay: 2}.data},
		{"constant", changed(blt, func(d *Data) {
			for _, f := range d.Frames {
				for i := range f.Data {
					if !math.IsNaN(f.Data[i]) {
						f.Data[i] = 1
					}
				}
			}
		})},
		{"all NaN", changed(blt, func(d *Data) {
			for _, f := range d.Frames {
				for i := range f.Data {
					f.Data[i] = math.NaN()
				}
			}
		})},
		{"signed", changed(blt, func(d *Data) {
			for _, f := range d.Frames {
				if f.Name == "activity" || f.Name == "feature maps" {
					for i := range f.Data {
						f.Data[i] -= 0.5
					}
				}
			}
		})},
		{"long names, shares, input and readout elsewhere", changed(blt, func(d *Data) { lengthen(d) })},
		{"controls of other lengths", controls},
		{"a level through the onset", changed(net{areas: 4, steps: 8, classes: 10, images: 40, delay: 1, seed: 1}, func(d *Data) {
			for i := range d.Anatomy.Areas {
				d.Anatomy.Areas[i].Onset = min(i, 1)
			}
			for _, f := range d.Frames {
				if f.Name == "accuracy" {
					for i := range f.Data {
						if i%6 < 3 && !math.IsNaN(f.Data[i]) { // mean, low, high about chance
							f.Data[i] = 8 + 2*float64(i%6)
						}
					}
				}
			}
		})},
		{"four variants of long names, areas too", four},
		{"masked", changed(blt, func(d *Data) { d.Anatomy.Strip = masked })},
		{"screens that differ", func(s canvas.Style) (Data, error) {
			d, err := controls(s)
			d.Anatomy.Strip = masked
			for _, a := range d.Variants {
				a.Strip = masked
				break
			}
			return d, err
		}},
		{"narrow", changed(blt, func(d *Data) { d.Width = canvas.OneColumn })},
	}
}

// four returns four variants of three runs, whose names have forty characters, with
// areas whose names have as many.
func four(s canvas.Style) (Data, error) {
	d := Data{Style: s}
	for v := range 4 {
		for run := range 3 {
			n := net{areas: 4, steps: 8, classes: 10, images: 6, delay: 1, seed: uint64(10*v + run)}
			frames, err := n.frames()
			if err != nil {
				return d, err
			}
			d.Anatomy = n.anatomy()
			for _, f := range frames {
				d.Frames = append(d.Frames, f.With("run", fmt.Sprint(run)).With("variant", fmt.Sprintf("a_variant_with_a_name_of_some_%d0_characters", v)))
			}
		}
	}
	long := func(area string) string { return "area_" + area + "_of_the_cortex_of_the_left_hemisphere" }
	an := d.Anatomy
	for i := range an.Areas {
		an.Areas[i].Name = long(an.Areas[i].Name)
	}
	for i := range an.Connections {
		c := &an.Connections[i]
		c.From, c.To = long(c.From), long(c.To)
	}
	an.InputTo, an.Readout = []string{long(an.InputTo[0])}, long(an.Readout)
	for _, f := range d.Frames {
		if a := f.Axis("area"); a != nil {
			a.Labels = slices.Clone(a.Labels)
			for i, l := range a.Labels {
				a.Labels[i] = long(l)
			}
		}
	}
	return d, nil
}

// controls returns a net beside a feedforward control of one step and one of
// more steps, whose onsets, trained steps and precisions differ.
func controls(s canvas.Style) (Data, error) {
	d := Data{Anatomy: blt.anatomy(), Variants: map[string]*recording.Anatomy{}, Style: s}
	for _, v := range []struct {
		name string
		n    net
	}{{"BLT", blt}, {"B", net{areas: 4, steps: 1, classes: 10, images: 40, seed: 2}}, {"BL, twelve steps", net{areas: 4, steps: 12, classes: 10, images: 40, delay: 2, seed: 3}}} {
		frames, err := v.n.frames()
		if err != nil {
			return d, err
		}
		for _, f := range frames {
			d.Frames = append(d.Frames, f.With("variant", v.name))
		}
		d.Variants[v.name] = v.n.anatomy()
	}
	d.Variants["B"].Precision = "split"
	return d, nil
}

// lengthen gives the third area a long name, connections measured shares and
// windows, and lets the input and the readout pass areas.
func lengthen(d *Data) {
	const name = "posterior inferotemporal cortex"
	an := d.Anatomy
	old := an.Areas[2].Name
	an.Areas[2].Name = name
	for i := range an.Connections {
		c := &an.Connections[i]
		c.Share = float64(i%5) / 4
		c.FromStep, c.ToStep = min(1+i%3, an.Steps-1), min(3+i%3, an.Steps-1)
		if c.From == old {
			c.From = name
		}
		if c.To == old {
			c.To = name
		}
	}
	an.InputTo, an.Readout = append(an.InputTo, name), an.Areas[1].Name
	for _, f := range d.Frames {
		if a := f.Axis("area"); a != nil && a.Find(old) >= 0 {
			a.Labels = slices.Clone(a.Labels)
			a.Labels[a.Find(old)] = name
		}
	}
}
