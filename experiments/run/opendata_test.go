package run_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/reference"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/stimulitest"
)

// pictured is tiny with albums instead of digits: 3 epochs of 5 batches.
var pictured = strings.Replace(tiny, `{ kind = "digits", train = 64, validation = 16, test = 16 }`, `{ kind = "albums", path = "album", augment = "he2015" }`, 1)

func TestOpenDataConforms(t *testing.T) { stimulitest.Conform(t, albumsSet) }

// TestOpenDataRead reads a file whose images are of a data set that is registered
// here: shape, classes and counts are found in its files.
func TestOpenDataRead(t *testing.T) {
	stimulitest.Register(t, albumsSet)
	folder := t.TempDir()
	if _, err := smallAlbums(folder); err != nil {
		t.Fatal(err)
	}
	e, _ := readAll(t, pictured, spec.Overrides{Folder: folder})
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if g.Image != [3]int{16, 16, 3} || g.Classes != 20 || e.Batches() != 15 {
		t.Errorf("images of %v, %d classes, %d batches, want 16×16×3, 20, 15", g.Image, g.Classes, e.Batches())
	}
	if again, _ := readAll(t, e.TOML(), spec.Overrides{Folder: folder}); again.TOML() != e.TOML() || !strings.Contains(e.TOML(), "kind = \"albums\"\npath = \"album\"\ngrey = false\n") {
		t.Errorf("the resolved text is another experiment:\n%s", e.TOML())
	}
	pages, err := reference.Of("stimuli")
	if err != nil {
		t.Fatal(err)
	}
	if want := "  albums: PNG files in class folders (of this test)\n"; !strings.Contains(pages.Text(), want) {
		t.Errorf("the reference has not %q:\n%s", want, pages.Text())
	}
	if !strings.Contains(pages.Markdown(), "the mean of the channels instead of three of them") {
		t.Error("the reference has not the key grey")
	}
	for _, c := range []struct{ from, to, want string }{
		{`path = "album"`, `paht = "album"`, `tiny.toml:5:30: stimuli.paht: unknown key; did you mean "path"?`},
		{`path = "album"`, `path = "elsewhere"`, `tiny.toml:5:37: stimuli.path: open ` + filepath.Join(folder, "elsewhere", "train")},
		{`path = "album"`, `grey = true`, `stimuli.path: found "", want the folder of the albums`},
		{`"albums"`, `"album"`, `stimuli.kind: found "album", want one of ` + strings.Join(stimuli.Kinds(), ", ") + `; did you mean "albums"?`},
		{`"albums", path`, `"digits", grey = true, path`, `stimuli.grey: unknown key here; it belongs to kind "albums"`},
		{`train = "any of 2..3"`, `decide = "top_n"`, `readout.decide: found "top_n", but one class is true of an image`},
		{`batch = 16`, `batch = 81`, `found 81, want at most the 80 training images`},
	} {
		if _, err := spec.Read("tiny.toml", strings.Replace(pictured, c.from, c.to, 1), spec.Overrides{Folder: folder}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.to, err, c.want)
		}
	}
}

// TestOpenDataStops takes a file away while a run needs it: the error names it, and
// once it is back the run goes on to the bits of a run without a break.
func TestOpenDataStops(t *testing.T) {
	stimulitest.Register(t, albumsSet)
	folder := t.TempDir()
	if _, err := smallAlbums(folder); err != nil {
		t.Fatal(err)
	}
	o := surroundings(2)
	o.Folder = folder
	read := func() *spec.Experiment {
		e, _ := readAll(t, pictured, spec.Overrides{Folder: folder})
		return e
	}
	whole := t.TempDir()
	if err := run.Run(context.Background(), read(), nil, rundir.Folder(whole), o); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		cut        bool // off, instead of removed
		stopped    string
	}{
		{"missing", "train/class07/train-07-1.png", false, "training stopped before batch"},
		{"cut off", "train/class19/train-19-3.png", true, "training stopped before batch"},
		{"validation", "validation/class03/validation-03-0.png", true, "stimuli: validation image 3: "},
		{"test", "test/class00/test-00-0.png", false, "stimuli: test image 0: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(folder, "album", filepath.FromSlash(c.file))
			kept, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			o, dir := o, rundir.Folder(t.TempDir())
			o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 4 }, stop: func() {
				os.Remove(path)
				if c.cut {
					os.WriteFile(path, kept[:len(kept)/2], 0o666)
				}
			}}
			err = run.Run(context.Background(), read(), nil, dir, o)
			o.Report = nil
			says(t, err, c.stopped, filepath.Base(path))
			e, info, err := run.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if info.State != rundir.Failed || !strings.Contains(info.Error, filepath.Base(path)) {
				t.Errorf("the run is %s, of error %q, want one that names %s", info.State, info.Error, path)
			}
			if strings.HasPrefix(c.stopped, "training") && info.Batches < 4 {
				t.Errorf("the checkpoint is of batch %d, want the last one before the file was needed, 4 or later", info.Batches)
			}
			if d := e.Stimuli.Described.Difference(*run.Described(infoIn(t, whole))); d != "" {
				t.Errorf("the images of the run are described otherwise while a file is away: %s", d)
			}
			says(t, run.Resume(context.Background(), dir, o), "the data changed since the run began", filepath.Base(path))
			if err := os.WriteFile(path, kept, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := run.Resume(context.Background(), dir, o); err != nil {
				t.Fatal(err)
			}
			sameRun(t, string(dir), whole)
		})
	}
}

// infoIn reads the run.json of a folder.
func infoIn(t *testing.T, dir string) *rundir.Info {
	t.Helper()
	_, info, err := run.Open(rundir.Folder(dir))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// says wants an error with these parts.
func says(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %q", err, part)
		}
	}
}
