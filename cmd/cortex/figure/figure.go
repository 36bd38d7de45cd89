// Package figure draws what the verb plot asks for besides a whole run: single figures,
// movies, plates, and reports of several runs or conditions.
package figure

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/decode"
	"ventral/experiments/figures"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/plots/canvas"
	"ventral/plots/movie"
)

// Options are the flags of the verb.
type Options struct {
	Areas      []string
	Steps      string // such as "2..8"
	Width      string // such as "85mm"
	Font       float64
	MS         bool
	Style      string // file
	Plate      string // file
	Out        string
	Formats    []string
	Image      int
	By         string
	Conditions []string
}

// Together draws a report of several runs, or of conditions of one.
func Together(p *terminal.Printer, o Options, runs []string) error {
	if o.By == "" {
		o.By = "run"
		if len(o.Conditions) > 0 {
			o.By = "condition"
		}
	}
	for _, r := range runs {
		if _, _, err := rundir.ReadExperiment(rundir.Folder(r)); err != nil {
			return exit.Wrong(err)
		}
	}
	t := report.Together{By: o.By, Names: figures.Names(runs)}
	for _, r := range runs {
		t.Folders = append(t.Folders, rundir.Folder(r))
	}
	switch {
	case o.Out == "":
		return exit.Wrongf("--out is missing; want the folder of the report, or the name of a figure after the runs, such as cortex plot %s accuracy", strings.Join(runs, " "))
	case rundir.Folder(o.Out).IsRun():
		return exit.Wrongf("--out: %s is the folder of a run; want another one", o.Out)
	case o.By == "condition" && len(runs) > 1:
		return exit.Wrongf("--by condition: is of one run, found %d", len(runs))
	case o.By == "condition":
		if len(o.Conditions) == 0 {
			o.Conditions = []string{"all"}
		}
		var err error
		if t, err = report.ConditionsOf(rundir.Folder(runs[0]), o.Conditions); err != nil {
			return exit.Wrong(err)
		}
	case o.By != "run":
		return exit.Wrongf("--by: found %q, want run or condition", o.By)
	}
	if err := os.MkdirAll(o.Out, 0o777); err != nil {
		return err
	}
	if err := report.DrawTogether(rundir.Folder(o.Out), t); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "page:", filepath.Join(o.Out, rundir.PageFile))
	return nil
}

// One draws one figure of runs.
func One(p *terminal.Printer, o Options, runs []string, figure string) error {
	for _, r := range runs {
		if _, _, err := rundir.ReadExperiment(rundir.Folder(r)); err != nil {
			return exit.Wrong(err)
		}
	}
	style, err := o.styled(o.Style)
	if err != nil {
		return err
	}
	q := figures.Request{Names: figures.Names(runs), Figure: figure, Areas: o.Areas, Style: style}
	for _, r := range runs {
		q.Runs = append(q.Runs, rundir.Folder(r))
	}
	if o.Steps != "" {
		if q.Steps, err = figures.ParseSteps(o.Steps); err != nil {
			return exit.Wrongf("--steps: %v", err)
		}
	}
	files, err := o.files(figure)
	if err != nil {
		return err
	}
	var drawn *canvas.Figure
	for _, x := range files {
		if slices.Contains(movie.Formats, x.format) {
			if err := o.movie(p, q, x.path, x.format); err != nil {
				return err
			}
			continue
		}
		if drawn == nil {
			if drawn, err = figures.Draw(q); err != nil {
				return exit.WrongUnlessFault(err)
			}
			fmt.Fprintf(p.Out, "%s. %s\n", drawn.Title, drawn.Caption)
		}
		if err := save(p, x.path, func(w io.Writer) error { return canvas.Save(w, x.format, drawn, 0, 0) }); err != nil {
			return err
		}
	}
	return nil
}

// movie writes the movie of a figure.
func (o Options) movie(p *terminal.Printer, q figures.Request, path, format string) error {
	if len(q.Runs) > 1 {
		return exit.Wrongf("--format %s: is of one run, found %d", format, len(q.Runs))
	}
	m, look, err := figures.Movie(q)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	if look.Image = o.Image; o.Image != movie.None && !slices.ContainsFunc(m.Panels, func(x movie.Panel) bool { return x.Image == o.Image }) {
		return exit.Wrongf("--image: found %d, want one of the images of the figure", o.Image)
	}
	return save(p, path, func(w io.Writer) error { return m.Save(w, format, look) })
}

// Plate draws the plate of a file.
func Plate(p *terminal.Printer, o Options) error {
	text, err := decode.ReadFile(o.Plate)
	if err != nil {
		return exit.Wrong(err)
	}
	x, err := figures.ReadPlate(o.Plate, text)
	if err != nil {
		return err
	}
	name := o.Style
	if name == "" {
		name = x.StyleFile()
	}
	style, err := o.styled(name)
	if err != nil {
		return err
	}
	if o.Width != "" {
		x.Width = style.Width
	}
	f, err := x.Draw(style)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	files, err := o.files(strings.TrimSuffix(filepath.Base(o.Plate), ".toml"))
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, f.Caption)
	for _, file := range files {
		if slices.Contains(movie.Formats, file.format) {
			return exit.Wrongf("--format: found %s, want %s", file.format, strings.Join(canvas.Formats, ", "))
		}
		if err := save(p, file.path, func(w io.Writer) error { return canvas.Save(w, file.format, f, 0, 0) }); err != nil {
			return err
		}
	}
	return nil
}

// styled is the style of a file, "" for that of the house, as the flags change it.
func (o Options) styled(file string) (*figures.Style, error) {
	s := figures.NewStyle()
	if file != "" {
		text, err := decode.ReadFile(file)
		if err != nil {
			return nil, exit.Wrong(err)
		}
		if s, err = figures.ReadStyle(file, text); err != nil {
			return nil, err
		}
	}
	if o.Width != "" {
		if err := s.Width.UnmarshalText([]byte(o.Width)); err != nil {
			return nil, exit.Wrongf("--width: %v", err)
		}
	}
	if o.Font != 0 {
		if o.Font < 4 || o.Font > 12 {
			return nil, exit.Wrongf("--font: found %g, want 4 to 12 pt", o.Font)
		}
		s.Text = o.Font
	}
	s.MS = s.MS || o.MS
	return s, nil
}

// file is where a figure is written in a format.
type file struct{ path, format string }

// files are those of a figure that is called by a name.
func (o Options) files(name string) (list []file, err error) {
	known := slices.Concat(canvas.Formats, movie.Formats)
	base, formats := name, o.Formats
	if o.Out != "" {
		base = o.Out
		if end := strings.TrimPrefix(filepath.Ext(o.Out), "."); slices.Contains(known, end) {
			base = strings.TrimSuffix(o.Out, "."+end)
			if len(formats) == 0 {
				formats = []string{end}
			}
		}
	}
	if len(formats) == 0 {
		formats = []string{"pdf"}
	}
	for _, f := range formats {
		if !slices.Contains(known, f) {
			return nil, exit.Wrongf("--format: found %q, want one of %s%s", f, strings.Join(known, ", "), meant(f, known))
		}
		list = append(list, file{base + "." + f, f})
	}
	return list, nil
}

func meant(found string, known []string) string {
	if k := decode.Nearest(found, known); k != "" {
		return fmt.Sprintf("; did you mean %q?", k)
	}
	return ""
}

// save writes a file, whole or not at all, and says so.
func save(p *terminal.Printer, path string, write func(io.Writer) error) error {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := rundir.Folder(dir).Write(name, write); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "figure:", path)
	return nil
}
