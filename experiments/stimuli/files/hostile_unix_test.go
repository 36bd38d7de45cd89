//go:build unix

package files

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ventral/experiments/stimuli"
)

// TestHostileRows: a picture or a mask that is no file below the folder of the table is
// refused before it is opened, or its row is left out and listed.
func TestHostileRows(t *testing.T) {
	for name, want := range map[string]string{
		"pipe.png":            "is no regular file",
		"../outside/a.png":    "lies outside of the folder of the table",
		"folder/a.png":        "is a link that leads out of",
		"nowhere/a.png":       "no such file",
		"":                    "is empty, want the path of a",
		"in/cat/0.png/a.png":  "not a directory",
		"inside/0.png":        "", // a link to a folder below the root
		"in/cat/../dog/1.png": "",
	} {
		for _, column := range []string{"file", "mask"} {
			t.Run(column+" "+name, func(t *testing.T) {
				top := t.TempDir()
				root := filepath.Join(top, "root")
				if err := errors.Join(os.Rename(tree(t), root), draw(filepath.Join(top, "outside", "a.png"), 3),
					syscall.Mkfifo(filepath.Join(root, "pipe.png"), 0o600),
					os.Symlink(filepath.Join(top, "outside"), filepath.Join(root, "folder")),
					os.Symlink(filepath.Join(root, "in", "cat"), filepath.Join(root, "inside"))); err != nil {
					t.Fatal(err)
				}
				row := name + "\tcat\tin/dog/0.png\n"
				if column == "mask" {
					row = "in/cat/5.png\tcat\t" + name + "\n"
				}
				text := "file\tlabel\tmask\nin/cat/3.png\tcat\tin/dog/3.png\nin/dog/4.png\tdog\tin/dog/3.png\n" + row
				if err := os.WriteFile(filepath.Join(root, "images.tsv"), []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
				opened := func(onError string) (d stimuli.Data, err error) {
					x := NewTable()
					x.Path, x.Size, x.Test, x.Validation, x.Masks, x.OnError = "images.tsv", 8, 0, 0, []string{"mask"}, onError
					done := make(chan struct{})
					go func() { defer close(done); d, err = x.Open(stimuli.Env{Folder: root}) }()
					select {
					case <-done:
						return d, err
					case <-time.After(20 * time.Second):
						t.Fatal("it is opened, and waited for")
						return nil, nil
					}
				}
				_, err := opened("stop")
				if want == "" {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "images.tsv, line 4: ") {
					t.Errorf("got %v, want line 4 and %q", err, want)
				}
				d, err := opened("skip")
				if err != nil {
					t.Fatal(err)
				}
				if left := d.(stimuli.Skipping).Skipped(); len(left) != 1 || !strings.Contains(left[0].Reason, want) {
					t.Errorf("left out %v, want one row, which %s", left, want)
				}
				if n := d.Description().Images[stimuli.Train]; n != 2 {
					t.Errorf("got %d images, want 2", n)
				}
			})
		}
	}
}

// TestHostileNames: a file of names that is none is refused before it is opened.
func TestHostileNames(t *testing.T) {
	root := tree(t)
	if err := syscall.Mkfifo(filepath.Join(root, "in", "names.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"names.txt": "is a pipe", "/dev/zero": "is a device", "cat": "is a folder"} {
		done := make(chan error, 1)
		go func() {
			_, err := of(func(f *Folder) { f.Labels = name }).Describe(stimuli.Env{Folder: root})
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil || !strings.HasPrefix(err.Error(), "labels: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s is opened, and waited for", name)
		}
	}
}
