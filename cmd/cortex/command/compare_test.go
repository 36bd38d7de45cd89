package command

import (
	"bytes"
	"strings"
	"testing"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/compare"
	"ventral/experiments/rundir"
)

// TestCompareLocks: a comparison does not plan in a folder that another works in.
func TestCompareLocks(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	lock, err := compare.Lock(dir)
	must(t, err)
	defer lock.Release()
	var out, errs bytes.Buffer
	status := Main([]string{"compare", "testdata/small.toml", "--seeds", "1", "--out", string(dir)}, &out, &errs)
	if status != exit.Failed || !strings.Contains(errs.String(), "works there; wait for it to end") || dir.Has("plan.json") {
		t.Errorf("status %d, plan written: %v, said %q", status, dir.Has("plan.json"), errs.String())
	}
}
