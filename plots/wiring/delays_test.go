package wiring

import (
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/plotstest"
)

// A delay that most connections of a role have is said once, in the key; others are
// written beside their connections.
func TestDelaysAreSaidOnce(t *testing.T) {
	full := plotstest.Net{Areas: 6, Steps: 8, Delay: 1, Full: true}.Anatomy()
	roles := plotstest.Net{Areas: 4, Steps: 8}.Anatomy()
	for i := range full.Connections {
		full.Connections[i].Delay, full.Connections[i].FromStep = 1, 1
	}
	full.Connections[3].Delay, full.Connections[3].FromStep = 2, 2
	for _, c := range []struct {
		name   string
		an     *recording.Anatomy
		beside []string // labels that are written
		key    []string
	}{
		{"all of 36 but one", full, []string{"2"}, []string{"delay: 1 step of 10 ms; number: another"}},
		{"by role", roles, []string{"@4–", "5"}, []string{"feedforward, delay 0", "lateral, delay 1", "number: another delay, in steps of 10 ms"}},
	} {
		l := layDiagram(c.an, canvas.Light(), 0)
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
	full := plotstest.Net{Areas: 6, Steps: 8, Delay: 1, Full: true}.Anatomy()
	for i := range full.Connections {
		full.Connections[i].Delay, full.Connections[i].FromStep = 1, 1
	}
	full.Connections[3].Delay, full.Connections[3].FromStep = 3, 3
	var cells, key []string
	for _, m := range plotstest.Marks(t, Matrix(full, canvas.Light(), 0)) {
		switch {
		case strings.HasPrefix(m.Text, "d "):
			cells = append(cells, m.Text)
		case strings.HasPrefix(m.Text, "delay"):
			key = append(key, m.Text)
		}
	}
	if len(cells) != 1 || cells[0] != "d 3" || len(key) != 1 || key[0] != "delay: 1 step of 10 ms; d: another" {
		t.Errorf("cells %q, key %q", cells, key)
	}
}
