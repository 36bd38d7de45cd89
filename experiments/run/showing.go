package run

import (
	"slices"

	"ventral/cortex"
	"ventral/cortex/lesion"
	"ventral/experiments/lesioned"
	"ventral/experiments/protocol"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// shown is what a network is shown, in batches.
type shown interface {
	cortex.Batches
	Sizes() (images, labels int)
	Err() error
}

// showing returns what the network is shown of a split, under the protocols of its
// experiment, with what its lesions take. Of repeats, each draws anew.
func showing(n *network, d stimuli.Data, s stimuli.Split, repeat int, o stimuli.LoaderOptions) (shown, error) {
	images, err := imagesOf(n, d, s, repeat, o)
	if err != nil || !slices.ContainsFunc(cortex.LesionsOf(n.g), func(l lesion.Lesion) bool { return l.Given() }) {
		return images, err
	}
	if n.donor == nil {
		train := func() (cortex.Batches, error) { return trainingImages(n) }
		if n.donor, err = lesioned.NewDonor(n.g, n.Engine, n.v, n.e.Train.Batch, train); err != nil {
			return nil, err
		}
	}
	return &given{images, n.donor.With(images, repeat)}, nil
}

// given are images with what lesions take.
type given struct {
	shown
	lesions *lesioned.Images
}

// Stream implements cortex.Streamed.
func (g *given) Stream(batch int, name string, frame int, data []float32) error {
	return (&first{g.shown, 0}).Stream(batch, name, frame, data)
}

// Take implements cortex.Lesioned.
func (g *given) Take(ports []string) error { return g.lesions.Take(ports) }

// Given implements cortex.Lesioned.
func (g *given) Given(batch int, port string, data []float32) error {
	return g.lesions.Given(batch, port, data)
}

// trainingImages are those from which statistics are estimated.
func trainingImages(n *network) (*first, error) {
	batch, data := n.e.Train.Batch, n.data
	if n.training != nil {
		data = n.training
	}
	images, err := showing(n, data, stimuli.Train, 0, stimuli.LoaderOptions{
		Batch: batch, Seed: uint64(n.e.Seed), Shuffle: true, Normalise: n.norm, Workers: n.Threads,
	})
	if err != nil {
		return nil, err
	}
	return &first{images, min(max(n.e.Train.Reestimate/batch, 1), images.Batches())}, nil
}

// imagesOf returns what the network is shown of a split, without lesions.
func imagesOf(n *network, d stimuli.Data, s stimuli.Split, repeat int, o stimuli.LoaderOptions) (shown, error) {
	show, err := n.e.Show()
	if err != nil {
		return nil, err
	}
	if show == nil && len(n.e.Streams) == 0 {
		l := stimuli.NewLoader(d, s, o)
		return l, l.Err()
	}
	if show == nil {
		if show, err = protocol.New([]protocol.Condition{protocol.Usual(n.e.Input.Steps.String(), 1)}, n.e.Laid()); err != nil {
			return nil, err
		}
	}
	x := protocol.Trials{Seed: n.e.Env("", "").Seed, Repeat: repeat}
	streams := map[string]*protocol.Show{}
	mean := show.NeedsMean()
	for i := range n.e.Streams {
		of := &n.e.Streams[i]
		if of.Vector != "" {
			x.Vectors = append(x.Vectors, protocol.Vector{Name: of.Name, Target: of.Vector, Of: of.Of})
			continue
		}
		if streams[of.Name], err = spec.ShowStream(n.e, of); err != nil {
			return nil, err
		}
		mean = mean || streams[of.Name].NeedsMean()
	}
	if mean {
		if x.Mean, err = meanColour(n); err != nil {
			return nil, err
		}
	}
	l := protocol.NewLoader(d, s, o, show, x)
	for name, of := range streams {
		l.AddStream(name, of)
	}
	return l, l.Err()
}

// meanColour is that of the training images, which mean-std has measured.
func meanColour(n *network) ([]float64, error) {
	if n.norm.Kind == "mean-std" {
		return n.norm.Mean, nil
	}
	if n.opened != nil && n.mean == nil {
		n.mean = n.opened.mean[n.trainedOn]
	}
	if n.mean == nil {
		data := n.data
		if n.training != nil {
			data = n.training
		}
		var err error
		if n.mean, err = stimuli.MeanColour(data); err != nil {
			return nil, err
		}
		if n.opened != nil && n.trainedOn != "" {
			n.opened.mean[n.trainedOn] = n.mean
		}
	}
	return n.mean, nil
}
