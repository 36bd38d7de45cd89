package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// TestGoOn: an image that cannot be read is said to leave a run that can go on,
// where there is one.
func TestGoOn(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	unread := fmt.Errorf("training stopped: %w", &stimuli.ReadError{Split: stimuli.Test, Image: 3, Err: errors.New("a.png is cut off")})
	if err := goOn(unread, dir); err != unread {
		t.Errorf("of a folder without a run: %v, want the error as it is", err)
	}
	for _, name := range []string{rundir.InfoFile, rundir.ExperimentFile} {
		if err := dir.WriteText(name, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := goOn(unread, dir); err == nil || !errors.Is(err, unread) || !strings.Contains(err.Error(), "cortex run "+string(dir)+" --resume") {
		t.Errorf("of a run: %v, want the command that goes on", err)
	}
	other := errors.New("a fault of the experiment")
	if err := goOn(other, dir); err != other {
		t.Errorf("of another error: %v, want it as it is", err)
	}
}
