package analysis

import (
	"fmt"
	"math"

	"ventral/cortex/analysis/linear"
	"ventral/cortex/recording"
	"ventral/experiments/statistics"
)

var generaliseKind = Kind{
	Name:   "generalise",
	About:  "temporal generalisation: a linear decoder trained at each step and tested at every other",
	Source: "King and Dehaene 2014; clusters by permutation, Maris and Oostenveld 2007",
	New: func() Settings {
		return &Generalise{Decoding{Signal: recording.Response, Label: "class", As: "auto", Decoder: "ridge", Penalties: penalties(), Folds: 5, Project: 512, Images: 2000, Permutations: 100, Seed: 1}, 2}
	},
}

// Generalise trains a linear decoder as Decode does at each step, and tests it on the images
// of the fold left out at every step, with the folds of Decode in all cells. It gives
//
//   - "generalisation" [area, step, step], trained at the first and tested at the second:
//     per cent of the images that are decoded, or Pearson's r of numbers, a mean over folds
//   - "generalisation p" of the same axes, of clusters: cells that are neighbours, each more
//     than Threshold standard deviations from the mean of exchanged labels on one side. A
//     cluster's mass is the sum of these distances; p is the share of exchanges whose
//     largest mass reaches it. Cells outside have p = 1
//
// On the diagonal labels are exchanged for training and test. Off it they are exchanged for
// training alone, then for the test alone, and the larger p counts: a decoder of noise has
// weights that may by chance agree with the code of another step, which would reach any
// accuracy there that exchanged labels at both steps do not.
//
// A square off the diagonal is a code that is sustained; a diagonal alone is a chain of
// codes; cells below chance are a code that is reversed. p is of a cluster as a whole: it
// says neither where the cluster begins nor which of its cells are decoded.
type Generalise struct {
	Decoding
	Threshold float64 `toml:"threshold" above:"0" doc:"standard deviations from chance beyond which neighbouring cells are a cluster"`
}

var _ Settings = (*Generalise)(nil)

// Start implements Settings.
func (s *Generalise) Start(on Subject) Analysis {
	return startDecoding(s.plain(), on, func(f *features) []Frame { return generaliseFrames(f, s.Threshold) })
}

// generaliseFrames are those that Generalise names.
func generaliseFrames(f *features, threshold float64) []Frame {
	steps := f.steps()
	n := len(steps)
	axes := []Axis{f.of.areaAxis(), f.of.stepAxis(), f.of.stepAxis()}
	note := f.note() + "; trained at one step (upwards), tested at another (to the right)"
	x := Frame{Name: "generalisation", Unit: "%", Title: f.of.Area, Axes: axes, Data: make([]float64, n*n)}
	scale := 100.0
	if f.names == nil {
		scale, x.Unit = 1, "r"
	} else {
		note += fmt.Sprintf("; chance %.3g %%, the largest class", 100*f.chance())
	}
	for i := range x.Data {
		x.Data[i] = math.NaN()
	}
	decoders := f.decoders(steps, true)
	f.cells(decoders, x.Data, func(d *decoder, k int) float64 { return scale * linear.Mean(d.scores[k])[0] })
	one := "; one network: the claim is about images"
	if f.permutations == 0 {
		x.Note = note + one
		return []Frame{x}
	}
	x.Note = note + fmt.Sprintf("; clusters beyond %g standard deviations from chance, p of their mass over all cells of an area by %s; off the diagonal the larger p of exchanging labels for training or for the test; clusters give no onset times", threshold, f.exchanged()) + one
	return []Frame{x, {Name: x.Name + " p", Title: f.of.Area, Note: x.Note, Axes: axes, Data: f.clusters(decoders, x.Data, scale, threshold)}}
}

// cells fills the matrix [trained, tested] where both steps have a decoder; k counts those
// that the decoder was tested at.
func (f *features) cells(decoders []*decoder, to []float64, number func(d *decoder, k int) float64) {
	for s, d := range decoders {
		k := 0
		for at := range decoders {
			if d != nil && decoders[at] != nil {
				to[s*len(decoders)+at] = number(d, k)
				k++
			}
		}
	}
}

// clusters are the p values of cells.
func (f *features) clusters(decoders []*decoder, own []float64, scale, threshold float64) []float64 {
	n := len(decoders)
	p := make([]float64, n*n)
	for _, swapped := range []bool{false, true} {
		draws := make([][]float64, f.permutations)
		for b := range draws {
			draws[b] = make([]float64, n*n)
			f.cells(decoders, draws[b], func(d *decoder, k int) float64 {
				if swapped {
					return scale * d.swapped[k][b][0]
				}
				return scale * d.null[k][b][0]
			})
		}
		for i, q := range statistics.ClusterNull(own, draws, statistics.Lattice(n, n), threshold).P {
			switch {
			case math.IsNaN(own[i]):
				p[i] = math.NaN()
			case math.IsNaN(q): // no exchange changes it
				p[i] = 1
			default:
				p[i] = max(p[i], q)
			}
		}
	}
	return p
}
