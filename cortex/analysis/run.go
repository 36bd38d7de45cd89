package analysis

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

// batchNumbers bounds the numbers of a recording that are in memory at once:
// 16 MiB of them, or one image where that has more.
const batchNumbers = 4 << 20

// Run is RunEach with the frames of all requests in one list.
func Run(src Source, requests []Request) ([]Frame, error) {
	each, err := RunEach(src, requests)
	return slices.Concat(each...), err
}

// RunEach makes the analyses that are asked for and returns the frames of each
// request. It reads every recording once, in batches: the images
// shown, then area by area upwards each signal, then the answers. The first
// recording that is needed and not there is a *Missing.
func RunEach(src Source, requests []Request) ([][]Frame, error) {
	r := &runner{src: src, anatomy: src.Anatomy(), signals: Signals(requests)}
	for _, q := range requests {
		if err := r.start(q); err != nil {
			return nil, err
		}
	}
	if err := r.read(); err != nil {
		return nil, err
	}
	all := make([][]Frame, len(requests))
	for i, x := range r.running {
		frames, err := x.Frames()
		if err != nil {
			return nil, x.wrap(err)
		}
		for _, f := range frames {
			if x.Name != x.Kind {
				f.Analysis = x.Name
			}
			if err := f.Check(); err != nil {
				return nil, x.wrap(err)
			}
			all[i] = append(all[i], f)
		}
	}
	return all, nil
}

// runner makes analyses of one source.
type runner struct {
	src     Source
	anatomy *recording.Anatomy
	signals []string
	running []running
	buffer  []float32
}

// running is an analysis that has begun.
type running struct {
	Request
	Analysis
	areas []string
}

func (x *running) wrap(err error) error {
	return fmt.Errorf("analysis %q: %s", x.Name, strings.TrimPrefix(err.Error(), "analysis: "))
}

// wants reports whether the analysis reads a recording.
func (x *running) wants(of Of, area, signal string) bool {
	return slices.ContainsFunc(x.Settings.Needs(), func(n Need) bool {
		return n.Of == of && (of != Areas || n.Signal == signal && slices.Contains(x.areas, area))
	})
}

func (r *runner) start(q Request) error {
	x := running{Request: q}
	for i := range r.anatomy.Areas {
		if a := &r.anatomy.Areas[i]; len(q.Areas) == 0 && r.active(a) || slices.Contains(q.Areas, a.Name) {
			x.areas = append(x.areas, a.Name)
		}
	}
	for _, name := range q.Areas {
		switch a := r.anatomy.Area(name); {
		case a == nil:
			return x.wrap(fmt.Errorf("no area is called %q", name))
		case !r.active(a):
			return x.wrap(fmt.Errorf("area %s has no activity: no image reaches it, or training never reached the weights of its steps", name))
		}
	}
	x.Analysis = q.Settings.Start(Subject{r.anatomy, x.areas})
	r.running = append(r.running, x)
	return nil
}

// active reports whether an area has a number at any step.
func (r *runner) active(a *recording.AnatomyArea) bool {
	for t := a.Onset; t >= 0 && t < r.anatomy.Steps; t++ {
		if !slices.Contains(r.anatomy.Unrecorded, fmt.Sprintf("%s@%d", a.Name, t)) {
			return true
		}
	}
	return false
}

func (r *runner) read() error {
	if to := r.who(Images, "", ""); len(to) > 0 {
		if err := r.trace(Images, "", recording.Image, to, r.src.Images); err != nil {
			return err
		}
	}
	for _, a := range r.anatomy.Areas {
		for _, signal := range r.signals {
			to := r.who(Areas, a.Name, signal)
			if len(to) == 0 {
				continue
			}
			open := func() (*recording.TraceReader, io.Closer, error) { return r.src.Trace(a.Name, signal) }
			if err := r.trace(Areas, a.Name, signal, to, open); err != nil {
				return err
			}
		}
	}
	if to := r.who(Answers, "", ""); len(to) > 0 {
		return r.answers(to)
	}
	return nil
}

// who lists the analyses that read a recording.
func (r *runner) who(of Of, area, signal string) []*running {
	var list []*running
	for i := range r.running {
		if x := &r.running[i]; x.wants(of, area, signal) {
			list = append(list, x)
		}
	}
	return list
}

// missing makes a *Missing of an error that says that there is no file.
func (r *runner) missing(x *running, n Need, area string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Missing{x.Name, n, area, r.signals, err, ""}
	}
	return err
}

// trace reads a recording of an area, or of the images shown.
func (r *runner) trace(of Of, area, signal string, to []*running, open func() (*recording.TraceReader, io.Closer, error)) error {
	t, end, err := open()
	if err != nil {
		return r.missing(to[0], Need{Of: of, Signal: signal}, area, err)
	}
	defer end.Close()
	whole := &Recording{Of: of, Area: area, Signal: signal, Steps: t.Trace.Steps, Shape: t.Trace.Shape, IDs: t.ImageIDs, Labels: t.Labels}
	return r.batches(whole, to, t.Read, nil)
}

// answers reads the logits.
func (r *runner) answers(to []*running) error {
	l, end, err := r.src.Answers()
	if err != nil {
		return r.missing(to[0], Need{Of: Answers}, "", err)
	}
	defer end.Close()
	target := l.Target
	if !l.Multi {
		target = nil
	}
	whole := &Recording{Of: Answers, Steps: l.Logits.Steps, Shape: [3]int{1, 1, l.Logits.Classes}, IDs: l.ImageIDs, Labels: l.Labels, LabelAt: l.Logits.LabelAt}
	return r.batches(whole, to, l.Read, target)
}

// batches reads a recording, and hands each batch to the analyses.
func (r *runner) batches(whole *Recording, to []*running, read, target func(lo, hi int, dst []float32) error) error {
	each := max(whole.PerImage(), 1)
	images := max(batchNumbers/each, 1)
	for lo := 0; lo < len(whole.IDs); lo += images {
		hi := min(lo+images, len(whole.IDs))
		if need := (hi - lo) * each; len(r.buffer) < need {
			r.buffer = make([]float32, need)
		}
		b := Batch{Recording: whole, First: lo, Data: r.buffer[:(hi-lo)*each]}
		if err := read(lo, hi, b.Data); err != nil {
			return err
		}
		if target != nil {
			b.Target = make([]float32, (hi-lo)*whole.Shape[2])
			if err := target(lo, hi, b.Target); err != nil {
				return err
			}
		}
		for _, x := range to {
			if err := x.Add(b); err != nil {
				return x.wrap(err)
			}
		}
	}
	return nil
}
