package run

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"

	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// saveAnatomy writes the anatomy with what is known by now.
func saveAnatomy(r *run) error {
	a, err := cortex.Anatomy(r.g, name(&r.network))
	if err != nil {
		return err
	}
	a.MSPerStep, a.Precision, a.Classes = r.e.MSPerStep, r.info.Precision, r.info.Classes
	if r.tested != nil {
		a.Reestimated = stepsOf(r.tested.Reestimated)
		a.RecordedAnew = append(append([]string{}, r.tested.Reestimated...), r.tested.Recording...)
		a.Unrecorded = unrecorded(r.tested.Unrecorded)
	}
	return writeAnatomy(r, a)
}

// writeAnatomy writes the anatomy. Where run.json has the SHA-256 of another, it has
// none meanwhile.
func writeAnatomy(r *run, a recording.Anatomy) error {
	var b bytes.Buffer
	if err := recording.WriteAnatomy(&b, a); err != nil {
		return fmt.Errorf("%s: %w", r.dir.Path(rundir.AnatomyFile), err)
	}
	write := func() error { return r.dir.WriteText(rundir.AnatomyFile, b.String()) }
	if had := r.info.Results[rundir.AnatomyFile]; had == "" || had == rundir.Digest(b.String()) {
		return write()
	}
	return renew(r, []string{rundir.AnatomyFile}, write)
}

// unrecorded returns AREA@STEP of lines "AREA@STEP/SIGNAL: reason", once each.
func unrecorded(lines []string) []string {
	var list []string
	for _, l := range lines {
		if at, _, ok := strings.Cut(l, "/"); ok && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	return list
}

// stepsOf returns the steps of places written PLACE@STEP.
func stepsOf(places []string) []int {
	seen := map[int]bool{}
	var list []int
	for _, p := range places {
		var t int
		if _, err := fmt.Sscanf(p[strings.LastIndexByte(p, '@')+1:], "%d", &t); err == nil && !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	sort.Ints(list)
	return list
}
