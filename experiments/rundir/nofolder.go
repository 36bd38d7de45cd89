package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ventral/experiments/decode"
)

// NoFolder says that there is no folder of this name, and which folder beside it
// or in runs may be meant; nil where there is one. A file is none.
func NoFolder(dir Folder) error {
	i, err := os.Stat(string(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such folder%s", dir, nearFolder(dir))
	case err == nil && !i.IsDir():
		return fmt.Errorf("%s: is a file, want a folder", dir)
	}
	return nil
}

// nearFolder is "; did you mean …?" with the folder whose name is nearest: one
// beside dir, or one in runs, which is often left out.
func nearFolder(dir Folder) string {
	beside, name := filepath.Split(filepath.Clean(string(dir)))
	for _, at := range []string{beside, filepath.Join(beside, "runs")} {
		entries, _ := os.ReadDir(filepath.Join(".", at))
		var known []string
		for _, e := range entries {
			if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
				known = append(known, e.Name())
			}
		}
		if k := decode.Nearest(name, known); k != "" {
			return fmt.Sprintf("; did you mean %q?", filepath.Join(at, k))
		}
	}
	return ""
}
