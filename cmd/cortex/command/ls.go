package command

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ventral/experiments"
)

func (p *program) ls() *cobra.Command {
	var filters []string
	var sort string
	cmd := p.asJSON(&cobra.Command{
		Use:   "ls [FOLDER…]",
		Short: "List the runs below folders, with their state and test accuracy",
		Long: `ls finds runs and their controls below folders, by default below runs, or here
where there is no folder of that name. A run is running, interrupted (Ctrl-C),
stopped (its process was killed), failed or finished; all but the first and the
last go on with cortex run RUN --resume. "running (no locks here)" is a run that
says so itself on a file system without locks: its process may have been killed.

--filter and --sort take a column (folder, name, variant, seed, state, epochs,
accuracy, parameters, seconds, started, updated) or any key of the experiments:

  cortex ls --filter state=finished --sort -accuracy
  cortex ls --filter 'train.rate<=0.01' --filter name=debris --sort seed`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
				if s, err := os.Stat("runs"); err == nil && s.IsDir() {
					args = []string{"runs"}
				}
			}
			for _, a := range args {
				if err := wantFolder(a); err != nil {
					return err
				}
				if _, err := os.ReadDir(a); err != nil {
					return wrong{err}
				}
			}
			runs, faults := experiments.List(args)
			for _, err := range faults {
				fmt.Fprintf(p.err, "cortex: left out: %v\n", err)
			}
			for _, text := range filters {
				f, err := experiments.ParseFilter(text)
				if err == nil {
					err = experiments.KnownKey(runs, f.Key)
				}
				if err != nil {
					return wrongf("--filter: %v", err)
				}
				kept := []experiments.Listed{}
				for i := range runs {
					if f.Holds(&runs[i]) {
						kept = append(kept, runs[i])
					}
				}
				runs = kept
			}
			if sort != "" {
				if err := experiments.KnownKey(runs, strings.TrimPrefix(sort, "-")); err != nil {
					return wrongf("--sort: %v", err)
				}
				experiments.Sort(runs, sort)
			}
			if runs == nil {
				runs = []experiments.Listed{}
			}
			return p.report(struct {
				Format int                  `json:"format"`
				Runs   []experiments.Listed `json:"runs"`
			}{1, runs}, func(w io.Writer) { table(w, runs) })
		},
	})
	cmd.Flags().StringArrayVar(&filters, "filter", nil, "only runs with `key=value`, or with !=, <, <=, >, >= (may be repeated)")
	cmd.Flags().StringVar(&sort, "sort", "", "order by a column or `key`; -key begins with the greatest")
	return cmd
}

// table prints runs in columns.
func table(out io.Writer, runs []experiments.Listed) {
	if len(runs) == 0 {
		fmt.Fprintln(out, "no runs")
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "folder\tname\tvariant\tseed\tstate\tepochs\taccuracy (%)\tparameters\ttime\tbegun\n")
	for _, x := range runs {
		accuracy, epochs := "–", fmt.Sprintf("%d/%d", x.EpochsDone, x.Epochs)
		if a := float64(x.Accuracy); !math.IsNaN(a) {
			accuracy = fmt.Sprintf("%.1f", a)
		}
		if x.Epochs == 0 { // of a file from before epochs were noted
			epochs = "–"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%d\t%s\t%s\n", x.Folder, x.Name, dash(x.Variant), x.Seed, experiments.StateText(x.State, x.Unsure), epochs, accuracy, x.Parameters,
			clock(time.Duration(x.Seconds*float64(time.Second))), x.Started.Local().Format("2006-01-02 15:04"))
	}
	w.Flush()
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
