package command

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/table"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// lsCommand is the verb ls.
func lsCommand(p *terminal.Printer) *cobra.Command {
	var filters []string
	var sort string
	cmd := p.AsJSON(&cobra.Command{
		Use:   "ls [FOLDER…]",
		Short: "List the runs below folders, with their state, validation and test accuracy",
		Long: `ls finds runs and their controls below folders, by default below runs, or here
where there is no folder of that name. A run is running, interrupted (Ctrl-C),
stopped (its process was killed), failed or finished; all but the first and the
last go on with cortex run RUN --resume. "running (no locks here)" is a run that
says so itself on a file system without locks: its process may have been killed.

Further columns are keys in which the listed runs differ: at most six, of keys that
every run has. --json has them all. Validation accuracy is that of the last epoch, whose
cortex is tested. Choose among runs by it: a run that is chosen by test images
looks better than it is. With --quiet the folders alone are listed.

--filter and --sort take a column (folder, name, variant, seed, state, epochs,
validation, best, test, parameters, seconds, started, updated) or any key of the
experiments; best is the highest validation accuracy of an epoch, accuracy another
word for validation:

  cortex ls --filter state=finished --sort -validation
  cortex ls --filter 'train.rate<=0.01' --filter name=debris --sort seed`,
		ValidArgsFunction: completion.Folders,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
				if s, err := os.Stat("runs"); err == nil && s.IsDir() {
					args = []string{"runs"}
				}
			}
			for _, a := range args {
				if err := rundir.NoFolder(rundir.Folder(a)); err != nil {
					return exit.Wrong(err)
				}
				if _, err := os.ReadDir(a); err != nil {
					return exit.Wrong(err)
				}
			}
			runs, faults := rundir.List(args)
			for _, err := range faults {
				fmt.Fprintf(p.Err, "cortex: left out: %v\n", err)
			}
			runs, err := selected(runs, filters, sort)
			if err != nil {
				return err
			}
			if p.Quiet && !p.JSON {
				for _, x := range runs {
					fmt.Fprintln(p.Out, x.Folder)
				}
				return leftOut(faults)
			}
			if err := listRuns(p, runs); err != nil {
				return err
			}
			return leftOut(faults)
		},
	})
	cmd.Flags().StringArrayVar(&filters, "filter", nil, "only runs with `key=value`, or with !=, <, <=, >, >= (may be repeated)")
	cmd.Flags().StringVar(&sort, "sort", "", "order by a column or `key`; -key begins with the greatest")
	completion.Flag(cmd, "filter", completion.Columns("="))
	completion.Flag(cmd, "sort", completion.Columns(""))
	return cmd
}

// selected are the runs that pass all filters, in the order that is asked for.
func selected(runs []rundir.Row, filters []string, sort string) ([]rundir.Row, error) {
	for _, text := range filters {
		f, err := rundir.ParseFilter(text)
		if err == nil {
			err = rundir.KnownKey(runs, f.Key, spec.Near)
		}
		if err != nil {
			return nil, exit.Wrongf("--filter: %v", err)
		}
		kept := []rundir.Row{}
		for i := range runs {
			if f.Holds(&runs[i]) {
				kept = append(kept, runs[i])
			}
		}
		runs = kept
	}
	if sort != "" {
		if err := rundir.KnownKey(runs, strings.TrimPrefix(sort, "-"), spec.Near); err != nil {
			return nil, exit.Wrongf("--sort: %v", err)
		}
		rundir.Sort(runs, sort)
	}
	return runs, nil
}

// listRuns prints runs with the keys in which they differ.
func listRuns(p *terminal.Printer, runs []rundir.Row) error {
	if runs == nil {
		runs = []rundir.Row{} // [] in JSON
	}
	differing := rundir.DifferingKeys(runs)
	keys := []string{}
	for _, d := range differing {
		keys = append(keys, d.Key)
	}
	for i := range runs {
		runs[i].Settings = map[string]string{}
		for _, k := range keys {
			if v, ok := runs[i].Setting(k); ok {
				runs[i].Settings[k] = v
			}
		}
	}
	return p.Report(struct {
		Format    int          `json:"format"`
		Differing []string     `json:"differing"`
		Runs      []rundir.Row `json:"runs"`
	}{rundir.Format, keys, runs}, func(w io.Writer) { table.Runs(w, runs, differing) })
}

// leftOut is the error of a list from which runs are missing, which the user has
// been told of.
func leftOut(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	return exit.Wrong(exit.ErrReported)
}
