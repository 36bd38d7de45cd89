package spec

import (
	"strings"
	"testing"

	"ventral/cortex/analysis"
)

// asked writes every analysis as "name: kind areas".
func asked(e *Experiment) string {
	var list []string
	for _, q := range e.Analyses {
		list = append(list, strings.TrimSpace(q.Name+": "+q.Kind+" "+strings.Join(q.Areas, ",")))
	}
	return strings.Join(list, "; ")
}

// Tables of analyses add to the default ones, change them, or take them away,
// and the resolved text says so.
func TestAnalyses(t *testing.T) {
	usual := asked(&Experiment{Analyses: analysis.Defaults()})
	for _, c := range []struct{ name, text, want string }{
		{"none", "", usual},
		{"one more", "[analysis.strong]\nkind = \"activity\"\nthreshold = 0.5\nareas = [\"C\", \"A\"]", usual + "; strong: activity C,A"},
		{"a default one changed", "[analysis.activity]\nareas = [\"B\"]", strings.Replace(usual, "activity: activity", "activity: activity B", 1)},
		{"its kind said", "[analysis.activity]\nkind = \"activity\"", usual},
		{"one taken away", "[analysis]\nconfusion = false", strings.Replace(usual, "confusion: confusion; ", "", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, before(`pattern = ["feedforward"]`)+"\n"+c.text, Overrides{})
			if got := asked(e); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			again := read(t, e.TOML(), Overrides{})
			if got := asked(again); got != c.want || again.TOML() != e.TOML() {
				t.Errorf("the resolved text gives %s", got)
			}
		})
	}
	e := read(t, before(`pattern = ["feedforward"]`)+"\n"+"[analysis.feature_maps]\nchannels = 2\n[analysis.strong]\nkind = \"activity\"\n", Overrides{Set: []string{"analysis.strong.threshold=0.5", "analysis.confusion=false"}})
	for _, q := range e.Analyses {
		switch s := q.Settings.(type) {
		case *analysis.FeatureMaps:
			if s.Channels != 2 || s.Images != 4 {
				t.Errorf("feature maps: %+v", s)
			}
		case *analysis.Activity:
			if (q.Name == "strong") != (s.Threshold == 0.5) {
				t.Errorf("%s: %+v", q.Name, s)
			}
		case *analysis.Confusion:
			t.Error("--set does not take an analysis away")
		}
	}
}

func TestAnalysisFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[analysis.similarity]", `the key "kind" is missing, and "similarity" is no kind itself; kinds: accuracy`},
		{"[analysis.actvity]", `did you mean "activity"?`},
		{"[analysis.x]\nkind = \"rdn\"", `found "rdn", want one of accuracy`},
		{"[analysis.x]\nkind = 3", "found 3, want one of accuracy"},
		{"[analysis.x]\nkimd = \"activity\"", `unknown key; did you mean "kind"?`},
		{"[analysis.activity]\nkind = \"accuracy\"", `"activity" is a kind itself; want another name of the table, such as [analysis.my_accuracy]`},
		{"[analysis.activity]\nareas = [\"D\"]", `no area is called "D"`},
		{"[analysis.activity]\nareas = []", "found an empty list"},
		{"[analysis.accuracy]\nareas = [\"A\"]", `an analysis of kind "accuracy" reads no areas`},
		{"[analysis.activity]\nchannels = 3", `unknown key here; it belongs to kind "feature_maps"`},
		{"[analysis.feature_maps]\nchannels = 0", "found 0, want at least 1 and at most 16"},
		{"[analysis]\nmine = false", `"mine" is no analysis that is made by default; those are accuracy`},
		{"[analysis]\nactivity = true", "found true, want a table"},
		{"[analysis.\"a/b\"]\nkind = \"activity\"", "want a name that a file can have"},
		{"record.maps = 3", "[analysis.feature_maps] images = 4 says how many images are drawn"},
	} {
		_, err := Read("x.toml", before(`pattern = ["feedforward"]`)+"\n"+c.text, Overrides{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngot  %v\nwant %s", c.text, err, c.want)
		}
	}
}
