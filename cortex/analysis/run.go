package analysis

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

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

// RunEach makes the analyses that are asked for of one source, as RunGroup does, and
// returns the frames of each request.
func RunEach(src Source, requests []Request) ([][]Frame, error) {
	return RunGroup(Group{Members: []Member{{Source: src}}}, requests)
}

// runner makes analyses of one source.
type runner struct {
	src     Source
	name    string
	anatomy *recording.Anatomy
	signals []string
	running []*running
	kept    map[string]recording.Reduction // what recordings of sources before kept, by area and signal
	buffers [2][]float32                   // one is analysed while the other is read
}

// running is an analysis that has begun.
type running struct {
	Request
	Analysis
	areas   []string
	reduced recording.Reduction // of a recording that it was given
}

func (x *running) wrap(err error) error {
	return fmt.Errorf("analysis %q: %s", x.Name, strings.TrimPrefix(err.Error(), "analysis: "))
}

// wants reports whether the analysis reads a recording.
func (x *running) wants(n Need, area string) bool {
	return slices.ContainsFunc(x.Settings.Needs(), func(own Need) bool {
		return own.Of == n.Of && own.Split == n.Split && (n.Of != Probe || own.Signal == n.Signal) &&
			(n.Of != Areas || own.Signal == n.Signal && slices.Contains(x.areas, area))
	})
}

func (r *runner) read() error {
	for _, n := range Needs(requestsOf(r.running)) {
		if n.Of == Probe {
			if err := r.probe(n); err != nil {
				return err
			}
		}
	}
	if n := (Need{Of: Images}); len(r.who(n, "")) > 0 {
		if err := r.trace(n, recording.Stimuli, r.src.Images); err != nil {
			return err
		}
	}
	for _, a := range r.anatomy.Areas {
		for _, signal := range r.signals {
			n := SignalOf(signal)
			if len(r.who(n, a.Name)) == 0 {
				continue
			}
			open := func() (*recording.TraceReader, io.Closer, error) { return r.src.Trace(a.Name, signal) }
			if err := r.trace(n, a.Name, open); err != nil {
				return err
			}
		}
	}
	for _, split := range []string{"", Validation} {
		if n := (Need{Of: Answers, Split: split}); len(r.who(n, "")) > 0 {
			if err := r.answers(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func requestsOf(list []*running) (requests []Request) {
	for _, x := range list {
		requests = append(requests, x.Request)
	}
	return requests
}

// who lists the analyses that read a recording.
func (r *runner) who(n Need, area string) []*running {
	return slices.DeleteFunc(slices.Clone(r.running), func(x *running) bool { return !x.wants(n, area) })
}

// missing makes a *Missing of an error that says that there is no file.
func (r *runner) missing(n Need, area string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Missing{r.who(n, area)[0].Name, n, area, r.signals, err, ""}
	}
	return err
}

// probe hands what a probe measured to the analyses that read it.
func (r *runner) probe(n Need) error {
	frames, err := r.src.Probe(n.Signal)
	if err != nil {
		return r.missing(n, "", err)
	}
	for _, x := range r.who(n, "") {
		p, ok := x.Analysis.(ProbeReader)
		if !ok {
			return x.wrap(fmt.Errorf("needs the probe %q and has no method AddProbe", n.Signal))
		}
		if err := p.AddProbe(r.name, frames); err != nil {
			return x.wrap(err)
		}
	}
	return nil
}

// trace reads a recording of an area, or of the images shown.
func (r *runner) trace(n Need, area string, open func() (*recording.TraceReader, io.Closer, error)) error {
	t, end, err := open()
	if err != nil {
		if n.Of == Images {
			return r.missing(Need{Of: Images}, "", err)
		}
		return r.missing(n, area, err)
	}
	defer end.Close()
	whole := &Recording{From: r.name, Of: n.Of, Signal: n.Signal, Steps: t.Trace.Steps, Shape: t.Trace.Shape, IDs: t.ImageIDs, Labels: t.Labels, Repeats: t.Trace.Repeats, Reduction: t.Trace.Reduction, Parts: t.Trace.Parts}
	if n.Of == Areas {
		whole.Area = area
		key := area + "." + n.Signal
		if before, ok := r.kept[key]; ok && before.String() != whole.Reduction.String() {
			return fmt.Errorf("analysis: recordings of %s kept different parts of the units: %q, and %q in %s; record them alike, by --reduce", key, before.String(), whole.Reduction.String(), r.name)
		}
		r.kept[key] = whole.Reduction
	} else {
		whole.Signal = recording.Image
	}
	return r.batches(whole, r.who(n, area), t.Read, nil)
}

// answers reads the logits of a split.
func (r *runner) answers(n Need) error {
	l, end, err := r.src.Answers(n.Split)
	if err != nil {
		return r.missing(n, "", err)
	}
	defer end.Close()
	target := l.Target
	if !l.Multi {
		target = nil
	}
	whole := &Recording{From: r.name, Of: Answers, Split: n.Split, Steps: l.Logits.Steps, Shape: [3]int{1, 1, l.Logits.Classes}, IDs: l.ImageIDs, Labels: l.Labels, LabelAt: l.Logits.LabelAt}
	return r.batches(whole, r.who(n, ""), l.Read, target)
}

// batches reads a recording, and hands each batch to the analyses at once, while the
// next is read.
func (r *runner) batches(whole *Recording, to []*running, read, target func(lo, hi int, dst []float32) error) error {
	each := max(whole.PerImage(), 1)
	images := max(batchNumbers/each, 1)
	batch := func(lo int) (b Batch, err error) {
		hi := min(lo+images, len(whole.IDs))
		buffer := &r.buffers[lo/images%2]
		if need := (hi - lo) * each; len(*buffer) < need {
			*buffer = make([]float32, need)
		}
		b = Batch{Recording: whole, First: lo, Data: (*buffer)[:(hi-lo)*each]}
		if err = read(lo, hi, b.Data); err == nil && target != nil {
			b.Target = make([]float32, (hi-lo)*whole.Shape[2])
			err = target(lo, hi, b.Target)
		}
		return b, err
	}
	if len(whole.IDs) == 0 {
		return nil
	}
	b, err := batch(0)
	for lo := 0; lo < len(whole.IDs); lo += images {
		if err != nil {
			return err
		}
		var next Batch
		var late error
		var work sync.WaitGroup
		if lo+images < len(whole.IDs) {
			work.Go(func() { next, late = batch(lo + images) })
		}
		if whole.Reduction.Kind != "" {
			for _, x := range to {
				x.reduced = whole.Reduction
			}
		}
		faults := make([]error, len(to))
		for i, x := range to {
			work.Go(func() { faults[i] = x.Add(b) })
		}
		work.Wait()
		for i, err := range faults {
			if err != nil {
				return to[i].wrap(err)
			}
		}
		b, err = next, late
	}
	return nil
}
