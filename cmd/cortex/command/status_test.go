package command

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/rundir"
)

// TestStatuses: one fault has one status, whatever verb meets it.
func TestStatuses(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains a run")
	}
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), small, 0o666))
	if out, err := process(dir, "run", "small.toml", "--out", "good", "--no-figures", "--set", "control=[]").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	broken := func(name, file, text string) {
		must(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(dir, "good"))))
		if text == "" {
			must(t, os.Remove(filepath.Join(dir, name, file)))
		} else {
			must(t, os.WriteFile(filepath.Join(dir, name, file), []byte(text), 0o666))
		}
	}
	broken("damaged", "run.json", "{")
	broken("untested", "test.json", "{")
	broken("unresolved", "experiment.toml", "")
	broken("unweighed", "weights.safetensors", "")
	must(t, os.Mkdir(filepath.Join(dir, "empty"), 0o777))
	must(t, os.WriteFile(filepath.Join(dir, "file"), []byte("no TOML"), 0o666))
	all := [][]string{{"show"}, {"plot"}, {"verify"}, {"record"}, {"diff", "good"}, {"run", "--resume"}, {"ls"}}
	const unknown, syntax = `no file and no built-in experiment is called "missing"`, `file:1:4: no: found "T", want "=" after the key`
	for _, c := range []struct {
		folder string
		verbs  [][]string
		says   string
		but    map[string]string // what other verbs say
	}{
		{"missing", all, "missing: there is no such folder", map[string]string{
			"show": "missing: there is no such run, cortex ls lists them", "diff good": unknown, "run --resume": unknown}},
		{"file", all, "file: is a file, want a folder", map[string]string{
			"show": "file: is an experiment; say what to show of it", "diff good": syntax, "run --resume": syntax}},
		{"empty", all[:6], "empty: is not the folder of a run, it has no run.json", map[string]string{"diff good": "empty: is a folder without experiment.toml"}},
		{"damaged", all, "damaged/run.json: unexpected end of JSON input", nil},
		{"unresolved", all[:6], "unresolved/experiment.toml: is missing; cortex run unresolved/source.toml", map[string]string{"diff good": "unresolved: is a folder without experiment.toml"}},
		{"untested", [][]string{{"show"}, {"plot"}, {"record"}, {"diff", "good"}, {"ls"}}, "untested/test.json: is not what the run wrote", nil},
		{"unweighed", [][]string{{"record"}}, "unweighed/weights.safetensors: is missing, though the run is finished", nil},
	} {
		for _, verb := range c.verbs {
			line, says := strings.Join(verb, " "), c.says
			if other, ok := c.but[line]; ok {
				says = other
			}
			p := process(dir, append(verb, c.folder)...)
			out, _ := p.CombinedOutput()
			if got := p.ProcessState.ExitCode(); got != exit.WrongInput || !strings.Contains(string(out), says) {
				t.Errorf("%s %s: status %d, want %d, and %q in\n%s", line, c.folder, got, exit.WrongInput, says, out)
			}
		}
	}
}

// TestFullOutput: whoever redirects a result to a full disk is told.
func TestFullOutput(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("/dev/full is Linux's")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	must(t, err)
	defer full.Close()
	damaged := t.TempDir() // ls leaves it out, and says so on the error output
	must(t, os.WriteFile(filepath.Join(damaged, "run.json"), []byte("{"), 0o666))
	for _, line := range []string{"ls", "ls --json", "ls " + damaged, "ls --json " + damaged, "list", "list --markdown", "new debris", "show debris graph", "show debris weights --json", "diff debris W5", "version", "help run", "check --help"} {
		p := process(t.TempDir(), strings.Fields(line)...)
		var errs strings.Builder
		p.Stdout, p.Stderr = full, &errs
		p.Run()
		if got := p.ProcessState.ExitCode(); got != exit.Failed || !strings.Contains(errs.String(), "standard output: no space left on device; not everything was printed") {
			t.Errorf("%s: status %d, want %d: %s", line, got, exit.Failed, &errs)
		}
	}
}

// TestRemoveBusy: a run that a process works on could be removed later, so that
// nothing is wrong with what was given.
func TestRemoveBusy(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	must(t, dir.WriteText("experiment.toml", "format = 2\n"))
	must(t, dir.WriteText("run.json", `{"format": 2, "state": "running"}`))
	lock, err := dir.Lock()
	must(t, err)
	defer lock.Release()
	var out, errs strings.Builder
	status := Main([]string{"rm", string(dir), "--yes"}, &out, &errs)
	if status != exit.Failed || !strings.Contains(errs.String(), "works there; wait for it to end") {
		t.Errorf("status %d, said %q", status, errs.String())
	}
}
