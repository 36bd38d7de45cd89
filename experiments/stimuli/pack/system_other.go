//go:build !unix

package pack

import (
	"errors"
	"os"
)

// mapFile is not there: files are read by ReadAt.
func mapFile(*os.File, int64) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmap([]byte) {}

// syncFolder does nothing: names are on the disk once a file is.
func syncFolder(string) error { return nil }
