package generated

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

var sheetFolder = flag.String("sheet", "", "folder for contact sheets of the generated stimuli")

// smallDigits returns settings for few images.
func smallDigits(task string) *Digits {
	d := NewDigits()
	d.Task, d.Train, d.Validation, d.Test = task, 600, 300, 300
	return d
}

func generate(t testing.TB, d *Digits, env stimuli.Env, workers int) *stimuli.Memory {
	t.Helper()
	m, err := d.generate(env, workers)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDigitsHash guards against unintended change of the stimuli; the values
// are what the package gave when it was written and have no other source. Who
// changes the stimuli on purpose changes them too, and says so.
func TestDigitsHash(t *testing.T) {
	want := map[string]string{
		"debris":  "7e766a74a8333f2f3eb7c28f3cbc1ad3f2abe6382df181b93ebf735973af8b83",
		"clutter": "7743303cbeaf2299012604309dd64bb52a93f9eb2652f10e7def8b8fc579361d",
	}
	for task, hash := range want {
		m := generate(t, smallDigits(task), stimuli.Env{Seed: 1}, 0)
		if got := m.Hashes()["train"]; got != hash {
			t.Errorf("%s: sha256 of the training images = %s, want %s", task, got, hash)
		}
	}
}

func TestDigitsWorkers(t *testing.T) {
	for _, task := range []string{"debris", "clutter"} {
		one := generate(t, smallDigits(task), stimuli.Env{Seed: 3}, 1)
		four := generate(t, smallDigits(task), stimuli.Env{Seed: 3}, 4)
		for s := range one.Parts {
			if !bytes.Equal(one.Parts[s].Pixels, four.Parts[s].Pixels) {
				t.Errorf("%s: %v images differ between one worker and four", task, stimuli.Split(s))
			}
		}
		other := generate(t, smallDigits(task), stimuli.Env{Seed: 4}, 0)
		if other.Hashes()["train"] == one.Hashes()["train"] {
			t.Errorf("%s: seeds 3 and 4 give the same images", task)
		}
	}
}

// TestDigitsPrefix checks that an image does not depend on how many there are.
func TestDigitsPrefix(t *testing.T) {
	few, more := smallDigits("clutter"), smallDigits("clutter")
	few.Train, more.Train = 20, 300
	a, b := generate(t, few, stimuli.Env{}, 0), generate(t, more, stimuli.Env{}, 0)
	if n := len(a.Parts[stimuli.Train].Pixels); !bytes.Equal(a.Parts[stimuli.Train].Pixels, b.Parts[stimuli.Train].Pixels[:n]) {
		t.Error("the first 20 images of 20 and of 300 differ")
	}
}

func TestDigitsDisjoint(t *testing.T) {
	for _, task := range []string{"debris", "clutter"} {
		d := smallDigits(task)
		d.Train, d.Validation, d.Test = 3000, 3000, 3000
		m := generate(t, d, stimuli.Env{Seed: 5}, 0)
		seen := map[[32]byte]stimuli.Split{}
		for s := range m.Parts {
			for i := range m.Description().Images[s] {
				h := sha256.Sum256(m.Parts[s].Pixels[i*32*32 : (i+1)*32*32])
				if before, ok := seen[h]; ok {
					t.Fatalf("%s: image %d of %v is also one of %v", task, i, stimuli.Split(s), before)
				}
				seen[h] = stimuli.Split(s)
			}
		}
	}
}

// truths returns the digits of each training image, a bit for each.
func truths(m *stimuli.Memory) (list []uint16) {
	label := make([]float32, 10)
	for i := range m.Description().Images[stimuli.Train] {
		if err := m.Target(stimuli.Train, i, 0, stimuli.Label, label); err != nil {
			panic(err)
		}
		var truth uint16
		for k, v := range label {
			truth |= uint16(v) << k
		}
		list = append(list, truth)
	}
	return list
}

func TestDigitsLabels(t *testing.T) {
	for n := 3; n <= 5; n++ {
		d := smallDigits("clutter")
		d.Digits = n
		m := generate(t, d, stimuli.Env{Seed: 6}, 0)
		if got := m.Description().Label().True; got != n {
			t.Errorf("%d classes are true of an image, want %d", got, n)
		}
		var perClass [10]int
		for i, truth := range truths(m) {
			if bits.OnesCount16(truth) != n || truth >= 1<<10 {
				t.Fatalf("image %d has labels %010b, want %d of ten bits", i, truth, n)
			}
			for k := range perClass {
				perClass[k] += int(truth >> k & 1)
			}
		}
		// A class is in n/10 of 600 images, binomial: the standard deviation
		// is at most √(600/4) = 12.2, and 5 of them are allowed.
		for k, got := range perClass {
			if want := 60 * n; got < want-62 || got > want+62 {
				t.Errorf("%d digits: class %d is in %d of 600 images, want %d ± 62", n, k, got, want)
			}
		}
	}
}

// TestDigitsRange checks that a clean digit stays within the image vertically,
// is black with a white edge on the background, and reaches everywhere.
func TestDigitsRange(t *testing.T) {
	d := smallDigits("debris")
	d.Fragments = 0
	m := generate(t, d, stimuli.Env{Seed: 7}, 0)
	reached := make([]bool, 32*32)
	for i := range m.Description().Images[stimuli.Train] {
		image := m.Parts[stimuli.Train].Pixels[i*32*32 : (i+1)*32*32]
		lo, hi, ground := uint8(255), uint8(0), 0
		for j, v := range image {
			lo, hi = min(lo, v), max(hi, v)
			if v == 119 {
				ground++
			} else {
				reached[j] = true
			}
		}
		if lo > 20 || hi < 170 || ground < 32*32/2 {
			t.Fatalf("image %d has greys %d..%d and %d pixels of background, want about 0, above 170, and most", i, lo, hi, ground)
		}
		for x := range 32 {
			if image[x] < 119 || image[31*32+x] < 119 {
				t.Fatalf("image %d: the face of a digit touches the first or last row", i)
			}
		}
	}
	middle := 0
	for y := 2; y < 30; y++ {
		for x := 2; x < 30; x++ {
			if reached[y*32+x] {
				middle++
			}
		}
	}
	if middle < 28*28*95/100 {
		t.Errorf("600 digits reach %d of the %d middle pixels, want nearly all", middle, 28*28)
	}
}

// TestDigitsFragments checks that debris changes more of the picture the more
// of it there is, never by more than it can cover, and leaves the digit alone.
func TestDigitsFragments(t *testing.T) {
	changed := map[int]int{}
	clean := smallDigits("debris")
	clean.Fragments = 0
	bare := generate(t, clean, stimuli.Env{Seed: 8}, 0)
	for _, n := range []int{10, 30, 50} {
		d := smallDigits("debris")
		d.Fragments = n
		m := generate(t, d, stimuli.Env{Seed: 8}, 0)
		for i, digit := range m.Parts[stimuli.Train].Labels {
			if want := bare.Parts[stimuli.Train].Labels[i]; digit != want {
				t.Fatalf("image %d: label %d with %d fragments, %d with none", i, digit, n, want)
			}
		}
		for i, v := range m.Parts[stimuli.Train].Pixels {
			if v != bare.Parts[stimuli.Train].Pixels[i] {
				changed[n]++
			}
		}
		if limit := 600 * n * 81; changed[n] > limit {
			t.Errorf("%d fragments change %d pixels, want at most %d", n, changed[n], limit)
		}
	}
	if !(0 < changed[10] && changed[10] < changed[30] && changed[30] < changed[50]) {
		t.Errorf("pixels changed by 10, 30, 50 fragments: %d, %d, %d, want a rising series", changed[10], changed[30], changed[50])
	}
}

func TestDigitsCheck(t *testing.T) {
	tests := []struct {
		name string
		set  func(*Digits)
		want string
	}{
		{"defaults", func(*Digits) {}, ""},
		{"digits", func(d *Digits) { d.Digits = 11 }, "digits: found 11, want 3..10"},
		{"task", func(d *Digits) { d.Task = "noise" }, `task: found "noise", want "debris" or "clutter"`},
		{"canvas", func(d *Digits) { d.Canvas = 500 }, "canvas: found 500, want a multiple of size, 32"},
		{"canvas too small", func(d *Digits) { d.Canvas = 16 }, "canvas: found 16, want 32..2048"},
		{"fragment", func(d *Digits) { d.FragmentMax = 5 }, "fragment_max: found 5, want 6..32"},
		{"train", func(d *Digits) { d.Train = 0 }, "train: found 0, want 1..2000000"},
		{"edge", func(d *Digits) { d.Edge = 256 }, "edge: found 256, want 0..255"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := NewDigits()
			test.set(d)
			got := ""
			if _, err := d.Describe(stimuli.Env{}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("Describe() = %q, want %q", got, test.want)
			}
		})
	}
	d := NewDigits()
	d.FontSize, d.EdgeWidth = 8, 0
	if _, err := d.Open(stimuli.Env{}); err == nil || !strings.Contains(err.Error(), "font_size") {
		t.Errorf("Open with a font of 8 pt without edge = %v, want an error about font_size", err)
	}
}

func TestDigitsCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	env := stimuli.Env{Context: ctx, Progress: func(done, total int64) {
		if calls++; total != 115_000 || done <= 0 || done > total {
			t.Errorf("Progress(%d, %d), want a part of 115000", done, total)
		}
		cancel()
	}}
	if _, err := NewDigits().Open(env); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v, want context.Canceled", err)
	}
	if calls == 0 {
		t.Error("Progress was not called")
	}
}

// TestDigitsSheet draws contact sheets to be looked at:
//
//	go test -run DigitsSheet -sheet /tmp
func TestDigitsSheet(t *testing.T) {
	if *sheetFolder == "" {
		t.Skip("no -sheet")
	}
	const columns, scale = 12, 3
	conditions := []struct {
		task string
		n    int
	}{{"debris", 0}, {"debris", 10}, {"debris", 30}, {"debris", 50}, {"clutter", 3}, {"clutter", 4}, {"clutter", 5}}
	sheet := image.NewGray(image.Rect(0, 0, columns*34*scale, len(conditions)*34*scale))
	for row, condition := range conditions {
		d := smallDigits(condition.task)
		d.Fragments, d.Digits = condition.n, max(3, condition.n)
		if d.Task == "debris" {
			d.Digits = 3
		}
		m := generate(t, d, stimuli.Env{Seed: 1}, 0)
		for i := range columns {
			pixels := m.Parts[stimuli.Train].Pixels[i*32*32 : (i+1)*32*32]
			for y := range 32 * scale {
				for x := range 32 * scale {
					v := pixels[y/scale*32+x/scale]
					sheet.SetGray(i*34*scale+x, row*34*scale+y, color.Gray{Y: v})
				}
			}
		}
	}
	name := filepath.Join(*sheetFolder, "digits.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmp.Or(png.Encode(f, sheet), f.Close()); err != nil {
		t.Fatal(err)
	}
	t.Log("wrote", name)
}

func BenchmarkDigits(b *testing.B) {
	for _, task := range []string{"debris", "clutter"} {
		b.Run(task, func(b *testing.B) {
			d := smallDigits(task)
			d.Train, d.Validation, d.Test, d.Digits = 5000, 0, 0, 5
			for b.Loop() {
				generate(b, d, stimuli.Env{}, 0)
			}
			b.ReportMetric(float64(b.N*d.Train)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
