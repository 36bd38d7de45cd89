package canvas

import (
	"fmt"
	"image"
	"io"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Figure is a figure that is ready to be drawn.
type Figure struct {
	Name, Title   string
	Caption       string
	Frames        []string  // whose numbers it draws
	Analysis      string    // whose frames these are; "" where their kind's
	Width, Height vg.Length // its own size

	Style Style
	Paint func(p *Pen, w, h Pt) error
}

// Draw draws the figure over the whole of a canvas.
func (f *Figure) Draw(c draw.Canvas) error { return f.draw(c, nil) }

// draw is Draw, with what the figure says of itself where n is not nil.
func (f *Figure) draw(c draw.Canvas, n *Notes) error {
	c.Push()
	defer c.Pop()
	c.Translate(c.Min)
	p := &Pen{Canvas: c, Style: f.Style, notes: n}
	size := c.Size()
	p.Fill(Rect{0, 0, size.X, size.Y}, f.Style.Paper)
	return f.Paint(p, size.X, size.Y)
}

// Formats are what Save writes.
var Formats = []string{"svg", "png", "pdf"}

// Save writes the figure in a format of Formats. A width or height of 0 is the
// figure's own. Equal figures give equal bytes. PNG has 300 dots per inch. SVG
// names its font, Liberation Sans, and others that systems have instead, and gives
// every text its width, which holds whatever the font is; PDF draws text as outlines.
func Save(w io.Writer, format string, f *Figure, width, height vg.Length) error {
	if width == 0 {
		width = f.Width
	}
	if height == 0 {
		height = f.Height
	}
	switch format {
	case "svg":
		return writeSVG(w, f.Draw, width, height)
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(300), vgimg.UseBackgroundColor(f.Style.Paper))
		if err := f.Draw(draw.New(c)); err != nil {
			return err
		}
		_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
		return err
	case "pdf":
		c := newPDF(width, height)
		if err := f.Draw(draw.NewCanvas(c, width, height)); err != nil {
			return err
		}
		return c.writeTo(w, f.Title)
	}
	return fmt.Errorf("plots: format %q is not one of %s", format, strings.Join(Formats, ", "))
}

// Raster is the figure of its own size as pixels.
func Raster(f *Figure, dpi int) (image.Image, error) {
	c := vgimg.NewWith(vgimg.UseWH(f.Width, f.Height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(f.Style.Paper))
	if err := f.Draw(draw.New(c)); err != nil {
		return nil, err
	}
	return c.Image(), nil
}
