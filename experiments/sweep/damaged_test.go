package sweep

import (
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// A ledger whose tasks would lead out of the sweep's folder, or that no sweep
// writes, is damage.
func TestDamagedLedger(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	task := `{"hash": "` + hash + `", "name": "x", "labels": [{}]}`
	dir := rundir.Folder(t.TempDir())
	for text, want := range map[string]string{
		`{"format": 2, "tasks": [null]}`:                                       "found nothing at place 1",
		`{"format": 2, "tasks": [{"hash": "../../victim", "labels": [{}]}]}`:   `found the hash "../../victim"`,
		`{"format": 2, "tasks": [{"labels": [{}]}]}`:                           `found the hash ""`,
		`{"format": 2, "tasks": [{"hash": "` + hash + `"}]}`:                   "has no labels",
		`{"format": 2, "tasks": [` + task + `, ` + task + `]}`:                 "twice",
		`{"format": 2, "tasks": [` + task[:len(task)-1] + `, "batches": -1}]}`: "found -1 batches",
		`{"format": 2, "tasks": 3}`:                                            "found number",
		`nothing`:                                                              "invalid character",
	} {
		must(t, dir.WriteText(ledgerFile, text))
		_, err := Open(dir)
		if _, ok := err.(*rundir.Damaged); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want a *Damaged with %q", text, err, want)
		}
	}
	must(t, dir.WriteText(ledgerFile, `{"format": 2, "tasks": [`+task+`]}`))
	if _, err := Open(dir); err != nil {
		t.Error(err)
	}
	if _, err := OpenTask(dir, "../../victim"); err == nil || !strings.Contains(err.Error(), "64 hexadecimal digits") {
		t.Errorf("a task by a path: got %v", err)
	}
}

func FuzzLedger(f *testing.F) {
	hash := strings.Repeat("0a", 32)
	f.Add(`{"format": 2, "axes": ["seed"], "tasks": [{"hash": "` + hash + `", "name": "x", "labels": [{"seed": "1"}], "batches": 3}]}`)
	f.Add(`{"format": 2, "tasks": [null]}`)
	f.Fuzz(func(t *testing.T, text string) {
		dir := rundir.Folder(t.TempDir())
		must(t, dir.WriteText(ledgerFile, text))
		l, err := Open(dir)
		if err != nil {
			return
		}
		for _, x := range l.List {
			x.Label(l.Axes)
			if s, err := x.State(); err == nil {
				_ = s.String()
			}
		}
		if _, err := l.Collect(); err != nil {
			return
		}
	})
}
