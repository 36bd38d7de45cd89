package compare

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"ventral/experiments/rundir"
)

// FuzzPlan reads any text as the plan of a comparison, and as its report.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(`{"format": 2, "name": "x", "seeds": [1], "variants": [{"name": "a", "text": "steps = 1"}], "asked": {"variants": ["a"]}}`))
	f.Add([]byte(`{"format": 2, "seeds": [], "variants": [null], "asked": {"variants": [""]}}`))
	f.Add([]byte(`{"format": 2, "variants": [{"name": "a", "folders": [], "seeds": [1]}]}`))
	dir := rundir.Folder(f.TempDir())
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, name := range []string{planFile, reportFile} {
			if err := os.WriteFile(filepath.Join(string(dir), name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		asked := &Plan{}
		if p, err := asked.Kept(dir); err == nil && p != nil {
			p.Describe(io.Discard)
		}
		IsFolder(dir)
		replot(dir)
	})
}
