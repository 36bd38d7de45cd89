package plots

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ventral/cortex/analysis"
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

// logits returns outputs that get better over slices.
func (n net) logits() analysis.Batch {
	r := rand.New(rand.NewPCG(n.seed, 1))
	a := n.anatomy()
	b := analysis.Batch{Shape: [3]int{1, 1, n.classes}}
	for t := range n.steps {
		b.Slices = append(b.Slices, t)
	}
	for i := range n.images {
		b.IDs, b.Labels = append(b.IDs, 100+i), append(b.Labels, i%n.classes)
		for t := range n.steps {
			for k := range n.classes {
				v := r.NormFloat64()
				if k == i%n.classes {
					v += 3 * (1 - math.Exp(-float64(t+1)/3))
				}
				if on := a.ReadoutOnset(); on < 0 || t < on {
					v = math.NaN()
				}
				b.Data = append(b.Data, float32(v))
			}
		}
	}
	return b
}

// responses returns rectified responses of an area that settle over slices,
// with a bump that moves.
func (n net) responses(area int) analysis.Batch {
	r := rand.New(rand.NewPCG(n.seed, uint64(10+area)))
	side := max(1, 16>>area)
	a := n.anatomy().Areas[area]
	b := analysis.Batch{Area: a.Name, Shape: [3]int{side, side, 4}}
	for t := range n.steps {
		b.Slices = append(b.Slices, t)
	}
	for i := range n.images {
		b.IDs, b.Labels = append(b.IDs, 100+i), append(b.Labels, i%n.classes)
		for t := range n.steps {
			for y := range side {
				for x := range side {
					for c := range 4 {
						dy, dx := float64(y-side/2+c), float64(x-side/2-i%5)
						v := (1+float64(c))*math.Exp(-(dy*dy+dx*dx)/float64(4+side))*(1-0.5*math.Exp(-float64(t-a.Onset)/2)) + 0.2*r.NormFloat64()*math.Exp(-float64(t)/4)
						if a.Onset < 0 || t < a.Onset {
							v = math.NaN()
						}
						b.Data = append(b.Data, float32(max(v, 0)))
						if math.IsNaN(v) {
							b.Data[len(b.Data)-1] = float32(v)
						}
					}
				}
			}
		}
	}
	return b
}

// frames analyses the synthetic recordings.
func (n net) frames() ([]analysis.Frame, error) {
	var all []analysis.Frame
	run := func(b analysis.Batch, to ...analysis.Analysis) error {
		for _, a := range to {
			if err := a.Add(b); err != nil {
				return err
			}
			f, err := a.Frames()
			if err != nil {
				return err
			}
			all = append(all, f...)
		}
		return nil
	}
	for i := range n.areas {
		images := []int{100, 101, 102}[:min(3, n.images)]
		if err := run(n.responses(i), &analysis.Activity{}, &analysis.StateChange{}, &analysis.StateSize{}, &analysis.FeatureMaps{Images: images, Channels: 3, Classes: n.anatomy().Classes}); err != nil {
			return nil, err
		}
	}
	if err := run(n.logits(), &analysis.Accuracy{}, &analysis.Confusion{Classes: n.anatomy().Classes}); err != nil {
		return nil, err
	}
	return append(all, n.learning(), n.stimuli()), nil
}

// stimuli returns the images of the feature maps, in colour: red rises along x,
// green along y, and blue is 1.
func (n net) stimuli() analysis.Frame {
	axis := func(name string, k int) analysis.Axis {
		a := analysis.Axis{Name: name}
		for i := range k {
			a.Values = append(a.Values, float64(i))
		}
		return a
	}
	images := min(3, n.images)
	f := analysis.Frame{Name: "stimuli", Axes: []analysis.Axis{axis("image", images), axis("y", 8), axis("x", 8), axis("channel", 3)}}
	for i := range images * 64 {
		f.Data = append(f.Data, float64(i%8)/7, float64(i/8%8)/7, 1)
	}
	return f
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
