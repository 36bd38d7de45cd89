package page

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"strconv"

	"ventral/plots/canvas"
	"ventral/plots/movie"
)

// Timeline is what the slider of a page runs over. A page with movies has one.
type Timeline struct {
	Steps     int      `json:"steps"` // 0 … Steps-1
	MSPerStep float64  `json:"ms"`    // 0 where that is unknown
	Screen    []string `json:"screen"`
	Onset     int      `json:"onset"` // first step at which the readout sees the image, -1 never
}

// Images are the images that a page lets one choose from, with how they were answered.
type Images struct {
	Split   string   `json:"split"`
	Of      int      `json:"of"` // images of the split, of which these are some
	Classes []string `json:"classes"`
	Steps   []int    `json:"steps"` // that were answered
	IDs     []int    `json:"ids"`
	Labels  []int    `json:"labels"` // -1 where an image has no class, or several

	Right  []byte `json:"right"`  // [image, step]: 0 wrong, 1 right, 2 not judged
	Chosen []byte `json:"chosen"` // [image, step], uint16 little-endian; 65535 none. nil where several classes are true
	Belief []byte `json:"belief"` // [image, step]: probability of the label in 254ths; 255 none

	Pictures map[int]string `json:"pictures"` // PNG as data URLs, by identity
}

// moving is what the script of a page reads.
type moving struct {
	Timeline *Timeline `json:"timeline"`
	Images   *Images   `json:"images"`
	Movies   []film    `json:"movies"`
	Ramps    ramps     `json:"ramps"`
}

// ramps are the colours of plain and of signed numbers, as #rrggbb.
type ramps struct {
	Plain  []string `json:"plain"`
	Signed []string `json:"signed"`
}

// film is a movie as the script reads it.
type film struct {
	Figure string  `json:"figure"` // identity of the element
	Unit   string  `json:"unit"`
	Note   string  `json:"note"`
	Steps  []int   `json:"steps"`
	Panels []strip `json:"panels"`
}

// strip is a panel of a film: its numbers at all steps, from Lo to Hi in equal parts.
type strip struct {
	Area    string   `json:"area"`
	Name    string   `json:"name"`
	Image   int      `json:"image"`
	Axes    []string `json:"axes"` // of rows and columns
	Rows    []string `json:"rows"`
	Columns []string `json:"columns"`
	Down    []string `json:"down"`   // groups of rows
	Across  []string `json:"across"` // groups of columns
	Upwards bool     `json:"upwards"`
	Lo      float64  `json:"lo"`
	Hi      float64  `json:"hi"`
	Signed  bool     `json:"signed"`
	Bytes   int      `json:"bytes"` // of a number: 1 or 2, little-endian; the largest is NaN
	Data    []byte   `json:"data"`

	Paths bool   `json:"paths"`
	Lines []line `json:"lines"` // in place of numbers
}

// line is a line of a strip.
type line struct {
	Name   string    `json:"name"`
	Colour string    `json:"colour"` // "": ink
	Dash   []float64 `json:"dash"`
	X      []string  `json:"x"`
	At     numbers   `json:"at"`
	Y      []numbers `json:"y"`
	Low    []numbers `json:"low"`
	High   []numbers `json:"high"`
}

// numbers are written with five significant digits; NaN is null.
type numbers []float64

// MarshalJSON implements json.Marshaler.
func (n numbers) MarshalJSON() ([]byte, error) {
	b := []byte("[")
	for i, v := range n {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendFloat(b, v, 'g', 5, 64)
		}
	}
	return append(b, ']'), nil
}

// linesOf are the lines of a panel.
func linesOf(p movie.Panel) (list []line) {
	all := func(steps [][]float64) (n []numbers) {
		for _, s := range steps {
			n = append(n, s)
		}
		return n
	}
	for i, l := range p.Lines {
		x := line{Name: l.Name, X: l.X.Names, At: l.At, Y: all(l.Y), Low: all(l.Low), High: all(l.High)}
		if l.At == nil {
			for k := range l.X.Names {
				x.At = append(x.At, float64(k))
			}
		}
		if len(p.Lines) > 1 {
			c, dash := canvas.Light().Variant(i, len(p.Lines))
			x.Colour = hex(c)
			for _, d := range dash {
				x.Dash = append(x.Dash, float64(d))
			}
		}
		list = append(list, x)
	}
	return list
}

// mostFine bounds the numbers of a movie that are kept in two bytes each.
const mostFine = 1 << 20

// filmOf is the movie of a figure.
func filmOf(m *movie.Movie, figure string) film {
	f := film{Figure: figure, Unit: m.Unit, Note: m.Note, Steps: m.Steps}
	total := 0
	for _, p := range m.Panels {
		total += len(p.Data) * len(p.Rows.Names) * len(p.Columns.Names)
	}
	size := 2
	if total > mostFine {
		size = 1
	}
	for _, p := range m.Panels {
		if p.Lines != nil {
			f.Panels = append(f.Panels, strip{Area: p.Area, Name: p.Name, Image: p.Image, Axes: p.Axes[:], Paths: p.Paths, Lines: linesOf(p)})
			continue
		}
		s := strip{Area: p.Area, Name: p.Name, Image: p.Image, Axes: []string{p.Rows.Axis, p.Columns.Axis}, Rows: p.Rows.Names, Columns: p.Columns.Names, Down: p.Rows.Groups, Across: p.Columns.Groups, Upwards: p.Upwards,
			Lo: p.Scale.Lo, Hi: p.Scale.Hi, Signed: p.Scale.Signed(), Bytes: size}
		for _, data := range p.Data {
			for i := range len(p.Rows.Names) * len(p.Columns.Names) {
				v := math.NaN()
				if data != nil {
					v = data[i]
				}
				s.Data = appendPart(s.Data, (v-p.Scale.Lo)/(p.Scale.Hi-p.Scale.Lo), size)
			}
		}
		f.Panels = append(f.Panels, s)
	}
	return f
}

// appendPart appends a number from 0 to 1 in equal parts. What lies outside gets the
// end's.
func appendPart(to []byte, v float64, size int) []byte {
	most := 0xfe
	if size == 2 {
		most = 0xfffe
	}
	part := most + 1
	if !math.IsNaN(v) {
		part = int(math.Round(min(max(v, 0), 1) * float64(most)))
	}
	if size == 2 {
		return binary.LittleEndian.AppendUint16(to, uint16(part))
	}
	return append(to, byte(part))
}

// data is what the script of a page reads, as JSON that is safe within HTML: <, > and &
// are escaped. It is empty where nothing moves.
func data(p Page) (template.JS, error) {
	if p.Timeline == nil {
		return "", nil
	}
	m := moving{Timeline: p.Timeline, Images: p.Images, Movies: []film{}, Ramps: ramps{canvas.Viridis.Table(), canvas.BlueRed.Table()}}
	for i, f := range p.Figures {
		if f.Movie != nil {
			m.Movies = append(m.Movies, filmOf(f.Movie, figureID("figure", i)))
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("plots: page %q: %w", p.Title, err)
	}
	return template.JS(text), nil
}
