package rundir

import "os"

// mayWrite reports why no file can be made in a folder. Only trying tells.
func mayWrite(dir string) error {
	t, err := os.CreateTemp(dir, temporary+"*")
	if err != nil {
		return err
	}
	t.Close()
	return os.Remove(t.Name())
}
