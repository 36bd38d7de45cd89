package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cmd/cortex/flags"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// CORTEX_KERNEL forces the engine's inner loops; a name that this processor
// does not have is the user's fault.
func TestKernelOfTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), small, 0o666))
	t.Setenv("CORTEX_KERNEL", "go")
	out, err := process(dir, "show", "small.toml", "program", "--engine", "cpu").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "kernel go, ") {
		t.Errorf("forced to go: error %v\n%.500s", err, out)
	}
	t.Setenv("CORTEX_KERNEL", "abacus")
	c := process(dir, "run", "small.toml", "--out", "r")
	out, _ = c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != 2 || !strings.Contains(string(out), `CORTEX_KERNEL: found "abacus", this processor has go`) {
		t.Errorf("an unknown kernel: got status %d, want 2\n%.500s", got, out)
	}
}

// Of a run's folder, precision "auto" is what the run was trained in, whatever
// this machine would take.
func TestAutoOfARun(t *testing.T) {
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "experiment.toml"), small, 0o666))
	for _, precision := range []string{"split", "float32"} {
		must(t, rundir.Folder(dir).WriteJSON("run.json", rundir.Info{Format: spec.Format, State: rundir.Finished, Precision: precision}))
		e, _, err := new(flags.Choice).Load(dir)
		must(t, err)
		if e.Precision != "auto" || e.Arithmetic() != precision {
			t.Errorf("trained in %s: got %s of precision %q", precision, e.Arithmetic(), e.Precision)
		}
	}
}

// So do the variants that compare derives from it, and the tasks of a sweep.
func TestAutoOfARunInMany(t *testing.T) {
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "experiment.toml"), small, 0o666))
	file := filepath.Join(dir, "sweep.toml")
	must(t, os.WriteFile(file, []byte("experiment = '"+dir+"'\n"), 0o666))
	for _, precision := range []string{"split", "float32"} {
		must(t, rundir.Folder(dir).WriteJSON("run.json", rundir.Info{Format: spec.Format, State: rundir.Finished, Precision: precision}))
		list, _, _, err := (&comparison{patterns: []string{"feedforward", "lateral"}}).experiments([]string{dir})
		must(t, err)
		for _, v := range list {
			if !strings.Contains(v.Text, `precision = "`+precision+`"`) {
				t.Errorf("trained in %s: a variant of another precision", precision)
			}
		}
		l, err := draftSweep(file, filepath.Join(dir, "s"+precision))
		must(t, err)
		must(t, l.Write())
		e, err := l.List[0].Experiment()
		must(t, err)
		if e.Precision != precision {
			t.Errorf("trained in %s: a task of precision %q", precision, e.Precision)
		}
	}
}
