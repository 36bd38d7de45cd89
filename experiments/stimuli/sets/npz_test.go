package sets

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

func npz(name string) *NPZ {
	x := NewNPZ()
	x.Path, x.Validation, x.Test = filepath.Join("testdata/npz", name+".npz"), 2, 2
	return x
}

func openKind(t *testing.T, k stimuli.Kind) stimuli.Data {
	t.Helper()
	d, err := k.Open(stimuli.Env{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestNPZ reads files that testdata/npz.py wrote with numpy. Images are counted up from
// 0 along all axes, 20 values an image, and labels are 0, 1, 2, 0 ….
func TestNPZ(t *testing.T) {
	for name, c := range map[string]struct {
		classes []string
		value   func(byte) float32
	}{
		"plain":   {[]string{"0", "1", "2"}, func(b byte) float32 { return float32(b) / 255 }},
		"doubles": {[]string{"0", "1", "2"}, func(b byte) float32 { return float32(float64(b) / 255) }},
		"bool":    {[]string{"0", "1"}, func(b byte) float32 { return float32(b % 2) }},
		"column":  {[]string{"0", "1", "2"}, func(b byte) float32 { return float32(b) / 255 }},
		"gaps":    {[]string{"-2", "5", "1000"}, func(b byte) float32 { return float32(b) / 255 }},
		"names":   {[]string{"Löwe", "cat", "elk"}, func(b byte) float32 { return float32(b) / 255 }},
	} {
		d := openKind(t, npz(name)).(stimuli.Factored)
		about := d.Description()
		if about.Shape != [3]int{4, 5, 1} || about.Images != [3]int{6, 2, 2} || !slices.Equal(about.Label().Classes, c.classes) {
			t.Errorf("%s: images of %v, %v of each split, classes %q", name, about.Shape, about.Images, about.Label().Classes)
			continue
		}
		image, label := make([]float32, 20), make([]float32, len(c.classes))
		for s := range stimuli.Splits {
			for i := range about.Images[s] {
				id, err := d.Factor(stimuli.Split(s), i, "id")
				if err != nil {
					t.Fatal(err)
				}
				read(t, d, stimuli.Split(s), i, image, label)
				row := int(id[len(id)-1] - '0')
				if name == "names" {
					row = int(id[1] - '0')
				}
				for k, v := range image {
					if want := c.value(byte(20*row + k)); v != want {
						t.Fatalf("%s: value %d of %s is %v, want %v", name, k, id, v, want)
					}
				}
				want := map[string][]string{"names": {"cat", "Löwe", "elk"}, "gaps": {"5", "-2", "1000"}, "bool": {"0", "1", "0"}}[name]
				if want == nil {
					want = []string{"0", "1", "2"}
				}
				if got := c.classes[slices.Index(label, 1)]; name != "bool" && got != want[row%3] {
					t.Errorf("%s: %s is %s, want %s", name, id, got, want[row%3])
				}
			}
		}
	}
}

// TestNPZTold: ids, columns, maps and splits are those of the file.
func TestNPZTold(t *testing.T) {
	d := openKind(t, npz("names")).(stimuli.Factored)
	if got := d.Columns(); !slices.Equal(got, []string{"id", "angle"}) {
		t.Errorf("columns %q", got)
	}
	for s, want := range map[stimuli.Split]string{stimuli.Train: "00.png", stimuli.Validation: "06.png", stimuli.Test: "08.png"} {
		if id, err := d.Factor(s, 0, "id"); id != want || err != nil {
			t.Errorf("first %v image is %q, %v; want %s", s, id, err, want)
		}
	}
	if angle, err := d.Factor(stimuli.Test, 1, "angle"); angle != "1" || err != nil {
		t.Errorf("angle of the last image is %q, %v; want 1", angle, err)
	}
	if _, err := d.Factor(stimuli.Test, 1, "colour"); err == nil {
		t.Error("found a column that is not there")
	}
	depth := make([]float32, 20)
	if err := d.Target(stimuli.Test, 0, 0, "depth", depth); err != nil || depth[19] != 179 {
		t.Errorf("depth of image 8 ends in %v, %v; want 179", depth[19], err)
	}

	clips := openKind(t, npz("clips"))
	about := clips.Description()
	if about.Frames != 2 || about.Images[stimuli.Train] != 1 {
		t.Fatalf("clips have %d frames, %d of them train", about.Frames, about.Images[stimuli.Train])
	}
	image, label, motion := make([]float32, 20), make([]float32, 3), make([]float32, 20)
	for frame := range 2 {
		if err := clips.Read(stimuli.Test, 0, frame, image); err != nil {
			t.Fatal(err)
		}
		first := int(image[0]*255 + 0.5)
		if err := clips.Target(stimuli.Test, 0, frame, stimuli.Label, label); err != nil || slices.Index(label, 1) != first/20%3 {
			t.Errorf("frame %d begins with %d and has labels %v, %v", frame, first, label, err)
		}
		if err := clips.Target(stimuli.Test, 0, frame, "motion", motion); err != nil || int(motion[0]) != first {
			t.Errorf("frame %d begins with %d, its map with %v, %v", frame, first, motion[0], err)
		}
	}
}

// TestNPZLayouts: files of others, with the splits in the names of arrays, and folders.
func TestNPZLayouts(t *testing.T) {
	keras := npz("keras")
	keras.Images, keras.Labels = "x", "y"
	folder := t.TempDir()
	for _, name := range []string{"train", "val", "test"} {
		b, err := os.ReadFile("testdata/npz/plain.npz")
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name+".npz"), b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	split := NewNPZ()
	split.Path = folder
	for name, c := range map[string]struct {
		kind *NPZ
		want [3]int
		id   string // of the last test image
	}{
		"keras": {keras, [3]int{6, 2, 2}, "test:1"}, "medmnist": {npz("medmnist"), [3]int{6, 2, 2}, "test:1"}, "folder": {split, [3]int{10, 10, 10}, "test:9"},
	} {
		d := openKind(t, c.kind).(stimuli.Factored)
		if got := d.Description().Images; got != c.want {
			t.Errorf("%s: %v images, want %v", name, got, c.want)
		}
		if id, _ := d.Factor(stimuli.Test, c.want[2]-1, "id"); id != c.id {
			t.Errorf("%s: the last test image is %s, want %s", name, id, c.id)
		}
	}
	_, err := split.Describe(stimuli.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(folder, "train.npz"), filepath.Join(folder, "valid.npz")); err != nil {
		t.Fatal(err)
	}
	_, err = split.Describe(stimuli.Env{})
	checkError(t, err, "path: found val.npz and no train.npz")
}

// TestNPZFolder: pairs of npy files, in one folder or one for each split.
func TestNPZFolder(t *testing.T) {
	b, err := os.ReadFile("../arrays/testdata/images.npy")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"images.npy", "train/images.npy", "test/images.npy"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	x := NewNPZ()
	x.Path, x.Validation, x.Test = folder, 0, 1
	d := openKind(t, x)
	if got := d.Description(); got.Images != [3]int{2, 0, 2} || got.Shape != [3]int{3, 4, 3} || got.Labelled() {
		t.Errorf("folders of splits: %v of %v", got.Images, got.Shape)
	}
	if h := d.Hashes(); h["train/images.npy"] == "" || len(h) != 2 {
		t.Errorf("hashes %v", h)
	}
	os.RemoveAll(filepath.Join(folder, "train"))
	os.RemoveAll(filepath.Join(folder, "test"))
	d = openKind(t, x)
	if got := d.Description().Images; got != [3]int{1, 0, 1} {
		t.Errorf("one folder: %v images", got)
	}
	if h := d.Hashes(); h["images.npy"] == "" || len(h) != 1 {
		t.Errorf("hashes %v", h)
	}
}

// TestNPZRefused: what cannot be meant is told by key, file and array, with what would do.
func TestNPZRefused(t *testing.T) {
	for name, want := range map[string][]string{
		"floats255":     {"path: ", "floats255.npz", `array "images": image 0: found`, "want numbers 0..1; the key white"},
		"negative":      {"path: ", `array "images": image`, "found -0.5, want numbers 0..1"},
		"int64":         {"path: ", `array "images": found elements of type "<i8", want uint8, 0..255, or floating-point numbers, 0..1`},
		"one_hot":       {"path: ", `array "labels": found labels of [10 3], want one an image; argmax(axis=1)`},
		"float_labels":  {"path: ", `array "labels": found elements of type "<f4", want whole numbers`},
		"short":         {"path: ", `array "labels": found labels of [9], want one for each of 10 images`},
		"twice":         {"path: ", `array "id": found "0" a second time, at image 1`},
		"channel_first": {"path: ", "found images of [3 32 32], which looks like channel, y, x; want y, x, channel: numpy.moveaxis(images, 1, -1)"},
		"flat":          {"path: ", `array "images": found axes of [10 20], want image, y, x`},
		"no_images":     {"path: ", `no_images.npz: found arrays ["x" "y"], want "images"; the keys images and labels say other names`},
		"objects":       {"path: ", `array "labels": found Python objects`},
		"wrong_split":   {"path: ", `array "split": image 0: found "3", want train, validation or test, or 0, 1, 2`},
		"nothing":       {"path: ", "nothing.npz"},
	} {
		_, err := npz(name).Open(stimuli.Env{})
		t.Run(name, func(t *testing.T) { checkError(t, err, want...) })
	}
	x := npz("floats255")
	x.White = 255
	image := make([]float32, 20)
	if err := openKind(t, x).Read(stimuli.Test, 0, 0, image); err != nil {
		t.Errorf("white = 255: %v", err)
	}
	d := openKind(t, npz("nan"))
	failed := 0
	for s, n := range d.Description().Images {
		for i := range n {
			if err := d.Read(stimuli.Split(s), i, 0, image); err != nil {
				failed++
				checkError(t, err, "nan.npz", "image 7: found NaN, want numbers 0..1")
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d images with NaN, want one", failed)
	}
	d = openKind(t, npz("nan_map"))
	failed = 0
	for s, n := range d.Description().Images {
		for i := range n {
			if err := d.Target(stimuli.Split(s), i, 0, "depth", image); err != nil {
				failed++
				checkError(t, err, `nan_map.npz: array "depth": image 7: found NaN, want finite numbers`)
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d maps with NaN, want one", failed)
	}
	x = npz("plain")
	x.ClassNames = []string{"a", "b"}
	_, err := x.Describe(stimuli.Env{})
	checkError(t, err, `path: `, `array "labels": found label 2, and 2 names of classes`)
	x = npz("names")
	x.ClassNames = []string{"cat", "dog"}
	_, err = x.Describe(stimuli.Env{})
	checkError(t, err, `array "labels": found label "Löwe", which is none of the classes ["cat" "dog"]`)
	if about, err := npz("unlabelled").Describe(stimuli.Env{}); err != nil || about.Labelled() {
		t.Errorf("without labels: %v, labelled %t", err, about.Labelled())
	}
}

// FuzzNPZ reads foreign bytes as an npz file of images.
func FuzzNPZ(f *testing.F) {
	files, err := filepath.Glob("testdata/npz/*.npz")
	if err != nil || len(files) == 0 {
		f.Fatalf("found %d files, %v", len(files), err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x := NewNPZ()
		x.Path = filepath.Join(t.TempDir(), "x.npz")
		if err := os.WriteFile(x.Path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		readForeign(t, x)
	})
}
