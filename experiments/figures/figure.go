// Package figures draws single figures of runs for papers: some areas and steps, in a style
// of the user's, several runs over each other, several figures on a plate, and movies.
package figures

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/decode"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/plots"
	"ventral/plots/canvas"
	"ventral/plots/movie"
	"ventral/plots/screen"
)

// Request asks for a figure.
type Request struct {
	Runs   []rundir.Folder
	Names  []string // of the runs, in the key of the figure
	Figure string
	Areas  []string // none: all
	Steps  *Steps   // nil: all
	Style  *Style
	Width  canvas.Pt // 0: that of the style, or the figure's own

	Letters int // added to those of the style
}

// Steps are steps from one to another, both included.
type Steps struct{ From, To int }

// ParseSteps reads "2..8", "2.." or "3".
func ParseSteps(text string) (*Steps, error) {
	from, to, ranged := strings.Cut(text, "..")
	s := &Steps{To: 1 << 30}
	var err, err2 error
	s.From, err = strconv.Atoi(from)
	if !ranged {
		s.To = s.From
	} else if to != "" {
		s.To, err2 = strconv.Atoi(to)
	}
	if err != nil || err2 != nil || s.From < 0 || s.To < s.From {
		return nil, fmt.Errorf("found %q, want steps, such as 2..8 or 2.. to the end", text)
	}
	return s, nil
}

// Names are what keys call the runs in folders: by the names of the folders where these
// differ, else by their paths.
func Names(folders []string) (names []string) {
	for _, f := range folders {
		name := filepath.Base(filepath.Clean(f))
		if slices.Contains(names, name) {
			return folders
		}
		names = append(names, name)
	}
	return names
}

// Draw makes the figure.
func Draw(q Request) (*canvas.Figure, error) {
	d, err := report.Data(q.Runs, q.Names)
	if err != nil {
		return nil, err
	}
	if d, err = q.some(d); err != nil {
		return nil, err
	}
	style := q.Style.Canvas()
	if style.Letters != canvas.NoLetters {
		style.Letters = q.Letters
	}
	if d.Width = q.Width; d.Width == 0 {
		d.Width = canvas.Pt(q.Style.Width)
	}
	if q.Style.MS {
		if d, style.StepMS, err = inMS(d); err != nil {
			return nil, err
		}
	}
	d.Style = style
	if q.Figure == "protocol" {
		return screen.Protocol(d.Anatomy, style, d.Width), nil
	}
	list, err := plots.All(d)
	if err != nil {
		return nil, err
	}
	known := []string{"protocol"}
	for _, f := range list {
		if f.Name == q.Figure {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return nil, unknown(q.Figure, known)
}

func unknown(figure string, known []string) error {
	return fmt.Errorf("figure %q: found no such figure%s", figure, meant(figure, known))
}

// meant says which figure may be meant, and which there are.
func meant(figure string, known []string) string {
	text := ""
	if k := decode.Nearest(figure, known); k != "" {
		text = fmt.Sprintf("; did you mean %q?", k)
	}
	return text + "; there are " + strings.Join(known, ", ")
}

// some is data of the areas and steps that are asked for. Colours of areas stay.
func (q Request) some(d plots.Data) (plots.Data, error) {
	for _, a := range q.Areas {
		if d.Anatomy.Area(a) == nil {
			var known []string
			for _, x := range d.Anatomy.Areas {
				known = append(known, x.Name)
			}
			return d, fmt.Errorf("areas: found %q, want areas of the run%s", a, decode.Meant(a, known))
		}
	}
	if q.Steps != nil && q.Steps.From >= d.Anatomy.Steps {
		return d, fmt.Errorf("steps: found %d.., want steps of 0..%d", q.Steps.From, d.Anatomy.Steps-1)
	}
	var frames []analysis.Frame
	for _, f := range d.Frames {
		if len(q.Areas) > 0 {
			f = f.Keep("area", func(a analysis.Axis, i int) bool { return slices.Contains(q.Areas, a.At(i)) })
		}
		if q.Steps != nil {
			f = f.Keep("step", func(a analysis.Axis, i int) bool {
				return i >= len(a.Values) || int(a.Values[i]) >= q.Steps.From && int(a.Values[i]) <= q.Steps.To
			})
		}
		if len(f.Data) > 0 {
			frames = append(frames, f)
		}
	}
	d.Frames = frames
	if q.Steps != nil {
		d = each(d, func(a *recording.Anatomy) { end(a, min(a.Steps, q.Steps.To+1)) })
	}
	return d, nil
}

// end has an anatomy end after a number of steps.
func end(a *recording.Anatomy, steps int) {
	within := func(list []int) []int {
		return slices.DeleteFunc(slices.Clone(list), func(t int) bool { return t >= steps })
	}
	a.Steps, a.InputSteps, a.TrainSteps, a.TestSteps, a.Reestimated = steps, within(a.InputSteps), within(a.TrainSteps), within(a.TestSteps), within(a.Reestimated)
	a.Areas = slices.Clone(a.Areas)
	for i := range a.Areas {
		if a.Areas[i].Onset >= steps {
			a.Areas[i].Onset = -1
		}
	}
	var kept []recording.AnatomyConnection
	for _, c := range a.Connections {
		if c.FromStep >= steps {
			continue
		}
		c.ToStep = min(c.ToStep, steps-1)
		for i, gap := range c.Gaps {
			if gap[1] >= c.ToStep { // it ends in a gap, or before
				c.ToStep, c.Gaps = min(c.ToStep, gap[0]-1), c.Gaps[:i]
				break
			}
		}
		kept = append(kept, c)
	}
	a.Connections = kept
}

// each changes copies of the anatomies.
func each(d plots.Data, change func(*recording.Anatomy)) plots.Data {
	of := func(a *recording.Anatomy) *recording.Anatomy {
		if a == nil {
			return nil
		}
		b := *a
		change(&b)
		return &b
	}
	d.Anatomy = of(d.Anatomy)
	variants := map[string]*recording.Anatomy{}
	for name, a := range d.Variants {
		variants[name] = of(a)
	}
	d.Variants = variants
	return d
}

// inMS is data whose steps are written in milliseconds, and how many a step has.
func inMS(d plots.Data) (plots.Data, float64, error) {
	ms := d.Anatomy.MSPerStep
	for _, a := range d.Variants {
		if a != nil && a.MSPerStep != ms {
			return d, 0, errors.New("ms: steps of these runs are not of one length; want ms = false")
		}
	}
	if ms == 0 {
		return d, 0, errors.New("ms: the run does not say how long a step is; ms_per_step of its experiment does; want ms = false")
	}
	frames := slices.Clone(d.Frames)
	for i := range frames {
		f := &frames[i]
		f.Axes = slices.Clone(f.Axes)
		for k, a := range f.Axes {
			if a.Name != "step" || len(a.Values) == 0 {
				continue
			}
			a.Labels = nil
			for _, t := range a.Values {
				a.Labels = append(a.Labels, strconv.FormatFloat(t*ms, 'g', 6, 64))
			}
			f.Axes[k] = a
		}
	}
	d.Frames = frames
	return each(d, func(a *recording.Anatomy) { a.MSPerStep = 0 }), ms, nil
}

// Movie is the movie of a figure of a run, with the areas and steps that are asked for, and
// how it is drawn.
func Movie(q Request) (*movie.Movie, movie.Look, error) {
	look := movie.Look{Style: q.Style.Canvas(), Width: canvas.Pt(q.Style.Width), Image: movie.None}
	if look.Width == 0 {
		look.Width = canvas.TwoColumns
	}
	d, err := report.Data(q.Runs, q.Names)
	if err != nil {
		return nil, look, err
	}
	if d, err = q.some(d); err != nil {
		return nil, look, err
	}
	look.MSPerStep = d.Anatomy.MSPerStep
	var known []string
	for _, m := range movie.Of(d.Frames) {
		if !m.Maps() {
			continue
		}
		name := m.Figure()
		if name == q.Figure {
			return &m, look, nil
		}
		known = append(known, name)
	}
	if len(known) == 0 {
		return nil, look, fmt.Errorf("figure %q: has no movie; figures of maps over steps have one, such as rdm", q.Figure)
	}
	return nil, look, fmt.Errorf("figure %q: has no movie%s", q.Figure, meant(q.Figure, known))
}
