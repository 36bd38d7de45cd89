package command

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/table"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec/sweepfile"
	"ventral/experiments/sweep"
)

// sweepCommand is the verb sweep.
func sweepCommand(p *terminal.Printer) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Carry out many experiments: plan, run, status, collect, submit",
		Long: `sweep carries out many experiments. A sweep file says which: variants, seeds, a
grid or a list of settings. Each becomes a task in a folder that is called by what
it computes, so that nothing runs twice, and what was interrupted goes on.

  cortex sweep plan rates.toml        what there is to do, and why
  cortex sweep run rates.toml         do it with the cores of this machine
  cortex sweep submit rates.toml --slurm    or with those of a cluster
  cortex sweep status sweeps/rates    how it stands
  cortex sweep collect sweeps/rates   one table of what came out`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(sweepPlanCommand(p), sweepRunCommand(p), sweepStatusCommand(p), sweepCollectCommand(p), sweepSubmitCommand(p))
	for _, c := range cmd.Commands() {
		c.Args = wrongArgs(c.Args)
	}
	cmd.SuggestionsMinimumDistance = 2
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownVerb(cmd, args[0])
		}
		return nil
	}
	return cmd
}

// sweepPlanCommand is the verb sweep plan.
func sweepPlanCommand(p *terminal.Printer) *cobra.Command {
	var f sweepFlags
	cmd := p.AsJSON(&cobra.Command{
		Use:   "plan SWEEP.toml|DIR",
		Short: "Write the ledger of a sweep and say what run will do",
		Long: `plan reads a sweep file, writes the resolved experiment of every task into the
sweep's folder, and says what run will do about each, and why: begin it, go on
from a checkpoint, try it again, or nothing, since it is finished. Times are those
of training alone, predicted from a batch on this machine.

A file that was planned before is planned anew: tasks that are no longer asked for
leave the ledger, and their runs stay where they are. Of a folder, plan says what
run will do about what was planned there.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Sweeps),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := planned(args[0], f.out)
			if err != nil {
				return err
			}
			o, err := sweepOn(p.Args, &f, true)
			if err != nil {
				return err
			}
			s, err := l.Schedule(o)
			if err != nil {
				return err
			}
			return p.Report(s, func(w io.Writer) { table.Schedule(w, l, s) })
		},
	})
	f.flags(cmd)
	return cmd
}

// planned plans a sweep file, or opens the sweep of a folder.
func planned(name, out string) (*sweep.Ledger, error) {
	if !strings.HasSuffix(name, ".toml") {
		return sweepOf(name, out)
	}
	l, err := draftSweep(name, out)
	if err != nil {
		return nil, err
	}
	return l, l.Write()
}

// sweepStatusCommand is the verb sweep status.
func sweepStatusCommand(p *terminal.Printer) *cobra.Command {
	return p.AsJSON(&cobra.Command{
		Use:   "status DIR|SWEEP.toml",
		Short: "Say how the tasks of a sweep stand",
		Long: `status reads the files of a sweep's folder, and nothing else: it may be called at
any time, anywhere that sees them. Validation accuracy is that of the last epoch that
a task has ended; choose among tasks by it, not by test images.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Sweeps),
		RunE: func(_ *cobra.Command, args []string) error {
			l, t, err := readSweep(args[0])
			if err != nil {
				return err
			}
			return p.Report(t, func(w io.Writer) {
				fmt.Fprintf(w, "%s: %s\n", l.Folder(), t.Counts())
				table.Tasks(w, t)
				if t.Goes() {
					fmt.Fprintf(w, "go on with: cortex sweep run %s\n", l.Folder())
				}
			})
		},
	})
}

// sweepCollectCommand is the verb sweep collect.
func sweepCollectCommand(p *terminal.Printer) *cobra.Command {
	return p.AsJSON(&cobra.Command{
		Use:   "collect DIR|SWEEP.toml",
		Short: "Write one table of what the tasks of a sweep showed",
		Long: `collect reads the files of a sweep's folder and writes results.csv and results.json
there, a row for each task: what tells it from the others, state, parameters,
multiply-adds, seconds, accuracy and loss on validation images by the last and the
best epoch, and the accuracy on test images at every tested step. Choose among tasks
by validation.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Sweeps),
		RunE: func(_ *cobra.Command, args []string) error {
			l, t, err := readSweep(args[0])
			if err != nil {
				return err
			}
			if err := l.WriteResults(t); err != nil {
				return err
			}
			return p.Report(t, func(w io.Writer) {
				table.Tasks(w, t)
				fmt.Fprintf(w, "%s: %s\ntable: %s\n", l.Folder(), t.Counts(), filepath.Join(string(l.Folder()), "results.csv"))
			})
		},
	})
}

// readSweep reads what is known of the sweep in a folder, or in the one that a
// sweep file is planned into.
func readSweep(name string) (*sweep.Ledger, *sweep.Table, error) {
	dir := rundir.Folder(name)
	if strings.HasSuffix(name, ".toml") {
		x, err := readSweepFile(name)
		if err != nil {
			return nil, nil, err
		}
		dir = sweepFolder(x)
	}
	l, err := sweep.Open(dir)
	if err != nil {
		return nil, nil, exit.Wrong(err)
	}
	t, err := l.Collect()
	return l, t, err
}

// readSweepFile reads a sweep file without its experiments.
func readSweepFile(file string) (*sweepfile.Sweep, error) {
	text, err := decode.ReadFile(file)
	if err != nil {
		return nil, exit.Wrongf("%v; want a sweep file, such as rates.toml", err)
	}
	return sweepfile.ReadSweep(file, text)
}

// sweepFolder is where a sweep goes whose folder is not named.
func sweepFolder(x *sweepfile.Sweep) rundir.Folder {
	return rundir.Folder(filepath.Join("sweeps", flags.FolderName(x.Name)))
}

// draftSweep reads a sweep file and its experiments. The folder is out, or
// sweeps/NAME.
func draftSweep(file, out string) (*sweep.Ledger, error) {
	x, err := readSweepFile(file)
	if err != nil {
		return nil, err
	}
	points, err := x.Points(func(name string) (f sweepfile.Found, err error) {
		if beside := filepath.Join(filepath.Dir(file), name); strings.HasSuffix(name, ".toml") && !filepath.IsAbs(name) {
			name = beside
		}
		if f.File, f.Text, f.Folder, err = flags.Source(name); err != nil {
			return f, err
		}
		o, err := (&flags.Choice{}).OverridesOf(name, f.Folder)
		f.Auto, f.Folder = o.Auto, o.Folder
		return f, err
	})
	if err != nil {
		return nil, err
	}
	var items []sweep.Item
	for _, x := range points {
		items = append(items, sweep.Item{Labels: x.Labels, Experiment: x.Experiment, Folder: x.Folder})
	}
	dir := rundir.Folder(out)
	if out == "" {
		dir = sweepFolder(x)
	}
	return sweep.Draft(dir, items)
}
