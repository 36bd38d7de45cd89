// Package table prints runs and tasks in columns.
package table

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ventral/cmd/cortex/terminal"
	"ventral/experiments/rundir"
)

// mostKeys is how many columns of keys a table of runs has.
const mostKeys = 6

// Runs prints runs in columns, those of keys that all have with different
// values among them.
func Runs(out io.Writer, runs []rundir.Row, differing []rundir.Differing) {
	if len(runs) == 0 {
		fmt.Fprintln(out, "no runs")
		return
	}
	var keys []string
	for _, d := range differing {
		if d.Shared && len(keys) < mostKeys {
			keys = append(keys, d.Key)
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) }
	row(slices.Concat([]string{"folder", "name", "variant", "seed"}, keys, []string{"state", "epochs", "validation (%)", "test (%)", "parameters", "time", "begun"})...)
	for i := range runs {
		x := &runs[i]
		epochs := fmt.Sprintf("%d/%d", x.EpochsDone, x.Epochs)
		if x.Epochs == 0 { // run.json does not say
			epochs = "–"
		}
		cells := []string{x.Folder, x.Name, terminal.Dash(x.Variant), fmt.Sprint(x.Seed)}
		for _, k := range keys {
			v, _ := x.Setting(k)
			cells = append(cells, terminal.Clipped(v))
		}
		state := rundir.StateText(x.State, x.Unsure)
		if x.Diverged {
			state += ", diverged"
		}
		row(append(cells, state, epochs, terminal.Percent(x.Validated.Accuracy), terminal.Percent(x.Test), fmt.Sprint(x.Parameters),
			terminal.Clock(time.Duration(x.Seconds*float64(time.Second))), x.Started.Local().Format("2006-01-02 15:04"))...)
	}
	w.Flush()
	switch n := len(differing) - len(keys); {
	case n == 1:
		fmt.Fprintln(out, "runs differ in 1 other key: cortex ls --json has it")
	case n > 1:
		fmt.Fprintf(out, "runs differ in %d other keys: cortex ls --json has them\n", n)
	}
}
