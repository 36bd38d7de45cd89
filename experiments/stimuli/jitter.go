package stimuli

import "math"

// The weights of red, green and blue in grey: ITU-R BT.601, as torchvision rounds
// them.
const red, green, blue = 0.2989, 0.587, 0.114

// jitter is how colours of an image change: four changes in an order. A factor of 1
// and a turn of 0 change nothing.
type jitter struct {
	order                            [4]int32
	brightness, contrast, saturation float64
	hue                              float64
	on                               bool
}

// colours reports whether colours change.
func (a Augment) colours() bool {
	return a.Brightness > 0 || a.Contrast > 0 || a.Saturation > 0 || a.Hue > 0
}

// jitter draws as ColorJitter of torchvision does: factors from 1-x (at least 0) to
// 1+x, a turn of the hue from -x to x, and an order.
func (a Augment) jitter(s *Stream) jitter {
	j := jitter{on: true}
	order := Indices(4)
	s.Shuffle(order, 4)
	copy(j.order[:], order)
	factor := func(x float64) float64 { return s.Uniform(max(0, 1-x), 1+x) }
	j.brightness, j.contrast, j.saturation = factor(a.Brightness), factor(a.Contrast), factor(a.Saturation)
	j.hue = s.Uniform(-a.Hue, a.Hue)
	return j
}

// apply changes pixels with values 0 … 1, which stay within.
func (j jitter) apply(pixels []float32, channels int) {
	if !j.on {
		return
	}
	for _, which := range j.order {
		switch which {
		case 0:
			if f := float32(j.brightness); f != 1 {
				blend(pixels, f, func(int) float32 { return 0 }, channels)
			}
		case 1:
			if f := float32(j.contrast); f != 1 {
				mean := meanGrey(pixels, channels)
				blend(pixels, f, func(int) float32 { return mean }, channels)
			}
		case 2:
			if f := float32(j.saturation); f != 1 && channels == 3 {
				blend(pixels, f, func(at int) float32 { return grey(pixels[at : at+3]) }, channels)
			}
		case 3:
			if j.hue != 0 && channels == 3 {
				turn(pixels, float32(j.hue))
			}
		}
	}
}

// blend sets each value v of a pixel to f·v + (1-f)·toward, within 0 … 1.
func blend(pixels []float32, f float32, toward func(at int) float32, channels int) {
	for at := 0; at < len(pixels); at += channels {
		rest := float32((1 - f) * toward(at))
		for c, v := range pixels[at : at+channels] {
			pixels[at+c] = min(1, max(0, float32(f*v)+rest))
		}
	}
}

// grey is the grey of a pixel in colour.
func grey(p []float32) float32 {
	return float32(red*p[0]) + float32(green*p[1]) + float32(blue*p[2])
}

// meanGrey is the mean grey of an image, or the mean of its values where they are
// not red, green and blue.
func meanGrey(pixels []float32, channels int) float32 {
	var sum float64
	if channels != 3 {
		for _, v := range pixels {
			sum += float64(v)
		}
		return float32(sum / float64(len(pixels)))
	}
	for at := 0; at < len(pixels); at += 3 {
		sum += float64(grey(pixels[at : at+3]))
	}
	return float32(sum / float64(len(pixels)/3))
}

// turn turns the hue of every pixel, in HSV, by a part of the circle.
func turn(pixels []float32, by float32) {
	for at := 0; at < len(pixels); at += 3 {
		p := pixels[at : at+3 : at+3]
		r, g, b := p[0], p[1], p[2]
		most, least := max(r, g, b), min(r, g, b)
		spread := most - least
		if spread == 0 {
			continue // grey has no hue
		}
		var h float32 // in sixths of the circle
		switch most {
		case r:
			h = (g - b) / spread
		case g:
			h = 2 + (b-r)/spread
		default:
			h = 4 + (r-g)/spread
		}
		h = h/6 + by
		h -= float32(math.Floor(float64(h)))
		p[0], p[1], p[2] = fromHSV(h, spread/most, most)
	}
}

// fromHSV returns red, green and blue of hue, saturation and value, each 0 … 1.
func fromHSV(h, s, v float32) (r, g, b float32) {
	sector := math.Floor(float64(h * 6))
	f := h*6 - float32(sector)
	p, q, t := v*(1-s), v*(1-float32(s*f)), v*(1-float32(s*(1-f)))
	switch int(sector) % 6 {
	case 0:
		return v, t, p
	case 1:
		return q, v, p
	case 2:
		return p, v, t
	case 3:
		return p, q, v
	case 4:
		return t, p, v
	}
	return v, p, q
}
