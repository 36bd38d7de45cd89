package protocol_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
	"ventral/experiments/trials"
)

// moment is the k-th of the n steps of an item; item is -1 where nothing is shown.
type moment struct{ item, k, n int }

// timeline says which item is shown at each step: those with steps at these, the others
// one after another.
func timeline(items []protocol.Item, steps int, msPerStep float64) []moment {
	out := make([]moment, steps)
	for t := range out {
		out[t].item = -1
	}
	next := 0
	for i, x := range items {
		var list []int
		for _, part := range strings.Split(x.Steps, ",") {
			from, to, isRange := strings.Cut(part, "..")
			a, b := next, steps-1
			if x.Steps == "" {
				switch {
				case x.For.Steps > 0:
					b = next + x.For.Steps - 1
				case x.For.MS > 0:
					b = next + int(math.Round(x.For.MS/msPerStep)) - 1
				}
			} else {
				a, _ = strconv.Atoi(from)
				if b = a; isRange {
					if b = steps - 1; to != "" {
						b, _ = strconv.Atoi(to)
					}
				}
			}
			for t := a; t <= min(b, steps-1); t++ {
				list = append(list, t)
			}
		}
		for k, t := range list {
			out[t] = moment{i, k, len(list)}
			next = t + 1
		}
	}
	return out
}

// field is a picture in float64, [y][x][channel].
type field [][][]float64

func newField(shape [3]int, value func(y, x, c int) float64) field {
	f := make(field, shape[0])
	for y := range f {
		f[y] = make([][]float64, shape[1])
		for x := range f[y] {
			f[y][x] = make([]float64, shape[2])
			for c := range f[y][x] {
				f[y][x][c] = value(y, x, c)
			}
		}
	}
	return f
}

// reference renders trials of a film step by step.
type reference struct {
	film *film
	mean []float64 // colour of the training images
}

func (r reference) colour(name string, c int) float64 {
	switch name {
	case "grey":
		return 0.5
	case "black":
		return 0
	case "white":
		return 1
	}
	return r.mean[c]
}

// ramp goes evenly from the first step to the last.
func ramp(r protocol.Ramp, m moment) float64 {
	if m.n == 1 {
		return r.From
	}
	return r.From + (r.To-r.From)*float64(m.k)/float64(m.n-1)
}

// picture is what a condition without anything random shows of an image at a moment,
// 0 to 1.
func (r reference) picture(c *protocol.Condition, m moment, s stimuli.Split, image int) field {
	x, shape := c.Items[m.item], r.film.about.Shape
	ground := func(channel int) float64 { return r.colour(c.Ground, channel) }
	var p field
	if x.Blank != "" {
		p = newField(shape, func(_, _, c int) float64 { return r.colour(x.Blank, c) })
	} else {
		frame := int(x.Frame)
		switch x.Frame {
		case protocol.NextFrame:
			frame = min(m.k/x.Every, r.film.about.Frames-1)
		case protocol.NoFrame:
			frame = 0
		}
		p = newField(shape, func(y, x, c int) float64 { return r.film.pixel(s, image, frame, y, x, c) })
	}
	inside := func(p field, y, x, c int) float64 {
		if y < 0 || x < 0 || y >= shape[0] || x >= shape[1] {
			return ground(c)
		}
		return p[y][x][c]
	}
	before := p
	if by := ramp(x.Scale, m); by != 1 {
		// The point at (y, x) was at a distance from the centre that is smaller by the factor.
		p = newField(shape, func(y, x, c int) float64 {
			v := (float64(y)-float64(shape[0]-1)/2)/by + float64(shape[0]-1)/2
			u := (float64(x)-float64(shape[1]-1)/2)/by + float64(shape[1]-1)/2
			total := 0.0
			for yy := int(math.Floor(v)); yy <= int(math.Floor(v))+1; yy++ {
				for xx := int(math.Floor(u)); xx <= int(math.Floor(u))+1; xx++ {
					total += (1 - math.Abs(v-float64(yy))) * (1 - math.Abs(u-float64(xx))) * inside(before, yy, xx, c)
				}
			}
			return total
		})
	}
	moved := p
	p = newField(shape, func(y, xx, c int) float64 { return inside(moved, y-m.k*x.Shift[1], xx-m.k*x.Shift[0], c) })
	if sd := ramp(x.Blur, m); sd > 0 {
		sharp, reach := p, int(math.Ceil(4*sd))
		p = newField(shape, func(y, x, c int) float64 {
			total, weights := 0.0, 0.0
			for dy := -reach; dy <= reach; dy++ {
				for dx := -reach; dx <= reach; dx++ {
					w := math.Exp(-float64(dy*dy+dx*dx) / (2 * sd * sd))
					total += w * sharp[min(max(y+dy, 0), shape[0]-1)][min(max(x+dx, 0), shape[1]-1)][c]
					weights += w
				}
			}
			return total / weights
		})
	}
	contrast, luminance := ramp(x.Contrast, m), ramp(x.Luminance, m)
	return newField(shape, func(y, x, c int) float64 {
		v := ground(c) + contrast*(p[y][x][c]-ground(c))
		return min(max(luminance*v, 0), 1)
	})
}

// drawProtocol writes the items of a random protocol in which nothing is random, for so
// many steps.
func drawProtocol(r *rand.Rand, steps int) string {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var items []string
	for t := 0; t < steps; {
		n := 1 + r.IntN(4)
		when := fmt.Sprintf("for = %d", n)
		switch r.IntN(4) {
		case 0:
			when = fmt.Sprintf("for = \"%gms\"", 2.5*float64(n))
		case 1:
			if t+n <= steps {
				when = fmt.Sprintf("steps = \"%d..%d\"", t, t+n-1)
			}
		case 2:
			if r.IntN(3) == 0 {
				when, n = pick("for = \"rest\"", fmt.Sprintf("steps = \"%d..\"", t)), steps
			}
		}
		if t += n; items != nil && strings.HasPrefix(when, "for = ") && r.IntN(6) == 0 {
			items = append(items, "{ for = 1, blank = \"absent\" }")
			t++
		}
		what := pick("image = true", "image = 0", "frame = \"step\"", "frame = \"step\", every = 2", "frame = 1", "frame = 2, image = true", "blank = \"grey\"", "blank = \"mean\"", "blank = \"black\"", "blank = \"white\"", "blank = \"absent\"")
		if items == nil {
			what = "image = true"
		}
		value := func(low, high float64) string {
			a, b := low+r.Float64()*(high-low), low+r.Float64()*(high-low)
			if r.IntN(2) == 0 {
				return fmt.Sprintf("%.3f", a)
			}
			return fmt.Sprintf("\"%.3f..%.3f\"", a, b)
		}
		var more []string
		if !strings.Contains(what, "absent") {
			if r.IntN(3) == 0 {
				more = append(more, "contrast = "+value(0, []float64{1, 1, 3}[r.IntN(3)]))
			}
			if r.IntN(4) == 0 {
				more = append(more, "luminance = "+value(0, []float64{1, 1, 2}[r.IntN(3)]))
			}
		}
		if !strings.Contains(what, "blank") {
			if r.IntN(5) == 0 {
				more = append(more, "scale = "+value(0.4, 2))
			}
			if r.IntN(5) == 0 {
				more = append(more, fmt.Sprintf("shift = [%d, %d]", r.IntN(7)-3, r.IntN(7)-3))
			}
			if r.IntN(5) == 0 {
				more = append(more, "blur = "+value(0, 2))
			}
		}
		items = append(items, "{ "+strings.Join(append([]string{when, what}, more...), ", ")+" }")
	}
	return fmt.Sprintf("ground = %q\nshow = [%s]\n", pick("mean", "grey", "black", "white"), strings.Join(items, ", "))
}

// TestReference draws protocols, and compares what a program adds up at every step,
// frames times their gains, with pictures that are rendered step by step in float64.
// CORTEX_FILES is how many, CORTEX_SEED the first.
func TestReference(t *testing.T) {
	count, first := trials.Number(t, "CORTEX_FILES", 300), trials.Number(t, "CORTEX_SEED", 1)
	shown, absent, mixed := 0, 0, 0
	for seed := first; seed < first+count; seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		steps := 1 + r.IntN(12)
		text := drawProtocol(r, steps)
		d := newFilm(3+r.IntN(5), 3+r.IntN(5), 1+r.IntN(3), 3, 4, 2)
		channels := d.about.Shape[2]
		n := stimuli.Normaliser{Kind: "mean-std"}
		x := protocol.Trials{Seed: uint64(seed)}
		for range channels {
			n.Mean, n.Std = append(n.Mean, r.Float64()), append(n.Std, 0.2+r.Float64())
			x.Mean = append(x.Mean, r.Float64())
		}
		list, err := read("[protocol.p]\n" + text)
		if err != nil {
			t.Fatalf("CORTEX_SEED=%d: %v in\n%s", seed, err, text)
		}
		c := list[0].Conditions[0]
		o := protocol.Options{Steps: steps, MSPerStep: 2.5, Frames: 3, Labels: "trial"}
		show, err := protocol.New([]protocol.Condition{c}, o)
		if err != nil {
			if errors.As(err, new(*protocol.Misfit)) || strings.Contains(err.Error(), "is shown by item") || strings.Contains(err.Error(), "not one of") {
				continue // drawn beyond the end
			}
			t.Fatalf("CORTEX_SEED=%d: %v in\n%s", seed, err, text)
		}
		s := stimuli.Split(r.IntN(3))
		lo := options(d, s)
		lo.Normalise, lo.Workers = n, 1+r.IntN(3)
		got := screen(t, protocol.NewLoader(d, s, lo, show, x), show, 0)
		ref := reference{d, x.Mean}
		size := d.about.Shape[0] * d.about.Shape[1] * channels
		for step, m := range timeline(c.Items, steps, 2.5) {
			if m.item < 0 || c.Items[m.item].Blank == "absent" {
				if absent++; got[step] != nil {
					t.Errorf("CORTEX_SEED=%d: something is shown at step %d of\n%s", seed, step, text)
				}
				continue
			}
			if shown++; len(show.Screen.Steps[step]) > 1 {
				mixed++
			}
			if got[step] == nil {
				t.Fatalf("CORTEX_SEED=%d: nothing is shown at step %d of\n%s", seed, step, text)
			}
			for image := range d.about.Images[s] {
				want, worst := ref.picture(&c, m, s, image), 0.0
				for y := range d.about.Shape[0] {
					for xx := range d.about.Shape[1] {
						for k := range channels {
							w := (want[y][xx][k] - n.Mean[k]) / n.Std[k]
							worst = max(worst, math.Abs(w-got[step][image*size+(y*d.about.Shape[1]+xx)*channels+k]))
						}
					}
				}
				// A handful of roundings to float32 of numbers up to 5.
				if !(worst < 1e-5) {
					t.Fatalf("CORTEX_SEED=%d: image %d differs by %g at step %d of\n%s", seed, image, worst, step, text)
				}
			}
		}
	}
	t.Logf("%d steps with pictures, of which %d are mixed of frames, and %d without", shown, mixed, absent)
	if count >= 100 && (shown < 5*count/2 || mixed < count/10 || absent < count/10) {
		t.Errorf("%d steps with pictures, %d mixed, %d absent are too few", shown, mixed, absent)
	}
}

// TestFramesAreFew: what looks the same is one frame, so that it is convolved once, and
// contrast and luminance up to 1 are no frames of their own.
func TestFramesAreFew(t *testing.T) {
	for text, want := range map[string]int{
		`show = [{ for = "rest", image = true }]`:                                                                            1,
		`show = [{ for = 3, image = true }, { for = 2, blank = "grey" }, { for = "rest", image = true }]`:                    2,
		`show = [{ for = 3, image = true }, { for = 2, blank = "absent" }, { for = "rest", image = true }]`:                  1,
		`show = [{ for = "rest", image = true, contrast = "0.1..1.0" }]`:                                                     2,
		`show = [{ for = "rest", image = true, contrast = "0.1..1.0", luminance = "1..0.2" }]`:                               3,
		`show = [{ for = 5, image = true, contrast = 0.3 }, { for = "rest", blank = "mean" }]`:                               2,
		`show = [{ for = 5, mask = "tiles" }, { for = "rest", image = true }]`:                                               2,
		`show = [{ for = 4, mask = "tiles", fresh = "step" }, { for = "rest", image = true }]`:                               5,
		`show = [{ for = "rest", image = true, noise = { kind = "gaussian" } }]`:                                             1,
		`show = [{ for = "rest", image = true, noise = { kind = "gaussian", fresh = "step" } }]`:                             10,
		`show = [{ for = "rest", image = true, occlude = { kind = "bars", fresh = "step" } }]`:                               10,
		`show = [{ for = "rest", image = true, shift = [1, 0] }]`:                                                            10,
		`show = [{ for = "rest", frame = "step" }]`:                                                                          4,
		`show = [{ for = "rest", frame = "step", every = 5 }]`:                                                               2,
		`show = [{ for = 5, image = true }, { for = "rest", image = 1 }]` + "\nlabel = 1":                                    2,
		`show = [{ for = "rest", image = true, scale = 2 }]`:                                                                 1,
		`show = [{ for = 2, image = true }, { for = 2, image = true, scale = 2 }, { for = "rest", image = true, blur = 1 }]`: 3,
	} {
		if got := lay(t, conditions(t, text), protocol.Options{Steps: 10, Frames: 4, Labels: "trial"}).Frames(); got != want {
			t.Errorf("%s: got %d frames, want %d", text, got, want)
		}
	}
}

// TestUsual: without a protocol the image is shown as the loader of the data set makes
// it, bit by bit, in its order and augmented.
func TestUsual(t *testing.T) {
	d := newFilm(6, 5, 3, 1, 20, 4)
	o := stimuli.LoaderOptions{Batch: 6, Seed: 9, Shuffle: true, Augment: stimuli.Augment{Pad: 2, Flip: true}, Normalise: stimuli.Normaliser{Mean: []float64{0.4, 0.5, 0.6}, Std: []float64{0.2, 0.3, 0.4}}}
	plain := stimuli.NewLoader(d, stimuli.Train, o)
	for _, list := range [][]protocol.Condition{{protocol.Usual("1..3", 1)}, conditions(t, `show = [{ steps = "1..3", image = true }]`)} {
		show := lay(t, list, protocol.Options{Steps: 5, Frames: 1, Labels: "trial"})
		l := protocol.NewLoader(d, stimuli.Train, o, show, protocol.Trials{Seed: 3})
		n, labels := l.Sizes()
		got, want := [2][]float32{make([]float32, n), make([]float32, labels)}, [2][]float32{make([]float32, n), make([]float32, labels)}
		for batch := range 2 * l.Batches() {
			for _, err := range []error{l.Images(batch, 0, got[0]), plain.Images(batch, 0, want[0]), l.Labels(batch, 0, got[1]), plain.Labels(batch, 0, want[1])} {
				if err != nil {
					t.Fatal(err)
				}
			}
			for k := range got {
				for i := range got[k] {
					if got[k][i] != want[k][i] {
						t.Fatalf("batch %d differs from that of the data set", batch)
					}
				}
			}
		}
		for step, shown := range show.Screen.Steps {
			if on := step >= 1 && step <= 3; (len(shown) == 1 && shown[0].Gain == 1) != on {
				t.Errorf("step %d shows %v", step, shown)
			}
		}
		if show.Frames() != 1 {
			t.Errorf("it takes %d frames", show.Frames())
		}
	}
}
