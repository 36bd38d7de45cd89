package plots

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"testing"

	"ventral/plots/canvas"
)

// Every text of an SVG file has the width that it was laid out with, so that a
// machine without the font draws it as wide. The widths are those of the marks,
// which are measured apart.
func TestSVGTextsKeepTheirWidths(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"accuracy", "anatomy", "matrix", "activity"} {
		f, err := Make(name, d)
		if err != nil {
			t.Fatal(err)
		}
		var want []mark
		for _, m := range marks(t, f) {
			if m.kind == "text" {
				want = append(want, m)
			}
		}
		var b bytes.Buffer
		if err := canvas.Save(&b, "svg", f, 0, 0); err != nil {
			t.Fatal(err)
		}
		k := 0
		for x := xml.NewDecoder(&b); ; {
			token, err := x.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if !ok || e.Name.Local != "text" {
				continue
			}
			got := math.NaN()
			for _, a := range e.Attr {
				if a.Name.Local == "textLength" {
					got, _ = strconv.ParseFloat(a.Value, 64)
				}
			}
			// A text that stands on end is as long as its box is high.
			length := float64(max(want[k].box.W(), want[k].box.H()))
			if len(want[k].text) > 1 && !(math.Abs(got-length) < 0.01*length+0.01) { // 4 digits are written
				t.Errorf("%s: %q has the width %g, was laid out with %.3f", name, want[k].text, got, length)
			}
			k++
		}
		if k != len(want) {
			t.Errorf("%s: %d texts, want %d", name, k, len(want))
		}
	}
}
