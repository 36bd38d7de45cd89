package brain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Responses are the means over repeats of units that have one for every image at every time.
type Responses struct {
	Images, Units, Times int
	X                    []float32   // [time, image, unit]
	Left                 int         // units that were left out for want of numbers
	Repeats              int         // the least of any image, unit and time
	Ceiling              [][]float64 // [time][unit], Spearman–Brown of halves of repeats; nil without repeats
}

// halves is how often repeats are divided into halves.
const halves = 10

// Responses reads those of images, in their order, image by image. The ceiling of a unit at
// a time is Spearman and Brown's 2r/(1+r), with r Pearson's correlation over images of the
// means of two halves of the repeats, chosen at random for each image: the mean over ten
// divisions. It estimates how reliable the mean over all repeats is. An odd number of
// repeats leaves one out.
func (f *File) Responses(images []int, seed uint64) (*Responses, error) {
	repeats, units, times := f.Shape[1], f.Shape[2], f.Shape[3]
	r := &Responses{Images: len(images), Times: times, Repeats: repeats}
	means := make([]float32, len(images)*units*times) // [image, unit, time]
	missing := make([]bool, units)
	sums := make([]pairSums, halves*units*times)
	whole := make([]float64, repeats*units*times)
	random := rand.New(rand.NewPCG(seed, 0xb1a1))
	order := make([][]int, halves)
	for i, image := range images {
		if err := f.npz.Numbers("x", int64(image)*int64(len(whole)), whole); err != nil {
			return nil, fmt.Errorf("file %q: %s", f.Path, strings.TrimPrefix(err.Error(), "recording: "))
		}
		for h := range order {
			order[h] = random.Perm(repeats)
		}
		for u := range units {
			for t := range times {
				at := func(k int) float64 { return whole[(k*units+u)*times+t] }
				sum, n := 0.0, 0
				for k := range repeats {
					if v := at(k); finite(v) {
						sum, n = sum+v, n+1
					} else if math.IsInf(v, 0) {
						return nil, fmt.Errorf("file %q: x: found %v for the image %s, repeat %d, unit %d at %g ms, want a number, or NaN where the repeat is missing", f.Path, v, f.IDs[image], k, u, f.Times[t])
					}
				}
				if n == 0 {
					missing[u] = true
					continue
				}
				r.Repeats = min(r.Repeats, n)
				means[(i*units+u)*times+t] = float32(sum / float64(n))
				for h, list := range order {
					a, b := 0.0, 0.0
					done := 0
					for _, k := range list {
						v := at(k)
						if !finite(v) || done == n/2*2 {
							continue
						}
						if done%2 == 0 {
							a += v
						} else {
							b += v
						}
						done++
					}
					if n >= 2 {
						sums[(h*units+u)*times+t].add(a/float64(n/2), b/float64(n/2))
					}
				}
			}
		}
	}
	var keep []int
	for u, m := range missing {
		if !m {
			keep = append(keep, u)
		}
	}
	r.Units, r.Left = len(keep), units-len(keep)
	if r.Units == 0 {
		return nil, fmt.Errorf("file %q: x: found no unit with a number for each of %d images at each time", f.Path, len(images))
	}
	r.X = make([]float32, times*len(images)*r.Units)
	for t := range times {
		for i := range images {
			for k, u := range keep {
				r.X[(t*len(images)+i)*r.Units+k] = means[(i*units+u)*times+t]
			}
		}
	}
	if r.Repeats < 2 {
		return r, nil
	}
	for t := range times {
		row := make([]float64, r.Units)
		for k, u := range keep {
			n := 0.0
			for h := range halves {
				if v := sums[(h*units+u)*times+t].r(); finite(v) && v > -1 {
					row[k], n = row[k]+2*v/(1+v), n+1
				}
			}
			row[k] /= n // NaN where no half varies
		}
		r.Ceiling = append(r.Ceiling, row)
	}
	return r, nil
}

// CeilingAt is the median of the ceilings of units at a time; NaN without repeats.
func (r *Responses) CeilingAt(time int) float64 {
	if r.Ceiling == nil {
		return math.NaN()
	}
	return Median(r.Ceiling[time])
}

// Median is that of the numbers that are not NaN; NaN of none.
func Median(x []float64) float64 {
	list := make([]float64, 0, len(x))
	for _, v := range x {
		if v == v {
			list = append(list, v)
		}
	}
	n := len(list)
	if n == 0 {
		return math.NaN()
	}
	slices.Sort(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}

// pairSums are those that Pearson's correlation is made of, updated as Welford's.
type pairSums struct{ n, x, y, xx, yy, xy float64 }

func (s *pairSums) add(x, y float64) {
	s.n++
	dx, dy := x-s.x, y-s.y
	s.x += dx / s.n
	s.y += dy / s.n
	s.xx += dx * (x - s.x)
	s.yy += dy * (y - s.y)
	s.xy += dx * (y - s.y)
}

func (s *pairSums) r() float64 { return s.xy / math.Sqrt(s.xx*s.yy) }
