package protocol

import (
	"fmt"
	"slices"

	"ventral/cortex"
)

// Options say what conditions are laid out over.
type Options struct {
	Steps     int
	MSPerStep float64 // 0 where unknown
	Frames    int     // of a clip of the data set, 1 where images stand still
	Labels    string  // what an answer is judged by: "trial", "shown" or "frame"; "any" where none is judged
	Lag       int     // steps from what is shown to the answer that is judged by it
}

// answer is an image of a trial, and a frame of it, whose label is right.
type answer struct {
	image Which
	frame int
}

// none is no answer.
var none = answer{NoImage, 0}

// Show is what a program shows: one condition, or several of which each image has one.
type Show struct {
	Screen     cortex.Screen
	Conditions []Condition

	frames  [][]look   // by frame, of every condition
	answers [][]answer // by labels, of every condition
	frame   map[string]int
}

// New lays conditions out. Of several, an image of the data set has one, which is
// drawn: they show something at the same steps, and have right answers at the same.
func New(conditions []Condition, o Options) (*Show, error) {
	s := &Show{Conditions: conditions, frame: map[string]int{}}
	layouts := make([][]moment, len(conditions))
	for k := range conditions {
		var err error
		if layouts[k], err = conditions[k].lay(o.Steps, o.MSPerStep); err != nil {
			return nil, err
		}
		if err := checkImages(&conditions[k], layouts[k], o); err != nil {
			return nil, err
		}
	}
	if err := sameSteps(conditions, layouts); err != nil {
		return nil, err
	}
	for t := range o.Steps {
		s.Screen.Steps = append(s.Screen.Steps, s.at(t, layouts, o.Frames))
	}
	s.Screen.Strip = strip(conditions, layouts)
	return s, s.judge(layouts, o)
}

// checkImages reports a condition without an image, or frames that no clip has.
func checkImages(c *Condition, layout []moment, o Options) error {
	images := c.images(layout)
	for _, m := range layout {
		if m.item < 0 {
			continue
		}
		if x := &c.Items[m.item]; x.Frame >= Clip(o.Frames) {
			return c.wrong(m.item, "frame", "found %d, an image of the data set has %d frames, from 0", x.Frame, o.Frames)
		}
	}
	switch {
	case len(images) == 0:
		return c.wrong(-1, "show", "shows no image within steps 0..%d; it shows something at steps %s", o.Steps-1, shown(layout))
	case c.Label >= 0 && !slices.Contains(images, Which(c.Label)) && o.Labels == "trial":
		return c.wrong(-1, "label", "found %d, but image %d is not shown within steps 0..%d", c.Label, c.Label, o.Steps-1)
	case c.Label < 0 && len(images) > 1 && o.Labels == "trial":
		return c.wrong(-1, "", "shows %d images; want label = 0 or another to say whose label is that of the trial, or readout.labels = \"shown\"", len(images))
	}
	return nil
}

// images are those of a trial that are shown, in the order in which they come.
func (c *Condition) images(layout []moment) (list []Which) {
	for _, m := range layout {
		if m.item < 0 {
			continue
		}
		if x := &c.Items[m.item]; x.Blank == "" && x.Mask == "" && !slices.Contains(list, max(0, x.Image)) {
			list = append(list, max(0, x.Image))
		}
	}
	return list
}

// sameSteps reports conditions of a mixture of which one shows something where
// another shows nothing.
func sameSteps(conditions []Condition, layouts [][]moment) error {
	for k := 1; k < len(layouts); k++ {
		for t := range layouts[k] {
			if a, b := present(&conditions[0], layouts[0][t]), present(&conditions[k], layouts[k][t]); a != b {
				return conditions[k].wrong(-1, "show", "%s and %s are shown in turn, but at step %d one of them shows something and the other has no input at all; want a blank such as \"grey\" in its place", conditions[0].Name, conditions[k].Name, t)
			}
		}
	}
	return nil
}

// present reports whether anything is on the screen.
func present(c *Condition, m moment) bool { return m.item >= 0 && c.Items[m.item].Blank != "absent" }

// at returns what is shown at step t, and adds the frames of it that are new.
func (s *Show) at(t int, layouts [][]moment, frames int) cortex.Shown {
	if !present(&s.Conditions[0], layouts[0][t]) {
		return nil
	}
	mixture := len(s.Conditions) > 1
	looks := make([]look, len(s.Conditions))
	contrast, luminance := 1.0, 1.0
	for k := range s.Conditions {
		c := &s.Conditions[k]
		looks[k], contrast, luminance = c.lookOf(layouts[k][t], t, frames, mixture)
	}
	var shown cortex.Shown
	add := func(looks []look, gain float64) {
		f := s.number(looks)
		if i := slices.IndexFunc(shown, func(p cortex.Part) bool { return p.Frame == f }); i >= 0 {
			shown[i].Gain += gain
		} else if gain != 0 {
			shown = append(shown, cortex.Part{Frame: f, Gain: gain})
		}
	}
	add(looks, contrast*luminance)
	if contrast != 1 {
		add([]look{even(s.Conditions[0].Ground)}, (1-contrast)*luminance)
	}
	if luminance != 1 {
		add([]look{even("black")}, 1-luminance)
	}
	return shown
}

// number returns the number of a frame.
func (s *Show) number(looks []look) int {
	key := fmt.Sprint(looks)
	n, ok := s.frame[key]
	if !ok {
		n = len(s.frames)
		s.frame[key] = n
		s.frames = append(s.frames, looks)
	}
	return n
}

// judge says which labels each step is judged by.
func (s *Show) judge(layouts [][]moment, o Options) error {
	switch o.Labels {
	case "any":
		return nil
	case "trial", "":
		right := make([]answer, len(s.Conditions))
		for k := range right {
			if right[k].image = Which(s.Conditions[k].Label); right[k].image < 0 {
				right[k].image = s.Conditions[k].images(layouts[k])[0]
			}
		}
		s.answers = [][]answer{right}
		return nil
	}
	for t := range o.Steps {
		which := -1
		if at := t - o.Lag; at >= 0 {
			right := make([]answer, len(s.Conditions))
			for k := range right {
				right[k] = s.Conditions[k].rightAt(layouts[k][at], o)
				if (right[k] == none) != (right[0] == none) {
					return s.Conditions[k].wrong(-1, "show", "%s and %s are shown in turn, but at step %d only one of them shows an image with a label, which readout.labels = %q needs", s.Conditions[0].Name, s.Conditions[k].Name, at, o.Labels)
				}
			}
			if right[0] != none {
				if which = slices.IndexFunc(s.answers, func(a []answer) bool { return slices.Equal(a, right) }); which < 0 {
					which = len(s.answers)
					s.answers = append(s.answers, right)
				}
			}
		}
		s.Screen.Answers = append(s.Screen.Answers, which)
	}
	return nil
}

// rightAt is the right answer to what is shown at a moment.
func (c *Condition) rightAt(m moment, o Options) answer {
	if m.item < 0 {
		return none
	}
	x := &c.Items[m.item]
	if x.Blank != "" || x.Mask != "" {
		return none
	}
	a := answer{image: max(0, x.Image)}
	if o.Labels == "frame" {
		l, _, _ := c.lookOf(m, 0, o.Frames, false)
		a.frame = l.clip
	}
	return a
}

// Frames is how many frames a program shows.
func (s *Show) Frames() int { return len(s.frames) }

// NeedsMean reports whether a frame has the mean colour of the training images.
func (s *Show) NeedsMean() bool {
	for _, looks := range s.frames {
		for _, k := range looks {
			if k.blank == "mean" || k.ground == "mean" {
				return true
			}
		}
	}
	return false
}
