package protocol_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// shownOf renders the conditions of a text for every image of a split in one batch,
// and returns pixels by step and image.
func shownOf(t testing.TB, d *film, text string, steps int, x protocol.Trials) [][][]float64 {
	t.Helper()
	show := lay(t, conditions(t, text), protocol.Options{Steps: steps, Frames: d.about.Frames, Labels: "any"})
	all := screen(t, protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), show, x), show, 0)
	out := make([][][]float64, steps)
	for step, pixels := range all {
		size := len(pixels) / d.about.Images[stimuli.Test]
		for i := 0; i < len(pixels); i += size {
			out[step] = append(out[step], pixels[i:i+size])
		}
	}
	return out
}

// pixels returns an image of the test split as it is.
func (f *film) pixels(image int) []float64 {
	var out []float64
	for y := range f.about.Shape[0] {
		for x := range f.about.Shape[1] {
			for c := range f.about.Shape[2] {
				out = append(out, f.pixel(stimuli.Test, image, 0, y, x, c))
			}
		}
	}
	return out
}

// distance is the largest difference of two pictures.
func distance(a, b []float64) (worst float64) {
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst
}

// alike reports whether two pictures are the same but for the rounding to float32.
func alike(a, b []float64) bool { return distance(a, b) < 1e-6 }

// spectrum is the Fourier transform of one channel, by its definition.
func spectrum(pixels []float64, shape [3]int, c int) []complex128 {
	h, w := shape[0], shape[1]
	out := make([]complex128, h*w)
	for v := range h {
		for u := range w {
			for y := range h {
				for x := range w {
					angle := -2 * math.Pi * (float64(v*y)/float64(h) + float64(u*x)/float64(w))
					out[v*w+u] += complex(pixels[(y*w+x)*shape[2]+c], 0) * cmplx.Exp(complex(0, angle))
				}
			}
		}
	}
	return out
}

// TestPhaseScrambled: every channel keeps the amplitude of each spatial frequency and
// its mean, and all channels of an image are turned by the same phases. The images are
// of low contrast: by Parseval no value can leave 0 to 1 and be cut off.
func TestPhaseScrambled(t *testing.T) {
	for _, shape := range [][3]int{{8, 8, 3}, {7, 5, 1}, {6, 9, 2}} {
		d := newFilm(shape[0], shape[1], shape[2], 1, 6, 3)
		plain := d.pixel
		d.pixel = func(s stimuli.Split, image, frame, y, x, c int) float64 {
			return 0.5 + 0.04*(plain(s, image, frame, y, x, c)-0.5)
		}
		got := shownOf(t, d, `show = [{ for = 1, mask = "phase_scrambled" }, { for = 1, mask = "phase_scrambled" }, { for = "rest", image = true }]`, 3, protocol.Trials{Seed: 2})
		phases := map[string]bool{}
		for i := range d.about.Images[stimuli.Test] {
			before := d.pixels(i)
			if distance(got[0][i], before) < 1e-3 || distance(got[0][i], got[1][i]) < 1e-3 {
				t.Errorf("%v: image %d is the image, or the same for two items", shape, i)
			}
			var turned []complex128
			for c := range shape[2] {
				a, b := spectrum(before, shape, c), spectrum(got[0][i], shape, c)
				for k := range a {
					// Rounding of half a unit in the last place of each of the pixels adds up.
					if math.Abs(cmplx.Abs(a[k])-cmplx.Abs(b[k])) > 1e-5 {
						t.Fatalf("%v: image %d, channel %d, frequency %d: amplitude %g, want %g", shape, i, c, k, cmplx.Abs(b[k]), cmplx.Abs(a[k]))
					}
					if cmplx.Abs(a[k]) < 1e-2 {
						continue // of no phase that could be told
					}
					turn := b[k] / a[k]
					switch {
					case k == 0 && cmplx.Abs(turn-1) > 1e-5:
						t.Errorf("%v: image %d, channel %d: the mean is turned by %v", shape, i, c, turn)
					case c == 0:
						turned = append(turned, make([]complex128, k+1-len(turned))...)
						turned[k] = turn
					case k < len(turned) && turned[k] != 0 && cmplx.Abs(turn-turned[k]) > 5e-3:
						t.Errorf("%v: image %d, frequency %d: channel %d is turned by %v, the first by %v", shape, i, k, c, turn, turned[k])
					}
				}
			}
			phases[fmt.Sprintf("%.2f", turned[min(2, len(turned)-1)])] = true
		}
		if len(phases) < 4 {
			t.Errorf("%v: %d different phases of six images", shape, len(phases))
		}
	}
}

// TestTiles: a mask of tiles has those of the image, each once, in an order of its own
// for each image; what is left over at the edges stays.
func TestTiles(t *testing.T) {
	for _, c := range []struct{ height, width, channels, n int }{{8, 8, 1, 4}, {6, 9, 3, 3}, {9, 7, 2, 2}, {4, 4, 1, 8}, {5, 5, 1, 4}} {
		d := newFilm(c.height, c.width, c.channels, 1, 12, 3)
		got := shownOf(t, d, fmt.Sprintf(`show = [{ for = 1, mask = "tiles", tiles = %d }, { for = 1, image = true }]`, c.n), 2, protocol.Trials{Seed: 4})
		n := min(c.n, c.height, c.width)
		h, w := c.height/n, c.width/n
		tile := func(p []float64, ty, tx int) (list []float64) {
			for y := range h {
				at := ((ty*h+y)*c.width + tx*w) * c.channels
				list = append(list, p[at:at+w*c.channels]...)
			}
			return list
		}
		moved, orders := 0, map[string]bool{}
		for i := range d.about.Images[stimuli.Test] {
			before, taken, order := d.pixels(i), map[int]bool{}, ""
			for to := range n * n {
				from := -1
				for k := range n * n {
					if !taken[k] && alike(tile(got[0][i], to/n, to%n), tile(before, k/n, k%n)) {
						from = k
						break
					}
				}
				if from < 0 {
					t.Fatalf("%+v: image %d: what is at tile %d is no tile of the image that is left", c, i, to)
				}
				taken[from] = true
				order += fmt.Sprint(from, " ")
				if from != to {
					moved++
				}
			}
			orders[order] = true
			for y := range c.height {
				for x := range c.width {
					at := (y*c.width + x) * c.channels
					if (y >= n*h || x >= n*w) && !alike(got[0][i][at:at+c.channels], before[at:at+c.channels]) {
						t.Errorf("%+v: image %d: the rest at %d, %d has changed", c, i, y, x)
					}
				}
			}
		}
		if len(orders) < 6 || moved < 3*n*n {
			t.Errorf("%+v: %d orders of 12 images, %d tiles moved", c, len(orders), moved)
		}
	}
}

// TestNoiseMask: each value is uniform from 0 to 1.
func TestNoiseMask(t *testing.T) {
	d := newFilm(32, 32, 3, 1, 8, 2)
	got := shownOf(t, d, `show = [{ for = 2, mask = "noise", fresh = "step" }, { for = 2, mask = "noise" }, { for = 1, image = true }]`, 5, protocol.Trials{Seed: 4})
	var all []float64
	for i, p := range got[0] {
		all = append(all, p...)
		if distance(p, got[1][i]) < 0.5 || distance(p, got[2][i]) < 0.5 || i > 0 && distance(p, got[0][i-1]) < 0.5 {
			t.Errorf("image %d: noise is the same at two steps, of two items or of two images", i)
		}
		if distance(got[2][i], got[3][i]) != 0 {
			t.Errorf("image %d: noise that is drawn once a trial differs between steps", i)
		}
	}
	slices.Sort(all)
	n := float64(len(all))
	for i, v := range all { // the distance of Kolmogorov and Smirnov: beyond 2.2/√n in one of 10,000
		if d := math.Abs(v - (float64(i)+0.5)/n); d > 2.2/math.Sqrt(n) {
			t.Fatalf("the %d-th of %d values is %g", i, len(all), v)
		}
	}
}

// TestOtherImage: a mask of another image is one of another class, as it is.
func TestOtherImage(t *testing.T) {
	d := newFilm(4, 4, 2, 1, 12, 3)
	got := shownOf(t, d, `show = [{ for = 2, mask = "image" }, { for = 1, mask = "image" }, { for = 2, mask = "image", fresh = "step" }, { for = 1, image = true }]`, 6, protocol.Trials{Seed: 4})
	which := func(p []float64) int {
		for i := range d.about.Images[stimuli.Test] {
			if alike(p, d.pixels(i)) {
				return i
			}
		}
		return -1
	}
	seen, differ, fresh := map[int]bool{}, 0, 0
	for i := range d.about.Images[stimuli.Test] {
		for step := range 5 {
			k := which(got[step][i])
			if k < 0 || d.classOf(k, 0) == d.classOf(i, 0) {
				t.Errorf("image %d is masked by %d at step %d, want an image of another class", i, k, step)
			}
			seen[k] = true
		}
		if !alike(got[0][i], got[1][i]) {
			t.Errorf("image %d: the mask differs between two steps of an item", i)
		}
		if !alike(got[0][i], got[2][i]) {
			differ++
		}
		if !alike(got[3][i], got[4][i]) {
			fresh++
		}
	}
	if len(seen) < 6 || differ < 6 || fresh < 6 {
		t.Errorf("%d images mask; of 12 trials %d have two masks for two items, %d have fresh ones", len(seen), differ, fresh)
	}
}
