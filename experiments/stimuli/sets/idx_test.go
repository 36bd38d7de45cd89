package sets

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// idxFile is a file of bytes with those axes.
func idxFile(axes []int, data ...byte) []byte {
	b := []byte{0, 0, 8, byte(len(axes))}
	for _, n := range axes {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return append(b, data...)
}

// writeIDX writes four files below a new folder, with something before their names.
func writeIDX(t testing.TB, folder, before string, labels []byte) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	var pixels []byte
	for i := range 6 * len(labels) {
		pixels = append(pixels, byte(i))
	}
	for _, r := range idxRoles {
		b := idxFile([]int{len(labels)}, labels...)
		if strings.HasSuffix(r.role, "images") {
			b = idxFile([]int{len(labels), 2, 3}, pixels...)
		}
		if err := os.WriteFile(filepath.Join(folder, before+r.name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestIDXImage holds pixels, labels, ids and order to the bytes of the files.
func TestIDXImage(t *testing.T) {
	folder := t.TempDir()
	writeIDX(t, folder, "", []byte{0, 1, 2, 1, 0, 2, 1, 0, 2, 1})
	x := NewIDX()
	x.Path, x.Validation, x.Test = folder, 3, 4
	d, err := x.Open(stimuli.Env{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Description().Images, [3]int{7, 3, 4}; got != want {
		t.Fatalf("lengths %v, want %v", got, want)
	}
	image, label := make([]float32, 6), make([]float32, 3)
	read(t, d, stimuli.Test, 3, image, label)
	for i, v := range image {
		if want := float32(18+i) / 255; v != want {
			t.Errorf("value %d of test image 3 is %v, want %v", i, v, want)
		}
	}
	if !slices.Equal(label, []float32{0, 1, 0}) {
		t.Errorf("label of test image 3 is %v, want class 1", label)
	}
	if id, err := d.(stimuli.Factored).Factor(stimuli.Test, 3, "id"); id != "test:3" || err != nil {
		t.Errorf("id of test image 3 is %q, %v", id, err)
	}
	if got := d.Description().Label().Classes; !slices.Equal(got, []string{"0", "1", "2"}) {
		t.Errorf("classes are %q", got)
	}
	seen := map[string]bool{}
	for _, s := range []stimuli.Split{stimuli.Train, stimuli.Validation} {
		for i := range d.Description().Images[s] {
			id, err := d.(stimuli.Factored).Factor(s, i, "id")
			if err != nil || seen[id] {
				t.Errorf("%v image %d is %s again, or %v", s, i, id, err)
			}
			seen[id] = true
		}
	}
}

// TestIDXEMNIST: images of EMNIST lie transposed, and letters count from 1.
func TestIDXEMNIST(t *testing.T) {
	folder := t.TempDir()
	labels := make([]byte, 52)
	for i := range labels {
		labels[i] = byte(1 + i%26)
	}
	writeIDX(t, folder, "emnist-letters-", labels)
	x := NewIDX()
	x.Path = folder
	d, err := x.Open(stimuli.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if about := d.Description(); about.Shape != [3]int{3, 2, 1} || len(about.Label().Classes) != 26 || about.Label().Classes[25] != "Z" {
		t.Errorf("images are of %v, classes %q", about.Shape, about.Label().Classes)
	}
	image, label := make([]float32, 6), make([]float32, 26)
	read(t, d, stimuli.Test, 0, image, label)
	for i, want := range []float32{0, 3, 1, 4, 2, 5} {
		if image[i]*255 != want {
			t.Errorf("value %d of the image is %v, want %v: columns lie as rows in the file", i, image[i]*255, want)
		}
	}
	if label[0] != 1 {
		t.Errorf("label 1 is class %v, want A", label)
	}

	writeIDX(t, folder, "emnist-digits-", []byte{0, 9})
	_, err = x.Describe(stimuli.Env{})
	checkError(t, err, `set: found files of ["emnist-digits" "emnist-letters"]`)
	x.Set = "emnist-digits"
	if about, err := x.Describe(stimuli.Env{}); err != nil || len(about.Label().Classes) != 10 {
		t.Errorf("digits: %v, classes %q", err, about.Label().Classes)
	}
	x.Set = "mnist"
	_, err = x.Describe(stimuli.Env{})
	checkError(t, err, `set: found "mnist"`)
}

// TestIDXRefused: what is wrong is told by the key, and the file.
func TestIDXRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(x *IDX, folder string) error
		want   []string
	}{
		"no path":   {func(x *IDX, _ string) error { x.Path = ""; return nil }, []string{`path: found ""`}},
		"no folder": {func(x *IDX, _ string) error { x.Path += "/none"; return nil }, []string{"path: ", "none"}},
		"names":     {func(x *IDX, _ string) error { x.Names = "cats"; return nil }, []string{`names: found "cats"`}},
		"classes": {func(x *IDX, _ string) error { x.ClassNames = []string{"a", "b"}; return nil },
			[]string{"path: ", "train-labels-idx1-ubyte", "found label 4, and 2 names of classes; want labels 0..1, or 1..2"}},
		"validation": {func(x *IDX, _ string) error { x.Validation = 5; return nil }, []string{"validation: found 5, which leaves none of 5 images for training"}},
		"more":       {func(x *IDX, _ string) error { x.Validation = 6; return nil }, []string{"validation: found 6, there are 5 images"}},
		"train":      {func(x *IDX, _ string) error { x.Train, x.Validation = 5, 1; return nil }, []string{"train: found 5, there are 4 training images"}},
		"test":       {func(x *IDX, _ string) error { x.Test = 6; return nil }, []string{"test: found 6, there are 5 test images"}},
		"too few labels": {func(x *IDX, folder string) error {
			return os.WriteFile(filepath.Join(folder, "t10k-labels-idx1-ubyte"), idxFile([]int{2}, 1, 2), 0o666)
		}, []string{"t10k-labels-idx1-ubyte: found labels of [2], want one for each of 5 images"}},
		"images for labels": {func(x *IDX, folder string) error {
			return os.WriteFile(filepath.Join(folder, "t10k-labels-idx1-ubyte"), idxFile([]int{1, 1, 1}, 1), 0o666)
		}, []string{"t10k-labels-idx1-ubyte: found 3 axes, want 1"}},
		"shorts": {func(x *IDX, folder string) error {
			return os.WriteFile(filepath.Join(folder, "t10k-images-idx3-ubyte"), []byte{0, 0, 0x0b, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0}, 0o666)
		}, []string{`t10k-images-idx3-ubyte: found elements of type ">i2", want uint8`}},
		"another size": {func(x *IDX, folder string) error {
			return os.WriteFile(filepath.Join(folder, "t10k-images-idx3-ubyte"), idxFile([]int{5, 1, 1}, 1, 2, 3, 4, 5), 0o666)
		}, []string{"t10k-images-idx3-ubyte: found 1 frames of [1 1 1] (y, x, channel), those before have 1 of [2 3 1]"}},
		"two of one": {func(x *IDX, folder string) error {
			return os.WriteFile(filepath.Join(folder, "train-images.idx3-ubyte"), nil, 0o666)
		}, []string{"path: found train-images-idx3-ubyte and train-images.idx3-ubyte"}},
	} {
		folder := t.TempDir()
		writeIDX(t, folder, "", []byte{0, 1, 2, 4, 4})
		x := NewIDX()
		x.Path = folder
		if err := c.change(x, folder); err != nil {
			t.Fatal(err)
		}
		_, err := x.Describe(stimuli.Env{})
		t.Run(name, func(t *testing.T) { checkError(t, err, c.want...) })
	}
}

// TestIDXGaps: labels that do not occur are no classes.
func TestIDXGaps(t *testing.T) {
	folder := t.TempDir()
	writeIDX(t, folder, "", []byte{7, 3, 200, 3})
	x := NewIDX()
	x.Path = folder
	about, err := x.Describe(stimuli.Env{})
	if err != nil || !slices.Equal(about.Label().Classes, []string{"3", "7", "200"}) {
		t.Errorf("classes are %q, %v", about.Label().Classes, err)
	}
}

// FuzzIDX reads foreign bytes as the images and labels of a set: there is an error that
// names the key, or all can be read.
func FuzzIDX(f *testing.F) {
	f.Add(idxFile([]int{2, 2, 3}, make([]byte, 12)...), idxFile([]int{2}, 0, 1), false)
	f.Add(idxFile([]int{0, 2, 3}), idxFile([]int{0}), false)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(idxFile([]int{1, 1, 1}, 7))
	w.Close()
	f.Add(packed.Bytes(), idxFile([]int{1}, 0), true)
	f.Fuzz(func(t *testing.T, images, labels []byte, zipped bool) {
		folder := t.TempDir()
		for _, r := range idxRoles {
			b, name := labels, r.name
			if strings.HasSuffix(r.role, "images") {
				b = images
				if zipped {
					name += ".gz"
				}
			}
			if err := os.WriteFile(filepath.Join(folder, name), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		x := NewIDX()
		x.Path, x.Validation = folder, 0
		readForeign(t, x)
	})
}

// readForeign describes, opens and reads data: an error names a key, or is one of
// reading a file of the folder.
func readForeign(t *testing.T, k stimuli.Kind) {
	t.Helper()
	about, err := k.Describe(stimuli.Env{})
	if err != nil {
		if !strings.Contains(err.Error(), ": ") {
			t.Errorf("%v names no key", err)
		}
		return
	}
	if about.Check() != nil {
		return
	}
	d, err := k.Open(stimuli.Env{})
	if err != nil {
		return
	}
	size := about.Shape[0] * about.Shape[1] * about.Shape[2]
	if size > 1<<20 {
		return
	}
	pixels := make([]float32, size)
	for s := range stimuli.Splits {
		for i := range min(about.Images[s], 100) {
			if d.Read(stimuli.Split(s), i, 0, pixels) == nil {
				for _, v := range pixels {
					if !(v >= 0 && v <= 1) {
						t.Fatalf("read %v", v)
					}
				}
			}
			for _, target := range about.Targets {
				_ = d.Target(stimuli.Split(s), i, 0, target.Name, make([]float32, target.Shape[0]*target.Shape[1]*target.Shape[2]))
			}
		}
	}
}
