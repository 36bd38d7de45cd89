package run

import (
	"ventral/cortex"
	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// shown is what a network is shown, in batches.
type shown interface {
	cortex.Batches
	Sizes() (images, labels int)
	Err() error
}

// showing returns what the network is shown of a split, under the protocol of its
// experiment.
func showing(n *network, d stimuli.Data, s stimuli.Split, o stimuli.LoaderOptions) (shown, error) {
	show, err := n.e.Show()
	if err != nil {
		return nil, err
	}
	if show == nil {
		l := stimuli.NewLoader(d, s, o)
		return l, l.Err()
	}
	x := protocol.Trials{Seed: n.e.Env("", "").Seed}
	if show.NeedsMean() {
		if x.Mean, err = meanColour(n); err != nil {
			return nil, err
		}
	}
	l := protocol.NewLoader(d, s, o, show, x)
	return l, l.Err()
}

// meanColour is that of the training images, which mean-std has measured.
func meanColour(n *network) ([]float64, error) {
	if n.norm.Kind == "mean-std" {
		return n.norm.Mean, nil
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
	}
	return n.mean, nil
}
