package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/figure"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/plots/canvas"
	"ventral/plots/movie"
)

// plotCommand is the verb plot.
func plotCommand(p *terminal.Printer) *cobra.Command {
	var o figure.Options
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
			case o.Plate != "":
				if len(args) > 0 {
					return exit.Wrongf("--plate: found %s besides; the runs of a plate stand in its file", strings.Join(args, " "))
				}
				return figure.Plate(p, o)
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
				return figure.One(p, o, args[:runs], args[runs])
			}
			for _, name := range []string{"areas", "steps", "width", "style", "format", "font", "image", "ms"} {
				if cmd.Flags().Changed(name) {
					return exit.Wrongf("--%s: is for one figure; want its name after the run, such as cortex plot %s accuracy --%s", name, args[0], name)
				}
			}
			if runs > 1 || o.Out != "" || o.By != "" || len(o.Conditions) > 0 {
				return figure.Together(p, o, args)
			}
			return plotAgain(p, args[0])
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&o.Areas, "areas", nil, "`areas` that are drawn, such as V4,IT")
	f.StringVar(&o.Steps, "steps", "", "`steps` that are drawn, such as 2..8")
	f.StringVar(&o.Width, "width", "", "`width` of the figure, such as 85mm")
	f.Float64Var(&o.Font, "font", 0, "size of text, in `pt`")
	f.StringVar(&o.Style, "style", "", "`file` of fonts, sizes, colours and widths")
	f.BoolVar(&o.MS, "ms", false, "axes of steps are in milliseconds")
	f.StringSliceVar(&o.Formats, "format", nil, "`formats`: "+strings.Join(slices.Concat(canvas.Formats, movie.Formats), ", ")+" (default that of --out, or pdf)")
	f.StringVar(&o.Out, "out", "", "`file` of the figure, without extension for several formats; folder of a report of several")
	f.IntVar(&o.Image, "image", movie.None, "`image` whose maps a movie shows, by its number; by default the first")
	f.StringVar(&o.By, "by", "", "what a report of several shows a line for: `run` or condition")
	f.StringArrayVar(&o.Conditions, "condition", nil, "conditions of a report by condition, by `name`; by default all that are there")
	f.StringVar(&o.Plate, "plate", "", "`file` that says which figures stand together")
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
