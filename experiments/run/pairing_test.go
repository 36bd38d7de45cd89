package run_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/contrast"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// pictures writes 8·8 pictures of two classes into a folder, and returns tiny with them:
// the seed cuts the splits. Shade tells pictures of one name apart.
func pictures(t *testing.T, dir string, shade uint8) string {
	t.Helper()
	for _, class := range []string{"dark", "light"} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o777); err != nil {
			t.Fatal(err)
		}
		for i := range 30 {
			img := image.NewGray(image.Rect(0, 0, 8, 8))
			for k := range img.Pix {
				img.Pix[k] = uint8(i*k) + shade
			}
			img.Set(i%8, i/8, color.Gray{255})
			f, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%02d.png", i)))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, img); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
	text := strings.Replace(tiny, `{ kind = "digits", train = 64, validation = 16, test = 16 }`, `{ kind = "folder", path = "`+dir+`", size = 8, resize = 8, validation = 8, test = 16 }`, 1)
	return strings.NewReplacer("[8, 8, 4]", "[4, 4, 4]", "[4, 4, 6]", "[2, 2, 6]", "epochs = 3", "epochs = 1").Replace(text)
}

// Conditions are paired over the images that both were tested on. Another seed cuts other
// test images from the same files: that condition is not paired, and the table says so.
// Other files of the same ids are paired, and the table says that, too.
func TestConditionsArePairedByImages(t *testing.T) {
	there := t.TempDir()
	text := pictures(t, filepath.Join(there, "a"), 0)
	pictures(t, filepath.Join(there, "b"), 9)
	e, _ := readAll(t, text, spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(t.Context(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	list := []run.Condition{
		{Name: "early", Set: []string{"readout.test=1..2"}},
		{Name: "seed", Set: []string{"stimuli.seed=7"}},
		{Name: "fewer", Set: []string{"stimuli.limit=20"}},
		{Name: "files", Set: []string{"stimuli.path=" + filepath.Join(there, "b")}},
	}
	folders, err := run.TestAll(t.Context(), dir, list, plainly(2), nil)
	if err != nil {
		t.Fatal(err)
	}
	// What is there stays; where its images changed it is tested again.
	left := func() (names []string) {
		_, err := run.TestAll(t.Context(), dir, list, plainly(2), func(f rundir.Folder) { names = append(names, filepath.Base(string(f))) })
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if got := left(); len(got) != 4 {
		t.Errorf("left as they are: %q, want all four", got)
	}
	pictures(t, filepath.Join(there, "b"), 11)
	if got := left(); strings.Join(got, " ") != "early seed fewer" {
		t.Errorf("left as they are after the files of one changed: %q, want the other three", got)
	}
	of := func(text string) contrast.Contrast { return contrast.Contrast{Name: text, Of: text} }
	table, err := report.Conditions(dir, folders, report.Beside{Contrasts: []contrast.Contrast{of("as trained - early"), of("as trained - files")}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.Contrasts) != 2 {
		t.Errorf("found %d contrasts, want 2", len(table.Contrasts))
	}
	for _, want := range []string{"not paired with as trained, since tested on other images: seed", "fewer", "as trained and files are paired by the ids of images: the ids of their images are the same, but the files are not"} {
		if !strings.Contains(table.Text(), want) {
			t.Errorf("the table does not say %q:\n%s", want, table.Text())
		}
	}
	for _, other := range []string{"seed", "fewer"} {
		_, err := report.Conditions(dir, folders, report.Beside{Contrasts: []contrast.Contrast{of("as trained - " + other)}}, false)
		if err == nil || !strings.Contains(err.Error(), "as trained and "+other+" were tested on different images") {
			t.Errorf("%s: found the error %v", other, err)
		}
	}
}
