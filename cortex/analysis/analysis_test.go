package analysis

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
)

var nan = float32(math.NaN())

// check compares numbers to 1e-9, far below what the closed forms round to;
// NaN equals NaN.
func check(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %v want %v", what, got, want)
	}
	for i := range got {
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) || math.Abs(got[i]-want[i]) > 1e-9*max(1, math.Abs(want[i])) {
			t.Errorf("%s: got %v want %v", what, got, want)
			return
		}
	}
}

// begin starts an analysis with settings.
func begin(s Settings, classes ...string) Analysis {
	return s.Start(Subject{Anatomy: &recording.Anatomy{Classes: classes}})
}

// whole is a batch of all images of a recording, with labels 0.
func whole(area string, steps []int, shape [3]int, ids []int, data []float32) Batch {
	return Batch{Recording: &Recording{Area: area, Steps: steps, Shape: shape, IDs: ids, Labels: make([]int, len(ids))}, Data: data}
}

func frame(t *testing.T, a Analysis, name string) Frame {
	t.Helper()
	frames, err := a.Frames()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := f.Check(); err != nil {
			t.Error(err)
		}
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no frame %q", name)
	return Frame{}
}

func TestIntervals(t *testing.T) {
	// Student's table: t(0.975) of 1, 2 and 10 degrees.
	for df, want := range map[int]float64{1: 12.7062047, 2: 4.30265273, 10: 2.22813885} {
		if got := StudentT95(df); math.Abs(got-want) > 1e-7 {
			t.Errorf("t of %d: got %v want %v", df, got, want)
		}
	}
	// 8 of 10: Wilson 0.4901625, 0.9433178 (R: prop.test(8, 10, correct = FALSE)).
	low, high := Wilson(8, 10)
	if math.Abs(low-0.4901625) > 1e-6 || math.Abs(high-0.9433178) > 1e-6 {
		t.Errorf("Wilson: got %v %v", low, high)
	}
	if low, high = Wilson(0, 10); low != 0 || high < 0.27 || high > 0.28 {
		t.Errorf("Wilson of none: got %v %v", low, high)
	}
}

func TestActivity(t *testing.T) {
	a := begin(&Activity{})
	one := whole("IT", []int{0, 1}, [3]int{1, 1, 2}, []int{0, 1, 2}, []float32{nan, nan, 0, 2})
	two := one
	two.First, two.Data = 1, []float32{nan, nan, 1, 3, nan, nan, -1, 7}
	for _, b := range []Batch{one, two} {
		if err := a.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	f, n := frame(t, a, "activity"), math.NaN()
	check(t, "mean", f.Column("mean"), []float64{n, 2})
	// Means of images are 1, 2, 3: s = 1, half = 4.30265273 / √3.
	half := StudentT95(2) / math.Sqrt(3)
	check(t, "low", f.Column("low"), []float64{n, 2 - half})
	check(t, "high", f.Column("high"), []float64{n, 2 + half})
	check(t, "n", f.Column("n"), []float64{0, 3})
	check(t, "active", frame(t, a, "active units").Column("mean"), []float64{n, 200.0 / 3})
	if f.Label("area") != "IT" {
		t.Errorf("got area %q", f.Label("area"))
	}
	other := *one.Recording
	other.Shape, one.Recording = [3]int{1, 2, 1}, &other
	if a.Add(one) == nil {
		t.Error("another shape of the same area is no error")
	}
}

// The size of a state is what the closed form gives: 3, 4 and 0 are √(25/3) together.
func TestStateSize(t *testing.T) {
	s := begin(&StateSize{})
	b := whole("V4", []int{0, 1}, [3]int{1, 3, 1}, []int{0, 1}, []float32{nan, nan, nan, 3, -4, 0, nan, nan, nan, -2, 2, 2})
	if err := s.Add(b); err != nil {
		t.Fatal(err)
	}
	f, n := frame(t, s, "state size"), math.NaN()
	check(t, "mean", f.Column("mean"), []float64{n, (math.Sqrt(25.0/3) + 2) / 2})
	check(t, "n", f.Column("n"), []float64{0, 2})
	check(t, "undefined", f.Column("undefined"), []float64{2, 0})
}

func TestStateChange(t *testing.T) {
	s := begin(&StateChange{})
	b := whole("V4", []int{0, 1, 2, 3}, [3]int{1, 2, 1}, []int{0, 1}, []float32{nan, nan, 3, 4, 3, 4, 6, 8, nan, nan, 0, 0, 3, 4, 0, 4})
	if err := s.Add(b); err != nil {
		t.Fatal(err)
	}
	f, n := frame(t, s, "state change"), math.NaN()
	check(t, "mean", f.Column("mean"), []float64{n, n, 0, (1 + 0.6) / 2})
	check(t, "n", f.Column("n"), []float64{0, 0, 1, 2})
	check(t, "undefined", f.Column("undefined"), []float64{0, 2, 1, 0})
	if !strings.Contains(f.Note, "1 pairs of image and step left out") {
		t.Errorf("note %q", f.Note)
	}
}

func TestFeatureMaps(t *testing.T) {
	m := begin(&FeatureMaps{Images: 1, Channels: 2}, "cat")
	// Channel 1 varies most, then 2, then 0. The image 7 is the first of a class.
	b := whole("V1", []int{0, 1}, [3]int{1, 2, 3}, []int{5, 7},
		[]float32{nan, nan, nan, nan, nan, nan, 0, 9, 2, 0, -9, -2, nan, nan, nan, nan, nan, nan, 0, 1, 2, 0, 4, 5})
	b.Labels = []int{-1, 0}
	if err := m.Add(b); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Frames(); err == nil || !strings.Contains(err.Error(), "pixels of image 7 are not on disk") {
		t.Errorf("without pixels: %v", err)
	}
	pixels := whole(recording.Stimuli, []int{0}, [3]int{1, 1, 3}, []int{7}, []float32{0.25, 0.5, 1})
	pixels.Of = Images
	if err := m.Add(pixels); err != nil {
		t.Fatal(err)
	}
	f, n := frame(t, m, "feature maps"), math.NaN()
	if got := f.Shape(); !slices.Equal(got, []int{1, 1, 2, 2, 1, 2}) || f.Axis("image").At(0) != "7 (cat)" {
		t.Errorf("got %v %q", got, f.Axis("image").At(0))
	}
	check(t, "channels", f.Axis("channel").Values, []float64{1, 2})
	check(t, "maps", f.Data, []float64{n, n, n, n, 1, 4, 2, 5})
	check(t, "stimuli", frame(t, m, "stimuli").Data, []float64{0.25, 0.5, 1})
}

func TestAccuracyOneClass(t *testing.T) {
	a := begin(&Accuracy{})
	ln3 := float32(math.Log(3))
	b := whole("", []int{0, 1}, [3]int{1, 1, 2}, []int{0, 1}, []float32{nan, nan, 0, ln3, nan, nan, 5, 5})
	b.Labels = []int{1, 1}
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	f, n := frame(t, a, "accuracy"), math.NaN()
	check(t, "accuracy", f.Column("mean"), []float64{n, 50})
	low, high := Wilson(1, 2)
	check(t, "low", f.Column("low"), []float64{n, 100 * low})
	check(t, "high", f.Column("high"), []float64{n, 100 * high})
	check(t, "chance", f.Column("chance"), []float64{50, 50})
	check(t, "n", f.Column("n"), []float64{0, 2})
	// Probabilities of the chosen class are 3/4 and 1/2; float32 rounds ln 3.
	if got := frame(t, a, "confidence").Column("mean")[1]; math.Abs(got-0.625) > 1e-7 {
		t.Errorf("confidence: got %v", got)
	}
	// H(1/4) = 2 - 3/4·log2 3 and H(1/2) = 1 bit.
	want := (2 - 0.75*math.Log2(3) + 1) / 2
	if got := frame(t, a, "entropy").Column("mean")[1]; math.Abs(got-want) > 1e-7 {
		t.Errorf("entropy: got %v want %v", got, want)
	}
	b.Labels = []int{1, 2}
	if a.Add(b) == nil {
		t.Error("a label beyond the classes is no error")
	}
}

func TestAccuracySeveralClasses(t *testing.T) {
	a := begin(&Accuracy{})
	b := whole("", []int{4}, [3]int{1, 1, 3}, []int{0, 1, 2}, []float32{2, 1, -1, -1, -2, -3, 3, 2, 1})
	b.Target = []float32{1, 1, 0, 1, 1, 0, 1, 0, 1}
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	check(t, "top-n", frame(t, a, "accuracy").Column("mean"), []float64{200.0 / 3})
	check(t, "chance", frame(t, a, "accuracy").Column("chance"), []float64{100.0 / 3}) // one of the three pairs
	check(t, "exact", frame(t, a, "exact set").Column("mean"), []float64{100.0 / 3})
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	check(t, "confidence", frame(t, a, "confidence").Column("mean"),
		[]float64{(sigmoid(2) + sigmoid(1) + sigmoid(-1) + sigmoid(-2) + sigmoid(3) + sigmoid(2)) / 6})
}

func TestConfusion(t *testing.T) {
	c := begin(&Confusion{}, "cat", "dog")
	b := whole("", []int{0, 1}, [3]int{1, 1, 2}, []int{0, 1, 2}, []float32{nan, nan, 1, 0, nan, nan, 0, 1, nan, nan, 0, 1})
	b.Labels = []int{0, 0, 1}
	if err := c.Add(b); err != nil {
		t.Fatal(err)
	}
	f := frame(t, c, "confusion")
	check(t, "counts", f.Data, []float64{1, 1, 0, 1})
	if f.Title != "step 1" || f.Axes[1].At(1) != "dog" {
		t.Errorf("got %+v", f)
	}
}

func TestFrameFiles(t *testing.T) {
	f := Frame{Name: "accuracy", Unit: "%", Axes: []Axis{{Name: "step", Values: []float64{0, 1}}, {Name: "statistic", Labels: []string{"mean"}}},
		Data: []float64{math.NaN(), 62.5}}.With("variant", "tied, \"all\"")
	var b bytes.Buffer
	if err := f.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "variant,step,statistic,accuracy (%)\n\"tied, \"\"all\"\"\",0,mean,\n\"tied, \"\"all\"\"\",1,mean,62.5\n"
	if b.String() != want {
		t.Errorf("got %q want %q", b.String(), want)
	}
	b.Reset()
	f.Data = append(f.Data[:0:0], math.NaN(), math.Inf(1))
	if err := WriteFrames(&b, []Frame{f}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `[null,"inf"]`) {
		t.Errorf("got %s", b.String())
	}
	got, err := ReadFrames(&b)
	if err != nil || !math.IsNaN(got[0].Data[0]) || !math.IsInf(got[0].Data[1], 1) || got[0].Label("variant") != f.Label("variant") {
		t.Errorf("got %+v %v", got, err)
	}
	f.Data = f.Data[:1]
	if _, err := json.Marshal(f); err != nil || f.Check() == nil || WriteFrames(&b, []Frame{f}) == nil {
		t.Error("a frame that lacks a number is no error")
	}
}

func FuzzReadFrames(f *testing.F) {
	f.Add([]byte(`{"format":2,"frames":[{"Name":"a","Axes":[{"Name":"step","Values":[0,1]}],"Data":[null,2]}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		frames, err := ReadFrames(bytes.NewReader(in))
		if err != nil {
			return
		}
		for _, x := range frames {
			if x.Check() != nil {
				t.Error("an incomplete frame was read")
			}
		}
	})
}
