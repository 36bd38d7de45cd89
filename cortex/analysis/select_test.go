package analysis

import (
	"reflect"
	"testing"
)

// What is kept has the numbers that it had, along every axis of the name.
func TestKeep(t *testing.T) {
	f := Frame{Name: "f", Axes: []Axis{{Name: "area", Labels: []string{"V1", "V4"}}, {Name: "step", Values: []float64{2, 3, 5}}, {Name: "step", Values: []float64{2, 3, 5}}, {Name: "statistic", Labels: []string{"mean", "n"}}}}
	for i := range 2 * 3 * 3 * 2 {
		f.Data = append(f.Data, float64(i))
	}
	g := f.Keep("step", func(a Axis, i int) bool { return a.Values[i] >= 3 }).Keep("area", func(a Axis, i int) bool { return a.At(i) == "V4" })
	if err := g.Check(); err != nil {
		t.Fatal(err)
	}
	if got, want := g.Shape(), []int{1, 2, 2, 2}; !reflect.DeepEqual(got, want) {
		t.Fatalf("shape %v, want %v", got, want)
	}
	for i := range 2 {
		for k := range 2 {
			for s := range 2 {
				if got, want := g.At(0, i, k, s), f.At(1, i+1, k+1, s); got != want {
					t.Errorf("(%d, %d, %d): got %g, want %g", i, k, s, got, want)
				}
			}
		}
	}
	if !reflect.DeepEqual(f.Keep("image", func(Axis, int) bool { return false }), f) {
		t.Error("a frame without the axis has changed")
	}
	if none := f.Keep("area", func(Axis, int) bool { return false }); len(none.Data) != 0 {
		t.Errorf("nothing is kept, and there are %d numbers", len(none.Data))
	}
}
