package cortex_test

import (
	"errors"
	"strings"
	"testing"

	"ventral/cortex"
)

// TestNoImage: images or classes that are none are an error of the stimuli, and
// nothing is divided by their size.
func TestNoImage(t *testing.T) {
	for _, c := range []struct {
		image   [3]int
		classes int
		want    string
	}{
		{[3]int{}, 10, "found images of 0×0×0"}, {[3]int{32, 32, 0}, 10, "found images of 32×32×0"}, {[3]int{32, 32, 1}, 0, "found 0 classes"},
	} {
		g := chain(cortex.Readout{From: "A", Train: cortex.At(0)})
		g.Image, g.Classes = c.image, c.classes
		_, err := cortex.NewGraph(g)
		var e *cortex.Error
		if !errors.As(err, &e) || e.Path[0] != "stimuli" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, %d classes: got %v, want %q", c.image, c.classes, err, c.want)
		}
	}
}
