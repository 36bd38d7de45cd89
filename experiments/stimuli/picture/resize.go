package picture

import (
	"image"
	"math"

	"golang.org/x/image/draw"
)

// Resize returns p at another size: linear between the centres of pixels where it
// grows, and a mean weighted by a triangle of the width of two new pixels where it
// shrinks, which Pillow and torchvision call bilinear with antialiasing.
func (p Pixels) Resize(height, width int) Pixels {
	if height < 1 || width < 1 {
		panic("picture: a size is below 1")
	}
	if height == p.Height && width == p.Width {
		return p
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	from := image.Rect(0, 0, p.Width, p.Height)
	var src image.Image = &image.Gray{Pix: p.Data, Stride: p.Width, Rect: from}
	if p.Channels == 3 {
		m := image.NewRGBA(from)
		for i := range p.Height * p.Width {
			c, d := p.Data[3*i:3*i+3:3*i+3], m.Pix[4*i:4*i+4:4*i+4]
			d[0], d[1], d[2], d[3] = c[0], c[1], c[2], 255
		}
		src = m
	}
	draw.BiLinear.Scale(to, to.Rect, src, from, draw.Src, nil)
	q := blank(height, width, p.Channels)
	for i := range height * width {
		copy(q.Data[i*p.Channels:(i+1)*p.Channels], to.Pix[4*i:])
	}
	return q
}

// ShortSide returns p resized so that its shorter side has n pixels, and the longer
// one as many as keep the aspect, rounded.
func (p Pixels) ShortSide(n int) Pixels {
	long := int(math.Round(float64(n) * float64(max(p.Height, p.Width)) / float64(min(p.Height, p.Width))))
	if p.Height < p.Width {
		return p.Resize(n, long)
	}
	return p.Resize(long, n)
}
