package plots

import (
	"strings"
	"testing"

	"ventral/cortex/recording"
)

// A delay that most connections of a role have is said once, in the key; others are
// written beside their connections.
func TestDelaysAreSaidOnce(t *testing.T) {
	full := net{areas: 6, steps: 8, classes: 10, images: 1, delay: 1, full: true}.anatomy()
	roles := net{areas: 4, steps: 8, classes: 10, images: 1}.anatomy()
	for i := range full.Connections {
		full.Connections[i].Delay, full.Connections[i].FromSlice = 1, 1
	}
	full.Connections[3].Delay, full.Connections[3].FromSlice = 2, 2
	for _, c := range []struct {
		name   string
		an     *recording.Anatomy
		beside []string // labels that are written
		key    []string
	}{
		{"all of 36 but one", full, []string{"2"}, []string{"delay: 1 slice of 10 ms; number: another"}},
		{"by role", roles, []string{"@4–", "5"}, []string{"feedforward, delay 0", "lateral, delay 1", "number: another delay, in slices of 10 ms"}},
	} {
		l := layAnatomy(Data{Anatomy: c.an})
		var got, key []string
		for _, w := range l.wires {
			if w.label != "" {
				got = append(got, w.label)
			}
		}
		for _, k := range l.key {
			key = append(key, k.text)
		}
		if strings.Join(got, ";") != strings.Join(c.beside, ";") {
			t.Errorf("%s: beside connections stands %q, want %q", c.name, got, c.beside)
		}
		for _, want := range c.key {
			if !strings.Contains(strings.Join(key, ";"), want) {
				t.Errorf("%s: the key is %q, want %q in it", c.name, key, want)
			}
		}
	}
}

// The same holds of the cells of a matrix.
func TestMatrixDelays(t *testing.T) {
	full := net{areas: 6, steps: 8, classes: 10, images: 1, delay: 1, full: true}.anatomy()
	for i := range full.Connections {
		full.Connections[i].Delay, full.Connections[i].FromSlice = 1, 1
	}
	full.Connections[3].Delay, full.Connections[3].FromSlice = 3, 3
	f, err := Make("matrix", Data{Anatomy: full})
	if err != nil {
		t.Fatal(err)
	}
	var cells, key []string
	for _, m := range marks(t, f) {
		switch {
		case strings.HasPrefix(m.text, "d "):
			cells = append(cells, m.text)
		case strings.HasPrefix(m.text, "delay"):
			key = append(key, m.text)
		}
	}
	if len(cells) != 1 || cells[0] != "d 3" || len(key) != 1 || key[0] != "delay: 1 slice of 10 ms; d: another" {
		t.Errorf("cells %q, key %q", cells, key)
	}
}
