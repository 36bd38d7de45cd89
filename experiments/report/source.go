package report

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// needed reports whether an analysis reads a file of a run.
func needed(q analysis.Request, file string) bool {
	if named, ok := strings.CutPrefix(file, fileKey); ok {
		return slices.Contains(textsOf(q.Settings), named)
	}
	_, file = memberOf(file)
	return file == rundir.ImagesFile || slices.ContainsFunc(q.Settings.Needs(), func(n analysis.Need) bool {
		switch n.Of {
		case analysis.Answers:
			return file == rundir.Answers(n.Split)
		case analysis.Probe:
			return file == rundir.Probe(n.Signal)
		case analysis.Images:
			return file == rundir.Recording(recording.Stimuli, recording.Image)
		}
		area, ok := strings.CutSuffix(strings.TrimPrefix(file, "recordings/"), "."+n.Signal+".npz")
		return ok && (len(q.Areas) == 0 || slices.Contains(q.Areas, area))
	})
}

// fileKey begins the names of files that settings name among those that were read.
const fileKey = "file:"

// source is a run's folder as analyses read it.
type source struct {
	run    *Run
	prefix string            // of the names of its files, such as "conditions/cut/"
	sums   map[string]string // SHA-256 of the files that were read, by name
}

// openSource reads what analyses need besides recordings. Nothing may be read of a
// run that is not tested.
func openSource(dir rundir.Folder, prefix string, sums map[string]string) (*source, error) {
	r, err := readTested(dir)
	if err != nil {
		return nil, err
	}
	return &source{r, prefix, sums}, nil
}

// Open implements analysis.Source.
func (s *source) Open(path string) (analysis.File, int64, error) {
	whole := path
	if !filepath.IsAbs(path) {
		whole = filepath.Join(s.run.Info.Folder, path)
	}
	dir, name := rundir.Folder(filepath.Dir(whole)), filepath.Base(whole)
	if i, err := os.Stat(whole); err == nil && !i.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: is no file", whole)
	}
	sum, err := rundir.SumOfFile(dir, name)
	if err != nil {
		return nil, 0, err
	}
	s.sums[fileKey+path] = sum
	file, size, err := dir.Open(name)
	if err != nil {
		return nil, 0, err
	}
	return file, size, nil
}

// Table implements analysis.Source.
func (s *source) Table() (*analysis.Table, error) {
	if !s.run.Dir.Has(rundir.ImagesFile) {
		return nil, nil
	}
	file, _, err := s.open(rundir.ImagesFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t, err := analysis.ReadTable(file)
	if err != nil {
		return nil, &rundir.Damaged{Path: file.Name(), Err: err}
	}
	return t, nil
}

// Probe implements analysis.Source.
func (s *source) Probe(name string) ([]analysis.Frame, error) {
	file, _, err := s.open(rundir.Probe(name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	frames, err := analysis.ReadFrames(file)
	if err != nil {
		return nil, &rundir.Damaged{Path: file.Name(), Err: rundir.PlainJSON(err)}
	}
	return frames, nil
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
func (s *source) Answers(split string) (*recording.LogitsReader, io.Closer, error) {
	if s.run.Info.Condition != nil && split == analysis.Validation { // thresholds are those of the run
		dir := rundir.OfCondition(s.run.Dir)
		file, size, err := dir.Open(rundir.Answers(split))
		if err != nil {
			return nil, nil, err
		}
		l, err := recording.OpenLogits(file, size)
		if err != nil {
			return nil, nil, &rundir.Damaged{Path: file.Name(), Err: errors.Join(err, file.Close())}
		}
		return l, file, nil
	}
	file, size, err := s.open(rundir.Answers(split))
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
	s.sums[s.prefix+name] = sum
	return s.run.Dir.Open(name)
}
