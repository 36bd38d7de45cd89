package command

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cortex/analysis/analysistest"
)

// TestQuestionsPage runs every command of docs/questions.md, with its experiment on fewer
// images and smaller areas; data of a brain are noise.
func TestQuestionsPage(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	const page = "../../../docs/questions.md"
	dir := t.TempDir()
	text := strings.NewReplacer("20_000", "200", "1_000", "60", "epochs = 4", "epochs = 1", "[32, 32, 8]", "[8, 8, 4]", "[16, 16, 12]", "[8, 8, 4]", "[8, 8, 16]", "[4, 4, 6]").Replace(blocks(t, page, "toml")[0])
	must(t, os.WriteFile(filepath.Join(dir, "masked.toml"), []byte(text), 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "times.csv"), []byte(blocks(t, page, "csv")[0]), 0o666))
	const images = 40
	var ids []int
	pairs := make([]float32, images*(images-1)/2)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range images {
		ids = append(ids, i)
	}
	for i := range pairs {
		pairs[i] = r.Float32()
	}
	must(t, os.WriteFile(filepath.Join(dir, "meg.npz"), analysistest.RDMFile(ids, []float64{100, 150}, [][][]float32{{pairs, pairs}}), 0o666))
	if n := runPage(t, dir, page); n < 13 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"when/correct_difference", "cooling/accuracy_by_level", "cut/analysis", "generalise/analysis", "stability/analysis", "brain/lag", "decision/agreement", "decision/reaction_time_by_image"} {
		found, err := filepath.Glob(filepath.Join(dir, "runs/masked/analyses", name+"*"))
		if err != nil || len(found) == 0 {
			t.Errorf("analyses/%s is missing", name)
		}
	}
}
