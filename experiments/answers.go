package experiments

import (
	"fmt"
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// Answers is how the network of a run answered each test image at a slice.
type Answers struct {
	Right []bool
	Loss  []float64 // cross-entropy, in nat
}

// ReadAnswers reads those of a run at a slice that was tested, from its logits.
func ReadAnswers(dir rundir.Folder, slice int) (*Answers, error) {
	text, info, err := rundir.ReadExperiment(dir)
	if err != nil {
		return nil, err
	}
	if err := rundir.Sound(dir, info, rundir.LogitsFile); err != nil {
		return nil, err
	}
	return answersOf(dir, decode.Settings(text)["readout.loss"] == "sigmoid", slice)
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

func answersOf(f rundir.Folder, sigmoid bool, slice int) (*Answers, error) {
	file, size, err := f.Open(rundir.LogitsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	at := slices.Index(l.Logits.Slices, slice)
	if at < 0 {
		return nil, fmt.Errorf("%s: has no slice %d, it has %v", file.Name(), slice, l.Logits.Slices)
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
			if c := l.Labels[i]; c >= 0 && c < k {
				y[c] = 1
			}
		}
		s := score{}
		s.add(1, k, z[at*k:(at+1)*k], y, sigmoid)
		a.Right[i], a.Loss[i] = s.correct == 1, s.loss
	}
	return a, nil
}

// ReadEpochs reads the metrics of a run.
func ReadEpochs(dir rundir.Folder) ([]rundir.Epoch, error) {
	var info rundir.Info
	if err := dir.ReadJSON(rundir.InfoFile, &info); err != nil {
		return nil, err
	}
	if err := rundir.Sound(dir, &info, rundir.MetricsFile); err != nil {
		return nil, err
	}
	return rundir.ReadMetrics(dir)
}

// ReadDrawn reads what the figures of a finished run are drawn from: its anatomy,
// and its frames with those of learning.
func ReadDrawn(dir rundir.Folder) (*recording.Anatomy, []analysis.Frame, error) {
	e, info, err := Open(dir)
	if err != nil {
		return nil, nil, err
	}
	r := &run{e: e, dir: dir, info: info, Options: Options{Report: silent{}}}
	if err := r.load(); err != nil {
		return nil, nil, err
	}
	if r.done == nil {
		s, err := rundir.ReadStand(dir)
		if err != nil {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("%s: has no test results yet; it is %s", dir, rundir.StateText(s.State, s.Unsure))
	}
	a, err := r.anatomy()
	return a, r.frames(), err
}
