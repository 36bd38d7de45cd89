package protocol

import (
	"math"

	"ventral/experiments/stimuli"
)

// picture is pixels in the order y, x, channel, 0 to 1.
type picture struct {
	height, width, channels int
	pixels                  []float32
}

// like returns an empty picture of the same shape.
func (p picture) like() picture {
	p.pixels = make([]float32, len(p.pixels))
	return p
}

// fill makes every pixel of one colour.
func (p picture) fill(colour []float32) {
	for i := range p.pixels {
		p.pixels[i] = colour[i%p.channels]
	}
}

// clip keeps values within 0 and 1.
func (p picture) clip() {
	for i, v := range p.pixels {
		p.pixels[i] = max(0, min(1, v))
	}
}

// about moves every value towards that of a colour, or away from it.
func (p picture) about(colour []float32, gain float64) {
	g := float32(gain)
	for i, v := range p.pixels {
		at := colour[i%p.channels]
		p.pixels[i] = at + float32(g*(v-at))
	}
}

// scale makes what is shown larger or smaller about the centre, by linear
// interpolation; pixels beyond the picture have the colour of the ground.
func (p picture) scale(by float64, ground []float32) picture {
	out := p.like()
	cy, cx := float64(p.height-1)/2, float64(p.width-1)/2
	for y := range p.height {
		for x := range p.width {
			v := (float64(y)-cy)/by + cy
			u := (float64(x)-cx)/by + cx
			y0, x0 := math.Floor(v), math.Floor(u)
			fy, fx := float32(v-y0), float32(u-x0)
			for c := range p.channels {
				at := func(dy, dx int) float32 { return p.at(int(y0)+dy, int(x0)+dx, c, ground) }
				top := float32(at(0, 0)*(1-fx)) + float32(at(0, 1)*fx)
				bottom := float32(at(1, 0)*(1-fx)) + float32(at(1, 1)*fx)
				out.pixels[(y*p.width+x)*p.channels+c] = float32(top*(1-fy)) + float32(bottom*fy)
			}
		}
	}
	return out
}

// at returns a value, that of the ground beyond the picture.
func (p picture) at(y, x, c int, ground []float32) float32 {
	if y < 0 || x < 0 || y >= p.height || x >= p.width {
		return ground[c]
	}
	return p.pixels[(y*p.width+x)*p.channels+c]
}

// shift moves the picture by pixels to the right and down.
func (p picture) shift(dx, dy int, ground []float32) picture {
	out := p.like()
	for y := range p.height {
		for x := range p.width {
			for c := range p.channels {
				out.pixels[(y*p.width+x)*p.channels+c] = p.at(y-dy, x-dx, c, ground)
			}
		}
	}
	return out
}

// blur convolves with a Gaussian of a standard deviation in pixels, cut off at four of
// them; beyond the picture its edge goes on.
func (p picture) blur(sd float64) picture {
	reach := int(math.Ceil(4 * sd))
	kernel, sum := make([]float64, 2*reach+1), 0.0
	for i := range kernel {
		d := float64(i-reach) / sd
		kernel[i] = math.Exp(-d * d / 2)
		sum += kernel[i]
	}
	pass := func(in, out picture, n, stride, lines, lineStride int) {
		for l := range lines {
			for i := range n {
				for c := range p.channels {
					total := 0.0
					for k, w := range kernel {
						j := max(0, min(n-1, i+k-reach))
						total += float64(w * float64(in.pixels[l*lineStride+j*stride+c]))
					}
					out.pixels[l*lineStride+i*stride+c] = float32(total / sum)
				}
			}
		}
	}
	row := p.width * p.channels
	half, out := p.like(), p.like()
	pass(p, half, p.width, p.channels, p.height, row)
	pass(half, out, p.height, row, p.width, p.channels)
	return out
}

// tiles puts the n×n tiles of a picture in random order; where its sides are no
// multiples of n, the tiles are as large as fit, and a rest at the edges stays.
func (p picture) tiles(n int, s *stimuli.Stream) picture {
	n = min(n, p.height, p.width)
	h, w := p.height/n, p.width/n
	order := stimuli.Indices(n * n)
	s.Shuffle(order, len(order))
	out := p.like()
	copy(out.pixels, p.pixels)
	for to, from := range order {
		for y := range h {
			a := ((to/n*h+y)*p.width + to%n*w) * p.channels
			b := ((int(from)/n*h+y)*p.width + int(from)%n*w) * p.channels
			copy(out.pixels[a:a+w*p.channels], p.pixels[b:])
		}
	}
	return out
}
