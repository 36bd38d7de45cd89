package run

import (
	"os"

	"ventral/experiments/rundir"
)

// begin makes the folders of a run and its controls and locks them. The first
// is that of a run once its last file here is written; until then another
// process may begin there.
func begin(runs []*run) (release func(), err error) {
	dir := runs[0].dir
	unlock, err := hold(runs[:1])
	if err != nil {
		return nil, err
	}
	controls := func() {}
	defer func() {
		if err != nil {
			controls() // some systems cannot remove a file that is open
			rundir.Clear(dir)
			unlock()
		}
	}()
	if err := dir.Vacant(); err != nil { // since it was locked
		return nil, err
	}
	if err := rundir.Clear(dir); err != nil {
		return nil, err
	}
	if controls, err = hold(runs[1:]); err != nil {
		return nil, err
	}
	for i := len(runs) - 1; i >= 0; i-- {
		r := runs[i]
		if err := r.dir.WriteText(rundir.SourceFile, r.e.Source()); err != nil {
			return nil, err
		}
		if err := r.dir.WriteText(rundir.ExperimentFile, r.text); err != nil {
			return nil, err
		}
		if err := r.dir.WriteJSON(rundir.InfoFile, r.info); err != nil {
			return nil, err
		}
	}
	return func() { controls(); unlock() }, nil
}

// hold locks the folders of runs. The folder of a run is not that of its
// controls: each can go on by itself. After an error none is locked.
func hold(runs []*run) (release func(), err error) {
	var locks []*rundir.Lock
	release = func() {
		for _, l := range locks {
			l.Release()
		}
	}
	for _, r := range runs {
		if err := os.MkdirAll(string(r.dir), 0o777); err != nil {
			release()
			return release, err
		}
		l, err := r.dir.Lock()
		if err != nil {
			release()
			return release, err
		}
		locks = append(locks, l)
		if !l.Held() {
			r.Report.Note("%s: the file system has no locks; see that no other process works on this run", r.dir)
		}
	}
	return release, nil
}
