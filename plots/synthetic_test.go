package plots

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// net is what a synthetic network is made to be.
type net struct {
	areas, steps, classes, images int
	delay                         int // of feedforward connections: onsets differ where it is not 0
	full                          bool
	seed                          uint64
}

func (n net) name(i int) string {
	if n.areas == 4 {
		return []string{"V1", "V2", "V4", "IT"}[i]
	}
	return fmt.Sprintf("A%d", i+1)
}

// anatomy returns a net with forward, lateral and feedback connections, and
// with four areas one connection of every other role, in windows, tied and dead.
func (n net) anatomy() *recording.Anatomy {
	a := &recording.Anatomy{Format: recording.Format, Name: "blt", Steps: n.steps, MSPerStep: 10, Input: "image", Precision: "float32"}
	for i := range n.areas {
		side := max(1, 32>>i)
		on := i * n.delay
		if on >= n.steps {
			on = -1
		}
		a.Areas = append(a.Areas, recording.AnatomyArea{Name: n.name(i), Shape: [3]int{side, side, 32 << min(i, 4)}, Onset: on, Kind: "rate", Norm: "per_step"})
	}
	add := func(from, to int, role, kind string, delay int) *recording.AnatomyConnection {
		name := n.name(from) + "->" + n.name(to)
		a.Connections = append(a.Connections, recording.AnatomyConnection{Name: name, From: n.name(from), To: n.name(to), Role: role, Kind: kind,
			Delay: delay, FromSlice: min(delay, n.steps-1), ToSlice: n.steps - 1, Set: name, Parameters: 9 * 32 * 64})
		return &a.Connections[len(a.Connections)-1]
	}
	for i := range n.areas {
		for j := range n.areas {
			switch {
			case i == j:
				add(i, i, recording.Lateral, "conv 3×3", 1)
			case j == i+1:
				add(i, j, recording.Feedforward, "max pool, conv 3×3", n.delay)
			case j == i-1:
				add(i, j, recording.Feedback, "transposed conv 3×3", 1)
			case n.full && j > i:
				add(i, j, recording.Bypass, "conv 3×3", n.delay)
			case n.full:
				add(i, j, recording.Feedback, "transposed conv 3×3", 2)
			}
		}
	}
	if n.areas == 4 && !n.full {
		add(0, 2, recording.Bypass, "conv 3×3", n.delay)
		self := add(2, 2, recording.Self, "identity", 1)
		self.Name, self.Set, self.Parameters = "V4->V4 self", "V4->V4 self", 0
		late := add(1, 0, recording.Feedback, "resize, conv 3×3", 1)
		late.Name, late.Set, late.FromSlice = "V2->V1 late", "V2->V1 late", min(4, n.steps-1)
		dead := add(3, 0, recording.Feedback, "transposed conv 3×3", 5)
		dead.Dead, dead.Parameters = true, 0
		for i := range a.Connections {
			if c := &a.Connections[i]; c.Role == recording.Lateral && c.From != "V1" {
				c.Set = "stay"
			}
		}
	}
	a.InputTo = []string{n.name(0)}
	for t := range n.steps {
		a.InputSlices = append(a.InputSlices, t)
	}
	a.Readout = n.name(n.areas - 1)
	if on := a.ReadoutOnset(); on >= 0 {
		for t := max(on, n.steps/2); t < n.steps; t++ {
			a.TrainSlices = append(a.TrainSlices, t)
		}
		for t := on; t < n.steps; t++ {
			a.TestSlices = append(a.TestSlices, t)
			if t < n.steps/2 {
				a.Reestimated = append(a.Reestimated, t)
			}
		}
	}
	for k := range n.classes {
		a.Classes = append(a.Classes, fmt.Sprintf("class %d", k))
	}
	return a
}

// table returns the slices, and the identities and labels of the images.
func (n net) table() (slices, ids, labels []int) {
	for t := range n.steps {
		slices = append(slices, t)
	}
	for i := range n.images {
		ids, labels = append(ids, 100+i), append(labels, i%n.classes)
	}
	return slices, ids, labels
}

// logits returns outputs that get better over slices.
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

// responses returns rectified responses of an area that settle over slices,
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
			files.PutTrace(recording.Trace{Area: a.Name, Signal: signal, Slices: at, Onset: a.Onset, Shape: shape}, ids, labels, data)
		}
	}
	files.PutAnswers(recording.Logits{Slices: at, Onset: n.anatomy().ReadoutOnset(), Classes: n.classes}, ids, labels, nil, n.logits())
	var pixels []float32
	for i := range n.images * 64 {
		pixels = append(pixels, float32(i%8)/7, float32(i/8%8)/7, 1)
	}
	files.PutTrace(recording.Trace{Area: recording.Stimuli, Signal: recording.Image, Slices: []int{0}, Shape: [3]int{8, 8, 3}}, ids, labels, pixels)
	var list []analysis.Request
	for _, k := range analysis.Kinds() {
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
