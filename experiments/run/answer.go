package run

import (
	"context"
	"io"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// logits writes those of every image at every step and scores them.
func logits(ctx context.Context, r *network, split stimuli.Split, steps []int) ([]analysis.Score, error) {
	n, k := images(r, split), r.g.Classes
	ids, labels := make([]int, n), make([]int, n)
	var target []float32
	if r.e.Stimuli.Described.Label().True > 1 {
		target = make([]float32, n*k)
	}
	y := make([]float32, k)
	for i := range n {
		ids[i] = i
		var err error
		if labels[i], err = stimuli.Classes(r.data, split, i, y); err != nil {
			return nil, err
		}
		if target != nil {
			copy(target[i*k:], y)
		}
	}
	scores := make([]analysis.Score, len(steps))
	onset := r.g.Onset(r.g.Area(r.g.Readout.From))
	err := r.dir.Write(rundir.LogitsFile, func(w io.Writer) error {
		out, err := recording.CreateLogits(w, recording.Logits{Steps: steps, Onset: onset, Classes: k}, ids, labels, target)
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
	return scores, err
}

// measured is a score at a step as metrics have it.
func measured(s analysis.Score, t int, trained bool) rundir.Step {
	n := float64(max(s.Images, 1))
	return rundir.Step{Step: t, Trained: trained, Images: s.Images, Correct: s.Correct, Loss: rundir.Number(s.Loss / n), Accuracy: rundir.Number(100 * float64(s.Correct) / n)}
}
