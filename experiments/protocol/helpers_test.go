package protocol_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// hints propose what a wrong word may mean.
var hints = decode.Hints{
	Near:    decode.Nearest,
	Unknown: func(_ []string, key string, known []string) string { return decode.Meant(key, known) },
	Bare:    func(string, int) (word, message string, from int) { return "", "", 0 },
}

// read reads the protocols of a file.
func read(text string) ([]protocol.Protocol, error) {
	s := decode.New("file.toml", text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	return protocol.Read(s, root["protocol"])
}

// conditions reads the conditions of the only protocol of a file, of which the text
// is what stands below [protocol.p].
func conditions(t testing.TB, text string) []protocol.Condition {
	t.Helper()
	list, err := read("[protocol.p]\n" + text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return list[0].Conditions
}

// film is data whose clips are made by a formula: classes of images in turn, and of
// the frames of a clip the class one further each.
type film struct {
	about   stimuli.Description
	pixel   func(s stimuli.Split, image, frame, y, x, c int) float64
	classOf func(image, frame int) int
}

// newFilm returns so many clips in each split.
func newFilm(height, width, channels, frames, images, classes int) *film {
	var names []string
	for k := range classes {
		names = append(names, fmt.Sprint("class ", k))
	}
	return &film{
		about: stimuli.Description{Shape: [3]int{height, width, channels}, Frames: frames, Targets: []stimuli.Target{stimuli.Labels(names, 1)},
			Images: [stimuli.Splits]int{images, images, images}},
		pixel: func(s stimuli.Split, image, frame, y, x, c int) float64 {
			at := (((image*frames+frame)*height+y)*width+x)*channels + c
			return float64((7919*at+int(s)*331)%1009) / 1008
		},
		classOf: func(image, frame int) int { return (image + frame) % classes },
	}
}

func (f *film) Description() stimuli.Description { return f.about.Clone() }

func (f *film) Hashes() map[string]string { return map[string]string{"film": strings.Repeat("0", 64)} }

func (f *film) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := f.about.InRange(s, image, frame); err != nil {
		return err
	}
	i := 0
	for y := range f.about.Shape[0] {
		for x := range f.about.Shape[1] {
			for c := range f.about.Shape[2] {
				pixels[i] = float32(f.pixel(s, image, frame, y, x, c))
				i++
			}
		}
	}
	return nil
}

func (f *film) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := f.about.InRange(s, image, frame); err != nil {
		return err
	}
	clear(values)
	values[f.classOf(image, frame)] = 1
	return nil
}

// options are those of a loader that shows every image of a split, in order, in one
// batch.
func options(d stimuli.Data, s stimuli.Split) stimuli.LoaderOptions {
	return stimuli.LoaderOptions{Batch: d.Description().Images[s], Seed: 5}
}

// screen returns what is on the screen at each step of the trials of a batch: frames
// times their gains, added up, [step][image·pixel]; nil at a step without any input.
func screen(t testing.TB, l *protocol.Loader, show *protocol.Show, batch int) [][]float64 {
	t.Helper()
	n, _ := l.Sizes()
	frames := make([][]float32, show.Frames())
	for f := range frames {
		frames[f] = make([]float32, n)
		if err := l.Images(batch, f, frames[f]); err != nil {
			t.Fatal(err)
		}
	}
	out := make([][]float64, len(show.Screen.Steps))
	for step, shown := range show.Screen.Steps {
		if len(shown) == 0 {
			continue
		}
		out[step] = make([]float64, n)
		for _, p := range shown {
			for i, v := range frames[p.Frame] {
				out[step][i] += p.Gain * float64(v)
			}
		}
	}
	return out
}

// lay lays conditions out, and fails where they cannot be.
func lay(t testing.TB, list []protocol.Condition, o protocol.Options) *protocol.Show {
	t.Helper()
	show, err := protocol.New(list, o)
	if err != nil {
		t.Fatal(err)
	}
	return show
}
