package picture

import (
	"math"
	"slices"
	"testing"
)

// The weights and sums are Pillow's whole numbers, so no pixel differs.
func TestResizeIsPillows(t *testing.T) {
	src := reference(t, "resize")
	for _, name := range []string{"down", "up", "mixed"} {
		for suffix, src := range map[string]Pixels{"": src, "-grey": src.Grey()} {
			t.Run(name+suffix, func(t *testing.T) {
				want := reference(t, "resize-"+name+suffix)
				got := src.Resize(want.Height, want.Width)
				if most, mean, _ := distance(t, got, want); most > 0 {
					t.Errorf("differs by at most %d, on average %.3f", most, mean)
				}
			})
		}
	}
}

// TestTapsArePillows: whole weights are those of precompute_coeffs and normalize_coeffs_8bpc
// of Pillow, which multiplies by reciprocals, at sizes that pictures have.
func TestTapsArePillows(t *testing.T) {
	for _, m := range []int{1, 16, 28, 64, 85, 224} {
		for n := 1; n < 3000; n += 7 {
			scale := float64(n) / float64(m)
			filter := max(scale, 1)
			for i, got := range taps(n, m) {
				centre, ss, sum := (float64(i)+0.5)*scale, 1/filter, 0.0
				lo, hi := max(0, int(centre-filter+0.5)), min(n, int(centre+filter+0.5))
				var k []float64
				for x := lo; x < hi; x++ {
					w := max(0, 1-math.Abs((float64(x)-centre+0.5)*ss))
					k, sum = append(k, w), sum+w
				}
				var want []int32
				for _, w := range k {
					want = append(want, int32(0.5+w*(1/sum)*(1<<22)))
				}
				if got.first != lo || !slices.Equal(got.weights, want) {
					t.Fatalf("%d pixels to %d, pixel %d: got %v, want %d %v", n, m, i, got, lo, want)
				}
			}
		}
	}
}

func TestShortSide(t *testing.T) {
	for _, c := range [][5]int{ // height and width, n, height and width
		{375, 500, 64, 64, 85}, {500, 375, 64, 85, 64}, {10, 10, 20, 20, 20}, {1, 256, 3, 3, 768}, {3, 2, 1, 2, 1},
	} {
		p := blank(c[0], c[1], 3).ShortSide(c[2])
		if p.Height != c[3] || p.Width != c[4] || len(p.Data) != 3*c[3]*c[4] {
			t.Errorf("%d×%d with short side %d is %d×%d, want %d×%d", c[0], c[1], c[2], p.Height, p.Width, c[3], c[4])
		}
	}
}

// One colour stays what it is at every size, as weights whose sum is not one would
// not keep it.
func TestResizeKeepsOneColour(t *testing.T) {
	for _, v := range []byte{0, 1, 127, 254, 255} {
		for n := 1; n < 40; n++ {
			p := blank(13, 29, 1)
			for i := range p.Data {
				p.Data[i] = v
			}
			q := p.Resize(n, 41-n)
			if i := slices.IndexFunc(q.Data, func(w byte) bool { return w != v }); i >= 0 {
				t.Fatalf("%d becomes %d at %d×%d", v, q.Data[i], n, 41-n)
			}
		}
	}
}

func TestCropAndCentre(t *testing.T) {
	p := blank(4, 5, 3)
	for i := range p.Data {
		p.Data[i] = byte(i)
	}
	q := p.Crop(1, 2, 2, 3)
	for y := range 2 {
		for x := range 3 {
			for c := range 3 {
				if got, want := q.Data[(y*3+x)*3+c], byte(((y+1)*5+x+2)*3+c); got != want {
					t.Errorf("pixel (%d, %d), channel %d is %d, want %d", y, x, c, got, want)
				}
			}
		}
	}
	if got, want := p.Centre(1, 2), p.Crop(1, 1, 1, 2); !slices.Equal(got.Data, want.Data) {
		t.Errorf("the centre is %v, want %v", got, want)
	}
	q.Data[0]++
	if p.Data[(5+2)*3] == q.Data[0] {
		t.Error("a crop shares pixels with its image")
	}
	for _, c := range [][4]int{{-1, 0, 1, 1}, {0, 0, 5, 1}, {0, 5, 1, 1}, {0, 0, 0, 1}, {1, 1, 4, 1}, {0, 0, 1, 1 << 62}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a crop %v of a picture of 4×5 is none of it", c)
				}
			}()
			p.Crop(c[0], c[1], c[2], c[3])
		}()
	}
}

func BenchmarkResize(b *testing.B) {
	p := blank(375, 500, 3)
	for i := range p.Data {
		p.Data[i] = byte(i * i >> 7)
	}
	for _, n := range []int{64, 256} {
		b.Run(map[int]string{64: "to64", 256: "to256"}[n], func(b *testing.B) {
			for b.Loop() {
				p.ShortSide(n)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
		})
	}
}
