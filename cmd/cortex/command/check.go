package command

import (
	"fmt"
	"io"

	"ventral/experiments/run/check"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
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
also how long a training batch takes here. It writes nothing. A fault in the file
ends it with status 2. So do data that cannot be read, after everything else was
checked: of images in files the first of each split are decoded. A fault in one variant does not hide those of the others.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Experiments),
		RunE: func(_ *cobra.Command, args []string) error {
			var faults decode.Faults
			list, folder, err := readAll(&c, args[0], variants, &faults)
			if err != nil {
				return err
			}
			if err := faults.Err(); err != nil && !variants {
				return err
			}
			s, err := c.CheckOptions(p.Args, folder)
			if err != nil {
				return err
			}
			s.Time, s.Look = timed, true
			checks := checkAll(list, s, &faults)
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
	cmd.Flags().BoolVar(&timed, "time", false, "carry out training batches on this machine, and say how long one and all epochs take")
	return cmd
}

// readAll reads an experiment and all of its variants, and returns the variants,
// too, where they are asked for. Then a fault in the experiment itself is one of
// the faults; otherwise it is the error.
func readAll(c *flags.Choice, name string, variants bool, faults *decode.Faults) (list []*spec.Experiment, folder string, err error) {
	e, folder, err := c.Load(name)
	switch {
	case err != nil && !variants:
		return nil, "", err
	case err != nil:
		faults.Add(err)
	default:
		list = append(list, e)
	}
	file, text, _, err := flags.Source(name)
	if err != nil {
		return nil, "", err
	}
	for _, v := range spec.VariantsOf(file, text) {
		d := *c
		d.Variant = v
		x, _, err := d.Load(name) // its faults are the file's
		if err != nil {
			faults.Add(err)
		} else if variants {
			list = append(list, x)
		}
	}
	return list, folder, nil
}

// checkAll checks experiments. A fault of one, or of its data, is added to the
// faults.
func checkAll(list []*spec.Experiment, s check.Options, faults *decode.Faults) (checks []*check.Check) {
	for _, e := range list {
		x, err := check.New(e, s)
		if err != nil {
			faults.Add(err)
			continue
		}
		checks = append(checks, x)
		if x.DataFault != nil {
			faults.Add(x.DataFault)
		}
	}
	return checks
}
