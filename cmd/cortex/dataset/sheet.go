package dataset

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/plots/canvas"
)

// Sheet is images on one page, in rows.
type Sheet struct {
	Title, Note string
	Shape       [3]int // of every image: height, width, channels
	Rows        []Row
	Steps       bool // pictures of a row are steps, numbered below the last row
}

// Row is images in a line, with what they have in common.
type Row struct {
	Label    string // "" where no row has one
	Pictures []Picture
}

// Picture is an image with values 0 … 1 in the order y, x, channel.
type Picture struct {
	Label  string // below it; "" where none has one
	Pixels []float32
}

// colour is that of a pixel: of three channels, or the mean of others.
func (s *Sheet) colour(pixels []float32, y, x int) color.Color {
	channels := s.Shape[2]
	p := pixels[(y*s.Shape[1]+x)*channels:][:channels]
	grade := func(v float32) uint8 { return uint8(255*min(1, max(0, v)) + 0.5) }
	if channels == 3 {
		return color.NRGBA{grade(p[0]), grade(p[1]), grade(p[2]), 255}
	}
	var sum float32
	for _, v := range p {
		sum += v
	}
	return canvas.Grey(grade(sum / float32(channels)))
}

// Lengths of a sheet, in points.
const (
	sheetEdge    = canvas.Pt(8)
	sheetGap     = canvas.Pt(4) // between images
	sheetHead    = canvas.Pt(30)
	sheetLargest = canvas.Pt(72)  // side of an image
	sheetLabels  = canvas.Pt(110) // the most that labels of rows take
)

// Figure returns the sheet as a figure of the width of a page.
func (s *Sheet) Figure() *canvas.Figure {
	f := &canvas.Figure{Name: "sheet", Title: s.Title, Width: canvas.TwoColumns, Style: canvas.Light()}
	measure := &canvas.Pen{Style: f.Style}
	if s.Steps {
		s.numbered()
	}
	columns, left, below := 1, canvas.Pt(0), canvas.Pt(0)
	for _, r := range s.Rows {
		columns = max(columns, len(r.Pictures))
		if r.Label != "" {
			left = max(left, min(sheetLabels, measure.Width(r.Label))+6)
		}
		for _, p := range r.Pictures {
			if p.Label != "" {
				below = f.Style.Text + 3
			}
		}
	}
	wide := (f.Width - 2*sheetEdge - left - sheetGap*canvas.Pt(columns-1)) / canvas.Pt(columns)
	ratio := canvas.Pt(s.Shape[0]) / canvas.Pt(s.Shape[1])
	wide = min(wide, sheetLargest, sheetLargest/ratio)
	high := wide * ratio
	row := high + below + sheetGap
	f.Height = sheetHead + canvas.Pt(len(s.Rows))*row + sheetEdge
	if s.Steps {
		row -= below
		f.Height -= canvas.Pt(len(s.Rows)-1) * below
	}
	f.Width = max(min(f.Width, 2*sheetEdge+left+canvas.Pt(columns)*(wide+sheetGap)-sheetGap), 200)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		p.Text(sheetEdge, h-sheetEdge, canvas.FitBold(p, s.Title, w-2*sheetEdge), canvas.TextStyle{AY: 1, Bold: true})
		p.Text(sheetEdge, h-sheetEdge-p.Style.Text-2, canvas.Fit(p, s.Note, w-2*sheetEdge), canvas.TextStyle{AY: 1, Colour: p.Style.Muted})
		top := h - sheetHead
		for _, r := range s.Rows {
			p.Text(sheetEdge+left-6, top-high/2, canvas.Fit(p, r.Label, left-6), canvas.ToLeft)
			for k, x := range r.Pictures {
				l := sheetEdge + left + canvas.Pt(k)*(wide+sheetGap)
				at := canvas.Edges(l, top-high, l+wide, top)
				if x.Pixels != nil {
					p.Picture(at, s.Shape[0], s.Shape[1], func(y, c int) color.Color { return s.colour(x.Pixels, y, c) })
				}
				p.Text(at.CX(), at.B-2, canvas.Fit(p, x.Label, wide), canvas.TextStyle{AX: 0.5, AY: 1, Colour: p.Style.Muted})
			}
			top -= row
		}
		return nil
	}
	return f
}

// Save writes the sheet into a file, in the format that its name ends with.
func (s *Sheet) Save(file string) error {
	format := strings.TrimPrefix(filepath.Ext(file), ".")
	if !slices.Contains(canvas.Formats, format) {
		return fmt.Errorf("found %q, want a file of %s", file, strings.Join(canvas.Formats, ", "))
	}
	var b bytes.Buffer
	if err := canvas.Save(&b, format, s.Figure(), 0, 0); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o666)
}
