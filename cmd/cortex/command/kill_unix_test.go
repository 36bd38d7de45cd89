//go:build unix

package command

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ventral/experiments/trials"
)

// killed are the verbs whose processes are killed, each in a folder of its own
// with small.toml, and the folder that it fills.
var killed = []struct{ name, line, folder string }{
	{"run", "run small.toml --out r", "r"},
	{"sweep run", "sweep run sweep.toml --workers 2", "sweeps/sweep"},
	{"compare", "compare small.toml --seeds 1 --workers 2 --out c", "c"},
}

// files that processes write and whose bytes hold times, paths or process numbers.
var timed = []string{"run.json", "metrics.jsonl", "metrics.csv", "index.html", ".lock", "log.txt", "plan.json", "comparison.json", "ledger.json", "task.json", "failure.json", "results.csv", "results.json"}

// results returns the bytes of every file below a folder that a repetition must
// have, too. Checkpoints are those that a process happened to keep.
func results(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return nil
		case strings.HasPrefix(d.Name(), ".tmp-"):
			t.Errorf("%s is left", path)
		case strings.Contains(name, "checkpoints/") || slices.Contains(timed, d.Name()):
			files[name] = nil
		default:
			files[name], err = os.ReadFile(path)
		}
		return err
	}))
	return files
}

// finished reports whether every run below a folder is.
func finished(t *testing.T, dir string) bool {
	t.Helper()
	all := true
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "run.json" {
			text, err := os.ReadFile(path)
			all = all && err == nil && bytes.Contains(text, []byte(`"state": "finished"`))
		}
		return nil
	}))
	return all
}

// TestKilledVerbs kills the processes of run, sweep run and compare, with controls
// and with the workers that they begin, at random times, and repeats the command
// until it ends. What is there then, drawings included, has the bytes of a folder
// without a break, and nothing temporary is left. CORTEX_KILLS says how often;
// CORTEX_SEED draws others.
func TestKilledVerbs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes twenty seconds")
	}
	kills := trials.Number(t, "CORTEX_KILLS", 3)
	seed := uint64(trials.Number(t, "CORTEX_SEED", 1))
	random := rand.New(rand.NewPCG(seed, 0))
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	folder := func() string {
		dir := t.TempDir()
		text := "control = [\"forward\"]\n" + strings.Replace(string(small), "images = 8", "images = 8\n\n[analysis.feature_maps]\nimages = 1", 1)
		must(t, os.WriteFile(filepath.Join(dir, "small.toml"), []byte(text), 0o666))
		must(t, os.WriteFile(filepath.Join(dir, "sweep.toml"), []byte("experiment = \"small.toml\"\nseeds = 2\n"), 0o666))
		return dir
	}
	for i, v := range killed {
		t.Run(v.name, func(t *testing.T) {
			whole := folder()
			begun := time.Now()
			if out, err := process(whole, strings.Fields(v.line)...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			takes := time.Since(begun)
			want := results(t, filepath.Join(whole, v.folder))
			share := (kills + i) / len(killed)
			for n, ended := 0, 0; n < share; ended++ {
				dir := folder()
				for here := 0; ; {
					line := strings.Fields(v.line)
					if _, err := os.Stat(filepath.Join(dir, "r/run.json")); err == nil && v.name == "run" {
						line = []string{"run", "r", "--resume"}
					}
					var out bytes.Buffer
					c := process(dir, line...)
					c.Stdout, c.Stderr = &out, &out
					c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
					must(t, c.Start())
					after, all := time.Duration(random.Float64()*float64(takes)), random.IntN(2) == 0
					if here > 6 || n >= share {
						after = time.Hour
					}
					timer := time.AfterFunc(after, func() {
						if all { // its workers with it
							syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
						} else { // they end by themselves
							c.Process.Kill()
						}
					})
					err := c.Wait()
					timer.Stop()
					if err == nil && finished(t, dir) {
						break
					}
					if err == nil { // workers of a killed process hold what is left
						time.Sleep(100 * time.Millisecond)
						continue
					}
					if status := c.ProcessState.ExitCode(); status >= 0 {
						// Workers of a killed process may still be leaving.
						if !strings.Contains(out.String(), "works") {
							t.Fatalf("seed %d: status %d\n%s", seed, status, &out)
						}
						time.Sleep(50 * time.Millisecond)
						continue
					}
					n, here = n+1, here+1
				}
				got := results(t, filepath.Join(dir, v.folder))
				for name := range want {
					if b, ok := got[name]; !ok || !bytes.Equal(b, want[name]) {
						if !strings.Contains(name, "checkpoints/") && filepath.Base(name) != "failure.json" {
							t.Errorf("seed %d, folder %d: %s differs or is missing", seed, ended, name)
						}
					}
				}
				for name := range got {
					if _, ok := want[name]; !ok && !strings.Contains(name, "checkpoints/") && filepath.Base(name) != "failure.json" {
						t.Errorf("seed %d, folder %d: %s is too many", seed, ended, name)
					}
				}
				if t.Failed() {
					t.FailNow()
				}
				os.RemoveAll(dir)
			}
		})
	}
}
