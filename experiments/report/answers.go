package report

import (
	"fmt"
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// Answers is how the network of a run answered each test image at a step.
type Answers struct {
	Right []bool
	Loss  []float64 // cross-entropy, in nat
}

// ReadAnswers reads those of a run at a step that was tested, from its logits.
func ReadAnswers(dir rundir.Folder, step int) (*Answers, error) {
	r, err := Read(dir)
	if err != nil {
		return nil, err
	}
	return answersOf(r, step)
}

// Alone counts the images that only the first of two networks, and only the
// other, answers rightly. Both have answered the same images.
func (a *Answers) Alone(b *Answers) (first, other int) {
	for i := range a.Right {
		switch {
		case a.Right[i] && !b.Right[i]:
			first++
		case b.Right[i] && !a.Right[i]:
			other++
		}
	}
	return first, other
}

func answersOf(r *Run, step int) (*Answers, error) {
	a := &Answers{}
	err := eachAnswer(r, []int{step}, func(_ int, s analysis.Score, _ bool) {
		a.Right, a.Loss = append(a.Right, s.Correct == 1), append(a.Loss, s.Loss)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// eachAnswer scores the answers of a run to each test image at steps that were tested,
// from its logits: of one image after the other at each step. Judged is false where no
// label is right.
func eachAnswer(r *Run, steps []int, each func(step int, s analysis.Score, judged bool)) error {
	if err := rundir.Sound(r.Dir, r.Info, rundir.LogitsFile); err != nil {
		return err
	}
	file, size, err := r.Dir.Open(rundir.LogitsFile)
	if err != nil {
		return err
	}
	defer file.Close()
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	var at []int
	for _, step := range steps {
		k := slices.Index(l.Logits.Steps, step)
		if k < 0 {
			return fmt.Errorf("%s: has no step %d, it has %v", file.Name(), step, l.Logits.Steps)
		}
		at = append(at, k)
	}
	k := l.Logits.Classes
	z, y := make([]float32, l.PerImage()), make([]float32, k)
	for i := range l.Images() {
		if err := l.Read(i, i+1, z); err != nil {
			return err
		}
		if l.Multi {
			if err := l.Target(i, i+1, y); err != nil {
				return err
			}
		}
		for j, t := range at {
			judged := true
			if !l.Multi {
				clear(y)
				c := l.LabelAt(i, t)
				if judged = c >= 0 && c < k; judged {
					y[c] = 1
				}
			}
			s := analysis.Score{}
			s.Add(1, k, z[t*k:(t+1)*k], y, r.sigmoid())
			each(steps[j], s, judged)
		}
	}
	return nil
}
