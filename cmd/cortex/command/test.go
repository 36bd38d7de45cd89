package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/contrast"
	"ventral/experiments/probe"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// testCommand is the verb test.
func testCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var x asked
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
  cortex test runs/debris --lesion "all norms=keep"
  cortex test runs/debris --condition backward_masking

--condition names a table [condition.NAME] of the experiment, or a protocol: one of
[protocol.NAME], or a built-in one (cortex list protocols). Where these have lists,
it is several conditions, "all" is every table. Their accuracy at each step stands
side by side in conditions/accuracy.csv, with a figure, and so do contrasts: those
of [contrast], and of --contrast "intact - cut". With --with FILE the tables may
stand in a file of their own.

A lesion is the name of a table [lesion.NAME] of the experiment, or selectors of
connections with gain=G (0 silences, and is the default) and steps=WINDOW; channels of
an area, as in "V4#3,17", may stand among them, and kind=noise, freeze or shuffle.
"connections" is each connection alone, "roles" each role, "all" both. Lists of gains
make conditions, and so do norms that a lesion affects: NAME[norms=keep] and
NAME[norms=reestimate].
cortex record does the same and records activity, too. cortex show, analyse and
plot take the folder of a condition as that of a run.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return testConditions(ctx, p, rundir.Folder(args[0]), x, &c, noFigures)
		},
	})
	x.addTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().BoolVar(&noFigures, "no-figures", false, "draw nothing; cortex plot CONDITION does it later")
	return cmd
}

// asked is what flags say of conditions.
type asked struct {
	run.Condition
	names     []string // of tables or protocols
	with      string   // file of tables
	contrasts []string
	probes    []probe.Request // that measure the cortex in each condition
}

// addTo adds the flags that make conditions.
func (x *asked) addTo(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&x.names, "condition", nil, "a `condition`: the name of a table [condition.NAME] or of a protocol, or all (may be repeated)")
	cmd.Flags().StringVar(&x.with, "with", "", "a `file` with more tables [protocol.NAME], [condition.NAME], [lesion.NAME] and [contrast]")
	cmd.Flags().StringArrayVar(&x.contrasts, "contrast", nil, "a difference of conditions, as in \"intact - cut\" (may be repeated)")
	cmd.Flags().StringArrayVar(&x.Set, "set", nil, "a key that the condition changes: `key=value`, such as steps=12 (may be repeated)")
	cmd.Flags().StringArrayVar(&x.Lesions, "lesion", nil, "a `lesion`: the name of a table [lesion.NAME], or connections as in \"IT->V4@4.. gain=0\" (may be repeated)")
	completion.Flag(cmd, "condition", completion.Conditions)
	completion.Flag(cmd, "with", completion.Tables)
	cmd.Flags().StringVar(&x.Name, "name", "", "the condition's `name`, by default made of its lesions and keys")
}

// testConditions tests a run in the conditions that are named, or in the one that the
// other flags make, and says what it showed.
func testConditions(ctx context.Context, p *terminal.Printer, dir rundir.Folder, x asked, c *flags.Choice, noFigures bool) error {
	named, err := x.list(dir)
	if err != nil {
		return exit.Wrong(err)
	}
	if len(x.names) == 0 && len(named.List) == 1 {
		if len(x.contrasts) > 0 {
			return exit.Wrongf("--contrast: found one condition, want several, such as --condition all")
		}
		x.Condition = named.List[0]
		return testCondition(ctx, p, dir, x, c, noFigures)
	}
	table, err := sideBySide(ctx, p, dir, x, named, c, noFigures)
	if table == nil {
		return err
	}
	return errors.Join(p.Report(table, func(w io.Writer) { fmt.Fprint(w, table.Text()) }), err)
}

// list returns the conditions that are asked for: those that are named, or those that the
// other flags make; lists of lesions, and norms that these affect, make several of one.
func (x *asked) list(dir rundir.Folder) (*run.Named, error) {
	if len(x.names) == 0 {
		if x.with != "" {
			return nil, errors.New("--with: found no --condition, want one, such as --condition all")
		}
		list, err := run.Each(dir, x.Condition)
		return &run.Named{List: list}, err
	}
	if x.Name != "" {
		return nil, fmt.Errorf("--name: found %q beside --condition, whose name it has", x.Name)
	}
	return run.Conditions(dir, x.names, x.with, x.Condition)
}

// sideBySide tests a run in conditions, analyses and draws each, and all of them together.
// The error of a contrast that was asked for comes with the table.
func sideBySide(ctx context.Context, p *terminal.Printer, dir rundir.Folder, x asked, named *run.Named, c *flags.Choice, noFigures bool) (*report.ConditionTable, error) {
	o, err := c.Options(p.Args, "")
	if err != nil {
		return nil, err
	}
	for _, c := range named.List {
		if err := run.CheckCondition(dir, c, o); err != nil {
			return nil, exit.Wrong(err)
		}
	}
	with := report.Beside{Contrasts: named.Contrasts, Suffix: named.Suffix, Note: named.Left}
	for _, text := range x.contrasts {
		c := contrast.Contrast{Name: text, Of: text}
		if _, err := named.Known().Rows(c); err != nil {
			return nil, exit.Wrongf("--%w; a contrast is of conditions that the same command tests", c.Fault(err))
		}
		with.Contrasts = append(with.Contrasts, c)
	}
	progress := terminal.NewProgress(p.Notes())
	defer progress.End()
	o.Report = progress
	if named.Left != "" {
		progress.Note("%s", named.Left)
	}
	var done []rundir.Folder
	there, err := run.TestAll(ctx, dir, named.List, o, func(f rundir.Folder) {
		progress.Note("%s: is there already", f)
		if len(x.probes) == 0 && (noFigures || report.Drawn(f)) {
			done = append(done, f)
		}
	})
	if errors.Is(err, context.Canceled) {
		progress.End()
		fmt.Fprintln(p.Err, "cortex: interrupted; the same command goes on with the conditions that are missing, and the run is as it was")
	}
	if err != nil {
		return nil, err
	}
	for _, f := range there {
		if slices.Contains(done, f) {
			continue
		}
		if len(x.probes) > 0 {
			if err := run.Probe(ctx, f, x.probes, o); err != nil {
				return nil, err
			}
		}
		if err := analyse(f); err != nil {
			return nil, err
		}
		if noFigures {
			continue
		}
		if err := report.Draw(f); err != nil {
			return nil, err
		}
	}
	if len(x.names)+len(x.Set) == 0 { // they differ from the run by lesions alone
		if err := report.CompareLesions(dir, there); err != nil {
			return nil, err
		}
	}
	table, err := report.Conditions(dir, there, with, !noFigures)
	return table, exit.WrongUnlessFault(err)
}

// testCondition tests a run in a condition, analyses and draws that, and says what
// it showed.
func testCondition(ctx context.Context, p *terminal.Printer, dir rundir.Folder, x asked, c *flags.Choice, noFigures bool) error {
	o, err := c.Options(p.Args, "")
	if err != nil {
		return err
	}
	if err := run.CheckCondition(dir, x.Condition, o); err != nil {
		return exit.Wrong(err)
	}
	progress := terminal.NewProgress(p.Notes())
	defer progress.End()
	o.Report = progress
	there, err := run.Test(ctx, dir, x.Condition, o)
	if err == nil && len(x.probes) > 0 {
		err = run.Probe(ctx, there, x.probes, o)
	}
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
