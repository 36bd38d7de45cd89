package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/parallel"
	"ventral/experiments/statistics"
)

// brainScores are similarities [cell, time] of cells [area, step], of all images, of the
// half on which choices are made, and of the rest.
type brainScores struct {
	Brain
	areas              []string
	steps              []int
	times              []float64
	images             int
	full, chosen, rest []float64
	draws              []drawn
	p, low, high       []float64 // p by cell and time, ceilings by time
	name, unit         string
	reliability        bool // the ceiling is that of the data, whose root bounds r

	what, ceiling, test, joined string // of notes
}

// drawn are the similarities of one draw.
type drawn struct{ full, chosen, rest []float64 }

// ceilings are the names of the ceilings, and those at a time.
func (s *brainScores) ceilings(t int) ([]string, []float64) {
	if s.reliability {
		return []string{"ceiling"}, []float64{s.high[t]}
	}
	return []string{"ceiling low", "ceiling high"}, []float64{s.low[t], s.high[t]}
}

// chosenStatistics are those of what is chosen.
var chosenStatistics = Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n"}}

func (s *brainScores) frames() []Frame {
	area, step, time := Axis{Name: "area", Labels: s.areas}, axisOfSteps(s.steps), Axis{Name: "time", Unit: "ms", Values: s.times}
	names, _ := s.ceilings(0)
	statistics := Axis{Name: "statistic", Labels: append([]string{"mean", "low", "high", "n", "p"}, names...)}
	claim := "; one network: the claim is about images"
	test := fmt.Sprintf("%s, one-sided, largest of %d draws over all areas, steps and times", s.test, s.Draws)
	curves := Frame{Name: "brain " + s.name, Title: upper(s.name) + " to the brain", Unit: s.unit, Axes: []Axis{area, step, time, statistics},
		Note: s.what + "; " + test + "; " + s.ceiling + "; " + s.joined + claim}
	whole := Frame{Name: "brain map", Title: "Step against time of the brain", Unit: s.unit, Axes: []Axis{area, step, time}, Data: s.full,
		Note: s.what + "; " + s.joined + claim}
	corrected := whole
	corrected.Name, corrected.Title, corrected.Unit, corrected.Data, corrected.Note = "brain map p", "Step against time of the brain, p", "p", s.p, test+claim
	over := Frame{Name: "brain " + s.name + " over ceiling", Title: upper(s.name) + " over its ceiling", Unit: "share", Axes: []Axis{area, step, time, chosenStatistics}, Note: s.normalised() + "; " + s.ceiling + "; " + s.what}
	for k, v := range s.full {
		t := k % len(s.times)
		low, high := s.interval(func(d int) float64 { return s.draws[d].full[k] })
		n := float64(s.images)
		_, ceilings := s.ceilings(t)
		if math.IsNaN(v) { // before onset
			n = 0
			for i := range ceilings {
				ceilings[i] = v
			}
		}
		curves.Data = append(append(curves.Data, v, low, high, n, s.p[k]), ceilings...)
		over.Data = append(over.Data, s.share(v, t), s.share(low, t), s.share(high, t), n)
	}
	frames := []Frame{curves, whole, corrected}
	if s.Normalise != "none" {
		frames = append(frames, over)
	}
	frames = append(frames, s.best(area, time)...)
	return append(frames, s.lags(area)...)
}

// interval is the 95 % percentile interval of what each draw gives.
func (s *brainScores) interval(of func(d int) float64) (low, high float64) {
	var list []float64
	for d := range s.draws {
		if v := of(d); v == v {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(list)
	return statistics.Quantile(list, 0.025), statistics.Quantile(list, 0.975)
}

// share is a similarity over the ceiling at a time. That of dissimilarities is the upper
// ceiling, a similarity itself, whose square belongs to r². A ceiling that is not above 0
// gives none.
func (s *brainScores) share(v float64, t int) float64 {
	c := s.high[t]
	if !(c > 0) {
		return math.NaN()
	}
	if s.Normalise == "r/ceiling" {
		return v / c
	}
	if !s.reliability {
		c *= c
	}
	return math.Copysign(v*v/c, v)
}

// normalised says what share is.
func (s *brainScores) normalised() string {
	switch {
	case s.Normalise == "r/ceiling":
		return "similarity over the ceiling"
	case s.reliability:
		return "squared r, with its sign, over the ceiling: the share of what could be explained"
	}
	return "squared similarity, with its sign, over the squared upper ceiling"
}

// at is the place of a number.
func (s *brainScores) at(area, step, time int) int {
	return (area*len(s.steps)+step)*len(s.times) + time
}

// largest is the place of the largest of numbers, -1 where none is one.
func largest(n int, of func(int) float64) int {
	best := -1
	for k := range n {
		if v := of(k); v == v && (best < 0 || v > of(best)) {
			best = k
		}
	}
	return best
}

// best are the frames of the best area and step at each time.
func (s *brainScores) best(area, time Axis) []Frame {
	nan := math.NaN()
	names, _ := s.ceilings(0)
	steps := Frame{Name: "best step", Title: "The step that is most similar", Unit: "step", Axes: []Axis{area, time, chosenStatistics},
		Note: fmt.Sprintf("step of the largest %s at a time; 95 %% percentile interval over draws; n images", s.name)}
	shares := Frame{Name: "best area", Title: "The area that is most similar", Unit: "share", Axes: []Axis{area, time, {Name: "statistic", Labels: []string{"mean"}}},
		Note: fmt.Sprintf("share of %d draws of images in which a step of the area has the largest %s at a time", s.Draws, s.name)}
	score := Frame{Name: "best similarity", Title: "The best area and step", Unit: s.unit, Axes: []Axis{time, {Name: "statistic", Labels: append([]string{"mean", "low", "high", "n"}, names...)}},
		Note: fmt.Sprintf("%s of the best of %d areas and steps, chosen at each time on half of the images and scored on the rest; 95 %% percentile interval over draws, with the choice made in each", s.name, len(s.areas)*len(s.steps))}
	for a := range s.areas {
		for t := range s.times {
			of := func(x []float64) float64 {
				k := largest(len(s.steps), func(k int) float64 { return x[s.at(a, k, t)] })
				if k < 0 {
					return nan
				}
				return float64(s.steps[k])
			}
			low, high := s.interval(func(d int) float64 { return of(s.draws[d].full) })
			n := s.images
			if math.IsNaN(of(s.full)) {
				n = 0
			}
			steps.Data = append(steps.Data, of(s.full), low, high, float64(n))
			hits, all := 0.0, 0.0
			for d := range s.draws {
				if k := s.bestCell(s.draws[d].full, t); k >= 0 {
					all++
					if k/len(s.steps) == a {
						hits++
					}
				}
			}
			shares.Data = append(shares.Data, hits/all)
		}
	}
	for t := range s.times {
		of := func(chosen, rest []float64) float64 {
			if k := s.bestCell(chosen, t); k >= 0 {
				return rest[k*len(s.times)+t]
			}
			return nan
		}
		low, high := s.interval(func(d int) float64 { return of(s.draws[d].chosen, s.draws[d].rest) })
		_, ceilings := s.ceilings(t)
		score.Data = append(append(score.Data, of(s.chosen, s.rest), low, high, float64(s.images-s.images/2)), ceilings...)
	}
	return []Frame{steps, shares, score}
}

// bestCell is the area and step of the largest number at a time, -1 where there is none.
func (s *brainScores) bestCell(x []float64, t int) int {
	return largest(len(s.areas)*len(s.steps), func(k int) float64 { return x[k*len(s.times)+t] })
}

// line is time = offset + lag·step.
type line struct{ lag, offset float64 }

// lags are the frames of the lag and offset of each area.
func (s *brainScores) lags(area Axis) []Frame {
	how := fmt.Sprintf("of the line of time against step along which the mean %s is largest on half of the images, from the first step with numbers to the last, all within %g to %g ms; 95 %% percentile interval over draws of images, with the choice made in each", s.name, s.times[0], s.times[len(s.times)-1])
	lag := Frame{Name: "lag", Title: "Lag of a step", Unit: "ms", Axes: []Axis{area, chosenStatistics}, Note: "milliseconds of a step, " + how}
	offset := Frame{Name: "offset", Title: "Time of step 0", Unit: "ms", Axes: []Axis{area, chosenStatistics}, Note: "offset " + how}
	score := Frame{Name: s.name + " at the lag", Title: upper(s.name) + " at the lag", Unit: s.unit, Axes: []Axis{area, chosenStatistics},
		Note: fmt.Sprintf("mean %s along the line that was chosen on half of the images, on the rest; 95 %% percentile interval over draws, with the choice made in each; one network: the claim is about images", s.name)}
	for a := range s.areas {
		x := s.fit(a, s.chosen)
		n := float64(s.images / 2)
		if math.IsNaN(x.lag) {
			n = 0
		}
		lines := make([]line, len(s.draws))
		parallel.For(len(lines), func(d int) { lines[d] = s.fit(a, s.draws[d].chosen) })
		row := func(f *Frame, mean, n float64, of func(d int) float64) {
			low, high := s.interval(of)
			f.Data = append(f.Data, mean, low, high, n)
		}
		row(&lag, x.lag, n, func(d int) float64 { return lines[d].lag })
		row(&offset, x.offset, n, func(d int) float64 { return lines[d].offset })
		if n > 0 {
			n = float64(s.images - s.images/2)
		}
		row(&score, s.along(a, s.rest, x), n, func(d int) float64 { return s.along(a, s.draws[d].rest, lines[d]) })
	}
	return []Frame{lag, offset, score}
}

// span are the first and the last step of an area with numbers; false where there are
// fewer than two.
func (s *brainScores) span(area int, x []float64) (first, last int, ok bool) {
	first = -1
	for k := range s.steps {
		if v := x[s.at(area, k, 0)]; v == v {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	return first, last, first >= 0 && last > first
}

// fit finds the line of an area that begins and ends at times of the file.
func (s *brainScores) fit(area int, x []float64) line {
	best, most := line{math.NaN(), math.NaN()}, math.Inf(-1)
	first, last, ok := s.span(area, x)
	if !ok {
		return best
	}
	from, steps := float64(s.steps[first]), float64(s.steps[last]-s.steps[first])
	for i, begin := range s.times {
		for _, end := range s.times[i+1:] {
			l := line{lag: (end - begin) / steps}
			l.offset = begin - l.lag*from
			if v := s.along(area, x, l); v > most {
				best, most = l, v
			}
		}
	}
	return best
}

// along is the mean similarity of an area along a line, linear between times.
func (s *brainScores) along(area int, x []float64, l line) float64 {
	first, last, ok := s.span(area, x)
	if !ok || math.IsNaN(l.lag) {
		return math.NaN()
	}
	sum, n := 0.0, 0.0
	for k := first; k <= last; k++ {
		ms := l.offset + l.lag*float64(s.steps[k])
		t, exact := slices.BinarySearch(s.times, ms)
		if exact || t == 0 {
			sum += x[s.at(area, k, t)]
		} else {
			t = min(t, len(s.times)-1) // but for rounding
			share := (ms - s.times[t-1]) / (s.times[t] - s.times[t-1])
			sum += (1-share)*x[s.at(area, k, t-1)] + share*x[s.at(area, k, t)]
		}
		n++
	}
	return sum / n
}
