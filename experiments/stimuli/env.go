package stimuli

import (
	"context"
	"path/filepath"
)

// Env is what a data set needs to know of its surroundings to be opened. The
// zero Env is a valid one: seed 0, paths relative to the working directory, no
// cache and no report of progress.
type Env struct {
	// Seed determines what is generated and which images are cut off for
	// validation.
	Seed uint64

	// Folder is the folder that relative paths in the settings start from.
	Folder string

	// Cache is the folder for downloads. Empty means that nothing can be
	// downloaded.
	Cache string

	// Progress, if not nil, is told of long work: images generated or bytes
	// downloaded, out of a total that is 0 while unknown. It is never called
	// from two goroutines at once.
	Progress func(done, total int64)

	// Note, if not nil, is told in a sentence what long work will take before it
	// begins. It is never called from two goroutines at once.
	Note func(text string)

	// Context, if not nil, ends opening early when it is cancelled.
	Context context.Context
}

// Resolve returns a path of the settings, taken from e.Folder when it is relative.
func (e Env) Resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.Folder, path)
}

// Cancelled returns why opening is to end early, nil where it is not.
func (e Env) Cancelled() error {
	if e.Context == nil {
		return nil
	}
	return e.Context.Err()
}

// Report tells Progress, if it is not nil.
func (e Env) Report(done, total int64) {
	if e.Progress != nil {
		e.Progress(done, total)
	}
}

// Tell tells Note, if it is not nil.
func (e Env) Tell(text string) {
	if e.Note != nil {
		e.Note(text)
	}
}
