package sweep

import (
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
)

// Slurm is what a job array asks of a cluster. What is empty is left to its
// defaults.
type Slurm struct {
	Partition, Account string
	Time               string   // of one task until it is requeued, as Slurm writes times
	Mem                string   // of one task, as Slurm writes sizes
	CPUs               int      // of one task
	Limit              int      // tasks at a time, 0 for no limit
	More               []string // further options of sbatch, without the dashes
	Program            string   // path of cortex
	Arguments          []string // further flags of cortex sweep run, as --no-figures
}

// Warning is how many seconds before its time ends a task is told, so that it
// leaves a checkpoint and is queued again.
const Warning = 120

// Check reports a time or a memory that Slurm would not take, or a time that ends
// before its warning.
func (s Slurm) Check() error {
	if s.Time != "" {
		seconds, ok := slurmSeconds(s.Time)
		if !ok {
			return fmt.Errorf("--time: found %q, want minutes, MINUTES:SECONDS, HOURS:MINUTES:SECONDS, DAYS-HOURS, DAYS-HOURS:MINUTES, DAYS-HOURS:MINUTES:SECONDS or UNLIMITED, as in 4:00:00", s.Time)
		}
		if seconds <= Warning {
			return fmt.Errorf("--time: found %q, want more than the %d seconds before its end at which a task is told; 10 is ten minutes", s.Time, Warning)
		}
	}
	if n := strings.TrimRight(s.Mem, "KMGTkmgt"); s.Mem != "" && (len(s.Mem)-len(n) > 1 || !digits(n)) {
		return fmt.Errorf("--mem: found %q, want a number of MiB, or with K, M, G or T, as in 2G; 0 is all of a node", s.Mem)
	}
	return nil
}

// slurmSeconds reads a time as sbatch does.
func slurmSeconds(text string) (seconds float64, ok bool) {
	if t := strings.ToLower(text); t == "unlimited" || t == "infinite" {
		return math.Inf(1), true
	}
	days, rest, withDays := strings.Cut(text, "-")
	units := []float64{60, 1} // minutes and seconds
	if !withDays {
		days, rest = "0", text
	} else {
		units = []float64{3600, 60, 1}
	}
	parts := strings.Split(rest, ":")
	if len(parts) == 3 {
		units = []float64{3600, 60, 1}
	}
	if len(parts) > len(units) || !digits(days) {
		return 0, false
	}
	n, _ := strconv.ParseFloat(days, 64)
	seconds = 24 * 3600 * n
	for i, p := range parts {
		if !digits(p) {
			return 0, false
		}
		n, _ := strconv.ParseFloat(p, 64)
		seconds += units[i] * n
	}
	return seconds, true
}

// digits reports a text of digits alone, of which there are at least one.
func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// Script writes the batch script of a job array that carries out the tasks at
// some places of the ledger. Each job carries out one task. When Slurm tells it
// that its time ends, the task leaves a checkpoint and the job queues itself
// again; a node that fails or is taken away does so by --requeue.
func (s Slurm) Script(l *Ledger, places []int) (string, error) {
	dir, err := filepath.Abs(string(l.dir))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	option := func(format string, a ...any) { fmt.Fprintf(&b, "#SBATCH --"+format+"\n", a...) }
	b.WriteString("#!/bin/sh\n")
	option("job-name=%s", word(l.Name))
	limit := ""
	if s.Limit > 0 {
		limit = fmt.Sprintf("%%%d", s.Limit)
	}
	option("array=%s%s", ranges(places), limit)
	option("output=%q", filepath.Join(dir, "slurm", "%A_%a.txt"))
	option("open-mode=append")
	option("requeue")
	option("signal=B:USR1@%d", Warning)
	option("ntasks=1")
	option("cpus-per-task=%d", max(s.CPUs, 1))
	for _, x := range []struct{ name, value string }{{"mem", s.Mem}, {"time", s.Time}, {"partition", s.Partition}, {"account", s.Account}} {
		if x.value != "" {
			option("%s=%s", x.name, x.value)
		}
	}
	for _, x := range s.More {
		option("%s", strings.TrimLeft(x, "-"))
	}
	further := ""
	for _, x := range s.Arguments {
		further += " " + shell(x)
	}
	fmt.Fprintf(&b, `
# One task of the sweep. Any job may be run again: a task that is finished stays
# as it is, one that was interrupted goes on from its checkpoint.
warned= # that the time ends in %d seconds
trap 'told=yes warned=yes; kill -s USR1 "$task"' USR1
trap 'told=yes; kill -s TERM "$task"' TERM
%s sweep run %s --array --ledger %s%s &
task=$!
while
	told=
	wait "$task"
	s=$?
	[ "$s" -eq 127 ] || status=$s # 127: it was waited for already
	[ "$told" ]                   # a signal ends the wait, and not the task
do :; done
if [ "$warned" ] && [ "$status" -eq %d ]; then
	exec scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$status"
`, Warning, shell(s.Program), shell(dir), l.Digest(), further, interrupted)
	return b.String(), nil
}

// ranges writes places that rise as Slurm does: 0-3,7.
func ranges(places []int) string {
	var parts []string
	for i := 0; i < len(places); {
		j := i
		for j+1 < len(places) && places[j+1] == places[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(places[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", places[i], places[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// word makes one word of a name.
func word(name string) string { return strings.Join(strings.Fields(name), "-") }

// shell quotes a word of a shell command.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
