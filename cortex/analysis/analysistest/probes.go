package analysistest

import (
	"math"
	"math/rand/v2"

	"ventral/cortex/analysis"
)

// putProbes adds what probes measure of Synthetic: numbers from a seed, of the steps from
// the first on at which there is one.
func putProbes(f *Files, seed uint64, first int) {
	r := rand.New(rand.NewPCG(seed, 3))
	var areas, step, image analysis.Axis
	areas.Name, step.Name, image.Name = "area", "step", "image"
	for _, a := range f.anatomy.Areas {
		areas.Labels = append(areas.Labels, a.Name)
	}
	for t := first; t < steps; t++ {
		step.Values = append(step.Values, float64(t))
	}
	for i := range images {
		image.Values = append(image.Values, float64(100+i))
	}
	// byStep draws numbers [step, …] of what has its onset at a step, and keeps those from
	// the first step on.
	byStep := func(onset, each int, value func() float64) (data []float64) {
		for t := range steps {
			for range each {
				v := value()
				if t < onset {
					v = math.NaN()
				}
				if t >= first {
					data = append(data, v)
				}
			}
		}
		return data
	}
	byArea := func(name string, last analysis.Axis, value func() float64) analysis.Frame {
		x := analysis.Frame{Name: name, Axes: []analysis.Axis{areas, step, last}}
		for _, a := range f.anatomy.Areas {
			x.Data = append(x.Data, byStep(a.Onset+1, last.Len(), value)...)
		}
		return x
	}
	// places draws maps of 8×8, and one number of every area and step.
	places := func(name string, last ...analysis.Axis) analysis.Frame {
		x := analysis.Frame{Name: name, Axes: append([]analysis.Axis{areas, step}, last...)}
		each := 1
		for _, a := range last {
			each *= a.Len()
		}
		for _, a := range f.anatomy.Areas {
			x.Data = append(x.Data, byStep(a.Onset, each, r.Float64)...)
		}
		return x
	}
	eight := []float64{0, 1, 2, 3, 4, 5, 6, 7}
	f.PutProbe("field",
		byArea("effective side", image, r.Float64), byArea("effective spread", image, r.Float64), byArea("elongation", image, r.Float64), places("theoretical side"),
		places("effective field map", analysis.Axis{Name: "y", Values: eight}, analysis.Axis{Name: "x", Values: eight}))
	plain := func(name string, axes []analysis.Axis, value func(i int) float64) analysis.Frame {
		x := analysis.Frame{Name: name, Axes: axes}
		n := 1
		for _, a := range axes {
			n *= a.Len()
		}
		for i := range n {
			x.Data = append(x.Data, value(i))
		}
		return x
	}
	verdicts := analysis.Axis{Name: "verdict", Labels: []string{"converged", "cycling", "drifting", "exploding"}}
	uniform := func(int) float64 { return r.Float64() }
	f.PutProbe("jacobian",
		plain("distance between steps", []analysis.Axis{areas, {Name: "step", Values: []float64{0, 1, 2, 3, 4, 5, 6, 7}}, image}, uniform), // of a run of its own
		plain("verdict", []analysis.Axis{areas, image, verdicts}, func(i int) float64 {
			if i%4 == i/4%3 { // one of three verdicts for each image
				return 1
			}
			return 0
		}),
		plain("period", []analysis.Axis{areas, image}, func(int) float64 { return math.NaN() }),
		plain("rate", []analysis.Axis{areas, image}, uniform),
		plain("eigenvalues", []analysis.Axis{image, {Name: "eigenvalue", Values: []float64{1, 2}}, {Name: "number", Labels: []string{"real part", "imaginary part", "modulus", "residual"}}}, uniform),
		plain("fixed point", []analysis.Axis{image, {Name: "quantity", Labels: []string{"q at the last state", "q", "share", "distance", "growth per step"}}}, uniform))
	coin := func() float64 { return float64(r.IntN(2)) }
	f.PutProbe("gradient",
		byArea("update cosine", image, r.NormFloat64), byArea("update ratio", image, r.Float64))
	f.PutProbe("drop",
		byArea("right", image, coin),
		analysis.Frame{Name: "right without a step", Axes: []analysis.Axis{step, image}, Data: byStep(f.anatomy.ReadoutOnset()+1, images, coin)},
		analysis.Frame{Name: "right with all", Axes: []analysis.Axis{image}, Data: func() (data []float64) {
			for range images {
				data = append(data, coin())
			}
			return data
		}()})
	putControl(f, seed, step)
}

// putControl adds what the probe of controls measures: of twenty draws, from the readout's
// onset on.
func putControl(f *Files, seed uint64, step analysis.Axis) {
	r := rand.New(rand.NewPCG(seed, 4))
	accuracy := func(rows int) (data []float64) {
		for range rows {
			for t := range steps {
				v := float64(r.IntN(101))
				if t < f.anatomy.ReadoutOnset() {
					v = math.NaN()
				}
				if len(step.Values) > 0 && float64(t) >= step.Values[0] {
					data = append(data, v)
				}
			}
		}
		return data
	}
	draw := analysis.Axis{Name: "draw"}
	for k := range 20 {
		draw.Values = append(draw.Values, float64(k+1))
	}
	f.PutProbe("control",
		analysis.Frame{Name: "accuracy of controls", Axes: []analysis.Axis{draw, step}, Data: accuracy(20)},
		analysis.Frame{Name: "accuracy under the lesion", Axes: []analysis.Axis{step}, Data: accuracy(1)},
		analysis.Frame{Name: "removed drive", Axes: []analysis.Axis{{Name: "area", Labels: []string{"IT"}}, {Name: "quantity", Labels: []string{"lesion", "controls", "weights removed", "weights"}}}, Data: []float64{1, 1.01, 20, 300}})
}
