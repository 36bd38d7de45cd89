package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// Made is analysis.json: what an analysis was made of, and how.
type Made struct {
	Format   int               `json:"format"`
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Areas    []string          `json:"areas"` // that were asked for; none: all that the image reaches
	Settings map[string]string `json:"settings"`
	Sources  map[string]string `json:"sources_sha256"` // recordings and answers by the names of their files
	Frames   string            `json:"frames_sha256"`  // of frames.json
	Tables   []string          `json:"tables"`         // CSV files, one for every frame
	Seal     rundir.Seal       `json:"self_sha256"`
}

// Analyse makes analyses of the run in a folder, from its recordings and answers,
// and writes each to analyses/NAME: analysis.json, its frames as frames.json, and
// every frame as CSV. It writes nothing else, so that the run may be in use by
// another process. The same recordings give the same bytes.
func Analyse(dir rundir.Folder, requests []analysis.Request) error {
	s, err := openSource(dir)
	if err != nil {
		return err
	}
	results, err := analysis.RunEach(s, requests)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	for i, q := range requests {
		if err := writeAnalysis(dir, q, results[i], s.sums); err != nil {
			return err
		}
	}
	return nil
}

// Analysed reports whether an analysis of the run in a folder is there, with these
// settings and of the recordings that are there.
func Analysed(dir rundir.Folder, q analysis.Request) (bool, error) {
	if !analysisFolder(dir, q.Name).Has(madeFile) {
		return false, nil
	}
	var info rundir.Info
	if err := dir.ReadJSON(rundir.InfoFile, &info); err != nil {
		return false, err
	}
	_, m, err := readAnalysis(dir, q.Name)
	if err != nil {
		return false, nil // it is made again
	}
	return m.Kind == q.Kind && slices.Equal(m.Areas, q.Areas) && maps.Equal(m.Settings, settingsOf(q.Settings)) && !outdated(m, &info), nil
}

// outdated reports whether an analysis was made of other recordings than are there
// now.
func outdated(m *Made, info *rundir.Info) bool {
	for file, sum := range m.Sources {
		if is := info.Results[file]; is != "" && is != sum {
			return true
		}
	}
	return false
}

// analysisFolder is where the analysis of a name is written.
func analysisFolder(dir rundir.Folder, name string) rundir.Folder {
	return rundir.Folder(dir.Path("analyses/" + name))
}

// Names of the files of an analysis.
const (
	madeFile   = "analysis.json"
	framesFile = "frames.json"
)

// writeAnalysis writes what an analysis gave. Whoever reads it meanwhile finds that
// frames.json is not that of analysis.json, which is written last.
func writeAnalysis(dir rundir.Folder, q analysis.Request, frames []analysis.Frame, sums map[string]string) error {
	to := analysisFolder(dir, q.Name)
	return to.Alone(func() error {
		m := Made{Format: rundir.Format, Name: q.Name, Kind: q.Kind, Areas: append([]string{}, q.Areas...), Settings: settingsOf(q.Settings), Sources: map[string]string{}, Tables: []string{}}
		for name, sum := range sums {
			if needed(q, name) {
				m.Sources[name] = sum
			}
		}
		sum := sha256.New()
		err := to.Write(framesFile, func(w io.Writer) error { return analysis.WriteFrames(io.MultiWriter(w, sum), frames) })
		if err != nil {
			return err
		}
		m.Frames = hex.EncodeToString(sum.Sum(nil))
		for _, f := range frames {
			name := tableName(f, m.Tables)
			if err := to.Write(name, f.WriteCSV); err != nil {
				return err
			}
			m.Tables = append(m.Tables, name)
		}
		if err := removeOldTables(to, m.Tables); err != nil {
			return err
		}
		return to.WriteJSON(madeFile, m)
	})
}

// tableName is the CSV file of a frame: its name, with that of its area where
// several frames have one name.
func tableName(f analysis.Frame, taken []string) string {
	base := strings.ReplaceAll(f.Name, " ", "_")
	if a := f.Label("area"); a != "" {
		base += "." + a
	}
	name := base + ".csv"
	for i := 2; slices.Contains(taken, name); i++ {
		name = fmt.Sprintf("%s-%d.csv", base, i)
	}
	return name
}

// removeOldTables removes tables that other settings gave.
func removeOldTables(to rundir.Folder, keep []string) error {
	entries, err := os.ReadDir(string(to))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".csv" && !slices.Contains(keep, e.Name()) {
			if err := os.Remove(to.Path(e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// settingsOf are the keys of an analysis with their values as text.
func settingsOf(s analysis.Settings) map[string]string {
	m := map[string]string{}
	decode.Fields(decode.ValueOf(s), func(key string, f decode.Field) { m[key] = fmt.Sprint(f.Value.Interface()) })
	return m
}

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
	sum, err := rundir.SumOfFile(s.run.Dir, name)
	if err != nil {
		return nil, 0, err
	}
	s.sums[name] = sum
	return s.run.Dir.Open(name)
}

// readAnalyses reads the frames of all analyses of a run, those of its experiment
// first and in the order of its file. Stale are the names of those that were made of
// other recordings than are there now.
func readAnalyses(r *Run) (frames []analysis.Frame, stale []string, err error) {
	entries, err := os.ReadDir(r.Dir.Path("analyses"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() && analysisFolder(r.Dir, e.Name()).Has(madeFile) {
			names = append(names, e.Name())
		}
	}
	order := map[string]int{}
	for i, key := range decode.Keyed(r.Experiment).Order {
		if rest, ok := strings.CutPrefix(key, "analysis."); ok {
			name, _, _ := strings.Cut(rest, ".")
			if _, ok := order[name]; !ok {
				order[name] = i - len(r.Experiment)
			}
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return order[a] - order[b] })
	for _, name := range names {
		f, m, err := readAnalysis(r.Dir, name)
		if err != nil {
			return nil, nil, err
		}
		if outdated(m, r.Info) {
			stale = append(stale, name)
			continue
		}
		frames = append(frames, f...)
	}
	return frames, stale, nil
}

// readAnalysis reads an analysis. Frames that are not those of its analysis.json
// are a *rundir.Damaged.
func readAnalysis(dir rundir.Folder, name string) ([]analysis.Frame, *Made, error) {
	from := analysisFolder(dir, name)
	m := &Made{}
	if err := from.ReadJSON(madeFile, m); err != nil {
		return nil, nil, err
	}
	if err := rundir.CheckFormat(m.Format); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", from.Path(madeFile), err)
	}
	again := fmt.Sprintf("; cortex analyse %s %s makes it again", dir, name)
	sum, err := rundir.SumOfFile(from, framesFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, &rundir.Damaged{Path: from.Path(framesFile), Err: errors.New("is missing" + again)}
	case err != nil:
		return nil, nil, err
	case sum != m.Frames:
		return nil, nil, &rundir.Damaged{Path: from.Path(framesFile), Err: errors.New("is not what the analysis wrote, its SHA-256 is another than " + madeFile + " has" + again)}
	}
	file, err := os.Open(from.Path(framesFile))
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	frames, err := analysis.ReadFrames(file)
	if err != nil {
		return nil, nil, &rundir.Damaged{Path: file.Name(), Err: rundir.PlainJSON(err)}
	}
	return frames, m, nil
}

// frameFiles are the frames of all analyses, by their names with slashes from the
// run's folder. The CSV tables lie beside them.
func frameFiles(dir rundir.Folder) (names []string, err error) {
	folders, err := rundir.Files(dir, "analyses")
	for _, f := range folders {
		if name := f + "/" + framesFile; dir.Has(name) {
			names = append(names, name)
		}
	}
	return names, err
}
