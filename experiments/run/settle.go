package run

import (
	"maps"
	"slices"

	"ventral/experiments/rundir"
)

// settle takes the SHA-256 of the results that this process wrote into run.json,
// and reads those of results that an earlier one wrote. It reports whether any
// changed.
func settle(r *run) (changed bool, err error) {
	sums := rundir.Written(r.dir)
	for _, name := range rundir.ResultFiles {
		if _, ok := sums[name]; ok || r.info.Results[name] != "" || !r.dir.Has(name) {
			continue
		}
		if sums[name], err = rundir.SumOfFile(r.dir, name); err != nil {
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
func renew(r *run, names []string, write func() error) error {
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
