package run_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// A finished run is analysed on a copy of its folder, while the folder is held, to
// the same bytes each time; a kind that the run did not know is added. What does
// not fit its recordings is neither used nor drawn.
func TestAnalysedFromFiles(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	there := rundir.Folder(filepath.Join(t.TempDir(), "copy"))
	if err := os.CopyFS(string(there), os.DirFS(string(dir))); err != nil {
		t.Fatal(err)
	}
	rdm, ok := analysis.Find("rdm")
	if !ok {
		t.Fatal("there is no rdm")
	}
	requests := append(slices.Clone(e.Analyses), analysis.Request{Name: "rdm", Kind: "rdm", Settings: rdm.New()})
	before := snapshot(t, string(there))
	held, err := there.Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	var first map[string][]byte
	for range 2 {
		if err := report.Analyse(there, requests); err != nil {
			t.Fatal(err)
		}
		after := snapshot(t, string(there))
		for name := range after {
			if strings.HasPrefix(name, "analyses"+string(filepath.Separator)) {
				if first != nil && string(first[name]) != string(after[name]) {
					t.Errorf("%s differs the second time", name)
				}
			} else if string(before[name]) != string(after[name]) && name != rundir.LockFile {
				t.Errorf("%s was written", name)
			}
			if name := filepath.ToSlash(name); !rundir.Ours(name) {
				t.Errorf("%s is not taken for a file of the program", name)
			}
		}
		first = after
	}
	for _, q := range requests {
		if ok, err := report.Analysed(there, q); !ok || err != nil {
			t.Errorf("%s: analysed %v, %v", q.Name, ok, err)
		}
		if len(first[filepath.Join("analyses", q.Name, "frames.json")]) == 0 {
			t.Errorf("%s has no frames", q.Name)
		}
	}
	r, err := report.ReadTested(there)
	if err != nil {
		t.Fatal(err)
	}
	has := func(name string) bool {
		return slices.ContainsFunc(r.Frames, func(f analysis.Frame) bool { return f.Name == name })
	}
	if !has("rdm") || !has("accuracy") || len(r.Stale) > 0 {
		t.Errorf("frames lack rdm or accuracy; stale %q", r.Stale)
	}

	// Frames that were changed are refused, and made again.
	name := filepath.Join("analyses", "rdm", "frames.json")
	write(t, string(there), name, []byte(strings.Replace(string(first[name]), "correlation", "correlatiom", 1)))
	var d *rundir.Damaged
	if _, err := report.Read(there); !errors.As(err, &d) || !strings.Contains(err.Error(), "cortex analyse "+string(there)+" rdm makes it again") {
		t.Errorf("changed frames: got %v", err)
	}
	if ok, err := report.Analysed(there, requests[len(requests)-1]); ok || err != nil {
		t.Errorf("changed frames count as analysed: %v", err)
	}
	if err := report.Analyse(there, requests); err != nil {
		t.Fatal(err)
	}

	// So are recordings.
	trace := rundir.Recording("V1", "response")
	was := file(t, string(there), trace)
	bad := slices.Clone(was)
	bad[len(bad)/2] ^= 1
	write(t, string(there), trace, bad)
	if err := report.Analyse(there, requests); !errors.As(err, &d) || !strings.Contains(err.Error(), "V1.response.npz: is not what the run wrote") {
		t.Errorf("a changed recording: got %v", err)
	}
	if err := os.Remove(there.Path(trace)); err != nil {
		t.Fatal(err)
	}
	if err := report.Analyse(there, requests); err == nil || !strings.Contains(err.Error(), "V1.response.npz: is missing, though the run is finished; cortex record") {
		t.Errorf("a lost recording: got %v", err)
	}
	write(t, string(there), trace, was)
	held.Release()

	// After another recording the analyses are those of the one before.
	if err := run.RecordAgain(context.Background(), there, func(r *spec.Recording) { r.Images = 3 }, plainly(1)); err != nil {
		t.Fatal(err)
	}
	if r, err = report.ReadTested(there); err != nil {
		t.Fatal(err)
	}
	if has("rdm") || !has("accuracy") || !slices.Contains(r.Stale, "rdm") || slices.Contains(r.Stale, "accuracy") {
		t.Errorf("after recording again: stale %q", r.Stale)
	}
}

// Analyses of the experiment decide what is recorded.
func TestRecordedForAnalyses(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"analysis.state_change=false", "analysis.state_size=false", "analysis.feature_maps=false"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	for _, signal := range []string{"state", "response", "image"} {
		for _, area := range []string{"V1", "stimuli"} {
			want := area == "V1" && signal == "response"
			if got := dir.Has(rundir.Recording(area, signal)); got != want {
				t.Errorf("%s of %s is recorded: %v, want %v", signal, area, got, want)
			}
		}
	}
	state, _ := analysis.Find("state_change")
	err := report.Analyse(dir, []analysis.Request{{Name: "state_change", Kind: "state_change", Settings: state.New()}})
	var missing *analysis.Missing
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "cortex record "+string(dir)+" --signals state records it") {
		t.Errorf("got %v", err)
	}
}
