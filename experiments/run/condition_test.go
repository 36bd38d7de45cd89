package run_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// logitsOf reads the logits of a run as [image][step][class].
func logitsOf(t *testing.T, dir rundir.Folder) (steps []int, z [][]float32, classes int) {
	t.Helper()
	f, size, err := dir.Open(rundir.LogitsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := recording.OpenLogits(f, size)
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Images() {
		row := make([]float32, l.PerImage())
		if err := l.Read(i, i+1, row); err != nil {
			t.Fatal(err)
		}
		z = append(z, row)
	}
	return l.Logits.Steps, z, l.Logits.Classes
}

// A condition that changes nothing of the answers gives those of the run bit for bit:
// more steps than are read, a gain of 1, fewer training images than statistics were
// estimated from. A lesion of all that drives IT makes answers the same for all
// images. The run itself stays as it is.
func TestConditions(t *testing.T) {
	e, _ := readAll(t, tiny+"\n[lesion.blind]\nconnections = [\"V1->IT\"]\n", spec.Overrides{Set: []string{"readout.train=2.."}}) // an open window
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, string(dir))
	test := func(c run.Condition) rundir.Folder {
		t.Helper()
		there, err := run.Test(context.Background(), dir, c, plainly(2))
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		return there
	}
	steps, own, classes := logitsOf(t, dir)
	for _, c := range []run.Condition{
		{Name: "longer", Set: []string{"steps=7", "readout.test=1..3"}},
		{Name: "plain", Lesions: []string{"role:feedback gain=1"}},
		{Name: "early", Lesions: []string{"role:feedback steps=3..", "role:lateral gain=1"}, Set: []string{"readout.test=1..2"}},
		{Name: "fewer", Set: []string{"stimuli.train=32"}},
	} {
		got, z, _ := logitsOf(t, test(c))
		for i := range z {
			for s, step := range got {
				for k := range classes {
					at := 0
					for j, own := range steps {
						if own == step {
							at = j
						}
					}
					if is, want := z[i][s*classes+k], own[i][at*classes+k]; is != want {
						t.Fatalf("%s: image %d, step %d, class %d: %v, want %v", c.Name, i, step, k, is, want)
					}
				}
			}
		}
	}
	blind := test(run.Condition{Lesions: []string{"blind", "role:lateral"}})
	if filepath.Base(string(blind)) != "blind+role-lateral" {
		t.Errorf("the folder is %s", blind)
	}
	_, z, _ := logitsOf(t, blind)
	for i := range z {
		for k := range z[i] {
			if z[i][k] != z[0][k] {
				t.Fatalf("a blind cortex tells images 0 and %d apart", i)
			}
		}
	}
	info := infoOf(t, string(blind))
	if info.Condition == nil || info.State != rundir.Finished || info.Condition.Weights != infoOf(t, string(dir)).Results["weights.safetensors"] {
		t.Errorf("the condition's run.json is %+v", info.Condition)
	}

	// Activity is recorded, analysed and drawn as a run's.
	long := test(run.Condition{Name: "recorded", Set: []string{"steps=6", "readout.test=2..5"}, Record: true})
	if err := report.Analyse(long, e.Analyses); err != nil {
		t.Fatal(err)
	}
	if err := report.Draw(long); err != nil {
		t.Fatal(err)
	}
	page := string(file(t, string(long), "index.html"))
	for _, want := range []string{"The trained cortex in another condition: steps=6; readout.test=2..5", "Beside the run itself", "../../index.html", "Filled markers: steps that the loss reads (steps 2, 3)", "one network; "} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q: %.200s", want, page[max(strings.Index(page, "Filled"), 0):])
		}
	}
	// More steps do not make steps trained that were not.
	var tested rundir.TestResult
	if err := long.ReadJSON(rundir.TestFile, &tested); err != nil {
		t.Fatal(err)
	}
	for _, s := range tested.Steps {
		if want := s.Step <= 3; s.Trained != want {
			t.Errorf("step %d is trained: %v, want %v", s.Step, s.Trained, want)
		}
	}
	first := file(t, string(long), "recordings/IT.response.npz")
	test(run.Condition{Name: "recorded", Set: []string{"steps=6", "readout.test=2..5"}, Record: true})
	if !bytes.Equal(first, file(t, string(long), "recordings/IT.response.npz")) {
		t.Error("the condition shown again gives other bytes")
	}

	// What was recorded stays when the condition is tested once more, with its SHA-256.
	// What another condition left, whose process was killed, does not.
	sum := infoOf(t, string(long)).Results["recordings/IT.response.npz"]
	test(run.Condition{Name: "recorded", Set: []string{"steps=6", "readout.test=2..5"}})
	if got := infoOf(t, string(long)).Results["recordings/IT.response.npz"]; got != sum || sum == "" {
		t.Errorf("the recording's SHA-256 is %q, was %q", got, sum)
	}
	if err := os.Remove(long.Path(rundir.InfoFile)); err != nil {
		t.Fatal(err)
	}
	test(run.Condition{Name: "recorded", Lesions: []string{"blind"}})
	for _, name := range []string{"recordings", "analyses"} {
		if long.Has(name) {
			t.Errorf("%s of another condition are left", name)
		}
	}
	again := test(run.Condition{Name: "again", Set: []string{"steps=6", "readout.test=2..5"}})
	var missing *analysis.Missing
	if err := report.Analyse(again, e.Analyses); !errors.As(err, &missing) || !strings.Contains(err.Error(), "cortex record "+string(dir)+" --set 'steps=6' --set 'readout.test=2..5' --name again") {
		t.Errorf("a condition that was not recorded: %v", err)
	}
	test(run.Condition{Name: "again", Set: []string{"steps=6", "readout.test=2..5", "record.images=3"}, Record: true})
	if _, err := run.Test(context.Background(), blind, run.Condition{Lesions: []string{"blind"}}, plainly(1)); err == nil || !strings.Contains(err.Error(), "and has no weights of its own; give the run, with all that differs from it, as in cortex test "+string(dir)+" --lesion 'blind' --lesion 'role:lateral' --name blind+role-lateral") {
		t.Errorf("a condition of a condition: %v", err)
	}
	if err := run.RecordAgain(context.Background(), blind, func(*spec.Recording) {}, plainly(1)); err == nil || !strings.Contains(err.Error(), "has no weights of its own") {
		t.Errorf("a condition is recorded: %v", err)
	}

	for name, b := range snapshot(t, string(dir)) {
		if strings.HasPrefix(name, "conditions"+string(filepath.Separator)) {
			if name := filepath.ToSlash(name); !rundir.Ours(name) {
				t.Errorf("%s is not taken for a file of the program", name)
			}
		} else if !bytes.Equal(b, before[name]) {
			t.Errorf("%s of the run itself was written", name)
		}
	}
	for _, c := range []struct {
		run.Condition
		want string
	}{
		{run.Condition{}, "nothing differs from the run itself"},
		{run.Condition{Set: []string{"area.V1.shape=[8,8,8]"}}, "area.V1.shape cannot change after training"},
		{run.Condition{Set: []string{"test.condition=durations"}}, "test.condition cannot change after training"},
		{run.Condition{Set: []string{"stimuli.size=16"}}, "but the cortex was trained on"},
		{run.Condition{Set: []string{"steps=7", "readout.test=1..3"}, Name: "plain"}, "holds another condition of this name, with --lesion role:feedback gain=1; cortex rm "},
		{run.Condition{Set: []string{"steps=6", "readout.test=2..5", "record.images=2"}, Name: "again", Record: true}, "was recorded with other images or signals; cortex rm "},
		{run.Condition{Set: []string{"steps=7"}, Name: "../x"}, "--name: found"},
		{run.Condition{Lesions: []string{"V1->V9"}}, "lesions of the experiment: blind"},
		{run.Condition{Set: []string{"stimuli.kind=faces"}}, "found \"faces\", want one of " + strings.Join(stimuli.Kinds(), ", ")},
		{run.Condition{Lesions: []string{"role:feedback steps=9.."}}, "selects no connection that delivers"},
	} {
		if _, err := run.Test(context.Background(), dir, c.Condition, plainly(1)); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "the run is of a program") {
			t.Errorf("%+v: got %v, want %q", c.Condition, err, c.want)
		}
	}

	// While a condition is tested, the run is not removed. A condition whose test was
	// interrupted is removed by itself.
	begun := dir.Condition("begun")
	if err := os.MkdirAll(string(begun), 0o777); err != nil {
		t.Fatal(err)
	}
	l, err := begun.Lock()
	if err != nil {
		t.Fatal(err)
	}
	for _, checkpoints := range []bool{false, true} {
		var busy *rundir.Busy
		if _, err := rundir.NewRemoval(dir, checkpoints, false); !errors.As(err, &busy) {
			t.Errorf("a run whose condition is being tested: %v", err)
		}
	}
	l.Release()
	if r, err := rundir.NewRemoval(dir, true, false); err != nil {
		t.Error(err)
	} else {
		r.Release()
	}
	if r, err := rundir.NewRemoval(begun, false, false); err != nil {
		t.Error(err)
	} else if err := r.Remove(); err != nil || dir.Has("conditions/begun") {
		t.Errorf("an interrupted condition is removed: %v", err)
	}

	// A condition is removed with the run.
	r, err := rundir.NewRemoval(dir, false, false)
	if err != nil || len(r.Foreign) > 0 {
		t.Fatalf("%v, foreign %q", err, r.Foreign)
	}
	if err := r.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(string(dir)); !os.IsNotExist(err) {
		t.Errorf("the run is still there: %v", err)
	}
}
