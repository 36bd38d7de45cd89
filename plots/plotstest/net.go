package plotstest

import (
	"fmt"

	"ventral/cortex/recording"
)

// Net is what a synthetic network is made to be.
type Net struct {
	Areas, Steps, Classes int
	Delay                 int  // of feedforward connections: onsets differ where it is not 0
	Full                  bool // every pair of areas is connected
}

func (n Net) name(i int) string {
	if n.Areas == 4 {
		return []string{"V1", "V2", "V4", "IT"}[i]
	}
	return fmt.Sprintf("A%d", i+1)
}

// Anatomy returns a net with forward, lateral and feedback connections, and
// with four areas one connection of every other role, in windows, tied and dead.
func (n Net) Anatomy() *recording.Anatomy {
	a := &recording.Anatomy{Format: recording.Format, Name: "blt", Steps: n.Steps, MSPerStep: 10, Input: "image", Precision: "float32"}
	for i := range n.Areas {
		side := max(1, 32>>i)
		on := i * n.Delay
		if on >= n.Steps {
			on = -1
		}
		a.Areas = append(a.Areas, recording.AnatomyArea{Name: n.name(i), Shape: [3]int{side, side, 32 << min(i, 4)}, Onset: on, Kind: "rate", Norm: "per_step"})
	}
	add := func(from, to int, role, kind string, delay int) *recording.AnatomyConnection {
		name := n.name(from) + "->" + n.name(to)
		a.Connections = append(a.Connections, recording.AnatomyConnection{Name: name, From: n.name(from), To: n.name(to), Role: role, Kind: kind,
			Delay: delay, FromStep: min(delay, n.Steps-1), ToStep: n.Steps - 1, Set: name, Parameters: 9 * 32 * 64})
		return &a.Connections[len(a.Connections)-1]
	}
	for i := range n.Areas {
		for j := range n.Areas {
			switch {
			case i == j:
				add(i, i, recording.Lateral, "conv 3×3", 1)
			case j == i+1:
				add(i, j, recording.Feedforward, "max pool, conv 3×3", n.Delay)
			case j == i-1:
				add(i, j, recording.Feedback, "transposed conv 3×3", 1)
			case n.Full && j > i:
				add(i, j, recording.Bypass, "conv 3×3", n.Delay)
			case n.Full:
				add(i, j, recording.Feedback, "transposed conv 3×3", 2)
			}
		}
	}
	if n.Areas == 4 && !n.Full {
		add(0, 2, recording.Bypass, "conv 3×3", n.Delay)
		self := add(2, 2, recording.Self, "identity", 1)
		self.Name, self.Set, self.Parameters = "V4->V4 self", "V4->V4 self", 0
		late := add(1, 0, recording.Feedback, "resize, conv 3×3", 1)
		late.Name, late.Set, late.FromStep = "V2->V1 late", "V2->V1 late", min(4, n.Steps-1)
		dead := add(3, 0, recording.Feedback, "transposed conv 3×3", 5)
		dead.Dead, dead.Parameters = true, 0
		for i := range a.Connections {
			if c := &a.Connections[i]; c.Role == recording.Lateral && c.From != "V1" {
				c.Set = "stay"
			}
		}
	}
	a.InputTo = []string{n.name(0)}
	for t := range n.Steps {
		a.InputSteps = append(a.InputSteps, t)
	}
	a.Readout = n.name(n.Areas - 1)
	if on := a.ReadoutOnset(); on >= 0 {
		for t := max(on, n.Steps/2); t < n.Steps; t++ {
			a.TrainSteps = append(a.TrainSteps, t)
		}
		for t := on; t < n.Steps; t++ {
			a.TestSteps = append(a.TestSteps, t)
			if t < n.Steps/2 {
				a.Reestimated = append(a.Reestimated, t)
			}
		}
	}
	for k := range n.Classes {
		a.Classes = append(a.Classes, fmt.Sprintf("class %d", k))
	}
	return a
}
