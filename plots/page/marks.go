package page

import (
	"fmt"
	"html/template"
	"image/color"
	"strings"

	"ventral/plots/canvas"
)

// marks are the numbers of a figure, which one can point at, and a line at a time step in
// each of its panels over time, as elements of its SVG.
func marks(n *canvas.Notes) string {
	var b strings.Builder
	if len(n.Panels) > 0 {
		b.WriteString(`<g class="times">`)
		for _, p := range n.Panels {
			fmt.Fprintf(&b, `<line y1="%.5g" y2="%.5g" data-l="%.5g" data-r="%.5g" data-lo="%g" data-hi="%g"/>`, float64(p.T), float64(p.B), float64(p.L), float64(p.R), p.Lo, p.Hi)
		}
		b.WriteString("</g>\n")
	}
	if len(n.Marks) > 0 {
		b.WriteString(`<g class="marks">`)
		for _, m := range n.Marks {
			step := ""
			if m.Timed {
				step = fmt.Sprintf(` data-step="%g" data-short="%s"`, m.At, template.HTMLEscapeString(m.Short))
			}
			text := template.HTMLEscapeString(m.Text)
			fmt.Fprintf(&b, `<circle cx="%.5g" cy="%.5g" r="4"%s data-text="%s" data-colour="%s"><title>%s</title></circle>`, float64(m.X), float64(m.Y), step, text, hex(m.Colour), text)
		}
		b.WriteString("</g>\n")
	}
	return b.String()
}

// hex is a colour as #rrggbb; black where there is none.
func hex(c color.Color) string {
	if c == nil {
		return "#000000"
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
}
