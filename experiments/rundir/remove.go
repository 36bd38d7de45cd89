package rundir

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/filelock"
)

// Removal is what is to be deleted of a run, or of a folder of many.
type Removal struct {
	Folder      Folder   `json:"folder"`
	Kind        string   `json:"kind"`            // "run", or what the folder of many is
	Checkpoints bool     `json:"checkpoints"`     // these only
	State       string   `json:"state,omitempty"` // of the run
	Runs        int      `json:"runs"`
	Files       int      `json:"files"`
	Bytes       int64    `json:"bytes"`
	Foreign     []string `json:"foreign"` // among them, what the program did not write
	Kept        []string `json:"kept"`    // of many: what the program did not write, which stays

	real  string // the folder's path from the root, without symbolic links
	take  bool   // a run that is unsure to be running
	ours  func(name string) bool
	last  []string
	locks []*Lock
	held  []Folder // that locks are of
}

// NewRemoval finds what is to be deleted of the run in a folder: all of it, or
// the checkpoints of a run that is finished. A folder that is not a run, a
// control, a symbolic link and a run that a process works on are errors, and so
// is one that is unsure to be running, unless it is to be taken all the same;
// what a removal that was cut short left of a run is not, nor is a
// condition whose test was interrupted.
func NewRemoval(dir Folder, checkpoints, take bool) (*Removal, error) {
	at, err := itself(dir)
	if err != nil {
		return nil, err
	}
	unfinished := !dir.IsRun() && dir.Has(LockFile) && filepath.Base(filepath.Dir(at)) == "conditions" && Folder(filepath.Dir(filepath.Dir(at))).IsRun()
	if !dir.IsRun() && !isRemnant(dir) && !unfinished {
		return nil, fmt.Errorf("%s: is not the folder of a run, a sweep or a comparison, and nothing else is removed", dir)
	}
	if filepath.Base(filepath.Dir(at)) == "controls" { // a condition can go
		if of := Folder(filepath.Dir(filepath.Dir(at))); of.IsRun() {
			return nil, fmt.Errorf("%s: is a control of %s, which needs it; remove that", dir, filepath.Base(string(of)))
		}
	}
	s := &Status{State: Interrupted}
	if !unfinished {
		s, err = ReadState(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; only what can be read is removed: delete the folder by hand", err)
	}
	r := &Removal{Folder: dir, Kind: "run", Checkpoints: checkpoints, State: StateText(s.State, s.Unsure), Foreign: []string{}, Kept: []string{}, real: at, take: take}
	for _, f := range withParts(dir) {
		if err := isIdle(f, take); err != nil {
			return nil, err
		}
		if f != dir && !f.IsRun() {
			continue
		}
		r.Runs++
		if checkpoints {
			c, err := ReadState(f)
			if err != nil {
				return nil, err
			}
			if c.State != Finished {
				return nil, fmt.Errorf("%s: is %s; its checkpoints are what it goes on from", f, StateText(c.State, c.Unsure))
			}
		}
	}
	for _, top := range r.tops() {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			i, err := d.Info()
			if err != nil {
				return err
			}
			r.Files, r.Bytes = r.Files+1, r.Bytes+i.Size()
			if name, err := filepath.Rel(string(dir), path); err == nil && !Ours(filepath.ToSlash(name)) {
				r.Foreign = append(r.Foreign, filepath.ToSlash(name))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return r, nil
}

// idle returns an error of a folder that a process works in, or may: one whose
// run says that it is running where the file system has no locks, unless it is to
// be taken all the same.
func isIdle(f Folder, take bool) error {
	l, err := f.Share()
	if err != nil {
		return err
	}
	defer l.Release()
	var info Info
	if err := f.ReadJSON(InfoFile, &info); err == nil && info.State == Running && !f.Locks() && !take {
		return fmt.Errorf("%s: is running as its %s says, and the file system has no locks to tell; if no process works there, --take-running removes it", f, InfoFile)
	}
	return nil
}

// remnant reports whether the folder holds run.json and at most lock files
// besides, its own and those of controls, as a removal leaves it that was cut
// short at its end.
func isRemnant(f Folder) bool {
	var info Info
	if f.ReadJSON(InfoFile, &info) != nil || info.Format == 0 {
		return false
	}
	return filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() || d.Name() == LockFile || path == f.Path(InfoFile):
			return nil
		}
		return fs.ErrExist
	}) == nil
}

// Same reports whether two removals are of the same folder.
func (r *Removal) Same(other *Removal) bool { return r.real == other.real }

// Within reports whether the folder lies somewhere in that of another removal.
func (r *Removal) Within(other *Removal) bool {
	return strings.HasPrefix(r.real, other.real+string(filepath.Separator))
}

// partFolders are the folders of a run that hold folders of runs.
var partFolders = []string{"controls", "conditions"}

// withParts is the folder with those of its controls and conditions. A condition that
// is being tested has a lock file and no run.json yet.
func withParts(f Folder) []Folder {
	list := []Folder{f}
	for _, name := range partFolders {
		entries, _ := os.ReadDir(f.Path(name))
		for _, e := range entries {
			if c := Folder(f.Path(name + "/" + e.Name())); e.IsDir() && (c.IsRun() || c.Has(LockFile)) {
				list = append(list, withParts(c)...)
			}
		}
	}
	return list
}

// tops are the paths below which everything is deleted.
func (r *Removal) tops() (list []string) {
	if !r.Checkpoints {
		return []string{string(r.Folder)}
	}
	for _, f := range withParts(r.Folder) {
		if f.Has("checkpoints") {
			list = append(list, f.Path("checkpoints"))
		}
	}
	return list
}

// Ours reports whether a file of that name, with slashes, in a run's folder is
// one that the program writes.
func Ours(name string) bool {
	if folder, base, _ := strings.Cut(name, "/"); folder == "conditions" && slices.Contains(ConditionsFiles, base) {
		return true
	}
	for _, folder := range []string{"controls/", "conditions/"} {
		if rest, ok := strings.CutPrefix(name, folder); ok {
			_, rest, ok = strings.Cut(rest, "/")
			return ok && Ours(rest)
		}
	}
	folder, base := filepath.ToSlash(filepath.Dir(name)), filepath.Base(name)
	if IsTemporary(base) {
		return true
	}
	if at, name, ok := strings.Cut(folder, "/"); ok && at == "analyses" && !strings.Contains(name, "/") {
		return base == LockFile || slices.Contains([]string{".json", ".csv", ".npz"}, filepath.Ext(base))
	}
	switch folder {
	case ".":
		return slices.Contains([]string{LockFile, ExperimentFile, SourceFile, InfoFile, PageFile}, base) || slices.Contains(ResultFiles, base) || IsResult(base)
	case "checkpoints":
		return strings.HasSuffix(base, ".safetensors")
	case "recordings", "bases":
		return strings.HasSuffix(base, ".npz") || name == ImagesFile
	case "probes":
		return strings.HasSuffix(base, ".json")
	case "figures":
		return slices.Contains([]string{".svg", ".png", ".pdf", ".gif"}, filepath.Ext(base))
	}
	return false
}

// Lock keeps every process from working in what is to be deleted, until Remove
// has deleted it or Release gives it up. A second call does nothing.
func (r *Removal) Lock() error {
	if r.locks != nil {
		return nil
	}
	folders := withParts(r.Folder)
	if r.ours != nil {
		var err error
		if folders, err = r.parts(); err != nil {
			return err
		}
	}
	for _, f := range folders {
		l, err := f.Lock()
		if err == nil && !l.Held() {
			err = isIdle(f, r.take) // since the user was asked
		}
		if err != nil {
			r.Release()
			return err
		}
		r.locks, r.held = append(r.locks, l), append(r.held, f)
	}
	return nil
}

// Release gives back what Lock took.
func (r *Removal) Release() {
	for _, l := range r.locks {
		l.Release()
	}
	r.locks, r.held = nil, nil
}

// Remove deletes it, under the locks that Lock takes. What makes it a run goes
// last, run.json after all else, so that a removal that was cut short can be
// repeated.
func (r *Removal) Remove() error {
	if err := r.Lock(); err != nil {
		return err
	}
	defer r.Release()
	switch {
	case r.ours != nil:
		return r.removeMany()
	case r.Checkpoints:
		return removeAll(r.tops())
	}
	// Of the run and its controls, all that is in their folders but the locks.
	keep := append([]string{LockFile, ExperimentFile, InfoFile}, partFolders...)
	for _, f := range r.held {
		if err := removeAll(pathsBut(f, keep...)); err != nil {
			return err
		}
		keep = append([]string{LockFile}, partFolders...)
	}
	for _, f := range r.held {
		for _, name := range partFolders {
			if err := removeAll(pathsBut(Folder(f.Path(name)), r.parted()...)); err != nil {
				return err
			}
		}
	}
	if err := removeAll([]string{r.Folder.Path(ExperimentFile)}); err != nil {
		return err
	}
	held := r.held
	r.Release() // some systems cannot remove a file that is open
	for _, f := range held {
		if err := removeAll([]string{f.Path(LockFile)}); err != nil {
			return err
		}
	}
	for _, name := range partFolders {
		if err := removeEmpty(r.Folder.Path(name)); err != nil {
			return err
		}
	}
	if err := removeAll([]string{r.Folder.Path(InfoFile)}); err != nil {
		return err
	}
	Moment()
	return os.Remove(r.real) // "." cannot be removed by that name
}

// parted are the names of the controls and conditions whose locks are held.
func (r *Removal) parted() (names []string) {
	for _, f := range r.held[1:] {
		names = append(names, filepath.Base(string(f)))
	}
	return names
}

// but lists the paths of what is in a folder, except for names; none where there
// is no folder.
func pathsBut(f Folder, names ...string) (paths []string) {
	entries, _ := os.ReadDir(string(f))
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			paths = append(paths, f.Path(e.Name()))
		}
	}
	return paths
}

// removeAll removes what is at paths and below them, in their order.
func removeAll(paths []string) error {
	for _, path := range paths {
		Moment()
		if err := Patiently(func() error { return os.RemoveAll(path) }, filelock.Opened); err != nil {
			return err
		}
	}
	return nil
}
