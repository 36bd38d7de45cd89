package stimuli

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// LoaderOptions says how a [Loader] makes batches.
type LoaderOptions struct {
	// Batch is the number of images in a batch.
	Batch int

	// Seed determines order, cuts and mirroring.
	Seed uint64

	// Shuffle puts the images of each epoch in a new random order and leaves
	// out those that do not fill the last batch: the way to train. Without it
	// every image comes once, in order, and the last batch is filled up: the
	// way to evaluate.
	Shuffle bool

	// Normalise is applied to each image. The zero value leaves it as it is.
	Normalise Normaliser

	// Augment varies images. The zero value leaves them as they are.
	Augment Augment

	// Workers is the number of goroutines that fill a batch; 0 means 1. It
	// does not change what is in it.
	Workers int
}

// Loader makes batches of the images of one split. Batches count from 0 over
// all epochs: batch s belongs to epoch s / Batches(). A batch is a pure function
// of the data, the options and the batch; methods may be called concurrently
// and for any batch in any order.
type Loader struct {
	data         Data
	split        Split
	opts         LoaderOptions
	err          error
	images       int // of the split
	shape        [3]int
	classes      int
	batches      int
	scale, shift []float32
	scratch      sync.Pool // of *[]float32, one image

	mu     sync.Mutex
	orders []epochOrder // the last few that were asked for, newest last
}

type epochOrder struct {
	epoch int
	order []int32
}

// NewLoader returns a loader of one split. Options that make no batch, such as
// a batch size below 1 or above the number of images to shuffle, are told by
// [Loader.Err] and by every call of [Loader.Images].
func NewLoader(d Data, s Split, opts LoaderOptions) *Loader {
	about := d.Description()
	l := &Loader{data: d, split: s, opts: opts, images: about.Images[s], shape: about.Shape, classes: len(about.Label().Classes)}
	if l.err = l.check(); l.err != nil {
		return l
	}
	n := l.images
	l.batches = n / opts.Batch
	if !opts.Shuffle {
		l.batches = (n + opts.Batch - 1) / opts.Batch
	}
	l.scale, l.shift = opts.Normalise.affine(l.shape[2])
	l.scratch.New = func() any {
		image := make([]float32, l.shape[0]*l.shape[1]*l.shape[2])
		return &image
	}
	return l
}

func (l *Loader) check() error {
	n, channels := l.images, l.shape[2]
	for _, x := range [][]float64{l.opts.Normalise.Mean, l.opts.Normalise.Std} {
		if x != nil && len(x) != channels {
			return fmt.Errorf("stimuli: loader of %v images: normalise: found %d channels, want %d", l.split, len(x), channels)
		}
	}
	if slices.Contains(l.opts.Normalise.Std, 0) {
		return fmt.Errorf("stimuli: loader of %v images: normalise: found standard deviations %v, want none of them 0", l.split, l.opts.Normalise.Std)
	}
	if err := cmp.Or(l.opts.Augment.Check(), l.opts.Augment.fits(channels)); err != nil {
		return fmt.Errorf("stimuli: loader of %v images: augment: %w", l.split, err)
	}
	switch {
	case l.opts.Batch < 1:
		return fmt.Errorf("stimuli: loader of %v images: batch: found %d, want 1 or more", l.split, l.opts.Batch)
	case n == 0:
		return fmt.Errorf("stimuli: loader of %v images: found none, want some; a larger %v would do", l.split, l.split)
	case l.opts.Shuffle && n < l.opts.Batch:
		return fmt.Errorf("stimuli: loader of %v images: batch: found %d, want 1..%d, the number of images", l.split, l.opts.Batch, n)
	}
	return nil
}

// Err returns what is wrong with the options, or nil.
func (l *Loader) Err() error { return l.err }

// Batches returns the number of batches in an epoch; 0 if Err is not nil.
func (l *Loader) Batches() int { return l.batches }

// Sizes returns the lengths of the arguments of Images and Labels.
func (l *Loader) Sizes() (images, labels int) {
	n := max(0, l.opts.Batch)
	return n * l.shape[0] * l.shape[1] * l.shape[2], n * l.classes
}

// Valid returns how many images at the beginning of a batch are real. It is
// less than the batch size only where a batch was filled up.
func (l *Loader) Valid(batch int) int {
	if l.err != nil {
		return 0
	}
	return min(l.opts.Batch, l.images-batch%l.batches*l.opts.Batch)
}

// Indices returns which images of the split are in a batch. Beyond Valid it
// is the last image of the split again. It is nil if Err is not nil.
func (l *Loader) Indices(batch int) []int {
	if l.err != nil {
		return nil
	}
	if batch < 0 {
		panic("stimuli: Loader: batch is negative")
	}
	n := l.images
	indices := make([]int, l.opts.Batch)
	var order []int32
	if l.opts.Shuffle {
		order = l.order(batch / l.batches)
	}
	for i := range indices {
		at := min(n-1, batch%l.batches*l.opts.Batch+i)
		if order != nil {
			at = int(order[at])
		}
		indices[i] = at
	}
	return indices
}

// Images writes the images of a batch in the order image, y, x, channel. Its length
// must be that of Sizes. Frame is 0: a loader shows images as they are, and they do
// not change. Cuts and mirroring depend on epoch and image, not on the place in the
// epoch. An image that cannot be read is a *ReadError: the first of the batch. What
// was written by then is of no use.
func (l *Loader) Images(batch, frame int, images []float32) error {
	if l.err != nil {
		return l.err
	}
	if n, _ := l.Sizes(); len(images) != n || frame != 0 {
		panic("stimuli: Loader.Images: images are not as long as Sizes says, or there is no such frame")
	}
	size := l.shape[0] * l.shape[1] * l.shape[2]
	return l.Each(batch, func(at, image int) error {
		return l.Pixels(batch/l.batches, image, 0, images[at*size:(at+1)*size])
	})
}

// Labels writes the labels of a batch in the order image, class. Its length must be
// that of Sizes. Which is 0: an image has one set of labels.
func (l *Loader) Labels(batch, which int, labels []float32) error {
	if l.err != nil {
		return l.err
	}
	if _, n := l.Sizes(); len(labels) != n || which != 0 {
		panic("stimuli: Loader.Labels: labels are not as long as Sizes says, or there are no such labels")
	}
	for at, image := range l.Indices(batch) {
		if err := l.data.Target(l.split, image, 0, Label, labels[at*l.classes:(at+1)*l.classes]); err != nil {
			return &ReadError{l.split, image, err}
		}
	}
	return nil
}

// Each calls f with every place of a batch and the image of the split that is there,
// from as many goroutines as there are workers. It returns the error of the first
// place that has one.
func (l *Loader) Each(batch int, f func(at, image int) error) error {
	indices := l.Indices(batch)
	workers := min(max(1, l.opts.Workers), len(indices))
	fill := func(from, to int) error {
		for at := from; at < to; at++ {
			if err := f(at, indices[at]); err != nil {
				return err
			}
		}
		return nil
	}
	if workers <= 1 {
		return fill(0, len(indices))
	}
	var group sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		from, to := len(indices)*w/workers, len(indices)*(w+1)/workers
		group.Go(func() { errs[w] = fill(from, to) })
	}
	group.Wait()
	return first(errs...)
}

// Pixels writes a frame of an image of the split, normalised, and augmented as in an
// epoch. Its frames are all augmented alike.
func (l *Loader) Pixels(epoch, image, frame int, dst []float32) error {
	a := l.opts.Augment
	if a == (Augment{}) {
		return l.read(image, frame, dst)
	}
	scratch := l.scratch.Get().(*[]float32)
	defer l.scratch.Put(scratch)
	height, width := l.shape[0], l.shape[1]
	larger, ok := l.data.(Windowed)
	if ok = ok && a.crops(); ok {
		var err error
		if height, width, err = larger.Size(l.split, image, 0); err != nil {
			return &ReadError{l.split, image, err}
		}
	}
	d := a.draw(NewStream(l.opts.Seed, forAugment, epoch, image), height, width)
	var err error
	switch {
	case ok:
		err = larger.ReadWindow(l.split, image, frame, d.part, *scratch)
	case a.crops():
		err = l.data.Read(l.split, image, frame, dst)
		resample(*scratch, l.shape[0], l.shape[1], dst, width, l.shape[2], d.part)
	default:
		err = l.data.Read(l.split, image, frame, *scratch)
	}
	if err != nil {
		return &ReadError{l.split, image, err}
	}
	d.colour.apply(*scratch, l.shape[2])
	l.normalise(*scratch)
	window(dst, *scratch, l.shape, d.dx, d.dy, d.flip)
	return nil
}

// Affine returns the normalisation of each channel: pixels are scale·x + shift, of
// x from 0 to 1.
func (l *Loader) Affine() (scale, shift []float32) { return l.scale, l.shift }

// read writes a frame of an image, normalised.
func (l *Loader) read(i, frame int, image []float32) error {
	if err := l.data.Read(l.split, i, frame, image); err != nil {
		return &ReadError{l.split, i, err}
	}
	l.normalise(image)
	return nil
}

// normalise maps the values of an image.
func (l *Loader) normalise(image []float32) {
	channels := len(l.scale)
	for i := 0; i < len(image); i += channels {
		for c, v := range image[i : i+channels] {
			image[i+c] = float32(v*l.scale[c]) + l.shift[c]
		}
	}
}

// order returns the order of the images in an epoch, a random permutation that
// (Seed, epoch) determines.
func (l *Loader) order(epoch int) []int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range l.orders {
		if o.epoch == epoch {
			return o.order
		}
	}
	order := Indices(l.images)
	NewStream(l.opts.Seed, forOrder, epoch, 0).Shuffle(order, len(order))
	const kept = 2 // a batch made ahead may be of the next epoch
	l.orders = append(l.orders, epochOrder{epoch, order})
	if len(l.orders) > kept {
		l.orders = append(l.orders[:0], l.orders[1:]...)
	}
	return order
}
