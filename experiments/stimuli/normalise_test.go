package stimuli

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// ramp is data of n training images and m test images of 3×4 pixels and two
// channels, in which each value tells image, place and channel.
func ramp(n, m int) *Memory {
	d := NewMemory(Description{Shape: [3]int{3, 4, 2}, Frames: 1, Targets: []Target{Labels([]string{"a", "b", "c"}, 1)}, Images: [Splits]int{Train: n, Test: m}})
	for i := range n + m {
		for j := range 24 {
			d.Parts[Train].Pixels = append(d.Parts[Train].Pixels, byte(25*(i%10)+j))
		}
		d.Parts[Train].Labels = append(d.Parts[Train].Labels, uint16(i%3))
	}
	all := d.Parts[Train]
	d.Parts[Train].Order, d.Parts[Test] = Indices(n), all
	d.Parts[Test].Order = Indices(n + m)[n:]
	d.Parts[Validation] = Part{}
	return d
}

// TestMeanStd compares with sums over the bytes, in two passes, and checks
// that images so normalised have mean 0 and standard deviation 1.
func TestMeanStd(t *testing.T) {
	d := ramp(1234, 5)
	n, err := NewNormaliser("mean-std", d)
	if err != nil {
		t.Fatal(err)
	}
	l := NewLoader(d, Train, LoaderOptions{Batch: 1234, Normalise: n})
	images, labels := buffers(l)
	if err := errors.Join(l.Images(0, 0, images), l.Labels(0, 0, labels)); err != nil {
		t.Fatal(err)
	}
	for c := range 2 {
		var mean, variance, after, squares float64
		for i := c; i < len(images); i += 2 {
			mean += float64(d.Parts[Train].Pixels[i]) / 255
			after += float64(images[i])
			squares += float64(images[i]) * float64(images[i])
		}
		total := float64(len(images) / 2)
		mean /= total
		for i := c; i < len(images); i += 2 {
			variance += math.Pow(float64(d.Parts[Train].Pixels[i])/255-mean, 2) / total
		}
		// Values are float32: 1e-7 relative.
		if math.Abs(n.Mean[c]-mean) > 1e-7 || math.Abs(n.Std[c]-math.Sqrt(variance)) > 1e-7 {
			t.Errorf("channel %d: mean %v, standard deviation %v, want %v, %v", c, n.Mean[c], n.Std[c], mean, math.Sqrt(variance))
		}
		if math.Abs(after/total) > 1e-6 || math.Abs(squares/total-1) > 1e-6 {
			t.Errorf("channel %d: normalised mean %v, mean square %v, want 0, 1", c, after/total, squares/total)
		}
	}
}

// clips are pairs of images that are read as frames.
type clips struct{ *Memory }

func (c clips) Description() Description {
	d := c.Memory.Description()
	d.Frames = 2
	for s := range d.Images {
		d.Images[s] /= 2
	}
	return d
}

func (c clips) Read(s Split, image, frame int, pixels []float32) error {
	return c.Memory.Read(s, 2*image+frame, 0, pixels)
}

// TestMeanStdOfClips: all frames count, as if each were an image.
func TestMeanStdOfClips(t *testing.T) {
	of, still := clips{ramp(200, 4)}, ramp(200, 4)
	got, err := NewNormaliser("mean-std", of)
	if err != nil {
		t.Fatal(err)
	}
	want, err := NewNormaliser("mean-std", still)
	if err != nil || !slices.Equal(got.Mean, want.Mean) || !slices.Equal(got.Std, want.Std) {
		t.Errorf("got %+v, want %+v; %v", got, want, err)
	}
	a, err := MeanColour(of)
	if err != nil || !slices.Equal(a, want.Mean) {
		t.Errorf("got the mean colour %v, want %v; %v", a, want.Mean, err)
	}
}

func TestNormaliserKinds(t *testing.T) {
	d := ramp(10, 1)
	for kind, want := range map[string][2]float32{"none": {0, 1}, "range": {-1, 1}} {
		n, err := NewNormaliser(kind, d)
		if err != nil {
			t.Fatal(err)
		}
		scale, shift := n.affine(2)
		for c := range scale {
			if got := [2]float32{shift[c], scale[c] + shift[c]}; got != want {
				t.Errorf("%s maps 0 and 1 of channel %d to %v, want %v", kind, c, got, want)
			}
		}
	}
	_, err := NewNormaliser("whiten", d)
	checkError(t, err, `normalise: found "whiten", want "none" or "range" or "mean-std"`)
	flat := ramp(10, 1)
	for i := range flat.Parts[Train].Pixels {
		if i%2 == 1 {
			flat.Parts[Train].Pixels[i] = 90
		}
	}
	_, err = NewNormaliser("mean-std", flat)
	checkError(t, err, "channel 1 of 10 training images", `"range"`)
}

// TestWindow cuts a small image by hand.
func TestWindow(t *testing.T) {
	src := []float32{
		1, 2, 3,
		4, 5, 6,
	}
	tests := []struct {
		dx, dy int
		flip   bool
		want   []float32
	}{
		{0, 0, false, []float32{1, 2, 3, 4, 5, 6}},
		{1, 0, false, []float32{2, 3, 0, 5, 6, 0}},
		{-1, 1, false, []float32{0, 4, 5, 0, 0, 0}},
		{0, 0, true, []float32{3, 2, 1, 6, 5, 4}},
		{1, -1, true, []float32{0, 0, 0, 0, 3, 2}},
		{5, 0, false, make([]float32, 6)},
	}
	for _, test := range tests {
		dst := []float32{9, 9, 9, 9, 9, 9}
		window(dst, src, [3]int{2, 3, 1}, test.dx, test.dy, test.flip)
		if !slices.Equal(dst, test.want) {
			t.Errorf("window at (%d, %d), flip %t = %v, want %v", test.dx, test.dy, test.flip, dst, test.want)
		}
	}
}

// TestAugmentDraw checks that all 81 cuts and both sides come about equally
// often.
func TestAugmentDraw(t *testing.T) {
	a, err := NewAugment("he2015")
	if err != nil {
		t.Fatal(err)
	}
	const n = 81 * 400
	cuts, flips := map[[2]int]int{}, 0
	for i := range n {
		x := a.draw(NewStream(1, forAugment, 0, i), 32, 32)
		dx, dy, flip := x.dx, x.dy, x.flip
		cuts[[2]int{dx, dy}]++
		if flip {
			flips++
		}
		if dx < -4 || dx > 4 || dy < -4 || dy > 4 {
			t.Fatalf("cut at (%d, %d), want -4..4", dx, dy)
		}
	}
	// Binomial: standard deviations 20 and 90; 5 of them are allowed.
	for at, got := range cuts {
		if got < 300 || got > 500 {
			t.Errorf("cut at %v %d times of %d, want 400 ± 100", at, got, n)
		}
	}
	if len(cuts) != 81 || flips < n/2-450 || flips > n/2+450 {
		t.Errorf("%d cuts, %d of %d mirrored, want 81, half ± 450", len(cuts), flips, n)
	}
	if none, err := NewAugment("none"); err != nil || none != (Augment{}) {
		t.Errorf("none is %+v, %v", none, err)
	}
	_, err = NewAugment("mixup")
	checkError(t, err, `augment: found "mixup", want "none" or "he2015" or "imagenet"`)
}

// TestGiven checks normalisation by numbers: one a channel or one for all, those of
// ImageNet for colours alone, and what fits to no image.
func TestGiven(t *testing.T) {
	colour := NewMemory(Description{Shape: [3]int{1, 1, 3}, Frames: 1, Images: [Splits]int{Train: 1}})
	two := ramp(3, 3)
	for _, c := range []struct {
		x         Normalisation
		d         Data
		mean, std []float64
	}{
		{Normalisation{Kind: "imagenet"}, colour, []float64{0.485, 0.456, 0.406}, []float64{0.229, 0.224, 0.225}}, // torchvision's documentation
		{Normalisation{Kind: "mean-std", Mean: []float64{0.1, 0.2}, Std: []float64{3}}, two, []float64{0.1, 0.2}, []float64{3, 3}},
		{Normalisation{Kind: "given", Mean: []float64{0.1}, Std: []float64{3, 4}}, two, []float64{0.1, 0.1}, []float64{3, 4}},
		{Normalisation{Kind: "range"}, two, []float64{0.5, 0.5}, []float64{0.5, 0.5}},
	} {
		n, err := c.x.Of(c.d)
		if err != nil || !slices.Equal(n.Mean, c.mean) || !slices.Equal(n.Std, c.std) {
			t.Errorf("%+v: got %+v, want %v, %v; %v", c.x, n, c.mean, c.std, err)
		}
	}
	a, err := Normalisation{Kind: "mean-std"}.Of(two)
	b, err2 := NewNormaliser("mean-std", two)
	if err != nil || err2 != nil || !slices.Equal(a.Mean, b.Mean) {
		t.Errorf("mean-std: got %+v, want %+v", a, b)
	}
	for want, x := range map[string]Normalisation{
		`kind: found "imagenet", numbers of red, green and blue, for images of 2 channels`: {Kind: "imagenet"},
		`mean: found 3 numbers for images of 2 channels`:                                   {Kind: "given", Mean: []float64{1, 2, 3}, Std: []float64{1}},
		`std: found 0 numbers`:                         {Kind: "mean-std", Mean: []float64{1}},
		`std: found NaN, want more than 0`:             {Kind: "given", Mean: []float64{1}, Std: []float64{math.NaN()}},
		`mean: found numbers beside kind = "imagenet"`: {Kind: "range", Mean: []float64{1}, Std: []float64{1}},
		`normalise: found "white"`:                     {Kind: "white"},
	} {
		if x.Kind == "range" {
			want = strings.Replace(want, "imagenet", "range", 1)
		}
		_, err := x.Of(two)
		checkError(t, err, want)
	}
}

// keeper keeps one text.
type keeper struct {
	*Memory
	text []byte
	made int
}

func (k *keeper) Keep(name string, make func() ([]byte, error)) (text []byte, err error) {
	if k.text == nil {
		k.made++
		k.text, err = make()
	}
	return k.text, err
}

// TestMeanStdKept checks that mean and deviation are measured once, and come back to
// the bit; a text that is none is measured again.
func TestMeanStdKept(t *testing.T) {
	k := &keeper{Memory: ramp(123, 5)}
	want, err := NewNormaliser("mean-std", k.Memory)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		n, err := NewNormaliser("mean-std", k)
		if err != nil || !slices.Equal(n.Mean, want.Mean) || !slices.Equal(n.Std, want.Std) || k.made != 1 {
			t.Errorf("got %+v, want %+v; measured %d times; %v", n, want, k.made, err)
		}
	}
	k.text = []byte("{}")
	if n, err := NewNormaliser("mean-std", k); err != nil || !slices.Equal(n.Mean, want.Mean) {
		t.Errorf("got %+v, %v", n, err)
	}
}
