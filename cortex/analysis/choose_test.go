package analysis

import (
	"fmt"
	"testing"
)

func TestChosen(t *testing.T) {
	for _, c := range []struct {
		labels []int
		n      int
		want   string
	}{
		{[]int{2, 2, 0, -1, 1}, 3, "[0 2 4]"},
		{[]int{2, 2, 0, -1, 1}, 4, "[0 2 4 1]"},
		{[]int{-1, -1}, 3, "[0 1]"},
	} {
		if got := fmt.Sprint(Chosen(c.labels, c.n)); got != c.want {
			t.Errorf("%d of %v: got %s, want %s", c.n, c.labels, got, c.want)
		}
	}
}

func TestBalanced(t *testing.T) {
	for _, c := range []struct {
		labels []int
		n      int
		want   string
	}{
		{[]int{1, 1, 1, 0, 0, 2}, 3, "[3 0 5]"},
		{[]int{1, 1, 1, 0, 0, 2}, 4, "[3 0 1 5]"},
		{[]int{1, 1, 1, 0, 0, 2}, 9, "[3 4 0 1 2 5]"},
		{[]int{-1, 0, -1}, 2, "[1 0]"},
	} {
		if got := fmt.Sprint(balanced(c.labels, c.n)); got != c.want {
			t.Errorf("%d of %v: got %s, want %s", c.n, c.labels, got, c.want)
		}
	}
}
