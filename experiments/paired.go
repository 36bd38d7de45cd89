package experiments

import (
	"fmt"
	"math"

	"ventral/cortex/recording"
)

// pair is how two networks answered the same images at their last test slices.
type pair struct {
	images       int
	first, other int // images that only the first, and only the other, answers rightly
}

// paired reads the logits of two runs. Images are the same where the runs
// tested the same data, which ok reports.
func (r *run) paired(o *run) (p pair, ok bool, err error) {
	if r.done.test.Split != o.done.test.Split {
		return pair{}, false, nil
	}
	for name, hash := range r.info.Data { // of files, or of each split
		if _, split := splits[name]; (!split || name == r.done.test.Split) && o.info.Data[name] != hash {
			return pair{}, false, nil
		}
	}
	a, err := r.dir.rights(r.e.Readout.Loss == "sigmoid")
	if err != nil {
		return pair{}, false, err
	}
	b, err := o.dir.rights(o.e.Readout.Loss == "sigmoid")
	if err != nil || len(a) != len(b) {
		return pair{}, false, err
	}
	p.images = len(a)
	for i := range a {
		switch {
		case a[i] && !b[i]:
			p.first++
		case b[i] && !a[i]:
			p.other++
		}
	}
	return p, true, nil
}

// rights reads which images the logits at the last slice answer rightly.
func (f Folder) rights(sigmoid bool) ([]bool, error) {
	file, size, err := f.open(logitsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file.Name(), err)
	}
	k := l.Logits.Classes
	z, y := make([]float32, l.PerImage()), make([]float32, k)
	right := make([]bool, l.Images())
	for i := range right {
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
		s.add(1, k, z[len(z)-k:], y, sigmoid)
		right[i] = s.correct == 1
	}
	return right, nil
}

// difference returns the difference of two accuracies in points, with the 95 %
// interval of paired proportions over images (Wald):
//
//	d = (b - c)/n,  d ± 1.96·√(b + c - (b-c)²/n)/n
//
// b and c count the images that only one of the two answers rightly.
func (p pair) difference() (points, low, high float64) {
	n, b, c := float64(p.images), float64(p.first), float64(p.other)
	d := (b - c) / n
	half := 1.959964 * math.Sqrt(b+c-(b-c)*(b-c)/n) / n
	return 100 * d, 100 * (d - half), 100 * (d + half)
}

// sentence says how the first differs from the other.
func (p pair) sentence(first, other string) string {
	d, low, high := p.difference()
	return fmt.Sprintf("On the same %s images %s alone is right on %s and %s alone on %s: a difference of %.1f points (95 %% interval of paired proportions over images %.1f to %.1f; these two networks).",
		grouped(p.images), first, grouped(p.first), other, grouped(p.other), d, low, high)
}
