package recording

import (
	"math"
	"math/rand/v2"
)

// Projection takes many units to few dimensions so that distances stay nearly as they
// are. Each unit is added to eight of the dimensions, drawn without replacement, with a
// random sign and the weight 1/√8 (sparse Johnson–Lindenstrauss transform of Kane and
// Nelson 2014). It depends on the two numbers alone.
type Projection struct {
	units, size, each int
	to                []int32 // of each unit: dimension, negative minus one where the sign is -
}

// projected is how many dimensions a unit is added to.
const projected = 8

// NewProjection returns the projection of units to size dimensions.
func NewProjection(units, size int) *Projection {
	p := &Projection{units: units, size: size, each: min(projected, size)}
	r := rand.New(rand.NewPCG(uint64(units), uint64(size)))
	p.to = make([]int32, units*p.each)
	for u := range units {
		for k := range p.each {
			at := p.to[u*p.each:][:p.each]
		draw:
			for {
				d := int32(r.IntN(size))
				for _, other := range at[:k] {
					if other == d || other == -d-1 {
						continue draw
					}
				}
				at[k] = d
				if r.IntN(2) == 1 {
					at[k] = -d - 1
				}
				break
			}
		}
	}
	return p
}

// Size is the number of dimensions.
func (p *Projection) Size() int { return p.size }

// Reduce projects units into out. A unit that is not a number makes all of out that.
func (p *Projection) Reduce(units, out []float32) {
	sums := make([]float64, p.size)
	for u, v := range units {
		if v == 0 {
			continue
		}
		x := float64(v)
		for _, d := range p.to[u*p.each:][:p.each] {
			if d >= 0 {
				sums[d] += x
			} else {
				sums[-d-1] -= x
			}
		}
		if v != v {
			for i := range out {
				out[i] = float32(math.NaN())
			}
			return
		}
	}
	scale := 1 / math.Sqrt(float64(p.each))
	for i, s := range sums {
		out[i] = float32(scale * s)
	}
}
