package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

var controlKind = Kind{
	Name:   "control",
	About:  "a lesion among controls that remove as much drive at random: accuracy of both at every step, and the percentile of the lesion",
	Source: "own definition; the probe control measures it",
	New:    func() Settings { return &Control{} },
}

// Control reads what the probe control measured of a lesion, and gives
//
//   - "accuracy of controls" [step, statistic] in per cent: the mean of the draws, and the
//     2.5 and 97.5 percentiles
//   - "accuracy under the lesion" [step, statistic] in per cent, of the same images
//   - "percentile among controls" [step, statistic]: how many per cent of the draws answer
//     worse than the lesion, with half of those that answer alike: near 0 the lesion costs
//     more than as much drive removed at random, near 50 as much
//   - "removed drive" [area, quantity]: mean squares that the lesion and the controls
//     remove, how many weights the latter remove on average, and of how many
//
// Where no control removes as much as the lesion, the first and the third have no numbers
// and their notes say why.
type Control struct{}

var _ Settings = (*Control)(nil)

// Needs is what the probe measured.
func (*Control) Needs() []Need { return []Need{{Of: Probe, Signal: "control"}} }

// Start implements Settings.
func (*Control) Start(on Subject) Analysis { return &control{probed{on: on}} }

type control struct{ probed }

// Frames compares the lesion with the controls.
func (c *control) Frames() ([]Frame, error) {
	draws, err := c.frame("accuracy of controls")
	if err != nil {
		return nil, err
	}
	under, err := c.frame("accuracy under the lesion")
	if err != nil {
		return nil, err
	}
	drive, err := c.frame("removed drive")
	if err != nil {
		return nil, err
	}
	n, steps := draws.Axes[0].Len(), draws.Axes[1].Len()
	spread := Frame{Name: "accuracy of controls", Title: "Controls that remove as much drive as the lesion", Unit: "%", Axes: []Axis{draws.Axes[1], {Name: "statistic", Labels: []string{"mean", "low", "high", "n"}}},
		Note: fmt.Sprintf("random kernel weights of other connections into the same areas are removed until the removed mean squared drive matches; mean, 2.5 and 97.5 percentiles of %d draws", n)}
	lesion := Frame{Name: "accuracy under the lesion", Title: "The lesion", Unit: "%", Axes: []Axis{draws.Axes[1], {Name: "statistic", Labels: []string{"mean"}}}, Data: under.Data, Note: "of the same images as the controls"}
	rank := Frame{Name: "percentile among controls", Title: "The lesion among its controls", Unit: "%", Axes: []Axis{draws.Axes[1], {Name: "statistic", Labels: []string{"mean", "n"}}},
		Note: "draws that answer worse than the lesion, with half of those that answer alike; near 0 the lesion costs more than as much drive removed at random; of one network"}
	for t := range steps {
		var x []float64
		below := 0.0
		for d := range n {
			v := draws.Data[d*steps+t]
			if math.IsNaN(v) {
				continue
			}
			x = append(x, v)
			switch {
			case v < under.Data[t]:
				below++
			case v == under.Data[t]:
				below += 0.5
			}
		}
		if len(x) == 0 {
			nan := math.NaN()
			spread.Data, rank.Data = append(spread.Data, nan, nan, nan, 0), append(rank.Data, nan, 0)
			continue
		}
		slices.Sort(x)
		spread.Data = append(spread.Data, stat.Mean(x, nil), stat.Quantile(0.025, stat.LinInterp, x, nil), stat.Quantile(0.975, stat.LinInterp, x, nil), float64(len(x)))
		rank.Data = append(rank.Data, 100*below/float64(len(x)), float64(len(x)))
	}
	for _, f := range []*Frame{&spread, &rank} {
		f.Note = strings.TrimPrefix(draws.Note+"; "+f.Note, "; ")
	}
	drive.Title = "Mean squared drive that is removed"
	return []Frame{spread, lesion, rank, drive}, nil
}
