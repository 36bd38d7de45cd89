package picture

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/diskfile"
)

// Suffixes are those of names of pictures. A name only says whether to look at a file:
// what it is, its content tells.
func Suffixes() (list []string) {
	for _, k := range kinds {
		list = append(list, k.suffixes...)
	}
	return list
}

// HasSuffix reports whether a name ends as that of a picture, in capitals or not.
func HasSuffix(name string) bool {
	return slices.Contains(Suffixes(), strings.ToLower(filepath.Ext(name)))
}

// Misnamed returns what a file is where its name says something else, such as "JPEG" of
// a.png; "" where it does not.
func Misnamed(path string) (string, error) {
	f, _, err := diskfile.Open(path, wanted)
	if err != nil {
		return "", named(path, err)
	}
	defer f.Close()
	var head [headBytes]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return "", named(path, err)
	}
	k, err := find(head[:n])
	if err != nil {
		return "", named(path, err)
	}
	if slices.Contains(k.suffixes, strings.ToLower(filepath.Ext(path))) {
		return "", nil
	}
	return k.name, nil
}
