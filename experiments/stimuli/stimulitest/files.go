package stimulitest

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ventral/experiments/stimuli"
)

// damages is how many files at most are damaged.
const damages = 12

// files damages, one by one, files that Small made: the data is another then, or an
// error names the file.
func files(t *testing.T, s stimuli.Set) {
	folder := t.TempDir()
	o := open(t, s, folder)
	list := filesBelow(t, folder)
	if _, ok := o.kind.(stimuli.Placed); ok != (len(list) > 0) {
		t.Fatalf("Small made %d files, and that the settings are stimuli.Placed is %t", len(list), ok)
	}
	glanced(t, o)
	for i := 0; i < len(list); i += (len(list) + damages - 1) / damages {
		path := list[i]
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := append([]byte{}, whole...)
		changed[len(changed)/2] ^= 1
		for name, damage := range map[string]func() error{
			"missing": func() error { return os.Remove(path) },
			"empty":   func() error { return os.WriteFile(path, nil, 0o666) },
			"cut off": func() error { return os.WriteFile(path, whole[:len(whole)/2], 0o666) },
			"changed": func() error { return os.WriteFile(path, changed, 0o666) },
		} {
			if err := damage(); err != nil {
				t.Fatal(err)
			}
			later(t, path)
			damaged(t, o, filepath.Base(path), name)
			if err := os.WriteFile(path, whole, 0o666); err != nil {
				t.Fatal(err)
			}
			later(t, path)
		}
	}
	if d, err := o.kind.Open(o.env); err != nil || !reflect.DeepEqual(d.Hashes(), o.data.Hashes()) {
		t.Errorf("after the files are back: %v", err)
	}
}

// glanced checks that the first images of each split are looked at, of kinds that can be
// read before all of their files were.
func glanced(t *testing.T, o opened) {
	want := 0
	if _, ok := o.kind.(stimuli.Peeking); ok {
		for _, n := range o.about.Images {
			want += min(n, stimuli.Glanced)
		}
	}
	if n, err := stimuli.Glance(o.kind, o.env); err != nil || n != want {
		t.Errorf("a glance reads %d images, %v; want %d", n, err, want)
	}
}

var clock = time.Now()

// later gives a file, if it is there, a time of its own, as a copy would have.
func later(t *testing.T, path string) {
	clock = clock.Add(time.Second)
	if err := os.Chtimes(path, clock, clock); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

func filesBelow(t *testing.T, folder string) (list []string) {
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// damaged checks what is said of a damaged file: by the data that was open before,
// and by the settings. A file that is missing may be one image less.
func damaged(t *testing.T, o opened, file, what string) {
	names := func(err error) bool { return err != nil && strings.Contains(err.Error(), file) }
	if err := readAll(o.data, o.about); err != nil && !names(err) {
		t.Errorf("%s is %s while the data is open: %v, want an error that names it", file, what, err)
	}
	if err := stimuli.Ready(o.kind, o.env); err != nil {
		if !names(err) || !beginsWith(err, keysOf(o.kind)) {
			t.Errorf("%s is %s: %v, want an error that begins with a key and names the file", file, what, err)
		}
		return
	}
	if _, err := stimuli.Glance(o.kind, o.env); err != nil && (!names(err) || !beginsWith(err, keysOf(o.kind))) {
		t.Errorf("%s is %s: a glance says %v, want an error that begins with a key and names the file", file, what, err)
	}
	about, err := o.kind.Describe(o.env)
	if err == nil {
		var d stimuli.Data
		if d, err = o.kind.Open(o.env); err == nil {
			if err = readAll(d, about); err == nil && !reflect.DeepEqual(d.Hashes(), o.data.Hashes()) {
				return
			}
		}
	}
	if !names(err) {
		t.Errorf("%s is %s: %v, want an error that names it, or other hashes", file, what, err)
	}
}

// readAll reads every frame and label.
func readAll(d stimuli.Data, about stimuli.Description) error {
	pixels, label := numbers(about.Shape), numbers(about.Label().Shape)
	for _, s := range splits {
		for i := range about.Images[s] {
			for f := range about.Frames {
				if err := d.Read(s, i, f, pixels); err != nil {
					return err
				}
				if err := d.Target(s, i, f, stimuli.Label, label); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
