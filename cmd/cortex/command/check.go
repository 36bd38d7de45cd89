package command

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// checkCommand is the verb check.
func checkCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var variants, timed bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "check EXPERIMENT|RUN",
		Short: "Say what is known of an experiment before training",
		Long: `check reads an experiment, finds its faults, and prints what follows from it
before any training: when the image reaches each area, receptive fields, what
every connection can change, parameters, multiply-adds and memory; with --time
also how long a training step takes here. It writes nothing. A fault in the file
ends it with status 2. So do data that cannot be read, after everything else was
checked; a fault in one variant does not hide those of the others.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Experiments),
		RunE: func(_ *cobra.Command, args []string) error {
			var faults decode.Faults
			var list []*spec.Experiment
			e, folder, err := c.Load(args[0])
			switch {
			case err != nil && !variants:
				return err
			case err != nil:
				faults.Add(err)
			default:
				list = append(list, e)
			}
			file, text, _, err := flags.Source(args[0])
			if err != nil {
				return err
			}
			for _, v := range spec.VariantsOf(file, text) {
				d := c
				d.Variant = v
				x, _, err := d.Load(args[0]) // its faults are the file's
				if err != nil {
					faults.Add(err)
				} else if variants {
					list = append(list, x)
				}
			}
			if err := faults.Err(); err != nil && !variants {
				return err
			}
			s, err := c.Surroundings(p.Args, folder)
			if err != nil {
				return err
			}
			var checks []*experiments.Check
			for _, e := range list {
				s := s
				s.Time = timed
				x, err := experiments.NewCheck(e, s)
				if err != nil {
					faults.Add(err)
					continue
				}
				checks = append(checks, x)
				if x.DataFault != nil {
					faults.Add(x.DataFault)
				}
			}
			if len(checks) == 0 {
				return faults.Err()
			}
			var v any = checks[0]
			if variants {
				v = checks
			}
			err = p.Report(v, func(w io.Writer) {
				for i, x := range checks {
					if i > 0 {
						fmt.Fprintln(w)
					}
					x.Print(w)
				}
			})
			if err != nil {
				return err
			}
			return faults.Err()
		},
	})
	c.AddTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().BoolVar(&variants, "variants", false, "print every variant too")
	cmd.Flags().BoolVar(&timed, "time", false, "carry out training steps on this machine, and say how long one and all epochs take")
	return cmd
}
