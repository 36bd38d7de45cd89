package arrays

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
)

func open(t *testing.T, name string) *File {
	t.Helper()
	f, err := Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestNumpy reads files that testdata/arrays.py wrote with numpy; the numbers here are
// those of the script.
func TestNumpy(t *testing.T) {
	for _, name := range []string{"stored.npz", "compressed.npz"} {
		f := open(t, name)
		images := f.Array("images")
		if !slices.Equal(images.Shape, []int{2, 3, 4, 3}) || images.Type != "|u1" || images.Rows() != 2 || images.Each() != 36 {
			t.Errorf("%s: images are %s %v", name, images.Type, images.Shape)
		}
		if held := images.Held > 0; held != (name == "compressed.npz") {
			t.Errorf("%s: images take %d bytes of memory", name, images.Held)
		}
		row := make([]byte, 36)
		if err := images.Raw(36, row); err != nil {
			t.Fatal(err)
		}
		for i, v := range row {
			if want := byte((36 + i) * 7); v != want {
				t.Fatalf("%s: byte %d of image 1 is %d, want %d", name, i, v, want)
			}
		}
		for array, want := range map[string][]float32{
			"floats": {3.0e-8, 65504}, "halves": {1. / (1 << 24), 65504}, "labels": {-1}, "big": {-2}, "shorts": {1}, "yes": {0},
		} {
			got := make([]float32, len(want))
			if err := f.Array(array).Float32s(int64(len(want)), got); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: row 1 of %s is %v, %v; want %v", name, array, got, err, want)
			}
		}
		for array, want := range map[string][]int64{
			"labels": {3, -1, 1 << 40}, "big": {3, -2}, "shorts": {65535, 1}, "yes": {1, 0, 1}, "number": {7},
		} {
			if got, err := f.Array(array).Int64s(); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %s are %v, %v; want %v", name, array, got, err, want)
			}
		}
		for array, want := range map[string][]string{
			"names": {"cat", "Löwe", "山猫", ""}, "bytes": {"cat", "dog!"}, "doubles": {"0.1", "1e+300"},
			"halves": {"0.5", "-1.25", "5.9604645e-08", "65504"}, "labels": {"3", "-1", "1099511627776"},
		} {
			if got, err := f.Array(array).Texts(); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %s are %q, %v; want %q", name, array, got, err, want)
			}
		}
		if _, err := f.Array("floats").Int64s(); err == nil || !strings.Contains(err.Error(), `array "floats": found elements of type "<f4", want whole numbers`) {
			t.Errorf("whole numbers of floats: %v", err)
		}
		if f.Array("nothing") != nil {
			t.Error("found an array that is not there")
		}
	}
	for _, name := range []string{"images.npy", "images-idx4-ubyte", "images-idx4-ubyte.gz"} {
		a, want := open(t, name).Arrays[0], open(t, "stored.npz").Array("images")
		got, same := make([]float32, 36), make([]float32, 36)
		for i := range 2 {
			if err := a.Float32s(int64(36*i), got); err != nil {
				t.Fatal(err)
			}
			if err := want.Float32s(int64(36*i), same); err != nil || !reflect.DeepEqual(got, same) {
				t.Errorf("%s: row %d is not that of the npz", name, i)
			}
		}
	}
	if got, err := open(t, "shorts-idx2").Arrays[0].Int64s(); err != nil || !slices.Equal(got, []int64{1, -2, 300, 4}) {
		t.Errorf("idx of shorts: %v, %v", got, err)
	}
}

// TestRefused: each file is refused by its name, and says what would do.
func TestRefused(t *testing.T) {
	for name, want := range map[string]string{
		"objects.npz": `array "meta": found Python objects, which are not read; want numbers or text`,
		"fortran.npz": `array "images": found Fortran order, want C order; numpy.ascontiguousarray makes it`,
		"complex.npz": `array "z": found elements of type "<c16"`,
		"records.npz": `array "r": npy header`,
		"nothing.npz": "no such file",
		"arrays.py":   "found a file that begins with 22 22 22 57, want an IDX file",
		".":           "is a folder, not a file of arrays",
	} {
		_, err := Open(filepath.Join("testdata", name))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(filepath.Join("testdata", name))) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestDamaged cuts files off at every length, and changes each byte: there is an error,
// or what was read is of the announced length.
func TestDamaged(t *testing.T) {
	for _, name := range []string{"compressed.npz", "stored.npz", "images.npy", "images-idx4-ubyte", "images-idx4-ubyte.gz"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(whole); n += 7 {
			if a, err := read(bytes.NewReader(whole[:n]), int64(n), name); err == nil && readAll(a) == nil {
				t.Errorf("%s cut off after %d of %d bytes is read", name, n, len(whole))
			} else if err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%s cut off: %v names no file", name, err)
			}
			changed := slices.Clone(whole)
			changed[n] ^= 0x41
			if a, err := read(bytes.NewReader(changed), int64(len(changed)), name); err == nil {
				_ = readAll(a)
			}
		}
	}
}

// readAll reads every array in all ways.
func readAll(list []*Array) error {
	for _, a := range list {
		if a.Rows() > 1<<12 || a.Each() > 1<<20 {
			continue
		}
		_, err := a.Texts()
		if err != nil {
			return err
		}
		if !a.Text() && a.Rows() > 0 {
			if err := a.Float32s(0, make([]float32, a.Each())); err != nil {
				return err
			}
		}
		_, _ = a.Int64s()
	}
	return nil
}

// member is an npz file of one array, whose directory tells lies.
func member(t testing.TB, h recording.Header, data []byte, announced uint64) []byte {
	t.Helper()
	var npy, file bytes.Buffer
	if err := recording.WriteHeader(&npy, h); err != nil {
		t.Fatal(err)
	}
	npy.Write(data)
	z := zip.NewWriter(&file)
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: "images.npy", Method: zip.Store, CRC32: crc32.ChecksumIEEE(npy.Bytes()),
		UncompressedSize64: announced, CompressedSize64: uint64(npy.Len()),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(npy.Bytes())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestBombs: what is announced is compared with what is there before it is allocated.
func TestBombs(t *testing.T) {
	huge := recording.Header{Type: "|u1", Shape: []int{1 << 20, 1 << 20}}
	var deflated bytes.Buffer
	z := zip.NewWriter(&deflated)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "images.npy", Method: zip.Deflate, UncompressedSize64: 1 << 42, CompressedSize64: 100})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(make([]byte, 100))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	idx := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 2}, math.MaxUint32)
	idx = binary.BigEndian.AppendUint32(idx, math.MaxUint32)
	for name, c := range map[string]struct {
		path, want string
		file       []byte
	}{
		"shape":      {"x.npz", "found 10 bytes, want 1099511627776 for |u1 [1048576 1048576]", member(t, huge, make([]byte, 10), 138)},
		"directory":  {"x.npz", "bytes announced in 138 uncompressed ones", member(t, huge, make([]byte, 10), 1<<41)},
		"deflate":    {"x.npz", "found 4398046511104 bytes announced in 100 compressed ones, more than those can hold", deflated.Bytes()},
		"idx":        {"x-idx2-ubyte", "x-idx2-ubyte: found shape [4294967295 4294967295], which has too many elements", idx},
		"idx, gzip":  {"x-idx2-ubyte.gz", "bytes announced in", gzipped(append([]byte{0, 0, 8, 2}, 0, 0x10, 0, 0, 0, 0x10, 0, 0))},
		"idx, large": {"x-idx2-ubyte", "found 12 bytes, want 1099511627788", append([]byte{0, 0, 8, 2}, 0, 0x10, 0, 0, 0, 0x10, 0, 0)},
	} {
		if _, err := read(bytes.NewReader(c.file), int64(len(c.file)), c.path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// gzipped packs bytes.
func gzipped(b []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(b)
	w.Close()
	return packed.Bytes()
}

func FuzzNPZ(f *testing.F)    { fuzz(f, "x.npz", "stored.npz", "compressed.npz", "objects.npz") }
func FuzzNPY(f *testing.F)    { fuzz(f, "x.npy", "images.npy") }
func FuzzIDX(f *testing.F)    { fuzz(f, "x-idx3-ubyte", "images-idx4-ubyte", "shorts-idx2") }
func FuzzIDXZip(f *testing.F) { fuzz(f, "x-idx3-ubyte.gz", "images-idx4-ubyte.gz") }

// fuzz reads foreign bytes: there is an error that names the file, or all is read.
func fuzz(f *testing.F, path string, seeds ...string) {
	for _, name := range seeds {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := read(bytes.NewReader(b), int64(len(b)), path)
		if err == nil {
			err = readAll(a)
		}
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%v names no file", err)
		}
	})
}
