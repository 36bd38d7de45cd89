package canvas

import (
	"bytes"
	"fmt"
	"io"
	"regexp"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// svg is an SVG canvas that notes how wide each text is.
type svg struct {
	*vgsvg.Canvas
	widths []Pt // of texts, in the order in which they are drawn
}

// FillString implements vg.Canvas.
func (c *svg) FillString(f font.Face, at vg.Point, text string) {
	c.widths = append(c.widths, f.Width(text))
	c.Canvas.FillString(f, at, text)
}

// writeSVG writes what is drawn as SVG.
func writeSVG(w io.Writer, drawn func(draw.Canvas) error, width, height Pt) error {
	c := &svg{Canvas: vgsvg.New(width, height)}
	if err := drawn(draw.NewCanvas(c, width, height)); err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err := w.Write(tidySVG(b.Bytes(), c.widths))
	return err
}

var (
	svgNoise = regexp.MustCompile(`;?font-(variant:none|variant:normal|weight:normal|style:normal)`)
	svgText  = regexp.MustCompile(`<text `)
)

// tidySVG gives texts their widths and fonts their replacements, keeps pixels
// square and drops what only says the default. A text set in a font of other
// widths is drawn narrower or wider, so that it meets nothing and centres stay.
func tidySVG(b []byte, widths []Pt) []byte {
	n := 0
	b = svgText.ReplaceAllFunc(b, func([]byte) []byte {
		n++
		return fmt.Appendf(nil, `<text textLength="%.4g" lengthAdjust="spacingAndGlyphs" `, widths[n-1].Points())
	})
	for _, x := range [][2]string{{"Sans", "Arial,Helvetica,sans-serif"}, {"Serif", "'Times New Roman',Times,serif"}, {"Mono", "'Courier New',monospace"}} {
		b = bytes.ReplaceAll(b, []byte("font-family:Liberation "+x[0]), []byte("font-family:'Liberation "+x[0]+"',"+x[1]))
	}
	b = bytes.ReplaceAll(b, []byte("data:image/jpg;"), []byte("data:image/png;"))
	b = bytes.ReplaceAll(b, []byte("<image "), []byte(`<image preserveAspectRatio="none" style="image-rendering:pixelated" `))
	return svgNoise.ReplaceAll(b, nil)
}
