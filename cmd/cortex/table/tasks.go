package table

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"ventral/cmd/cortex/terminal"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// Tasks prints a line for each task.
func Tasks(w io.Writer, t *sweep.Table) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := append([]string{"task"}, t.Axes...)
	fmt.Fprintln(tab, strings.Join(append(head, "validation (%)", "test (%)", "state"), "\t"))
	for _, r := range t.Rows {
		cells := []string{r.Task[:8]}
		for _, a := range t.Axes {
			cells = append(cells, terminal.Clipped(r.Labels[a]))
		}
		test := rundir.Number(math.NaN())
		if a, ok := r.Test(); ok {
			test = rundir.Number(a)
		}
		state := r.State.String()
		if r.Diverged {
			state += ", diverged"
		}
		fmt.Fprintln(tab, strings.Join(append(cells, terminal.Percent(r.Accuracy), terminal.Percent(test), state), "\t"))
	}
	tab.Flush()
}

// Schedule prints what sweep run will do about each task.
func Schedule(w io.Writer, l *sweep.Ledger, s *sweep.Schedule) {
	fmt.Fprintf(w, "%s: %d tasks\n", l.Folder(), len(s.Todos))
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, strings.Join(append(append([]string{"task"}, l.Axes...), "memory", "time", "what run does"), "\t"))
	for _, x := range s.Todos {
		cells := []string{x.Hash[:8]}
		for _, a := range l.Axes {
			cells = append(cells, x.Labels[0][a])
		}
		memory, seconds := "", ""
		if x.Memory > 0 {
			memory = fmt.Sprintf("%d MiB", x.Memory>>20)
		}
		if x.Seconds > 0 {
			seconds = terminal.Clock(time.Duration(x.Seconds * float64(time.Second)))
		}
		why := x.State.String()
		if n := len(x.Labels); n > 1 {
			why += fmt.Sprintf("; %d ways to it", n)
		}
		if x.Trouble != "" {
			why = "cannot run: " + x.Trouble
		}
		fmt.Fprintln(tab, strings.Join(append(cells, memory, seconds, x.Action+" ("+why+")"), "\t"))
	}
	tab.Flush()
	if s.Missing == 0 {
		fmt.Fprintln(w, "nothing is missing")
		return
	}
	fmt.Fprintf(w, "run carries out %d of them, %d at a time with %s", s.Missing, s.Workers, readable.Counted(s.Threads, "thread"))
	if s.Memory > 0 {
		fmt.Fprintf(w, " within %d MiB", s.Memory>>20)
	}
	if s.Seconds > 0 {
		fmt.Fprintf(w, ", in about %s of training", terminal.Clock(time.Duration(s.Seconds*float64(time.Second))))
	}
	fmt.Fprintf(w, ": cortex sweep run %s\n", l.Folder())
}

// Failures says of every task that failed why, and where its process spoke,
// if it began and did.
func Failures(w io.Writer, l *sweep.Ledger, t *sweep.Table) {
	for i, r := range t.Rows {
		if r.State.State == rundir.Failed {
			x := l.List[i]
			fmt.Fprintf(w, "cortex: %s (%s): %s\n", x.Label(l.Axes), x.Hash[:8], r.State)
			if log := filepath.Join(string(l.Folder()), "tasks", x.Short(), "log.txt"); holds(log) {
				fmt.Fprintf(w, "        its log: %s\n", log)
			}
		}
	}
}

// holds reports a file that has something in it.
func holds(name string) bool {
	i, err := os.Stat(name)
	return err == nil && i.Size() > 0
}
