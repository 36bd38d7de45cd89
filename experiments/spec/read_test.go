package spec

import (
	"testing"

	"ventral/cortex"
)

// TestBuiltins reads every built-in experiment and variant, and the file with
// all defaults written out, which must be the same experiment.
func TestBuiltins(t *testing.T) {
	for _, b := range Builtins() {
		e, err := Read(b.Name+".toml", b.Text, Overrides{})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range append([]string{""}, e.Variants...) {
			t.Run(b.Name+" "+v, func(t *testing.T) {
				e, err := Read(b.Name+".toml", b.Text, Overrides{Variant: v})
				if err != nil {
					t.Fatal(err)
				}
				resolved := e.TOML()
				again, err := Read("resolved.toml", resolved, Overrides{})
				if err != nil {
					t.Fatalf("%v\n%s", err, resolved)
				}
				if got := again.TOML(); got != resolved {
					t.Errorf("the resolved file reads back differently:\n%s\nwant\n%s", got, resolved)
				}
			})
		}
	}
}

// TestCounts checks the numbers of parameters in the headers of the files.
func TestCounts(t *testing.T) {
	for _, c := range []struct {
		file, variant string
		want          int
	}{
		{"LiaoPoggio_2016_two_stage", "tied", 187082},
		{"LiaoPoggio_2016_two_stage", "untied", 777930},
		{"LiaoPoggio_2016_three_states", "tied", 667274},
		{"LiaoPoggio_2016_three_states", "untied", 9086858},
		{"LiaoPoggio_2016_three_states", "all-one", 39498},
		{"Spoerer_2017", "B", 9898}, {"Spoerer_2017", "BT", 19114}, {"Spoerer_2017", "BL", 28330},
		{"Spoerer_2017", "BLT", 37546}, {"Spoerer_2017", "B-K", 26794}, {"Spoerer_2017", "B-F", 38218},
	} {
		t.Run(c.file+" "+c.variant, func(t *testing.T) {
			b, _, ok := FindBuiltin(c.file)
			if !ok {
				t.Fatal("no such file")
			}
			e, err := Read(c.file, b.Text, Overrides{Variant: c.variant})
			if err != nil {
				t.Fatal(err)
			}
			g, err := e.Graph()
			if err != nil {
				t.Fatal(err)
			}
			w, err := cortex.Weights(g)
			if err != nil {
				t.Fatal(err)
			}
			if got := cortex.Parameters(w); got != c.want {
				t.Errorf("found %d parameters, want %d", got, c.want)
			}
		})
	}
}
