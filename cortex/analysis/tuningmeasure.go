package analysis

import "math"

// measured is what a curve over the levels of a factor shows; all NaN where it has no
// response.
type measured struct {
	name  string
	unit  string
	value float64
}

// measure returns the numbers of a curve by what is measured. Levels rise.
func measure(what string, levels, r []float64) []measured {
	peak, most := 0, math.Inf(-1)
	sum, n := 0.0, 0.0
	for k, v := range r {
		if v > most {
			peak, most = k, v
		}
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	nan := math.NaN()
	none := !(most > 0) || n < 3
	switch what {
	case "orientation":
		list := []measured{{"orientation selectivity", "", nan}, {"half bandwidth", "°", nan}, {"orthogonal ratio", "", nan}}
		if none {
			return list
		}
		re, im, size := 0.0, 0.0, 0.0
		for k, v := range r {
			angle := 2 * levels[k] * math.Pi / 180
			re, im, size = re+v*math.Cos(angle), im+v*math.Sin(angle), size+math.Abs(v)
		}
		list[0].value = math.Hypot(re, im) / size
		list[1].value = halfBandwidth(levels, r)
		list[2].value = at180(levels, r, levels[peak]+90) / most
		return list
	case "frequency":
		list := []measured{{"bandwidth", "octaves", nan}}
		if none {
			return list
		}
		low, high := crossing(levels, r, peak, -1, most/2), crossing(levels, r, peak, 1, most/2)
		list[0].value = math.Log2(high / low)
		return list
	case "size":
		list := []measured{{"surround suppression", "", nan}}
		if !none {
			list[0].value = (most - r[len(r)-1]) / most
		}
		return list
	case "contrast":
		list := []measured{{"semisaturation", "", nan}}
		if !none {
			list[0].value = rising(levels, r, most/2)
		}
		return list
	}
	list := []measured{{"selectivity", "", nan}}
	if mean := sum / n; !none && most+mean > 0 {
		list[0].value = (most - mean) / (most + mean)
	}
	return list
}

// at180 is a curve over angles of period 180°, linear between levels.
func at180(levels, r []float64, angle float64) float64 {
	turn := func(x float64) float64 { return math.Mod(math.Mod(x, 180)+180, 180) }
	n := len(levels)
	for k := range n {
		next := (k + 1) % n
		wide := turn(levels[next] - levels[k])
		if wide == 0 {
			continue
		}
		if into := turn(angle - levels[k]); into <= wide {
			return r[k] + (r[next]-r[k])*into/wide
		}
	}
	return math.NaN()
}

// halfBandwidth is half the width in degrees at 1/√2 of the peak of a curve of period
// 180° that is smoothed by (0.4, 1, 0.4); NaN where it does not fall that low.
func halfBandwidth(levels, r []float64) float64 {
	n := len(r)
	smooth := make([]float64, n)
	peak := 0
	for k := range r {
		smooth[k] = (0.4*r[(k+n-1)%n] + r[k] + 0.4*r[(k+1)%n]) / 1.8
		if smooth[k] > smooth[peak] {
			peak = k
		}
	}
	level, width := smooth[peak]/math.Sqrt2, 0.0
	for _, way := range []int{1, -1} {
		before, far := smooth[peak], 0.0
		for j := 1; ; j++ {
			if j >= n {
				return math.NaN()
			}
			k, last := ((peak+way*j)%n+n)%n, ((peak+way*(j-1))%n+n)%n
			step := math.Abs(levels[k] - levels[last])
			step = min(step, 180-step)
			if smooth[k] < level {
				width += far + step*(before-level)/(before-smooth[k])
				break
			}
			far, before = far+step, smooth[k]
		}
	}
	return width / 2
}

// crossing is where a curve falls to a value beside its peak, to the right or left,
// between logarithms of the levels; NaN where it does not.
func crossing(levels, r []float64, peak, way int, value float64) float64 {
	for k := peak + way; k >= 0 && k < len(r); k += way {
		if r[k] < value {
			a, b := math.Log(levels[k-way]), math.Log(levels[k])
			return math.Exp(a + (b-a)*(r[k-way]-value)/(r[k-way]-r[k]))
		}
	}
	return math.NaN()
}

// rising is where a curve first reaches a value, between logarithms of the levels.
func rising(levels, r []float64, value float64) float64 {
	for k, v := range r {
		if v < value {
			continue
		}
		if k == 0 || levels[k-1] <= 0 {
			return levels[k]
		}
		a, b := math.Log(levels[k-1]), math.Log(levels[k])
		return math.Exp(a + (b-a)*(value-r[k-1])/(v-r[k-1]))
	}
	return math.NaN()
}
