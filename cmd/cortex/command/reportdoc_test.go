package command

import (
	"bytes"
	"image/gif"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/decode"
	"ventral/experiments/figures"
)

const reportDoc = "../../../docs/report.md"

// TestReportCommands runs every command of docs/report.md with its files.
func TestReportCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train and draw")
	}
	dir := t.TempDir()
	for _, b := range blocks(t, reportDoc, "toml") {
		name, _, _ := strings.Cut(strings.TrimPrefix(b, "# "), "\n")
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(b), 0o666))
	}
	if n := runPage(t, dir, reportDoc); n < 12 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"both/index.html", "conditions/index.html", "activity.pdf", "activity.svg", "figures/accuracy.pdf", "movies/maps.apng", "plate.pdf", "plate.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	movie, err := os.ReadFile(filepath.Join(dir, "rdm.gif"))
	must(t, err)
	if g, err := gif.DecodeAll(bytes.NewReader(movie)); err != nil || len(g.Image) != 5 {
		t.Errorf("the movie has not the five steps: %v", err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "runs/a/index.html"))
	must(t, err)
	for _, want := range []string{"Does a second look help with digits under debris?", `id="moving"`, "What to look at first"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestReportKeys holds that the page shows every key of style files and plates.
func TestReportKeys(t *testing.T) {
	var style, plate string
	for _, b := range blocks(t, reportDoc, "toml") {
		switch {
		case strings.HasPrefix(b, "# nature.toml"):
			style = b
		case strings.HasPrefix(b, "# plate.toml"):
			plate = b
		}
	}
	if _, err := figures.ReadStyle("nature.toml", style); err != nil {
		t.Error(err)
	}
	if _, err := figures.ReadPlate("plate.toml", plate); err != nil {
		t.Error(err)
	}
	for text, keys := range map[string][]string{style: decode.KeysOf(&figures.Style{}, &figures.Roles{}), plate: decode.KeysOf(&figures.Plate{}, &figures.PlatePanel{})} {
		for _, k := range keys {
			if !strings.Contains(text, "\n"+k+" = ") && !strings.Contains(text, "["+k+"]") {
				t.Errorf("%.20q does not show the key %s", text, k)
			}
		}
	}
}
