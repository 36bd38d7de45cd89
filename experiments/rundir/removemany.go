package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// NewRemovalOfMany finds what is to be deleted of a folder that holds many runs,
// in runs/NAME, and what is known of them besides, in tasks/NAME. Files go that
// are ours, told by their names with slashes from the folder; all others stay,
// and their folders with them. The files last go after everything else, so that
// a removal that was cut short can be repeated. A symbolic link, and a folder in
// which a process works, are errors, and so is a run that is unsure to be running,
// unless it is to be taken all the same.
func NewRemovalOfMany(dir Folder, take bool, kind string, ours func(name string) bool, last []string) (*Removal, error) {
	at, err := itself(dir)
	if err != nil {
		return nil, err
	}
	r := &Removal{Folder: dir, Kind: kind, Foreign: []string{}, Kept: []string{}, real: at, take: take, ours: ours, last: last}
	parts, err := r.parts()
	if err != nil {
		return nil, err
	}
	for _, f := range parts {
		if err := isIdle(f, take); err != nil {
			return nil, err
		}
		if f.IsRun() {
			r.Runs++
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

// parts are the folders in which a process may work: those below runs and tasks
// that hold a file of ours, with their controls, and the folder itself if a lock
// file of its own is ours.
func (r *Removal) parts() (list []Folder, err error) {
	if r.ours(LockFile) {
		list = append(list, r.Folder)
	}
	for _, name := range []string{"runs", "tasks"} {
		entries, _ := os.ReadDir(r.Folder.Path(name))
		for _, e := range entries {
			if !e.IsDir() {
				continue
			}
			f, some := Folder(r.Folder.Path(name+"/"+e.Name())), false
			err := r.walk(string(f), func(_, name string, _ int64) { some = some || r.ours(name) })
			if err != nil {
				return nil, err
			}
			if some {
				list = append(list, withParts(f)...)
			}
		}
	}
	return list, nil
}

// walk calls f for all files below a path, with their names in the folder. What
// is gone by the time that its turn comes is left out.
func (r *Removal) walk(below string, f func(path, name string, size int64)) error {
	return filepath.WalkDir(below, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
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

// removeMany deletes what is ours. What is in a part goes while all parts are
// locked, and their lock files and the files last after that. A part that is not
// locked, since it was made meanwhile, stays, and the files last with it.
func (r *Removal) removeMany() error {
	paths, locks, err := r.files()
	if err != nil {
		return err
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	r.Release() // some systems cannot remove a file that is open
	if err := removeAll(locks); err != nil {
		return err
	}
	for _, name := range []string{"runs", "tasks", "slurm", "figures"} {
		if err := removeEmpty(r.Folder.Path(name)); err != nil {
			return err
		}
	}
	parts, err := r.parts()
	if err != nil {
		return err
	}
	for _, f := range parts {
		if f != r.Folder {
			return fmt.Errorf("%s: was made while the rest was removed; it stays, and the same command removes it", f)
		}
	}
	paths = nil
	for _, name := range r.last {
		paths = append(paths, r.Folder.Path(name))
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	if left, err := os.ReadDir(r.real); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(r.real)
}

// files are the paths of what is ours in the parts that are locked, and beside
// runs and tasks, without the files last; those of locks by themselves.
func (r *Removal) files() (paths, locks []string, err error) {
	err = r.walk(string(r.Folder), func(path, name string, _ int64) {
		folder, rest, _ := strings.Cut(name, "/")
		part, _, deep := strings.Cut(rest, "/")
		switch {
		case !r.ours(name) || slices.Contains(r.last, name):
		case (folder == "runs" || folder == "tasks") && deep && !slices.Contains(r.held, Folder(r.Folder.Path(folder+"/"+part))):
		case filepath.Base(path) == LockFile:
			locks = append(locks, path)
		default:
			paths = append(paths, path)
		}
	})
	return paths, locks, err
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
