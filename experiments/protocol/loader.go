package protocol

import (
	"fmt"
	"slices"
	"sync"

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

	once    sync.Once
	classes []int // of the split's images, -1 where several are true, or none is told
	err     error
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
	l.trials, l.streams = x, map[string]*Loader{}
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

// AddStream adds a stream of images, which shows the same trials by a show of its own.
// Of several conditions, it shows the one that the image shows, by its number.
func (l *Loader) AddStream(name string, show *Show) {
	l.streams[name] = &Loader{Loader: l.Loader, show: show, data: l.data, split: l.split, trials: l.trials, mean: l.mean, shape: l.shape, scale: l.scale, shift: l.shift}
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
	return trial{seed: l.trials.Seed, split: l.split, image: image, epoch: epoch, repeat: l.trials.Repeat}
}

// condition draws which condition a trial has.
func (l *Loader) condition(t trial) int {
	if n := len(l.show.Conditions); n > 1 {
		return t.stream(drawCondition, 0, -1).Below(n)
	}
	return 0
}

// index returns which image of the split is the k-th of a trial. Each is of another
// class than those before it, as far as the split has such.
func (l *Loader) index(t trial, k int) (int, error) {
	if k == 0 {
		return t.image, nil
	}
	if l.once.Do(l.readClasses); l.err != nil {
		return 0, l.err
	}
	s, before := t.stream(drawPartner, k, -1), []int{t.image}
	if k < firstMask {
		for j := 1; j < k; j++ {
			i, err := l.index(t, j)
			if err != nil {
				return 0, err
			}
			before = append(before, i)
		}
	}
	const tries = 1000
	i := t.image
	for range tries {
		i = s.Below(len(l.classes))
		if !slices.ContainsFunc(before, func(j int) bool { return i == j || l.classes[i] >= 0 && l.classes[i] == l.classes[j] }) {
			break
		}
	}
	return i, nil
}

// firstMask is the number in a trial of the image that masks as the first item.
const firstMask = 100

// other is the number in a trial of the image that masks or hides as an item, at a step
// where that is fresh.
func other(item, step int) int { return firstMask*(2+step) + item }

// readClasses reads the class of every image of the split.
func (l *Loader) readClasses() {
	about := l.data.Description()
	l.classes = make([]int, about.Images[l.split])
	label := make([]float32, len(about.Label().Classes))
	for i := range l.classes {
		l.classes[i] = -1
		if about.Labelled() {
			if l.classes[i], l.err = stimuli.Classes(l.data, l.split, i, label); l.err != nil {
				return
			}
		}
	}
}

// draw writes a frame of a trial, normalised.
func (l *Loader) draw(t trial, k *look, dst []float32) error {
	if k.plain() {
		i, err := l.index(t, int(k.image))
		if err != nil {
			return err
		}
		return l.Pixels(t.epoch, i, k.clip, dst)
	}
	p, err := l.render(t, k)
	if err != nil {
		return err
	}
	for i, v := range p.pixels {
		c := i % p.channels
		dst[i] = float32(v*l.scale[c]) + l.shift[c]
	}
	return nil
}

// render makes a frame of a trial: pixels from 0 to 1. What is shown is scaled, moved
// and blurred; then its contrast and luminance change; then it is hidden, and noise
// comes last.
func (l *Loader) render(t trial, k *look) (picture, error) {
	p, err := l.base(t, k)
	if err != nil {
		return p, err
	}
	ground := l.colour(k.ground)
	if k.scale != 1 {
		p = p.scale(k.scale, ground)
	}
	if k.dx != 0 || k.dy != 0 {
		p = p.shift(k.dx, k.dy, ground)
	}
	if k.blur > 0 {
		p = p.blur(k.blur)
	}
	if k.contrast != 1 {
		p.about(ground, k.contrast)
	}
	if k.luminance != 1 {
		p.about(l.colour("black"), k.luminance)
	}
	if k.occlude.Kind != "" {
		over := p.like()
		if over.fill(ground); k.occlude.Kind == "fragments" {
			if over, err = l.imageOf(t, other(k.item, k.occludeAt), 0); err != nil {
				return p, err
			}
		}
		p.hide(k.occlude, over, t.stream(drawOccluder, k.item, k.occludeAt))
	}
	if k.noise.Kind != "" {
		p.addNoise(k.noise, t.stream(drawNoise, k.item, k.noiseAt))
	}
	p.clip()
	return p, nil
}

// base makes what a frame shows before it is changed.
func (l *Loader) base(t trial, k *look) (picture, error) {
	s := t.stream(drawMask, k.item, k.maskAt)
	switch {
	case k.blank != "":
		p := l.empty()
		p.fill(l.colour(k.blank))
		return p, nil
	case k.mask == "noise":
		p := l.empty()
		for i := range p.pixels {
			p.pixels[i] = float32(s.Uniform(0, 1))
		}
		return p, nil
	case k.mask == "image":
		return l.imageOf(t, other(k.item, k.maskAt), 0)
	case k.mask == "":
		return l.imageOf(t, int(k.image), k.clip)
	}
	p, err := l.imageOf(t, 0, 0)
	switch {
	case err != nil:
		return p, err
	case k.mask == "tiles":
		return p.tiles(k.tiles, s), nil
	}
	return p.scramble(s), nil
}

// imageOf is a frame of the k-th image of a trial, 0 to 1.
func (l *Loader) imageOf(t trial, k, frame int) (picture, error) {
	p := l.empty()
	i, err := l.index(t, k)
	if err == nil {
		err = l.Pixels(t.epoch, i, frame, p.pixels)
	}
	for i, v := range p.pixels {
		c := i % p.channels
		p.pixels[i] = (v - l.shift[c]) / l.scale[c]
	}
	return p, err
}

// empty is a picture that is black.
func (l *Loader) empty() picture {
	return picture{l.shape[0], l.shape[1], l.shape[2], make([]float32, l.shape[0]*l.shape[1]*l.shape[2])}
}

// colour returns a colour by its name; "" is that of the mean.
func (l *Loader) colour(name string) []float32 {
	even := func(v float32) []float32 { return slices.Repeat([]float32{v}, l.shape[2]) }
	switch name {
	case "grey":
		return even(0.5)
	case "black":
		return even(0)
	case "white":
		return even(1)
	}
	return l.mean
}

// NeedsMean reports whether a frame has the mean colour of the training images.
func (s *Show) NeedsMean() bool {
	for _, looks := range s.frames {
		for _, k := range looks {
			if k.blank == "mean" || k.ground == "mean" {
				return true
			}
		}
	}
	return false
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
