package stimuli

import (
	"math"
	"slices"
	"sync"

	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
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

// resample writes a part of src, of height×width pixels, to dst of another size, as
// [picture.Pixels.Resize] does with bytes: by [picture.Taps], in float32, across and then
// down. It is what torchvision calls bilinear, with antialiasing.
func resample(dst []float32, height, width int, src []float32, stride, channels int, part Window) {
	across, down := newTaps(part.Width, width), newTaps(part.Height, height)
	n := width * channels
	buffer := borrow(part.Height * n)
	defer spare.Put(buffer)
	rows := *buffer
	for y := range part.Height {
		from := src[((part.Y+y)*stride+part.X)*channels:][:part.Width*channels]
		along(rows[y*n:(y+1)*n], from, channels, across)
	}
	for y := range height {
		to := dst[y*n : (y+1)*n]
		clear(to)
		first, weights := down.of(y)
		for k, weight := range weights {
			from := rows[(first+k)*n : (first+k+1)*n][:len(to)]
			for x := range to {
				to[x] += float32(weight * from[x])
			}
		}
	}
}

// along scales a row.
func along(to, from []float32, channels int, across taps) {
	if channels == 3 {
		for x := range len(to) / 3 {
			first, weights := across.of(x)
			p := from[3*first:][:3*len(weights)]
			var r, g, b float32
			for _, w := range weights {
				r, g, b = r+float32(w*p[0]), g+float32(w*p[1]), b+float32(w*p[2])
				p = p[3:]
			}
			to[3*x], to[3*x+1], to[3*x+2] = r, g, b
		}
		return
	}
	clear(to)
	for x := range len(to) / channels {
		first, weights := across.of(x)
		at := to[x*channels : (x+1)*channels]
		for k, w := range weights {
			for c, v := range from[(first+k)*channels : (first+k+1)*channels] {
				at[c] += float32(w * v)
			}
		}
	}
}

// spare are lists of numbers that are needed for a moment.
var spare = sync.Pool{New: func() any { return new([]float32) }}

// borrow returns n numbers, which may be any.
func borrow(n int) *[]float32 {
	b := spare.Get().(*[]float32)
	*b = slices.Grow((*b)[:0], n)[:n]
	return b
}

// taps say which pixels make each new one, with weights whose sum is 1.
type taps struct {
	first   []int32
	end     []int32 // in weights
	weights []float32
}

// of returns the first pixel and the weights of it and those after.
func (t taps) of(i int) (first int, weights []float32) {
	from := int32(0)
	if i > 0 {
		from = t.end[i-1]
	}
	return int(t.first[i]), t.weights[from:t.end[i]]
}

// newTaps returns those of n pixels that become m.
func newTaps(n, m int) taps {
	t := taps{make([]int32, m), make([]int32, m), make([]float32, 0, int(float64(m)*(2*max(float64(n)/float64(m), 1)+1)))}
	picture.Taps(n, m, func(i, first int, weights []float64) {
		for _, w := range weights {
			t.weights = append(t.weights, float32(w))
		}
		t.first[i], t.end[i] = int32(first), int32(len(t.weights))
	})
	return t
}

// ReadPart writes a part of a picture in bytes, scaled to the height and width of shape,
// with values 0 … 1. The picture has as many channels as shape.
func ReadPart(p pack.Picture, part Window, shape [3]int, pixels []float32) {
	n := shape[2]
	if part.Height == shape[0] && part.Width == shape[1] {
		for y := range part.Height {
			from := p.Pixels[((part.Y+y)*p.Width+part.X)*n:][:part.Width*n]
			to := pixels[y*part.Width*n:][:len(from)]
			for k, v := range from {
				to[k] = Unit[v]
			}
		}
		return
	}
	buffer := borrow(part.Height * part.Width * n)
	defer spare.Put(buffer)
	values := *buffer
	for y := range part.Height {
		from := p.Pixels[((part.Y+y)*p.Width+part.X)*n:][:part.Width*n]
		to := values[y*part.Width*n:][:len(from)]
		for k, v := range from {
			to[k] = Unit[v]
		}
	}
	resample(pixels, shape[0], shape[1], values, part.Width, n, Window{Width: part.Width, Height: part.Height})
}
