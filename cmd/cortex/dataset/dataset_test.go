package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"ventral/cmd/cortex/flags"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/stimulitest"
	"ventral/plots/canvas"
)

// twice is a data set in which images are there twice: 20 training images of one grey
// each, 5 validation and 10 test images, with names.
type twice struct {
	Many bool `toml:"many" doc:"thirteen classes"`
}

func (k *twice) Describe(stimuli.Env) (stimuli.Description, error) {
	classes := []string{"cat", "dog", "ünder\tscore"}
	if k.Many {
		classes = append(classes, strings.Fields("d e f g h i j k l m")...)
	}
	return stimuli.Description{Shape: [3]int{2, 3, 3}, Frames: 1, Targets: []stimuli.Target{stimuli.Labels(classes, 1)}, Images: [3]int{20, 5, 10}}, nil
}

func (k *twice) Open(env stimuli.Env) (stimuli.Data, error) {
	about, _ := k.Describe(env)
	m := stimuli.NewMemory(about)
	n := 0
	for s, images := range about.Images {
		p := stimuli.Part{}
		for i := range images {
			v, class := byte(10+5*n), uint16(n%2)
			switch {
			case s == 1 && i == 0: // training image 3, of the same class
				v, class = 10+5*3, 1
			case s == 2 && (i == 4 || i == 5): // training image 6, as a dog once
				v, class = 10+5*6, uint16(i%2)
			case s == 2 && i == 9: // validation image 2
				v, class = 10+5*22, 0
			case s == 0 && i == 19: // training image 18
				v, class = 10+5*18, 1
			}
			for range 2 * 3 {
				p.Pixels = append(p.Pixels, v, 2, 255-v)
			}
			p.Labels = append(p.Labels, class)
			n++
		}
		m.Parts[s] = p
	}
	return named{m}, nil
}

// named gives images names, sizes, and files that were skipped or have the wrong name.
type named struct{ *stimuli.Memory }

func (named) Columns() []string { return []string{"id", "view"} }
func (named) Factor(s stimuli.Split, i int, column string) (string, error) {
	return fmt.Sprintf("%v/%d.png", s, i), nil
}
func (named) Skipped() []stimuli.Skipped {
	return []stimuli.Skipped{{File: "train/x\n.png", Reason: "is cut off"}}
}
func (named) Misnamed(stimuli.Env) ([]stimuli.Skipped, error) {
	return []stimuli.Skipped{{File: "train/3.png", Reason: "is JPEG"}}, nil
}
func (named) Size(_ stimuli.Split, i, _ int) (int, int, error) { return 20 + i%2, 30, nil }
func (named) ReadWindow(stimuli.Split, int, int, stimuli.Window, []float32) error {
	return errors.New("not asked for")
}

func register(t *testing.T) {
	stimulitest.Register(t, stimuli.Set{Name: "twice", About: "images that are there twice", Source: "a test",
		New: func() stimuli.Kind { return &twice{} }, Small: func(string) (stimuli.Kind, error) { return &twice{}, nil }})
}

func choose(t *testing.T, sets ...string) *Chosen {
	t.Helper()
	c, err := Choose(&flags.Choice{Set: sets}, "twice", "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestLeakage finds every image that is there twice, within a split and across, and
// those that contradict each other.
func TestLeakage(t *testing.T) {
	register(t)
	s, err := Look(choose(t), false)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"validation in train": 1, "test in train": 2, "test in validation": 1}; !reflect.DeepEqual(s.Leaks, want) {
		t.Errorf("leaks %v, want %v", s.Leaks, want)
	}
	if s.Groups != 4 || s.Contrary != 2 || len(s.Twins) != 4 || len(s.Twins[3].Images) != 2 || s.Twins[3].Images[0].Image != 18 || len(s.Twins[1].Images) != 3 {
		t.Errorf("%d groups, %d contrary, %+v", s.Groups, s.Contrary, s.Twins)
	}
	if got, want := s.Twins[1].Images[2], (Place{"test", 5, "test/5.png", "dog"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	// Training images are 10, 15, … 100, and 100 again, of 255.
	if mean := (10.*19 + 5*18*19/2 + 100) / 20 / 255; len(s.Mean) != 3 || math.Abs(s.Mean[0]-mean) > 1e-6 || math.Abs(s.Mean[1]-2./255) > 1e-6 || math.Abs(s.Mean[2]-(1-mean)) > 1e-6 {
		t.Errorf("mean %v, want %v first", s.Mean, mean)
	}
	if math.Abs(s.Std[0]-s.Std[2]) > 1e-6 || s.Std[1] > 1e-6 || s.Std[0] < 0.05 {
		t.Errorf("standard deviation %v", s.Std)
	}
	var b bytes.Buffer
	s.Print(&b)
	for _, want := range []string{
		"twice: 2×3 pixels (height × width), 3 channels", "columns: id, view", "target label: 3 classes",
		"leakage: 2 of 10 test images also in train", "leakage: 1 of 10 test images also in validation",
		"4 groups of images, 2 of them with different classes", "train 6 train/6.png (cat), test 4 test/4.png (cat), test 5 test/5.png (dog)",
		"before they are cut: 20–21 pixels high, 30 wide; most often 20×30", `no train images: "ünder\tscore"`, "skipped: 1 file", `"train/x\n.png": is cut off`,
		"read, though the name says something else: 1 file\n  train/3.png: is JPEG",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing from\n%s", want, &b)
		}
	}
	if x := s.Splits[0]; x.Images != 20 || x.Classes[0].Images != 10 || x.Classes[1].Images != 10 || x.Sizes[0] != (Size{20, 30, 10}) {
		t.Errorf("train: %+v", x)
	}
}

// TestQuick leaves pixels unread.
func TestQuick(t *testing.T) {
	register(t)
	s, err := Look(choose(t), true)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	s.Print(&b)
	if s.Pixels || len(s.Mean) != 0 || s.Groups != 0 || !strings.Contains(b.String(), "pixels were not read") || s.Splits[2].Classes[1].Images != 5 {
		t.Errorf("%+v\n%s", s, &b)
	}
}

// TestChoose reads keys of a kind, and says what is wrong with them.
func TestChoose(t *testing.T) {
	register(t)
	for _, set := range []string{"many=true", "stimuli.many=true"} {
		c := choose(t, set, "seed=5", "normalise=range")
		if !c.Settings.(*twice).Many || c.Env.Seed != 5 || c.Stimuli.Normalise.Kind != "range" {
			t.Errorf("%s: %+v", set, c)
		}
	}
	for name, c := range map[string]*flags.Choice{"twice": {Set: []string{"few=true"}}, "twise": {}} {
		_, err := Choose(c, name, "")
		if err == nil || !strings.Contains(err.Error(), map[string]string{"twice": "unknown key", "twise": "the kinds of data sets are"}[name]) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if c, err := Choose(&flags.Choice{Set: []string{"stimuli.task=clutter"}}, "debris", ""); err != nil || c.Kind != "digits" || c.Experiment == nil {
		t.Errorf("debris: %+v, %v", c, err)
	}
}

// TestSheet looks at the pixels of a sheet: a row for each class, in its colours.
func TestSheet(t *testing.T) {
	register(t)
	s, err := choose(t).Sheet(Preview{Images: 4})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) != 3 || len(s.Rows[0].Pictures) != 4 || len(s.Rows[2].Pictures) != 0 || s.Rows[1].Label != "dog" || s.Title != "twice: training images" {
		t.Fatalf("%+v", s)
	}
	file := filepath.Join(t.TempDir(), "a.png")
	if err := s.Save(file); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	// The first dog is image 1: 15, 2, 240. Its middle lies in the second row.
	fig := s.Figure()
	points := canvas.Pt(m.Bounds().Dx()) / fig.Width // pixels a point
	found := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r>>8 == 15 && g>>8 == 2 && b>>8 == 240 {
				found++
			}
		}
	}
	// Pictures are 2:3, and 72 points wide.
	if want := float64(72 * 48 * points * points); math.Abs(float64(found)/want-1) > 0.05 {
		t.Errorf("%d dots of the first dog, want about %.0f", found, want)
	}
	if err := s.Save("a.gif"); err == nil || !strings.Contains(err.Error(), "want a file of svg, png, pdf") {
		t.Errorf("got %v", err)
	}

	many, err := choose(t, "many=true").Sheet(Preview{Split: stimuli.Test})
	if err != nil || len(many.Rows) != 2 || len(many.Rows[0].Pictures) != 8 || many.Rows[0].Pictures[5].Label != "dog" || many.Rows[0].Label != "" {
		t.Errorf("%+v, %v", many, err)
	}
}
