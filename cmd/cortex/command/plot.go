package command

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ventral/experiments"
)

func (p *program) plot() *cobra.Command {
	return &cobra.Command{
		Use:   "plot RUN",
		Short: "Draw the figures and the page of a run again",
		Long:  "plot draws from the files in the folder of a run, without an engine and without images.",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := experiments.Folder(args[0])
			if _, _, err := experiments.Open(dir); err != nil {
				return wrong{err}
			}
			if err := experiments.Plot(dir); err != nil {
				return err
			}
			fmt.Fprintln(p.out, "page:", filepath.Join(args[0], "index.html"))
			return nil
		},
	}
}
