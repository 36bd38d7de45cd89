package pack

import (
	"os"
	"path/filepath"
)

// Moment is called before and after a file gets its name or loses it. Tests kill
// the process there.
var Moment = func() {}

// temporary begins the names of files that are being written.
const temporary = ".tmp-"

// writeWhole writes a file under another name, and gives it its name once it is on
// the disk.
func writeWhole(folder, name string, write func(*os.File) error) error {
	f, err := os.CreateTemp(folder, temporary+"*")
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	Moment()
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(folder, name))
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	Moment()
	return syncFolder(folder)
}

// writeBytes is writeWhole of bytes.
func writeBytes(folder, name string, text []byte) error {
	return writeWhole(folder, name, func(f *os.File) error { _, err := f.Write(text); return err })
}
