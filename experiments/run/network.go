package run

import (
	"fmt"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/lesioned"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// first is a loader that ends early.
type first struct {
	shown
	batches int
}

// Stream implements cortex.Streamed.
func (f *first) Stream(batch int, name string, frame int, data []float32) error {
	s, ok := f.shown.(cortex.Streamed)
	if !ok {
		return fmt.Errorf("nothing fills the input %q", name)
	}
	return s.Stream(batch, name, frame, data)
}

// Take implements cortex.Lesioned.
func (f *first) Take(ports []string) error {
	if s, ok := f.shown.(cortex.Lesioned); ok {
		return s.Take(ports)
	}
	return fmt.Errorf("nothing gives the numbers that a lesion takes")
}

// Given implements cortex.Lesioned.
func (f *first) Given(batch int, port string, data []float32) error {
	s, ok := f.shown.(cortex.Lesioned)
	if !ok {
		return fmt.Errorf("nothing gives the numbers that a lesion takes by the port %q", port)
	}
	return s.Given(batch, port, data)
}

// Batches implements cortex.Batches.
func (f *first) Batches() int { return f.batches }

// reestimate fills statistics that training never did, from training images.
func reestimate(r *network, steps []int, taps []cortex.Tap) ([]nn.NormPlace, error) {
	if r.again {
		if _, err := r.norms.EstimateAgain(r.g, steps, taps); err != nil {
			return nil, err
		}
	}
	src, err := trainingImages(r)
	if err != nil {
		return nil, err
	}
	return cortex.Reestimate(r.g, r.Engine, r.v, r.norms, src, r.e.Train.Batch, steps, taps)
}

// network is a cortex with its weights, the images that it is shown, and the folder
// that its results go to.
type network struct {
	Options
	e        *spec.Experiment
	text     string // of e, every default written out
	g        *cortex.Graph
	norms    *cortex.Norms
	v        *nn.Variables
	data     stimuli.Data
	training stimuli.Data // whose training images statistics are estimated from; nil is data
	norm     stimuli.Normaliser
	mean     []float64 // colour of the training images; nil until it is asked for
	dir      rundir.Folder
	label    string // of the network among its controls, "" where it has none

	donor     *lesioned.Donor // of what lesions are given; nil before it is asked for
	again     bool            // statistics that lesions affect are estimated again
	trainedOn string          // dataKey of the training images, of a condition
	condition string          // that a trained network is shown in, "" as it was trained
	weights   string          // SHA-256 of the weights, "" before they are written

	answering   *cortex.Answering // as answer compiled it last; nil before
	answeringOf string            // what it answers
}

// images is the number of images of a split.
func images(r *network, s stimuli.Split) int { return r.e.Stimuli.Described.Images[s] }

// loader delivers a split as it is, for tests; of repeats, each draws anew.
func loader(r *network, s stimuli.Split, repeat int) (shown, error) {
	n := min(r.e.Train.Batch, images(r, s))
	return showing(r, r.data, s, repeat, stimuli.LoaderOptions{Batch: n, Seed: uint64(r.e.Seed), Normalise: r.norm, Workers: r.Threads})
}

// measure scores a split at steps.
func measure(r *network, s stimuli.Split, steps []int) ([]analysis.Score, error) {
	scores := make([]analysis.Score, len(steps))
	err := answer(r, s, steps, func(a cortex.Answer) error {
		for k, z := range a.Logits {
			scores[k].Add(a.Images, r.g.Classes, z, a.Labels[k], r.e.Readout.Loss == "sigmoid")
		}
		return nil
	})
	return scores, err
}

// answer shows the images of a split to the network and hands over its logits at
// steps. The program is compiled once for the same steps, batch and statistics.
func answer(r *network, s stimuli.Split, steps []int, each func(cortex.Answer) error) (err error) {
	batch := min(r.e.Train.Batch, images(r, s))
	if key := fmt.Sprint(batch, steps, r.norms.Estimated()); r.answering == nil || key != r.answeringOf {
		r.closeAnswering()
		a, err := cortex.NewAnswering(r.g, r.Engine, r.v, r.norms, batch, steps, nil)
		if err != nil {
			return err
		}
		r.answering = a
		r.answeringOf = key
	}
	src, err := loader(r, s, 0)
	if err != nil {
		return err
	}
	return r.answering.Show(r.v, src, each)
}

// closeAnswering frees the memory of what answer compiled.
func (r *network) closeAnswering() {
	if r.answering != nil {
		r.answering.Close()
		r.answering = nil
	}
	r.donor.Close()
}

// name is what the run is called in reports.
func name(r *network) string {
	if r.label != "" && r.label != "experiment" {
		return r.label
	}
	return r.e.Name
}
