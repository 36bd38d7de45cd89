package command

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnjudged: images without labels are recorded and not judged, which summary, show and
// page say; a test of them is refused before anything is opened.
func TestUnjudged(t *testing.T) {
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	t.Chdir(t.TempDir())
	must(t, os.WriteFile("small.toml", small, 0o666))
	must(t, os.Mkdir("pictures", 0o777))
	for i := range 8 {
		f, err := os.Create(filepath.Join("pictures", fmt.Sprintf("%d.png", i)))
		must(t, err)
		must(t, png.Encode(f, image.NewGray(image.Rect(0, 0, 32, 32))))
		must(t, f.Close())
	}
	cortex := func(status int, args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		if is := Main(args, &out, &errs); is != status {
			t.Fatalf("%v: status %d, want %d: %s", args, is, status, errs.String())
		}
		return out.String() + errs.String()
	}
	cortex(0, "run", "small.toml", "--out", "r", "--no-figures", "--set", "train.epochs=1")
	pictures := []string{"--set", `stimuli={ kind = "folder", path = "pictures", size = 32, grey = true, validation = 0, test = 8 }`, "--name", "pictures"}
	if text := cortex(2, append([]string{"test", "r"}, pictures...)...); !strings.Contains(text, "found images without labels") || strings.Contains(text, "testing") {
		t.Errorf("test says %s", text)
	}
	want := "5 images recorded, not judged"
	page := func() string {
		text, err := os.ReadFile("r/conditions/pictures/index.html")
		must(t, err)
		return string(text)
	}
	for what, text := range map[string]string{
		"record": cortex(0, append([]string{"record", "r", "--images", "5"}, pictures...)...),
		"show":   cortex(0, "show", "r/conditions/pictures"),
		"page":   page(),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s does not say %q", what, want)
		}
		for _, bad := range []string{"NaN %", "NaN to", "Test by step"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", what, bad)
			}
		}
	}
}
