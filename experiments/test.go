package experiments

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// test re-estimates the norm places that training never filled, reads the test
// images once, and records activity.
func (r *run) test(ctx context.Context) error {
	split := stimuli.Test
	if r.data.Len(split) == 0 || r.info.LeaveTest {
		split = stimuli.Validation
	}
	if r.data.Len(split) == 0 {
		return fmt.Errorf("stimuli: found neither test nor validation images; set stimuli.test")
	}
	tested := r.g.TestSlices()
	t := &rundir.TestResult{Format: rundir.Format, Split: split.String(), Classes: r.g.Classes, Reestimated: []string{}, Recording: []string{}, Unrecorded: []string{}}
	t.Chance = rundir.Number(r.chance())
	r.Report.Stage("testing " + r.name())
	places, err := r.reestimate(tested, nil)
	if err != nil {
		return err
	}
	for _, p := range places {
		t.Reestimated = append(t.Reestimated, fmt.Sprintf("%s@%d", p.Place, p.Step))
	}
	taps, why, err := r.taps()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(why)) {
		t.Unrecorded = append(t.Unrecorded, name+": "+why[name])
	}
	if places, err = r.reestimate(tested, taps); err != nil {
		return err
	}
	for _, p := range places {
		t.Recording = append(t.Recording, fmt.Sprintf("%s@%d", p.Place, p.Step))
	}
	if err := rundir.WriteWeights(r.dir, r.v, r.info); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if split == stimuli.Test {
		r.info.TestRead = append(r.info.TestRead, r.Now().Format(time.RFC3339))
	}
	scores, err := r.logits(ctx, split, tested)
	if err != nil {
		return err
	}
	for k, s := range scores {
		t.Slices = append(t.Slices, s.slice(tested[k], hasSlice(r.g.TrainSlices(), tested[k])))
	}
	r.done = &results{test: t}
	if err := r.record(ctx, taps); err != nil {
		return err
	}
	if err := r.dir.WriteJSON(rundir.TestFile, t); err != nil {
		return err
	}
	return r.dir.Write(rundir.FramesFile, func(w io.Writer) error { return analysis.WriteFrames(w, r.done.frames) })
}

func hasSlice(list []int, t int) bool {
	for _, s := range list {
		if s == t {
			return true
		}
	}
	return false
}

// chance is the accuracy of guessing, in per cent; of several targets, that of
// the exact set.
func (r *run) chance() float64 {
	if r.g == nil { // of stimuli that this program does not have
		if r.done == nil {
			return math.NaN()
		}
		return float64(r.done.test.Chance)
	}
	n, k := r.g.Classes, r.e.Stimuli.Settings.Describe().Targets
	sets := 1.0
	for i := range k {
		sets *= float64(n-i) / float64(i+1)
	}
	return 100 / sets
}

// reestimate fills statistics that training never did, from training images.
func (r *run) reestimate(slices []int, taps []cortex.Tap) ([]nn.NormPlace, error) {
	batch := r.e.Train.Batch
	src := &first{stimuli.NewLoader(r.data, stimuli.Train, stimuli.LoaderOptions{
		Batch: batch, Seed: uint64(r.e.Seed), Shuffle: true, Normalise: r.norm, Workers: r.Threads,
	}), max(r.e.Train.Reestimate/batch, 1)}
	src.steps = min(src.steps, src.Loader.Steps())
	return cortex.Reestimate(r.g, r.Engine, r.v, r.norms, src, batch, slices, taps)
}

// first is a loader that ends early.
type first struct {
	*stimuli.Loader
	steps int
}

// Steps implements cortex.Batches.
func (f *first) Steps() int { return f.steps }

// taps returns what can be recorded of every area at every slice, and why the
// rest cannot.
func (r *run) taps() ([]cortex.Tap, map[string]string, error) {
	var all []cortex.Tap
	for i, a := range r.g.Areas {
		for _, signal := range r.signals(a.Dynamics) {
			for t := range r.g.Steps {
				if r.g.Informed(i, t) {
					all = append(all, cortex.Tap{Area: i, Signal: signal, Slice: t})
				}
			}
		}
	}
	return cortex.Usable(r.g, all, r.norms)
}

// signals are those that are written, and the response and state that analyses read.
func (r *run) signals(d areas.Dynamics) []string {
	var list []string
	for _, s := range append([]string{areas.Response, areas.State}, r.e.Record.Signals...) {
		if _, ok := d.Layout().Signal(s); ok && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// logits writes those of every image at every slice and scores them.
func (r *run) logits(ctx context.Context, split stimuli.Split, slices []int) ([]score, error) {
	n, k := r.data.Len(split), r.g.Classes
	ids, labels := make([]int, n), make([]int, n)
	var target []float32
	if r.e.Stimuli.Settings.Describe().Targets > 1 {
		target = make([]float32, n*k)
	}
	y := make([]float32, k)
	for i := range n {
		ids[i], labels[i] = i, r.label1(split, i, y)
		if target != nil {
			copy(target[i*k:], y)
		}
	}
	scores := make([]score, len(slices))
	onset := r.g.Onset(r.g.Area(r.g.Readout.From))
	err := r.dir.Write(rundir.LogitsFile, func(w io.Writer) error {
		out, err := recording.CreateLogits(w, recording.Logits{Slices: slices, Onset: onset, Classes: k}, ids, labels, target)
		if err != nil {
			return err
		}
		batch := min(r.e.Train.Batch, n)
		row := make([]float32, batch*len(slices)*k)
		done := 0
		err = cortex.Record(r.g, r.Engine, r.v, r.norms, r.loader(split), batch, slices, nil, func(a cortex.Answer) error {
			for t, z := range a.Logits {
				scores[t].add(a.Images, k, z, a.Labels, r.e.Readout.Loss == "sigmoid")
				for i := range a.Images {
					copy(row[(i*len(slices)+t)*k:][:k], z[i*k:])
				}
			}
			done += a.Images
			r.Report.Work(int64(done), int64(n))
			if err := ctx.Err(); err != nil {
				return err
			}
			return out.Append(a.Images, row[:a.Images*len(slices)*k])
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
	return scores, err
}

// label1 reads the label of an image into y and returns its class, -1 where
// several are true.
func (r *run) label1(split stimuli.Split, i int, y []float32) int {
	r.data.Label(split, i, y)
	class := -1
	for k, v := range y {
		if v != 0 {
			if class >= 0 {
				return -1
			}
			class = k
		}
	}
	return class
}
