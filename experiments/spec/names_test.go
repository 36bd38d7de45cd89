package spec

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/cortex"
)

// TestNames refuses names under which strangers would share variables or files.
func TestNames(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	renamed := func(name string) string { return strings.ReplaceAll(b.Text, "IT", name) }
	for _, c := range []struct {
		name, text string
		set        []string
		want       string // "" passes
	}{
		{"plain", b.Text, nil, ""},
		{"area input", renamed("input"), nil, "a part of every cortex"},
		{"area Readout", renamed("Readout"), nil, "a part of every cortex"},
		{"area nul", renamed("nul"), nil, "a name that a file can have"},
		{"area with colon", strings.ReplaceAll(b.Text, `"IT"`, `"V:1"`), nil, "a name that a file can have"},
		{"areas in case", renamed("v1"), nil, "differ in more than case"},
		{"area IT2", renamed("IT2"), nil, ""},
		{"variant con", b.Text + "[variant.con]\nsteps = 9\n", nil, "a name that a folder can have"},
		{"variant", b.Text + "[variant.more]\nsteps = 9\n", nil, ""},
		{"set of an area", b.Text, []string{`sharing.sets.IT=["V4->IT"]`}, "that of an area"},
		{"set of a connection", b.Text, []string{`sharing.sets."V4->IT"=["V4->IT"]`}, "that of a connection"},
		{"set readout", b.Text, []string{`sharing.sets.readout=["V4->IT"]`}, "a part of every cortex"},
		{"set", b.Text, []string{`sharing.sets.mine=["V4->IT"]`}, ""},
		{"tested before onset", b.Text, []string{`readout.test="0..2"`}, "IT depends on the image at steps 3..7; want one of these"},
		{"tested in part", b.Text, []string{`readout.test="0.."`}, ""},
		{"decide", b.Text, []string{`readout.decide="top_n"`}, `want "argmax"`},
		{"one set, two initial values", b.Text, []string{`sharing.sets.all=["V1->V1"]`, `connection."V1->V1 late"={init="glorot_uniform"}`, `sharing.sets.all=["V1->V1", "V1->V1 late"]`}, "want one kind under one name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := Read("debris.toml", c.text, Overrides{Set: c.set})
			if err == nil {
				g, failed := e.Graph()
				if err = failed; err == nil {
					_, err = cortex.Weights(g)
				}
			}
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestPublishedModels demands of every file in frompapers a citation with a year
// in its first lines and its counts in TestCounts.
func TestPublishedModels(t *testing.T) {
	source, err := os.ReadFile("read_test.go")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../frompapers/*.toml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("found %v (%v)", paths, err)
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(p), ".toml")
		if !regexp.MustCompile(`^# .*\((19|20)\d\d\)`).Match(text) {
			t.Errorf("%s: the first line is not a citation, as in # Author (Year), Title", p)
		}
		head, _, _ := strings.Cut(string(text), "\nformat")
		if !strings.Contains(head, "arameters") || !strings.Contains(string(source), `{"`+name+`"`) {
			t.Errorf("%s: its head states no parameters, or TestCounts has none of it", p)
		}
	}
}
