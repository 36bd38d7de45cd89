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
	Areas    []string          `json:"areas"`                // that were asked for; none: all that the image reaches
	Of       []string          `json:"conditions,omitempty"` // that are analysed together
	Settings map[string]string `json:"settings"`
	Sources  map[string]string `json:"sources_sha256"` // recordings and answers by the names of their files
	Frames   string            `json:"frames_sha256"`  // of frames.json
	Tables   []string          `json:"tables"`         // CSV files, one for every frame
	Seal     rundir.Seal       `json:"self_sha256"`
}

// Analyse makes analyses of the run in a folder, or of conditions of it, from
// recordings and answers, and writes each to analyses/NAME: analysis.json, its frames as
// frames.json and frames.npz, and every frame as CSV. It writes nothing else, so that the
// run may be in use by another process. The same recordings give the same bytes.
func Analyse(dir rundir.Folder, requests []analysis.Request) error {
	for i := 0; i < len(requests); {
		n := 1 // requests of the same conditions read recordings once
		for i+n < len(requests) && slices.Equal(requests[i+n].Of, requests[i].Of) {
			n++
		}
		sums := map[string]string{}
		g, err := groupOf(dir, requests[i].Of, sums)
		if err != nil {
			return err
		}
		if err := analyse(dir, rundir.Recorded(dir), g, requests[i:i+n], sums); err != nil {
			return err
		}
		i += n
	}
	return nil
}

// AnalyseRuns makes analyses of several runs together, and writes each to analyses/NAME
// in the folder out, as Analyse does.
func AnalyseRuns(out rundir.Folder, runs Runs, requests []analysis.Request) error {
	sums := map[string]string{}
	g, err := runs.group(sums)
	if err != nil {
		return err
	}
	return analyse(out, "RUN", g, requests, sums)
}

// analyse makes analyses of a group and writes them into a folder. Recorded is what
// cortex record is given where a recording is missing.
func analyse(to rundir.Folder, recorded string, g analysis.Group, requests []analysis.Request, sums map[string]string) error {
	results, err := analysis.RunGroup(g, requests)
	if m := (*analysis.Missing)(nil); errors.As(err, &m) {
		m.Run = recorded
	}
	if errors.As(err, new(*rundir.Damaged)) {
		return err // it names the file
	}
	if err != nil {
		return fmt.Errorf("%s: %w", to, err)
	}
	for i, q := range requests {
		if err := writeAnalysis(to, q, results[i], sums); err != nil {
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
	return m.Kind == q.Kind && slices.Equal(m.Areas, q.Areas) && maps.Equal(m.Settings, settingsOf(q.Settings)) && slices.Equal(m.Of, q.Of) && !outdated(dir, m, &info), nil
}

// outdated reports whether an analysis was made of other recordings, or of other files
// that its settings name, than are there now.
func outdated(dir rundir.Folder, m *Made, info *rundir.Info) bool {
	infos := map[string]*rundir.Info{"": info}
	for name, sum := range m.Sources {
		if path, ok := strings.CutPrefix(name, fileKey); ok {
			if !filepath.IsAbs(path) {
				path = filepath.Join(info.Folder, path)
			}
			is, err := rundir.SumOfFile(rundir.Folder(filepath.Dir(path)), filepath.Base(path))
			if err == nil && is != sum {
				return true
			}
			continue
		}
		folder, file := memberOf(name)
		if strings.HasPrefix(folder, "runs/") {
			continue
		}
		of := infos[folder]
		if of == nil {
			of = &rundir.Info{}
			if rundir.Folder(dir.Path(folder)).ReadJSON(rundir.InfoFile, of) != nil {
				return true // the condition is gone
			}
			infos[folder] = of
		}
		if is := of.Results[file]; is != "" && is != sum {
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
	arraysFile = "frames.npz"
)

// writeAnalysis writes what an analysis gave, analysis.json last: without it there is
// no analysis.
func writeAnalysis(dir rundir.Folder, q analysis.Request, frames []analysis.Frame, sums map[string]string) error {
	to := analysisFolder(dir, q.Name)
	return to.Alone(func() error {
		m := Made{Format: rundir.Format, Name: q.Name, Kind: q.Kind, Areas: append([]string{}, q.Areas...), Of: q.Of, Settings: settingsOf(q.Settings), Sources: map[string]string{}, Tables: []string{}}
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
		if err := to.Write(arraysFile, func(w io.Writer) error { return analysis.WriteNPZ(w, frames) }); err != nil {
			return err
		}
		m.Frames = hex.EncodeToString(sum.Sum(nil))
		var taken []string
		for _, f := range frames {
			taken = append(taken, analysis.FileName(f, taken))
			name := taken[len(taken)-1] + ".csv"
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
