//go:build unix

package picture

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What is no regular file is not opened: a pipe would wait, and a device never end.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.png")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(dir, "loop.png")
	if err := os.Symlink(loop, loop); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "a\nb.png")
	if err := os.WriteFile(broken, []byte("cat"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		pipe: "is a pipe", link: "is a pipe", loop: "loop.png: ", broken: `a\nb.png": is neither`,
		"/dev/zero": "is a device", "/dev/null": "is a device",
	}
	secret := filepath.Join(dir, "secret.png")
	if err := os.WriteFile(secret, whole(t, "rgb.png"), 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 { // who may read everything
		cases[secret] = "secret.png: permission denied"
	}
	for path, want := range cases {
		done := make(chan [2]error, 1)
		go func() {
			_, err := Read(path, Limits{})
			_, _, other := Size(path)
			done <- [2]error{err, other}
		}()
		select {
		case both := <-done:
			for _, err := range both {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%q: %v, want %q", path, err, want)
				}
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%q: waits", path)
		}
	}
}
