package picture

import (
	"errors"
	"image"
	"image/color"
)

// convert returns the pixels of a decoded image, over white, by a loop for each type
// that a decoder gives. Each is that of slow.
func convert(m image.Image) (Pixels, error) {
	b := m.Bounds()
	h, w := b.Dy(), b.Dx()
	switch m := m.(type) {
	case *image.Gray:
		p := blank(h, w, 1)
		for y := range h {
			copy(p.Data[y*w:(y+1)*w], m.Pix[y*m.Stride:])
		}
		return p, nil
	case *image.Gray16:
		p := blank(h, w, 1)
		for y := range h {
			for x := range w {
				p.Data[y*w+x] = m.Pix[y*m.Stride+2*x]
			}
		}
		return p, nil
	case *image.YCbCr:
		if b.Min.X < 0 || b.Min.Y < 0 {
			break // where division and shift differ
		}
		return fromYCbCr(m), nil
	case *image.RGBA:
		return each(m.Pix, m.Stride, 4, h, w, func(to, c []byte) {
			rest := 255 - int(c[3])
			to[0], to[1], to[2] = byte(min(int(c[0])+rest, 255)), byte(min(int(c[1])+rest, 255)), byte(min(int(c[2])+rest, 255))
		}), nil
	case *image.NRGBA:
		return each(m.Pix, m.Stride, 4, h, w, func(to, c []byte) {
			if c[3] == 255 {
				to[0], to[1], to[2] = c[0], c[1], c[2]
				return
			}
			a := uint32(c[3]) * 0x101
			to[0], to[1], to[2] = over(uint32(c[0])*0x101, a), over(uint32(c[1])*0x101, a), over(uint32(c[2])*0x101, a)
		}), nil
	case *image.RGBA64:
		return each(m.Pix, m.Stride, 8, h, w, func(to, c []byte) {
			rest := 0xffff - wide(c[6:])
			to[0], to[1], to[2] = byte(min(wide(c)+rest, 0xffff)>>8), byte(min(wide(c[2:])+rest, 0xffff)>>8), byte(min(wide(c[4:])+rest, 0xffff)>>8)
		}), nil
	case *image.NRGBA64:
		return each(m.Pix, m.Stride, 8, h, w, func(to, c []byte) {
			a := wide(c[6:])
			to[0], to[1], to[2] = over(wide(c), a), over(wide(c[2:]), a), over(wide(c[4:]), a)
		}), nil
	case *image.CMYK:
		return each(m.Pix, m.Stride, 4, h, w, func(to, c []byte) {
			to[0], to[1], to[2] = color.CMYKToRGB(c[0], c[1], c[2], c[3])
		}), nil
	case *image.Paletted:
		return fromPalette(m)
	}
	return slow(m), nil
}

// each makes three channels of pixels of n bytes.
func each(pix []byte, stride, n, h, w int, f func(to, from []byte)) Pixels {
	p := blank(h, w, 3)
	for y := range h {
		row, to := pix[y*stride:], p.Data[y*w*3:]
		for x := range w {
			f(to[3*x:3*x+3:3*x+3], row[n*x:n*x+n:n*x+n])
		}
	}
	return p
}

func wide(b []byte) uint32 { return uint32(b[0])<<8 | uint32(b[1]) }

// over lays 16 bits v of opacity a over white, and returns the upper 8.
func over(v, a uint32) byte { return byte((v*a/0xffff + 0xffff - a) >> 8) }

// fromYCbCr computes color.YCbCrToRGB. Pixels of a JPEG that share a sample of colour
// have the same.
func fromYCbCr(m *image.YCbCr) Pixels {
	h, w := m.Rect.Dy(), m.Rect.Dx()
	shift := 0 // by which x becomes that of a sample of colour
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		shift = 1
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		shift = 2
	}
	left := m.Rect.Min.X
	p := blank(h, w, 3)
	for y := range h {
		luma := m.Y[m.YOffset(left, m.Rect.Min.Y+y):][:w]
		at := m.COffset(left, m.Rect.Min.Y+y)
		blue, red := m.Cb[at:], m.Cr[at:]
		to := p.Data[y*w*3:][: w*3 : w*3]
		for x, l := range luma {
			i := (left+x)>>shift - left>>shift
			v, cb, cr := int32(l)*0x10101, int32(blue[i])-128, int32(red[i])-128
			c := to[:3:3]
			c[0] = upper(v + 91881*cr)
			c[1] = upper(v - 22554*cb - 46802*cr)
			c[2] = upper(v + 116130*cb)
			to = to[3:]
		}
	}
	return p
}

// upper returns the 8 bits above the lower 16, from 0 to 255.
func upper(v int32) byte {
	if uint32(v)&0xff000000 == 0 {
		return byte(v >> 16)
	}
	return byte(^(v >> 31))
}

// fromPalette gives one channel where every colour of the palette is grey.
func fromPalette(m *image.Paletted) (Pixels, error) {
	h, w := m.Rect.Dy(), m.Rect.Dx()
	var table [256][3]byte
	grey := true
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		table[i] = overWhite(c)
		grey = grey && table[i][0] == table[i][1] && table[i][1] == table[i][2]
	}
	channels := 3
	if grey {
		channels = 1
	}
	p := blank(h, w, channels)
	for y := range h {
		for x := range w {
			i := m.Pix[y*m.Stride+x]
			if int(i) >= len(m.Palette) {
				return Pixels{}, errors.New("a pixel is not in its palette")
			}
			copy(p.Data[(y*w+x)*channels:(y*w+x+1)*channels], table[i][:])
		}
	}
	return p, nil
}

func overWhite(c color.Color) [3]byte {
	r, g, b, a := c.RGBA()
	rest := 0xffff - a
	return [3]byte{byte(min(r+rest, 0xffff) >> 8), byte(min(g+rest, 0xffff) >> 8), byte(min(b+rest, 0xffff) >> 8)}
}

// slow is what convert computes, from any image, in three channels.
func slow(m image.Image) Pixels {
	b := m.Bounds()
	p := blank(b.Dy(), b.Dx(), 3)
	for y := range p.Height {
		for x := range p.Width {
			c := overWhite(m.At(b.Min.X+x, b.Min.Y+y))
			copy(p.Data[(y*p.Width+x)*3:], c[:])
		}
	}
	return p
}

// onCanvas lays the first frame of an animation onto its canvas, which is white.
func onCanvas(m image.Image, height, width int) (Pixels, error) {
	p, err := convert(m)
	if err != nil {
		return Pixels{}, err
	}
	b := m.Bounds()
	if b.Min == (image.Point{}) && b.Dx() == width && b.Dy() == height {
		return p, nil
	}
	if !b.In(image.Rect(0, 0, width, height)) {
		return Pixels{}, errors.New("a frame is not inside its canvas")
	}
	q := blank(height, width, p.Channels)
	for i := range q.Data {
		q.Data[i] = 255
	}
	n := p.Width * p.Channels
	for y := range p.Height {
		copy(q.Data[((b.Min.Y+y)*width+b.Min.X)*p.Channels:], p.Data[y*n:(y+1)*n])
	}
	return q, nil
}
