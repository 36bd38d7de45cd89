package sweep

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// indices are the variables in which schedulers tell a job of an array which one
// it is, with the number that they begin at.
var indices = []struct {
	name  string
	first int
}{
	{"SLURM_ARRAY_TASK_ID", 0}, // as submitted: from 0
	{"PBS_ARRAY_INDEX", 0},     // as submitted: qsub -J 0-N
	{"SGE_TASK_ID", 1},         // "undefined" outside an array
	{"LSB_JOBINDEX", 1},        // 0 outside an array
	{"JOB_COMPLETION_INDEX", 0},
}

// ArrayIndex reads from the environment which task of an array, from 0, this
// process is to carry out: from the variables of Slurm, PBS, SGE, LSF and
// Kubernetes, of which exactly one must be set.
func ArrayIndex(getenv func(string) string) (int, error) {
	found, at, names := "", 0, ""
	for i, x := range indices {
		if i > 0 {
			names += ", "
		}
		names += x.name
		text := getenv(x.name)
		if text == "" || text == "undefined" || text == "0" && x.first == 1 {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < x.first {
			return 0, fmt.Errorf("%s: found %q, want a whole number of at least %d", x.name, text, x.first)
		}
		if found != "" {
			return 0, fmt.Errorf("found %s and %s, want the variable of one scheduler; --index N says which task", found, x.name)
		}
		found, at = x.name, n-x.first
	}
	if found == "" {
		return 0, fmt.Errorf("found none of %s, want a job of an array, or --index N", names)
	}
	return at, nil
}

// Cores reads from the environment how many cores a scheduler gave to this
// process, 0 where it does not say.
func Cores(getenv func(string) string) int {
	for _, name := range []string{"SLURM_CPUS_PER_TASK", "NSLOTS", "NCPUS", "LSB_DJOB_NUMPROC"} {
		if n, err := strconv.Atoi(getenv(name)); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// At returns the task at a place in the ledger, from 0.
func (l *Ledger) At(index int) (*Task, error) {
	if index < 0 || index >= len(l.List) {
		return nil, fmt.Errorf("%s: found index %d, want 0 to %d", l.dir, index, len(l.List)-1)
	}
	return l.List[index], nil
}

// Digest tells ledgers apart whose places hold other tasks.
func (l *Ledger) Digest() string {
	h := sha256.New()
	for _, t := range l.List {
		fmt.Fprintln(h, t.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
