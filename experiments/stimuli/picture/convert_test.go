package picture

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"
)

// drawn fills pix with random bytes, of which some are the least and the greatest.
func drawn(r *rand.Rand, pix []byte) {
	for i := range pix {
		switch r.IntN(4) {
		case 0:
			pix[i] = 0
		case 1:
			pix[i] = 255
		default:
			pix[i] = byte(r.Uint32())
		}
	}
}

// Every loop for a type of image gives the bytes of slow, which asks each pixel for
// its colour. Bytes are random, so that some colours are larger than their opacity,
// which no sound file holds; and images begin anywhere, as parts of others do.
func TestConvertIsSlow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	palette := func(grey bool) color.Palette {
		var p color.Palette
		for range 256 {
			c := color.NRGBA{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
			if grey {
				c.G, c.B = c.R, c.R
			}
			p = append(p, c)
		}
		return p
	}
	types := map[string]func(image.Rectangle) (image.Image, []byte){
		"Gray":    func(b image.Rectangle) (image.Image, []byte) { m := image.NewGray(b); return m, m.Pix },
		"Gray16":  func(b image.Rectangle) (image.Image, []byte) { m := image.NewGray16(b); return m, m.Pix },
		"RGBA":    func(b image.Rectangle) (image.Image, []byte) { m := image.NewRGBA(b); return m, m.Pix },
		"NRGBA":   func(b image.Rectangle) (image.Image, []byte) { m := image.NewNRGBA(b); return m, m.Pix },
		"RGBA64":  func(b image.Rectangle) (image.Image, []byte) { m := image.NewRGBA64(b); return m, m.Pix },
		"NRGBA64": func(b image.Rectangle) (image.Image, []byte) { m := image.NewNRGBA64(b); return m, m.Pix },
		"CMYK":    func(b image.Rectangle) (image.Image, []byte) { m := image.NewCMYK(b); return m, m.Pix },
		"Paletted": func(b image.Rectangle) (image.Image, []byte) {
			m := image.NewPaletted(b, palette(false))
			return m, m.Pix
		},
		"Paletted grey": func(b image.Rectangle) (image.Image, []byte) {
			m := image.NewPaletted(b, palette(true))
			return m, m.Pix
		},
	}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		types[ratio.String()] = func(b image.Rectangle) (image.Image, []byte) {
			m := image.NewYCbCr(b, ratio)
			drawn(r, m.Cb)
			drawn(r, m.Cr)
			return m, m.Y
		}
	}
	bounds := []image.Rectangle{image.Rect(0, 0, 1, 1), image.Rect(0, 0, 37, 23), image.Rect(3, 5, 30, 26), image.Rect(-7, -3, 8, 9)}
	for name, f := range types {
		for _, b := range bounds {
			t.Run(fmt.Sprint(name, b), func(t *testing.T) {
				m, pix := f(b)
				drawn(r, pix)
				if b.Dx() > 9 { // a part has rows that are longer than it
					m = m.(interface {
						SubImage(image.Rectangle) image.Image
					}).SubImage(image.Rect(b.Min.X+1, b.Min.Y+1, b.Max.X-2, b.Max.Y-3))
				}
				got, err := convert(m)
				if err != nil {
					t.Fatal(err)
				}
				channels := 3
				if name == "Gray" || name == "Gray16" || name == "Paletted grey" {
					channels = 1
				}
				if want := slow(m); got.Channels != channels || !slices.Equal(got.Colour().Data, want.Data) {
					t.Errorf("%d channels, want %d; pixels are those of slow: %v", got.Channels, channels, slices.Equal(got.Colour().Data, want.Data))
				}
			})
		}
	}
}

// slow itself: white where nothing is, the colour where all is, the middle between.
func TestOverWhite(t *testing.T) {
	for _, c := range []struct {
		color color.Color
		want  [3]byte
	}{
		{color.NRGBA{10, 20, 30, 0}, [3]byte{255, 255, 255}},
		{color.NRGBA{10, 20, 30, 255}, [3]byte{10, 20, 30}},
		{color.NRGBA{0, 100, 255, 51}, [3]byte{204, 224, 255}}, // a fifth: 255 - (255 - c) / 5
		{color.RGBA{200, 0, 0, 100}, [3]byte{255, 155, 155}},   // more red than light
		{color.CMYK{0, 0, 0, 255}, [3]byte{0, 0, 0}},
		{color.CMYK{255, 0, 0, 0}, [3]byte{0, 255, 255}},
		{color.Gray16{0x12ff}, [3]byte{0x12, 0x12, 0x12}},
	} {
		if got := overWhite(c.color); got != c.want {
			t.Errorf("%#v is %v, want %v", c.color, got, c.want)
		}
	}
}

func TestPixelOutsidePalette(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.White})
	m.Pix[1] = 1
	if _, err := convert(m); err == nil {
		t.Error("a pixel is not in its palette, and nothing is said")
	}
}

// Grey is what Pillow makes of the primary colours: convert("L") of each.
func TestGrey(t *testing.T) {
	p := Pixels{Height: 1, Width: 6, Channels: 3, Data: []byte{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 1, 2, 3}}
	if got, want := p.Grey().Data, []byte{76, 150, 29, 255, 0, 2}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
