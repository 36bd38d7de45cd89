//go:build unix

package sets

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ventral/experiments/stimuli"
)

// TestMoviesOfPipes: what is no regular file is told of and not opened, which a pipe would
// make wait.
func TestMoviesOfPipes(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"f010.png":   func(path string) error { return cmp.Or(os.Remove(path), syscall.Mkfifo(path, 0o600)) },
		"labels.csv": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"f011.png": func(path string) error {
			out := filepath.Join(t.TempDir(), "elsewhere.png")
			return cmp.Or(os.Rename(path, out), os.Symlink(out, path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			k, err := smallMovies(folder)
			if err = cmp.Or(err, put(filepath.Join(folder, "clips", "left", "clip00", name))); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { _, err := k.Open(stimuli.Env{Folder: folder}); done <- err }()
			select {
			case err := <-done:
				if err == nil || !strings.Contains(err.Error(), name+": is no regular file") {
					t.Errorf("got %v", err)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("it is opened, and waited for")
			}
		})
	}
}
