package experiments

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

	real string // the folder's path from the root, without symbolic links
	ours func(name string) bool
	last []string
}

// NewRemoval finds what is to be deleted of the run in a folder: all of it, or
// the checkpoints of a run that is finished. A folder that is not a run, a
// control, a symbolic link and a run that a process works on are errors; what a
// removal that was cut short left of a run is not.
func NewRemoval(dir Folder, checkpoints bool) (*Removal, error) {
	at, err := itself(dir)
	if err != nil {
		return nil, err
	}
	if !dir.IsRun() && !dir.remnant() {
		return nil, fmt.Errorf("%s: is not the folder of a run, a sweep or a comparison, and nothing else is removed", dir)
	}
	if filepath.Base(filepath.Dir(at)) == "controls" {
		if of := Folder(filepath.Dir(filepath.Dir(at))); of.IsRun() {
			return nil, fmt.Errorf("%s: is a control of %s, which needs it; remove that", dir, filepath.Base(string(of)))
		}
	}
	var info Info
	if err := dir.ReadJSON(infoFile, &info); err != nil {
		return nil, err
	}
	r := &Removal{Folder: dir, Kind: "run", Checkpoints: checkpoints, State: info.State, Foreign: []string{}, Kept: []string{}, real: at}
	for _, f := range dir.withControls() {
		r.Runs++
		l, err := f.look()
		if err != nil {
			return nil, err
		}
		l.Release()
		if checkpoints {
			var c Info
			if err := f.ReadJSON(infoFile, &c); err != nil {
				return nil, err
			}
			if c.State != Finished {
				return nil, fmt.Errorf("%s: is %s; its checkpoints are what it goes on from", f, c.State)
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
			if name, err := filepath.Rel(string(dir), path); err == nil && !Written(filepath.ToSlash(name)) {
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

// remnant reports whether the folder holds run.json and at most the lock file
// besides, as a removal leaves it that was cut short at its end.
func (f Folder) remnant() bool {
	entries, err := os.ReadDir(string(f))
	for _, e := range entries {
		if e.Name() != infoFile && e.Name() != lockFile {
			return false
		}
	}
	var info Info
	return err == nil && f.ReadJSON(infoFile, &info) == nil && info.Format > 0
}

// Same reports whether two removals are of the same folder.
func (r *Removal) Same(other *Removal) bool { return r.real == other.real }

// withControls is the folder with those of its controls.
func (f Folder) withControls() []Folder {
	list := []Folder{f}
	entries, _ := os.ReadDir(f.path("controls"))
	for _, e := range entries {
		if c := f.Control(e.Name()); e.IsDir() && c.IsRun() {
			list = append(list, c)
		}
	}
	return list
}

// tops are the paths below which everything is deleted.
func (r *Removal) tops() (list []string) {
	if !r.Checkpoints {
		return []string{string(r.Folder)}
	}
	for _, f := range r.Folder.withControls() {
		if f.Has("checkpoints") {
			list = append(list, f.path("checkpoints"))
		}
	}
	return list
}

// Written reports whether a file of that name, with slashes, in a run's folder is
// one that the program writes.
func Written(name string) bool {
	if rest, ok := strings.CutPrefix(name, "controls/"); ok {
		_, rest, ok = strings.Cut(rest, "/")
		return ok && Written(rest)
	}
	folder, base := filepath.ToSlash(filepath.Dir(name)), filepath.Base(name)
	if IsTemporary(base) {
		return true
	}
	switch folder {
	case ".":
		return slices.Contains([]string{lockFile, experimentFile, sourceFile, infoFile, metricsFile, "metrics.csv", "slices.csv", weightsFile, testFile, logitsFile, anatomyFile, framesFile, pageFile}, base)
	case "checkpoints":
		return strings.HasSuffix(base, ".safetensors")
	case "recordings":
		return strings.HasSuffix(base, ".npz")
	case "figures":
		return slices.Contains([]string{".svg", ".png", ".pdf"}, filepath.Ext(base))
	}
	return false
}

// Remove deletes it. The folder is locked meanwhile; what makes it a run goes
// last, run.json after all else, so that a removal that was cut short can be
// repeated.
func (r *Removal) Remove() error {
	if r.ours != nil {
		return r.removeMany()
	}
	var locks []*Lock
	release := func() {
		for _, l := range locks {
			l.Release()
		}
	}
	defer release()
	for _, f := range r.Folder.withControls() {
		l, err := f.Lock()
		if err != nil {
			return err
		}
		locks = append(locks, l)
	}
	if r.Checkpoints {
		return removeAll(r.tops())
	}
	entries, err := os.ReadDir(string(r.Folder))
	if err != nil {
		return err
	}
	var paths []string
	last := []string{"controls", lockFile, experimentFile, infoFile}
	for _, e := range entries {
		if !slices.Contains(last, e.Name()) {
			paths = append(paths, r.Folder.path(e.Name()))
		}
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	release() // some systems cannot remove a file that is open
	paths = nil
	for _, name := range last {
		paths = append(paths, r.Folder.path(name))
	}
	if err := removeAll(paths); err != nil {
		return err
	}
	moment()
	return os.Remove(r.real) // "." cannot be removed by that name
}

// removeAll removes what is at paths and below them, in their order.
func removeAll(paths []string) error {
	for _, path := range paths {
		moment()
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}
