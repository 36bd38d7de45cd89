package pack

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/filelock"
)

// TestDamaged changes, cuts off, lengthens and removes every file of a pack. It is
// built again where that shows when it is opened; otherwise reading the image, and
// Verify, name the file, and a thorough Open makes it again.
func TestDamaged(t *testing.T) {
	src, o := &numbered{n: 60}, options(t.TempDir())
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	folder := p.Folder()
	p.Close()
	found := 0
	for name, text := range contents(t, folder) {
		path := filepath.Join(folder, name)
		for what, damage := range map[string]func() error{
			"missing": func() error { return os.Remove(path) },
			"empty":   func() error { return os.WriteFile(path, nil, 0o666) },
			"cut off": func() error { return os.WriteFile(path, []byte(text[:len(text)-3]), 0o666) },
			"longer":  func() error { return os.WriteFile(path, []byte(text+"x"), 0o666) },
			"changed": func() error {
				b := []byte(text)
				b[len(b)/2] ^= 1
				return os.WriteFile(path, b, 0o666)
			},
		} {
			if err := damage(); err != nil {
				t.Fatal(err)
			}
			problems, err := Verify(folder)
			if err != nil || len(problems) == 0 && name != "about.json" {
				t.Errorf("%s is %s: Verify finds nothing, %v", name, what, err)
			}
			if what == "changed" && strings.HasSuffix(name, ".u8") {
				found++
				o.Thorough = false
				p, err := Open(src, o)
				if err != nil {
					t.Fatal(err)
				}
				var told error
				for i := range src.n {
					if err := p.View(i, func(Picture) error { return nil }); err != nil {
						told = errors.Join(told, err)
					}
				}
				p.Close()
				if told == nil || !strings.Contains(told.Error(), name) || strings.Contains(told.Error(), "\n") {
					t.Errorf("%s is changed: reading says %v, want one image and the file", name, told)
				}
			}
			o.Thorough = what == "changed"
			p, err := Open(src, o)
			if err != nil {
				t.Fatalf("%s is %s: %v", name, what, err)
			}
			sameAs(t, p, src)
			if problems, err := Verify(folder); err != nil || problems != nil {
				t.Errorf("%s was %s: %v, %v after it was built again", name, what, problems, err)
			}
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil { // about.json is not made again
				t.Fatal(err)
			}
		}
	}
	if found < 3 {
		t.Errorf("%d shards, want several", found)
	}
}

// TestCutWhileMapped cuts a shard off while it is read: an error, where mapped memory
// that is gone would end the process.
func TestCutWhileMapped(t *testing.T) {
	src, o := &numbered{n: 60}, options(t.TempDir())
	o.Shard = 1 << 20
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := os.Truncate(filepath.Join(p.Folder(), pixelsFile(0)), 0); err != nil {
		t.Skip("the system does not cut off open files")
	}
	for i := range src.n {
		if err := p.View(i, func(Picture) error { return nil }); err == nil || !strings.Contains(err.Error(), pixelsFile(0)) {
			t.Fatalf("image %d: got %v, want an error that names the file", i, err)
		}
	}
	// A fault of the caller stays one.
	defer func() {
		if recover() == nil {
			t.Error("a panic of the caller is lost")
		}
	}()
	guarded([]byte{1}, func() { var none []int; none[len(os.Args)] = 1 })
}

// TestRemove removes packs, and nothing that is none of theirs.
func TestRemove(t *testing.T) {
	src, o := &numbered{n: 60}, options(t.TempDir())
	if list, err := List(o.Cache); err != nil || list != nil {
		t.Errorf("an empty cache: %v, %v", list, err)
	}
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	folder := p.Folder()
	if err := Remove(folder); !errors.Is(err, filelock.ErrBusy) {
		t.Errorf("removing what is read: %v, want busy", err)
	}
	p.Close()
	o.Recipe = "another"
	if p, err = Open(src, o); err != nil {
		t.Fatal(err)
	}
	p.Close()
	if err := os.Mkdir(filepath.Join(o.Cache, "packs", "mine"), 0o777); err != nil {
		t.Fatal(err)
	}
	if list, err := List(o.Cache); err != nil || len(list) != 2 || list[0].State != Whole || list[1].Decoded != 60 {
		t.Errorf("%+v, %v", list, err)
	}
	if err := Remove(folder); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(p.Folder(), "notes.txt")
	if err := os.WriteFile(mine, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Remove(p.Folder()); err == nil {
		t.Error("a folder with other files was removed")
	}
	if list, _ := os.ReadDir(p.Folder()); len(list) != 1 || list[0].Name() != "notes.txt" {
		t.Errorf("%v are left, want the file that is none of a pack's", list)
	}
	if list, err := List(o.Cache); err != nil || len(list) != 1 || list[0].State != Incomplete {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestTable checks that what table writes is read, and that a table with any byte
// changed is an error or another.
func TestTable(t *testing.T) {
	s, entries := smallTable()
	text := table(s, entries)
	gs, ge, err := parseTable(text, 4)
	if err != nil || gs != s || len(ge) != 2 || ge[0] != entries[0] || ge[1] != entries[1] {
		t.Fatalf("got %+v %+v %v\n%s", gs, ge, err, text)
	}
	for n := range len(text) {
		if _, _, err := parseTable(text[:n], 4); err == nil {
			t.Errorf("the first %d bytes are a table, too", n)
		}
		changed := bytes.Clone(text)
		changed[n] ^= 1
		if _, _, err := parseTable(changed, 4); err == nil {
			t.Errorf("byte %d is changed, and it is a table, too", n)
		}
	}
}

func smallTable() (shard, []entry) {
	s := shard{First: 7, Images: 2, Bytes: 20, SHA256: "abc"}
	return s, []entry{
		{offset: 0, height: 2, width: 2, channels: 3, check: 0xdeadbeef, shard: 4, id: "a/b\tc\n.jpg"},
		{offset: 12, height: 4, width: 2, channels: 1, check: 1, shard: 4, id: `"quoted" é`},
	}
}

// FuzzTable reads any text as a table: what is read is written as it was, or refused.
func FuzzTable(f *testing.F) {
	whole := table(smallTable())
	f.Add(whole[:bytes.LastIndex(whole, []byte(seal))])
	f.Add([]byte("{}\n" + columns))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, entries, err := parseTable(sealTable(slices.Clip(text)), 4)
		if err != nil {
			return
		}
		again := table(s, entries)
		s2, entries2, err := parseTable(again, 4)
		s.Index = ""
		if err != nil || s2 != s || len(entries) != len(entries2) {
			t.Fatalf("%q is read as %q: %v", text, again, err)
		}
		for i := range entries {
			if entries[i] != entries2[i] {
				t.Fatalf("%+v is read back as %+v", entries[i], entries2[i])
			}
		}
		if bytes.Contains(again, []byte("\r")) {
			t.Fatalf("%q: a carriage return is not quoted", again)
		}
	})
}

// TestKeep computes once, again where the file is damaged or is of another name, and
// never keeps an error.
func TestKeep(t *testing.T) {
	src, o := &numbered{n: 20}, options(t.TempDir())
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	keep := func(p *Pack, name, want string) {
		t.Helper()
		got, err := p.Keep(name, func() ([]byte, error) { made++; return []byte("of " + name + "\n"), nil })
		if err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.Keep("a", func() ([]byte, error) { return nil, os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
	keep(p, "a", "of a\n")
	keep(p, "a", "of a\n")
	keep(p, "b", "of b\n")
	p.Close()
	if p, err = Open(src, o); err != nil {
		t.Fatal(err)
	}
	keep(p, "b", "of b\n")
	if made != 2 {
		t.Errorf("computed %d times, want once a name", made)
	}
	list, _ := filepath.Glob(filepath.Join(p.Folder(), "kept-*"))
	for _, file := range list {
		text, _ := os.ReadFile(file)
		for at := range text {
			changed := bytes.Clone(text)
			changed[at] ^= 1
			if err := os.WriteFile(file, changed, 0o666); err != nil {
				t.Fatal(err)
			}
			keep(p, "a", "of a\n")
			keep(p, "b", "of b\n")
		}
	}
	p.Close()
	if err := Remove(p.Folder()); err != nil || len(list) != 2 {
		t.Errorf("%d files: %v", len(list), err)
	}
}
