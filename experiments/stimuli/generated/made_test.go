package generated

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// smalls returns the small settings of every kind whose images are made on demand.
func smalls(t testing.TB) map[string]stimuli.Kind {
	list := map[string]stimuli.Kind{}
	for _, s := range Sets {
		if s.Name == "digits" {
			continue
		}
		k, err := s.Small("")
		if err != nil {
			t.Fatal(err)
		}
		list[s.Name] = k
	}
	return list
}

func open(t testing.TB, k stimuli.Kind, seed uint64) *made {
	t.Helper()
	d, err := k.Open(stimuli.Env{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*made)
}

// pixels reads the first frame of an image.
func pixels(t testing.TB, d stimuli.Data, s stimuli.Split, i int) []float32 {
	t.Helper()
	shape := d.Description().Shape
	p := make([]float32, shape[0]*shape[1]*shape[2])
	if err := d.Read(s, i, 0, p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestMadeSeeds: another seed and another split give other images and hashes, and fewer
// images are the first of more.
func TestMadeSeeds(t *testing.T) {
	for name, k := range smalls(t) {
		a, b := open(t, k, 1), open(t, k, 2)
		if a.hashes["train"] == b.hashes["train"] || a.hashes["train"] == a.hashes["test"] {
			t.Errorf("%s: seeds or splits have one hash", name)
		}
		if name == "gratings" {
			continue // two images may show the same grating
		}
		one := pixels(t, a, stimuli.Train, 3)
		for other, p := range map[string][]float32{"seed": pixels(t, b, stimuli.Train, 3), "split": pixels(t, a, stimuli.Test, 3), "image": pixels(t, a, stimuli.Train, 5)} {
			if slices.Equal(one, p) {
				t.Errorf("%s: another %s gives the same image", name, other)
			}
		}
	}
}

// TestMadeBalanced: classes are as frequent as one another, to an image, in any split.
func TestMadeBalanced(t *testing.T) {
	for name, k := range smalls(t) {
		d := open(t, k, 1)
		for s, n := range d.about.Images {
			classes := len(d.about.Label().Classes)
			per, label := make([]int, classes), make([]float32, classes)
			for i := range n {
				class, err := stimuli.Classes(d, stimuli.Split(s), i, label)
				if err != nil {
					t.Fatal(err)
				}
				per[class]++
			}
			if slices.Max(per)-slices.Min(per) > 1 {
				t.Errorf("%s: %v images of each class %v, want as many of each", name, stimuli.Split(s), per)
			}
		}
	}
}

// TestMadeSheet draws a figure to be looked at, a row a kind, a clip's frames in their
// order:
//
//	go test -run MadeSheet -sheet ../../../docs/figures
func TestMadeSheet(t *testing.T) {
	if *sheetFolder == "" {
		t.Skip("no -sheet")
	}
	const columns, side, gap = 12, 64, 4
	sheet := image.NewRGBA(image.Rect(0, 0, columns*(side+gap)-gap, len(Sets)*(side+gap)-gap))
	for i := range sheet.Pix {
		sheet.Pix[i] = 255
	}
	for row, set := range Sets {
		d, err := set.New().Open(stimuli.Env{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		about := d.Description()
		h, w, c := about.Shape[0], about.Shape[1], about.Shape[2]
		p := make([]float32, h*w*c)
		for column := range columns {
			i, frame := column, 0
			if about.Frames > 1 {
				i, frame = column/about.Frames, column%about.Frames
			}
			if err := d.Read(stimuli.Train, i, frame, p); err != nil {
				t.Fatal(err)
			}
			for y := range side {
				for x := range side {
					at := (y*h/side*w + x*w/side) * c
					v := func(k int) uint8 { return uint8(p[at+min(k, c-1)]*255 + 0.5) }
					sheet.SetRGBA(column*(side+gap)+x, row*(side+gap)+y, color.RGBA{v(0), v(1), v(2), 255})
				}
			}
		}
	}
	f, err := os.Create(filepath.Join(*sheetFolder, "generated.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmp.Or(png.Encode(f, sheet), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkMade makes images of the default settings, one after another.
func BenchmarkMade(b *testing.B) {
	for _, set := range Sets {
		if set.Name == "digits" {
			continue
		}
		b.Run(set.Name, func(b *testing.B) {
			d := open(b, set.New(), 1)
			p := make([]float32, d.about.Shape[0]*d.about.Shape[1]*d.about.Shape[2])
			i := 0
			for b.Loop() {
				if err := d.Read(stimuli.Train, i%d.about.Images[stimuli.Train], 0, p); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

// ids checks that a column id tells all images apart, and returns factors of an image.
func told(t *testing.T, d stimuli.Factored, s stimuli.Split, i int) map[string]string {
	t.Helper()
	list := map[string]string{}
	for _, c := range d.Columns() {
		f, err := d.Factor(s, i, c)
		if err != nil {
			t.Fatal(err)
		}
		list[c] = f
	}
	if want := fmt.Sprintf("%v:%d", s, i); list["id"] != want {
		t.Errorf("id %q, want %q", list["id"], want)
	}
	return list
}
