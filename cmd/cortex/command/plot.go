package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/decode"
	"ventral/experiments/figures"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/plots/canvas"
	"ventral/plots/movie"
)

// plotting are the flags of the verb plot.
type plotting struct {
	areas                           []string
	steps, width, style, plate, out string
	formats                         []string
	font                            float64
	image                           int
	ms                              bool
	by                              string
	conditions                      []string
}

// plotCommand is the verb plot.
func plotCommand(p *terminal.Printer) *cobra.Command {
	var o plotting
	cmd := &cobra.Command{
		Use:   "plot RUN|COMPARISON | plot RUN… FIGURE | plot RUN… --out FOLDER | plot --plate FILE",
		Short: "Draw the figures and the page of a run again, or a figure for a paper",
		Long: `plot draws from the files in the folder of a run, without an engine and without
images: all figures and the page. For a comparison it also makes the tests, tables and
page again.

With the name of a FIGURE, that of its file in the folder figures, it draws this one
alone: into the file FIGURE.pdf, or that of --out. Its caption is printed. Several runs
are drawn over each other. --areas and --steps leave out the rest; --style names a file
of fonts, sizes, colours and widths. Formats are pdf, svg and png; figures of maps over
steps, such as rdm and feature-maps, are movies as gif or apng.

Several runs without a figure are drawn together: figures with a line for each, tables
and a page, into the folder of --out. --by condition does this for the conditions of one
run, all that are there or those of --condition.

--plate puts figures together into one, with letters, as its file says.

  cortex plot runs/debris
  cortex plot runs/debris rdm --areas V4,IT --steps 2..8 --width 85mm --format pdf,svg
  cortex plot runs/with runs/without accuracy --style nature.toml --out fig2.pdf
  cortex plot runs/debris rdm --format gif
  cortex plot runs/with runs/without --out both
  cortex plot runs/debris --by condition --out conditions
  cortex plot --plate plate.toml`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completion.Analyses,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case o.plate != "":
				if len(args) > 0 {
					return exit.Wrongf("--plate: found %s besides; the runs of a plate stand in its file", strings.Join(args, " "))
				}
				return plotPlate(p, o)
			case len(args) == 0:
				return exit.Wrongf("the run is missing; want cortex plot RUN, or --plate FILE")
			}
			runs := 1
			for runs < len(args) && rundir.Folder(args[runs]).IsRun() {
				runs++
			}
			switch {
			case len(args) > runs+1:
				return exit.Wrongf("%s: is not the folder of a run; want runs, and then one figure", args[runs])
			case len(args) == runs+1:
				return plotFigure(p, o, args[:runs], args[runs])
			}
			for _, name := range []string{"areas", "steps", "width", "style", "format", "font", "image", "ms"} {
				if cmd.Flags().Changed(name) {
					return exit.Wrongf("--%s: is for one figure; want its name after the run, such as cortex plot %s accuracy --%s", name, args[0], name)
				}
			}
			if runs > 1 || o.out != "" || o.by != "" || len(o.conditions) > 0 {
				return plotTogether(p, o, args)
			}
			return plotAgain(p, args[0])
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.areas, "areas", nil, "`areas` that are drawn, such as V4,IT")
	f.StringVar(&o.steps, "steps", "", "`steps` that are drawn, such as 2..8")
	f.StringVar(&o.width, "width", "", "`width` of the figure, such as 85mm")
	f.Float64Var(&o.font, "font", 0, "size of text, in `pt`")
	f.StringVar(&o.style, "style", "", "`file` of fonts, sizes, colours and widths")
	f.BoolVar(&o.ms, "ms", false, "axes of steps are in milliseconds")
	f.StringSliceVar(&o.formats, "format", nil, "`formats`: "+strings.Join(slices.Concat(canvas.Formats, movie.Formats), ", ")+" (default that of --out, or pdf)")
	f.StringVar(&o.out, "out", "", "`file` of the figure, without extension for several formats; folder of a report of several")
	f.IntVar(&o.image, "image", movie.None, "`image` whose maps a movie shows, by its number; by default the first")
	f.StringVar(&o.by, "by", "", "what a report of several shows a line for: `run` or condition")
	f.StringArrayVar(&o.conditions, "condition", nil, "conditions of a report by condition, by `name`; by default all that are there")
	f.StringVar(&o.plate, "plate", "", "`file` that says which figures stand together")
	return cmd
}

// plotAgain draws a run or a comparison.
func plotAgain(p *terminal.Printer, arg string) error {
	dir := rundir.Folder(arg)
	draw := compare.Replot
	if !compare.IsComparison(dir) {
		if _, _, err := rundir.ReadExperiment(dir); err != nil {
			return exit.Wrong(err)
		}
		draw = report.Draw
	}
	if err := draw(dir); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "page:", filepath.Join(arg, "index.html"))
	return nil
}

// plotTogether draws a report of several runs, or of conditions of one.
func plotTogether(p *terminal.Printer, o plotting, runs []string) error {
	if o.by == "" {
		o.by = "run"
		if len(o.conditions) > 0 {
			o.by = "condition"
		}
	}
	for _, r := range runs {
		if _, _, err := rundir.ReadExperiment(rundir.Folder(r)); err != nil {
			return exit.Wrong(err)
		}
	}
	t := report.Together{By: o.by, Names: figures.Names(runs)}
	for _, r := range runs {
		t.Folders = append(t.Folders, rundir.Folder(r))
	}
	switch {
	case o.out == "":
		return exit.Wrongf("--out is missing; want the folder of the report, or the name of a figure after the runs, such as cortex plot %s accuracy", strings.Join(runs, " "))
	case rundir.Folder(o.out).IsRun():
		return exit.Wrongf("--out: %s is the folder of a run; want another one", o.out)
	case o.by == "condition" && len(runs) > 1:
		return exit.Wrongf("--by condition: is of one run, found %d", len(runs))
	case o.by == "condition":
		if len(o.conditions) == 0 {
			o.conditions = []string{"all"}
		}
		var err error
		if t, err = report.ConditionsOf(rundir.Folder(runs[0]), o.conditions); err != nil {
			return exit.Wrong(err)
		}
	case o.by != "run":
		return exit.Wrongf("--by: found %q, want run or condition", o.by)
	}
	if err := os.MkdirAll(o.out, 0o777); err != nil {
		return err
	}
	if err := report.DrawTogether(rundir.Folder(o.out), t); err != nil {
		return err
	}
	fmt.Fprintln(p.Out, "page:", filepath.Join(o.out, rundir.PageFile))
	return nil
}

// plotFigure draws one figure of runs.
func plotFigure(p *terminal.Printer, o plotting, runs []string, figure string) error {
	for _, r := range runs {
		if _, _, err := rundir.ReadExperiment(rundir.Folder(r)); err != nil {
			return exit.Wrong(err)
		}
	}
	style, err := o.styled(o.style)
	if err != nil {
		return err
	}
	q := figures.Request{Names: figures.Names(runs), Figure: figure, Areas: o.areas, Style: style}
	for _, r := range runs {
		q.Runs = append(q.Runs, rundir.Folder(r))
	}
	if o.steps != "" {
		if q.Steps, err = figures.ParseSteps(o.steps); err != nil {
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
func (o plotting) movie(p *terminal.Printer, q figures.Request, path, format string) error {
	if len(q.Runs) > 1 {
		return exit.Wrongf("--format %s: is of one run, found %d", format, len(q.Runs))
	}
	m, look, err := figures.Movie(q)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	if look.Image = o.image; o.image != movie.None && !slices.ContainsFunc(m.Panels, func(x movie.Panel) bool { return x.Image == o.image }) {
		return exit.Wrongf("--image: found %d, want one of the images of the figure", o.image)
	}
	return save(p, path, func(w io.Writer) error { return m.Save(w, format, look) })
}

// plotPlate draws the plate of a file.
func plotPlate(p *terminal.Printer, o plotting) error {
	text, err := decode.ReadFile(o.plate)
	if err != nil {
		return exit.Wrong(err)
	}
	x, err := figures.ReadPlate(o.plate, text)
	if err != nil {
		return err
	}
	name := o.style
	if name == "" {
		name = x.StyleFile()
	}
	style, err := o.styled(name)
	if err != nil {
		return err
	}
	if o.width != "" {
		x.Width = style.Width
	}
	f, err := x.Draw(style)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	files, err := o.files(strings.TrimSuffix(filepath.Base(o.plate), ".toml"))
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
func (o plotting) styled(file string) (*figures.Style, error) {
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
	if o.width != "" {
		if err := s.Width.UnmarshalText([]byte(o.width)); err != nil {
			return nil, exit.Wrongf("--width: %v", err)
		}
	}
	if o.font != 0 {
		if o.font < 4 || o.font > 12 {
			return nil, exit.Wrongf("--font: found %g, want 4 to 12 pt", o.font)
		}
		s.Text = o.font
	}
	s.MS = s.MS || o.ms
	return s, nil
}

// file is where a figure is written in a format.
type file struct{ path, format string }

// files are those of a figure that is called by a name.
func (o plotting) files(name string) (list []file, err error) {
	known := slices.Concat(canvas.Formats, movie.Formats)
	base, formats := name, o.formats
	if o.out != "" {
		base = o.out
		if end := strings.TrimPrefix(filepath.Ext(o.out), "."); slices.Contains(known, end) {
			base = strings.TrimSuffix(o.out, "."+end)
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
			return nil, exit.Wrongf("--format: found %q, want one of %s%s", f, strings.Join(known, ", "), decodeMeant(f, known))
		}
		list = append(list, file{base + "." + f, f})
	}
	return list, nil
}

func decodeMeant(found string, known []string) string {
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
