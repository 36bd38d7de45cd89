package experiments

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// track is one signal of one area while it is recorded.
type track struct {
	area   int
	signal string
	write  bool // into the folder
	onset  int
	units  int
	taps   map[int]int // tap of each slice
	data   []float32   // of a batch, [image, slice, y, x, channel]
	out    *recording.TraceWriter
	of     *analysis.Recording
	feeds  []analysis.Analysis
}

// recordedNumbers bounds the numbers of activity that recording holds at once,
// 16 MiB of them; there are three copies: the engine's, the answer's, and the
// one in the order of a file.
const recordedNumbers = 4 << 20

// record shows images to the trained cortex, writes the activity of every area
// at every slice, and analyses it on the way.
func (r *run) record(ctx context.Context, taps []cortex.Tap) error {
	r.Report.Stage("recording " + r.name())
	x := r.e.Record
	split := spec.Splits[x.Split]
	n := min(x.Images, r.data.Len(split))
	if n == 0 {
		return fmt.Errorf("record: found no %s images", x.Split)
	}
	ids, labels := make([]int, n), make([]int, n)
	y := make([]float32, r.g.Classes)
	for i := range n {
		ids[i], labels[i] = i, r.label1(split, i, y)
	}
	shown := analysis.Chosen(labels, analysis.Shown(r.e.Analyses))
	tracks := r.tracks(taps, x.Signals)
	steps := make([]int, r.g.Steps)
	for t := range steps {
		steps[t] = t
	}
	anatomy, err := cortex.Anatomy(r.g, r.name())
	if err != nil {
		return err
	}
	anatomy.Classes = r.data.Classes()
	var all []analysis.Analysis
	var names []string // of those that are not called by their kind
	for _, q := range r.e.Analyses {
		var a analysis.Analysis
		for _, need := range q.Settings.Needs() {
			if a == nil && need.Of == analysis.Areas {
				a = q.Settings.Start(analysis.Subject{Anatomy: &anatomy})
				all, names = append(all, a), append(names, "")
				if q.Name != q.Kind {
					names[len(names)-1] = q.Name
				}
			}
			for _, t := range tracks {
				here := len(q.Areas) == 0 || slices.Contains(q.Areas, r.g.Areas[t.area].Name)
				if need.Of == analysis.Areas && need.Signal == t.signal && here {
					t.feeds = append(t.feeds, a)
				}
			}
			if need.Of == analysis.Images {
				if err := a.Add(r.stimuli(split, shown, ids, labels)); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range tracks {
		a := r.g.Areas[t.area]
		t.of = &analysis.Recording{Area: a.Name, Signal: t.signal, Steps: steps, Shape: a.Shape, IDs: ids, Labels: labels}
	}
	units := 0
	for _, t := range tracks {
		units += t.units * len(t.taps)
	}
	batch := min(r.e.Train.Batch, n, max(recordedNumbers/max(units, 1), 1))
	src := &first{stimuli.NewLoader(r.data, split, stimuli.LoaderOptions{Batch: batch, Normalise: r.norm, Workers: r.Threads}), (n + batch - 1) / batch}
	err = r.writing(tracks, steps, ids, labels, func() error {
		done := 0
		return cortex.Record(r.g, r.Engine, r.v, r.norms, src, batch, nil, taps, func(a cortex.Answer) error {
			images := min(a.Images, n-done)
			for _, t := range tracks {
				t.gather(images, len(steps), a.Taps)
				b := analysis.Batch{Recording: t.of, First: done, Data: t.data[:images*len(steps)*t.units]}
				for _, f := range t.feeds {
					if err := f.Add(b); err != nil {
						return err
					}
				}
				if t.out != nil {
					if err := t.out.Append(images, b.Data); err != nil {
						return err
					}
				}
			}
			done += images
			r.Report.Work(int64(done), int64(n))
			return ctx.Err()
		})
	})
	if err != nil {
		return err
	}
	frames, err := r.answers(&anatomy)
	if err != nil {
		return err
	}
	for i, a := range all {
		list, err := a.Frames()
		if err != nil {
			return err
		}
		for _, f := range list {
			f.Analysis = names[i]
			frames = append(frames, f)
		}
	}
	r.done.frames = frames
	return nil
}

// stimuli are images as they are before normalisation, 0 to 1.
func (r *run) stimuli(split stimuli.Split, shown, ids, labels []int) analysis.Batch {
	b := analysis.Batch{Recording: &analysis.Recording{Of: analysis.Images, Area: recording.Stimuli, Signal: recording.Image, Steps: []int{0}, Shape: r.data.Shape()}}
	pixels := make([]float32, b.Units())
	for _, i := range shown {
		b.IDs, b.Labels = append(b.IDs, ids[i]), append(b.Labels, labels[i])
		r.data.Image(split, i, pixels)
		b.Data = append(b.Data, pixels...)
	}
	return b
}

// tracks sorts taps by area and signal.
func (r *run) tracks(taps []cortex.Tap, written []string) []*track {
	var tracks []*track
	for i, a := range r.g.Areas {
		for _, signal := range r.signals(a.Dynamics) {
			t := &track{area: i, signal: signal, write: slices.Contains(written, signal), onset: r.g.Onset(i), units: a.Image(1).Len(), taps: map[int]int{}}
			for k, tap := range taps {
				if tap.Area == i && tap.Signal == signal {
					t.taps[tap.Slice] = k
				}
			}
			if len(t.taps) > 0 {
				tracks = append(tracks, t)
			}
		}
	}
	return tracks
}

// file is the name of a track's recording.
func (r *run) file(t *track) string {
	return fmt.Sprintf("recordings/%s.%s.npz", r.g.Areas[t.area].Name, t.signal)
}

// recordings are the names of the recordings that record writes.
func (r *run) recordings(taps []cortex.Tap) (names []string) {
	for _, t := range r.tracks(taps, r.e.Record.Signals) {
		if t.write {
			names = append(names, r.file(t))
		}
	}
	return names
}

// gather brings a batch of taps into the order [image, slice, y, x, channel];
// slices without numbers are NaN.
func (t *track) gather(images, steps int, taps [][]float32) {
	if need := images * steps * t.units; len(t.data) < need {
		t.data = make([]float32, need)
	}
	for s := range steps {
		k, ok := t.taps[s]
		for i := range images {
			dst := t.data[(i*steps+s)*t.units:][:t.units]
			if ok {
				copy(dst, taps[k][i*t.units:])
				continue
			}
			for j := range dst {
				dst[j] = float32(math.NaN())
			}
		}
	}
}

// writing opens a file for every track that is written, runs f, and completes
// the files. Where anything fails none of them stays.
func (r *run) writing(tracks []*track, steps, ids, labels []int, f func() error) error {
	if len(tracks) == 0 {
		return f()
	}
	t := tracks[0]
	if !t.write {
		return r.writing(tracks[1:], steps, ids, labels, f)
	}
	a := r.g.Areas[t.area]
	return r.dir.Write(r.file(t), func(w io.Writer) (err error) {
		t.out, err = recording.Create(w, recording.Trace{Area: a.Name, Signal: t.signal, Slices: steps, Onset: t.onset, Shape: a.Shape}, ids, labels)
		if err != nil {
			return err
		}
		if err := r.writing(tracks[1:], steps, ids, labels, f); err != nil {
			return err
		}
		return t.out.Close()
	})
}

// answers analyses the logits file.
func (r *run) answers(a *recording.Anatomy) ([]analysis.Frame, error) {
	var list []analysis.Request
	for _, q := range r.e.Analyses {
		if q.Settings.Needs()[0].Of == analysis.Answers {
			list = append(list, q)
		}
	}
	return analysis.Run(answered{r.dir, a}, list)
}

// answered is a run of which the answers are known.
type answered struct {
	dir     rundir.Folder
	anatomy *recording.Anatomy
}

func (a answered) Anatomy() *recording.Anatomy { return a.anatomy }

func (a answered) Trace(area, signal string) (*recording.TraceReader, io.Closer, error) {
	return nil, nil, fs.ErrNotExist
}

func (a answered) Images() (*recording.TraceReader, io.Closer, error) {
	return nil, nil, fs.ErrNotExist
}

func (a answered) Answers() (*recording.LogitsReader, io.Closer, error) {
	file, size, err := a.dir.Open(rundir.LogitsFile)
	if err != nil {
		return nil, nil, err
	}
	l, err := recording.OpenLogits(file, size)
	return l, file, err
}
