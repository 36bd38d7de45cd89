package command

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// diffCommand is the verb diff.
func diffCommand(p *terminal.Printer) *cobra.Command {
	return p.AsJSON(&cobra.Command{
		Use:   "diff A B",
		Short: "Say what differs between two experiments or runs",
		Long: `diff compares what two experiments mean: areas and connections that were added,
removed, retimed or resized, what follows for parameters, multiply-adds and onsets,
validation and test accuracy where both are runs, and any other key. Equal
keys are not shown.

A and B are experiments, variants (FILE:VARIANT) or the folders of runs.`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: completion.Experiments,
		RunE: func(_ *cobra.Command, args []string) error {
			var sides [2]compare.Side
			for i, name := range args {
				var err error
				if sides[i], err = side(name); err != nil {
					return err
				}
			}
			d, err := compare.NewDiff(sides[0], sides[1])
			if err != nil {
				return exit.WrongUnlessFault(err)
			}
			return p.Report(d, func(w io.Writer) { d.Print(w) })
		},
	})
}

// side reads one of the two.
func side(name string) (compare.Side, error) {
	s := compare.Side{Name: name}
	if dir := rundir.Folder(name); dir.IsRun() {
		e, info, err := run.Open(dir)
		if err != nil {
			return s, exit.Wrong(err)
		}
		o, err := rundir.ReadStatus(dir, false)
		if err != nil {
			return s, exit.Wrong(err)
		}
		s.Experiment, s.Test, s.Validated, s.Seed = e, o.Test, o.Validated, info.Seed
		if info.Condition != nil {
			s.Lesions = info.Condition.Lesions
		}
		return s, nil
	}
	var c flags.Choice
	name, c.Variant = splitVariant(name)
	e, _, err := c.Load(name)
	s.Experiment = e
	return s, err
}

// splitVariant splits FILE:VARIANT; the colon of a drive's letter is the file's.
func splitVariant(name string) (file, variant string) {
	if i := strings.LastIndexByte(name, ':'); i > 1 {
		return name[:i], name[i+1:]
	}
	return name, ""
}
