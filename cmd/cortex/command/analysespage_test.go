package command

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cortex/analysis/analysistest"
)

// TestAnalysesCommands runs every command of docs/analyses.md on a run of the experiment of
// docs/experiment.md, with data of a brain that are noise.
func TestAnalysesCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains")
	}
	const page = "../../../docs/analyses.md"
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(blocks(t, guide, "toml")[0]), 0o666))
	if out, err := process(dir, "run", "my.toml", "--out", "runs/second").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const images, units, times, repeats = 40, 3, 2, 2
	r := rand.New(rand.NewPCG(1, 1))
	noise := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = r.Float32()
		}
		return x
	}
	var ids []int
	for i := range images {
		ids = append(ids, i)
	}
	ms := []float64{0, 50}
	must(t, os.WriteFile(filepath.Join(dir, "meg.npz"), analysistest.RDMFile(ids, ms, [][][]float32{{noise(images * (images - 1) / 2), noise(images * (images - 1) / 2)}}), 0o666))
	must(t, os.WriteFile(filepath.Join(dir, "it.npz"), analysistest.ResponseFile(ids, ms, repeats, units, noise(images*repeats*units*times)), 0o666))
	planted := ""
	for _, block := range blocks(t, page, "python") {
		if strings.HasPrefix(block, "# planted.py") {
			planted = block
		}
	}
	if planted == "" {
		t.Error("the page has no planted.py")
	}
	numpy := exec.Command("python3", "-c", "import numpy").Run() == nil
	if numpy { // in the place of noise
		script := exec.Command("python3", "-c", planted)
		script.Dir = dir
		if out, err := script.CombinedOutput(); err != nil {
			t.Fatalf("planted.py: %v\n%s", err, out)
		}
	}
	if n := runPage(t, dir, page); n < 4 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"movie/rdm_and_label.csv", "cka/cka.csv", "brain/lag.csv", "it/brain_predictivity_over_ceiling.csv"} {
		b, err := os.ReadFile(filepath.Join(dir, "runs/second/analyses", name))
		must(t, err)
		if !strings.Contains(string(b), "V1,") {
			t.Errorf("%s has no numbers of V1", name)
		}
	}
	if !numpy {
		t.Log("no NumPy: planted.py is not tried")
		return
	}
	for frame, want := range map[string]float64{"lag": 20, "offset": 40} {
		b, err := os.ReadFile(filepath.Join(dir, "runs/second/analyses/brain", frame+".csv"))
		must(t, err)
		var low, high float64
		for _, line := range strings.Split(string(b), "\n") {
			fmt.Sscanf(line, "V1,low,%g", &low)
			fmt.Sscanf(line, "V1,high,%g", &high)
		}
		if !(low <= want+1e-9 && want-1e-9 <= high) {
			t.Errorf("the %s of V1 is from %v to %v, want %v\n%s", frame, low, high, want, b)
		}
	}
}
