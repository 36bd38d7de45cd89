package stimulitest

import (
	"errors"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// batches checks what a loader makes of the training images, by one worker and
// by several: each image normalised, moved by up to a pixel, and mirrored or not.
func batches(t *testing.T, o opened) {
	norm, err := stimuli.NewNormaliser("range", o.data)
	if err != nil {
		t.Fatal(err)
	}
	options := stimuli.LoaderOptions{Batch: min(8, o.about.Images[stimuli.Train]), Seed: 5, Shuffle: true, Normalise: norm, Augment: stimuli.Augment{Pad: 1, Flip: true}}
	one := stimuli.NewLoader(o.data, stimuli.Train, options)
	options.Workers = 4
	several := stimuli.NewLoader(o.data, stimuli.Train, options)
	classes := len(o.about.Label().Classes)
	for b := range 2 * one.Batches() {
		images, labels := batch(t, one, b)
		if again, y := batch(t, several, b); !slices.Equal(images, again) || !slices.Equal(labels, y) {
			t.Fatalf("batch %d is another with four workers", b)
		}
		for k, i := range one.Indices(b) {
			p := look(t, o, stimuli.Train, i, 0)
			for j, v := range p.pixels {
				p.pixels[j] = 2*v - 1
			}
			n := len(p.pixels)
			if !movedFrom(images[k*n:(k+1)*n], p.pixels, o.about.Shape) {
				t.Errorf("batch %d, image %d: not training image %d, moved by up to a pixel", b, k, i)
			}
			label := make([]float32, classes)
			if _, err := stimuli.Classes(o.data, stimuli.Train, i, label); err != nil || !slices.Equal(label, labels[k*classes:(k+1)*classes]) {
				t.Errorf("batch %d, image %d: the label is %v, want %v; %v", b, k, labels[k*classes:(k+1)*classes], label, err)
			}
		}
	}
}

func batch(t *testing.T, l *stimuli.Loader, b int) (images, labels []float32) {
	t.Helper()
	n, k := l.Sizes()
	images, labels = make([]float32, n), make([]float32, k)
	if err := errors.Join(l.Images(b, 0, images), l.Labels(b, 0, labels)); err != nil {
		t.Fatal(err)
	}
	return images, labels
}

// movedFrom tells whether got is image, moved by up to a pixel each way, with
// zeros outside, and mirrored or not. 1e-6 is the rounding of values of 1.
func movedFrom(got, image []float32, shape [3]int) bool {
	height, width, channels := shape[0], shape[1], shape[2]
	at := func(y, x, c int) float32 {
		if y < 0 || x < 0 || y >= height || x >= width {
			return 0
		}
		return image[(y*width+x)*channels+c]
	}
	same := func(dy, dx int, mirrored bool) bool {
		for j, v := range got {
			y, x, c := j/channels/width, j/channels%width, j%channels
			if mirrored {
				x = width - 1 - x
			}
			if d := v - at(y+dy, x+dx, c); d > 1e-6 || d < -1e-6 {
				return false
			}
		}
		return true
	}
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if same(dy, dx, false) || same(dy, dx, true) {
				return true
			}
		}
	}
	return false
}
