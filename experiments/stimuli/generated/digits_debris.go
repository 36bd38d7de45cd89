package generated

import "ventral/experiments/stimuli"

// template is a digit at the size of an image, from which fragments are cut,
// trimmed to the pixels that it touches.
type template struct {
	width, height int
	grey          []uint8 // the digit on the background
	on            []bool  // pixels that the digit covers by half or more
}

// newTemplate draws a digit at offset 0.
func newTemplate(p *painter, digit int) template {
	c, mask := p.canvas(p.Background), p.canvas(0)
	p.put(c, p.sprites[digit], 0, 0)
	p.put(mask, p.sprites[digit].silhouette(), 0, 0)
	grey, cover := make([]uint8, p.Size*p.Size), make([]uint8, p.Size*p.Size)
	c.shrink(grey)
	mask.shrink(cover)

	left, top, right, bottom, some := p.Size, p.Size, 0, 0, false
	for i, a := range cover {
		if a > 0 {
			x, y := i%p.Size, i/p.Size
			left, right = min(left, x), max(right, x+1)
			top, bottom = min(top, y), max(bottom, y+1)
			some = some || a >= 127
		}
	}
	if !some {
		return template{}
	}
	t := template{width: right - left, height: bottom - top}
	for y := top; y < bottom; y++ {
		for i := y*p.Size + left; i < y*p.Size+right; i++ {
			t.grey = append(t.grey, grey[i])
			t.on = append(t.on, cover[i] >= 127)
		}
	}
	return t
}

// fragment cuts a square out of a random digit and lays what the digit covers
// of it over the image. Side and digit are uniform; the square is moved only
// as far as its last place but one, in the digit and in the image, as in the
// published generator. A square larger than the digit is made to fit.
func (p *painter) fragment(s *stimuli.Stream, image []uint8) {
	side := p.FragmentMin + s.Below(p.FragmentMax-p.FragmentMin+1)
	t := &p.templates[s.Below(len(p.templates))]
	side = min(side, t.width, t.height)
	fromX, fromY := s.Below(max(1, t.width-side)), s.Below(max(1, t.height-side))
	toX, toY := s.Below(max(1, p.Size-side)), s.Below(max(1, p.Size-side))
	for y := range side {
		for x := range side {
			i := (fromY+y)*t.width + fromX + x
			if t.on[i] {
				image[(toY+y)*p.Size+toX+x] = t.grey[i]
			}
		}
	}
}
