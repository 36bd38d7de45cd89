package generated

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestCanvasSum compares the sum by words with the sum by bytes, on greys that
// fill the lanes.
func TestCanvasSum(t *testing.T) {
	for _, block := range []int{8, 16, 24, 32} {
		c := newCanvas(3*block, block, 255)
		if got, want := c.sumWords(block, block), 255*block*block; got != want {
			t.Errorf("block %d of white: sum = %d, want %d", block, got, want)
		}
		r := rand.New(rand.NewPCG(1, uint64(block)))
		for i := range c.pixels {
			c.pixels[i] = uint8(r.IntN(256))
		}
		if got, want := c.sumWords(block, 2*block), c.sum(block, 2*block); got != want {
			t.Errorf("block %d, seed 1: sum = %d, want %d", block, got, want)
		}
	}
}

// TestCanvasPaint compares spans, clipping and the painted box with the
// equation of a sprite applied to every pixel, at places in, across and beyond
// each border.
func TestCanvasPaint(t *testing.T) {
	sprites, err := digitSprites(look{fontSize: 60, edgeWidth: 5, face: 10, edge: 250})
	if err != nil {
		t.Fatal(err)
	}
	const side, block = 64, 4
	c := newCanvas(side, block, 119)
	for _, at := range [][2]int{{32, 32}, {0, 0}, {64, 64}, {-10, 40}, {70, 20}, {30, -15}, {-200, 30}, {30, 500}} {
		c.clear()
		want := make([]float64, side*side)
		for i := range want {
			want[i] = 119
		}
		for _, s := range []*sprite{sprites[8], sprites[1]} {
			c.paint(s, at[0], at[1])
			for y := range s.height {
				for x := range s.width {
					px, py := at[0]+s.left+x, at[1]+s.top+y
					if px < 0 || py < 0 || px >= side || py >= side {
						continue
					}
					i := y*s.width + x
					want[py*side+px] = math.Round(float64(s.value[i]) + want[py*side+px]*float64(s.through[i])/255)
				}
			}
		}
		for i, v := range c.pixels {
			if float64(v) != want[i] {
				t.Fatalf("sprites at %v: pixel (%d, %d) = %d, want %v", at, i%side, i/side, v, want[i])
			}
		}
		small := make([]uint8, (side/block)*(side/block))
		c.shrink(small)
		for i, v := range small {
			mean := 0.0
			for y := range block {
				for x := range block {
					mean += want[(i/16*block+y)*side+i%16*block+x] / (block * block)
				}
			}
			if math.Abs(float64(v)-mean) > 0.5+1e-9 {
				t.Fatalf("sprites at %v: block %d = %d, want %v to the nearest", at, i, v, mean)
			}
		}
	}
	c.clear()
	for i, v := range c.pixels {
		if v != 119 {
			t.Fatalf("after clear pixel %d = %d, want 119", i, v)
		}
	}
}

// TestWiden grows a disc of radius 10 by 5 and compares its area with that of
// a disc of radius 15. The error allowed is a tenth of a pixel of radius.
func TestWiden(t *testing.T) {
	const width = 40
	src, dst := make([]uint8, width*width), make([]uint8, width*width)
	area := func(p []uint8) (sum float64) {
		for _, v := range p {
			sum += float64(v) / 255
		}
		return sum
	}
	for i := range src {
		d := math.Hypot(float64(i%width)-20, float64(i/width)-20)
		src[i] = uint8(math.Round(255 * min(1, max(0, 10.5-d))))
	}
	widen(dst, src, width, 5)
	if got := math.Sqrt(area(dst) / math.Pi); math.Abs(got-15) > 0.1 {
		t.Errorf("a disc of radius %.2f grown by 5 has radius %.2f, want 15 ± 0.1", math.Sqrt(area(src)/math.Pi), got)
	}
}

// TestDigitSprites checks that the ten digits are centred and that the line
// adds the outer half of its width on every side.
func TestDigitSprites(t *testing.T) {
	bare, err := digitSprites(look{fontSize: 384, face: 0, edge: 255})
	if err != nil {
		t.Fatal(err)
	}
	edged, err := digitSprites(look{fontSize: 384, edgeWidth: 20, face: 0, edge: 255})
	if err != nil {
		t.Fatal(err)
	}
	top, bottom := 0, 0
	for digit := range bare {
		b, e := bare[digit], edged[digit]
		if e.width-b.width != 20 || e.height-b.height != 20 || b.left-e.left != 10 {
			t.Errorf("digit %d: %d×%d with a line of 20, %d×%d without; want 20 more", digit, e.width, e.height, b.width, b.height)
		}
		top, bottom = min(top, e.top), max(bottom, e.top+e.height)
		if middle := e.left + e.width/2; middle < -25 || middle > 25 {
			t.Errorf("digit %d: middle at %d, want within 25 of 0 (side bearings of a 384 pt font)", digit, middle)
		}
	}
	if top+bottom < -1 || top+bottom > 1 {
		t.Errorf("digits reach from %d to %d, want them centred", top, bottom)
	}
}
