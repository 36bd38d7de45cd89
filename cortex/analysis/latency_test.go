package analysis

import (
	"math"
	"testing"

	"ventral/cortex/recording"
)

// Planted times are found: a response that is 0, 1, 4, 4, 1, 0 is at half of 4 first
// between steps 1 and 2, and last between steps 3 and 4.
func TestTimesOf(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		size []float64
		want times
	}{
		{[]float64{0, 1, 4, 4, 1, 0}, times{1 + 1.0/3, 2, 3 + 2.0/3 - (1 + 1.0/3), 0}},
		{[]float64{nan, nan, 2, 4, 4, 4}, times{2, 3, 3, 1}},
		{[]float64{nan, 4, 2, 3, 1, 1}, times{0.5, 1, 3.5 - 0.5, 0.25}},
		{[]float64{nan, nan, nan, nan, nan, nan}, times{nan, nan, nan, nan}},
		{[]float64{0, 0, 0, 0, 0, 0}, times{nan, nan, nan, nan}},
		{[]float64{1, nan, 1, 1, 1, 1}, times{nan, nan, nan, nan}},
	} {
		got := timesOf(c.size, []int{0, 1, 2, 3, 4, 5})
		check(t, "times", []float64{got.rise, got.peak, got.duration, got.adaptation}, []float64{c.want.rise, c.want.peak, c.want.duration, c.want.adaptation})
	}
}

func TestLatency(t *testing.T) {
	an := &recording.Anatomy{Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 2}, Onset: 1}}}
	a := (&Latency{Signal: "response", Statistic: "mean"}).Start(Subject{Anatomy: an})
	b := whole("IT", []int{0, 1, 2}, [3]int{1, 1, 2}, []int{4, 9}, []float32{nan, nan, 1, 1, -3, 5, nan, nan, 2, 2, 2, 2})
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	f := frame(t, a, "latency")
	// Of image 4 the size is 1, 4: half, 2, at 1 + 1/3. Of image 9 it is 2, 2: half at 0.5.
	check(t, "means", f.Column("mean"), []float64{1, (4.0/3 + 0.5) / 2, 1.5, (2 - 4.0/3 + 1.5) / 2})
	check(t, "adaptation", frame(t, a, "adaptation").Column("mean"), []float64{1})
	by := frame(t, a, "half rise by image")
	check(t, "by image", by.Data, []float64{4.0 / 3, 0.5})
	check(t, "images", by.Axis("image").Values, []float64{4, 9})
}

func TestSparseness(t *testing.T) {
	a := begin(&Sparseness{Signal: "response", Saturation: 0.99})
	// Of four units one alone responds, all do alike, two of four do.
	b := whole("V1", []int{0, 1}, [3]int{1, 1, 4}, []int{0, 1, 2}, []float32{nan, nan, nan, nan, 0, 0, 1, 0, nan, nan, nan, nan, 0.5, 0.5, 0.5, 0.5, nan, nan, nan, nan, 1, 0, -1, 0})
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	n := math.NaN()
	// Of two of four a = 1/2, S = (1/2)/(3/4).
	check(t, "population", frame(t, a, "population sparseness").Column("mean"), []float64{n, (1 + 0 + 2.0/3) / 3})
	s := func(r ...float64) float64 {
		sum, square := 0.0, 0.0
		for _, v := range r {
			sum, square = sum+v, square+v*v
		}
		return (1 - sum*sum/3/square) / (1 - 1.0/3)
	}
	check(t, "lifetime", frame(t, a, "lifetime sparseness").Column("mean"), []float64{n, (s(0, 0.5, 1) + s(0, 0.5, 0) + s(1, 0.5, 1) + s(0, 0.5, 0)) / 4})
	check(t, "dead", frame(t, a, "dead units").Column("mean"), []float64{n, 0})
	check(t, "saturated", frame(t, a, "saturated responses").Column("mean"), []float64{n, 100 * (0.25 + 0 + 0.5) / 3})
	dead := begin(&Sparseness{Signal: "response", Saturation: 1})
	if err := dead.Add(whole("V1", []int{0}, [3]int{1, 1, 2}, []int{0, 1}, []float32{0, 2, 0, 3})); err != nil {
		t.Fatal(err)
	}
	check(t, "dead", frame(t, dead, "dead units").Column("mean"), []float64{50})
	frames, _ := dead.Frames()
	for _, f := range frames {
		if f.Name == "saturated responses" {
			t.Error("responses beyond 1 have no saturation")
		}
	}
}
