package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/areas"
	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// splits and recorded are what the flags of record take.
var (
	splits   = []string{"train", "validation", "test"}
	recorded = areas.Signals()
)

// recordCommand is the verb record.
func recordCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var images int
	var split string
	var signals []string
	cmd := &cobra.Command{
		Use:   "record RUN",
		Short: "Record the trained cortex of a run once more",
		Long: `record shows images to the trained cortex of a run and writes what every area
does at every time slice into the run's recordings, then draws it.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			e, _, err := run.Open(dir)
			if err != nil {
				return exit.Wrong(err)
			}
			if !cmd.Flags().Changed("images") {
				images = e.Record.Images
			}
			if images < 1 {
				return exit.Wrongf("--images: found %d, want 1 or more", images)
			}
			if split == "" {
				split = e.Record.Split
			}
			if !slices.Contains(splits, split) {
				return exit.Wrongf("--split: found %q, want train, validation or test", split)
			}
			for _, s := range signals {
				if !slices.Contains(recorded, s) {
					return exit.Wrongf("--signals: found %q, want one of %s", s, strings.Join(recorded, ", "))
				}
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
			err = run.RecordAgain(ctx, dir, func(r *spec.Recording) {
				r.Images, r.Split = images, split
				if len(signals) > 0 {
					r.Signals = signals
				}
			}, o)
			if err != nil {
				return err
			}
			if err := analyse(dir); err != nil {
				return err
			}
			if err := report.Draw(dir); err != nil {
				return err
			}
			progress.End()
			fmt.Fprintln(p.Out, "recordings:", filepath.Join(args[0], "recordings"))
			return nil
		},
	}
	c.AddEngineTo(cmd)
	cmd.Flags().IntVar(&images, "images", 0, "images to record (default the experiment's)")
	cmd.Flags().StringVar(&split, "split", "", "where they are from: train, validation or test")
	cmd.Flags().StringSliceVar(&signals, "signals", nil, "signals to write: "+strings.Join(recorded, ", "))
	completion.Flag(cmd, "split", completion.Words(splits...))
	completion.Flag(cmd, "signals", completion.Words(recorded...))
	return cmd
}
