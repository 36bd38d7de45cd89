package stimuli

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli/pack"
)

// augmentReference is what testdata/augment.py wrote.
type augmentReference struct {
	Height, Width int
	Pixels        []byte
	Crops         []struct {
		Part   [4]int // x, y, width, height
		Size   [2]int // height, width
		Pixels []float32
	}
	Colours []struct {
		Change       string
		By           float64
		Pixels, Grey []float32
	}
	Draws []struct {
		Size         [2]int
		Scale, Ratio [2]float64
		N            int
		Mean, SD     [4]float64 // of x, y, width, height
	}
}

func readAugmentReference(t *testing.T) (x augmentReference, pixels []float32) {
	t.Helper()
	text, err := os.ReadFile("testdata/augment.json")
	if err != nil {
		t.Fatal(err)
	}
	var numbers struct{ Pixels []int }
	if err := errors.Join(json.Unmarshal([]byte(strings.Replace(string(text), `"pixels"`, `"bytes"`, 1)), &x), json.Unmarshal(text, &numbers)); err != nil {
		t.Fatal(err)
	}
	for _, v := range numbers.Pixels {
		pixels = append(pixels, Unit[v])
	}
	return x, pixels
}

// furthest is the greatest difference of two lists.
func furthest(a, b []float32) (d float64) {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for i := range a {
		d = max(d, math.Abs(float64(a[i]-b[i])))
	}
	return d
}

// TestCropReference compares crops with those of torchvision. 2e-6 is the rounding of
// sums of a dozen float32 of up to 1.
func TestCropReference(t *testing.T) {
	ref, pixels := readAugmentReference(t)
	if len(ref.Crops) < 5 {
		t.Fatal("no crops")
	}
	for _, c := range ref.Crops {
		got := make([]float32, len(c.Pixels))
		for i := range got {
			got[i] = -7
		}
		resample(got, c.Size[0], c.Size[1], pixels, ref.Width, 3, Window{c.Part[0], c.Part[1], c.Part[2], c.Part[3]})
		if d := furthest(got, c.Pixels); !(d < 2e-6) {
			t.Errorf("part %v to %v: differs by %g", c.Part, c.Size, d)
		}
	}
}

// TestColourReference compares every change of colours with that of torchvision. Hues
// differ by up to 1e-5, where a quotient of float32 is taken six times.
func TestColourReference(t *testing.T) {
	ref, pixels := readAugmentReference(t)
	if len(ref.Colours) < 10 {
		t.Fatal("no colours")
	}
	for _, c := range ref.Colours {
		j := jitter{on: true, order: [4]int32{0, 1, 2, 3}, brightness: 1, contrast: 1, saturation: 1}
		*map[string]*float64{"brightness": &j.brightness, "contrast": &j.contrast, "saturation": &j.saturation, "hue": &j.hue}[c.Change] = c.By
		got := slices.Clone(pixels)
		j.apply(got, 3)
		if d := furthest(got, c.Pixels); !(d < 1e-5) {
			t.Errorf("%s by %v: differs by %g", c.Change, c.By, d)
		}
		var one []float32
		for at := 0; at < len(pixels); at += 3 {
			one = append(one, pixels[at])
		}
		j.apply(one, 1)
		if d := furthest(one, c.Grey); !(d < 2e-6) {
			t.Errorf("%s by %v of one channel: differs by %g", c.Change, c.By, d)
		}
	}
}

// TestPartReference compares mean and deviation of place and size of random crops
// with those of torchvision. Both are of 20,000 draws: the difference of two means has
// a standard error of sd·√(2/n); five of them are one in a million.
func TestPartReference(t *testing.T) {
	ref, _ := readAugmentReference(t)
	if len(ref.Draws) < 4 {
		t.Fatal("no draws")
	}
	for _, d := range ref.Draws {
		a := Augment{Crop: d.Scale, Ratio: d.Ratio}
		var sum, squares [4]float64
		for i := range d.N {
			w := a.part(NewStream(3, forAugment, 0, i), d.Size[0], d.Size[1])
			for k, v := range [4]int{w.X, w.Y, w.Width, w.Height} {
				sum[k] += float64(v)
				squares[k] += float64(v) * float64(v)
			}
		}
		for k, name := range []string{"x", "y", "width", "height"} {
			n := float64(d.N)
			mean := sum[k] / n
			sd := math.Sqrt(max(0, squares[k]/n-mean*mean))
			if e := math.Abs(mean - d.Mean[k]); e > 5*d.SD[k]*math.Sqrt(2/n)+1e-9 {
				t.Errorf("%v: mean %s %v, want %v", d.Size, name, mean, d.Mean[k])
			}
			// Deviations of bounded values vary less than their means do.
			if e := math.Abs(sd - d.SD[k]); e > 5*d.SD[k]*math.Sqrt(2/n)+1e-9 {
				t.Errorf("%v: deviation of %s %v, want %v", d.Size, name, sd, d.SD[k])
			}
		}
	}
}

// TestJitterRange checks that factors cover their range and nothing else, and that
// every order comes.
func TestJitterRange(t *testing.T) {
	a := Augment{Brightness: 0.4, Contrast: 2, Saturation: 0.1, Hue: 0.25}
	orders := map[[4]int32]int{}
	lo, hi := [4]float64{9, 9, 9, 9}, [4]float64{-9, -9, -9, -9}
	for i := range 2400 {
		j := a.jitter(NewStream(5, forAugment, 0, i))
		orders[j.order]++
		for k, v := range [4]float64{j.brightness, j.contrast, j.saturation, j.hue} {
			lo[k], hi[k] = min(lo[k], v), max(hi[k], v)
		}
	}
	// 2400 draws of 24 orders: 100 each, deviation 10.
	for o, n := range orders {
		if n < 50 || n > 150 {
			t.Errorf("order %v came %d times, want about 100", o, n)
		}
	}
	wantLo, wantHi := [4]float64{0.6, 0, 0.9, -0.25}, [4]float64{1.4, 3, 1.1, 0.25}
	for k := range 4 {
		width := wantHi[k] - wantLo[k]
		if len(orders) != 24 || lo[k] < wantLo[k] || lo[k] > wantLo[k]+width/100 || hi[k] > wantHi[k] || hi[k] < wantHi[k]-width/100 {
			t.Errorf("%d orders, factor %d from %v to %v, want %v to %v", len(orders), k, lo[k], hi[k], wantLo[k], wantHi[k])
		}
	}
}

// grand is ramp with images that are larger than its shape: pixel (y, x) of an image
// of 30×40 is y + x/100, in both channels, over 100.
type grand struct{ *Memory }

func (grand) Size(_ Split, image, _ int) (int, int, error) { return 30, 40, nil }

func (g grand) ReadWindow(_ Split, image, _ int, w Window, pixels []float32) error {
	if image == 2 {
		return errors.New("gone")
	}
	for i := range pixels {
		pixels[i] = []float32{float32(w.Y)/100 + float32(w.X)/10000, float32(w.Height)/100 + float32(w.Width)/10000}[i%2]
	}
	return nil
}

// TestLoaderCrop checks that a crop is of the whole picture where the data has it,
// and of the image else; that colours change before normalisation; that an image that
// cannot be read is told.
func TestLoaderCrop(t *testing.T) {
	d := grand{ramp(23, 5)}
	o := LoaderOptions{Batch: 1, Seed: 4, Augment: Augment{Crop: [2]float64{0.2, 0.9}, Flip: true}, Normalise: Normaliser{Mean: []float64{0.5, 0}, Std: []float64{1, 0.5}}}
	l := NewLoader(d, Train, o)
	dst := make([]float32, 24)
	for i := range 23 {
		err := l.Pixels(3, i, 0, dst)
		if i == 2 {
			var r *ReadError
			if !errors.As(err, &r) || r.Image != 2 {
				t.Errorf("got %v, want an error of image 2", err)
			}
			continue
		}
		s := NewStream(4, forAugment, 3, i)
		s.Below(1)
		s.Below(1)
		s.Below(2)
		w := o.Augment.part(s, 30, 40)
		want := []float32{float32(w.Y)/100 + float32(w.X)/10000 - 0.5, 2 * (float32(w.Height)/100 + float32(w.Width)/10000)}
		if area := float64(w.Height*w.Width) / 1200; err != nil || furthest(dst[:2], want) > 1e-6 || area < 0.15 || area > 0.95 {
			t.Errorf("image %d: got %v, want %v of part %v; %v", i, dst[:2], want, w, err)
		}
	}

	// The same without the picture: the part is of 3×4 pixels.
	plain := NewLoader(d.Memory, Train, o)
	image, cut, want := make([]float32, 24), make([]float32, 24), make([]float32, 24)
	for i := range 23 {
		read(t, d.Memory, Train, i, image, make([]float32, 3))
		x := o.Augment.draw(NewStream(4, forAugment, 3, i), 3, 4)
		resample(cut, 3, 4, image, 4, 2, x.part)
		for k := range cut {
			cut[k] = []float32{cut[k] - 0.5, 2 * cut[k]}[k%2]
		}
		window(want, cut, d.about.Shape, 0, 0, x.flip)
		if err := plain.Pixels(3, i, 0, dst); err != nil || furthest(dst, want) > 1e-6 {
			t.Errorf("image %d: differs by %g; %v", i, furthest(dst, want), err)
		}
	}

	// Brightness doubles at most before the mean is taken off.
	o.Augment = Augment{Brightness: 1}
	bright := NewLoader(d.Memory, Train, o)
	read(t, d.Memory, Train, 1, image, make([]float32, 3))
	if err := bright.Pixels(0, 1, 0, dst); err != nil {
		t.Fatal(err)
	}
	f := (dst[0] + 0.5) / image[0]
	for k := range dst {
		v := min(1, f*image[k])
		if w := []float32{v - 0.5, 2 * v}[k%2]; math.Abs(float64(dst[k]-w)) > 1e-5 || f < 0 || f > 2 || f == 1 {
			t.Errorf("value %d: got %v, want %v with factor %v", k, dst[k], w, f)
		}
	}
}

// TestAugmentCheck checks names and what is out of range.
func TestAugmentCheck(t *testing.T) {
	for _, name := range []string{"none", "he2015", "imagenet"} {
		if a, err := NewAugment(name); err != nil || a.Check() != nil || a.fits(5) != nil || (a == Augment{}) != (name == "none") {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if _, err := NewAugment("alexnet"); err == nil || !strings.Contains(err.Error(), `"none" or "he2015" or "imagenet"`) {
		t.Errorf("got %v", err)
	}
	one := [2]float64{0.5, 1}
	for want, a := range map[string]Augment{
		"pad: found -1":                             {Pad: -1},
		"crop: found [0.5, 0.2]":                    {Crop: [2]float64{0.5, 0.2}},
		"crop: found [0, 0.2]":                      {Crop: [2]float64{0, 0.2}},
		"crop: found [0.5, 1.5]":                    {Crop: [2]float64{0.5, 1.5}},
		"ratio: found [2, 1]":                       {Crop: one, Ratio: [2]float64{2, 1}},
		"ratio: found [0.5, 1] without crop":        {Ratio: one},
		"pad: found 4 beside crop = [0.5, 1], want": {Pad: 4, Crop: one},
		"brightness: found -1":                      {Brightness: -1},
		"contrast: found 11":                        {Contrast: 11},
		"saturation: found NaN":                     {Saturation: math.NaN()},
		"hue: found 0.6":                            {Hue: 0.6},
	} {
		if err := a.Check(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: got %v, want %s", a, err, want)
		}
	}
	if err := (Augment{Hue: 0.1}).fits(2); err == nil || !strings.HasPrefix(err.Error(), "hue: found images of 2 channels") {
		t.Errorf("got %v", err)
	}
	a := Augment{Kind: "imagenet", Hue: 0.1, Ratio: [2]float64{1, 1}}
	if err := a.Complete(3); err != nil || a != (Augment{Crop: [2]float64{0.08, 1}, Ratio: [2]float64{1, 1}, Flip: true, Hue: 0.1}) {
		t.Errorf("imagenet with a hue: %+v, %v", a, err)
	}
	if err := a.Complete(2); err == nil {
		t.Error("images of two channels have a hue")
	}
	if l := NewLoader(ramp(23, 5), Train, LoaderOptions{Batch: 1, Augment: Augment{Saturation: 1}}); l.Err() == nil || !strings.Contains(l.Err().Error(), "saturation: found images of 2 channels") {
		t.Errorf("got %v", l.Err())
	}
}

// TestReadPart checks parts of a picture in bytes against those of the same values, at
// their own size and scaled, and what the middle of a picture is.
func TestReadPart(t *testing.T) {
	ref, pixels := readAugmentReference(t)
	var bytes []byte
	for _, v := range pixels {
		bytes = append(bytes, byte(v*255+0.5))
	}
	p := pack.Picture{Height: ref.Height, Width: ref.Width, Channels: 3, Pixels: bytes}
	for _, c := range ref.Crops {
		w := Window{c.Part[0], c.Part[1], c.Part[2], c.Part[3]}
		got := make([]float32, len(c.Pixels))
		if ReadPart(p, w, [3]int{c.Size[0], c.Size[1], 3}, got); !(furthest(got, c.Pixels) < 2e-6) {
			t.Errorf("part %v: differs by %g", c.Part, furthest(got, c.Pixels))
		}
		same := make([]float32, w.Height*w.Width*3)
		ReadPart(p, w, [3]int{w.Height, w.Width, 3}, same)
		for k, v := range same {
			y, x := k/3/w.Width+w.Y, k/3%w.Width+w.X
			if v != pixels[(y*ref.Width+x)*3+k%3] {
				t.Fatalf("part %v at its size: value %d is %v", c.Part, k, v)
			}
		}
	}
}

// TestPadFits: of an image that is cut at any place of a padded one something is left.
func TestPadFits(t *testing.T) {
	for pad, fits := range map[int]bool{0: true, 4: true, 15: true, 16: false, 300: false} {
		if err := (Augment{Pad: pad}).FitsIn([3]int{16, 24, 3}); (err == nil) != fits {
			t.Errorf("pad %d of 16×24 pixels: %v", pad, err)
		}
	}
	n := Normalisation{Kind: "given"}
	if err := n.Complete(3); err == nil || !strings.HasPrefix(err.Error(), `kind: found "given" without numbers`) {
		t.Errorf("got %v", err)
	}
}
