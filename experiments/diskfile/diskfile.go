// Package diskfile opens files that nobody vouches for, and writes files whole.
package diskfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Open opens a regular file, and returns its size. What is none is not opened: that
// would wait for the other end of a pipe, or start a device. Want says for the message
// what is looked for, such as "an image file". Errors are those of package fs, with the
// path.
func Open(path, want string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = regular(info, path, want)
	}
	if err != nil {
		return nil, 0, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err == nil {
		err = regular(info, path, want) // another may be there by now
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// regular reports what is no regular file.
func regular(info fs.FileInfo, path, want string) error {
	is := "is not a regular file"
	switch m := info.Mode(); {
	case m.IsRegular():
		return nil
	case m.IsDir():
		is = "is a folder"
	case m&fs.ModeNamedPipe != 0:
		is = "is a pipe"
	case m&fs.ModeDevice != 0:
		is = "is a device"
	}
	return &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("%s, not %s", is, want)}
}

// Read returns the bytes of a regular file, as [Open] opens it. A file of more than most
// bytes is not read.
func Read(path, want string, most int64) ([]byte, error) {
	f, size, err := Open(path, want)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fault := func(err error) error { return &fs.PathError{Op: "read", Path: path, Err: err} }
	if size > most {
		return nil, fault(fmt.Errorf("%d bytes: the limit is %d", size, most))
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(f, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fault(errors.New("became shorter while it was read"))
		}
		return nil, err
	}
	return b, nil
}

// WriteWhole writes a file whole or not at all, and makes its folder: under another
// name, which begins with ".tmp-", and then under its own. It does not wait for the
// disk, so that after a crash of the system the file may be empty: it is for what can be
// made again, and is known to be whole by what it says.
func WriteWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
