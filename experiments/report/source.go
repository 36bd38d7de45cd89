package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// needed reports whether an analysis reads a file.
func needed(q analysis.Request, file string) bool {
	return slices.ContainsFunc(q.Settings.Needs(), func(n analysis.Need) bool {
		switch n.Of {
		case analysis.Answers:
			return file == rundir.LogitsFile
		case analysis.Images:
			return file == rundir.Recording(recording.Stimuli, recording.Image)
		}
		area, ok := strings.CutSuffix(strings.TrimPrefix(file, "recordings/"), "."+n.Signal+".npz")
		return ok && (len(q.Areas) == 0 || slices.Contains(q.Areas, area))
	})
}

// source is a run's folder as analyses read it.
type source struct {
	run  *Run
	sums map[string]string // SHA-256 of the files that were read, by name
}

// openSource reads what analyses need besides recordings. Nothing may be read of a
// run that is not tested.
func openSource(dir rundir.Folder) (*source, error) {
	r, err := readTested(dir)
	if err != nil {
		return nil, err
	}
	return &source{r, map[string]string{}}, nil
}

// Anatomy implements analysis.Source.
func (s *source) Anatomy() *recording.Anatomy { return s.run.Anatomy }

// Trace implements analysis.Source.
func (s *source) Trace(area, signal string) (*recording.TraceReader, io.Closer, error) {
	file, size, err := s.open(rundir.Recording(area, signal))
	if err != nil {
		return nil, nil, err
	}
	t, err := recording.Open(file, size)
	if err != nil {
		return nil, nil, &rundir.Damaged{Path: file.Name(), Err: errors.Join(err, file.Close())}
	}
	return t, file, nil
}

// Images implements analysis.Source.
func (s *source) Images() (*recording.TraceReader, io.Closer, error) {
	return s.Trace(recording.Stimuli, recording.Image)
}

// Answers implements analysis.Source.
func (s *source) Answers() (*recording.LogitsReader, io.Closer, error) {
	file, size, err := s.open(rundir.LogitsFile)
	if err != nil {
		return nil, nil, err
	}
	l, err := recording.OpenLogits(file, size)
	if err != nil {
		return nil, nil, &rundir.Damaged{Path: file.Name(), Err: errors.Join(err, file.Close())}
	}
	return l, file, nil
}

// open opens a result, and refuses one that is not what the run wrote.
func (s *source) open(name string) (*os.File, int64, error) {
	if err := rundir.Sound(s.run.Dir, s.run.Info, name); err != nil {
		return nil, 0, err
	}
	if !s.run.Dir.Has(name) {
		return nil, 0, fmt.Errorf("%s: %w", s.run.Dir.Path(name), fs.ErrNotExist)
	}
	sum := s.run.Info.Results[name] // which is that of the file, as Sound has found
	if sum == "" || s.run.Info.State != rundir.Finished {
		var err error
		if sum, err = rundir.SumOfFile(s.run.Dir, name); err != nil {
			return nil, 0, err
		}
	}
	s.sums[name] = sum
	return s.run.Dir.Open(name)
}
