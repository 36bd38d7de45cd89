package canvas

import (
	"math"
	"slices"
	"testing"
)

func TestScaleOf(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		data   []float64
		want   Scale
		signed bool
	}{
		{[]float64{0.2, nan, 1.5}, Scale{0, 1.5}, false},
		{[]float64{-1e-16, 1.5}, Scale{0, 1.5}, false}, // below 0 by rounding
		{[]float64{-0.5, 0.25}, Scale{-0.5, 0.5}, true},
		{[]float64{-3, -1}, Scale{-3, 0}, false},
		{[]float64{0, 0}, Scale{0, 1}, false},
		{[]float64{nan}, Scale{0, 1}, false},
	} {
		if got := ScaleOf(c.data); got != c.want || got.Signed() != c.signed {
			t.Errorf("%v: got %v, signed %v; want %v, %v", c.data, got, got.Signed(), c.want, c.signed)
		}
	}
	if got := ScaleOf([]float64{1}, []float64{4, 2}); got != (Scale{0, 4}) {
		t.Errorf("of two lists: %v", got)
	}
	if c := (Scale{-1, 1}).Colour(0); c != BlueRed.Colour(0.5) {
		t.Errorf("0 of a signed scale is %v", c)
	}
}

func TestGroupsOf(t *testing.T) {
	got := GroupsOf([]string{"cat", "cat", "dog", "cat"})
	if want := []Group{{"cat", 0, 2}, {"dog", 2, 3}, {"cat", 3, 4}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := GroupsOf(nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}
