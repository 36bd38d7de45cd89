package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/parallel"

	"gonum.org/v1/gonum/optimize"
)

// unitTuning is what one unit shows.
type unitTuning struct {
	most      float64
	curves    [][]float64  // [step][level]
	measures  [][]measured // [step]
	preferred []float64    // of each step
}

// unitsOf finds the curves of every unit of an area.
func (t *tuning) unitsOf(a *tuned, levels []float64) []unitTuning {
	list := make([]unitTuning, len(a.units))
	parallel.For(len(list), func(u int) {
		x := &list[u]
		var others string
		others, x.most = t.best(a, u, levels)
		for k := range a.of.Steps {
			r := t.curve(a, u, k, others, levels)
			m, preferred := measure(t.Measure, levels, r), math.NaN()
			if peak := argmaxOf(r); peak >= 0 {
				preferred = levels[peak]
				if f := t.modulation(a, u, k, others, preferred); !math.IsNaN(f) {
					m = append(m, measured{"modulation", "F1/F0", f})
				}
			}
			x.curves, x.measures, x.preferred = append(x.curves, r), append(x.measures, m), append(x.preferred, preferred)
		}
	})
	return list
}

// argmaxOf is the place of the largest number above 0, -1 where there is none.
func argmaxOf(r []float64) int {
	at := -1
	for k, v := range r {
		if v > 0 && (at < 0 || v > r[at]) {
			at = k
		}
	}
	return at
}

// Frames returns those that Tuning names.
func (t *tuning) Frames() ([]Frame, error) {
	if len(t.areas) == 0 {
		return nil, fmt.Errorf("analysis: tuning of no images")
	}
	levels := t.levels()
	var frames []Frame
	for _, a := range t.areas {
		f, err := t.area(a, levels)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f...)
	}
	return frames, nil
}

// area gives the frames of an area.
func (t *tuning) area(a *tuned, levels []float64) ([]Frame, error) {
	units := t.unitsOf(a, levels)
	most := 0.0
	for _, u := range units {
		most = max(most, u.most)
	}
	var kept []int
	for i, u := range units {
		if u.most > 0 && u.most >= t.Threshold*most {
			kept = append(kept, i)
		}
	}
	said := fmt.Sprintf("%d of %d units, those that reach %g %% of the area's largest response", len(kept), len(units), 100*t.Threshold)
	if all := a.of.Units(); all > len(units) {
		said += fmt.Sprintf(" (of %d units: all channels, places evenly spaced)", all)
	}
	area, steps, last := a.of.areaAxis(), a.of.stepAxis(), len(a.of.Steps)-1
	factor := Axis{Name: t.Factor, Values: levels}
	var frames []Frame
	for _, name := range namesMeasured(units, kept) {
		f := Frame{Name: name[0], Unit: name[1], Sample: "unit", Band: "quartiles over units", Title: a.of.Area, Axes: []Axis{area, steps, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "undefined"}}},
			Note: "median over units with quartiles; units of one channel at several places share weights and are no sample; " + said}
		for k := range a.of.Steps {
			var values []float64
			for _, u := range kept {
				for _, m := range units[u].measures[k] {
					if m.name == name[0] && !math.IsNaN(m.value) {
						values = append(values, m.value)
					}
				}
			}
			f.Data = append(f.Data, quartiles(values, len(kept))...)
		}
		frames = append(frames, f)
	}
	frames = append(frames, t.meanCurve(a, levels, units, kept, said))
	if t.Measure == "contrast" {
		frames = append(frames, t.nakaRushton(a, levels, units, kept, said))
	}
	preferred := Frame{Name: "preferred", Unit: "units", Title: "Preferred " + t.Factor, Axes: []Axis{area, factor, {Name: "statistic", Labels: []string{"count"}}}, Note: "units by the level at which they respond most at the last step; " + said, Data: make([]float64, len(levels))}
	by := Frame{Name: "preferred by unit", Title: a.of.Area, Axes: []Axis{area, {Name: "unit"}, {Name: "quantity", Labels: []string{"y", "x", "channel", "preferred", "measure", "peak"}}}, Note: "at the last step; measure: " + measure(t.Measure, levels, levels)[0].name + "; " + said}
	for _, u := range kept {
		x := units[u].preferred[last]
		if k, ok := slices.BinarySearch(levels, x); ok {
			preferred.Data[k]++
		}
		place := a.units[u]
		w, c := a.of.Shape[1], a.of.Shape[2]
		by.Axes[1].Values = append(by.Axes[1].Values, float64(place))
		by.Data = append(by.Data, float64(place/(w*c)), float64(place/c%w), float64(place%c), x, units[u].measures[last][0].value, units[u].most)
	}
	frames = append(frames, preferred)
	if len(kept) > 0 {
		frames = append(frames, by)
	}
	return frames, nil
}

// namesMeasured are the names and units of measures that any unit has.
func namesMeasured(units []unitTuning, kept []int) (names [][2]string) {
	for _, u := range kept {
		for _, list := range units[u].measures {
			for _, m := range list {
				if n := [2]string{m.name, m.unit}; !slices.Contains(names, n) {
					names = append(names, n)
				}
			}
		}
	}
	return names
}

// quartiles are median and quartiles of values, with how many of n there are.
func quartiles(values []float64, n int) []float64 {
	if len(values) == 0 {
		return []float64{math.NaN(), math.NaN(), math.NaN(), 0, float64(n)}
	}
	slices.Sort(values)
	at := func(q float64) float64 {
		x := q * float64(len(values)-1)
		i := int(x)
		return values[i] + (x-float64(i))*(values[min(i+1, len(values)-1)]-values[i])
	}
	return []float64{at(0.5), at(0.25), at(0.75), float64(len(values)), float64(n - len(values))}
}

// meanCurve is the mean over units of their curves, each scaled to its largest response.
// Of orientation it is over the distance from what the unit prefers at the last step.
func (t *tuning) meanCurve(a *tuned, levels []float64, units []unitTuning, kept []int, said string) Frame {
	x := Axis{Name: t.Factor, Values: levels}
	n := len(levels)
	over := ""
	even := n > 2 && math.Abs(levels[n-1]-levels[0]-float64(n-1)*(levels[1]-levels[0])) < 1e-6
	aligned := t.Measure == "orientation" && even && math.Abs(float64(n)*(levels[1]-levels[0])-180) < 1e-6
	if aligned {
		x = Axis{Name: "degrees from the preferred orientation"}
		for k := range n {
			x.Values = append(x.Values, float64(k-n/2)*(levels[1]-levels[0]))
		}
		over = ", over the distance from the orientation preferred at the last step"
	}
	f := Frame{Name: "tuning curve", Title: "Tuning to " + t.Factor, Unit: "of the largest", Axes: []Axis{a.of.areaAxis(), a.of.stepAxis(), x, summary},
		Note: "mean over units of curves that are scaled to the unit's largest response at any step" + over + "; ± one standard deviation over units; " + said}
	last := len(a.of.Steps) - 1
	for k := range a.of.Steps {
		each := make([]moments, n)
		for _, u := range kept {
			peak := 0
			if aligned {
				if peak = argmaxOf(units[u].curves[last]); peak < 0 {
					continue
				}
			}
			for i, v := range units[u].curves[k] {
				at := i
				if aligned {
					at = ((i-peak+n/2)%n + n) % n
				}
				if math.IsNaN(v) {
					each[at].undefined++
				} else {
					each[at].add(v / units[u].most)
				}
			}
		}
		for i := range each {
			m := &each[i]
			mean, deviation := m.mean, math.Sqrt(m.variance())
			if m.n == 0 {
				mean = math.NaN()
			}
			f.Data = append(f.Data, mean, mean-deviation, mean+deviation, float64(m.n), float64(m.undefined))
		}
	}
	return f
}

// nakaRushton fits r = b + a cⁿ/(cⁿ + c₅₀ⁿ) to the mean curve of each step.
func (t *tuning) nakaRushton(a *tuned, levels []float64, units []unitTuning, kept []int, said string) Frame {
	f := Frame{Name: "contrast response", Title: "Fit of the contrast response", Axes: []Axis{a.of.areaAxis(), a.of.stepAxis(), {Name: "parameter", Labels: []string{"a", "b", "c50", "n", "R²"}}},
		Note: "least squares fit of b + a·cⁿ/(cⁿ + c₅₀ⁿ) to the mean over units of curves scaled to the unit's largest response; " + said}
	for k := range a.of.Steps {
		r := make([]float64, len(levels))
		for _, u := range kept {
			for i, v := range units[u].curves[k] {
				r[i] += v / units[u].most / float64(len(kept))
			}
		}
		f.Data = append(f.Data, fitNakaRushton(levels, r)...)
	}
	return f
}

// fitNakaRushton returns a, b, c50, n and R²; NaN where the curve does not vary.
func fitNakaRushton(c, r []float64) []float64 {
	nan := math.NaN()
	none := []float64{nan, nan, nan, nan, nan}
	lo, hi, mean := slices.Min(r), slices.Max(r), 0.0
	for _, v := range r {
		mean += v / float64(len(r))
	}
	total := 0.0
	for _, v := range r {
		total += (v - mean) * (v - mean)
	}
	if math.IsNaN(mean) || hi-lo < 1e-9 || len(c) < 4 {
		return none
	}
	of := func(x []float64) []float64 {
		return []float64{x[0], x[1], math.Exp(x[2]), math.Exp(x[3])}
	}
	square := func(x []float64) float64 {
		p, sum := of(x), 0.0
		for i, v := range c {
			d := r[i] - p[1]
			if v > 0 {
				d -= p[0] / (1 + math.Pow(p[2]/v, p[3]))
			}
			sum += d * d
		}
		return sum
	}
	best := math.Inf(1)
	var at []float64
	for _, middle := range []float64{0.25, 0.5, 0.75} {
		for _, n := range []float64{1, 2, 4} {
			half := c[int(middle*float64(len(c)-1))]
			if half <= 0 {
				half = c[len(c)-1] / 4
			}
			found, _ := optimize.Minimize(optimize.Problem{Func: square}, []float64{hi - lo, lo, math.Log(half), math.Log(n)},
				&optimize.Settings{MajorIterations: 4000, Converger: &optimize.FunctionConverge{Absolute: 1e-14, Iterations: 200}}, &optimize.NelderMead{})
			if found != nil && found.F < best {
				best, at = found.F, found.X
			}
		}
	}
	if at == nil {
		return none
	}
	return append(of(at), 1-best/total)
}
