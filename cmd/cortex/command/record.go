package command

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ventral/experiments"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

func (p *program) record() *cobra.Command {
	var c choice
	var images int
	var split string
	var signals []string
	cmd := &cobra.Command{
		Use:   "record RUN",
		Short: "Record the trained cortex of a run once more",
		Long: `record shows images to the trained cortex of a run and writes what every area
does at every time slice into the run's recordings, then draws it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			e, _, err := experiments.Open(dir)
			if err != nil {
				return wrong{err}
			}
			if !cmd.Flags().Changed("images") {
				images = e.Record.Images
			}
			if images < 1 {
				return wrongf("--images: found %d, want 1 or more", images)
			}
			if split == "" {
				split = e.Record.Split
			}
			if split != "train" && split != "validation" && split != "test" {
				return wrongf("--split: found %q, want train, validation or test", split)
			}
			for _, s := range signals {
				if s != "state" && s != "response" && s != "preactivation" {
					return wrongf("--signals: found %q, want state, response or preactivation", s)
				}
			}
			o, err := p.options(&c, "")
			if err != nil {
				return err
			}
			progress := newProgress(p.notes())
			defer progress.end()
			o.Report = progress
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			err = experiments.RecordAgain(ctx, dir, func(r *spec.Recording) {
				r.Images, r.Split = images, split
				if len(signals) > 0 {
					r.Signals = signals
				}
			}, o)
			if err != nil {
				return err
			}
			progress.end()
			fmt.Fprintln(p.out, "recordings:", filepath.Join(args[0], "recordings"))
			return nil
		},
	}
	c.engineFlags(cmd)
	cmd.Flags().IntVar(&images, "images", 0, "images to record (default the experiment's)")
	cmd.Flags().StringVar(&split, "split", "", "where they are from: train, validation or test")
	cmd.Flags().StringSliceVar(&signals, "signals", nil, "signals to write: state, response, preactivation")
	return cmd
}
