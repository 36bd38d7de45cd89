package generated

import (
	"fmt"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// sprite is a digit ready to be painted on a canvas: a face and the edge
// around it, in the pixels of the canvas. A pixel that holds v becomes
//
//	value + v·through/255
type sprite struct {
	left, top     int // of the box, from the point at which the sprite is put
	width, height int
	value         []uint8 // rows of width
	through       []uint8 // 0 opaque, 255 clear
	rows          [][]span
}

// span is the pixels from … to-1 of a row. Those in no span are clear.
type span struct {
	from, to int
	opaque   bool
}

// look is how digits are drawn: sizes in pixels, greys 0 … 255.
type look struct {
	fontSize   float64
	edgeWidth  float64 // of a line along the middle of which the outline runs
	face, edge int
}

// digitSprites draws the digits 0 … 9 in Go Bold. The point at which one is
// put is the middle of its advance and of the height that the ten occupy.
//
// As in the published generator, a line of edgeWidth is drawn along the
// outline and the face over it, which leaves the outer half of the line. Its
// corners are round; those of the published one were mitred.
func digitSprites(l look) ([10]*sprite, error) {
	var sprites [10]*sprite
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return sprites, fmt.Errorf("stimuli: digits: font Go Bold: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: l.fontSize, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return sprites, fmt.Errorf("stimuli: digits: font Go Bold at %v pt: %w", l.fontSize, err)
	}
	defer face.Close()
	top, bottom := math.MaxInt, math.MinInt
	for digit := range sprites {
		s, err := newSprite(face, rune('0'+digit), l)
		if err != nil {
			return sprites, err
		}
		sprites[digit] = s
		top, bottom = min(top, s.top), max(bottom, s.top+s.height)
	}
	for _, s := range sprites {
		s.top -= (top + bottom) / 2
	}
	return sprites, nil
}

// newSprite draws a character with its box relative to the middle of the
// advance and the baseline.
func newSprite(face font.Face, char rune, l look) (*sprite, error) {
	box, mask, at, advance, ok := face.Glyph(fixed.Point26_6{}, char)
	if !ok {
		return nil, fmt.Errorf("stimuli: digits: font Go Bold cannot draw %q", char)
	}
	margin := int(math.Ceil(l.edgeWidth/2)) + 1
	s := &sprite{
		left:   box.Min.X - margin - advance.Round()/2,
		top:    box.Min.Y - margin,
		width:  box.Dx() + 2*margin,
		height: box.Dy() + 2*margin,
	}
	inside := make([]uint8, s.width*s.height)
	for y := range box.Dy() {
		for x := range box.Dx() {
			_, _, _, a := mask.At(at.X+x, at.Y+y).RGBA()
			inside[(y+margin)*s.width+x+margin] = uint8(a >> 8)
		}
	}
	line := make([]uint8, len(inside))
	if l.edgeWidth > 0 {
		widen(line, inside, s.width, l.edgeWidth/2)
	}
	s.compose(inside, line, l)
	return s, nil
}

// widen sets dst to the coverage of src grown by radius in all directions. A
// pixel covered by a reaches radius + a - ½ from its centre, therefore
//
//	dst(p) = max over q with src(q) > 0 of clamp(radius + src(q) - |p-q|, 0, 1)
//
// where only pixels q on the border of src can matter outside src.
func widen(dst, src []uint8, width int, radius float64) {
	reach, height := int(math.Ceil(radius)), len(src)/width
	at := func(x, y int) uint8 {
		if x < 0 || y < 0 || x >= width || y >= height {
			return 0
		}
		return src[y*width+x]
	}
	copy(dst, src)
	for y := range height {
		for x := range width {
			a := at(x, y)
			if a == 0 || min(at(x-1, y), at(x+1, y), at(x, y-1), at(x, y+1)) == 255 {
				continue
			}
			for qy := max(0, y-reach); qy <= min(height-1, y+reach); qy++ {
				for qx := max(0, x-reach); qx <= min(width-1, x+reach); qx++ {
					distance := math.Sqrt(float64((qx-x)*(qx-x) + (qy-y)*(qy-y)))
					cover := min(1, max(0, radius+float64(a)/255-distance))
					dst[qy*width+qx] = max(dst[qy*width+qx], uint8(math.Round(255*cover)))
				}
			}
		}
	}
}

// compose lays the face over the line and finds the spans.
//
//	through = (1 - line)·(1 - inside)
//	value   = edge·line·(1 - inside) + face·inside
func (s *sprite) compose(inside, line []uint8, l look) {
	s.value, s.through = make([]uint8, len(inside)), make([]uint8, len(inside))
	for i := range inside {
		f, e := int(inside[i]), int(line[i])
		s.through[i] = uint8(((255-e)*(255-f) + 127) / 255)
		value := (l.edge*e*(255-f) + l.face*f*255 + 255*255/2) / (255 * 255)
		s.value[i] = uint8(min(value, 255-int(s.through[i]))) // both may have been rounded up
	}
	s.rows = make([][]span, s.height)
	for y := range s.rows {
		through := s.through[y*s.width : (y+1)*s.width]
		for x := 0; x < s.width; {
			from := x
			for x++; x < s.width && opacity(through[x]) == opacity(through[from]); x++ {
			}
			if through[from] < 255 {
				s.rows[y] = append(s.rows[y], span{from, x, through[from] == 0})
			}
		}
	}
}

// opacity tells opaque, mixed and clear pixels apart.
func opacity(through uint8) int {
	switch through {
	case 0:
		return 0
	case 255:
		return 2
	}
	return 1
}

// silhouette returns s in white, whatever the colours of s.
func (s *sprite) silhouette() *sprite {
	white := *s
	white.value = make([]uint8, len(s.value))
	for i, t := range s.through {
		white.value[i] = 255 - t
	}
	return &white
}
