package stimuli

import (
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Normaliser maps the values of each channel c of an image:
//
//	y = (x - Mean[c]) / Std[c]
//
// The zero Normaliser leaves images as they are. A run records the Normaliser
// it used, as it may come from training images.
type Normaliser struct {
	Kind      string    // that of the Normalisation
	Mean, Std []float64 // one a channel; nil is 0 and 1
}

// Normalisation says how images are normalised: by the name of a way, or by numbers.
type Normalisation struct {
	Kind string    `toml:"kind" oneof:"none range mean-std imagenet given" doc:"none, range, mean-std, imagenet, or given: mean and std"`
	Mean []float64 `toml:"mean" omit:"empty" doc:"taken off the values, 0 to 1, of each channel; one number is that of all channels"`
	Std  []float64 `toml:"std" omit:"empty" above:"0" doc:"what they are divided by then"`
}

// imageNet are mean and standard deviation of red, green and blue over the training
// images of ImageNet, as torchvision has them.
var imageNet = Normalisation{Kind: "imagenet", Mean: []float64{0.485, 0.456, 0.406}, Std: []float64{0.229, 0.224, 0.225}}

// Complete makes Kind "given" where there are numbers, and reports numbers that do
// not fit to images of so many channels.
func (x *Normalisation) Complete(channels int) error {
	numbers := len(x.Mean) > 0 || len(x.Std) > 0
	if numbers && x.Kind == "mean-std" { // the default
		x.Kind = "given"
	}
	switch {
	case x.Kind == "imagenet" && channels != 3:
		return fmt.Errorf("kind: found \"imagenet\", numbers of red, green and blue, for images of %s; { mean = [0.449], std = [0.226] } or \"mean-std\" would do", channelsOf(channels))
	case x.Kind != "given" && numbers:
		return fmt.Errorf("mean: found numbers beside kind = %q, want one of them", x.Kind)
	case x.Kind != "given":
		return nil
	case !numbers:
		return fmt.Errorf("kind: found \"given\" without numbers, want normalise = { mean = [0.5], std = [0.25] } or such")
	}
	for _, list := range []struct {
		key    string
		values []float64
	}{{"mean", x.Mean}, {"std", x.Std}} {
		if n := len(list.values); n != channels && n != 1 {
			return fmt.Errorf("%s: found %d numbers for images of %s, want one a channel, or one for all", list.key, n, channelsOf(channels))
		}
	}
	for _, v := range x.Std {
		if !(v > 0) {
			return fmt.Errorf("std: found %v, want more than 0", v)
		}
	}
	return nil
}

// Of returns the normaliser of images. It reads the training images where Kind is
// "mean-std"; else it is known without them.
func (x Normalisation) Of(d Data) (Normaliser, error) {
	channels := d.Description().Shape[2]
	if err := x.Complete(channels); err != nil {
		return Normaliser{}, fmt.Errorf("stimuli: normalise: %w", err)
	}
	switch x.Kind {
	case "given":
		return Normaliser{"given", each(x.Mean, channels), each(x.Std, channels)}, nil
	case "imagenet":
		return Normaliser{x.Kind, slices.Clone(imageNet.Mean), slices.Clone(imageNet.Std)}, nil
	}
	return NewNormaliser(x.Kind, d)
}

func channelsOf(n int) string {
	if n == 1 {
		return "1 channel"
	}
	return fmt.Sprintf("%d channels", n)
}

// each returns one number a channel.
func each(x []float64, channels int) []float64 {
	if len(x) == 1 {
		return slices.Repeat(x, channels)
	}
	return slices.Clone(x)
}

// NewNormaliser returns the normaliser of the given kind:
//
//	none      values stay 0 … 1
//	range     -1 … 1, y = 2x - 1
//	mean-std  mean 0 and standard deviation 1 in each channel over all pixels
//	          of all frames of the training images, which are read for it once
//
// An unknown kind is an error, and so is, for mean-std, a channel in which all
// training images have one value, and a *ReadError.
func NewNormaliser(kind string, d Data) (Normaliser, error) {
	if err := OneOf("normalise", kind, "none", "range", "mean-std"); err != nil {
		return Normaliser{}, fmt.Errorf("stimuli: %w", err)
	}
	about := d.Description()
	channels := about.Shape[2]
	n := Normaliser{Kind: kind, Mean: make([]float64, channels), Std: make([]float64, channels)}
	switch kind {
	case "none":
		for c := range channels {
			n.Std[c] = 1
		}
	case "range":
		for c := range channels {
			n.Mean[c], n.Std[c] = 0.5, 0.5
		}
	case "mean-std":
		if err := n.measureOnce(d, about); err != nil {
			return Normaliser{}, err
		}
		for c, s := range n.Std {
			if !(s > 1e-6) {
				return Normaliser{}, fmt.Errorf("stimuli: normalise: found standard deviation %v in channel %d of %d training images, want more than 0; \"range\" would do",
					s, c, about.Images[Train])
			}
		}
	}
	return n, nil
}

// MeanColour returns the mean of each channel over all pixels of all frames of the
// training images, 0 to 1. An error is a *ReadError.
func MeanColour(d Data) ([]float64, error) {
	about := d.Description()
	n := Normaliser{Mean: make([]float64, about.Shape[2]), Std: make([]float64, about.Shape[2])}
	return n.Mean, n.measure(d, about)
}

// measureOnce is measure, whose results are kept beside the data where it has a place
// for them.
func (n *Normaliser) measureOnce(d Data, about Description) error {
	k, ok := d.(Keeping)
	if !ok {
		return n.measure(d, about)
	}
	type moments struct{ Mean, Std []float64 }
	text, err := k.Keep("mean-std", func() ([]byte, error) {
		if err := n.measure(d, about); err != nil {
			return nil, err
		}
		return json.Marshal(moments{n.Mean, n.Std}) // the shortest text of a number is read back as it was
	})
	if err != nil {
		return err
	}
	var m moments
	if err := json.Unmarshal(text, &m); err != nil || len(m.Mean) != len(n.Mean) || len(m.Std) != len(n.Std) {
		return n.measure(d, about)
	}
	n.Mean, n.Std = m.Mean, m.Std
	return nil
}

// measure sets mean and standard deviation (divisor n) from all frames of the training
// images. Sums of chunks are added in the order of the chunks, whoever made
// them, so that the result has the same bits for any number of processors.
func (n *Normaliser) measure(d Data, about Description) error {
	const chunk = 512
	images, channels, size := about.Images[Train], len(n.Mean), about.size()
	chunks := (images + chunk - 1) / chunk
	sums, errs := make([][2][]float64, chunks), make([]error, chunks)
	next := make(chan int, chunks)
	for k := range chunks {
		next <- k
	}
	close(next)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			image := make([]float32, size)
			for k := range next {
				sum, squares := make([]float64, channels), make([]float64, channels)
				for i := k * chunk; i < min(images, (k+1)*chunk) && errs[k] == nil; i++ {
					for frame := range about.Frames {
						if err := d.Read(Train, i, frame, image); err != nil {
							errs[k] = &ReadError{Train, i, err}
							break
						}
						for j := 0; j < size; j += channels {
							for c, v := range image[j : j+channels] {
								x := float64(v) - 0.5
								sum[c] += x
								squares[c] += float64(x * x)
							}
						}
					}
				}
				sums[k] = [2][]float64{sum, squares}
			}
		})
	}
	group.Wait()
	if err := first(errs...); err != nil {
		return err
	}
	count := float64(images*about.Frames) * float64(size/channels)
	for c := range channels {
		var sum, squares float64
		for _, s := range sums {
			sum += s[0][c]
			squares += s[1][c]
		}
		mean := sum / count
		n.Mean[c] = 0.5 + mean
		n.Std[c] = math.Sqrt(max(0, squares/count-float64(mean*mean)))
	}
	return nil
}

// affine returns the normalisation as y = scale·x + shift.
func (n Normaliser) affine(channels int) (scale, shift []float32) {
	scale, shift = make([]float32, channels), make([]float32, channels)
	for c := range channels {
		mean, std := 0.0, 1.0
		if n.Mean != nil {
			mean = n.Mean[c]
		}
		if n.Std != nil {
			std = n.Std[c]
		}
		scale[c], shift[c] = float32(1/std), float32(-mean/std)
	}
	return scale, shift
}
