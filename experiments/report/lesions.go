package report

import (
	"path/filepath"

	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
)

// CompareLesions makes the analysis "lesion" of conditions of a run: what each loses against
// the run itself.
func CompareLesions(dir rundir.Folder, conditions []rundir.Folder) error {
	kind, _ := analysis.Find("lesion")
	q := analysis.Request{Name: kind.Name, Kind: kind.Name, Of: []string{AsTrained}, Settings: kind.New()}
	for _, c := range conditions {
		q.Of = append(q.Of, filepath.Base(string(c)))
	}
	return Analyse(dir, []analysis.Request{q})
}

// Controls asks for the analysis "control" where a condition has controls of its lesion.
func Controls(dir rundir.Folder) []analysis.Request {
	kind, _ := analysis.Find("control")
	if !dir.Has(rundir.Probe(kind.Name)) {
		return nil
	}
	return []analysis.Request{{Name: kind.Name, Kind: kind.Name, Settings: kind.New()}}
}
