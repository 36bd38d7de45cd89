package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLesionsPage runs every command of docs/lesions.md, with its block on fewer images.
func TestLesionsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	const page = "../../../docs/lesions.md"
	dir := t.TempDir()
	text := strings.NewReplacer("20_000", "64", "500", "16", "1_000", "32", "epochs = 6", "epochs = 1").Replace(blocks(t, page, "toml")[0])
	must(t, os.WriteFile(filepath.Join(dir, "lesioned.toml"), []byte(text), 0o666))
	if n := runPage(t, dir, page); n < 10 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"cooling[gain=0.75]", "noisy[sd=0.5]", "late", "cold", "cut[norms=keep]", "cut[norms=reestimate]"} {
		if _, err := os.Stat(filepath.Join(dir, "runs/lesioned/conditions", name, "test.json")); err != nil {
			t.Error(err)
		}
	}
	whole, err := os.ReadFile(filepath.Join(dir, "runs/lesioned/logits.npz"))
	must(t, err)
	same, err := os.ReadFile(filepath.Join(dir, "runs/lesioned/conditions/cooling[gain=1]/logits.npz"))
	must(t, err)
	if string(whole) != string(same) {
		t.Error("a gain of 1 changes answers")
	}
}
