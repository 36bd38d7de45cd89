package run_test

import (
	"context"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
)

// What auto is comes from outside; the file keeps the word, run.json says the
// precision, and whoever opens the folder computes in that.
func TestAutoPrecision(t *testing.T) {
	for _, c := range []struct{ set, auto, want string }{
		{"", "", "float32"},
		{"", "split", "split"},
		{"precision=bfloat16", "split", "bfloat16"},
		{"precision=float32", "split", "float32"},
	} {
		o := spec.Overrides{Auto: c.auto, Set: []string{"train.epochs=1"}}
		if c.set != "" {
			o.Set = append(o.Set, c.set)
		}
		e, _ := readAll(t, tiny, o)
		g, err := e.Graph()
		if err != nil {
			t.Fatal(err)
		}
		if e.Arithmetic() != c.want || g.Bits != nn.Precisions[c.want] {
			t.Errorf("%+v: got %s, %d bits", c, e.Arithmetic(), g.Bits)
		}
		if c.set == "" && !strings.Contains(e.TOML(), `precision = "auto"`) {
			t.Errorf("%+v: the resolved file does not keep auto", c)
		}
	}
	dir := rundir.Folder(t.TempDir() + "/run")
	e, _ := readAll(t, tiny, spec.Overrides{Auto: "split", Set: []string{"train.epochs=1"}})
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	again, info, err := run.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Precision != "split" || again.Arithmetic() != "split" || again.Precision != "auto" {
		t.Errorf("got %q in run.json, %q of the folder, whose file says %q", info.Precision, again.Arithmetic(), again.Precision)
	}
}
