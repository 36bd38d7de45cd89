package run_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Names and folders that look like numbers are words all the same.
func TestListedWords(t *testing.T) {
	runs := []rundir.Row{{Folder: "9", Name: "1e1", Variant: "0x10", State: "finished", Seed: 10}, {Folder: "10", Name: "9", Variant: "1_0", State: "failed", Seed: 9}}
	for _, c := range []struct {
		filter string
		want   bool // of the first run
	}{
		{"name=10", false}, {"name=1e1", true}, {"name!=10", true}, {"folder=9.0", false}, {"folder=9", true}, {"folder<10", false},
		{"variant=16", false}, {"variant=0x10", true}, {"state=finished", true}, {"seed=1e1", true}, {"seed>9", true},
	} {
		f, err := rundir.ParseFilter(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Holds(&runs[0]); got != c.want {
			t.Errorf("%s: got %v, want %v", c.filter, got, c.want)
		}
	}
	for key, want := range map[string]string{"folder": "10", "name": "1e1", "variant": "0x10", "state": "failed", "seed": "9"} {
		rundir.Sort(runs, key)
		if got, _ := runs[0].Value(key); got != want {
			t.Errorf("by %s the first is %q, want %q", key, got, want)
		}
	}
}

// shelf makes folders of runs as List sees them; every third has no test yet.
func shelf(t *testing.T, n int) string {
	t.Helper()
	top := t.TempDir()
	for i := range n {
		dir := filepath.Join(top, fmt.Sprintf("%02d", i%50), fmt.Sprintf("r%04d", i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		state := rundir.Finished
		if i%3 == 2 {
			state = rundir.Running
		}
		info, err := json.Marshal(rundir.Info{Format: 1, Name: "x", Seed: i, State: state, Epochs: 4, EpochsDone: 4 - i%3, Started: time.Unix(int64(i), 0)})
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, "run.json", info)
		write(t, dir, "experiment.toml", fmt.Appendf(nil, "format = 2\n\n[train]\noptimiser = \"sgd\"\nrate = 0.%d\n", i%7+1))
		if state == rundir.Finished {
			write(t, dir, "metrics.jsonl", fmt.Appendf(nil, `{"format":2,"epoch":1,"validation_accuracy":99}`+"\n"+`{"format":2,"epoch":2,"validation_accuracy":%d}`+"\n", i%101))
			write(t, dir, "test.json", fmt.Appendf(nil, `{"format": 2, "split": "test", "steps": [{"step": 3, "accuracy": %d}]}`, 100-i%101))
		}
	}
	return top
}

func TestList(t *testing.T) {
	top := shelf(t, 9)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(top, "00/r0000/controls/a"), 0o777))
	write(t, top, "00/r0000/controls/a/run.json", []byte(`{"format": 2, "name": "x a", "variant": "a", "state": "failed", "error": "e"}`))
	must(os.MkdirAll(filepath.Join(top, "broken"), 0o777))
	write(t, top, "broken/run.json", []byte("{"))
	lock, err := rundir.Folder(filepath.Join(top, "02/r0002")).Lock()
	must(err)
	defer lock.Release()

	runs, faults := rundir.List([]string{top, filepath.Join(top, "00")}) // the second lies in the first
	if len(faults) != 1 || !strings.Contains(faults[0].Error(), "broken") {
		t.Errorf("got faults %v", faults)
	}
	seeds := func(runs []rundir.Row) (list []int) {
		for _, x := range runs {
			list = append(list, x.Seed)
		}
		return list
	}
	states := map[string]int{}
	for _, x := range runs {
		states[x.State]++
	}
	if len(runs) != 10 || states["finished"] != 6 || states["running"] != 1 || states["stopped"] != 2 || states["failed"] != 1 {
		t.Errorf("got %d runs, %v", len(runs), states)
	}
	for _, c := range []struct {
		filter string
		want   []int
	}{
		{"state=running", []int{2}},
		{"state=stopped", []int{5, 8}},
		{"variant=a", []int{0}},
		{"accuracy>=4", []int{4, 6, 7}},
		{"accuracy<1", []int{0}},
		{"train.rate=0.20", []int{1, 8}}, // as numbers
		{"train.optimiser=sgd", []int{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"train.optimiser!=sgd", nil},
		{"seed>7", []int{8}},
	} {
		f, err := rundir.ParseFilter(c.filter)
		must(err)
		must(rundir.KnownKey(runs, f.Key, spec.Near))
		var kept []rundir.Row
		for i := range runs {
			if f.Holds(&runs[i]) {
				kept = append(kept, runs[i])
			}
		}
		if got := seeds(kept); !slices.Equal(got, c.want) {
			t.Errorf("%s: got runs %v, want %v", c.filter, got, c.want)
		}
	}
	if f, err := rundir.ParseFilter(`connection."V1->IT".delay=2`); err != nil || f != (rundir.Filter{Key: `connection."V1->IT".delay`, Sign: "=", Value: "2"}) {
		t.Errorf("got %+v, %v", f, err)
	}
	if _, err := rundir.ParseFilter("finished"); err == nil || !strings.Contains(err.Error(), "want key=value") {
		t.Errorf("got %v", err)
	}
	if err := rundir.KnownKey(runs, "train.rat", spec.Near); err == nil || !strings.Contains(err.Error(), `did you mean "train.rate"?`) {
		t.Errorf("got %v", err)
	}
	rundir.Sort(runs, "-accuracy")
	if got := seeds(runs)[:6]; !slices.Equal(got, []int{7, 6, 4, 3, 1, 0}) {
		t.Errorf("from the greatest accuracy: %v", got)
	}
	rundir.Sort(runs, "accuracy")
	if got := seeds(runs)[:6]; !slices.Equal(got, []int{0, 1, 3, 4, 6, 7}) {
		t.Errorf("from the least accuracy: %v", got)
	}
}

// TestListIsFast wants a list of two thousand runs in at most thirty times what
// reading their files takes, each the best of three times, in turns: a list that
// reads much more than it shows, or looks at every run again for each, takes longer.
func TestListIsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: makes two thousand folders")
	}
	top := shelf(t, 2000)
	list, read := time.Hour, time.Hour
	for range 3 {
		begun := time.Now()
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		read = min(read, time.Since(begun))
		begun = time.Now()
		runs, faults := rundir.List([]string{top})
		list = min(list, time.Since(begun))
		if len(runs) != 2000 || len(faults) > 0 {
			t.Fatalf("%d runs, %v", len(runs), faults)
		}
	}
	t.Logf("2,000 runs in %v, their files read in %v", list, read)
	if list > 30*read {
		t.Errorf("2,000 runs took %v, reading their files %v", list, read)
	}
}
