package experiments

import "testing"

func TestFieldText(t *testing.T) {
	long := make([][2]int, 70)
	for i := range long {
		switch {
		case i >= 64:
			long[i] = [2]int{-1, -1}
		case i >= 10 && i < 20:
			long[i] = [2]int{5 + 4*(i-10), 5 + 4*(i-10)}
		case i >= 20:
			long[i] = [2]int{41, 45}
		}
	}
	for _, c := range []struct {
		fields [][2]int
		want   string
	}{
		{[][2]int{{0, 0}, {5, 5}, {9, 11}}, "· 5 9×11"},
		{long, "0..9 ·, 10..19 5 to 41 by 4, 20..63 41×45, 64..69 unknown"},
	} {
		if got := fieldText(c.fields); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
