package flags

import (
	"strings"
	"testing"
)

func TestFolderName(t *testing.T) {
	for name, want := range map[string]string{
		"debris feedforward": "debris-feedforward", "a/../b": "a-..-b", "..": "run", `x\y:z`: "x-y-z", "V1→IT": "V1→IT", "": "run",
	} {
		if got := FolderName(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
	long := FolderName(strings.Repeat("runs-V1→IT-", 30))
	if len(long) > longestName || !strings.HasPrefix(long, "runs-V1→IT-runs-") || long == FolderName(strings.Repeat("runs-V1→IT-", 31)) {
		t.Errorf("a long name becomes %q", long)
	}
}
