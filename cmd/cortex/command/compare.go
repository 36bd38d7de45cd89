package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/table"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
	"ventral/plots/page"
)

// quantities and levers are what --match and --by take.
var (
	quantities = []string{"parameters", "multiply_adds"}
	levers     = []string{"channels", "kernel", "depth"}
)

// compareCommand is the verb compare.
func compareCommand(p *terminal.Printer) *cobra.Command {
	var c comparison
	var patterns strings.Builder
	var patternNames []string
	for _, x := range compare.Patterns {
		fmt.Fprintf(&patterns, "  %-12s %s\n", x.Name, x.About)
		patternNames = append(patternNames, x.Name)
	}
	cmd := p.AsJSON(&cobra.Command{
		Use:   "compare EXPERIMENT…|RUN…",
		Short: "Train variants with several seeds and say what differs",
		Long: `compare trains every variant with several seeds and makes one table and one page.
Variants are the experiments named, as FILE or FILE:VARIANT; or the variants of one file (--variant a,b, by
default all, and the file as it stands); or one experiment with other patterns in
place of its own (--pattern feedforward,adjacent):

` + patterns.String() + `
Finished runs may be named instead; those that differ in their seeds alone are
runs of one variant.

A network without recurrence runs once in time. --match brings every variant to
the parameters or multiply-adds of one of them within 2 %. --tune KEY=a,b tries the
same values for every variant, with the same seeds, and takes the best on validation
images. Claims are about one outcome, --primary, with training runs as n: Welch's
test for every pair, corrected by Holm. The file's table [compare] gives defaults for all of this.

Runs lie in the comparison's folder, a finished one is never trained again: the same
command goes on where it was interrupted, and with more --seeds trains those that
are new.`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completion.Experiments,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return carryOutComparison(ctx, p, args, &c, cmd)
		},
	})
	f := cmd.Flags()
	f.StringSliceVar(&c.variants, "variant", nil, "`variants` of the one file, with commas; its own name is the file as it stands")
	f.StringSliceVar(&c.patterns, "pattern", nil, "`patterns`, with commas, in place of the experiment's own")
	f.IntVar(&c.seeds, "seeds", 0, "training runs of each variant (default 6, or the file's)")
	f.StringVar(&c.primary, "primary", "", "the `outcome` that claims are made of: accuracy, error or loss, @last or @STEP (default accuracy@last, or the file's)")
	f.StringVar(&c.match, "match", "", "`quantity` that all have as much of: parameters or multiply_adds")
	f.StringVar(&c.to, "to", "", "`variant` that --match leaves as it is (default the first)")
	f.StringVar(&c.by, "by", "", "what --match changes: channels, kernel or depth (default channels)")
	f.StringArrayVar(&c.tune, "tune", nil, "`key=a,b`: values tried for every variant alike (may be repeated)")
	f.IntVar(&c.tuneSeeds, "tune-seeds", 0, "runs of each candidate (default 2, or the file's)")
	f.DurationVar(&c.budget, "budget", 0, "fit the plan to a `time`, such as 10m, and say what was left out")
	f.StringVar(&c.out, "out", "", "the comparison's `folder` (default runs/compare-NAME)")
	f.IntVar(&c.workers, "workers", 0, "runs at a time (0: one a core, as memory allows)")
	f.StringArrayVar(&c.Set, "set", nil, "change a key of all variants: `key=value` (may be repeated)")
	f.StringVar(&c.Seed, "seed", "", "the first seed, instead of the experiment's")
	c.AddEngineTo(cmd)
	c.Handling.AddTo(cmd)
	c.takeFlag(cmd)
	f.Lookup("no-figures").Usage = "draw nothing of the runs; cortex plot RUN does it later"
	for flag, words := range map[string][]string{"match": quantities, "by": levers, "primary": {"accuracy@last", "error@last", "loss@last"}, "pattern": patternNames} {
		completion.Flag(cmd, flag, completion.Words(words...))
	}
	return cmd
}

func carryOutComparison(ctx context.Context, p *terminal.Printer, args []string, c *comparison, cmd *cobra.Command) error {
	var runs []rundir.Folder
	for _, name := range args {
		if rundir.Folder(name).IsRun() {
			runs = append(runs, rundir.Folder(name))
		}
	}
	if len(runs) > 0 {
		if len(runs) < len(args) {
			return exit.Wrongf("found runs and experiments; want either finished runs, or experiments to train")
		}
		return compareRuns(p, runs, c, cmd)
	}
	if err := c.Handling.PutInto(&run.Options{}); err != nil {
		return err
	}
	list, settings, name, err := c.experiments(args)
	if err != nil {
		return err
	}
	if err := c.settings(&settings, cmd); err != nil {
		return err
	}
	plan, err := compare.NewPlan(name, list, settings, c.budget)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	if c.out == "" {
		c.out = filepath.Join("runs", "compare-"+flags.FolderName(name))
	}
	dir := rundir.Folder(c.out)
	if err := compare.Vacant(dir); err != nil {
		return exit.Wrong(err)
	}
	if c.budget > 0 && !compare.Planned(dir) {
		if err := fit(p.Args, plan, c); err != nil {
			return err
		}
	}
	lock, err := compare.Lock(dir)
	if err != nil {
		return err
	}
	defer lock.Release()
	plan, groups, err := trainPlan(ctx, p, plan, dir, c)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(p.Err, "cortex: interrupted; the same command goes on")
		}
		return err
	}
	r, err := compare.NewReport(plan.Name, plan.Primary, groups, plan.LeftOut)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	r.Looks = append(r.Looks, plan.Looks...)
	return writeComparison(p, r, dir)
}

// trainPlan trains what is missing of a plan, or of the one of the same request
// that the folder holds, and returns the plan that it trained.
func trainPlan(ctx context.Context, p *terminal.Printer, plan *compare.Plan, dir rundir.Folder, c *comparison) (*compare.Plan, []*compare.Group, error) {
	kept, err := plan.Kept(dir)
	if err != nil {
		return nil, nil, exit.Wrong(err)
	}
	if kept != nil {
		plan = kept
	}
	if err := plan.Write(dir); err != nil {
		return nil, nil, err
	}
	plan.Describe(p.Notes())
	groups, err := plan.Run(ctx, dir, func(ctx context.Context, l *sweep.Ledger) error {
		return carrySweep(ctx, p, l, &c.sweepFlags)
	}, func(format string, args ...any) { fmt.Fprintf(p.Notes(), format+"\n", args...) })
	return plan, groups, err
}

// fit measures a batch of every variant and fits the plan to the time.
func fit(args []string, plan *compare.Plan, c *comparison) error {
	var seconds []float64
	for _, v := range plan.Variants {
		s, err := c.Choice.CheckOptions(args, v.Folder)
		if err != nil {
			return err
		}
		s.Time = true
		x, err := v.Check(s)
		if err == nil {
			err = x.DataFault
		}
		if err != nil {
			return err
		}
		seconds = append(seconds, x.Seconds)
	}
	return exit.WrongUnlessFault(plan.Fit(c.budget, seconds))
}

// compareRuns compares finished runs.
func compareRuns(p *terminal.Printer, runs []rundir.Folder, c *comparison, cmd *cobra.Command) error {
	for _, flag := range []string{"variant", "pattern", "seeds", "match", "to", "by", "tune", "tune-seeds", "budget", "set", "seed", "checkpoint", "keep", "no-figures", "allow-other-kernel", "take-running"} {
		if cmd.Flags().Changed(flag) {
			return exit.Wrongf("--%s is for experiments to train; these are finished runs", flag)
		}
	}
	groups, err := compare.FromRuns(runs)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	name := strings.Join(names, "-")
	if c.out == "" {
		if c.out, err = rundir.Free(filepath.Join("runs", flags.FolderName("compare-"+name))); err != nil {
			return exit.Wrong(err)
		}
	}
	if err := compare.Vacant(rundir.Folder(c.out)); err != nil {
		return exit.Wrong(err)
	}
	primary := c.primary
	if primary == "" {
		primary = spec.NewComparison().Primary
	}
	r, err := compare.NewReport(name, primary, groups, nil)
	if err != nil {
		return exit.WrongUnlessFault(err)
	}
	lock, err := compare.Lock(rundir.Folder(c.out))
	if err != nil {
		return err
	}
	defer lock.Release()
	return writeComparison(p, r, rundir.Folder(c.out))
}

// writeComparison writes a report and prints it.
func writeComparison(p *terminal.Printer, r *compare.Report, dir rundir.Folder) error {
	r.Provenance = []page.Fact{
		{Label: "program", Value: "cortex " + run.Version()},
		{Label: "command", Value: strings.Join(p.Args, " ")},
	}
	if err := r.Write(dir); err != nil {
		return err
	}
	page := filepath.Join(string(dir), "index.html")
	if abs, err := filepath.Abs(page); err == nil {
		page = abs
	}
	return p.Report(r, func(w io.Writer) {
		r.Print(w)
		fmt.Fprintf(w, "page: %s\n", page)
	})
}

// carrySweep trains what is missing of a comparison's runs. It skips those that
// another process works on.
func carrySweep(ctx context.Context, p *terminal.Printer, l *sweep.Ledger, f *sweepFlags) error {
	o, err := sweepOn(p.Args, f, false)
	if err != nil {
		return err
	}
	s, err := l.Schedule(o)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.Todos, func(x sweep.Todo) bool { return x.Action != sweep.Nothing }) {
		return completed(ctx, l, f.NoFigures)
	}
	view := terminal.NewSweepProgress(p.Notes(), l, s)
	defer view.End()
	if s.Missing > 0 {
		view.Note("%s: %d of %s missing, %d at a time with %s", l.Folder(), s.Missing, readable.Counted(len(s.Todos), "run"), s.Workers, readable.Counted(s.Threads, "thread"))
	}
	o.Report, o.Arguments = view, f.arguments()
	if err := l.Run(ctx, o); err != nil {
		view.End()
		if t, again := l.Collect(); again == nil && !errors.Is(err, context.Canceled) {
			table.Failures(p.Err, l, t)
			return exit.ErrReported
		}
		return err
	}
	return completed(ctx, l, f.NoFigures)
}
