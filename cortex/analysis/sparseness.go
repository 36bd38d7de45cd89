package analysis

import (
	"fmt"
	"math"

	"ventral/cortex/recording"
)

var sparsenessKind = Kind{
	Name:   "sparseness",
	About:  "population and lifetime sparseness of every area and step, dead and saturated units",
	Source: "Treves and Rolls 1991; Vinje and Gallant 2000",
	New:    func() Settings { return &Sparseness{Signal: recording.Response, Saturation: 0.99} },
}

// Sparseness gives, of responses r ≥ 0 over n units or images,
//
//	S = (1 - a) / (1 - 1/n),  a = (mean r)² / mean(r²)
//
// which is 0 where all are equal and 1 where one alone responds (Vinje and Gallant's form
// of Treves and Rolls's a):
//
//   - "population sparseness" [area, step, statistic], over the units for each image, mean
//     and 95 % t interval over images
//   - "lifetime sparseness" [area, step, statistic], over the images for each unit, mean and
//     standard deviation over units, as "low" and "high": units of one network are no
//     sample, so there is no interval
//   - "dead units" [area, step, statistic] in per cent, those that no image makes respond
//   - "saturated responses" [area, step, statistic] in per cent, of areas whose responses
//     all lie within -1 and 1, those of at least Saturation in size; mean and 95 % t
//     interval over images
//
// A negative response counts as its size in the two sparsenesses, which the note says.
// Where all responses are 0, sparseness is undefined; such images or units are counted.
type Sparseness struct {
	Signal     string  `toml:"signal" doc:"signal that is analysed"`
	Saturation float64 `toml:"saturation" min:"0" max:"1" doc:"size from which a response within -1 and 1 counts as saturated"`
}

var _ Settings = (*Sparseness)(nil)

// Needs is the signal.
func (s *Sparseness) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *Sparseness) Start(Subject) Analysis {
	return eachArea(func(r *Recording) accumulator {
		a := &sparseness{Sparseness: *s, of: r, bounded: true}
		a.population, a.saturated = make([]moments, len(r.Steps)), make([]moments, len(r.Steps))
		a.sum, a.square = make([]float64, len(r.Steps)*r.Units()), make([]float64, len(r.Steps)*r.Units())
		a.images = make([]int, len(r.Steps))
		return a
	})
}

// sparseness is that of one area.
type sparseness struct {
	Sparseness
	of                    *Recording
	population, saturated []moments
	sum, square           []float64 // over images, [step, unit]
	images                []int     // with numbers, of each step
	negative, bounded     bool
}

func (a *sparseness) add(b Batch) error {
	units := a.of.Units()
	for image := range b.Images() {
		for k := range b.Steps {
			sum, square, saturated, finite := 0.0, 0.0, 0, true
			x := b.At(image, k)
			for _, v := range x {
				r := math.Abs(float64(v))
				finite = finite && !math.IsNaN(r) && !math.IsInf(r, 0)
				sum, square = sum+r, square+r*r
				if r >= a.Saturation {
					saturated++
				}
				a.negative = a.negative || v < 0
				a.bounded = a.bounded && !(r > 1)
			}
			if !finite {
				a.population[k].undefined++
				a.saturated[k].undefined++
				continue
			}
			a.images[k]++
			a.saturated[k].add(float64(saturated) / float64(units))
			if square == 0 {
				a.population[k].undefined++
			} else {
				a.population[k].add(selectivity(sum, square, float64(units)))
			}
			sums, squares := a.sum[k*units:][:units], a.square[k*units:][:units]
			for u, v := range x {
				r := math.Abs(float64(v))
				sums[u] += r
				squares[u] += r * r
			}
		}
	}
	return nil
}

// selectivity is S of n numbers with a sum and a sum of squares that is not 0.
func selectivity(sum, square, n float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	a := sum * sum / n / square
	return min(1, max(0, (1-a)/(1-1/n)))
}

func (a *sparseness) frames() ([]Frame, error) {
	units := a.of.Units()
	note := "S = (1 − a)/(1 − 1/n), a = (mean r)²/mean(r²)"
	if a.negative {
		note += ", of the sizes of responses, some of which are negative"
	}
	frames := []Frame{overSteps(a.of, "population sparseness", "", note+", over units; mean over images with 95 % t interval", 1, a.population)}
	lifetime := Frame{Name: "lifetime sparseness", Title: a.of.Area, Axes: []Axis{a.of.areaAxis(), a.of.stepAxis(), summary},
		Note: note + ", over images; mean over units ± one standard deviation, n: units"}
	lifetime.Sample, lifetime.Band = "unit", "± one standard deviation over units"
	dead := Frame{Name: "dead units", Sample: "unit", Unit: "%", Title: a.of.Area, Axes: lifetime.Axes, Note: fmt.Sprintf("units that none of %d images makes respond", len(a.of.IDs))}
	for k := range a.of.Steps {
		var m moments
		none := 0
		for u := range units {
			switch square := a.square[k*units+u]; {
			case a.images[k] == 0:
			case square == 0:
				none++
				m.undefined++
			default:
				m.add(selectivity(a.sum[k*units+u], square, float64(a.images[k])))
			}
		}
		mean, deviation := m.mean, math.Sqrt(m.variance())
		if m.n == 0 {
			mean = math.NaN()
		}
		lifetime.Data = append(lifetime.Data, mean, mean-deviation, mean+deviation, float64(m.n), float64(m.undefined))
		share, counted := math.NaN(), 0
		if a.images[k] > 0 {
			share, counted = 100*float64(none)/float64(units), units
		}
		dead.Data = append(dead.Data, share, math.NaN(), math.NaN(), float64(counted), 0)
	}
	frames = append(frames, lifetime, dead)
	if a.bounded {
		frames = append(frames, overSteps(a.of, "saturated responses", "%", fmt.Sprintf("per cent of units whose response has a size of %g or more; mean over images with 95 %% t interval", a.Saturation), 100, a.saturated))
	}
	return frames, nil
}
