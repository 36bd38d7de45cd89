package stimuli_test

import (
	"fmt"
	"testing"

	"ventral/experiments/stimuli"
)

// named is data whose files are always the same, and whose ids are not.
type named struct {
	stimuli.Data
	first int
}

func (n named) Columns() []string { return []string{"id"} }
func (n named) Factor(_ stimuli.Split, image int, _ string) (string, error) {
	return fmt.Sprint("picture ", n.first+image), nil
}

// byFile hides which split has which hash, as data do that are read from files.
type byFile struct{ stimuli.Data }

func (b byFile) Hashes() map[string]string { return map[string]string{"all.bin": "1"} }

// The identity of a split is that of its images: other ids, labels or pixels, another
// order and another number of them are told, whatever the hashes of files say.
func TestIdentity(t *testing.T) {
	memory := func(labels []uint16, pixels ...byte) stimuli.Data {
		about := stimuli.Description{Shape: [3]int{1, 1, 1}, Frames: 1, Targets: []stimuli.Target{stimuli.Labels([]string{"a", "b"}, 1)}}
		about.Images[stimuli.Test] = len(labels)
		m := stimuli.NewMemory(about)
		m.Parts[stimuli.Test] = stimuli.Part{Pixels: pixels, Labels: labels}
		return byFile{m}
	}
	made := func(hash string) stimuli.Data {
		m := memory([]uint16{0, 1}, 1, 2).(byFile).Data.(*stimuli.Memory)
		m.SetHash("test", hash)
		return m
	}
	plain := memory([]uint16{0, 1}, 1, 2)
	for _, x := range []struct {
		what string
		a, b stimuli.Data
		same bool
	}{
		{"the same images", plain, memory([]uint16{0, 1}, 1, 2), true},
		{"other pixels", plain, memory([]uint16{0, 1}, 1, 3), false},
		{"other labels", plain, memory([]uint16{0, 0}, 1, 2), false},
		{"the same ids of other files", named{plain, 1}, named{memory([]uint16{0, 1}, 7, 8), 1}, true},
		{"other ids", named{plain, 1}, named{plain, 2}, false},
		{"fewer images", named{plain, 1}, named{memory([]uint16{0}, 1), 1}, false},
		{"made alike", made("x"), made("x"), true},
		{"made otherwise", named{made("x"), 1}, named{made("y"), 1}, false},
	} {
		var ids [2]string
		for k, d := range []stimuli.Data{x.a, x.b} {
			var err error
			if ids[k], err = stimuli.Identity(d, stimuli.Test); err != nil || len(ids[k]) != 64 {
				t.Fatalf("%s: %q, %v", x.what, ids[k], err)
			}
		}
		if (ids[0] == ids[1]) != x.same {
			t.Errorf("%s: the same identity: %v, want %v", x.what, ids[0] == ids[1], x.same)
		}
	}
	if id, err := stimuli.Identity(plain, stimuli.Train); id != "" || err != nil {
		t.Errorf("of no images: %q, %v, want none", id, err)
	}
}
