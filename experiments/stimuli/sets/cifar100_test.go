package sets

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// TestCIFAR100 holds pixels and both labels to the bytes of the file.
func TestCIFAR100(t *testing.T) {
	folder := t.TempDir()
	k, err := smallCIFAR100(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(slices.Compact(slices.Clone(fineClasses))) != 100 || !slices.IsSorted(fineClasses) || len(coarseClasses) != 20 || !slices.IsSorted(coarseClasses) {
		t.Errorf("%d fine and %d coarse classes, want 100 and 20 in alphabetical order", len(fineClasses), len(coarseClasses))
	}
	for _, which := range []string{"fine", "coarse"} {
		c := k.(*CIFAR100)
		c.Label = which
		data, err := c.Open(stimuli.Env{Folder: folder})
		if err != nil {
			t.Fatal(err)
		}
		d := data.(stimuli.Factored)
		const i = 11
		image, fine, coarse := make([]float32, cifarPixels), make([]float32, 100), make([]float32, 20)
		label := map[string][]float32{"fine": make([]float32, 100), "coarse": make([]float32, 20)}[which]
		read(t, d, stimuli.Test, i, image, label)
		for name, values := range map[string][]float32{"fine": fine, "coarse": coarse} {
			if err := d.Target(stimuli.Test, i, 0, name, values); err != nil {
				t.Fatal(err)
			}
		}
		if slices.Index(fine, 1) != 77 || slices.Index(coarse, 1) != 11 || slices.Index(label, 1) != map[string]int{"fine": 77, "coarse": 11}[which] {
			t.Errorf("%s: test image %d has labels %d, %d, %d, want 77, 11 and one of them", which, i, slices.Index(fine, 1), slices.Index(coarse, 1), slices.Index(label, 1))
		}
		file := cifar100Bytes(1, 15)[i*(cifarPixels+2):]
		for y := range 32 {
			for x := range 32 {
				for c := range 3 {
					if got, want := image[(y*32+x)*3+c], float32(file[2+c*cifarPlane+y*32+x])/255; got != want {
						t.Fatalf("test image at y %d, x %d, channel %d = %v, want %v", y, x, c, got, want)
					}
				}
			}
		}
		for column, want := range map[string]string{"id": "test:11", "fine": "snail", "coarse": "large_omnivores_and_herbivores"} {
			if got, err := d.Factor(stimuli.Test, i, column); got != want || err != nil {
				t.Errorf("column %s is %q, %v; want %q", column, got, err, want)
			}
		}
	}
}

// TestCIFARPickled: the layout for Python is named, with what would do.
func TestCIFARPickled(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"cifar-100-python/train", "cifar-10-batches-py/data_batch_1"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte{0x80, 2}, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	hundred, ten := NewCIFAR100(), NewCIFAR10()
	hundred.Path, ten.Path = folder, folder
	checkError(t, hundred.Ready(stimuli.Env{}), "path: found the layout for Python, pickled", "cifar-100-python", "cifar-100-binary.tar.gz", `kind = "npz"`)
	checkError(t, ten.Ready(stimuli.Env{}), "path: found the layout for Python, pickled", "cifar-10-batches-py", "cifar-10-binary.tar.gz", `kind = "npz"`)
}

// TestCIFAR100Refused: wrong settings and labels are told.
func TestCIFAR100Refused(t *testing.T) {
	c := NewCIFAR100()
	_, err := c.Describe(stimuli.Env{})
	checkError(t, err, `path: found ""`, "cifar-100-binary.tar.gz")
	c.Path, c.Label = "x", "superclass"
	_, err = c.Describe(stimuli.Env{})
	checkError(t, err, `label: found "superclass", want "fine" or "coarse"`)
	folder := t.TempDir()
	k, err := smallCIFAR100(folder)
	if err != nil {
		t.Fatal(err)
	}
	b := cifar100Bytes(0, 40)
	b[3*(cifarPixels+2)+1] = 100
	if err := os.WriteFile(filepath.Join(folder, "cifar/train.bin"), b, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err = k.Open(stimuli.Env{Folder: folder})
	checkError(t, err, "train.bin: offset 9223: found fine label 100 in record 3, want 0..99")
}

// FuzzCIFAR100 reads foreign bytes as records with two labels: what is accepted gives the
// labels back.
func FuzzCIFAR100(f *testing.F) {
	f.Add(cifar100Bytes(0, 2), 2)
	f.Add(cifar100Bytes(0, 2), 3)
	f.Add([]byte{}, 1)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		n = 1 + int(uint(n)%4)
		fine, coarse := make([]uint16, n), make([]uint16, n)
		err := readRecords(bytes.NewReader(data), make([]byte, n*cifarPixels), labelByte{"coarse label", 20, coarse}, labelByte{"fine label", 100, fine})
		if err != nil {
			checkError(t, err, "offset ")
			return
		}
		for i := range n {
			if at := i * (cifarPixels + 2); uint16(data[at]) != coarse[i] || uint16(data[at+1]) != fine[i] {
				t.Errorf("record %d has labels %d and %d", i, coarse[i], fine[i])
			}
		}
	})
}
