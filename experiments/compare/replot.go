package compare

import (
	"fmt"
	"path/filepath"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Replot makes the tests, tables, figures and page of a comparison again from its
// runs, without an engine.
func Replot(dir rundir.Folder) error {
	return dir.Alone(func() error { return replot(dir) })
}

func replot(dir rundir.Folder) error {
	old := &Report{}
	if err := dir.ReadJSON(reportFile, old); err != nil {
		return err
	}
	if old.Format != spec.Format {
		return fmt.Errorf("%s: found format %d, want %d", filepath.Join(string(dir), reportFile), old.Format, spec.Format)
	}
	var groups []*Group
	for i := range old.Variants {
		s := &old.Variants[i]
		if len(s.Folders) == 0 {
			return &rundir.Damaged{Path: filepath.Join(string(dir), reportFile), Err: fmt.Errorf("variants: found no runs of %q", s.Name)}
		}
		g := &Group{Variant: &s.Variant}
		var err error
		if g.e, err = spec.Read(s.Name, s.Text, spec.Overrides{}); err != nil {
			return err
		}
		for _, path := range s.Folders {
			run := rundir.Folder(filepath.Join(string(dir), filepath.FromSlash(path)))
			if !run.IsRun() {
				run = rundir.Folder(path)
			}
			r, err := readRun(run)
			if err != nil {
				return err
			}
			g.Runs = append(g.Runs, r)
		}
		groups = append(groups, g)
	}
	r, err := NewReport(old.Name, old.Primary, groups, old.LeftOut)
	if err != nil {
		return err
	}
	r.Provenance, r.Looks = old.Provenance, append(r.Looks, old.Looks...)
	return r.Write(dir)
}
