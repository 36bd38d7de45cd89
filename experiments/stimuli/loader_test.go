package stimuli

import (
	"errors"
	"slices"
	"testing"
)

func buffers(s *Loader) (images, labels []float32) {
	i, l := s.Sizes()
	return make([]float32, i), make([]float32, l)
}

// batch returns a batch in fresh buffers that held rubbish.
func batch(t *testing.T, s *Loader, batch int) (images, labels []float32) {
	t.Helper()
	images, labels = buffers(s)
	for i := range images {
		images[i] = -99
	}
	for i := range labels {
		labels[i] = -99
	}
	if err := errors.Join(s.Images(batch, 0, images), s.Labels(batch, 0, labels)); err != nil {
		t.Fatal(err)
	}
	return images, labels
}

// read reads an image and its label.
func read(t testing.TB, d Data, s Split, i int, image, label []float32) {
	t.Helper()
	if err := d.Read(s, i, 0, image); err != nil {
		t.Fatal(err)
	}
	if err := d.Target(s, i, 0, Label, label); err != nil {
		t.Fatal(err)
	}
}

func training() LoaderOptions {
	return LoaderOptions{Batch: 4, Seed: 1, Shuffle: true, Augment: Augment{Pad: 1, Flip: true}}
}

// TestLoaderPure asks for batches in order, in reverse with several workers, and
// from a new loader in the middle.
func TestLoaderPure(t *testing.T) {
	d := ramp(23, 5)
	forward := NewLoader(d, Train, training())
	opts := training()
	opts.Workers = 3
	backward := NewLoader(d, Train, opts)
	const batches = 12
	var images, labels [batches][]float32
	for at := range batches {
		images[at], labels[at] = batch(t, forward, at)
	}
	for at := batches - 1; at >= 0; at-- {
		for name, l := range map[string]*Loader{"in reverse": backward, "from a new loader": NewLoader(d, Train, training())} {
			i, y := batch(t, l, at)
			if !slices.Equal(i, images[at]) || !slices.Equal(y, labels[at]) {
				t.Errorf("batch %d differs %s", at, name)
			}
		}
	}
	opts.Seed = 2
	if i, _ := batch(t, NewLoader(d, Train, opts), 0); slices.Equal(i, images[0]) {
		t.Error("seeds 1 and 2 give the same batch")
	}
}

// TestLoaderTraining checks that an epoch has every image at most once, drops
// the remainder, and differs from the next in order.
func TestLoaderTraining(t *testing.T) {
	l := NewLoader(ramp(23, 5), Train, training())
	if l.Batches() != 5 {
		t.Fatalf("Batches() = %d, want 5", l.Batches())
	}
	var epochs [3][]int
	for at := range 15 {
		if got := l.Valid(at); got != 4 {
			t.Errorf("Valid(%d) = %d, want 4", at, got)
		}
		epochs[at/5] = append(epochs[at/5], l.Indices(at)...)
	}
	for e, indices := range epochs {
		sorted := slices.Clone(indices)
		slices.Sort(sorted)
		if len(slices.Compact(sorted)) != 20 || sorted[0] < 0 || sorted[19] > 22 {
			t.Errorf("epoch %d has images %v, want 20 different ones of 0..22", e, indices)
		}
	}
	if slices.Equal(epochs[0], epochs[1]) || slices.Equal(epochs[1], epochs[2]) {
		t.Error("two epochs have the same order")
	}
}

// TestLoaderEvaluation checks order, filling up and labels.
func TestLoaderEvaluation(t *testing.T) {
	d := ramp(23, 6)
	l := NewLoader(d, Test, LoaderOptions{Batch: 4})
	if l.Batches() != 2 {
		t.Fatalf("Batches() = %d, want 2", l.Batches())
	}
	for at, want := range [][]int{{0, 1, 2, 3}, {4, 5, 5, 5}, {0, 1, 2, 3}, {4, 5, 5, 5}} {
		if got := l.Indices(at); !slices.Equal(got, want) {
			t.Errorf("Indices(%d) = %v, want %v", at, got, want)
		}
		if got, want := l.Valid(at), []int{4, 2}[at%2]; got != want {
			t.Errorf("Valid(%d) = %d, want %d", at, got, want)
		}
		images, labels := batch(t, l, at)
		for k, i := range want {
			image, label := make([]float32, 24), make([]float32, 3)
			read(t, d, Test, i, image, label)
			if !slices.Equal(images[k*24:(k+1)*24], image) || !slices.Equal(labels[k*3:(k+1)*3], label) {
				t.Errorf("batch %d, image %d is not image %d of the data", at, k, i)
			}
		}
	}
}

// TestLoaderAugment compares a batch with cuts of the images made one by one,
// after normalisation, so that what lies outside is 0.
func TestLoaderAugment(t *testing.T) {
	d := ramp(23, 5)
	opts := training()
	opts.Normalise = Normaliser{Mean: []float64{-3, -5}, Std: []float64{1, 2}} // nothing in an image is 0
	l := NewLoader(d, Train, opts)
	for _, at := range []int{0, 7} {
		images, _ := batch(t, l, at)
		for k, i := range l.Indices(at) {
			image, want := make([]float32, 24), make([]float32, 24)
			read(t, d, Train, i, image, make([]float32, 3))
			for j := range image {
				image[j] = []float32{image[j] + 3, image[j]*0.5 + 2.5}[j%2]
			}
			// The first three numbers of the stream, whatever else a draw may draw.
			s := NewStream(1, forAugment, at/l.Batches(), i)
			dx, dy := s.Below(2*opts.Augment.Pad+1)-opts.Augment.Pad, s.Below(2*opts.Augment.Pad+1)-opts.Augment.Pad
			flip := s.Below(2) == 1
			window(want, image, d.about.Shape, dx, dy, flip)
			if !slices.Equal(images[k*24:(k+1)*24], want) {
				t.Errorf("batch %d, image %d: not image %d cut at (%d, %d), flip %t", at, k, i, dx, dy, flip)
			}
		}
	}
}

func TestLoaderErrors(t *testing.T) {
	d := ramp(23, 5)
	tests := []struct {
		name  string
		split Split
		opts  LoaderOptions
		want  string
	}{
		{"batch", Train, LoaderOptions{}, "batch: found 0, want 1 or more"},
		{"too large to shuffle", Train, LoaderOptions{Batch: 24, Shuffle: true}, "batch: found 24, want 1..23"},
		{"empty", Validation, LoaderOptions{Batch: 4}, "loader of validation images: found none"},
		{"channels", Train, LoaderOptions{Batch: 4, Normalise: Normaliser{Mean: []float64{0}}}, "found 1 channels, want 2"},
		{"deviation", Train, LoaderOptions{Batch: 4, Normalise: Normaliser{Std: []float64{0, 1}}}, "want none of them 0"},
		{"pad", Train, LoaderOptions{Batch: 4, Augment: Augment{Pad: -1}}, "augment: pad: found -1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := NewLoader(d, test.split, test.opts)
			images, labels := buffers(l)
			checkError(t, l.Images(0, 0, images), test.want)
			checkError(t, l.Labels(0, 0, labels), test.want)
			if l.Err() == nil || l.Batches() != 0 || l.Valid(0) != 0 || l.Indices(0) != nil {
				t.Errorf("Err %v, Batches %d, Valid %d, Indices %v, want an error and nothing", l.Err(), l.Batches(), l.Valid(0), l.Indices(0))
			}
		})
	}
	if l := NewLoader(d, Train, LoaderOptions{Batch: 30}); l.Err() != nil || l.Valid(0) != 23 {
		t.Errorf("a batch larger than what is evaluated: %v, Valid %d, want 23", l.Err(), l.Valid(0))
	}
}

// BenchmarkLoader makes batches as in training on CIFAR-10.
func BenchmarkLoader(b *testing.B) {
	d := NewMemory(Description{Shape: [3]int{32, 32, 3}, Frames: 1, Targets: []Target{Labels([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, 1)}, Images: [Splits]int{Train: 5000}})
	d.Parts[Train] = Part{Pixels: make([]byte, 5000*32*32*3), Labels: make([]uint16, 5000)}
	l := NewLoader(d, Train, LoaderOptions{Batch: 64, Shuffle: true, Augment: Augment{Pad: 4, Flip: true}})
	images, labels := buffers(l)
	at := 0
	for b.Loop() {
		if err := errors.Join(l.Images(at, 0, images), l.Labels(at, 0, labels)); err != nil {
			b.Fatal(err)
		}
		at++
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "images/s")
}
