package pack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/filelock"
)

// Status is how a pack in a cache stands.
type Status struct {
	About
	Folder  string `json:"folder"`
	State   string `json:"state"` // whole, incomplete, or busy where a process builds or removes it
	Decoded int    `json:"decoded"`
	Disk    int64  `json:"disk"` // bytes of all its files
}

// States of a pack.
const (
	Whole      = "whole"
	Incomplete = "incomplete"
	Busy       = "busy"
)

// List returns the packs of a cache, sorted by what they are of.
func List(cache string) ([]Status, error) {
	list, err := os.ReadDir(filepath.Join(cache, "packs"))
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Status
	for _, f := range list {
		if f.IsDir() && isHash(f.Name()) {
			all = append(all, StatusOf(Folder(cache, f.Name())))
		}
	}
	slices.SortFunc(all, func(a, b Status) int {
		if c := strings.Compare(a.Of, b.Of); c != 0 {
			return c
		}
		return strings.Compare(a.Folder, b.Folder)
	})
	return all, nil
}

func isHash(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

// StatusOf looks at a pack's files, without reading pixels.
func StatusOf(folder string) Status {
	s := Status{Folder: folder, State: Incomplete, About: readAbout(folder)}
	s.Disk = sizeOf(folder)
	l, err := tryLock(folder, false)
	if errors.Is(err, filelock.ErrBusy) {
		s.State = Busy
		return s
	}
	if err == nil {
		defer l.Close()
	}
	x, err := readIndex(folder)
	if err != nil {
		for k := 0; ; k++ {
			part, _, err := readShard(folder, k)
			if err != nil {
				break
			}
			s.Decoded += part.Images
		}
		return s
	}
	s.State, s.About, s.Decoded = Whole, x.About, x.Images
	return s
}

// sizeOf is the size of the files in a folder.
func sizeOf(folder string) (n int64) {
	list, _ := os.ReadDir(folder)
	for _, f := range list {
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
	}
	return n
}

// Verify compares every byte of a pack with the hashes that were written, and
// returns one line for everything that is not as it was.
func Verify(folder string) ([]string, error) {
	l, err := tryLock(folder, false)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	p, err := load(folder)
	if err != nil {
		return []string{err.Error()}, nil
	}
	defer p.Close()
	return p.damage(), nil
}

// damage lists shards whose pixels are not those that were written.
func (p *Pack) damage() (list []string) {
	for k, s := range p.about.Shards {
		sum, err := fileSum(filepath.Join(p.folder, pixelsFile(k)))
		switch {
		case err != nil:
			list = append(list, err.Error())
		case sum != s.SHA256:
			list = append(list, fmt.Sprintf("%s: found sha256 %s, want %s", pixelsFile(k), sum, s.SHA256))
		}
	}
	return list
}

// Remove removes a pack. One that a process reads or builds is refused with
// [filelock.ErrBusy]. Files that are none of a pack's stay, and so does the folder then.
func Remove(folder string) error {
	l, err := tryLock(folder, true)
	if err != nil {
		return err
	}
	defer l.Close()
	list, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	names := []string{"index.json"} // first, so that a half removed pack is not whole
	for _, f := range list {
		if name := f.Name(); strings.HasPrefix(name, "shard-") || strings.HasPrefix(name, temporary) || strings.HasPrefix(name, kept) || name == progressFile {
			names = append(names, name)
		}
	}
	for _, name := range append(names, "about.json") {
		Moment()
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !isMissing(err) {
			return err
		}
	}
	lock := filepath.Join(folder, lockFile)
	if err := os.Remove(lock); err != nil { // as on systems where an open file cannot be removed
		l.Close()
		if err := os.Remove(lock); err != nil && !isMissing(err) {
			return err
		}
	}
	return os.Remove(folder)
}
