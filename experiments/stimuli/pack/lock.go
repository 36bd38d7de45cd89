package pack

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ventral/experiments/filelock"
)

const (
	lockFile = ".lock"

	// progressFile is what a process that builds tells those that wait: how many
	// images are done.
	progressFile = ".progress"
)

// held is the lock of a pack's folder.
type held struct {
	file     *os.File
	unlocked bool // the file system has no locks
}

// Close lets go of the lock.
func (l *held) Close() error { return l.file.Close() }

// tryLock locks the folder of a pack, which it makes where it is missing, without
// waiting: [filelock.ErrBusy] where another process is in the way.
func tryLock(folder string, alone bool) (*held, error) {
	for {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
		path := filepath.Join(folder, lockFile)
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if isMissing(err) {
			continue // the folder was removed in between
		}
		if err != nil {
			return nil, err
		}
		l := &held{file: f}
		if err := filelock.Lock(f, alone); errors.Is(err, errors.ErrUnsupported) {
			l.unlocked = true
		} else if err != nil {
			f.Close()
			return nil, err
		}
		is, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if named, err := os.Stat(path); err == nil && os.SameFile(is, named) {
			return l, nil
		}
		f.Close() // the lock was of a folder that was removed
	}
}

// lock locks the folder of a pack, and waits while another process is in the way.
func (o *Options) lock(folder string, alone bool) (*held, error) {
	wait := 10 * time.Millisecond
	for waited := time.Duration(0); ; {
		l, err := tryLock(folder, alone)
		if !errors.Is(err, filelock.ErrBusy) {
			return l, err
		}
		if before := waited; before < time.Second/2 && before+wait >= time.Second/2 && o.Waiting != nil {
			o.Waiting()
		}
		if text, err := os.ReadFile(filepath.Join(folder, progressFile)); err == nil && o.Progress != nil {
			if done, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				o.report(done, o.images)
			}
		}
		if err := o.sleep(wait); err != nil {
			return nil, err
		}
		waited += wait
		wait = min(2*wait, time.Second/4)
	}
}

// sleep waits, unless the context ends.
func (o *Options) sleep(d time.Duration) error {
	if o.Context == nil {
		time.Sleep(d)
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-o.Context.Done():
		return o.Context.Err()
	}
}
