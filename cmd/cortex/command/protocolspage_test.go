package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/experiments/protocol"
	"ventral/experiments/spec"
)

// TestProtocolsPage runs every command of docs/protocols.md, with its first block on
// fewer images, reads the other blocks, and looks for all built-in protocols.
func TestProtocolsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	const page = "../../../docs/protocols.md"
	dir := t.TempDir()
	list := blocks(t, page, "toml")
	text := strings.NewReplacer("20_000", "64", "500", "16", "1_000", "32", "epochs = 6", "epochs = 1").Replace(list[0])
	must(t, os.WriteFile(filepath.Join(dir, "masked.toml"), []byte(text), 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "grid.toml"), []byte(list[len(list)-1]), 0o666))
	var parts []*spec.Experiment
	for _, block := range list[1 : len(list)-1] {
		part := "\n[variant.page]\n" + regexp.MustCompile(`(?m)^\[`).ReplaceAllString(block, "[variant.page.")
		e, err := spec.Read("masked.toml", text+part, spec.Overrides{Variant: "page"})
		must(t, err)
		parts = append(parts, e)
	}
	if len(parts) != 2 || parts[0].Judging.Labels != "shown" || len(parts[0].Showing.Protocol) != 1 || len(parts[1].Streams) != 2 {
		t.Errorf("the parts of the page read as %d experiments, not as what it says of them", len(parts))
	}
	if n := runPage(t, dir, page); n < 10 {
		t.Errorf("found %d commands", n)
	}
	b, err := os.ReadFile(filepath.Join(dir, "runs/masked/index.html"))
	must(t, err)
	if !strings.Contains(string(b), "grid[duration=1,contrast=0.2]") {
		t.Error("the page of the run has not the last conditions")
	}
	b, err = os.ReadFile(page)
	must(t, err)
	for _, p := range protocol.Builtins() {
		if !strings.Contains(string(b), "`"+p.Name+"`") {
			t.Errorf("%s is not named", p.Name)
		}
	}
}
