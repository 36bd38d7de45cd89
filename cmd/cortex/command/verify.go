package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// verifyCommand is the verb verify.
func verifyCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	cmd := p.AsJSON(&cobra.Command{
		Use:   "verify RUN",
		Short: "Train the last batches of a run again and compare the bits",
		Long: `verify begins at the checkpoint before the last one, trains up to the last one and
compares every bit of weights, optimiser and statistics, of the run and of its
controls. It writes nothing. Where bits differ it says in which variable first
and by how much, and ends with status 1. On another kernel (CORTEX_KERNEL) or
architecture they may.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			_, info, err := run.Open(dir)
			if err != nil {
				return exit.Wrong(err)
			}
			o, err := c.Options(p.Args, "")
			if err != nil {
				return err
			}
			progress := terminal.NewProgress(p.Notes())
			defer progress.End()
			o.Report = progress
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			dirs := []rundir.Folder{dir}
			for _, name := range info.Controls {
				dirs = append(dirs, dir.Control(name))
			}
			report := struct {
				Format int             `json:"format"`
				Same   bool            `json:"same"`
				Runs   []*run.Verified `json:"runs"`
			}{rundir.Format, true, nil}
			for _, d := range dirs {
				v, err := run.Verify(ctx, d, o)
				if err != nil {
					return err
				}
				report.Runs = append(report.Runs, v)
				report.Same = report.Same && v.Same()
			}
			progress.End()
			err = p.Report(report, func(w io.Writer) {
				for _, v := range report.Runs {
					fmt.Fprintln(w, v)
				}
			})
			return errors.Join(err, different(report.Same))
		},
	})
	c.AddEngineTo(cmd)
	return cmd
}

// different is the error of bits that differ, which the report has told.
func different(same bool) error {
	if same {
		return nil
	}
	return exit.ErrReported
}
