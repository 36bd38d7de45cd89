package command

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// TestStimuliOfElsewhere: a run of a program that has another data set is shown and
// drawn from its files; what needs images or a graph says so in one sentence.
func TestStimuliOfElsewhere(t *testing.T) {
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	t.Chdir(t.TempDir())
	must(t, os.WriteFile("small.toml", small, 0o666))
	cortex := func(want int, args ...string) (out, errs string) {
		t.Helper()
		var o, e bytes.Buffer
		if got := Main(args, &o, &e); got != want {
			t.Fatalf("%v: status %d, want %d\n%s%s", args, got, want, o.String(), e.String())
		}
		return o.String(), e.String()
	}
	cortex(0, "run", "small.toml", "--out", "r", "--no-figures", "--set", "train.epochs=1", "--set", `control=["forward"]`)
	for _, dir := range []string{"r", "r/controls/forward"} {
		name := filepath.Join(dir, "experiment.toml")
		text, err := os.ReadFile(name)
		must(t, err)
		changed := regexp.MustCompile(`(?s)\[stimuli\]\n.*?\n\n`).ReplaceAllString(string(text), "[stimuli]\nkind = \"faces\"\nidentities = 10\nlight = \"left\"\nnormalise = \"mean-std\"\n\n")
		must(t, os.WriteFile(name, []byte(changed), 0o666))
		var info map[string]any
		b, err := os.ReadFile(filepath.Join(dir, "run.json"))
		must(t, err)
		must(t, json.Unmarshal(b, &info))
		sum := sha256.Sum256([]byte(changed))
		info["experiment_sha256"] = hex.EncodeToString(sum[:])
		b, err = json.Marshal(info)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "run.json"), b, 0o666))
		for _, ext := range []string{"checkpoints"} {
			must(t, os.RemoveAll(filepath.Join(dir, ext)))
		}
	}
	if out, _ := cortex(0, "show", "r"); !strings.Contains(out, "answers ") {
		t.Errorf("show says\n%s", out)
	}
	cortex(0, "plot", "r")
	for _, name := range []string{"r/index.html", "r/figures/accuracy.svg", "r/figures/learning.svg", "r/controls/forward/figures/accuracy.svg"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	page, err := os.ReadFile("r/index.html")
	must(t, err)
	if !strings.Contains(string(page), "64 training and 16 validation images") || !strings.Contains(string(page), "The control") {
		t.Error("the page lacks the numbers of images, or the control")
	}
	if out, _ := cortex(0, "ls", "r"); !strings.Contains(out, "small forward") {
		t.Errorf("ls says\n%s", out)
	}
	want := `stimuli.kind: found "faces", want one of ` + strings.Join(stimuli.Kinds(), ", ") + `; the run is of a program that has this data set: here cortex show RUN and cortex plot RUN alone do without it`
	for _, args := range [][]string{{"show", "r", "graph"}, {"show", "r", "weights"}, {"record", "r"}, {"verify", "r"}, {"run", "r", "--resume"}, {"check", "r"}} {
		if _, errs := cortex(2, args...); !strings.Contains(errs, want) {
			t.Errorf("%v says\n%s", args, errs)
		}
	}
}
