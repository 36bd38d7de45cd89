package wiring

import (
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/plotstest"
)

// blt is the net most tests draw.
var blt = plotstest.Net{Areas: 4, Steps: 8, Classes: 10, Delay: 1}

// Wires end at boxes and enter none; their labels lie on no other's line.
func TestWiresKeepOut(t *testing.T) {
	nets := []plotstest.Net{blt, {Areas: 1, Steps: 1}, {Areas: 6, Steps: 8, Full: true}, {Areas: 12, Steps: 60, Delay: 4}, {Areas: 5, Steps: 4, Delay: 2}}
	for _, n := range nets {
		an := n.Anatomy()
		f, l := Diagram(an, canvas.Light(), 0), layDiagram(an, canvas.Light(), 0)
		wires := 0
		for _, m := range plotstest.Marks(t, f) {
			if m.Kind != "line" || len(m.Points) == 6 && m.Points[0] == m.Points[5] { // frame of a box
				continue
			}
			wires++
			for i, b := range l.boxes {
				if plotstest.Crosses(m.Points, canvas.Edges(b.L+0.6, b.B+0.6, b.R-0.6, b.T-0.6)) {
					t.Errorf("a line from %.1f enters the box of %s", m.Points[0], an.Areas[i].Name)
				}
			}
		}
		if wires < len(an.Connections) {
			t.Errorf("%d lines for %d connections", wires, len(an.Connections))
		}
		for i := 1; i < len(l.boxes); i++ {
			if l.boxes[i].B <= l.boxes[i-1].T {
				t.Errorf("%s is not above %s", an.Areas[i].Name, an.Areas[i-1].Name)
			}
		}
	}
}

// Forward lines are left of feedback, feedback is dashed, dead lines are
// dotted, and a connection is one line.
func TestAnatomyLines(t *testing.T) {
	an := blt.Anatomy()
	l := layDiagram(an, canvas.Light(), 0)
	s := canvas.Light()
	count := map[string]int{}
	for _, w := range l.wires {
		if w.connection == nil {
			continue
		}
		count[w.connection.Name]++
		b := l.boxes[w.from]
		switch w.connection.Role {
		case recording.Feedforward:
			if w.route != straight || w.x >= b.CX() {
				t.Errorf("%s at x = %.1f, want left of the middle %.1f", w.connection.Name, w.x, b.CX())
			}
		case recording.Bypass:
			if w.x >= b.L {
				t.Errorf("%s at x = %.1f, want left of the boxes %.1f", w.connection.Name, w.x, b.L)
			}
		case recording.Feedback:
			if w.x <= b.R {
				t.Errorf("%s at x = %.1f, want right of the boxes %.1f", w.connection.Name, w.x, b.R)
			}
		}
		k := l.strokeOf(s, w)
		dotted := len(k.Dash) > 0 && k.Dash[0] < k.Dash[1]
		dashed := len(k.Dash) > 0 && k.Dash[0] > k.Dash[1]
		if dotted != w.connection.Dead || dashed != (w.connection.Role == recording.Feedback && !w.connection.Dead) {
			t.Errorf("%s (%s, dead %t) has dashes %v", w.connection.Name, w.connection.Role, w.connection.Dead, k.Dash)
		}
	}
	for _, c := range an.Connections {
		if count[c.Name] != 1 {
			t.Errorf("%s is %d lines, want 1 over %d steps", c.Name, count[c.Name], an.Steps)
		}
	}
}

func TestDelayLabel(t *testing.T) {
	for _, c := range []struct {
		delay, from, to int
		want            string
	}{
		{0, 0, 7, "0"},
		{1, 1, 7, "1"}, // nothing can arrive before
		{1, 0, 7, "1"}, // the same, written otherwise
		{1, 4, 7, "1 @4–"},
		{2, 2, 5, "2 @2–5"},
		{1, 3, 5, "1 @3–5"},
		{1, 3, 3, "1 @3"},
	} {
		if got := delayLabel(&recording.AnatomyConnection{Delay: c.delay, FromStep: c.from, ToStep: c.to}, 8); got != c.want {
			t.Errorf("delay %d, window %d..%d: %q, want %q", c.delay, c.from, c.to, got, c.want)
		}
	}
}

// Each connection is in one panel, that of its window; the first has what is always
// there, the others only the areas that theirs join.
func TestMatrixPanels(t *testing.T) {
	an := blt.Anatomy()
	for i := range an.Connections {
		switch c := &an.Connections[i]; c.Name {
		case "V1->V2":
			c.FromStep, c.ToStep = 2, 5
		case "V2->V4":
			c.FromStep, c.ToStep, c.Gaps = 2, 5, [][2]int{{3, 3}}
		case "V4->IT": // from the first step that its delay allows
			c.FromStep, c.ToStep = 1, 3
		}
	}
	in, names := map[string]string{}, []string{}
	for _, p := range panelsOf(an) {
		names = append(names, p.name)
		for at, cs := range p.at {
			if !slices.Contains(p.rows, at[0]) || !slices.Contains(p.columns, at[1]) {
				t.Errorf("%s: cell %v is not drawn", p.name, at)
			}
			for _, c := range cs {
				if c.From != an.Areas[at[0]].Name || c.To != an.Areas[at[1]].Name {
					t.Errorf("%s is in cell %v", c.Name, at)
				}
				in[c.Name] += p.name
			}
		}
		if whole := len(p.rows) == len(an.Areas); whole != (p.name == "every step") {
			t.Errorf("%s has rows %v", p.name, p.rows)
		}
	}
	if got, want := strings.Join(names, "; "), "every step; steps 0–3; steps 2–5; steps 2, 4, 5; steps 4–7"; got != want {
		t.Errorf("panels %q, want %q", got, want)
	}
	for _, c := range an.Connections {
		want := map[string]string{"V1->V2": "steps 2–5", "V2->V4": "steps 2, 4, 5", "V4->IT": "steps 0–3", "V2->V1 late": "steps 4–7"}[c.Name]
		if want == "" {
			want = "every step"
		}
		if in[c.Name] != want {
			t.Errorf("%s is in %q, want %q", c.Name, in[c.Name], want)
		}
	}
}

// Letters are equal where sets are, and only where a set has several members.
func TestMatrixLetters(t *testing.T) {
	an := &recording.Anatomy{Connections: []recording.AnatomyConnection{
		{Set: "alone"}, {Set: "stay@1"}, {Set: "down"}, {Set: "stay@2"}, {Set: "down"}, {Set: ""}, {Set: ""}}}
	got := lettersOf(an)
	if len(got) != 2 || got["stay"] != "A" || got["down"] != "B" {
		t.Errorf("letters %v, want stay A, down B", got)
	}
	for i := range 30 {
		set := string(rune('a'+i/26)) + string(rune('a'+i%26))
		an.Connections = append(an.Connections, recording.AnatomyConnection{Set: set}, recording.AnatomyConnection{Set: set})
	}
	if got := lettersOf(an); got["ax"] != "Z" || got["ay"] != "AA" || got["ba"] != "AC" {
		t.Errorf("26th, 27th and 29th letters are %s, %s, %s; want Z, AA, AC", got["ax"], got["ay"], got["ba"])
	}
}
