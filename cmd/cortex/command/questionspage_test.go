package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestQuestionsPage runs every command of docs/questions.md, with its experiment on fewer
// images and smaller areas.
func TestQuestionsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	const page = "../../../docs/questions.md"
	dir := t.TempDir()
	text := strings.NewReplacer("20_000", "200", "1_000", "60", "epochs = 4", "epochs = 1", "[32, 32, 8]", "[8, 8, 4]", "[16, 16, 12]", "[8, 8, 4]", "[8, 8, 16]", "[4, 4, 6]").Replace(blocks(t, page, "toml")[0])
	must(t, os.WriteFile(filepath.Join(dir, "masked.toml"), []byte(text), 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "times.csv"), []byte(blocks(t, page, "csv")[0]), 0o666))
	if n := runPage(t, dir, page); n < 12 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"when/correct_difference", "cooling/accuracy_by_level", "cut/analysis", "generalise/analysis", "stability/analysis", "decision/agreement", "decision/reaction_time_by_image"} {
		found, err := filepath.Glob(filepath.Join(dir, "runs/masked/analyses", name+"*"))
		if err != nil || len(found) == 0 {
			t.Errorf("analyses/%s is missing", name)
		}
	}
}
