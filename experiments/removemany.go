package experiments

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// NewRemovalOfMany finds what is to be deleted of a folder that holds many runs,
// in runs/NAME, and what is known of them besides, in tasks/NAME. Files go that
// are ours, told by their names with slashes from the folder; all others stay,
// and their folders with them. The files last go after everything else, so that
// a removal that was cut short can be repeated. A symbolic link, and a folder in
// which a process works, are errors.
func NewRemovalOfMany(dir Folder, kind string, ours func(name string) bool, last []string) (*Removal, error) {
	at, err := itself(dir)
	if err != nil {
		return nil, err
	}
	r := &Removal{Folder: dir, Kind: kind, Foreign: []string{}, Kept: []string{}, real: at, ours: ours, last: last}
	l, err := dir.look()
	if err != nil {
		return nil, err
	}
	l.Release()
	for _, f := range r.parts() {
		for _, c := range f.withControls() {
			l, err := c.look()
			if err != nil {
				return nil, err
			}
			l.Release()
			if !c.IsRun() {
				continue
			}
			r.Runs++
			var info Info
			if err := c.ReadJSON(infoFile, &info); err == nil && info.State == Running && !c.Locks() {
				return nil, fmt.Errorf("%s: is running as its %s says, and the file system has no locks to tell; if no process works there, remove it by itself first: cortex rm %s", c, infoFile, c)
			}
		}
	}
	err = r.walk(string(dir), func(path, name string, size int64) {
		if !ours(name) {
			r.Kept = append(r.Kept, name)
			return
		}
		r.Files, r.Bytes = r.Files+1, r.Bytes+size
	})
	return r, err
}

// itself is the path of a folder from the root; a symbolic link is an error.
func itself(dir Folder) (string, error) {
	i, err := os.Lstat(filepath.Clean(string(dir)))
	switch {
	case err != nil:
		return "", err
	case i.Mode()&fs.ModeSymlink != 0:
		return "", fmt.Errorf("%s: is a symbolic link, want the folder itself", dir)
	}
	at, err := filepath.Abs(string(dir))
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(at)
}

// parts are the folders below runs and tasks.
func (r *Removal) parts() (list []Folder) {
	for _, name := range []string{"runs", "tasks"} {
		entries, _ := os.ReadDir(r.Folder.path(name))
		for _, e := range entries {
			if e.IsDir() {
				list = append(list, Folder(r.Folder.path(name+"/"+e.Name())))
			}
		}
	}
	return list
}

// walk calls f for all files below a path, with their names in the folder.
func (r *Removal) walk(below string, f func(path, name string, size int64)) error {
	return filepath.WalkDir(below, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(string(r.Folder), path)
		if err != nil {
			return err
		}
		f(path, filepath.ToSlash(name), i.Size())
		return nil
	})
}

// removeMany deletes what is ours.
func (r *Removal) removeMany() error {
	lock := &Lock{}
	defer func() { lock.Release() }()
	if r.Folder.Has(lockFile) {
		var err error
		if lock, err = r.Folder.Lock(); err != nil {
			return err
		}
	}
	for _, f := range r.parts() {
		if err := r.removePart(f); err != nil {
			return err
		}
	}
	var paths []string
	err := r.walk(string(r.Folder), func(path, name string, _ int64) {
		if r.ours(name) && !slices.Contains(r.last, name) {
			paths = append(paths, path)
		}
	})
	if err != nil {
		return err
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	for _, name := range []string{"runs", "tasks", "slurm", "figures"} {
		if err := removeEmpty(r.Folder.path(name)); err != nil {
			return err
		}
	}
	paths = nil
	for _, name := range r.last {
		paths = append(paths, r.Folder.path(name))
	}
	lock.Release() // some systems cannot remove a file that is open
	if err := removeAll(paths); err != nil {
		return err
	}
	if left, err := os.ReadDir(r.real); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(r.real)
}

// removePart deletes what is ours of a run or of what is known of it, and holds
// the locks that there are meanwhile.
func (r *Removal) removePart(f Folder) error {
	var held []*Lock
	release := func() {
		for _, l := range held {
			l.Release()
		}
	}
	defer release()
	for _, c := range f.withControls() {
		if !c.Has(lockFile) {
			continue
		}
		l, err := c.Lock()
		if err != nil {
			return err
		}
		held = append(held, l)
	}
	var paths, locks []string
	err := r.walk(string(f), func(path, name string, _ int64) {
		switch {
		case !r.ours(name):
		case filepath.Base(path) == lockFile:
			locks = append(locks, path)
		default:
			paths = append(paths, path)
		}
	})
	if err != nil {
		return err
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	release() // some systems cannot remove a file that is open
	return removeAll(locks)
}

// removeEmpty removes a folder and those below it that hold nothing.
func removeEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeEmpty(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if entries, err = os.ReadDir(dir); err != nil || len(entries) > 0 {
		return err
	}
	return os.Remove(dir)
}
