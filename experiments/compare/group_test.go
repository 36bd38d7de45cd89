package compare

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// finished writes what a comparison reads of a finished run whose experiment
// leaves the precision to the machine.
func finished(t *testing.T, precision string, set ...string) rundir.Folder {
	t.Helper()
	dir := rundir.Folder(filepath.Join(t.TempDir(), "run"))
	s := builtin(t, "debris")
	e, err := spec.Read(s.File, s.Text, spec.Overrides{Auto: precision, Set: set})
	if err != nil {
		t.Fatal(err)
	}
	text := e.TOML()
	sum := sha256.Sum256([]byte(text))
	for name, v := range map[string]any{
		"run.json":  rundir.Info{Format: spec.Format, State: rundir.Finished, Seed: e.Seed, Precision: precision, Experiment: hex.EncodeToString(sum[:])},
		"test.json": rundir.TestResult{Split: "test", Steps: []rundir.Step{{Step: 4, Images: 10}}},
	} {
		if err := dir.WriteJSON(name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := dir.WriteText("experiment.toml", text); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestFromRuns pools runs that differ in seed and name, and no others: what
// "auto" was on the machine of a run is a difference.
func TestFromRuns(t *testing.T) {
	groups, err := FromRuns([]rundir.Folder{
		finished(t, "float32"), finished(t, "float32", "seed=2", `name="again"`), finished(t, "split", "seed=3"),
		finished(t, "float32", "seed=4", "train.rate=0.5"), finished(t, "split", "seed=5", `about="another day"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range groups {
		seeds := g.e.Precision
		for _, r := range g.Runs {
			seeds += " " + string(rune('0'+r.Seed))
		}
		got = append(got, seeds)
	}
	if got, want := strings.Join(got, ", "), "float32 1 2, split 3 5, float32 4"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSameName tells variants of one name by the folders of their first runs.
func TestSameName(t *testing.T) {
	a, b, c := finished(t, "float32"), finished(t, "float32", "train.rate=0.5"), finished(t, "split", `name="another"`)
	groups, err := FromRuns([]rundir.Folder{a, finished(t, "float32", "seed=2"), b, c})
	if err != nil {
		t.Fatal(err)
	}
	name := groups[0].e.Name
	for i, want := range []string{name + " (" + string(a) + ")", name + " (" + string(b) + ")", "another"} {
		if got := groups[i].Name; got != want {
			t.Errorf("group %d is called %q, want %q", i, got, want)
		}
	}
}

// TestUnfinished: a run that calls itself running is told by its lock.
func TestUnfinished(t *testing.T) {
	dir := finished(t, "float32")
	var info rundir.Info
	if err := dir.ReadJSON("run.json", &info); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		state, want string
		locked      bool
	}{
		{rundir.Running, ": is running, want a finished run", true},
		{rundir.Running, ": is stopped, want a finished run; cortex run " + string(dir) + " --resume goes on with it", false},
		{rundir.Interrupted, ": is interrupted, want a finished run; cortex run", false},
	} {
		info.State = c.state
		if err := dir.WriteJSON("run.json", info); err != nil {
			t.Fatal(err)
		}
		l, err := dir.Lock()
		if err != nil {
			t.Fatal(err)
		}
		if !c.locked {
			l.Release()
		}
		if _, err := FromRuns([]rundir.Folder{dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
		l.Release()
	}
}

// TestPrecisionOfVariants: variants are pinned to what "auto" is where they are
// planned, whoever carries them out.
func TestPrecisionOfVariants(t *testing.T) {
	s := builtin(t, "debris")
	s.Auto = "split"
	list, err := s.Derive("", []string{"feedforward", "adjacent"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan("x", list, spec.NewComparison(), 0)
	if err != nil {
		t.Fatal(err)
	}
	items, err := p.runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range items {
		if x.Experiment.Precision != "split" {
			t.Errorf("%v: precision %s, want split", x.Labels, x.Experiment.Precision)
		}
	}
}

// TestFromRunsOfConditions: a trained network with a lesion has the experiment of
// its run, and is not pooled with networks that have none.
func TestFromRunsOfConditions(t *testing.T) {
	dir := finished(t, "float32", "seed=2")
	var info rundir.Info
	if err := dir.ReadJSON(rundir.InfoFile, &info); err != nil {
		t.Fatal(err)
	}
	info.Condition = &rundir.Condition{Name: "cut", Lesions: []string{"role:feedback"}}
	if err := dir.WriteJSON(rundir.InfoFile, info); err != nil {
		t.Fatal(err)
	}
	_, err := FromRuns([]rundir.Folder{finished(t, "float32"), dir})
	if want := string(dir) + ": is a condition of "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDiffOfConditions: a condition differs from its run in its lesions.
func TestDiffOfConditions(t *testing.T) {
	b := builtin(t, "debris")
	e, err := spec.Read(b.File, b.Text, spec.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDiff(Side{Name: "run", Experiment: e}, Side{Name: "cut", Experiment: e, Lesions: []string{"role:feedback", "IT->IT gain=0.5"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Change{"lesions of the condition", "changed", "–", "role:feedback; IT->IT gain=0.5"}); len(d.Keys) != 1 || d.Keys[0] != want {
		t.Errorf("got %+v, want %+v", d.Keys, want)
	}
}
