package stimuli

import (
	"math"

	"ventral/experiments/stimuli/pack"
)

// part draws what a random resized crop cuts out of an image, as RandomResizedCrop
// of torchvision does: area and ratio are drawn, the ratio by its logarithm, until a
// part fits into the image, at most ten times; then a part in the middle is taken, as
// large as the ratios allow.
func (a Augment) part(s *Stream, height, width int) Window {
	ratio := a.Ratio
	if ratio == [2]float64{} {
		ratio = [2]float64{3. / 4, 4. / 3}
	}
	lo, hi := math.Log(ratio[0]), math.Log(ratio[1])
	for range 10 {
		area := float64(height*width) * s.Uniform(a.Crop[0], a.Crop[1])
		aspect := math.Exp(s.Uniform(lo, hi))
		w, h := int(math.RoundToEven(math.Sqrt(area*aspect))), int(math.RoundToEven(math.Sqrt(area/aspect)))
		if w > 0 && w <= width && h > 0 && h <= height {
			y := s.Below(height - h + 1)
			return Window{X: s.Below(width - w + 1), Y: y, Width: w, Height: h}
		}
	}
	w, h := width, height
	switch is := float64(width) / float64(height); {
	case is < ratio[0]:
		h = max(1, min(height, int(math.RoundToEven(float64(width)/ratio[0]))))
	case is > ratio[1]:
		w = max(1, min(width, int(math.RoundToEven(float64(height)*ratio[1]))))
	}
	return Window{X: (width - w) / 2, Y: (height - h) / 2, Width: w, Height: h}
}

// resample writes a part of src, of height×width pixels, to dst of another size:
// linear between the centres of pixels where it grows, and a mean weighted by a
// triangle of the width of two new pixels where it shrinks, in each direction by
// itself. It is what Pillow and torchvision call bilinear, with antialiasing.
func resample(dst []float32, height, width int, src []float32, stride, channels int, part Window) {
	across, down := taps(part.Width, width), taps(part.Height, height)
	rows := make([]float32, part.Height*width*channels)
	for y := range part.Height {
		from := src[((part.Y+y)*stride+part.X)*channels:]
		to := rows[y*width*channels : (y+1)*width*channels]
		for x, t := range across {
			at := to[x*channels : (x+1)*channels]
			for k, weight := range t.weights {
				for c, v := range from[(t.first+k)*channels : (t.first+k+1)*channels] {
					at[c] += float32(weight * v)
				}
			}
		}
	}
	n := width * channels
	for y, t := range down {
		to := dst[y*n : (y+1)*n]
		clear(to)
		for k, weight := range t.weights {
			for x, v := range rows[(t.first+k)*n : (t.first+k+1)*n] {
				to[x] += float32(weight * v)
			}
		}
	}
}

// tap is which pixels make a new one, with weights whose sum is 1.
type tap struct {
	first   int
	weights []float32
}

// taps returns those of each pixel when n pixels become m.
func taps(n, m int) []tap {
	scale := float64(n) / float64(m)
	wide := max(scale, 1)
	list := make([]tap, m)
	for i := range list {
		centre := (float64(i) + 0.5) * scale
		first, end := max(0, int(centre-wide+0.5)), min(n, int(centre+wide+0.5))
		weights, sum := make([]float64, end-first), 0.0
		for k := range weights {
			weights[k] = max(0, 1-math.Abs((float64(first+k)-centre+0.5)/wide))
			sum += weights[k]
		}
		list[i] = tap{first, make([]float32, end-first)}
		for k, w := range weights {
			list[i].weights[k] = float32(w / sum)
		}
	}
	return list
}

// ReadPart writes a part of a picture in bytes, scaled to the height and width of shape,
// with values 0 … 1. The picture has as many channels as shape.
func ReadPart(p pack.Picture, part Window, shape [3]int, pixels []float32) {
	n := shape[2]
	if part.Height == shape[0] && part.Width == shape[1] {
		for y := range part.Height {
			from := p.Pixels[((part.Y+y)*p.Width+part.X)*n:][:part.Width*n]
			for k, v := range from {
				pixels[y*part.Width*n+k] = Unit[v]
			}
		}
		return
	}
	values := make([]float32, part.Height*part.Width*n)
	for y := range part.Height {
		from := p.Pixels[((part.Y+y)*p.Width+part.X)*n:][:part.Width*n]
		for k, v := range from {
			values[y*part.Width*n+k] = Unit[v]
		}
	}
	resample(pixels, shape[0], shape[1], values, part.Width, n, Window{Width: part.Width, Height: part.Height})
}

// Centre returns the largest part in the middle of a picture that has the ratio of a
// shape.
func Centre(height, width int, shape [3]int) Window {
	h, w := height, width
	if height*shape[1] > width*shape[0] {
		h = max(1, (width*shape[0]+shape[1]/2)/shape[1])
	} else {
		w = max(1, (height*shape[1]+shape[0]/2)/shape[0])
	}
	return Window{X: (width - w) / 2, Y: (height - h) / 2, Width: w, Height: h}
}
