package analysis

import (
	"math"
)

// Score is the number of images that logits answer rightly and the sum of their
// losses. Logits and labels are [n, classes].
type Score struct {
	Images, Correct int
	Loss            float64 // summed over images, in nat
}

// Add counts n images. With sigmoid every class has a unit of its own.
func (s *Score) Add(n, classes int, logits, labels []float32, sigmoid bool) {
	for i := range n {
		z, y := logits[i*classes:][:classes], labels[i*classes:][:classes]
		s.Images++
		if decides(z, y) {
			s.Correct++
		}
		if sigmoid {
			s.Loss += sigmoidLoss(z, y)
		} else {
			s.Loss += softmaxLoss(z, y)
		}
	}
}

// decides reports whether the largest outputs, as many as classes are true, are
// those of the true classes: argmax for one class, top-n for several. Of equal
// outputs the first counts.
func decides(z, y []float32) bool {
	for k := range y {
		if y[k] == 0 {
			continue
		}
		better, targets := 0, 0
		for j := range z {
			if y[j] != 0 {
				targets++
			}
			if z[j] > z[k] || z[j] == z[k] && j < k || z[j] != z[j] {
				better++
			}
		}
		if better >= targets || z[k] != z[k] {
			return false
		}
	}
	return true
}

func softmaxLoss(z, y []float32) float64 {
	top := math.Inf(-1)
	for _, v := range z {
		top = math.Max(top, float64(v))
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(float64(v) - top)
	}
	l := 0.0
	for k, v := range y {
		l += float64(v) * (top + math.Log(sum) - float64(z[k]))
	}
	return l
}

func sigmoidLoss(z, y []float32) float64 {
	l := 0.0
	for k, v := range z {
		x := float64(v)
		l += math.Max(-x, 0) + math.Log1p(math.Exp(-math.Abs(x))) + (1-float64(y[k]))*x
	}
	return l
}
