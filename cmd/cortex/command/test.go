package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// testCommand is the verb test.
func testCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var x run.Condition
	noFigures := false
	cmd := p.AsJSON(&cobra.Command{
		Use:   "test RUN",
		Short: "Test the trained cortex of a run in another condition",
		Long: `test tests the trained cortex of a run in a condition: with other images, more time
steps, other windows of its input, or lesions. It writes the answers to
conditions/NAME in the run's folder. Results of the run itself stay as they are.
Weights and the statistics of norms that training filled do not change.
Statistics that training never filled are estimated in the condition, from the
run's training images.

  cortex test runs/debris --set stimuli.fragments=30
  cortex test runs/debris --set steps=12 --set readout.test=1..11 --name longer
  cortex test runs/debris --lesion "role:feedback gain=0"
  cortex test runs/debris --lesion "IT->V4@4.. gain=0.5"

A lesion is the name of a table [lesion.NAME] of the experiment, or selectors of
connections with gain=G (0 silences, and is the default) and steps=WINDOW.
cortex record does the same and records activity, too. cortex show, analyse and
plot take the folder of a condition as that of a run.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return testCondition(ctx, p, rundir.Folder(args[0]), x, &c, noFigures)
		},
	})
	conditionFlags(cmd, &x)
	c.AddEngineTo(cmd)
	cmd.Flags().BoolVar(&noFigures, "no-figures", false, "draw nothing; cortex plot CONDITION does it later")
	return cmd
}

// conditionFlags adds the flags that make a condition.
func conditionFlags(cmd *cobra.Command, x *run.Condition) {
	cmd.Flags().StringArrayVar(&x.Set, "set", nil, "a key that the condition changes: `key=value`, such as steps=12 (may be repeated)")
	cmd.Flags().StringArrayVar(&x.Lesions, "lesion", nil, "a `lesion`: the name of a table [lesion.NAME], or connections as in \"IT->V4@4.. gain=0\" (may be repeated)")
	cmd.Flags().StringVar(&x.Name, "name", "", "the condition's `name`, by default made of its lesions and keys")
}

// testCondition tests a run in a condition, analyses and draws that, and says what
// it showed.
func testCondition(ctx context.Context, p *terminal.Printer, dir rundir.Folder, x run.Condition, c *flags.Choice, noFigures bool) error {
	o, err := c.Options(p.Args, "")
	if err != nil {
		return err
	}
	if err := run.CheckCondition(dir, x, o); err != nil {
		return exit.Wrong(err)
	}
	progress := terminal.NewProgress(p.Notes())
	defer progress.End()
	o.Report = progress
	there, err := run.Test(ctx, dir, x, o)
	if errors.Is(err, context.Canceled) {
		progress.End()
		fmt.Fprintln(p.Err, "cortex: interrupted; the same command begins the condition again, and the run is as it was")
	}
	if err != nil {
		return err
	}
	if err := analyse(there); err != nil {
		return err
	}
	page := ""
	if !noFigures {
		if err := report.Draw(there); err != nil {
			return err
		}
		page = fmt.Sprintf("page: %s\n", filepath.Join(string(there), rundir.PageFile))
	}
	progress.End()
	s, err := rundir.ReadStatus(there, false)
	if err != nil {
		return err
	}
	return p.Report(s, func(w io.Writer) {
		fmt.Fprintf(w, "%s\ncondition: %s\n%s", report.ResultText(s), there, page)
	})
}
