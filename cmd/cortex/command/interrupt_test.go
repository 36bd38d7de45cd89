package command

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ventral/cmd/cortex/exit"
)

// TestSweepInterrupted: a sweep that is interrupted says how its tasks stand, and
// counts those that go on later as what they are.
func TestSweepInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no SIGINT to send")
	}
	if testing.Short() {
		t.Skip("-short: trains for seconds")
	}
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), small, 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "long.toml"), []byte("experiment = \"small.toml\"\nseeds = 2\n[set]\nstimuli.train = 512\ntrain.epochs = 200\n"), 0o666))
	c := process(dir, "sweep", "run", "long.toml", "--workers", "1")
	r, err := c.StderrPipe()
	must(t, err)
	must(t, c.Start())
	lines := bufio.NewReader(r)
	until(t, lines, "%, ") // of the first task's training
	must(t, c.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(lines)
	must(t, err)
	c.Wait()
	if got := c.ProcessState.ExitCode(); got != exit.Interrupted {
		t.Errorf("status %d, want %d", got, exit.Interrupted)
	}
	for _, want := range []string{"seed 1: interrupted at batch ", "cortex: interrupted (1 interrupted, 1 new); go on with: cortex sweep run sweeps/long"} {
		if !strings.Contains(string(rest), want) {
			t.Errorf("got\n%s\nwant %q", rest, want)
		}
	}
	if strings.Contains(string(rest), "(1 of 2)") {
		t.Errorf("a task that goes on later is counted as ended:\n%s", rest)
	}
	out, err := process(dir, "sweep", "status", "sweeps/long").CombinedOutput()
	must(t, err)
	for _, want := range []string{"sweeps/long: 1 interrupted, 1 new\n", "\ngo on with: cortex sweep run sweeps/long\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got\n%s\nwant %q", out, want)
		}
	}
}
