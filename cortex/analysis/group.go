package analysis

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

// Member is one of several sources that are analysed together.
type Member struct {
	Name   string // "" where there is one
	Images string // tells which images it was shown; members of equal texts are paired
	Source
}

// Group is sources that are analysed together: conditions of one run, or several runs.
type Group struct {
	Axis    string // what the members differ in: "condition", "variant" or "run"
	Members []Member
}

// Joint is implemented by the settings of kinds that compare sources, such as
// similarity between conditions. One analysis takes the batches of all sources, one
// source after the other; Recording.From names it. Any other kind is started
// for each source by itself, and its frames get the axis of the group in front.
type Joint interface {
	Settings

	// StartJoint begins an analysis of several sources. There is at least one.
	StartJoint([]Subject) Analysis
}

// ProbeReader is implemented by analyses that read what a probe measured with the
// engine: those whose Needs have the kind Probe.
type ProbeReader interface {
	AddProbe(source string, frames []Frame) error
}

// RunGroup makes the analyses that are asked for of several sources, and returns the
// frames of each request. Each recording is read once, in batches; the analyses take a
// batch at the same time as each other, while the next is read. Of each source come
// the probes, the images shown, then area by area upwards each signal, then the answers.
// The first recording that is needed and not there is a *Missing.
func RunGroup(g Group, requests []Request) ([][]Frame, error) {
	if len(g.Members) == 0 {
		return nil, fmt.Errorf("analysis: no source to analyse")
	}
	all := make([][]Frame, len(requests))
	joint := make([]*running, len(requests))
	for i, q := range requests {
		j, ok := q.Settings.(Joint)
		if !ok {
			continue
		}
		x := &running{Request: q}
		var of []Subject
		for _, m := range g.Members {
			s, err := subjectOf(g.Axis, m, q)
			if err != nil {
				return nil, err
			}
			of = append(of, s)
		}
		x.Analysis, joint[i] = j.StartJoint(of), x
	}
	kept := map[string]recording.Reduction{}
	for _, m := range g.Members {
		r := &runner{kept: kept, src: m.Source, name: m.Name, anatomy: m.Anatomy(), signals: Signals(requests)}
		for i, q := range requests {
			s, err := subjectOf(g.Axis, m, q)
			if err != nil {
				return nil, err
			}
			x := joint[i]
			if x == nil {
				x = &running{Request: q, Analysis: q.Settings.Start(s)}
			}
			x.areas = s.Areas
			r.running = append(r.running, x)
		}
		if err := r.read(); err != nil {
			return nil, err
		}
		for i, x := range r.running {
			if joint[i] != nil {
				continue
			}
			frames, err := x.frames()
			if err != nil {
				return nil, err
			}
			for _, f := range frames {
				if len(g.Members) > 1 {
					f = f.With(g.Axis, m.Name)
				}
				all[i] = append(all[i], f)
			}
		}
	}
	for i, x := range joint {
		if x == nil && g.Axis == "condition" && len(g.Members) > 1 {
			more, err := contrasts(all[i], g)
			if err != nil {
				return nil, err
			}
			all[i] = append(all[i], more...)
		}
		if x == nil {
			continue
		}
		frames, err := x.frames()
		if err != nil {
			return nil, err
		}
		all[i] = frames
	}
	return all, nil
}

// frames returns the frames of an analysis under its name.
func (x *running) frames() ([]Frame, error) {
	frames, err := x.Frames()
	if err != nil {
		return nil, x.wrap(err)
	}
	for i := range frames {
		if x.Name != x.Kind {
			frames[i].Analysis = x.Name
		}
		if r := x.reduced.String(); r != "" {
			frames[i].Note = strings.TrimPrefix(frames[i].Note+"; units: what the reduction "+r+" of the recording kept", "; ")
		}
		if err := frames[i].Check(); err != nil {
			return nil, x.wrap(err)
		}
	}
	return frames, nil
}

// subjectOf is a source as an analysis knows it before its recordings.
func subjectOf(axis string, m Member, q Request) (Subject, error) {
	s, x := Subject{Name: m.Name, Axis: axis, Images: m.Images, Anatomy: m.Anatomy(), Open: m.Open}, running{Request: q}
	for i := range s.Anatomy.Areas {
		if a := &s.Anatomy.Areas[i]; len(q.Areas) == 0 && active(s.Anatomy, a) || slices.Contains(q.Areas, a.Name) {
			s.Areas = append(s.Areas, a.Name)
		}
	}
	for _, name := range q.Areas {
		switch a := s.Anatomy.Area(name); {
		case a == nil:
			return s, x.wrap(fmt.Errorf("no area is called %q", name))
		case !active(s.Anatomy, a):
			return s, x.wrap(fmt.Errorf("area %s has no activity: no image reaches it, or training never reached the weights of its steps", name))
		}
	}
	var err error
	s.Table, err = m.Table()
	return s, err
}

// active reports whether an area has a number at any step.
func active(an *recording.Anatomy, a *recording.AnatomyArea) bool {
	for t := a.Onset; t >= 0 && t < an.Steps; t++ {
		if !slices.Contains(an.Unrecorded, fmt.Sprintf("%s@%d", a.Name, t)) {
			return true
		}
	}
	return false
}
