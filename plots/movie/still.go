package movie

import (
	"fmt"
	"slices"

	"ventral/plots/canvas"
)

// Look is how steps of a movie are drawn.
type Look struct {
	Style     canvas.Style
	Width     canvas.Pt
	MSPerStep float64 // 0 where that is unknown
	Image     int     // whose maps are drawn; None: the first image that has some
}

// Still is the picture of the k-th step: a row for each area, or, where each has one map,
// all areas side by side.
func (m *Movie) Still(k int, o Look) *canvas.Figure {
	var places []string
	rows := map[string][]Panel{}
	image := o.Image
	for _, p := range m.Panels {
		if image == None && p.Image != None {
			image = p.Image
		}
		if p.Image != None && p.Image != image || p.Lines != nil {
			continue
		}
		if rows[p.Area] == nil {
			places = append(places, p.Area)
		}
		rows[p.Area] = append(rows[p.Area], p)
	}
	grid := make([][]Panel, 0, len(places))
	single := true
	for _, name := range places {
		grid, single = append(grid, rows[name]), single && len(rows[name]) == 1
	}
	if single { // side by side, the first area at the left
		var all []Panel
		for i := len(grid) - 1; i >= 0; i-- {
			all = append(all, grid[i]...)
		}
		grid = nil
		const most = 4
		for chunk := range slices.Chunk(all, most) {
			grid = append(grid, chunk)
		}
	}
	columns := 1
	for _, row := range grid {
		columns = max(columns, len(row))
	}
	const edge, gap, bar, name, head = canvas.Pt(6), canvas.Pt(6), canvas.Pt(42), canvas.Pt(12), canvas.Pt(24)
	wide := bar
	if single {
		wide = 0
	}
	side := (o.Width - 2*edge - wide - gap*canvas.Pt(columns-1)) / canvas.Pt(columns)
	if single {
		side -= bar
	} else {
		side = min(side, 90)
	}
	step := gap + side
	if single {
		step += bar
	}
	f := &canvas.Figure{Name: m.Figure(), Title: m.Title, Style: o.Style, Width: min(o.Width, 2*edge+wide+step*canvas.Pt(columns)-gap), Height: head + canvas.Pt(len(grid))*(side+name+gap) + edge}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		text := fmt.Sprintf("%s, step %d", m.Title, m.Steps[k])
		if o.MSPerStep > 0 {
			text += fmt.Sprintf(" (%s ms)", canvas.Number(float64(m.Steps[k])*o.MSPerStep))
		}
		if image != None {
			text += fmt.Sprintf(", image %d", image)
		}
		p.Text(edge, h-edge-p.Style.Text, canvas.Fit(p, text, w-2*edge), canvas.TextStyle{Bold: true})
		track := canvas.Edges(edge, h-head+2, w-edge, h-head+4)
		p.Fill(track, p.Style.Shade)
		track.R = track.L + track.W()*canvas.Pt(float64(k+1)/float64(len(m.Steps)))
		p.Fill(track, p.Style.Muted)
		for i, row := range grid {
			top := h - head - canvas.Pt(i)*(side+name+gap) - name
			for c, panel := range row {
				x := edge + canvas.Pt(c)*step
				r := canvas.Edges(x, top-side, x+side, top)
				title := panel.Name
				if single || c == 0 {
					title = panel.Area
				}
				if !single && c == 0 && panel.Name != "" {
					title = panel.Area + ", " + panel.Name
				}
				p.Text(x, top+3, canvas.FitBold(p, title, side), canvas.TextStyle{Bold: single || c == 0})
				panel.paint(p, r, k)
				if single || c == len(row)-1 {
					canvas.ColourBar(p, canvas.Edges(r.R+5, r.B, r.R+10, r.T), panel.Scale)
				}
			}
		}
		return nil
	}
	return f
}

// paint draws a map at the k-th step.
func (p *Panel) paint(pen *canvas.Pen, r canvas.Rect, k int) {
	data := p.Data[k]
	if data == nil {
		pen.Empty(r)
		return
	}
	n, m := len(p.Rows.Names), len(p.Columns.Names)
	if p.Upwards {
		up := make([]float64, 0, n*m)
		for i := range n {
			up = append(up, data[(n-1-i)*m:(n-i)*m]...)
		}
		data = up
	}
	canvas.HeatMap(pen, r, n, m, data, p.Scale)
	pen.Frame(r, canvas.Stroke{Colour: pen.Style.Faint, Width: 0.3})
}
