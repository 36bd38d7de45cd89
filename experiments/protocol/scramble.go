package protocol

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"

	"ventral/experiments/stimuli"
)

// scramble keeps the amplitudes of a picture and gives it random phases, the same ones
// in every channel, as those of the Fourier transform of a picture of noise. The mean
// of each channel stays; values beyond 0 and 1 are cut off.
func (p picture) scramble(s *stimuli.Stream) picture {
	noise := make([]complex128, p.height*p.width)
	for i := range noise {
		noise[i] = complex(s.Uniform(0, 1), 0)
	}
	transform2(noise, p.height, p.width, false)
	out, plane := p.like(), make([]complex128, p.height*p.width)
	for c := range p.channels {
		for i := range plane {
			plane[i] = complex(float64(p.pixels[i*p.channels+c]), 0)
		}
		transform2(plane, p.height, p.width, false)
		for i := 1; i < len(plane); i++ { // 0 is the mean
			if a := cmplx.Abs(noise[i]); a > 0 {
				plane[i] *= noise[i] / complex(a, 0)
			}
		}
		transform2(plane, p.height, p.width, true)
		for i, v := range plane {
			out.pixels[i*p.channels+c] = float32(real(v))
		}
	}
	out.clip()
	return out
}

// transform2 is the Fourier transform of rows and columns, or its inverse.
func transform2(x []complex128, height, width int, inverse bool) {
	one := func(n int) func([]complex128) {
		f := fourier.NewCmplxFFT(n)
		if inverse {
			return func(v []complex128) {
				f.Sequence(v, v)
				for i := range v {
					v[i] /= complex(float64(n), 0)
				}
			}
		}
		return func(v []complex128) { f.Coefficients(v, v) }
	}
	rows, columns := one(width), one(height)
	for y := range height {
		rows(x[y*width : (y+1)*width])
	}
	column := make([]complex128, height)
	for i := range width {
		for y := range height {
			column[y] = x[y*width+i]
		}
		columns(column)
		for y := range height {
			x[y*width+i] = column[y]
		}
	}
}

// addNoise adds noise to every value.
func (p picture) addNoise(n Noise, s *stimuli.Stream) {
	switch n.Kind {
	case "gaussian":
		for i := range p.pixels {
			p.pixels[i] += float32(n.SD * normal(s))
		}
	case "uniform":
		half := n.SD * math.Sqrt(3)
		for i := range p.pixels {
			p.pixels[i] += float32(s.Uniform(-half, half))
		}
	case "salt_and_pepper":
		for i := 0; i < len(p.pixels); i += p.channels {
			u := s.Uniform(0, 1)
			if u >= n.Fraction {
				continue
			}
			v := float32(0)
			if u < n.Fraction/2 {
				v = 1
			}
			for c := range p.channels {
				p.pixels[i+c] = v
			}
		}
	}
}

// normal draws from the standard normal distribution (Box and Muller 1958).
func normal(s *stimuli.Stream) float64 {
	r := math.Sqrt(-2 * math.Log(1-s.Uniform(0, 1)))
	return r * math.Cos(2*math.Pi*s.Uniform(0, 1))
}

// hide puts another picture over parts of a picture.
func (p picture) hide(o Occlude, over picture, s *stimuli.Stream) {
	size := o.Size
	if size == 0 {
		size = max(1, min(p.height, p.width)/8)
	}
	seen := make([]float32, p.height*p.width) // share of each pixel that is seen
	switch o.Kind {
	case "bubbles":
		if o.Fraction == 0 {
			return
		}
		p.bubbles(seen, o.Fraction, float64(size), s)
	default:
		rows, columns := (p.height+size-1)/size, (p.width+size-1)/size
		if o.Kind == "bars" {
			rows = 1
		}
		order := stimuli.Indices(rows * columns)
		hidden := int(math.Round(o.Fraction * float64(len(order))))
		s.Shuffle(order, hidden)
		covered := make([]bool, len(order))
		for _, i := range order[:hidden] {
			covered[i] = true
		}
		for i := range seen {
			row, column := i/p.width/size, i%p.width/size
			if o.Kind == "bars" {
				row = 0
			}
			if !covered[row*columns+column] {
				seen[i] = 1
			}
		}
	}
	for i := range p.pixels {
		at, share := over.pixels[i], seen[i/p.channels]
		p.pixels[i] = at + float32(share*(p.pixels[i]-at))
	}
}
