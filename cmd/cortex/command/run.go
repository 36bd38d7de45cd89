package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/readable"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// runCommand is the verb run.
func runCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var out string
	var resume bool
	var h flags.Handling
	cmd := p.AsJSON(&cobra.Command{
		Use:   "run EXPERIMENT|RUN",
		Short: "Train, test, record and draw an experiment",
		Long: `run carries an experiment out: EXPERIMENT is a TOML file or the name of a built-in
one. Everything goes into a folder of its own, runs/NAME unless --out says
otherwise: the resolved experiment, checkpoints, metrics, logits, recordings,
figures and index.html.

After Ctrl-C, or any other end, --resume continues a run: cortex run RUN --resume,
or cortex run EXPERIMENT --resume where its folder is runs/NAME. There is a
checkpoint after every epoch and every ten minutes, and a run that goes on ends
with the same bits as one without a break.
--checkpoint and --keep do not change what it computes.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Experiments),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return carryOut(ctx, p, args[0], out, resume, &c, &h)
		},
	})
	c.AddTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().StringVar(&out, "out", "", "the run's `folder` (default runs/NAME)")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on with the run in the folder")
	h.AddTo(cmd)
	return cmd
}

// carryOut begins a run, or goes on with one, and prints what it showed. An
// interruption is told with the command that goes on.
func carryOut(ctx context.Context, p *terminal.Printer, name, out string, resume bool, c *flags.Choice, h *flags.Handling) (err error) {
	dir := rundir.Folder(out)
	progress := terminal.NewProgress(p.Notes())
	defer progress.End()
	defer func() {
		if errors.Is(err, context.Canceled) {
			progress.End()
			if !dir.IsRun() {
				fmt.Fprintln(p.Err, "cortex: interrupted before the run began; nothing was written")
				return
			}
			fmt.Fprintf(p.Err, "cortex: interrupted; go on with: cortex run %s --resume\n", dir)
		}
	}()
	if resume {
		if dir, err = folderToResume(name, dir, c); err != nil {
			return err
		}
		err = resumeRun(ctx, progress, p.Args, dir, c, h)
	} else {
		dir, err = beginRun(ctx, progress, p.Args, name, dir, c, h)
	}
	if err != nil {
		return err
	}
	progress.End()
	if err := conditionsOfRun(ctx, p, dir, c, h.NoFigures); err != nil {
		return err
	}
	return summary(p, dir)
}

// conditionsOfRun tests and records a finished run in the conditions that its experiment
// asks for. What is there already stays.
func conditionsOfRun(ctx context.Context, p *terminal.Printer, dir rundir.Folder, c *flags.Choice, noFigures bool) error {
	e, _, err := run.Open(dir)
	if err != nil {
		return err
	}
	return conditionsOf(ctx, p, dir, e, "", c, noFigures)
}

// conditionsOf tests and records a finished run in the conditions that an experiment asks
// for, whose tables stand in the run's experiment, or in the file with besides.
func conditionsOf(ctx context.Context, p *terminal.Printer, dir rundir.Folder, e *spec.Experiment, with string, c *flags.Choice, noFigures bool) error {
	for _, x := range []asked{{names: e.Testing.Condition, with: with}, {names: e.Record.Condition, with: with, Condition: run.Condition{Record: true}}} {
		if len(x.names) == 0 {
			continue
		}
		named, err := x.list(dir)
		if err != nil {
			return exit.Wrong(err)
		}
		table, err := sideBySide(ctx, p, dir, x, named, c, noFigures)
		if err != nil {
			return err
		}
		fmt.Fprint(p.Notes(), table.Text())
	}
	return nil
}

// resumeRun goes on with the run in a folder. Args is the command line.
func resumeRun(ctx context.Context, progress *terminal.Progress, args []string, dir rundir.Folder, c *flags.Choice, h *flags.Handling) error {
	if _, _, err := run.Open(dir); err != nil {
		return exit.Wrong(err)
	}
	o, err := c.Options(args, "")
	if err != nil {
		return err
	}
	if err := h.PutInto(&o); err != nil {
		return err
	}
	d := observed(progress, h.NoFigures)
	o.Report = d
	return goOn(d.end(dir, run.Resume(ctx, dir, o)), dir)
}

// beginRun begins a run of an experiment in a folder, by default a free one of its
// name, and returns the folder, also with an error. Args is the command line.
func beginRun(ctx context.Context, progress *terminal.Progress, args []string, name string, dir rundir.Folder, c *flags.Choice, h *flags.Handling) (rundir.Folder, error) {
	if h.AllowOtherKernel {
		return dir, exit.Wrongf("--allow-other-kernel is for runs that go on, by --resume")
	}
	if rundir.Folder(name).IsRun() {
		return dir, exit.Wrongf("%s: is a run; cortex run %s --resume goes on with it, and %s makes it again", name, name, rundir.Again(rundir.Folder(name)))
	}
	e, folder, err := c.Load(name)
	if err != nil {
		return dir, err
	}
	controls, err := c.Controls(name, e)
	if err != nil {
		return dir, err
	}
	o, err := c.Options(args, folder)
	if err != nil {
		return dir, err
	}
	if err := h.PutInto(&o); err != nil {
		return dir, err
	}
	d := observed(progress, h.NoFigures)
	o.Report = d
	if dir == "" {
		free, err := rundir.Free(string(defaultFolder(e)))
		if err != nil {
			return dir, exit.Wrong(err)
		}
		dir = rundir.Folder(free)
	}
	if err := dir.Vacant(); err != nil {
		return dir, exit.Wrong(err)
	}
	return dir, goOn(d.end(dir, run.Run(ctx, e, controls, dir, o)), dir)
}

// folderToResume returns the folder of the run that is to go on. Name is that folder,
// or an experiment, whose run lies in dir or in runs/NAME. The experiment must be the
// one that the run was begun with.
func folderToResume(name string, dir rundir.Folder, c *flags.Choice) (rundir.Folder, error) {
	if i, err := os.Stat(name); dir == "" && err == nil && i.IsDir() {
		if len(c.Set) > 0 || c.Seed != "" || c.Variant != "" {
			return "", exit.Wrongf("--resume goes on with the run as it was begun; --set, --seed and --variant need a new run")
		}
		return rundir.Folder(name), nil
	}
	if dir == "" {
		e, _, err := c.Load(name)
		if err != nil {
			return "", err
		}
		if dir, err = begun(name, defaultFolder(e)); err != nil {
			return "", err
		}
	}
	return dir, checkSame(name, dir, c)
}

// begun returns the folder of the run that an experiment began where no folder
// was named.
func begun(name string, base rundir.Folder) (rundir.Folder, error) {
	if !base.IsRun() {
		return "", exit.Wrongf("%s: no run of it lies in %s; cortex ls lists runs, and cortex run RUN --resume goes on with one", name, base)
	}
	if second := base + "-2"; second.IsRun() {
		return "", exit.Wrongf("%s: there is more than one run of this name, %s and %s among them; say which goes on: cortex run %s --resume", name, base, second, base)
	}
	return base, nil
}

// defaultFolder is where a run goes whose folder is not named.
func defaultFolder(e *spec.Experiment) rundir.Folder {
	return rundir.Folder(filepath.Join("runs", flags.FolderName(e.Name)))
}

// checkSame reports an experiment that is not the one of the run in dir, its controls
// included.
func checkSame(name string, dir rundir.Folder, c *flags.Choice) error {
	e, _, err := c.Load(name)
	if err != nil {
		return err
	}
	controls, err := c.Controls(name, e)
	if err != nil {
		return err
	}
	if err := run.Same(dir, e, controls); err != nil {
		return exit.Wrong(err)
	}
	return nil
}

// goOn adds to an error of the system, such as a full disk, how a run that has
// begun goes on. Every other error, and nil, stays as it is.
func goOn(err error, dir rundir.Folder) error {
	var system syscall.Errno
	var unread *stimuli.ReadError
	var busy *rundir.Busy
	if !errors.As(err, &system) && !errors.As(err, &unread) || errors.As(err, &busy) || !dir.IsRun() {
		return err
	}
	return fmt.Errorf("%w\nThe run keeps its last checkpoint. When that is put right, go on with: cortex run %s --resume", err, dir)
}

// summary prints what a finished run showed.
func summary(p *terminal.Printer, dir rundir.Folder) error {
	o, err := rundir.ReadStatus(dir, false)
	if err != nil {
		return err
	}
	page := ""
	if dir.Has("index.html") {
		page = filepath.Join(string(dir), "index.html")
		if abs, err := filepath.Abs(page); err == nil {
			page = abs
		}
		page = "page: " + page + "\n"
	}
	if page == "" && p.Quiet {
		page = fmt.Sprintf("run: %s\n", dir)
	}
	if named, err := run.Conditions(dir, []string{"all"}, "", run.Condition{}); err == nil && !p.Quiet {
		page += fmt.Sprintf("%s: cortex test %s --condition all\n", readable.Counted(len(named.List), "condition"), dir)
	}
	return p.Report(o, func(w io.Writer) { fmt.Fprintf(w, "%s\n%s", report.ResultText(o), page) })
}
