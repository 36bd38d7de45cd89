package protocol_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// even returns images of one value each, which is their number's.
func even(height, width, channels, images int, value func(image int) float64) *film {
	d := newFilm(height, width, channels, 1, images, 2)
	d.pixel = func(_ stimuli.Split, image, _, _, _, _ int) float64 { return value(image) }
	return d
}

// TestNoise measures mean, standard deviation, kurtosis and the correlation of
// neighbours and channels of noise about grey, from which nothing is cut off.
func TestNoise(t *testing.T) {
	d := even(40, 40, 2, 40, func(int) float64 { return 0.5 })
	for _, c := range []struct {
		kind         string
		sd, kurtosis float64
	}{{"gaussian", 0.08, 3}, {"gaussian", 0.02, 3}, {"uniform", 0.2, 1.8}, {"uniform", 0.05, 1.8}} {
		got := shownOf(t, d, fmt.Sprintf(`show = [{ for = 1, image = true, noise = { kind = %q, sd = %g } }]`, c.kind, c.sd), 1, protocol.Trials{Seed: 6})
		var n, sum, squares, fourth, beside, channels, largest float64
		for _, p := range got[0] {
			for i, v := range p {
				x := (v - 0.5) / c.sd
				n++
				sum += x
				squares += x * x
				fourth += x * x * x * x
				largest = max(largest, math.Abs(x))
				if i%2 == 1 {
					channels += x * (p[i-1] - 0.5) / c.sd
				}
				if i > 1 {
					beside += x * (p[i-2] - 0.5) / c.sd
				}
			}
		}
		// Standard errors: 1/√n of the mean and of correlations, below √(2/n) of the
		// variance, √(24/n) of the kurtosis; five of them.
		e := 5 / math.Sqrt(n)
		variance := squares / n
		if math.Abs(sum/n) > e || math.Abs(variance-1) > 1.5*e || math.Abs(fourth/n/(variance*variance)-c.kurtosis) > 5*e || math.Abs(beside/n) > e || math.Abs(channels/(n/2)) > 1.5*e {
			t.Errorf("%s sd %g: mean %g, variance %g, kurtosis %g, correlations %g and %g, of %g values", c.kind, c.sd, sum/n, variance, fourth/n, beside/n, channels/(n/2), n)
		}
		if c.kind == "uniform" && (largest > math.Sqrt(3)+1e-4 || largest < 1.72) {
			t.Errorf("uniform noise reaches %g standard deviations, want √3", largest)
		}
	}
}

// TestNoiseIsKept: with noise, values stay within 0 to 1, and noise of no size or share
// changes nothing.
func TestNoiseIsKept(t *testing.T) {
	d := newFilm(9, 9, 3, 1, 6, 2)
	for _, text := range []string{`kind = "gaussian", sd = 2`, `kind = "uniform", sd = 2`, `kind = "salt_and_pepper", fraction = 1`} {
		low, high := 2.0, -1.0
		for _, p := range shownOf(t, d, `show = [{ for = 1, image = true, noise = { `+text+` } }]`, 1, protocol.Trials{Seed: 1})[0] {
			for _, v := range p {
				low, high = min(low, v), max(high, v)
			}
		}
		if low != 0 || high != 1 {
			t.Errorf("%s: values from %g to %g, want 0 to 1", text, low, high)
		}
	}
	for _, text := range []string{`kind = "gaussian", sd = 0`, `kind = "uniform", sd = 0`, `kind = "salt_and_pepper", fraction = 0`} {
		for i, p := range shownOf(t, d, `show = [{ for = 1, image = true, noise = { `+text+` } }]`, 1, protocol.Trials{Seed: 1})[0] {
			if !alike(p, d.pixels(i)) {
				t.Errorf("%s changes image %d", text, i)
			}
		}
	}
}

// TestSaltAndPepper: a share of the pixels is black or white in all channels, as many
// of one as of the other, and the others are as they were.
func TestSaltAndPepper(t *testing.T) {
	d := even(50, 50, 3, 8, func(image int) float64 { return 0.3 + 0.05*float64(image) })
	for _, share := range []float64{0.05, 0.3, 0.9} {
		var n, black, white float64
		for i, p := range shownOf(t, d, fmt.Sprintf(`show = [{ for = 1, image = true, noise = { kind = "salt_and_pepper", fraction = %g } }]`, share), 1, protocol.Trials{Seed: 6})[0] {
			for k := 0; k < len(p); k += 3 {
				if p[k] != p[k+1] || p[k] != p[k+2] {
					t.Fatalf("a pixel is %v", p[k:k+3])
				}
				n++
				switch {
				case p[k] == 0:
					black++
				case p[k] == 1:
					white++
				case math.Abs(p[k]-0.3-0.05*float64(i)) > 1e-6:
					t.Fatalf("a pixel of image %d is %g", i, p[k])
				}
			}
		}
		// Five standard errors of a share.
		if e := 5 * math.Sqrt(share*(1-share/2)/2/n); math.Abs(black/n-share/2) > e || math.Abs(white/n-share/2) > e {
			t.Errorf("share %g: %g black, %g white", share, black/n, white/n)
		}
	}
}

// TestOccluders: bars and patches hide whole bars and patches, of the given size, of
// which the hidden share is as near as it can be; what is hidden has the ground.
func TestOccluders(t *testing.T) {
	d := even(12, 18, 2, 40, func(int) float64 { return 0.75 })
	for _, kind := range []string{"bars", "patches"} {
		for _, size := range []int{0, 1, 2, 3, 6} {
			for _, share := range []float64{0, 0.2, 0.5, 0.8, 1} {
				text := fmt.Sprintf("ground = \"black\"\nshow = [{ for = 1, image = true, occlude = { kind = %q, fraction = %g, size = %d } }]", kind, share, size)
				s := size
				if s == 0 {
					s = 12 / 8
				}
				columns, rows := 18/s, 12/s
				if kind == "bars" {
					rows = 1
				}
				layouts := map[string]bool{}
				for i, p := range shownOf(t, d, text, 1, protocol.Trials{Seed: 8})[0] {
					hidden, layout := 0, ""
					for row := range rows {
						for column := range columns {
							height := s
							if kind == "bars" {
								height = 12
							}
							first := p[((row*height)*18+column*s)*2]
							for y := range height {
								for x := range s {
									for c := range 2 {
										if v := p[((row*height+y)*18+column*s+x)*2+c]; v != first {
											t.Fatalf("%s: image %d: %s %d, %d is %g and %g", text, i, kind, row, column, first, v)
										}
									}
								}
							}
							switch {
							case first == 0:
								hidden++
								layout += "x"
							case math.Abs(first-0.75) < 1e-6:
								layout += "."
							default:
								t.Fatalf("%s: image %d has a value %g", text, i, first)
							}
						}
					}
					layouts[layout] = true
					if off := math.Abs(float64(hidden) - share*float64(rows*columns)); off > 0.5 {
						t.Errorf("%s: image %d: %d of %d are hidden", text, i, hidden, rows*columns)
					}
				}
				if most := 2; share > 0 && share < 1 && len(layouts) < most {
					t.Errorf("%s: all images are hidden alike", text)
				}
			}
		}
	}
}

// TestFragments: what is hidden is hidden behind an image of another class, at its place.
func TestFragments(t *testing.T) {
	d := newFilm(8, 8, 2, 1, 12, 3)
	for i, p := range shownOf(t, d, `show = [{ for = 1, image = true, occlude = { kind = "fragments", fraction = 0.5, size = 2 } }]`, 1, protocol.Trials{Seed: 8})[0] {
		found := false
		for k := range 12 {
			own, other, hidden := d.pixels(i), d.pixels(k), 0
			if d.classOf(k, 0) == d.classOf(i, 0) {
				continue
			}
			fits := true
			for j, v := range p {
				switch {
				case math.Abs(v-own[j]) < 1e-6:
				case math.Abs(v-other[j]) < 1e-6:
					hidden++
				default:
					fits = false
				}
			}
			found = found || fits && math.Abs(float64(hidden)/float64(len(p))-0.5) < 0.05
		}
		if !found {
			t.Errorf("image %d is not half behind an image of another class", i)
		}
	}
}

// TestBubbles: of a white image before a black ground the mean is the share that is
// seen; it is as near to the wanted one as a bubble allows. A bubble is smooth: no step
// from pixel to pixel is larger than that of a Gaussian of its size.
func TestBubbles(t *testing.T) {
	const side = 32
	d := even(side, side, 1, 12, func(int) float64 { return 1 })
	for _, share := range []float64{0.3, 0.6, 0.9} {
		for _, sd := range []int{2, 4} {
			text := fmt.Sprintf("ground = \"black\"\nshow = [{ for = 1, image = true, occlude = { kind = \"bubbles\", fraction = %g, size = %d } }]", share, sd)
			for i, p := range shownOf(t, d, text, 1, protocol.Trials{Seed: 8})[0] {
				seen, steepest := 0.0, 0.0
				for k, v := range p {
					seen += v / float64(len(p))
					if k%side > 0 {
						steepest = max(steepest, math.Abs(v-p[k-1]))
					}
				}
				most := 2 * math.Pi * float64(sd*sd) / (side * side) // of the image, seen through one bubble
				if math.Abs(1-seen-share) > most/2+1e-6 {
					t.Errorf("%s: image %d: %g is hidden", text, i, 1-seen)
				}
				// A Gaussian is steepest at one standard deviation: exp(-1/2)/sd. Where two
				// overlap, what is hidden is their product, whose slope is at most the sum.
				if steepest > 2.5*math.Exp(-0.5)/float64(sd) {
					t.Errorf("%s: image %d has a step of %g", text, i, steepest)
				}
			}
		}
	}
}

// TestManyBubbles: a large picture behind small bubbles is made in a moment, and as much of it is
// hidden as was asked for; bubbles that would come without end are refused.
func TestManyBubbles(t *testing.T) {
	d := even(224, 224, 1, 1, func(int) float64 { return 1 })
	text := "ground = \"black\"\nshow = [{ for = 1, image = true, occlude = { kind = \"bubbles\", fraction = 0.002, size = 1 } }]"
	begun, seen := time.Now(), 0.0
	for _, v := range shownOf(t, d, text, 1, protocol.Trials{Seed: 8})[0][0] {
		seen += v / (224 * 224)
	}
	if math.Abs(1-seen-0.002) > 1e-4 {
		t.Errorf("%g is hidden, want 0.002", 1-seen)
	}
	if took := time.Since(begun); took > 20*time.Second { // half a second, of one core
		t.Errorf("it took %v", took)
	}
	if _, err := read("[protocol.p]\nshow = [{ for = 1, image = true, occlude = { kind = \"bubbles\", fraction = 1e-9 } }]"); err == nil || !strings.Contains(err.Error(), "found the fraction 1e-09 of bubbles, want 0, or 0.001 or more") {
		t.Errorf("a billionth: %v", err)
	}
}

// TestFresh: what is drawn once a trial is the same at each of its steps, what is fresh
// is not; items, images, epochs, repeats, splits and seeds draw anew.
func TestFresh(t *testing.T) {
	d := newFilm(8, 8, 1, 1, 6, 2)
	for _, what := range []string{`image = true, noise = { kind = "gaussian", sd = 0.2, fresh = "%s" }`, `image = true, noise = { kind = "salt_and_pepper", fraction = 0.4, fresh = "%s" }`,
		`image = true, occlude = { kind = "patches", size = 1, fresh = "%s" }`, `image = true, occlude = { kind = "bubbles", size = 1, fresh = "%s" }`, `mask = "noise", fresh = "%s"`, `mask = "tiles", fresh = "%s"`, `mask = "phase_scrambled", fresh = "%s"`} {
		for _, fresh := range []string{"trial", "step"} {
			item := fmt.Sprintf(what, fresh)
			text := fmt.Sprintf(`show = [{ for = 2, %s }, { for = 2, %s }, { for = 1, image = true }]`, item, item)
			show := lay(t, conditions(t, text), protocol.Options{Steps: 5, Frames: 1, Labels: "any"})
			at := func(s stimuli.Split, batch int, x protocol.Trials) [][]float64 {
				return screen(t, protocol.NewLoader(d, s, options(d, s), show, x), show, batch)
			}
			one := at(stimuli.Test, 0, protocol.Trials{Seed: 1})
			if same := distance(one[0], one[1]) == 0; same != (fresh == "trial") {
				t.Errorf("%s: two steps are the same: %v", item, same)
			}
			if distance(one[0], one[2]) < 1e-3 {
				t.Errorf("%s: two items are the same", item)
			}
			for name, other := range map[string][][]float64{
				"epoch": at(stimuli.Test, 1, protocol.Trials{Seed: 1}), "repeat": at(stimuli.Test, 0, protocol.Trials{Seed: 1, Repeat: 1}),
				"seed": at(stimuli.Test, 0, protocol.Trials{Seed: 2}),
			} {
				if distance(one[0], other[0]) < 1e-3 {
					t.Errorf("%s: another %s draws the same", item, name)
				}
				if distance(one[4], other[4]) != 0 {
					t.Errorf("%s: another %s shows another image", item, name)
				}
			}
			second, third := at(stimuli.Test, 0, protocol.Trials{Seed: 3, Repeat: 1}), at(stimuli.Test, 0, protocol.Trials{Seed: 0, Repeat: 2})
			if distance(second[0], third[0]) < 1e-3 {
				t.Errorf("%s: a repeat of one seed draws the same as another of another seed", item)
			}
			if train := at(stimuli.Train, 0, protocol.Trials{Seed: 1}); what[:4] == "mask" && strings.Contains(what, "noise") && distance(one[0], train[0]) < 1e-3 {
				t.Errorf("%s: the same image of another split draws the same", item)
			}
			if again := at(stimuli.Test, 0, protocol.Trials{Seed: 1}); distance(one[0], again[0]) != 0 || distance(one[3], again[3]) != 0 {
				t.Errorf("%s: the same trial differs", item)
			}
		}
	}
}
