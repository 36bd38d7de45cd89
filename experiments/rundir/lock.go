package rundir

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"ventral/experiments/filelock"
)

// LockFile is the file that the one process at work in a folder locks. The file stays
// when the process ends. The lock does not, however the process ends.
const LockFile = ".lock"

// Lock keeps every other process from working in a folder. The system gives it
// back when the process ends, even when it is killed.
type Lock struct {
	folder Folder
	file   *os.File // the lock file, or where the file system has no locks the folder
	held   bool     // the system keeps others out

	holding *holding // nil of a lock that others may share
}

// Busy is the error of a folder that another process works in.
type Busy struct {
	Folder Folder
	By     string // what that process wrote of itself, "" where it cannot be read
}

// Error says where, and who holds the lock.
func (b *Busy) Error() string {
	by := "another process"
	if b.By != "" {
		by = b.By
	}
	return fmt.Sprintf("%s: %s works there; wait for it to end, or end it", b.Folder, by)
}

// patience is how long what is in the way for a moment is waited for: whoever only
// looks whether a folder is in use holds its lock, and on some systems whoever reads
// a file keeps it from being replaced or removed.
const patience = 300 * time.Millisecond

// Lock takes the folder's lock; the folder must be there. Until it is released,
// writing into a folder that has taken its place is a *Moved. Files that a killed
// process had not completed are removed. A folder that another process works in is
// a *Busy. Where the file system has no locks there is nothing to hold: Held tells,
// and no file is removed, since a process that is not kept out may be writing it.
func (f Folder) Lock() (*Lock, error) {
	var l *Lock
	err := Patiently(func() (err error) {
		l, err = f.tryLock()
		return err
	}, func(err error) bool { var busy *Busy; return errors.As(err, &busy) })
	if err != nil {
		return nil, err
	}
	l.holding = hold(f, l.file)
	if l.held {
		tidy(f)
	}
	return l, nil
}

// Patiently tries again while an error may pass in a moment, for as long as
// patience lasts.
func Patiently(try func() error, passes func(error) bool) error {
	for begun := time.Now(); ; time.Sleep(patience / 10) {
		if err := try(); err == nil || !passes(err) || time.Since(begun) > patience {
			return err
		}
	}
}

func (f Folder) tryLock() (*Lock, error) {
	file, err := os.OpenFile(f.Path(LockFile), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("%s: nothing can be written there: %w", f, err)
	}
	switch err := filelock.Lock(file, true); {
	case errors.Is(err, errors.ErrUnsupported):
		file.Close()
		dir, err := os.Open(string(f))
		return &Lock{folder: f, file: dir}, err
	case errors.Is(err, filelock.ErrBusy):
		defer file.Close()
		return nil, f.busy(file)
	case err != nil:
		file.Close()
		return nil, fmt.Errorf("%s: lock: %w", f.Path(LockFile), err)
	}
	// A folder that was removed meanwhile, or is another one by now, has another file.
	have, err := file.Stat()
	if there, statErr := os.Stat(f.Path(LockFile)); err != nil || statErr != nil || !os.SameFile(have, there) {
		defer file.Close()
		return nil, f.busy(file)
	}
	host, _ := os.Hostname()
	if err := file.Truncate(0); err == nil {
		// What stands there is for people; a full disk may leave it out.
		file.WriteAt(fmt.Appendf(nil, "process %d on %s\n", os.Getpid(), host), 0)
	}
	return &Lock{folder: f, file: file, held: true}, nil
}

func (f Folder) busy(file *os.File) *Busy {
	text := make([]byte, 200)
	n, _ := file.ReadAt(text, 0)
	by, _, _ := strings.Cut(string(text[:n]), "\n")
	return &Busy{f, by}
}

// Alone calls do while this process alone works in the folder, which it makes
// where there is none: under its lock, or under that which this process holds
// already and then keeps until do returns. Goroutines of this process are not kept
// from each other.
func (f Folder) Alone(do func() error) error {
	if h := join(f); h != nil {
		defer drop(f, h)
		return do()
	}
	if err := os.MkdirAll(string(f), 0o777); err != nil {
		return err
	}
	l, err := f.Lock()
	if err != nil {
		return err
	}
	defer l.Release()
	return do()
}

// Tidy removes files that a killed process left in the folder. It removes none while
// another process works there, or may, as on a file system without locks.
func (f Folder) Tidy() {
	entries, _ := os.ReadDir(string(f))
	figures, _ := os.ReadDir(f.Path("figures"))
	if !slices.ContainsFunc(append(entries, figures...), func(e os.DirEntry) bool { return IsTemporary(e.Name()) }) {
		return
	}
	if l, err := f.tryLock(); err == nil {
		if l.held {
			tidy(f)
		}
		l.file.Close()
	}
}

// Held reports whether the lock keeps others out: false where the file system
// has no locks.
func (l *Lock) Held() bool { return l.held }

// Release gives the lock back. A second call does nothing.
func (l *Lock) Release() {
	if l.file == nil {
		return
	}
	if l.holding != nil {
		drop(l.folder, l.holding)
	} else {
		l.file.Close()
	}
	l.file, l.holding, l.held = nil, nil, false
}

// Share returns a lock that others may share, so that no process begins to work
// in the folder while it is read; a *Busy where one does. A folder without a
// lock file, or on a file system without locks, has nobody.
func (f Folder) Share() (*Lock, error) {
	file, err := os.Open(f.Path(LockFile))
	if err != nil {
		return &Lock{}, nil
	}
	if errors.Is(filelock.Lock(file, false), filelock.ErrBusy) {
		defer file.Close()
		return nil, f.busy(file)
	}
	return &Lock{file: file}, nil
}

// Locks reports whether locks tell who works in the folder: false where its file
// system has none.
func (f Folder) Locks() bool {
	file, err := os.Open(f.Path(LockFile))
	if err != nil {
		return true // nobody has worked there
	}
	defer file.Close()
	return !errors.Is(filelock.Lock(file, false), errors.ErrUnsupported)
}

// InUse reports whether a process works in the folder.
func (f Folder) InUse() bool {
	l, err := f.Share()
	if err != nil {
		return true
	}
	l.Release()
	return false
}
