package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/recording"
)

var tuningKind = Kind{
	Name:   "tuning",
	About:  "tuning of units to orientation, spatial frequency, size, contrast or any number of the images, by step",
	Source: "Ringach, Shapley and Hawken 2002; DeAngelis, Freeman and Ohzawa 1994; Naka and Rushton 1966; numbers as Brain-Score's V1 benchmarks define them",
	New: func() Settings {
		return &Tuning{Signal: recording.Response, Factor: "orientation", Measure: "auto", Threshold: 0.1, Units: 4096}
	},
}

// Tuning reads a signal to images that differ in numbers, such as those of the data set
// gratings. Responses to images that agree in all numbers but the phase are averaged. Of
// each unit the curve over a factor is taken at the levels of the other factors at which
// the unit responds most, at any step. Units whose largest response is below Threshold
// times the largest of the area are left out and counted.
//
// Measures by the step, "mean" the median over units, "low" and "high" their quartiles:
//
//   - orientation: "orientation selectivity" |Σ r e^(2iθ)|/Σ|r|, which is 1 less the
//     circular variance; "half bandwidth" in degrees, where the curve, smoothed by
//     (0.4, 1, 0.4), is 1/√2 of its peak; "orthogonal ratio", r at 90° from the peak over r
//     at the peak
//   - spatial frequency: "bandwidth" in octaves at half of the peak
//   - size: "surround suppression" (peak - plateau)/peak, with the largest size as plateau
//   - contrast: "semisaturation", where the curve reaches half of its largest response; and
//     a fit of the mean curve, r = b + a cⁿ/(cⁿ + c₅₀ⁿ), with its R²
//   - any: "selectivity" (max - mean)/(max + mean)
//
// and with phases "modulation", F1/F0 over phase. "tuning curve" [area, step, FACTOR,
// statistic] is the mean over units of curves scaled to the unit's largest response at any
// step, of orientation over the distance from the preferred one; "preferred" [area, FACTOR,
// statistic] counts units by their preferred level at the last step; "preferred by unit"
// [area, unit, quantity] has the unit's place, its preferred level and its measure.
type Tuning struct {
	Signal    string  `toml:"signal" doc:"signal that is analysed"`
	Factor    string  `toml:"factor" doc:"column of numbers of the data set"`
	Measure   string  `toml:"measure" oneof:"auto orientation frequency size contrast any" doc:"what is measured; auto goes by the factor's name"`
	Threshold float64 `toml:"threshold" min:"0" max:"1" doc:"share of the area's largest response that a unit must reach"`
	Units     int     `toml:"units" min:"1" max:"100000" doc:"units of an area at most: all channels at places that are evenly spaced"`
}

var _ Settings = (*Tuning)(nil)

// Needs is the signal.
func (s *Tuning) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *Tuning) Start(on Subject) Analysis {
	t := &tuning{Tuning: *s, on: on}
	if t.Measure == "auto" {
		switch {
		case strings.Contains(s.Factor, "orientation"):
			t.Measure = "orientation"
		case strings.Contains(s.Factor, "frequency"):
			t.Measure = "frequency"
		case s.Factor == "size" || strings.Contains(s.Factor, "diameter"):
			t.Measure = "size"
		case s.Factor == "contrast":
			t.Measure = "contrast"
		default:
			t.Measure = "any"
		}
	}
	return t
}

// tuning has the mean responses to every combination of numbers.
type tuning struct {
	Tuning
	on    Subject
	combo []combination
	of    []int // combination of each image of the recording
	areas []*tuned
}

// combination is levels of the factors of images, the phase apart.
type combination struct {
	level  float64 // of the factor
	others string
	phase  float64 // NaN where images have none
}

// tuned is the responses of an area's units.
type tuned struct {
	of    *Recording
	units []int       // places
	sum   [][]float64 // [combination][step, unit]
	n     [][]float64 // [combination][step]
}

// Phases beyond which they count as drawn, and numbers that responses may take.
const (
	mostPhases  = 16
	mostNumbers = 64 << 20
)

// begin sorts the images of a recording by their numbers.
func (t *tuning) begin(r *Recording) error {
	levels, err := t.on.Table.Numbers(t.Factor, r.IDs)
	if err != nil {
		return err
	}
	keys := make([]string, len(r.IDs))
	phases := slices.Repeat([]float64{math.NaN()}, len(r.IDs))
	for _, c := range t.on.Table.Columns {
		v, err := t.on.Table.Numbers(c, r.IDs)
		if err != nil || c == t.Factor {
			continue // a column of words, such as a file's name
		}
		lo, hi := slices.Min(v), slices.Max(v)
		switch {
		case lo == hi:
		case c == "phase":
			copy(phases, v)
		default:
			for i, x := range v {
				keys[i] += c + "=" + strconv.FormatFloat(x, 'g', 6, 64) + " "
			}
		}
	}
	if distinct := slices.Compact(slices.Sorted(slices.Values(phases))); len(distinct) > mostPhases {
		phases = slices.Repeat([]float64{math.NaN()}, len(r.IDs)) // drawn, and averaged
	}
	seen := map[combination]int{}
	plain := math.Inf(-1) // a key that equals itself
	for i := range r.IDs {
		c := combination{levels[i], keys[i], phases[i]}
		key := c
		if math.IsNaN(c.phase) {
			key.phase = plain
		}
		at, ok := seen[key]
		if !ok {
			at = len(t.combo)
			seen[key] = at
			t.combo = append(t.combo, c)
		}
		t.of = append(t.of, at)
	}
	if n := len(t.levels()); n < 3 {
		return fmt.Errorf("analysis: factor %q has %d levels among the images, want 3 or more", t.Factor, n)
	}
	return nil
}

// levels are those of the factor, rising.
func (t *tuning) levels() []float64 {
	var list []float64
	for _, c := range t.combo {
		list = append(list, c.level)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Add sums responses.
func (t *tuning) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if t.combo == nil {
		if err := t.begin(b.Recording); err != nil {
			return err
		}
	}
	i := slices.IndexFunc(t.areas, func(a *tuned) bool { return a.of.Area == b.Area })
	if i < 0 {
		a := &tuned{of: b.Recording, sum: make([][]float64, len(t.combo)), n: make([][]float64, len(t.combo))}
		a.units = sampled(b.Shape, t.Units)
		n := len(a.units)
		if need := len(t.combo) * len(b.Steps) * n; need > mostNumbers {
			return fmt.Errorf("analysis: %d combinations of numbers at %d steps of %d units are too many to hold; set units to %d or less, or record images that differ in fewer columns", len(t.combo), len(b.Steps), n, mostNumbers/len(t.combo)/len(b.Steps))
		}
		for c := range t.combo {
			a.sum[c], a.n[c] = make([]float64, len(b.Steps)*n), make([]float64, len(b.Steps))
		}
		i, t.areas = len(t.areas), append(t.areas, a)
	}
	a := t.areas[i]
	if len(t.of) != len(a.of.IDs) {
		return fmt.Errorf("analysis: areas %s and %s were recorded of different images", t.areas[0].of.Area, a.of.Area)
	}
	for image := range b.Images() {
		c := t.of[b.First+image]
		for k := range b.Steps {
			x := b.At(image, k)
			if math.IsNaN(float64(x[0])) {
				continue
			}
			a.n[c][k]++
			sum := a.sum[c][k*len(a.units):][:len(a.units)]
			for j, u := range a.units {
				sum[j] += float64(x[u])
			}
		}
	}
	return nil
}

// sampled are at most n units of an area: all channels of places that are evenly spaced, or
// where there are more channels than n the first n of the place in the middle.
func sampled(shape [3]int, n int) (units []int) {
	places, channels := shape[0]*shape[1], shape[2]
	if channels >= n {
		middle := (shape[0]/2*shape[1] + shape[1]/2) * channels
		for c := range n {
			units = append(units, middle+c)
		}
		return units
	}
	some := min(places, n/channels)
	for k := range some {
		for c := range channels {
			units = append(units, k*places/some*channels+c)
		}
	}
	return units
}

// curve is a unit's response over the levels at a step, at some levels of the others,
// averaged over phases; NaN where no image was shown.
func (t *tuning) curve(a *tuned, unit, step int, others string, levels []float64) []float64 {
	sum, n := make([]float64, len(levels)), make([]float64, len(levels))
	for c, x := range t.combo {
		if x.others != others || a.n[c][step] == 0 {
			continue
		}
		k, _ := slices.BinarySearch(levels, x.level)
		sum[k] += a.sum[c][step*len(a.units)+unit] / a.n[c][step]
		n[k]++
	}
	for k := range sum {
		sum[k] /= n[k]
	}
	return sum
}

// best are the levels of the other factors at which a unit responds most, and how much.
func (t *tuning) best(a *tuned, unit int, levels []float64) (others string, most float64) {
	most = math.Inf(-1)
	tried := map[string]bool{}
	for _, x := range t.combo {
		if tried[x.others] {
			continue
		}
		tried[x.others] = true
		for k := range a.of.Steps {
			for _, v := range t.curve(a, unit, k, x.others, levels) {
				if v > most {
					others, most = x.others, v
				}
			}
		}
	}
	return others, most
}

// modulation is F1/F0 over phase at a level of the factor: 2|Σ r e^(iφ)|/N over the mean;
// NaN where there are fewer than three phases.
func (t *tuning) modulation(a *tuned, unit, step int, others string, level float64) float64 {
	re, im, sum, n := 0.0, 0.0, 0.0, 0.0
	for c, x := range t.combo {
		if x.others != others || x.level != level || math.IsNaN(x.phase) || a.n[c][step] == 0 {
			continue
		}
		v := a.sum[c][step*len(a.units)+unit] / a.n[c][step]
		phase := x.phase * math.Pi / 180
		re, im, sum, n = re+v*math.Cos(phase), im+v*math.Sin(phase), sum+v, n+1
	}
	if n < 3 || sum <= 0 {
		return math.NaN()
	}
	return 2 * math.Hypot(re, im) / sum
}
