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

// unbegun reports whether entries are those of a folder in which a process was
// about to begin a run: a lock file, and at most what begin writes.
func unbegun(f Folder, entries []fs.DirEntry) bool {
	if !f.Has(LockFile) || f.Has(InfoFile) {
		return false
	}
	for _, e := range entries {
		if !slices.Contains([]string{LockFile, SourceFile, ExperimentFile, "controls"}, e.Name()) && !strings.HasPrefix(e.Name(), temporary) {
			return false
		}
	}
	return true
}

// Clear removes the files of a run that never began, because its process ended
// before run.json was written. The lock file stays.
func Clear(f Folder) error {
	entries, err := os.ReadDir(string(f))
	if err != nil || !unbegun(f, entries) {
		return err
	}
	for _, e := range entries {
		if e.Name() != LockFile {
			if err := os.RemoveAll(f.Path(e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// writable tries whether a file can be made where the folder will be: in it, or
// in the nearest folder above it that there is.
func writable(f Folder) error {
	at := filepath.Clean(string(f))
	for {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s: %s is a file; choose another folder by --out", f, at)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: %w; choose another folder by --out", f, err)
		}
		at = filepath.Dir(at)
	}
	if err := mayWrite(at); err != nil {
		return fmt.Errorf("%s: nothing can be written there (%w); choose another folder by --out", f, err)
	}
	return nil
}

// tidy removes files that a killed process had not completed, from f and the
// folders below it that have no lock of their own.
func tidy(f Folder) {
	filepath.WalkDir(string(f), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && path != string(f) && Folder(path).Has(LockFile):
			return fs.SkipDir // who works there tidies it
		case !d.IsDir() && IsTemporary(d.Name()):
			os.Remove(path) // one that stays does no harm
		}
		return nil
	})
}
