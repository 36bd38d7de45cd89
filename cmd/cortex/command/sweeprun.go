package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/table"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// sweepRunCommand is the verb sweep run.
func sweepRunCommand(p *terminal.Printer) *cobra.Command {
	var f sweepFlags
	var task, ledger string
	var index int
	var array, worker, failFast, keepGoing bool
	cmd := &cobra.Command{
		Use:   "run DIR|SWEEP.toml",
		Short: "Carry out what is missing of a sweep",
		Long: `run carries out every task that is not finished, each in a process of its own, so
that one that fails or is killed does not end the others. Cores and memory are
divided among them. Run again, it does what is missing: a task that was
interrupted goes on from its checkpoint, and one that failed is tried again. Two
calls on one folder share the work.

A folder is carried out as it was planned, whatever became of the files that it
was planned from. A sweep file must expand to what was planned.

With --task HASH, --index N or --array one task is carried out, in this process;
its checkpoint is written when it is asked to end, and the same command goes on.
--array reads the index from SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX or
JOB_COMPLETION_INDEX, which begin at 0, or from SGE_TASK_ID or LSB_JOBINDEX, which
begin at 1.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Sweeps),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keepGoing && failFast {
				return exit.Wrongf("--keep-going and --fail-fast exclude each other")
			}
			if worker {
				t, err := sweep.OpenTask(rundir.Folder(args[0]), task)
				if err != nil {
					return exit.Wrong(err)
				}
				return sweepWorker(cmd.Context(), p, t, &f)
			}
			l, err := sweepOf(args[0], f.out)
			if err != nil {
				return err
			}
			if ledger != "" && ledger != l.Digest() {
				return exit.Wrongf("%s: was planned again since the job array was submitted, so that its indices are those of other tasks; submit it again", l.Folder())
			}
			t, err := one(l, task, cmd.Flags().Changed("index"), index, array)
			if err != nil {
				return exit.Wrong(err)
			}
			if t != nil {
				f.TakeScheduled()
				return sweepTask(cmd.Context(), p, t, &f)
			}
			return sweepAll(cmd.Context(), p, l, &f, !failFast)
		},
	}
	f.flags(cmd)
	f.Handling.AddTo(cmd)
	f.takeFlag(cmd)
	cmd.Flags().StringVar(&task, "task", "", "carry out the one task whose `hash` begins so")
	cmd.Flags().IntVar(&index, "index", 0, "carry out the task of this place in the ledger, from 0")
	cmd.Flags().BoolVar(&array, "array", false, "carry out the task whose index the scheduler gives")
	cmd.Flags().StringVar(&ledger, "ledger", "", "refuse a ledger other than the one with this digest")
	cmd.Flags().MarkHidden("ledger")
	cmd.Flags().BoolVar(&keepGoing, "keep-going", false, "a task that fails does not end the others (the default)")
	cmd.Flags().BoolVar(&failFast, "fail-fast", false, "a task that fails interrupts the others")
	cmd.Flags().BoolVar(&worker, "worker", false, "report to the process that began this one")
	cmd.Flags().MarkHidden("worker")
	return cmd
}

// one returns the one task that flags ask for, nil where they ask for all.
func one(l *sweep.Ledger, task string, indexed bool, index int, array bool) (*sweep.Task, error) {
	asked := 0
	for _, x := range []bool{task != "", indexed, array} {
		if x {
			asked++
		}
	}
	switch {
	case asked > 1:
		return nil, fmt.Errorf("--task, --index and --array exclude each other")
	case task != "":
		return l.Find(task)
	case array:
		var err error
		if index, err = sweep.ArrayIndex(os.Getenv); err != nil {
			return nil, fmt.Errorf("--array: %w", err)
		}
		fallthrough
	case indexed:
		return l.At(index)
	}
	return nil, nil
}

// sweepOf opens the sweep of a folder or of a file. A file that expands to other
// tasks than were planned is an error.
func sweepOf(name, out string) (*sweep.Ledger, error) {
	if !strings.HasSuffix(name, ".toml") {
		if out != "" {
			return nil, exit.Wrongf("--out: %s is the folder already", name)
		}
		l, err := sweep.Open(rundir.Folder(name))
		if err != nil {
			return nil, exit.Wrong(err)
		}
		return l, nil
	}
	l, err := draftSweep(name, out)
	if err != nil {
		return nil, err
	}
	if !l.Folder().Has("ledger.json") {
		return l, l.Write()
	}
	old, err := sweep.Open(l.Folder())
	if err != nil {
		return nil, exit.Wrong(err)
	}
	if added, dropped := l.Changes(old); added+dropped > 0 {
		return nil, exit.Wrongf("%s: the sweep, an experiment or its data changed since it was planned: %s new, %s no longer asked for. Plan again by cortex sweep plan %s, or carry out what was planned by cortex sweep run %s",
			l.Folder(), readable.Counted(added, "task"), readable.Counted(dropped, "task"), name, l.Folder())
	}
	return l, l.Write() // labels may have changed
}

// sweepAll carries out everything that is missing.
func sweepAll(ctx context.Context, p *terminal.Printer, l *sweep.Ledger, f *sweepFlags, keepGoing bool) error {
	o, err := sweepOn(p.Args, f, false)
	if err != nil {
		return err
	}
	if err := f.Handling.PutInto(&run.Options{}); err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	s, err := l.Schedule(o)
	if err != nil {
		return err
	}
	view := terminal.NewSweepProgress(p.Notes(), l, s)
	defer view.End()
	if s.Missing > 0 {
		view.Note("%s: %d of %s missing, %d at a time with %s", l.Folder(), s.Missing, readable.Counted(len(s.Todos), "task"), s.Workers, readable.Counted(s.Threads, "thread"))
	}
	o.KeepGoing, o.Report, o.Arguments = keepGoing, view, f.arguments()
	err = l.Run(ctx, o)
	view.End()
	var unfinished error
	if !errors.Is(err, context.Canceled) {
		unfinished = completed(ctx, l, f.NoFigures)
	}
	t, again := l.Collect()
	if errors.Is(err, context.Canceled) {
		counts := ""
		if again == nil {
			counts = " (" + t.Counts() + ")"
		}
		fmt.Fprintf(p.Err, "cortex: interrupted%s; go on with: cortex sweep run %s\n", counts, l.Folder())
		return err
	}
	if again != nil {
		return errors.Join(err, again)
	}
	fmt.Fprintf(p.Out, "%s: %s\n", l.Folder(), t.Counts())
	if err == nil {
		return unfinished
	}
	if unfinished != nil {
		fmt.Fprintln(p.Err, "cortex:", unfinished)
	}
	table.Failures(p.Err, l, t)
	return exit.ErrReported
}

// sweepWorker carries one task out for the process that began this one: it goes
// on while its standard input is open, whatever is typed, and reports on its
// output.
func sweepWorker(ctx context.Context, p *terminal.Printer, t *sweep.Task, f *sweepFlags) error {
	f.TakeScheduled()
	o, err := f.Choice.Options(p.Args, "")
	if err != nil {
		return err
	}
	if err := f.Handling.PutInto(&o); err != nil {
		return err
	}
	ctx, stop := endable(ctx)
	defer stop()
	signal.Ignore(os.Interrupt)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	d := observed(sweep.Wire(p.Out), f.NoFigures)
	o.Report = d
	err = carryOutTask(ctx, p, t, f, d, o)
	if busy := (*rundir.Busy)(nil); errors.As(err, &busy) {
		return nil // no failure: the process that began this one sees that it is not done
	}
	return err
}

// sweepTask carries one task out in this process.
func sweepTask(ctx context.Context, p *terminal.Printer, t *sweep.Task, f *sweepFlags) error {
	o, err := f.Choice.Options(p.Args, "")
	if err != nil {
		return err
	}
	if err := f.Handling.PutInto(&o); err != nil {
		return err
	}
	ctx, stop := endable(ctx)
	defer stop()
	view := terminal.NewProgress(p.Notes())
	defer view.End()
	d := observed(view, f.NoFigures)
	o.Report = d
	err = carryOutTask(ctx, p, t, f, d, o)
	view.End()
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(p.Err, "cortex: %s: interrupted; the same command goes on\n", t.Folder())
	}
	if err != nil {
		return err
	}
	return summary(p, t.Folder())
}

// carryOutTask trains and tests a task's run, and then tests that in the conditions that the
// task asks for.
func carryOutTask(ctx context.Context, p *terminal.Printer, t *sweep.Task, f *sweepFlags, d *drawing, o run.Options) error {
	if err := d.end(t.Folder(), t.Work(ctx, o, f.take)); err != nil {
		return err
	}
	return t.Condition(ctx, func(ctx context.Context) error {
		e, err := t.Experiment()
		if err != nil {
			return err
		}
		return conditionsOf(ctx, p, t.Folder(), e, t.ExperimentFile(), &f.Choice, f.NoFigures)
	})
}
