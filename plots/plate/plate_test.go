package plate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ventral/plots/canvas"
)

// panel draws its name in its middle, with letters of its own.
func panel(name string, high canvas.Pt, own int) Panel {
	return Panel{Make: func(width canvas.Pt, letters int) (*canvas.Figure, error) {
		s := canvas.Light()
		s.Letters = letters
		f := &canvas.Figure{Title: name, Caption: "(a) left, (b) right, (q) no letter.", Width: width, Height: high, Style: s}
		f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
			p.Text(w/2, h/2, fmt.Sprintf("%s %.0f×%.0f", name, float64(w), float64(h)), canvas.Centred)
			for i := range own {
				p.Letter(canvas.Pt(20*i), h-2, i)
			}
			return nil
		}
		return f, nil
	}}
}

// Panels share the width of their row; letters go on over those that figures have of their
// own, in pictures and in captions.
func TestCompose(t *testing.T) {
	one := panel("one", 50, 0)
	wide := panel("wide", 80, 2)
	wide.Share = 2
	f, err := Compose([][]Panel{{one, wide}, {panel("last", 40, 0)}}, Options{Width: 310, Gap: 10, Letters: true, Style: canvas.Light()})
	if err != nil {
		t.Fatal(err)
	}
	if f.Width != 310 || f.Height != 80+10+40 {
		t.Errorf("%v × %v", f.Width, f.Height)
	}
	var b bytes.Buffer
	if err := canvas.Save(&b, "svg", f, 0, 0); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one 100×50", "wide 200×80", "last 310×40", ">a<", ">b<", ">c<", ">d<"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the plate has no %q", want)
		}
	}
	if strings.Contains(b.String(), ">e<") {
		t.Error("there is a letter too many")
	}
	for _, want := range []string{"(a) one. ", "(b–c) wide. (b) left, (c) right, (q) no letter.", "(d) last. "} {
		if !strings.Contains(f.Caption, want) {
			t.Errorf("the caption %q has no %q", f.Caption, want)
		}
	}
	f, err = Compose([][]Panel{{panel("one", 50, 1)}}, Options{Width: 100, Style: canvas.Light()})
	if err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := canvas.Save(&b, "svg", f, 0, 0); err != nil || strings.Contains(b.String(), ">a<") {
		t.Errorf("letters where none are wanted: %v", err)
	}
}
