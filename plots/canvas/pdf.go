package canvas

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pdfCanvas is a page of PDF 1.4. It has no dates and no names, so that equal
// figures are equal bytes, and draws text as outlines, so that arrows and minus
// signs need no encoding and no viewer a font.
type pdfCanvas struct {
	w, h    Pt
	content bytes.Buffer
	images  []image.Image
	alphas  []uint8 // opacities in use
}

var _ vg.Canvas = (*pdfCanvas)(nil)

func newPDF(w, h Pt) *pdfCanvas { return &pdfCanvas{w: w, h: h} }

// op writes operands and an operator of a content stream.
func (c *pdfCanvas) op(operator string, operands ...Pt) {
	for _, v := range operands {
		c.content.WriteString(decimal(float64(v)))
		c.content.WriteByte(' ')
	}
	c.content.WriteString(operator)
	c.content.WriteByte('\n')
}

// decimal prints a number with at most four decimals and no exponent.
func decimal(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 4, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func (c *pdfCanvas) SetLineWidth(w vg.Length) { c.op("w", w) }

func (c *pdfCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.content.WriteString("[")
	for _, d := range pattern {
		c.content.WriteString(decimal(float64(d)) + " ")
	}
	c.content.WriteString("] ")
	c.op("d", offset)
}

func (c *pdfCanvas) SetColor(k color.Color) {
	n := color.NRGBAModel.Convert(k).(color.NRGBA)
	r, g, b := Pt(n.R)/255, Pt(n.G)/255, Pt(n.B)/255
	c.op("rg", r, g, b)
	c.op("RG", r, g, b)
	at := bytes.IndexByte(c.alphas, n.A)
	if at < 0 {
		at = len(c.alphas)
		c.alphas = append(c.alphas, n.A)
	}
	fmt.Fprintf(&c.content, "/A%d gs\n", at)
}

func (c *pdfCanvas) Rotate(angle float64) {
	sin, cos := Pt(math.Sin(angle)), Pt(math.Cos(angle))
	c.op("cm", cos, sin, -sin, cos, 0, 0)
}

func (c *pdfCanvas) Translate(p vg.Point) { c.op("cm", 1, 0, 0, 1, p.X, p.Y) }
func (c *pdfCanvas) Scale(x, y float64)   { c.op("cm", Pt(x), 0, 0, Pt(y), 0, 0) }
func (c *pdfCanvas) Push()                { c.op("q") }
func (c *pdfCanvas) Pop()                 { c.op("Q") }
func (c *pdfCanvas) Stroke(path vg.Path)  { c.path(path); c.op("S") }
func (c *pdfCanvas) Fill(path vg.Path)    { c.path(path); c.op("f") }
func (c *pdfCanvas) quad(from, p, to vg.Point) { // as a cubic curve
	third := func(a, b Pt) Pt { return a + 2*(b-a)/3 }
	c.op("c", third(from.X, p.X), third(from.Y, p.Y), third(to.X, p.X), third(to.Y, p.Y), to.X, to.Y)
}

func (c *pdfCanvas) path(path vg.Path) {
	var at vg.Point
	started := false
	for _, s := range path {
		switch s.Type {
		case vg.MoveComp:
			c.op("m", s.Pos.X, s.Pos.Y)
		case vg.LineComp:
			c.op("l", s.Pos.X, s.Pos.Y)
		case vg.CurveComp:
			if len(s.Control) == 1 {
				c.quad(at, s.Control[0], s.Pos)
			} else {
				c.op("c", s.Control[0].X, s.Control[0].Y, s.Control[1].X, s.Control[1].Y, s.Pos.X, s.Pos.Y)
			}
		case vg.ArcComp:
			at = c.arc(s, started)
			started = true
			continue
		case vg.CloseComp:
			c.op("h")
			continue
		}
		at, started = s.Pos, true
	}
}

// arc draws an arc as cubic curves of at most a quarter turn, joined to the
// path so far by a line, and returns where it ends.
func (c *pdfCanvas) arc(s vg.PathComp, joined bool) vg.Point {
	n := max(1, int(math.Ceil(math.Abs(s.Angle)/(math.Pi/2)-1e-9)))
	step := s.Angle / float64(n)
	k := s.Radius * Pt(4.0/3*math.Tan(step/4))
	on := func(a float64) (p, d vg.Point) {
		sin, cos := Pt(math.Sin(a)), Pt(math.Cos(a))
		return vg.Point{X: s.Pos.X + s.Radius*cos, Y: s.Pos.Y + s.Radius*sin}, vg.Point{X: -k * sin, Y: k * cos}
	}
	p, d := on(s.Start)
	if joined {
		c.op("l", p.X, p.Y)
	} else {
		c.op("m", p.X, p.Y)
	}
	for i := 1; i <= n; i++ {
		q, e := on(s.Start + float64(i)*step)
		c.op("c", p.X+d.X, p.Y+d.Y, q.X-e.X, q.Y-e.Y, q.X, q.Y)
		p, d = q, e
	}
	return p
}

// FillString fills the outlines of a text, spaced as font.Face.Width measures.
func (c *pdfCanvas) FillString(f font.Face, at vg.Point, text string) {
	var buf sfnt.Buffer
	em := fixed.Int26_6(f.Face.UnitsPerEm()) // so that lengths are font units
	scale := f.Font.Size / Pt(em)
	for i, r := range []rune(text) {
		glyph, err := f.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		x := at.X + f.Width(string([]rune(text)[:i+1])) - f.Width(string(r))
		segments, err := f.Face.LoadGlyph(&buf, glyph, em, nil)
		if err != nil {
			continue
		}
		point := func(p fixed.Point26_6) vg.Point {
			return vg.Point{X: x + scale*Pt(p.X), Y: at.Y - scale*Pt(p.Y)}
		}
		var last vg.Point
		for _, s := range segments {
			a, b, d := point(s.Args[0]), point(s.Args[1]), point(s.Args[2])
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				c.op("m", a.X, a.Y)
				last = a
			case sfnt.SegmentOpLineTo:
				c.op("l", a.X, a.Y)
				last = a
			case sfnt.SegmentOpQuadTo:
				c.quad(last, a, b)
				last = b
			case sfnt.SegmentOpCubeTo:
				c.op("c", a.X, a.Y, b.X, b.Y, d.X, d.Y)
				last = d
			}
		}
	}
	c.op("f")
}

func (c *pdfCanvas) DrawImage(r vg.Rectangle, m image.Image) {
	size := r.Size()
	c.op("q")
	c.op("cm", size.X, 0, 0, size.Y, r.Min.X, r.Min.Y)
	fmt.Fprintf(&c.content, "/I%d Do\n", len(c.images))
	c.op("Q")
	c.images = append(c.images, m)
}

// writeTo writes the file.
func (c *pdfCanvas) writeTo(w io.Writer, title string) error {
	var b bytes.Buffer
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n", len(offsets))
		fmt.Fprintf(&b, format, args...)
		b.WriteString("\nendobj\n")
	}
	stream := func(dictionary string, data []byte) {
		var z bytes.Buffer
		zw := zlib.NewWriter(&z)
		zw.Write(data)
		zw.Close()
		object("<< %s/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", dictionary, z.Len(), z.Bytes())
	}
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	var states, images strings.Builder
	for i, a := range c.alphas {
		v := decimal(float64(a) / 255)
		fmt.Fprintf(&states, "/A%d << /CA %s /ca %s >> ", i, v, v)
	}
	const first = 6 // object of the first image
	for i := range c.images {
		fmt.Fprintf(&images, "/I%d %d 0 R ", i, first+i)
	}
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s %s] /Contents 4 0 R\n/Group << /S /Transparency /CS /DeviceRGB >>\n/Resources << /ExtGState << %s>> /XObject << %s>> >> >>",
		decimal(float64(c.w)), decimal(float64(c.h)), states.String(), images.String())
	stream("", c.content.Bytes())
	object("<< /Title %s >>", pdfText(title))
	for _, m := range c.images {
		r := m.Bounds()
		var pixels []byte
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				n := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
				pixels = append(pixels, n.R, n.G, n.B)
			}
		}
		stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 ", r.Dx(), r.Dy()), pixels)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	_, err := w.Write(b.Bytes())
	return err
}

// pdfText prints a text string as hexadecimal UTF-16.
func pdfText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}
