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
	if m := (*analysis.Missing)(nil); errors.As(err, &m) {
		m.Run = rundir.Recorded(dir)
	}
	if errors.As(err, new(*rundir.Damaged)) {
		return err // it names the file
	}
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

// writeAnalysis writes what an analysis gave, analysis.json last: without it there is
// no analysis.
func writeAnalysis(dir rundir.Folder, q analysis.Request, frames []analysis.Frame, sums map[string]string) error {
	to := analysisFolder(dir, q.Name)
	return to.Alone(func() error {
		m := Made{Format: rundir.Format, Name: q.Name, Kind: q.Kind, Areas: append([]string{}, q.Areas...), Settings: settingsOf(q.Settings), Sources: map[string]string{}, Tables: []string{}}
		for name, sum := range sums {
			if needed(q, name) {
				m.Sources[name] = sum
			}
		}
		// A process that is killed here leaves an analysis that is not there.
		if err := os.Remove(to.Path(madeFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
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
