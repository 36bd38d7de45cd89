package run

import (
	"context"
	"io"
	"slices"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// labelsOf returns the class of each trial of the first images of a split, -1 where
// several are true or the images have no labels, and what is true of it, [image,
// class], nil without labels. It is the class of the image that the protocol names,
// which may be drawn anew in each repeat.
func labelsOf(n *network, split stimuli.Split, count, repeat int) (labels []int, target []float32, err error) {
	k := n.g.Classes
	labels = slices.Repeat([]int{-1}, count)
	if n.e.Stimuli.Unlabelled {
		return labels, nil, nil
	}
	src, err := loader(n, split, repeat)
	if err != nil {
		return nil, nil, err
	}
	_, size := src.Sizes()
	y := make([]float32, size)
	for batch := 0; len(target) < count*k; batch++ {
		if n.e.Judging.Labels == "trial" {
			err = src.Labels(batch, 0, y)
		} else {
			err = stimuli.LabelsOf(n.data, split, batch*(size/k), src.Valid(batch), y)
		}
		if err != nil {
			return nil, nil, err
		}
		target = append(target, y[:min(src.Valid(batch)*k, count*k-len(target))]...)
	}
	for i := range labels {
		labels[i] = stimuli.ClassIn(target[i*k : (i+1)*k])
	}
	return labels, target, nil
}

// judgedOf returns which image of the split the label of each trial is that of, of the
// first images: another than the image of the trial where the protocol says so.
func judgedOf(n *network, split stimuli.Split, count, repeat int) ([]int, error) {
	list := make([]int, count)
	for i := range list {
		list[i] = i
	}
	src, err := loader(n, split, repeat)
	if err != nil {
		return nil, err
	}
	trials, ok := src.(interface {
		Judged(batch, image int) (int, error)
		Indices(batch int) []int
	})
	if !ok || n.e.Stimuli.Unlabelled || n.e.Judging.Labels != "trial" {
		return list, nil
	}
	for batch, done := 0, 0; done < count; batch++ {
		for _, i := range trials.Indices(batch)[:min(src.Valid(batch), count-done)] {
			if list[i], err = trials.Judged(batch, i); err != nil {
				return nil, err
			}
			done++
		}
	}
	return list, nil
}

// logits writes those of every image of a split at every step into a file, and scores
// them.
func logits(ctx context.Context, r *network, file string, split stimuli.Split, steps []int) ([]analysis.Score, error) {
	n, k := images(r, split), r.g.Classes
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	labels, target, err := labelsOf(r, split, n, 0)
	if err != nil {
		return nil, err
	}
	if r.e.Stimuli.Described.Label().True == 1 {
		target = nil
	}
	scores := make([]analysis.Score, len(steps))
	onset := r.g.Onset(r.g.Area(r.g.Readout.From))
	if r.e.Judging.Labels != "trial" {
		judged, err := labelsAt(r, split, steps)
		if err != nil {
			return nil, err
		}
		return scores, writeLogits(ctx, r, file, split, recording.Logits{Steps: steps, Onset: onset, Classes: k, LabelAt: judged}, ids, labels, target, scores)
	}
	return scores, writeLogits(ctx, r, file, split, recording.Logits{Steps: steps, Onset: onset, Classes: k}, ids, labels, target, scores)
}

// validate writes the answers to the validation images beside those to the test images,
// for analyses that take thresholds from them. A condition has those of its run.
func validate(ctx context.Context, r *network, tested stimuli.Split) error {
	if r.condition != "" || tested == stimuli.Validation || images(r, stimuli.Validation) == 0 || r.e.Stimuli.Unlabelled {
		return nil
	}
	_, err := logits(ctx, r, rundir.Answers(analysis.Validation), stimuli.Validation, r.g.TestSteps())
	return err
}

// labelsAt returns the class that each image of a split is judged by at each step.
func labelsAt(r *network, split stimuli.Split, steps []int) ([]int, error) {
	src, err := loader(r, split, 0)
	if err != nil {
		return nil, err
	}
	_, size := src.Sizes()
	k, n := r.g.Classes, len(steps)
	y, list := make([]float32, size), make([]int, images(r, split)*n)
	for batch := range src.Batches() {
		first := batch * (size / k)
		for at, t := range steps {
			if err := src.Labels(batch, cortex.Judgement(r.g, t), y); err != nil {
				return nil, err
			}
			for i := range src.Valid(batch) {
				list[(first+i)*n+at] = stimuli.ClassIn(y[i*k : (i+1)*k])
			}
		}
	}
	return list, nil
}

// writeLogits answers every image of a split, writes the logits and scores them.
func writeLogits(ctx context.Context, r *network, file string, split stimuli.Split, l recording.Logits, ids, labels []int, target []float32, scores []analysis.Score) error {
	steps, k, n := l.Steps, l.Classes, len(ids)
	return r.dir.Write(file, func(w io.Writer) error {
		out, err := recording.CreateLogits(w, l, ids, labels, target)
		if err != nil {
			return err
		}
		batch := min(r.e.Train.Batch, n)
		row := make([]float32, batch*len(steps)*k)
		done := 0
		err = answer(r, split, steps, func(a cortex.Answer) error {
			for t, z := range a.Logits {
				scores[t].Add(a.Images, k, z, a.Labels[t], r.e.Readout.Loss == "sigmoid")
				for i := range a.Images {
					copy(row[(i*len(steps)+t)*k:][:k], z[i*k:])
				}
			}
			done += a.Images
			r.Report.Work(int64(done), int64(n))
			if err := ctx.Err(); err != nil {
				return err
			}
			return out.Append(a.Images, row[:a.Images*len(steps)*k])
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
}

// measured is a score at a step as metrics have it.
func measured(s analysis.Score, t int, trained bool) rundir.Step {
	n := float64(max(s.Images, 1))
	return rundir.Step{Step: t, Trained: trained, Images: s.Images, Correct: s.Correct, Loss: rundir.Number(s.Loss / n), Accuracy: rundir.Number(100 * float64(s.Correct) / n)}
}
