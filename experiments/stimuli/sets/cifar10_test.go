package sets

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

var cifarPath = flag.String("cifar10", "", "folder with the real CIFAR-10 for TestCIFARReal")

// writeCIFAR writes synthetic files to a new folder.
func writeCIFAR(t testing.TB, folder string, records int) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for k, name := range cifarFiles {
		if err := os.WriteFile(filepath.Join(folder, name), cifarBytes(k, records), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func smallCIFAR(path string) *CIFAR10 {
	c := NewCIFAR10()
	c.records, c.Path, c.Validation = 20, path, 30
	return c
}

func TestCIFARImage(t *testing.T) {
	folder := t.TempDir()
	writeCIFAR(t, folder, 20)
	d, err := smallCIFAR(folder).Open(stimuli.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Description().Images, [3]int{70, 30, 20}; got != want {
		t.Fatalf("lengths %v, want %v", got, want)
	}
	image, label := make([]float32, cifarPixels), make([]float32, 10)
	read(t, d, stimuli.Test, 3, image, label)
	file := cifarBytes(5, 20)[3*cifarRecord:]
	for y := range 32 {
		for x := range 32 {
			for c := range 3 {
				got, want := image[(y*32+x)*3+c], float32(file[1+c*cifarPlane+y*32+x])/255
				if got != want {
					t.Fatalf("test image 3 at y %d, x %d, channel %d = %v, want %v", y, x, c, got, want)
				}
			}
		}
	}
	if slices.Index(label, 1) != 8 {
		t.Errorf("label of test image 3 = %v, want class 8", label)
	}
	sum := sha256.Sum256(cifarBytes(0, 20))
	if got := d.Hashes()["data_batch_1.bin"]; got != hex.EncodeToString(sum[:]) || len(d.Hashes()) != 6 {
		t.Errorf("hashes %v, want 6, that of data_batch_1.bin %x", d.Hashes(), sum)
	}
}

// TestCIFARCut checks that the splits are disjoint, whole and a matter of the
// seed, and how a smaller Train relates to a larger one.
func TestCIFARCut(t *testing.T) {
	c := smallCIFAR("x")
	cut := func(c *CIFAR10, seed uint64) [stimuli.Splits][]int32 {
		t.Helper()
		about, err := c.Describe(stimuli.Env{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.parts(seed, make([]uint16, 120), 100, []int{0}, about.Images)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	whole := cut(c, 1)
	all := slices.Concat(whole[stimuli.Train], whole[stimuli.Validation], whole[stimuli.Test])
	slices.Sort(all)
	if !slices.Equal(all, stimuli.Indices(120)) {
		t.Errorf("splits hold %v, want each of 0..119 once", all)
	}
	if slices.Equal(whole[stimuli.Validation], cut(c, 2)[stimuli.Validation]) {
		t.Error("seeds 1 and 2 cut off the same validation images")
	}
	few, fewer := *c, *c
	few.Train, fewer.Train, fewer.Test = 40, 10, 5
	a, b := cut(&few, 1), cut(&fewer, 1)
	if !slices.Equal(a[stimuli.Validation], whole[stimuli.Validation]) || len(a[stimuli.Train]) != 40 || len(b[stimuli.Train]) != 10 || len(b[stimuli.Test]) != 5 {
		t.Errorf("train = 40 and 10: %d and %d images, test = 5: %d, want these and the same validation images", len(a[stimuli.Train]), len(b[stimuli.Train]), len(b[stimuli.Test]))
	}
	for _, i := range b[stimuli.Train] {
		if !slices.Contains(a[stimuli.Train], i) {
			t.Errorf("image %d is among 10 training images but not among 40", i)
		}
	}
}

func TestCIFARFolder(t *testing.T) {
	parent := t.TempDir()
	writeCIFAR(t, filepath.Join(parent, cifarFolder), 20)
	for _, c := range []*CIFAR10{smallCIFAR(parent), smallCIFAR("."), smallCIFAR(cifarFolder)} {
		if _, err := c.Open(stimuli.Env{Folder: parent}); err != nil {
			t.Errorf("path %q: %v", c.Path, err)
		}
	}
	_, err := smallCIFAR("nowhere").Open(stimuli.Env{Folder: parent})
	checkError(t, err, filepath.Join(parent, "nowhere"), "data_batch_1.bin", "download = true")
}

func TestCIFARCorrupt(t *testing.T) {
	const name = "data_batch_3.bin"
	good := cifarBytes(2, 20)
	label := bytes.Clone(good)
	label[4*cifarRecord] = 10
	tests := []struct {
		name string
		file []byte
		want []string
	}{
		{"empty", nil, []string{name, "offset 0:", "record 0"}},
		{"cut off within a record", good[:2*cifarRecord+100], []string{name, "offset 6246:", "record 2", "61460 bytes in all"}},
		{"cut off between records", good[:19*cifarRecord], []string{name, "offset 58387:", "record 19"}},
		{"too long", append(bytes.Clone(good), 0), []string{name, "offset 61460:", "more bytes"}},
		{"label", label, []string{name, "offset 12292:", "label 10 in record 4", "want 0..9"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			writeCIFAR(t, folder, 20)
			if err := os.WriteFile(filepath.Join(folder, name), test.file, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := smallCIFAR(folder).Open(stimuli.Env{})
			checkError(t, err, test.want...)
		})
	}
	t.Run("missing", func(t *testing.T) {
		folder := t.TempDir()
		writeCIFAR(t, folder, 20)
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
		_, err := smallCIFAR(folder).Open(stimuli.Env{})
		checkError(t, err, name)
	})
}

func TestCIFARCheck(t *testing.T) {
	tests := []struct {
		name string
		set  func(*CIFAR10)
		want string
	}{
		{"defaults", func(c *CIFAR10) { c.Path = "" }, "path: found \"\", want the folder with data_batch_1.bin, or download = true"},
		{"path", func(*CIFAR10) {}, ""},
		{"validation", func(c *CIFAR10) { c.Validation = 50_000 }, "validation: found 50000, want 0..49999"},
		{"train", func(c *CIFAR10) { c.Train = 45_001 }, "train: found 45001, want 0..45000"},
		{"test", func(c *CIFAR10) { c.Test = -1 }, "test: found -1, want 0..10000"},
		{"url", func(c *CIFAR10) { c.Download, c.URL = true, "ftp://x" }, `url: found "ftp://x", want an address that begins with https:// or http://`},
		{"sha256", func(c *CIFAR10) { c.Download, c.SHA256 = true, "abc" }, `sha256: found "abc", want 64 hexadecimal digits`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := NewCIFAR10()
			c.Path = "x"
			test.set(c)
			got := ""
			if _, err := c.Describe(stimuli.Env{}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("Describe() = %q, want %q", got, test.want)
			}
		})
	}
}

// TestCIFARReal reads the real data set:
//
//	go test -run CIFARReal -cifar10 FOLDER
//
// Means and deviations of the channels are those in wide use, 0.4914, 0.4822,
// 0.4465 and 0.2470, 0.2435, 0.2616; 45,000 images and a JPEG copy of them
// stay within 0.005.
func TestCIFARReal(t *testing.T) {
	if *cifarPath == "" {
		t.Skip("no -cifar10")
	}
	c := NewCIFAR10()
	c.Path = *cifarPath
	d, err := c.Open(stimuli.Env{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var perClass [10]int
	label := make([]float32, 10)
	for s := stimuli.Train; s <= stimuli.Test; s++ {
		for i := range d.Description().Images[s] {
			class, err := stimuli.Classes(d, s, i, label)
			if err != nil {
				t.Fatal(err)
			}
			perClass[class]++
		}
	}
	if want := [10]int{6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000, 6000}; perClass != want {
		t.Errorf("images of each class %v, want 6000", perClass)
	}
	n, err := stimuli.NewNormaliser("mean-std", d)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("mean %.4f, standard deviation %.4f", n.Mean, n.Std)
	for c, want := range [][2]float64{{0.4914, 0.2470}, {0.4822, 0.2435}, {0.4465, 0.2616}} {
		if math.Abs(n.Mean[c]-want[0]) > 0.005 || math.Abs(n.Std[c]-want[1]) > 0.005 {
			t.Errorf("channel %d: mean %.4f, standard deviation %.4f, want %v ± 0.005", c, n.Mean[c], n.Std[c], want)
		}
	}
}

// FuzzCIFAR reads foreign bytes as a file of n records: what is accepted has
// the right length and gives the bytes back.
func FuzzCIFAR(f *testing.F) {
	f.Add(cifarBytes(0, 2), 2)
	f.Add(cifarBytes(0, 2), 3)
	f.Add(cifarBytes(0, 1)[:50], 1)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		n = int(uint(n) % 5)
		p := stimuli.Part{Pixels: make([]byte, n*cifarPixels), Labels: make([]uint16, n)}
		err := readCIFAR(bytes.NewReader(data), p)
		if err != nil {
			checkError(t, err, "offset ")
			return
		}
		var back []byte
		for i, label := range p.Labels {
			back = append(back, byte(label))
			for c := range 3 {
				for k := range cifarPlane {
					back = append(back, p.Pixels[i*cifarPixels+3*k+c])
				}
			}
		}
		if !bytes.Equal(back, data) {
			t.Errorf("%d records were read from %d bytes that do not hold them", n, len(data))
		}
	})
}
