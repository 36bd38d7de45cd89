package rundir

import (
	"errors"
	"fmt"
	"io/fs"
)

// Damaged is the error of a file in a folder that is missing, cannot be read, or has
// wrong content.
type Damaged struct {
	Path string
	Err  error
}

// Error says which file it is, and what is wrong with it.
func (d *Damaged) Error() string {
	if errors.Is(d.Err, fs.ErrNotExist) {
		return d.Path + ": is missing"
	}
	var p *fs.PathError
	if errors.As(d.Err, &p) && p.Path == d.Path {
		return fmt.Sprintf("%s: %v", d.Path, p.Err)
	}
	return fmt.Sprintf("%s: %v", d.Path, d.Err)
}

// Unwrap returns the cause.
func (d *Damaged) Unwrap() error { return d.Err }
