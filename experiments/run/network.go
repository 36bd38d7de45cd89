package run

import (
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// first is a loader that ends early.
type first struct {
	*stimuli.Loader
	steps int
}

// Steps implements cortex.Batches.
func (f *first) Steps() int { return f.steps }

// reestimate fills statistics that training never did, from training images.
func reestimate(r *network, slices []int, taps []cortex.Tap) ([]nn.NormPlace, error) {
	batch := r.e.Train.Batch
	data := r.data
	if r.training != nil {
		data = r.training
	}
	src := &first{stimuli.NewLoader(data, stimuli.Train, stimuli.LoaderOptions{
		Batch: batch, Seed: uint64(r.e.Seed), Shuffle: true, Normalise: r.norm, Workers: r.Threads,
	}), max(r.e.Train.Reestimate/batch, 1)}
	src.steps = min(src.steps, src.Loader.Steps())
	return cortex.Reestimate(r.g, r.Engine, r.v, r.norms, src, batch, slices, taps)
}

// classOf reads the label of an image into y and returns its class, -1 where
// several are true.
func classOf(r *network, split stimuli.Split, i int, y []float32) int {
	r.data.Label(split, i, y)
	class := -1
	for k, v := range y {
		if v != 0 {
			if class >= 0 {
				return -1
			}
			class = k
		}
	}
	return class
}

// network is a cortex with its weights, the images that it is shown, and the folder
// that its results go to.
type network struct {
	Options
	e        *spec.Experiment
	g        *cortex.Graph
	norms    *cortex.Norms
	v        *nn.Variables
	data     stimuli.Data
	training stimuli.Data // whose training images statistics are estimated from; nil is data
	norm     stimuli.Normaliser
	dir      rundir.Folder
	label    string // of the network among its controls, "" where it has none
}

// loader delivers a split as it is, for tests.
func loader(r *network, s stimuli.Split) *stimuli.Loader {
	n := min(r.e.Train.Batch, r.data.Len(s))
	return stimuli.NewLoader(r.data, s, stimuli.LoaderOptions{Batch: n, Seed: uint64(r.e.Seed), Normalise: r.norm, Workers: r.Threads})
}

// measure scores a split at slices.
func measure(r *network, s stimuli.Split, slices []int) ([]analysis.Score, error) {
	scores := make([]analysis.Score, len(slices))
	l := loader(r, s)
	err := cortex.Record(r.g, r.Engine, r.v, r.norms, l, min(r.e.Train.Batch, r.data.Len(s)), slices, nil, func(a cortex.Answer) error {
		for k, z := range a.Logits {
			scores[k].Add(a.Images, r.g.Classes, z, a.Labels, r.e.Readout.Loss == "sigmoid")
		}
		return nil
	})
	return scores, err
}

// name is what the run is called in reports.
func name(r *network) string {
	if r.label != "" && r.label != "experiment" {
		return r.label
	}
	return r.e.Name
}
