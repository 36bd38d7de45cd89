package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAvailable(t *testing.T) {
	if got := available("MemTotal: 100 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB\n"); got != 2048<<10 {
		t.Errorf("got %d bytes, want 2 MiB", got)
	}
	if got := available("nothing"); got != 0 {
		t.Errorf("got %d bytes, want 0", got)
	}
}

// What does not fit is refused before training, with the batch that would.
func TestMemoryLimit(t *testing.T) {
	dir := t.TempDir()
	c := process(dir, "run", "debris", "--out", "r", "--memory-mib", "5")
	out, _ := c.CombinedOutput()
	if got := c.ProcessState.ExitCode(); got != 2 || !strings.Contains(string(out), "train.batch: found 64 images in a batch, which the engine does not take: cpu: the program needs ") || !strings.Contains(string(out), "allowed are 5.0 MiB; a batch of ") {
		t.Errorf("status %d\n%s", got, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "r")); err == nil {
		t.Error("the folder of the refused run was made")
	}
}
