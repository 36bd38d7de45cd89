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
	if err := rundir.Sound(r.Dir, r.Info, rundir.LogitsFile); err != nil {
		return nil, err
	}
	file, size, err := r.Dir.Open(rundir.LogitsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	at := slices.Index(l.Logits.Steps, step)
	if at < 0 {
		return nil, fmt.Errorf("%s: has no step %d, it has %v", file.Name(), step, l.Logits.Steps)
	}
	k := l.Logits.Classes
	z, y := make([]float32, l.PerImage()), make([]float32, k)
	a := &Answers{make([]bool, l.Images()), make([]float64, l.Images())}
	for i := range a.Right {
		if err := l.Read(i, i+1, z); err != nil {
			return nil, err
		}
		if l.Multi {
			if err := l.Target(i, i+1, y); err != nil {
				return nil, err
			}
		} else {
			clear(y)
			if c := l.LabelAt(i, at); c >= 0 && c < k {
				y[c] = 1
			}
		}
		s := analysis.Score{}
		s.Add(1, k, z[at*k:(at+1)*k], y, r.sigmoid())
		a.Right[i], a.Loss[i] = s.Correct == 1, s.Loss
	}
	return a, nil
}
