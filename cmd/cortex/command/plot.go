package command

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
)

// plotCommand is the verb plot.
func plotCommand(p *terminal.Printer) *cobra.Command {
	return &cobra.Command{
		Use:   "plot RUN|COMPARISON",
		Short: "Draw the figures and the page of a run again",
		Long: `plot draws from the files in the folder of a run, without an engine and without
images. For a comparison it also makes the tests, tables and page again.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
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
			fmt.Fprintln(p.Out, "page:", filepath.Join(args[0], "index.html"))
			return nil
		},
	}
}
