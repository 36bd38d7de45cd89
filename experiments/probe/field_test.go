package probe

import (
	"math"
	"slices"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
)

// spreading is a linear cortex of one area with one channel, which convolves its state
// with a kernel of 3×3 at every step; the image is its state at step 0.
func spreading(t *testing.T, kernel []float32) *Subject {
	lateral := connect(t, "A->A", "conv", 1)
	lateral.Transform.(*connectivity.Conv).Kernel = 3
	a := rate("A", [3]int{11, 11, 1}, 1)
	a.Dynamics.(*areas.Rate).Biased = "absent"
	g := cortex.Graph{
		Image: [3]int{11, 11, 1}, Classes: 2, Steps: 5,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0"), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{a},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{lateral}},
		Readout: cortex.Readout{From: "A", Net: []cortex.Layer{layer(t, "average"), layer(t, "dense")}, Train: steps(t, "4"), Test: steps(t, "4"), Loss: "softmax", Over: "sum"},
	}
	s := subjectOf(t, g, []string{"input/conv/kernel", "input/conv/bias", "A->A/kernel", "readout/dense/kernel", "readout/dense/bias"}, 3, cortex.NewGraph)
	w, _ := s.Variables.Get("input/conv/kernel")
	w.Data[0] = -2 // the sign and the size of a gradient change no field
	w, _ = s.Variables.Get("A->A/kernel")
	copy(w.Data, kernel)
	return s
}

// The field of t convolutions by a kernel of ones is the product of two trinomial
// distributions of variance 2t/3, on a square of 2t+1 pixels.
func TestFieldOfAKernelOfOnes(t *testing.T) {
	frames := measure(t, spreading(t, []float32{1, 1, 1, 1, 1, 1, 1, 1, 1}), &Field{Threshold: 0.0455, Seed: 1})
	trinomial := []float64{1}
	for step := range 5 {
		maps := frames["effective field map"]
		middle := maps.At(0, step, 5, 5)
		top := trinomial[step] * trinomial[step]
		above := 0.0
		for y := range 11 {
			for x := range 11 {
				want := 0.0
				if i, j := y-5+step, x-5+step; min(i, j) >= 0 && max(i, j) < len(trinomial) {
					want = trinomial[i] * trinomial[j] / top
				}
				if want > 0.0455 {
					above++
				}
				if got := maps.At(0, step, y, x) / middle; math.Abs(got-want) > 1e-6 {
					t.Fatalf("step %d: the map at %d, %d is %v of the middle, want %v", step, y, x, got, want)
				}
			}
		}
		for image := range 3 {
			spread, side := math.Sqrt(2*float64(step)/3), math.Sqrt(above)
			agree(t, "spread", frames["effective spread"].At(0, step, image), &spread, 1e-6)
			agree(t, "side", frames["effective side"].At(0, step, image), &side, 1e-12)
			round := 1.0
			if step == 0 {
				agree(t, "elongation of a pixel", frames["elongation"].At(0, step, image), nil, 0)
				continue
			}
			agree(t, "elongation", frames["elongation"].At(0, step, image), &round, 1e-6)
		}
		theory := float64(2*step + 1)
		agree(t, "theoretical side", frames["theoretical side"].At(0, step), &theory, 0)
		next := make([]float64, len(trinomial)+2)
		for i, v := range trinomial {
			for k := range 3 {
				next[i+k] += v
			}
		}
		trinomial = next
	}
}

// A kernel of weights 1, 2, 1 along y and 1, 6, 1 along x has variances 1/2 and 1/4.
func TestFieldThatIsLong(t *testing.T) {
	var kernel []float32
	for _, y := range []float32{1, 2, 1} {
		for _, x := range []float32{1, 6, 1} {
			kernel = append(kernel, y*x)
		}
	}
	frames := measure(t, spreading(t, kernel), &Field{Threshold: 0.0455, Seed: 1})
	spread, long := math.Sqrt(3*(0.5+0.25)/2), math.Sqrt2
	agree(t, "spread", frames["effective spread"].At(0, 3, 0), &spread, 1e-6)
	agree(t, "elongation", frames["elongation"].At(0, 3, 0), &long, 1e-6)
}

// The squares of the field of random signs are, on average, the sum of the squared
// gradients of the channels. Of two channels they are (a±b)², mean a²+b²; 400 images,
// whose states are linear in the image, give it within 4 standard errors.
func TestFieldOfChannels(t *testing.T) {
	a := rate("A", [3]int{1, 1, 2}, 1)
	g := cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 1,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0"), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{a},
		Readout: cortex.Readout{From: "A", Net: []cortex.Layer{layer(t, "dense")}, Train: steps(t, "0"), Test: steps(t, "0"), Loss: "softmax", Over: "sum"},
	}
	const images = 400
	s := subjectOf(t, g, []string{"input/conv/kernel", "A/bias", "readout/dense/kernel", "readout/dense/bias"}, images, cortex.NewGraph)
	w, _ := s.Variables.Get("input/conv/kernel")
	copy(w.Data, []float32{3, 4})
	got := measure(t, s, &Field{Threshold: 0.5, Seed: 7})["effective field map"].At(0, 0, 0, 0)
	if mean, error := got*got, 24/math.Sqrt(images); math.Abs(mean-25) > 4*error || mean == 49 || mean == 1 {
		t.Errorf("the mean square is %v, want 25 with a standard error of %v", mean, error)
	}
}

// Blocks at the end of an image are smaller.
func TestPooled(t *testing.T) {
	got := pooled([]float64{1, 3, 5, 5, 7, 9, 2, 4, 6}, 3, 2)
	if want := []float64{4, 7, 3, 6}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if x := []float64{1, 2, 3, 4}; !slices.Equal(pooled(x, 2, 1), x) {
		t.Error("blocks of one pixel change the image")
	}
}
