package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A finished run is analysed and drawn on a copy of its folder while every engine is
// refused, with the same bytes each time.
func TestAnalyseWithoutEngine(t *testing.T) {
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	t.Chdir(t.TempDir())
	must(t, os.WriteFile("small.toml", small, 0o666))
	cortex := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := Main(args, &out, &errs); got != want {
			t.Fatalf("%v: status %d, want %d\n%s%s", args, got, want, out.String(), errs.String())
		}
		return errs.String()
	}
	cortex(0, "run", "small.toml", "--out", "r", "--no-figures", "--set", "train.epochs=1")
	must(t, os.CopyFS("copy", os.DirFS("r")))
	must(t, os.RemoveAll("r"))
	t.Setenv("CORTEX_KERNEL", "none")
	if errs := cortex(2, "record", "copy"); !strings.Contains(errs, `CORTEX_KERNEL: found "none"`) {
		t.Fatalf("the engine is not refused: %s", errs)
	}
	was := map[string][]byte{}
	for _, args := range [][]string{{"analyse", "copy", "rdm"}, {"analyse", "copy"}, {"analyse", "copy", "rdm"}} {
		cortex(0, args...)
		files, err := filepath.Glob("copy/analyses/*/*")
		must(t, err)
		if len(files) < 10 {
			t.Fatalf("found %d files of analyses", len(files))
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			must(t, err)
			if first, ok := was[name]; ok && !bytes.Equal(first, b) && filepath.Base(name) != ".lock" {
				t.Errorf("%s: %v made other bytes", name, args)
			}
			was[name] = b
		}
	}
	if _, err := os.Stat("copy/figures/rdm.svg"); err != nil {
		t.Error(err)
	}
}
