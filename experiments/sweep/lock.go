package sweep

import (
	"os"
	"path/filepath"
)

// lock takes the task for this process; ok is false where another has it.
func (t *Task) lock() (release func(), ok bool, err error) {
	path := filepath.Join(string(t.own()), ".lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, false, err
	}
	if ok, err = tryLock(f); !ok || err != nil {
		f.Close()
		return nil, false, err
	}
	return func() { f.Close() }, true, nil
}

// held reports whether a process is at work on the task.
func (t *Task) held() bool {
	path := filepath.Join(string(t.own()), ".lock")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	ok, err := tryLock(f)
	return err == nil && !ok
}
