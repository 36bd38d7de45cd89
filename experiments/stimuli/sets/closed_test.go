package sets

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// TestFaultsClose: settings that are refused after files were opened leave none open.
func TestFaultsClose(t *testing.T) {
	const files = "/proc/self/fd"
	if _, err := os.ReadDir(files); err != nil {
		t.Skip("the system does not list open files")
	}
	for name, small := range map[string]func(string) (stimuli.Kind, error){"idx": smallIDX, "npz": smallNPZ} {
		folder := t.TempDir()
		k, err := small(folder)
		if err != nil {
			t.Fatal(err)
		}
		switch k := k.(type) {
		case *IDX:
			k.Validation = 1e6
		case *NPZ:
			k.Validation = 1e6
		}
		if _, err := k.Open(stimuli.Env{Folder: folder}); err == nil {
			t.Errorf("%s: opened", name)
		}
		list, err := os.ReadDir(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if to, err := os.Readlink(filepath.Join(files, f.Name())); err == nil && strings.HasPrefix(to, folder) {
				t.Errorf("%s: %s is open", name, to)
			}
		}
	}
}
