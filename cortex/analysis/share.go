package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/parallel"
	"ventral/cortex/recording"
)

var shareKind = Kind{
	Name:   "share",
	About:  "what each connection has to do with the drive of its target, by step: cov(part, total)/var(total)",
	Source: "covariance decomposition, as by Klein and Rosenberg for sums; increments of Welford 1962; delta method for a ratio",
	New:    func() Settings { return &Share{} },
}

// Share gives the frame "drive share" [area, connection, step, statistic], how much of
// the drive of an area comes from each source. With the parts p_c that are added in the
// area, their sum T, and images i,
//
//	share(c) = Σ_u cov_i(p_c, T) / Σ_u var_i(T)
//
// over the units u of the area. Shares sum to 1, and one is negative where a part
// counteracts the rest. What is the same for all images, such as a bias, has no share.
//
// The 95 % interval over images is that of a ratio of means: share ± t·√(n/(n-1)·Σψ²)/Σ_u
// var·n with ψ what each image adds to the covariance minus share times what it adds to
// the variance. Images without numbers, before onset, count as undefined.
//
// It needs recordings of the signal "drive". It holds the mean of every part of an area.
type Share struct{}

var _ Settings = (*Share)(nil)

// Needs is the drive.
func (*Share) Needs() []Need { return []Need{SignalOf(recording.Drive)} }

// Start implements Settings.
func (*Share) Start(on Subject) Analysis {
	return eachArea(func(r *Recording) accumulator {
		s := &share{of: r, missing: missingParts(on.Anatomy, r)}
		for k, p := range r.Parts {
			if p.Port == additive {
				s.parts = append(s.parts, k)
			} else {
				s.others = append(s.others, p.From+" at port "+p.Port)
			}
		}
		s.steps = make([]stepShare, len(r.Steps))
		return s
	})
}

// additive is the port at which drives are added, which every area has.
const additive = "drive"

// missingParts are connections that deliver something and that a recording of drives has
// not.
func missingParts(a *recording.Anatomy, r *Recording) (list []string) {
	has := func(name string) bool {
		return slices.ContainsFunc(r.Parts, func(p recording.Part) bool { return p.From == name })
	}
	for i := range a.Connections {
		c := &a.Connections[i]
		from := a.Area(c.From)
		arrives := false
		for t := range a.Steps {
			arrives = arrives || c.Delivers(t) && from.Onset >= 0 && t-c.Delay >= from.Onset
		}
		if c.To == r.Area && arrives && !has(c.Name) {
			list = append(list, c.Name)
		}
	}
	if slices.Contains(a.InputTo, r.Area) && !has(a.Input) {
		list = append(list, a.Input)
	}
	return list
}

// share is that of one area.
type share struct {
	of      *Recording
	parts   []int // that are added
	others  []string
	missing []string
	steps   []stepShare
}

// stepShare has the moments at one step: means of each part by unit, and for each image
// what it adds to covariances and to the variance of the total.
type stepShare struct {
	n, undefined int
	mean         [][]float64 // of each part, by unit
	cov          [][]float64 // of each part, by image
	variance     []float64   // by image
}

func (s *share) add(b Batch) error {
	if len(s.missing) > 0 {
		return fmt.Errorf("analysis: the recording of what arrives in %s lacks %s; record all of it, by --signals drive", s.of.Area, strings.Join(s.missing, ", "))
	}
	if len(s.parts) == 0 {
		return nil
	}
	parallel.For(len(s.steps), func(k int) {
		for image := range b.Images() {
			s.steps[k].add(b.At(image, k), s.parts, len(b.Parts), b.Shape[2]/len(b.Parts))
		}
	})
	return nil
}

// add adds an image: the numbers x of all parts, of which those of parts count. A pixel
// has the channels of each of all parts, one part after the other.
func (s *stepShare) add(x []float32, parts []int, all, channels int) {
	for _, p := range parts {
		for at := p * channels; at < len(x); at += all * channels {
			for _, v := range x[at : at+channels] {
				if v-v != 0 {
					s.undefined++
					return
				}
			}
		}
	}
	units := len(x) / all
	if s.mean == nil {
		for range parts {
			s.mean = append(s.mean, make([]float64, units))
			s.cov = append(s.cov, nil)
		}
	}
	s.n++
	n := float64(s.n)
	cov, variance := make([]float64, len(parts)), 0.0
	before := make([]float64, len(parts)) // distances to the means before
	for u := range units {
		at := u/channels*all*channels + u%channels
		total, after := 0.0, 0.0
		for k, p := range parts {
			before[k] = float64(x[at+p*channels]) - s.mean[k][u]
			s.mean[k][u] += before[k] / n
			total += before[k]
			after += float64(x[at+p*channels]) - s.mean[k][u]
		}
		for k := range parts {
			cov[k] += before[k] * after
		}
		variance += total * after
	}
	for k := range parts {
		s.cov[k] = append(s.cov[k], cov[k])
	}
	s.variance = append(s.variance, variance)
}

// of returns the share of a part with its interval.
func (s *stepShare) of(k int) (mean, low, high float64) {
	nan := math.NaN()
	sum, variance := 0.0, 0.0
	for i, v := range s.variance {
		sum += s.cov[k][i]
		variance += v
	}
	if s.n < 2 || variance == 0 {
		return nan, nan, nan
	}
	mean = sum / variance
	if s.n < 3 {
		return mean, nan, nan
	}
	squares := 0.0
	for i, v := range s.variance {
		d := s.cov[k][i] - mean*v
		squares += d * d
	}
	n := float64(s.n)
	half := StudentT95(s.n-1) * math.Sqrt(n/(n-1)*squares) / variance
	return mean, mean - half, mean + half
}

func (s *share) frames() ([]Frame, error) {
	if len(s.parts) == 0 {
		return nil, nil
	}
	source := Axis{Name: "connection"}
	for _, p := range s.parts {
		source.Labels = append(source.Labels, s.of.Parts[p].From)
	}
	f := Frame{Name: "drive share", Title: s.of.Area, Axes: []Axis{s.of.areaAxis(), source, s.of.stepAxis(), summary},
		Note: "cov(part, total)/var(total) of what is added in the area, over images, summed over units; shares sum to 1, and a negative one counteracts the rest; 95 % interval over images by the delta method"}
	if len(s.others) > 0 {
		f.Note += "; not among them, since it is not added: " + strings.Join(s.others, ", ")
	}
	for k := range s.parts {
		for i := range s.steps {
			x := &s.steps[i]
			nan := math.NaN()
			mean, low, high := nan, nan, nan
			if x.n > 0 {
				mean, low, high = x.of(k)
			}
			f.Data = append(f.Data, mean, low, high, float64(x.n), float64(x.undefined))
		}
	}
	return []Frame{f}, nil
}
