package picture

import "image"

// convertWebP is convert for the decoder of WebP, whose luma goes from 16 to 235 and
// colours from 16 to 240, while image.YCbCr says that all go from 0 to 255.
func convertWebP(m image.Image) (Pixels, error) {
	switch m := m.(type) {
	case *image.YCbCr:
		return narrow(m), nil
	case *image.NYCbCrA:
		p := narrow(&m.YCbCr)
		for y := range p.Height {
			for x := range p.Width {
				a := uint32(m.A[m.AOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)]) * 0x101
				c := p.Data[(y*p.Width+x)*3:][:3]
				c[0], c[1], c[2] = over(uint32(c[0])*0x101, a), over(uint32(c[1])*0x101, a), over(uint32(c[2])*0x101, a)
			}
		}
		return p, nil
	}
	return convert(m)
}

// narrow computes ITU-R BT.601 of the narrow range in the whole numbers of libwebp.
func narrow(m *image.YCbCr) Pixels {
	p := blank(m.Rect.Dy(), m.Rect.Dx(), 3)
	for y := range p.Height {
		luma := m.Y[m.YOffset(m.Rect.Min.X, m.Rect.Min.Y+y):]
		for x := range p.Width {
			i := m.COffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			v, cb, cr := int(luma[x])*19077>>8, int(m.Cb[i]), int(m.Cr[i])
			c := p.Data[(y*p.Width+x)*3:][:3]
			c[0] = byte(max(0, min(255, (v+cr*26149>>8-14234)>>6)))
			c[1] = byte(max(0, min(255, (v-cb*6419>>8-cr*13320>>8+8708)>>6)))
			c[2] = byte(max(0, min(255, (v+cb*33050>>8-17685)>>6)))
		}
	}
	return p
}
