package experiments

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

	"ventral/experiments/rundir"
)

// settle takes the SHA-256 of the results that this process wrote into run.json,
// and reads those of results that an earlier one wrote. It reports whether any
// changed.
func (r *run) settle() (changed bool, err error) {
	sums := rundir.Written(r.dir)
	for _, name := range rundir.ResultFiles {
		if _, ok := sums[name]; ok || r.info.Results[name] != "" || !r.dir.Has(name) {
			continue
		}
		if sums[name], err = sumOfFile(r.dir, name); err != nil {
			return false, err
		}
	}
	if r.info.Results == nil {
		r.info.Results = map[string]string{}
	}
	for name, sum := range sums {
		changed = changed || r.info.Results[name] != sum
		r.info.Results[name] = sum
	}
	return changed, nil
}

// renew calls write, which writes results again. Meanwhile run.json has no SHA-256
// of those in names, so that a process that is killed leaves none that does not
// fit. After write, even one that failed, it has again those of the results that
// were written and of those that were not.
func (r *run) renew(names []string, write func() error) error {
	before := maps.Clone(r.info.Results)
	maps.DeleteFunc(r.info.Results, func(name, _ string) bool { return slices.Contains(names, name) })
	if err := r.saveInfo(); err != nil {
		r.info.Results = before
		return err
	}
	err := write()
	if before == nil {
		before = map[string]string{}
	}
	maps.Copy(before, rundir.Written(r.dir))
	r.info.Results = before
	if saved := r.saveInfo(); err == nil {
		err = saved
	}
	return err
}

// sum is the SHA-256 of a file in hexadecimal.
func sumOfFile(f rundir.Folder, name string) (string, error) {
	file, _, err := f.Open(name)
	if err != nil {
		return "", &rundir.Damaged{Path: f.Path(name), Err: err}
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", &rundir.Damaged{Path: f.Path(name), Err: err}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Sound reports, as a *Damaged, results of a finished run that are missing or are
// not what the run wrote. Of files whose SHA-256 run.json does not have, nothing
// is known.
func Sound(f rundir.Folder, info *Info, names ...string) error {
	if info.State != Finished {
		return nil // they are being written
	}
	for _, name := range names {
		want, ok := info.Results[name]
		if !ok {
			continue
		}
		switch got, err := sumOfFile(f, name); {
		case errors.Is(err, fs.ErrNotExist):
			return &rundir.Damaged{Path: f.Path(name), Err: errors.New(lost + madeAgain(f, name))}
		case err != nil:
			return err
		case got != want:
			return &rundir.Damaged{Path: f.Path(name), Err: errors.New("is not what the run wrote, its SHA-256 is another than " + rundir.InfoFile + " has; " + madeAgain(f, name))}
		}
	}
	return nil
}

// madeAgain says what makes a result again.
func madeAgain(f rundir.Folder, name string) string {
	if path.Dir(name) == "recordings" {
		return fmt.Sprintf("cortex record %s makes it again", f)
	}
	return Again(f) + " makes the run again"
}

// unsound lists what is wrong with the results of a run, by name.
func unsoundOf(f rundir.Folder, info *Info) []string {
	list := []string{}
	for _, name := range slices.Sorted(maps.Keys(info.Results)) {
		if err := Sound(f, info, name); err != nil {
			list = append(list, err.Error())
		}
	}
	return list
}
