package check

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
	row := func(n int, f func(i int) [2]int) (fields [][2]int) {
		for i := range n {
			fields = append(fields, f(i))
		}
		return fields
	}
	for _, c := range []struct {
		fields [][2]int
		want   string
	}{
		{[][2]int{{0, 0}, {5, 5}, {9, 11}}, "· 5 9×11"},
		{long, "0..9 ·, 10..19 5 to 41 by 4, 20..63 41×45, 64..69 unknown"},
		{row(17, func(i int) [2]int { return [2]int{7, 5 + 4*i} }), "0..16 7×5 to 7×69 by 0×4"},
		{row(17, func(i int) [2]int { return [2]int{5 + 2*i, 5 + 4*i} }), "0..16 5 to 37×69 by 2×4"},
		{row(17, func(i int) [2]int { return [2]int{40 - 2*i, 40 - 2*i} }),
			"0 40, 1 38, 2 36, 3 34, 4 32, 5 30, 6 28, 7 26, 8 24, 9 22, 10 20, 11 18, 12 16, 13 14, 14 12, 15 10, 16 8"},
		{row(18, func(i int) [2]int { return [2]int{max(40-20*i, 9), 5 + min(4*i, 12)} }), "0 40×5, 1 20×9, 2 9×13, 3..17 9×17"},
	} {
		if got := fieldText(c.fields); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
