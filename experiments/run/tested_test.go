package run

import (
	"testing"

	"ventral/experiments/rundir"
)

// TestTested: images are told by the hash of their split where each has one, by
// those of all files otherwise.
func TestTested(t *testing.T) {
	split := func(train, test string) *rundir.Info {
		return &rundir.Info{Data: map[string]string{"train": train, "validation": "v", "test": test}}
	}
	files := func(one, test string) *rundir.Info {
		return &rundir.Info{Data: map[string]string{"data_batch_1.bin": one, "test_batch.bin": test}}
	}
	cut := func(ids string) *rundir.Info {
		return &rundir.Info{Data: map[string]string{"images.npz": "a"}, IDs: map[string]string{"test": ids}}
	}
	for _, c := range []struct {
		what string
		a, b *rundir.Info
		same bool
	}{
		{"other training images", split("a", "t"), split("b", "t"), true},
		{"other test images", split("a", "t"), split("a", "u"), false},
		{"the same files", files("a", "t"), files("a", "t"), true},
		{"another file", files("a", "t"), files("b", "t"), false},
		{"files and splits", files("a", "t"), split("a", "t"), false},
		{"another cut of the same files", cut("a"), cut("b"), false},
	} {
		if got := c.a.Tested("test") == c.b.Tested("test"); got != c.same {
			t.Errorf("%s: the same: %v, want %v", c.what, got, c.same)
		}
	}
}
