package stimulitest

import (
	"math"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"

	"ventral/experiments/stimuli"
)

var splits = []stimuli.Split{stimuli.Train, stimuli.Validation, stimuli.Test}

// opened is a data set with what it was opened from.
type opened struct {
	kind  stimuli.Kind
	env   stimuli.Env
	data  stimuli.Data
	about stimuli.Description
}

// open makes the small images of a data set below folder and opens them.
func open(t *testing.T, s stimuli.Set, folder string) opened {
	t.Helper()
	kind, err := s.Small(folder)
	if err != nil {
		t.Fatal(err)
	}
	o := opened{kind: kind, env: stimuli.Env{Seed: 11, Folder: folder}}
	if o.about, err = kind.Describe(o.env); err != nil {
		t.Fatal(err)
	}
	if err := o.about.Check(); err != nil {
		t.Fatal(err)
	}
	if err := stimuli.Ready(kind, o.env); err != nil {
		t.Fatal(err)
	}
	if o.data, err = kind.Open(o.env); err != nil {
		t.Fatal(err)
	}
	if d := o.data.Description().Difference(o.about); d != "" {
		t.Errorf("the data is not what its kind describes: %s", d)
	}
	for _, s := range splits {
		if o.about.Images[s] == 0 {
			t.Errorf("Small gives no %v images", s)
		}
	}
	return o
}

// picture is a frame with its targets.
type picture struct {
	pixels  []float32
	targets [][]float32
}

// look reads a frame and its targets.
func look(t *testing.T, o opened, s stimuli.Split, image, frame int) picture {
	p := picture{pixels: numbers(o.about.Shape)}
	if err := o.data.Read(s, image, frame, p.pixels); err != nil {
		t.Errorf("%v image %d, frame %d: %v", s, image, frame, err)
	}
	for _, target := range o.about.Targets {
		values := numbers(target.Shape)
		if err := o.data.Target(s, image, frame, target.Name, values); err != nil {
			t.Errorf("%v image %d, frame %d, target %s: %v", s, image, frame, target.Name, err)
		}
		p.targets = append(p.targets, values)
	}
	return p
}

// numbers returns as many as a shape has, none of which is right by chance.
func numbers(shape [3]int) []float32 {
	return slices.Repeat([]float32{-7}, shape[0]*shape[1]*shape[2])
}

// images asks for every frame from two goroutines and checks its values.
func images(t *testing.T, o opened) {
	for _, s := range splits {
		var first picture
		varied := o.about.Images[s] < 2
		for i := range o.about.Images[s] {
			for f := range o.about.Frames {
				var seen [2]picture
				var group sync.WaitGroup
				for k := range seen {
					group.Go(func() { seen[k] = look(t, o, s, i, f) })
				}
				group.Wait()
				if !reflect.DeepEqual(seen[0], seen[1]) {
					t.Errorf("%v image %d, frame %d differs when asked for twice", s, i, f)
				}
				if lo, hi := slices.Min(seen[0].pixels), slices.Max(seen[0].pixels); !(lo >= 0 && hi <= 1) || lo == hi {
					t.Errorf("%v image %d, frame %d has values %v..%v, want several within 0..1", s, i, f, lo, hi)
				}
				answers(t, o, s, i, seen[0])
				if i == 0 && f == 0 {
					first = seen[0]
				}
				varied = varied || !slices.Equal(first.pixels, seen[0].pixels)
			}
		}
		if !varied {
			t.Errorf("all %v images are the same", s)
		}
	}
}

// answers checks the targets of an image.
func answers(t *testing.T, o opened, s stimuli.Split, i int, p picture) {
	for k, target := range o.about.Targets {
		ones := 0
		for _, v := range p.targets[k] {
			switch {
			case math.IsNaN(float64(v)) || math.IsInf(float64(v), 0):
				t.Errorf("%v image %d: target %s has value %v", s, i, target.Name, v)
			case target.Classes != nil && v != 0 && v != 1:
				t.Errorf("%v image %d: target %s has value %v, want 0 or 1", s, i, target.Name, v)
			case v == 1:
				ones++
			}
		}
		if want := target.True * target.Shape[0] * target.Shape[1]; target.Classes != nil && ones != want {
			t.Errorf("%v image %d: target %s has %d ones, want %d", s, i, target.Name, ones, want)
		}
	}
}

// outOfRange asks for what is not there.
func outOfRange(t *testing.T, o opened) {
	n, pixels, label := o.about.Images[stimuli.Test], numbers(o.about.Shape), numbers(o.about.Label().Shape)
	for _, c := range []struct {
		split        stimuli.Split
		image, frame int
	}{{-1, 0, 0}, {3, 0, 0}, {stimuli.Test, -1, 0}, {stimuli.Test, n, 0}, {stimuli.Test, 0, -1}, {stimuli.Test, 0, o.about.Frames}} {
		if err := o.data.Read(c.split, c.image, c.frame, pixels); err == nil {
			t.Errorf("read image %d, frame %d of %v, which is not there", c.image, c.frame, c.split)
		}
		if err := o.data.Target(c.split, c.image, c.frame, stimuli.Label, label); err == nil {
			t.Errorf("read the label of image %d, frame %d of %v, which is not there", c.image, c.frame, c.split)
		}
	}
	if err := o.data.Target(stimuli.Test, 0, 0, "no such target", label); err == nil {
		t.Error("read a target that is not there")
	}
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// again compares the images with those of another folder, and tries to change
// what the data knows.
func again(t *testing.T, o, other opened) {
	hashes := o.data.Hashes()
	if len(hashes) == 0 {
		t.Error("no hashes")
	}
	for of, h := range hashes {
		if !digest.MatchString(h) {
			t.Errorf("hash of %s = %q, want 64 hexadecimal digits", of, h)
		}
	}
	clear(hashes)
	about := o.data.Description()
	about.Targets[0].Name, about.Label().Classes[0] = "changed", "changed"
	if len(o.data.Hashes()) == 0 || o.data.Description().Difference(o.about) != "" {
		t.Error("a caller can change hashes or description")
	}
	if d := other.about.Difference(o.about); d != "" {
		t.Errorf("the same images in another folder are described otherwise: %s", d)
	}
	if a, b := o.data.Hashes(), other.data.Hashes(); !reflect.DeepEqual(a, b) {
		t.Errorf("the same images in another folder have hashes %v, want %v", b, a)
	}
	for _, s := range splits {
		for i := range o.about.Images[s] {
			if !reflect.DeepEqual(look(t, o, s, i, 0), look(t, other, s, i, 0)) {
				t.Errorf("%v image %d is another in another folder", s, i)
			}
		}
	}
	a, h, err := stimuli.Content(o.kind, o.env)
	if err != nil {
		t.Fatal(err)
	}
	b, g, err := stimuli.Content(other.kind, other.env)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(h, g) {
		t.Errorf("the same images in another folder are %+v %v, want %+v %v", b, g, a, h)
	}
}
