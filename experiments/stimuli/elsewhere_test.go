package stimuli

import (
	"strings"
	"testing"
)

// TestDescriptionCheck: the kinds of this program describe what can be; one that
// describes nothing is reported.
func TestDescriptionCheck(t *testing.T) {
	for _, name := range Kinds() {
		k, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Describe().Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		d    Description
		want string
	}{
		{Description{}, "kind: describes images of 0×0×0"},
		{Description{Shape: [3]int{8, 8, 0}, Classes: 10, Targets: 1}, "kind: describes images of 8×8×0"},
		{Description{Shape: [3]int{8, 8, 1}, Targets: 1}, "kind: describes 0 classes"},
		{Description{Shape: [3]int{8, 8, 1}, Classes: 10}, "kind: describes images of which 0 classes are true, want 1 to 10"},
		{Description{Shape: [3]int{8, 8, 1}, Classes: 10, Targets: 11}, "of which 11 classes are true"},
		{Description{Shape: [3]int{8, 8, 1}, Classes: 10, Targets: 1, Images: [3]int{4, -1, 4}}, "kind: describes -1 validation images"},
	} {
		if err := c.d.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.d, err, c.want)
		}
	}
}
