package canvas

import (
	"bytes"
	"math"
	"testing"
)

// A figure says of every corner of a line what it is and where it stands; panels above
// each other share the title of the lowest.
func TestNotes(t *testing.T) {
	f := &Figure{Width: 100, Height: 200, Style: Light()}
	f.Paint = func(p *Pen, w, h Pt) error {
		for k, name := range []string{"V2", "V1"} {
			a := &Panel{Pen: p, Rect: Edges(10, Pt(110-100*k), 90, Pt(190-100*k)), XHi: 8, YLo: -1, YHi: 1, Name: name}
			title := ""
			if k == 1 {
				title = "time step (× 10 ms)"
			}
			a.Bottom([]float64{0, 8}, k == 1, title)
			xs, ys := a.XS([]float64{0, 3, 8}), a.YS([]float64{math.NaN(), 0.125, -0.5})
			a.Broken(Stroke{}, xs, ys)
			a.Circle(xs[1], ys[1], 2, Grey(0), true) // the same number
			a.Broken(Stroke{Width: 0.35}, xs, a.YS([]float64{0.9, 0.9, 0.9}))
		}
		return nil
	}
	var with, without bytes.Buffer
	n, err := SaveNoted(&with, f)
	if err != nil {
		t.Fatal(err)
	}
	if err := Save(&without, "svg", f, 0, 0); err != nil || !bytes.Equal(with.Bytes(), without.Bytes()) {
		t.Errorf("the figure is another: %v", err)
	}
	var texts []string
	for _, m := range n.Marks {
		texts = append(texts, m.Text)
		if !m.Timed {
			t.Errorf("%q is at no time step", m.Text)
		}
	}
	want := []string{"V2, time step 3: 0.125", "V2, time step 8: −0.5", "V1, time step 3: 0.125", "V1, time step 8: −0.5"}
	if len(texts) != len(want) {
		t.Fatalf("got %q, want %q", texts, want)
	}
	for i := range want {
		if texts[i] != want[i] {
			t.Errorf("got %q, want %q", texts[i], want[i])
		}
	}
	if m := n.Marks[0]; m.Short != "V2 0.125" || m.X != 40 || m.Y != 200-155 {
		t.Errorf("%q at %v, %v; want V2 0.125 at 40, 45", m.Short, m.X, m.Y)
	}
	if len(n.Panels) != 2 || n.Panels[0] != (TimePanel{10, 90, 10, 90, 0, 8}) {
		t.Errorf("panels %v", n.Panels)
	}
}
