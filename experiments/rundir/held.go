package rundir

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
)

// held are the folders that this process works in, by their absolute paths.
var held = struct {
	sync.Mutex
	of map[string]*holding
}{of: map[string]*holding{}}

// holding is a folder that this process works in.
type holding struct {
	// The folder's lock file, or else the folder itself. A path may come to name
	// another folder while a process works; what is open stays what it was.
	file *os.File
	sums map[string]string // SHA-256 of the results that were written, by name
	uses int               // the Lock, and calls of Alone that go on under it
}

// Moved is the error of a folder that is no longer the one in which this process
// began to work.
type Moved struct{ Folder Folder }

// Error says what happened and what would do.
func (m *Moved) Error() string {
	return fmt.Sprintf("%s: was moved, removed or replaced while this process worked there; nothing more is written. A run goes on where its folder is now: cortex run FOLDER --resume", m.Folder)
}

// Absolute is a folder's name from the root, by which a process knows those that
// it holds.
func Absolute(f Folder) string {
	if abs, err := filepath.Abs(string(f)); err == nil {
		return abs
	}
	return string(f)
}

// hold notes that this process works in f, and keeps an open file by which the
// folder is known again. Every call of hold and join needs one call of drop.
func hold(f Folder, file *os.File) *holding {
	held.Lock()
	defer held.Unlock()
	h := &holding{file, map[string]string{}, 1}
	held.of[Absolute(f)] = h
	return h
}

// join adds a use to the holding of f and returns it; nil where f is not held.
func join(f Folder) *holding {
	held.Lock()
	defer held.Unlock()
	h := held.of[Absolute(f)]
	if h != nil {
		h.uses++
	}
	return h
}

// drop ends a use of h, by which f is held; with the last one its file is closed,
// and the lock given back.
func drop(f Folder, h *holding) {
	held.Lock()
	defer held.Unlock()
	if h.uses--; h.uses > 0 {
		return
	}
	if held.of[Absolute(f)] == h {
		delete(held.of, Absolute(f))
	}
	h.file.Close()
}

// Holds reports whether this process holds f.
func Holds(f Folder) bool {
	held.Lock()
	defer held.Unlock()
	return held.of[Absolute(f)] != nil
}

// StillThere reports, as a *Moved, that f is held and is another folder by now.
func StillThere(f Folder) error {
	held.Lock()
	h := held.of[Absolute(f)]
	held.Unlock()
	if h == nil {
		return nil
	}
	have, err := h.file.Stat()
	if err != nil {
		return err
	}
	path := string(f)
	if !have.IsDir() {
		path = f.Path(LockFile)
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(have, there) {
		return &Moved{f}
	}
	return nil
}

// wrote notes the SHA-256 of a result that was written into f, if it is held.
func wrote(f Folder, name, sum string) {
	held.Lock()
	defer held.Unlock()
	if h := held.of[Absolute(f)]; h != nil && IsResult(name) {
		h.sums[name] = sum
	}
}

// Written are the SHA-256 of the results that this process wrote into f since it
// holds it.
func Written(f Folder) map[string]string {
	held.Lock()
	defer held.Unlock()
	if h := held.of[Absolute(f)]; h != nil {
		return maps.Clone(h.sums)
	}
	return map[string]string{}
}
