package sweep

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestHash holds what a task is called by: what is computed, and nothing else.
func TestHash(t *testing.T) {
	hash := func(file, text string, set ...string) string {
		t.Helper()
		e, err := spec.Read(file, text, spec.Overrides{Set: set})
		must(t, err)
		h, err := e.ContentHash("", "")
		must(t, err)
		return h
	}
	base := hash("tiny.toml", tiny)
	for name, same := range map[string]string{
		"another file":           hash("other.toml", tiny),
		"a name":                 hash("tiny.toml", tiny, "name=x", "about=y"),
		"a control":              hash("tiny.toml", tiny, `control=["fast"]`),
		"a default written out":  hash("tiny.toml", tiny, "seed=1", "steps=2"),
		"its own resolved file":  hash("resolved.toml", read(t, "").TOML()),
		"what auto is":           hash("tiny.toml", tiny, "precision=float32"),
		"steps kept together":    hash("tiny.toml", tiny, "train.recompute=2"),
		"the seed of stimuli":    hash("tiny.toml", tiny, "stimuli.seed=1"),
		"a variant of no effect": hash("tiny.toml", tiny+"[variant.more]\ntrain.rate = 3.0\n"),
	} {
		if same != base {
			t.Errorf("%s changes the hash", name)
		}
	}
	for _, set := range []string{"seed=2", "train.rate=0.02", "train.epochs=3", "stimuli.train=40", "steps=3", "record.images=5", "ms_per_step=10", "stimuli.seed=2", "precision=bfloat16"} {
		if hash("tiny.toml", tiny, set) == base {
			t.Errorf("%s leaves the hash as it is", set)
		}
	}
}

// TestEdited refuses a task whose experiment is not the one that was planned.
func TestEdited(t *testing.T) {
	l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "s")), []Item{{Experiment: read(t, "")}})
	must(t, err)
	x := l.List[0]
	if _, err := x.Experiment(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(string(x.own()), experimentFile)
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, []byte(strings.Replace(string(text), "rate = 0.01", "rate = 0.02", 1)), 0o666))
	if _, err := x.Experiment(); err == nil || !strings.Contains(err.Error(), "changed since it was planned") {
		t.Errorf("got %v", err)
	}
}

func TestArrayIndex(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"SLURM_ARRAY_TASK_ID": "0", "SGE_TASK_ID": "undefined", "LSB_JOBINDEX": "0"}, "0"},
		{map[string]string{"PBS_ARRAY_INDEX": "7"}, "7"},
		{map[string]string{"SGE_TASK_ID": "1"}, "0"},
		{map[string]string{"LSB_JOBINDEX": "3"}, "2"},
		{map[string]string{"JOB_COMPLETION_INDEX": "5"}, "5"},
		{map[string]string{}, "found none of SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX, SGE_TASK_ID, LSB_JOBINDEX, JOB_COMPLETION_INDEX, want a job of an array, or --index N"},
		{map[string]string{"PBS_ARRAY_INDEX": "7", "SGE_TASK_ID": "8"}, "found PBS_ARRAY_INDEX and SGE_TASK_ID, want the variable of one scheduler; --index N says which task"},
		{map[string]string{"SLURM_ARRAY_TASK_ID": "x"}, `SLURM_ARRAY_TASK_ID: found "x", want a whole number of at least 0`},
		{map[string]string{"LSB_JOBINDEX": "-1"}, `LSB_JOBINDEX: found "-1", want a whole number of at least 1`},
	} {
		n, err := ArrayIndex(func(k string) string { return c.env[k] })
		got := fmt.Sprint(n)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: got %s, want %s", c.env, got, c.want)
		}
	}
}

func TestRanges(t *testing.T) {
	for want, places := range map[string][]int{"0": {0}, "0-3": {0, 1, 2, 3}, "0,2-3,7": {0, 2, 3, 7}} {
		if got := ranges(places); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
