package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
