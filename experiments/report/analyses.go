package report

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

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
		if outdated(r.Dir, m, r.Info) {
			stale = append(stale, name)
			continue
		}
		frames = append(frames, f...)
		r.tables = append(r.tables, tablesOf(name, f, m)...)
	}
	return frames, stale, nil
}

// frameTable is the CSV file of a frame.
type frameTable struct {
	kind, analysis, frame, path string
	settings                    map[string]string // of the analysis
}

// tablesOf are the tables of the frames of the analysis of a name.
func tablesOf(name string, frames []analysis.Frame, m *Made) (list []frameTable) {
	for i, f := range frames {
		t := frameTable{m.Kind, f.Analysis, f.Name, "", m.Settings}
		if i < len(m.Tables) {
			t.path = "analyses/" + name + "/" + m.Tables[i]
		}
		list = append(list, t)
	}
	return list
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
