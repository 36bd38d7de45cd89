package generated

import (
	"bytes"
	"encoding/binary"
)

// canvas is a large square on which sprites are painted before it is averaged
// down to an image, block by block.
type canvas struct {
	side       int // pixels; a multiple of block
	block      int // pixels of the canvas along a pixel of the image
	background uint8
	pixels     []uint8
	blank      []uint8 // a row of background

	// painted is the part that may differ from the background: x0 <= x < x1.
	x0, y0, x1, y1 int
}

func newCanvas(side, block int, background uint8) *canvas {
	c := &canvas{side: side, block: block, background: background}
	c.pixels = bytes.Repeat([]byte{background}, side*side)
	c.blank = bytes.Repeat([]byte{background}, side)
	c.x0, c.y0 = side, side
	return c
}

// clear makes the canvas all background.
func (c *canvas) clear() {
	for y := c.y0; y < c.y1; y++ {
		copy(c.pixels[y*c.side:][c.x0:c.x1], c.blank)
	}
	c.x0, c.y0, c.x1, c.y1 = c.side, c.side, 0, 0
}

// paint puts s at (x, y), over what is there, and leaves out what lies beyond
// the canvas.
func (c *canvas) paint(s *sprite, x, y int) {
	x, y = x+s.left, y+s.top
	top, bottom := max(0, y), min(c.side, y+s.height)
	left, right := max(0, x), min(c.side, x+s.width)
	if top >= bottom || left >= right {
		return
	}
	c.x0, c.x1 = min(c.x0, left), max(c.x1, right)
	c.y0, c.y1 = min(c.y0, top), max(c.y1, bottom)
	for row := top; row < bottom; row++ {
		to := c.pixels[row*c.side : (row+1)*c.side]
		value := s.value[(row-y)*s.width : (row-y+1)*s.width]
		through := s.through[(row-y)*s.width : (row-y+1)*s.width]
		for _, sp := range s.rows[row-y] {
			from, end := max(sp.from, -x), min(sp.to, c.side-x)
			if sp.opaque && from < end {
				copy(to[x+from:], value[from:end])
				continue
			}
			for i := from; i < end; i++ {
				to[x+i] = value[i] + uint8((int(to[x+i])*int(through[i])+127)/255)
			}
		}
	}
}

// shrink writes the mean of each block, rounded to the nearest, to dst, which
// is (side/block)² long.
func (c *canvas) shrink(dst []uint8) {
	size, area := c.side/c.block, c.block*c.block
	for i := range dst {
		dst[i] = c.background
	}
	if c.x0 >= c.x1 {
		return
	}
	sum := c.sum
	if c.block%8 == 0 && c.block <= 32 {
		sum = c.sumWords
	}
	for y := c.y0 / c.block; y <= (c.y1-1)/c.block; y++ {
		for x := c.x0 / c.block; x <= (c.x1-1)/c.block; x++ {
			dst[y*size+x] = uint8((sum(x*c.block, y*c.block) + area/2) / area)
		}
	}
}

// sum adds the pixels of the block whose first is (x, y).
func (c *canvas) sum(x, y int) int {
	total := 0
	for row := y; row < y+c.block; row++ {
		for _, v := range c.pixels[row*c.side+x:][:c.block] {
			total += int(v)
		}
	}
	return total
}

// sumWords is sum for blocks of 8, 16, 24 or 32, eight pixels at a time: even
// and odd bytes of a word are added into four lanes of 16 bits, which hold
// block²/4·255 < 2¹⁶.
func (c *canvas) sumWords(x, y int) int {
	const even = 0x00ff00ff00ff00ff
	var lanes uint64
	for row := y; row < y+c.block; row++ {
		line := c.pixels[row*c.side+x:][:c.block]
		for ; len(line) >= 8; line = line[8:] {
			w := binary.LittleEndian.Uint64(line)
			lanes += w&even + w>>8&even
		}
	}
	return int(lanes&0xffff + lanes>>16&0xffff + lanes>>32&0xffff + lanes>>48)
}
