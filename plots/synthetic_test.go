package plots

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/plotstest"
)

// net is a synthetic network with recordings of it.
type net struct {
	areas, steps, classes, images int
	delay                         int // of feedforward connections: onsets differ where it is not 0
	full                          bool
	seed                          uint64
}

func (n net) anatomy() *recording.Anatomy {
	return plotstest.Net{Areas: n.areas, Steps: n.steps, Classes: n.classes, Delay: n.delay, Full: n.full}.Anatomy()
}

// table returns the steps, and the identities and labels of the images.
func (n net) table() (steps, ids, labels []int) {
	for t := range n.steps {
		steps = append(steps, t)
	}
	for i := range n.images {
		ids, labels = append(ids, 100+i), append(labels, i%n.classes)
	}
	return steps, ids, labels
}

// logits returns outputs that get better over steps.
func (n net) logits() (data []float32) {
	r := rand.New(rand.NewPCG(n.seed, 1))
	a := n.anatomy()
	for i := range n.images {
		for t := range n.steps {
			for k := range n.classes {
				v := r.NormFloat64()
				if k == i%n.classes {
					v += 3 * (1 - math.Exp(-float64(t+1)/3))
				}
				if on := a.ReadoutOnset(); on < 0 || t < on {
					v = math.NaN()
				}
				data = append(data, float32(v))
			}
		}
	}
	return data
}

// responses returns rectified responses of an area that settle over steps,
// with a bump that moves.
func (n net) responses(area int) (shape [3]int, data []float32) {
	r := rand.New(rand.NewPCG(n.seed, uint64(10+area)))
	side := max(1, 16>>area)
	a := n.anatomy().Areas[area]
	for i := range n.images {
		for t := range n.steps {
			for y := range side {
				for x := range side {
					for c := range 4 {
						dy, dx := float64(y-side/2+c), float64(x-side/2-i%5)
						v := (1+float64(c))*math.Exp(-(dy*dy+dx*dx)/float64(4+side))*(1-0.5*math.Exp(-float64(t-a.Onset)/2)) + 0.2*r.NormFloat64()*math.Exp(-float64(t)/4)
						if a.Onset < 0 || t < a.Onset {
							v = math.NaN()
						}
						if !math.IsNaN(v) {
							v = max(v, 0)
						}
						data = append(data, float32(v))
					}
				}
			}
		}
	}
	return [3]int{side, side, 4}, data
}

// frames analyses the synthetic recordings by every kind, and three images in
// colour: red rises along x, green along y, and blue is 1.
func (n net) frames() ([]analysis.Frame, error) {
	files := analysistest.NewFiles(n.anatomy())
	at, ids, labels := n.table()
	for i, a := range n.anatomy().Areas {
		shape, data := n.responses(i)
		for _, signal := range []string{recording.Response, recording.State} {
			files.PutTrace(recording.Trace{Area: a.Name, Signal: signal, Steps: at, Onset: a.Onset, Shape: shape}, ids, labels, data)
		}
	}
	files.PutAnswers(recording.Logits{Steps: at, Onset: n.anatomy().ReadoutOnset(), Classes: n.classes}, ids, labels, nil, n.logits())
	var pixels []float32
	for i := range n.images * 64 {
		pixels = append(pixels, float32(i%8)/7, float32(i/8%8)/7, 1)
	}
	files.PutTrace(recording.Trace{Area: recording.Stimuli, Signal: recording.Image, Steps: []int{0}, Shape: [3]int{8, 8, 3}}, ids, labels, pixels)
	var list []analysis.Request
	for _, k := range analysis.Kinds() { // others are drawn in open_test.go
		if !k.Default && k.Name != "rdm" {
			continue
		}
		q := analysistest.Request(k)
		if m, ok := q.Settings.(*analysis.FeatureMaps); ok {
			m.Images, m.Channels = 3, 3
		}
		list = append(list, q)
	}
	all, err := analysis.Run(files, list)
	return append(all, n.learning()), err
}

// learning returns a log of 60 epochs with two drops of the rate.
func (n net) learning() analysis.Frame {
	r := rand.New(rand.NewPCG(n.seed, 2))
	var log []analysis.Epoch
	for e := range 60 {
		x, rate := float64(e+1), 0.01
		if e >= 40 {
			x, rate = x+60, 0.001
		}
		if e >= 50 {
			rate = 0.0001
		}
		loss := 2.3*math.Exp(-x/25) + 0.3
		log = append(log, analysis.Epoch{Epoch: float64(e + 1), TrainingLoss: loss - 0.2*x/120, ValidationLoss: loss + 0.04*r.NormFloat64(),
			TrainingAccuracy: 100 - 30*loss, ValidationAccuracy: 96 - 32*loss + r.NormFloat64(), Rate: rate})
	}
	return analysis.Learning(log, "cross-entropy (nat)", 10, "n = 5,000 validation images")
}

// blt is the net most tests draw.
var blt = net{areas: 4, steps: 8, classes: 10, images: 40, delay: 1, seed: 1}

// data returns everything of a net, in a style.
func (n net) data(s canvas.Style) (Data, error) {
	f, err := n.frames()
	return Data{Anatomy: n.anatomy(), Frames: f, Style: s}, err
}

// compared returns two variants of three runs each.
func (n net) compared(s canvas.Style) (Data, error) {
	d := Data{Anatomy: n.anatomy(), Style: s}
	for v, variant := range []string{"tied", "untied in time"} {
		for run := range 3 {
			m := n
			m.seed = uint64(10*v + run)
			m.images += 20 * v
			frames, err := m.frames()
			if err != nil {
				return d, err
			}
			for _, f := range frames {
				d.Frames = append(d.Frames, f.With("run", fmt.Sprint(run)).With("variant", variant))
			}
		}
	}
	return d, nil
}
