package protocol_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
	_ "ventral/experiments/stimuli/sets"
)

// shows are protocols, by the file's text, that every data set is shown under.
var shows = map[string]string{
	"plain":     `show = [{ for = "rest", image = true }]`,
	"ramp":      `show = [{ for = 4, image = true, contrast = "0.1..1", luminance = "1..0.5" }, { for = "rest", blank = "mean" }]`,
	"masked":    `show = [{ for = 2, image = true }, { for = 1, blank = "grey" }, { for = 1, mask = "phase_scrambled" }, { for = 1, mask = "tiles", fresh = "step" }, { for = "rest", mask = "image" }]`,
	"sequence":  "label = 1\n" + `show = [{ for = 2, image = 0 }, { for = 2, image = 1 }, { for = "rest", image = 2, scale = 0.7 }]`,
	"noisy":     `show = [{ for = 3, image = true, noise = { kind = "gaussian", fresh = "step" }, shift = [1, -1] }, { for = "rest", image = true, blur = 0.8, occlude = { kind = "bubbles" } }]`,
	"fragments": `show = [{ for = 3, image = true, occlude = { kind = "fragments" } }, { for = "rest", image = true, noise = { kind = "salt_and_pepper" } }]`,
	"clip":      `show = [{ for = "rest", frame = "step" }]`,
	"mixture":   `show = [{ for = "rest", image = true, contrast = [0.2, 0.6, 1.0] }]`,
}

var splits = []stimuli.Split{stimuli.Train, stimuli.Validation, stimuli.Test}

// TestSets shows every data set that is registered under several protocols: the same
// trial twice, in any order of asking and with any number of workers, has the same
// bits; so it has for another seed of order and augmentation; partners come from the
// same split and are of another class.
func TestSets(t *testing.T) {
	for _, set := range stimuli.Sets() {
		t.Run(set.Name, func(t *testing.T) {
			folder := t.TempDir()
			kind, err := set.Small(folder)
			if err != nil {
				t.Fatal(err)
			}
			data, err := kind.Open(stimuli.Env{Seed: 11, Folder: folder})
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range shows {
				if testing.Short() && name != "masked" && name != "noisy" {
					continue
				}
				for _, s := range splits {
					conform(t, fmt.Sprintf("%s, %v", name, s), data, s, text)
				}
			}
		})
	}
}

// batchOf is a frame of a batch, or labels of one.
type batchOf struct{ batch, frame, which int }

// ask returns what a loader says to a question.
func ask(l *protocol.Loader, q batchOf) ([]float32, error) {
	n, labels := l.Sizes()
	if q.which >= 0 {
		out := make([]float32, labels)
		return out, l.Labels(q.batch, q.which, out)
	}
	out := make([]float32, n)
	return out, l.Images(q.batch, q.frame, out)
}

func conform(t *testing.T, name string, data stimuli.Data, s stimuli.Split, text string) {
	t.Helper()
	about := data.Description()
	show := lay(t, conditions(t, text), protocol.Options{Steps: 8, Frames: about.Frames, Labels: "shown"})
	loader := func(seed uint64, workers int) *protocol.Loader {
		o := stimuli.LoaderOptions{Batch: min(3, about.Images[s]), Seed: seed, Workers: workers, Normalise: stimuli.Normaliser{Mean: slices.Repeat([]float64{0.4}, about.Shape[2])}}
		return protocol.NewLoader(data, s, o, show, protocol.Trials{Seed: 11, Mean: slices.Repeat([]float64{0.45}, about.Shape[2])})
	}
	first := loader(1, 1)
	if err := first.Err(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var questions []batchOf
	for batch := range 2 * min(first.Batches(), 3) {
		if batch >= first.Batches() && batch < 3 {
			continue
		}
		for f := range show.Frames() {
			questions = append(questions, batchOf{batch, f, -1})
		}
		if about.Labelled() {
			for w := range slices.Max(show.Screen.Answers) + 1 {
				questions = append(questions, batchOf{batch, 0, w})
			}
		}
	}
	want := map[batchOf][]float32{}
	for _, q := range questions {
		got, err := ask(first, q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want[q] = got
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, l := range []*protocol.Loader{first, loader(1, 3), loader(2, 7)} {
		r.Shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
		var group sync.WaitGroup
		for part := range 2 { // asked by two at once
			group.Go(func() {
				for i := part; i < len(questions); i += 2 {
					if got, err := ask(l, questions[i]); err != nil || !slices.Equal(got, want[questions[i]]) {
						t.Errorf("%s: %+v differs when it is asked for again, elsewhere or with more workers: %v", name, questions[i], err)
					}
				}
			})
		}
		group.Wait()
	}
	for q, v := range want {
		for _, x := range v {
			if q.which < 0 && !(x >= -0.4-1e-6 && x <= 0.6+1e-6) {
				t.Fatalf("%s: %+v has a value %v, want -0.4 to 0.6", name, q, x)
			}
		}
	}
}

// TestPartners: the images of a trial are of different classes, those that mask it are
// of another than its own, and all of them are of its split.
func TestPartners(t *testing.T) {
	d := newFilm(3, 3, 1, 1, 30, 6)
	show := lay(t, conditions(t, "label = 0\n"+`show = [{ for = 1, image = 0 }, { for = 1, image = 1 }, { for = 1, image = 2 }, { for = 1, image = 5 }, { for = 1, mask = "image" }]`), protocol.Options{Steps: 5, Frames: 1, Labels: "trial"})
	for _, s := range splits {
		find := func(p []float64) int {
			for i := range 30 {
				same := true
				for k, v := range p {
					same = same && d.pixel(s, i, 0, k/3, k%3, 0)-v < 1e-6 && v-d.pixel(s, i, 0, k/3, k%3, 0) < 1e-6
				}
				if same {
					return i
				}
			}
			return -1
		}
		all := screen(t, protocol.NewLoader(d, s, options(d, s), show, protocol.Trials{Seed: 3}), show, 0)
		partners := map[int]bool{}
		for i := range 30 {
			var classes []int
			for step := range 4 {
				k := find(all[step][i*9 : i*9+9])
				if k < 0 || step == 0 && k != i {
					t.Fatalf("%v: trial %d shows image %d of the split at step %d", s, i, k, step)
				}
				if slices.Contains(classes, d.classOf(k, 0)) {
					t.Errorf("%v: trial %d shows two images of class %d", s, i, d.classOf(k, 0))
				}
				classes = append(classes, d.classOf(k, 0))
				partners[k] = partners[k] || step == 1
			}
			if k := find(all[4][i*9 : i*9+9]); k < 0 || d.classOf(k, 0) == d.classOf(i, 0) {
				t.Errorf("%v: trial %d is masked by image %d", s, i, k)
			}
		}
		if len(partners) < 15 {
			t.Errorf("%v: %d of 30 images are partners", s, len(partners))
		}
	}
}

// TestManyPartners: a trial of sixteen images is made in a moment.
func TestManyPartners(t *testing.T) {
	d := newFilm(2, 2, 1, 1, 40, 20)
	text := "label = 0\nshow = ["
	for k := range 16 {
		text += fmt.Sprintf("{ for = 1, image = %d }, ", k)
	}
	show := lay(t, conditions(t, text+"]"), protocol.Options{Steps: 16, Frames: 1, Labels: "trial"})
	all := screen(t, protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), show, protocol.Trials{Seed: 3}), show, 0)
	for i := range 40 {
		var classes []int
		for step := range 16 {
			for k := range 40 {
				if p := all[step][i*4 : i*4+4]; alike(p, d.pixels(k)) {
					classes = append(classes, d.classOf(k, 0))
				}
			}
		}
		slices.Sort(classes)
		if n := len(slices.Compact(classes)); n != 16 {
			t.Errorf("trial %d shows images of %d classes, want 16", i, n)
		}
	}
}

// TestFewClasses: where a split has no other class, another image of it takes the place; one
// of a rare class is found, and a split that has no other image is an error.
func TestFewClasses(t *testing.T) {
	d := newFilm(3, 3, 1, 1, 4, 1)
	all := shownOf(t, d, "label = 0\n"+`show = [{ for = 1, image = 1 }, { for = 1, mask = "image" }, { for = 1, image = 0 }]`, 3, protocol.Trials{Seed: 3})
	for step, wrong := range []bool{true, true, false} {
		for i, p := range all[step] {
			found := -1
			for k := range 4 {
				if alike(p, d.pixels(k)) {
					found = k
				}
			}
			if found < 0 || wrong && found == i {
				t.Errorf("trial %d shows image %d of the split at step %d", i, found, step)
			}
		}
	}
	// One of 5,000 images is of another class: in a thousand draws it is mostly not met.
	rare := newFilm(1, 1, 1, 1, 5000, 2)
	rare.classOf = func(image, _ int) int { return map[bool]int{true: 1}[image == 4321] }
	rare.pixel = func(_ stimuli.Split, image, _, _, _, _ int) float64 { return float64(image) / 5000 }
	for i, p := range shownOf(t, rare, `show = [{ for = 1, mask = "image" }, { for = 1, image = true }]`, 2, protocol.Trials{Seed: 3})[0][:200] {
		if k := int(math.Round(p[0] * 5000)); k != 4321 {
			t.Fatalf("image %d is masked by image %d, want the one of another class", i, k)
		}
	}
	one := newFilm(3, 3, 1, 1, 1, 2)
	show := lay(t, conditions(t, `show = [{ for = 1, image = true }, { for = 1, mask = "image" }]`), protocol.Options{Steps: 2, Frames: 1, Labels: "trial"})
	if n := show.NeedsOthers(); n != 2 {
		t.Errorf("a trial needs %d images, want 2", n)
	}
	err := protocol.NewLoader(one, stimuli.Test, options(one, stimuli.Test), show, protocol.Trials{}).Images(0, 1, make([]float32, 9))
	if err == nil || !strings.Contains(err.Error(), "the test split has 1; want more") {
		t.Errorf("of one image: %v", err)
	}
}

// TestStreams: a stream shows the condition that the image shows and the same images of a
// trial; its noise and masks are its own.
func TestStreams(t *testing.T) {
	d := newFilm(4, 4, 1, 1, 60, 3)
	o := protocol.Options{Steps: 2, Frames: 1, Labels: "any"}
	noisy := conditions(t, "label = 0\n"+`show = [{ for = 1, image = true, noise = { kind = "uniform" } }, { for = 1, image = 1 }]`)
	levels := conditions(t, `show = [{ for = "rest", image = true, contrast = [0.0, 1.0] }]`)
	build := func(image, stream []protocol.Condition) (*protocol.Loader, *protocol.Show) {
		l := protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), lay(t, image, o), protocol.Trials{Seed: 3, Mean: []float64{0.5}})
		show := lay(t, stream, o)
		l.AddStream("one", show)
		l.AddStream("two", show)
		return l, show
	}
	frame := func(l *protocol.Loader, name string, k int) []float32 {
		n, _ := l.Sizes()
		p := make([]float32, n)
		err := l.Images(0, k, p)
		if name != "" {
			err = l.Stream(0, name, k, p)
		}
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	l, _ := build(noisy, noisy)
	for _, x := range [][2]string{{"", "one"}, {"one", "two"}} {
		if slices.Equal(frame(l, x[0], 0), frame(l, x[1], 0)) {
			t.Errorf("the noise of %q and of %q is the same", x[0], x[1])
		}
		if !slices.Equal(frame(l, x[0], 1), frame(l, x[1], 1)) {
			t.Errorf("the second images of %q and of %q are not the same", x[0], x[1])
		}
	}
	// Both have two levels of contrast: the one of a trial is that of the image.
	l, _ = build(levels, levels)
	if !slices.Equal(frame(l, "", 0), frame(l, "one", 0)) || !slices.Equal(frame(l, "one", 0), frame(l, "two", 0)) {
		t.Error("a stream shows other conditions than the image")
	}
	// The image has one condition: each stream draws its own.
	l, _ = build(noisy, levels)
	if slices.Equal(frame(l, "one", 0), frame(l, "two", 0)) {
		t.Error("streams of their own conditions draw the same")
	}
	three := lay(t, conditions(t, `show = [{ for = "rest", image = true, contrast = [0.0, 0.5, 1.0] }]`), o)
	if two := lay(t, levels, o); protocol.Follows(two, three) || !protocol.Follows(two, two) || !protocol.Follows(lay(t, noisy, o), three) {
		t.Error("two conditions are followed by three, or one is not, or two are not by two")
	}
}

// TestMixture: of several conditions each image is shown in one, which a new epoch
// draws anew; all of them come, about as often; and what is shown is that of the
// condition alone.
func TestMixture(t *testing.T) {
	d := newFilm(4, 4, 1, 1, 300, 3)
	list := append(conditions(t, `show = [{ for = 3, image = true, contrast = [0.2, 1.0] }]`),
		conditions(t, `show = [{ for = 1, blank = "white" }, { for = 2, image = true, noise = { kind = "uniform" } }]`)...)
	x := protocol.Trials{Seed: 3, Mean: []float64{0.3}}
	o := protocol.Options{Steps: 3, Frames: 1, Labels: "trial"}
	show := lay(t, list, o)
	l := protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), show, x)
	got := screen(t, l, show, 0)
	var alone [][][]float64
	for k := range list {
		one := lay(t, list[k:k+1], o)
		alone = append(alone, screen(t, protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), one, x), one, 0))
	}
	var counts [3]int
	changed := 0
	for i := range 300 {
		k := l.Condition(0, i)
		counts[k]++
		if l.Condition(1, i) != k {
			changed++
		}
		for step := range 3 {
			if !alike(got[step][i*16:i*16+16], alone[k][step][i*16:i*16+16]) {
				t.Errorf("image %d at step %d is not as in condition %s alone", i, step, list[k].Name)
			}
		}
	}
	for k, n := range counts { // 100 each, standard deviation 8
		if n < 60 || n > 140 {
			t.Errorf("condition %d has %d of 300 images", k, n)
		}
	}
	if changed < 150 || changed > 250 { // two thirds of 300
		t.Errorf("%d of 300 images have another condition in the next epoch", changed)
	}
}
