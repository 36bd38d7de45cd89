package experiments

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"ventral/areas"
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
	shown := chosen(labels, x.Maps)
	tracks := r.tracks(taps, x.Signals)
	for _, t := range tracks {
		switch t.signal {
		case areas.Response:
			t.feeds = append(t.feeds, &analysis.Activity{})
			if len(shown) > 0 {
				t.feeds = append(t.feeds, &analysis.FeatureMaps{Images: shown, Channels: x.Channels, Classes: r.data.Classes()})
			}
		case areas.State:
			t.feeds = append(t.feeds, &analysis.StateChange{}, &analysis.StateSize{})
		}
	}
	units := 0
	for _, t := range tracks {
		units += t.units * len(t.taps)
	}
	batch := min(r.e.Train.Batch, n, max(recordedNumbers/max(units, 1), 1))
	src := &first{stimuli.NewLoader(r.data, split, stimuli.LoaderOptions{Batch: batch, Normalise: r.norm, Workers: r.Threads}), (n + batch - 1) / batch}
	steps := make([]int, r.g.Steps)
	for t := range steps {
		steps[t] = t
	}
	err := r.writing(tracks, steps, ids, labels, func() error {
		done := 0
		return cortex.Record(r.g, r.Engine, r.v, r.norms, src, batch, nil, taps, func(a cortex.Answer) error {
			images := min(a.Images, n-done)
			for _, t := range tracks {
				t.gather(images, len(steps), a.Taps)
				b := analysis.Batch{
					Area: r.g.Areas[t.area].Name, Slices: steps, Shape: r.g.Areas[t.area].Shape,
					IDs: ids[done : done+images], Labels: labels[done : done+images], Data: t.data[:images*len(steps)*t.units],
				}
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
	frames, err := r.answers()
	if err != nil {
		return err
	}
	for _, t := range tracks {
		for _, a := range t.feeds {
			f, err := a.Frames()
			if err != nil {
				return err
			}
			frames = append(frames, f...)
		}
	}
	if len(shown) > 0 {
		frames = append(frames, r.stimuli(split, shown))
	}
	r.done.frames = frames
	return nil
}

// stimuli returns the frame "stimuli" [image, y, x, channel] of images as they
// are before normalisation, 0 to 1.
func (r *run) stimuli(split stimuli.Split, images []int) analysis.Frame {
	s := r.data.Shape()
	count := func(name string, n int) analysis.Axis {
		a := analysis.Axis{Name: name}
		for i := range n {
			a.Values = append(a.Values, float64(i))
		}
		return a
	}
	f := analysis.Frame{Name: "stimuli", Title: "Images shown", Axes: []analysis.Axis{{Name: "image"}, count("y", s[0]), count("x", s[1]), count("channel", s[2])}}
	pixels := make([]float32, s[0]*s[1]*s[2])
	for _, i := range images {
		f.Axes[0].Values = append(f.Axes[0].Values, float64(i))
		r.data.Image(split, i, pixels)
		for _, v := range pixels {
			f.Data = append(f.Data, float64(v))
		}
	}
	return f
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
func (r *run) answers() ([]analysis.Frame, error) {
	file, size, err := r.dir.Open(rundir.LogitsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return answers(file, size, r.chance(), r.data.Classes(), r.e.Stimuli.Settings.Describe().Targets)
}

func answers(file *os.File, size int64, chance float64, classes []string, targets int) ([]analysis.Frame, error) {
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return nil, err
	}
	analyses := []analysis.Analysis{&analysis.Accuracy{Chance: chance}}
	if targets == 1 {
		analyses = append(analyses, &analysis.Confusion{Classes: classes})
	}
	if err := analysis.Logits(l, 256, analyses...); err != nil {
		return nil, err
	}
	var frames []analysis.Frame
	for _, a := range analyses {
		f, err := a.Frames()
		if err != nil {
			return nil, err
		}
		frames = append(frames, f...)
	}
	return frames, nil
}

// chosen picks images of different classes: the first of each, in the order of
// the images, then others.
func chosen(labels []int, n int) []int {
	var list []int
	seen := map[int]bool{}
	for i, l := range labels {
		if len(list) < n && l >= 0 && !seen[l] {
			seen[l] = true
			list = append(list, i)
		}
	}
	for i := range labels {
		if len(list) < n && !hasSlice(list, i) {
			list = append(list, i)
		}
	}
	return list
}
