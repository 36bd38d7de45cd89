package figures

import (
	"fmt"
	"path/filepath"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/plots/canvas"
	"ventral/plots/plate"
)

// Plate is a plate file: which figures stand beside and below each other.
//
//	width = "180mm"
//	style = "nature.toml"
//	rows = [["accuracy", "states"], ["geometry"]]
//	[panel.accuracy]
//	runs = ["runs/with", "runs/without"]
//	figure = "accuracy"
//	[panel.geometry]
//	runs = ["runs/with"]
//	figure = "rdm"
//	areas = ["V4", "IT"]
//	steps = "2..8"
type Plate struct {
	Title   string  `toml:"title" doc:"of the PDF; by default the name of the file"`
	Width   Length  `toml:"width" doc:"of the plate"`
	Gap     float64 `toml:"gap" min:"0" max:"100" doc:"between panels, in pt"`
	Style   string  `toml:"style" doc:"a style file, from the folder of the plate; by default the house style"`
	Letters bool    `toml:"letters" doc:"panels have letters, from a on"`

	Rows   [][]string            // names of panels, from the top
	Panels map[string]PlatePanel // by name

	folder string // that paths start from
}

// PlatePanel is a table [panel.NAME].
type PlatePanel struct {
	Runs   []string `toml:"runs" doc:"folders of runs, from the folder of the plate; several are drawn over each other"`
	Figure string   `toml:"figure" doc:"a figure of the runs; by default that of the panel's name"`
	Areas  []string `toml:"areas" doc:"areas that are drawn; by default all"`
	Steps  string   `toml:"steps" doc:"steps that are drawn, such as \"2..8\"; by default all"`
	Share  float64  `toml:"share" above:"0" max:"100" doc:"of the width of the row, beside the others'"`
}

// ReadPlate reads a plate file. File is its path. An error is a *decode.Fault.
func ReadPlate(file, text string) (*Plate, error) {
	s := decode.New(file, text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	p := &Plate{Title: strings.TrimSuffix(filepath.Base(file), ".toml"), Width: Length(canvas.TwoColumns), Gap: 6, Letters: true, Panels: map[string]PlatePanel{}, folder: filepath.Dir(file)}
	panels := func(at []string, v any) error {
		m, err := s.Table(at, v)
		if err != nil {
			return err
		}
		for _, name := range s.Keys(at, m) {
			x := PlatePanel{Figure: name, Share: 1}
			if err := s.SetStruct(decode.Below(at, name), m[name], decode.ValueOf(&x)); err != nil {
				return err
			}
			if len(x.Runs) == 0 {
				return s.Fault(decode.Below(at, name), "the key \"runs\" is missing, want folders of runs, such as runs = [\"runs/debris\"]")
			}
			if x.Steps != "" {
				if _, err := ParseSteps(x.Steps); err != nil {
					return s.Fault(decode.Below(at, name, "steps"), "%v", err)
				}
			}
			p.Panels[name] = x
		}
		return nil
	}
	rows := func(at []string, v any) error {
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return s.Fault(at, "found %s, want a list of rows of panels, such as rows = [[\"a\", \"b\"], [\"c\"]]", decode.Described(v))
		}
		for i, row := range list {
			names, err := s.Texts(decode.Element(at, i), row)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, names)
		}
		return nil
	}
	if err := s.Bind(nil, root, map[string]decode.Hook{"panel": panels, "rows": rows}, p); err != nil {
		return nil, err
	}
	if len(p.Panels) == 0 {
		return nil, s.Fault(nil, "found no panel, want a table [panel.NAME] for each figure")
	}
	if p.Rows == nil { // one below the other
		panel, _ := root["panel"].(map[string]any)
		for _, name := range s.Keys([]string{"panel"}, panel) {
			p.Rows = append(p.Rows, []string{name})
		}
	}
	var known []string
	for name := range p.Panels {
		known = append(known, name)
	}
	for i, row := range p.Rows {
		if len(row) == 0 {
			return nil, s.Fault(decode.Element([]string{"rows"}, i), "found a row without panels")
		}
		for _, name := range row {
			if _, ok := p.Panels[name]; !ok {
				return nil, s.Fault(decode.Element([]string{"rows"}, i), "found %q, want a panel%s", name, decode.Meant(name, known))
			}
		}
	}
	return p, nil
}

// StyleFile is the path of the plate's style file, "" where it has none.
func (p *Plate) StyleFile() string {
	if p.Style == "" {
		return ""
	}
	return p.path(p.Style)
}

func (p *Plate) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.folder, name)
}

// Draw makes the plate in a style.
func (p *Plate) Draw(style *Style) (*canvas.Figure, error) {
	var rows [][]plate.Panel
	for _, row := range p.Rows {
		var panels []plate.Panel
		for _, name := range row {
			x := p.Panels[name]
			q := Request{Figure: x.Figure, Areas: x.Areas, Style: style, Names: Names(x.Runs)}
			if x.Steps != "" {
				q.Steps, _ = ParseSteps(x.Steps)
			}
			for _, dir := range x.Runs {
				q.Runs = append(q.Runs, rundir.Folder(p.path(dir)))
			}
			panels = append(panels, plate.Panel{Share: x.Share, Make: func(width canvas.Pt, letters int) (*canvas.Figure, error) {
				q := q
				q.Width, q.Letters = width, max(letters, 0)
				f, err := Draw(q)
				if err != nil {
					return nil, fmt.Errorf("panel %s: %w", name, err)
				}
				return f, nil
			}})
		}
		rows = append(rows, panels)
	}
	return plate.Compose(rows, plate.Options{Name: "plate", Title: p.Title, Width: canvas.Pt(p.Width), Gap: canvas.Pt(p.Gap), Letters: p.Letters && style.Letters, Style: style.Canvas()})
}
