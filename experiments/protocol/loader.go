package protocol

import (
	"fmt"
	"slices"

	"ventral/experiments/stimuli"
)

// Loader makes batches of what a [Show] shows: the images of a [stimuli.Loader], in its
// order and augmented as it does, in as many frames as the show has.
type Loader struct {
	*stimuli.Loader
	show   *Show
	data   stimuli.Data
	split  stimuli.Split
	trials Trials
	mean   []float32 // colour of the training images
	shape  [3]int

	scale, shift []float32 // of the normalisation

	streams map[string]*Loader // of images
	name    string             // of a stream, "" of the image
	image   *Show              // of the image, whose conditions a stream follows

	classes *classes // of the split
}

// Trials says what a [Loader] needs besides images.
type Trials struct {
	// Seed determines what trials draw: that of the stimuli, so that it is the same in
	// runs that differ in their weights.
	Seed uint64

	// Mean is the mean colour of the training images, 0 to 1, one value a channel. It
	// is used where the show needs it; see [Show.NeedsMean].
	Mean []float64

	// Vectors are the streams that tell something of an image.
	Vectors []Vector

	// Repeat tells showings of the same images apart: each draws anew.
	Repeat int
}

// Vector is a stream that tells, in the trial, a target of an image.
type Vector struct {
	Name   string // of the stream
	Target string // of the data set
	Of     int    // image of the trial
}

// NewLoader returns a loader of one split under a show. The options are those of a
// [stimuli.Loader].
func NewLoader(d stimuli.Data, s stimuli.Split, o stimuli.LoaderOptions, show *Show, x Trials) *Loader {
	l := &Loader{Loader: stimuli.NewLoader(d, s, o), show: show, data: d, split: s, shape: d.Description().Shape}
	l.trials, l.streams, l.image = x, map[string]*Loader{}, show
	l.classes = &classes{data: d, split: s, workers: o.Workers}
	l.scale, l.shift = l.Loader.Affine()
	for c := range l.shape[2] {
		l.mean = append(l.mean, 0.5)
		if c < len(x.Mean) {
			l.mean[c] = float32(x.Mean[c])
		}
	}
	return l
}

// Images writes a frame of the images of a batch in the order image, y, x, channel.
func (l *Loader) Images(batch, frame int, images []float32) error {
	if err := l.Err(); err != nil {
		return err
	}
	size := l.shape[0] * l.shape[1] * l.shape[2]
	if n, _ := l.Sizes(); len(images) != n || frame < 0 || frame >= l.show.Frames() {
		panic("protocol: Loader.Images: images are not as long as Sizes says, or there is no such frame")
	}
	looks := l.show.frames[frame]
	return l.Each(batch, func(at, image int) error {
		t := l.trial(batch, image)
		return l.draw(t, &looks[l.condition(t)], images[at*size:(at+1)*size])
	})
}

// AddStream adds a stream of images, which shows the images of the same trials by a show
// of its own. Its masks, noise and occluders are drawn by its name, so that they are
// others than those of the image and of other streams. Where it has as many conditions
// as the image, it shows the one that the image shows, by its number; of an image with
// one condition it draws its own. Another number of conditions panics; see [Follows].
func (l *Loader) AddStream(name string, show *Show) {
	if !Follows(l.show, show) {
		panic("protocol: AddStream: a stream with another number of conditions than the image")
	}
	x := *l
	x.show, x.streams, x.name = show, nil, name
	l.streams[name] = &x
}

// Follows reports whether a stream can follow the conditions of the image: it has one, or
// as many as the image, or the image has one.
func Follows(image, stream *Show) bool {
	a, b := len(image.Conditions), len(stream.Conditions)
	return a == b || a == 1 || b == 1
}

// Stream writes a frame of a stream: images as Images does, or vectors in the order
// image, value.
func (l *Loader) Stream(batch int, name string, frame int, data []float32) error {
	if s, ok := l.streams[name]; ok {
		return s.Images(batch, frame, data)
	}
	k := slices.IndexFunc(l.trials.Vectors, func(v Vector) bool { return v.Name == name })
	if k < 0 {
		return fmt.Errorf("protocol: no stream is called %q", name)
	}
	n := len(data) / len(l.Indices(batch))
	return l.Each(batch, func(at, image int) error {
		shown, err := l.index(l.trial(batch, image), l.trials.Vectors[k].Of)
		if err == nil {
			err = l.data.Target(l.split, shown, 0, l.trials.Vectors[k].Target, data[at*n:(at+1)*n])
		}
		if err != nil {
			return &stimuli.ReadError{Split: l.split, Image: image, Err: err}
		}
		return nil
	})
}

// Labels writes labels of a batch in the order image, class.
func (l *Loader) Labels(batch, which int, labels []float32) error {
	if err := l.Err(); err != nil {
		return err
	}
	_, n := l.Sizes()
	if len(labels) != n || which < 0 || which >= len(l.show.answers) {
		panic("protocol: Loader.Labels: labels are not as long as Sizes says, or there are no such labels")
	}
	indices := l.Indices(batch)
	classes := n / len(indices)
	for at, image := range indices {
		t := l.trial(batch, image)
		right := l.show.answers[which][l.condition(t)]
		shown, err := l.index(t, int(right.image))
		if err == nil {
			err = l.data.Target(l.split, shown, right.frame, stimuli.Label, labels[at*classes:(at+1)*classes])
		}
		if err != nil {
			return &stimuli.ReadError{Split: l.split, Image: image, Err: err}
		}
	}
	return nil
}

// Condition returns which condition of the show an image of a batch is shown in.
func (l *Loader) Condition(batch, image int) int { return l.condition(l.trial(batch, image)) }

// trial is the showing of an image in a batch.
func (l *Loader) trial(batch, image int) trial {
	return l.trialOf(image, batch/l.Batches())
}

// trialOf is the showing of an image in an epoch.
func (l *Loader) trialOf(image, epoch int) trial {
	return trial{seed: l.trials.Seed, split: l.split, image: image, epoch: epoch, repeat: l.trials.Repeat, input: l.name}
}

// condition draws which condition a trial has. A stream has that of the image.
func (l *Loader) condition(t trial) int {
	if n := len(l.show.Conditions); n > 1 {
		if len(l.image.Conditions) == n {
			t.input = ""
		}
		return t.stream(drawCondition, 0, -1).Below(n)
	}
	return 0
}

// Pictures returns what is on the screen at each step of the first showing of an image,
// normalised, in the order y, x, channel; nil at steps at which nothing is shown.
func (l *Loader) Pictures(image int) (steps [][]float32, err error) {
	t := l.trialOf(image, 0)
	frames := make([][]float32, l.show.Frames())
	for i := range frames {
		frames[i] = make([]float32, l.shape[0]*l.shape[1]*l.shape[2])
		if err := l.draw(t, &l.show.frames[i][l.condition(t)], frames[i]); err != nil {
			return nil, &stimuli.ReadError{Split: l.split, Image: image, Err: err}
		}
	}
	for _, shown := range l.show.Screen.Steps {
		var sum []float32
		for _, p := range shown {
			if sum == nil {
				sum = make([]float32, len(frames[p.Frame]))
			}
			for i, v := range frames[p.Frame] {
				sum[i] += float32(float32(p.Gain) * v)
			}
		}
		steps = append(steps, sum)
	}
	return steps, nil
}
