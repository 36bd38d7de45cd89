package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/compare"
	"ventral/experiments/readable"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// rmCommand is the verb rm.
func rmCommand(p *terminal.Printer) *cobra.Command {
	var yes, checkpoints, take bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "rm RUN|SWEEP|COMPARISON…",
		Short: "Remove runs, sweeps or comparisons, or the checkpoints of finished runs",
		Long: `rm removes folders of runs with their controls, and those of sweeps and comparisons
with the runs that lie in them, and nothing else. It lists the folders with their
sizes. On a terminal it asks; elsewhere it wants --yes. A run that a
process works on is refused, and so is everything if one of the arguments is, or a
run in a sweep or a comparison; nothing is removed before all of it is locked.
Symbolic links are removed, and their targets are not. In the folder of a sweep or
a comparison, files that cortex did not write stay, and so does the folder.`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completion.Runs,
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := allRemovals(p.Err, args, checkpoints, take)
			if err != nil {
				return err
			}
			w := p.Out
			if p.JSON {
				w = p.Err
			}
			if len(list) == 0 {
				fmt.Fprintln(w, "there is nothing to remove")
			}
			for _, r := range list {
				fmt.Fprintln(w, removal(r))
			}
			if len(list) > 0 && !yes && !confirmed(p, w) {
				return exit.ErrReported
			}
			if err := remove(list); err != nil {
				return err
			}
			return p.Report(struct {
				Format  int               `json:"format"`
				Removed []*rundir.Removal `json:"removed"`
			}{rundir.Format, list}, func(w io.Writer) { fmt.Fprintln(w, "removed") })
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&checkpoints, "checkpoints", false, "only the checkpoints of runs that are finished; their trained weights stay")
	cmd.Flags().BoolVar(&take, "take-running", false, "on a file system without locks: remove runs that are called running, too, since nobody works on them")
	return cmd
}

// allRemovals finds what is to be deleted of all folders, each thing once. Notes is
// told of runs whose checkpoints stay.
func allRemovals(notes io.Writer, folders []string, checkpoints, take bool) (list []*rundir.Removal, err error) {
	for _, a := range folders {
		if _, err := os.Lstat(a); errors.Is(err, fs.ErrNotExist) {
			return nil, exit.Wrong(rundir.NoFolder(rundir.Folder(a)))
		}
		found, err := removals(notes, rundir.Folder(a), checkpoints, take)
		if errors.As(err, new(*rundir.Busy)) {
			return nil, err
		}
		if err != nil {
			return nil, exit.Wrong(err)
		}
		for _, r := range found {
			if !slices.ContainsFunc(list, r.Same) {
				list = append(list, r)
			}
		}
	}
	for _, r := range list {
		if i := slices.IndexFunc(list, r.Within); i >= 0 {
			return nil, exit.Wrongf("%s: lies in %s; name one of them", r.Folder, list[i].Folder)
		}
	}
	return list, nil
}

// remove locks all of the list before it deletes anything. What stands side by side of the
// conditions of a run is made again without those that are gone.
func remove(list []*rundir.Removal) error {
	if err := removeLocked(list); err != nil {
		return err
	}
	for _, r := range list {
		if err := report.ConditionRemoved(r.Folder); err != nil {
			return err
		}
	}
	return nil
}

func removeLocked(list []*rundir.Removal) error {
	for _, r := range list {
		if err := r.Lock(); err != nil {
			return err
		}
		defer r.Release()
	}
	for _, r := range list {
		if err := r.Remove(); err != nil {
			return err
		}
	}
	return nil
}

// removals finds what is to be deleted of a folder: of a sweep or a comparison all,
// or the checkpoints of its finished runs.
func removals(notes io.Writer, dir rundir.Folder, checkpoints, take bool) (list []*rundir.Removal, err error) {
	var r *rundir.Removal
	_, noSweep := sweep.Open(dir)
	comparison := compare.IsFolder(dir)
	switch {
	case !dir.IsRun() && !comparison && noSweep != nil && dir.Has("ledger.json"):
		return nil, fmt.Errorf("%w; only what can be read is removed: plan the sweep again, or delete the folder by hand", noSweep)
	case dir.IsRun() || !comparison && noSweep != nil:
		r, err = rundir.NewRemoval(dir, checkpoints, take)
	case checkpoints:
		return finishedRuns(notes, dir)
	case comparison:
		r, err = compare.NewRemoval(dir, take)
	default:
		r, err = sweep.NewRemoval(dir, take)
	}
	return []*rundir.Removal{r}, err
}

// finishedRuns finds the checkpoints of finished runs of a sweep or a comparison,
// and says which runs are not.
func finishedRuns(notes io.Writer, dir rundir.Folder) (list []*rundir.Removal, err error) {
	entries, err := os.ReadDir(filepath.Join(string(dir), "runs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		f := filepath.Join(string(dir), "runs", e.Name())
		runs, _ := rundir.List([]string{f})
		switch {
		case len(runs) == 0 || runs[0].Folder != f:
			continue
		case runs[0].State != rundir.Finished:
			fmt.Fprintf(notes, "%s: is %s, its checkpoints stay\n", f, runs[0].State)
			continue
		}
		r, err := rundir.NewRemoval(rundir.Folder(f), true, false)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// removal says what will be deleted.
func removal(r *rundir.Removal) string {
	if r.Kind != "run" {
		s := fmt.Sprintf("%s (%s): all, %s, %d files, %s", r.Folder, r.Kind, readable.Counted(r.Runs, "run"), r.Files, readable.Bytes(r.Bytes))
		if n := len(r.Kept); n > 0 {
			s += fmt.Sprintf("\n  %s that cortex did not write will stay: %s", readable.Counted(n, "file"), several(r.Kept))
		}
		return s
	}
	what := "all"
	if r.Checkpoints {
		what = "checkpoints"
	}
	s := fmt.Sprintf("%s (%s): %s, %d files, %s", r.Folder, r.State, what, r.Files, readable.Bytes(r.Bytes))
	if n := len(r.Foreign); n > 0 {
		s += fmt.Sprintf("\n  %d of them cortex did not write: %s", n, several(r.Foreign))
	}
	return s
}

// several writes the first five of a list.
func several(list []string) string {
	s := strings.Join(list[:min(len(list), 5)], ", ")
	if len(list) > 5 {
		s += ", …"
	}
	return s
}

// confirmed asks on a terminal whether to go on; elsewhere it says what would do.
func confirmed(p *terminal.Printer, w io.Writer) bool {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprintln(p.Err, "cortex: nothing was removed; --yes removes it")
		return false
	}
	fmt.Fprint(w, "Remove? [y/N] ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if a := strings.ToLower(strings.TrimSpace(answer)); a == "y" || a == "yes" {
		return true
	}
	fmt.Fprintln(p.Err, "cortex: nothing was removed")
	return false
}
