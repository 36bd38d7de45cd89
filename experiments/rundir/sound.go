package rundir

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// SumOfFile is the SHA-256 of a file in hexadecimal.
func SumOfFile(f Folder, name string) (string, error) {
	file, _, err := f.Open(name)
	if err != nil {
		return "", &Damaged{Path: f.Path(name), Err: err}
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", &Damaged{Path: f.Path(name), Err: err}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Sound reports, as a *Damaged, results of a finished run that are missing or are
// not what the run wrote. Of files whose SHA-256 run.json does not have, nothing
// is known.
func Sound(f Folder, info *Info, names ...string) error {
	if info.State != Finished {
		return nil // they are being written
	}
	for _, name := range names {
		want, ok := info.Results[name]
		if !ok {
			continue
		}
		switch got, err := SumOfFile(f, name); {
		case errors.Is(err, fs.ErrNotExist):
			return &Damaged{Path: f.Path(name), Err: errors.New(lost + madeAgain(f, name))}
		case err != nil:
			return err
		case got != want:
			return &Damaged{Path: f.Path(name), Err: errors.New("is not what the run wrote, its SHA-256 is another than " + InfoFile + " has; " + madeAgain(f, name))}
		}
	}
	return nil
}

// madeAgain says what makes a result again.
func madeAgain(f Folder, name string) string {
	if path.Dir(name) == "recordings" && conditionOf(f) == nil {
		return fmt.Sprintf("cortex record %s makes it again", f)
	}
	if path.Dir(name) == "probes" {
		return fmt.Sprintf("cortex record %s --probe %s measures it again", f, strings.TrimSuffix(path.Base(name), ".json"))
	}
	return Again(f) + " makes the run again"
}

// Unsound lists what is wrong with the results of a run, by name.
func Unsound(f Folder, info *Info) []string {
	list := []string{}
	for _, err := range unsound(f, info) {
		list = append(list, err.Error())
	}
	return list
}

// Whole reports all results of a finished run that are missing or are not what the run
// wrote, each as a *Damaged.
func Whole(f Folder, info *Info) error { return errors.Join(unsound(f, info)...) }

func unsound(f Folder, info *Info) (list []error) {
	for _, name := range slices.Sorted(maps.Keys(info.Results)) {
		if err := Sound(f, info, name); err != nil {
			list = append(list, err)
		}
	}
	return list
}
