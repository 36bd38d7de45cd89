package sets

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ventral/experiments/stimuli"
)

// entry is a member of an archive for a test.
type entry struct {
	name string
	typ  byte
	link string
	data []byte
}

func makeTar(t testing.TB, entries []entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.typ, Linkname: e.link, Size: int64(len(e.data)), Mode: 0o644}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compress(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cifarEntries is what the official archive holds, with few records.
func cifarEntries(records int) []entry {
	entries := []entry{
		{name: cifarFolder + "/", typ: tar.TypeDir},
		{name: cifarFolder + "/readme.html", typ: tar.TypeReg, data: []byte("<html>")},
	}
	for k, name := range cifarFiles {
		entries = append(entries, entry{name: cifarFolder + "/" + name, typ: tar.TypeReg, data: cifarBytes(k, records)})
	}
	return entries
}

// openRoot opens a folder of its own below a temporary one, so that a file
// that escapes from it is seen.
func openRoot(t testing.TB) (root *os.Root, above string) {
	t.Helper()
	above = t.TempDir()
	if err := os.Mkdir(filepath.Join(above, "cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(above, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root, above
}

// archiveFiles returns the paths of all files below a folder.
func archiveFiles(t testing.TB, folder string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestUnpack(t *testing.T) {
	root, above := openRoot(t)
	archive := compress(t, makeTar(t, cifarEntries(3)))
	if err := unpack(bytes.NewReader(archive), root, cifarFolder, cifarFiles, 3*cifarRecord); err != nil {
		t.Fatal(err)
	}
	if !unpacked(root, cifarFolder, cifarFiles, 3*cifarRecord) {
		t.Error("unpacked is false")
	}
	for k, name := range cifarFiles {
		got, err := root.ReadFile(filepath.Join(cifarFolder, name))
		if err != nil || !bytes.Equal(got, cifarBytes(k, 3)) {
			t.Errorf("%s: %v, or not the bytes of the archive", name, err)
		}
	}
	if got := archiveFiles(t, above); len(got) != len(cifarFiles) {
		t.Errorf("files %v, want the %d of the data set", got, len(cifarFiles))
	}
}

func TestUnpackRefuses(t *testing.T) {
	whole := cifarEntries(3)
	with := func(k int, e entry) []entry {
		changed := slices.Clone(whole)
		changed[k] = e
		return changed
	}
	const first = cifarFolder + "/data_batch_1.bin"
	data := cifarBytes(0, 3)
	archive := compress(t, makeTar(t, whole))
	damaged := bytes.Clone(archive)
	damaged[len(damaged)-6] ^= 0xff // in the checksum, or the length, of gzip
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"no archive", []byte("<html>404</html>"), "found no gzip archive"},
		{"cut off", archive[:len(archive)/2], "unexpected EOF"},
		{"file missing", compress(t, makeTar(t, whole[:5])), "want " + cifarFolder + "/data_batch_4.bin"},
		{"wrong size", compress(t, makeTar(t, with(2, entry{name: first, typ: tar.TypeReg, data: data[1:]}))), "of 9218 bytes, want a regular file of 9219 bytes"},
		{"link", compress(t, makeTar(t, with(2, entry{name: first, typ: tar.TypeSymlink, link: "/etc/passwd"}))), "want a regular file"},
		{"above", compress(t, makeTar(t, with(2, entry{name: "../data_batch_1.bin", typ: tar.TypeReg, data: data}))), "want " + first},
		{"absolute", compress(t, makeTar(t, with(2, entry{name: "/" + first, typ: tar.TypeReg, data: data}))), "want " + first},
		{"other folder", compress(t, makeTar(t, with(2, entry{name: cifarFolder + "/../../data_batch_1.bin", typ: tar.TypeReg, data: data}))), "want " + first},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root, above := openRoot(t)
			err := unpack(bytes.NewReader(test.file), root, cifarFolder, cifarFiles, 3*cifarRecord)
			checkError(t, err, test.want)
			for _, name := range archiveFiles(t, above) {
				if !strings.HasPrefix(name, "cache/"+cifarFolder+"/") || strings.HasSuffix(name, ".partial") {
					t.Errorf("left %s behind", name)
				}
			}
			if unpacked(root, cifarFolder, cifarFiles, 3*cifarRecord) {
				t.Error("unpacked is true")
			}
		})
	}
}

// TestUnpackLink checks that a link planted in the cache leads nowhere.
func TestUnpackLink(t *testing.T) {
	root, above := openRoot(t)
	if err := os.Symlink(above, filepath.Join(above, "cache", cifarFolder)); err != nil {
		t.Skip(err)
	}
	archive := compress(t, makeTar(t, cifarEntries(3)))
	if err := unpack(bytes.NewReader(archive), root, cifarFolder, cifarFiles, 3*cifarRecord); err == nil {
		t.Error("no error for a folder that is a link out of the cache")
	}
	for _, name := range archiveFiles(t, above) {
		if strings.HasSuffix(name, ".bin") {
			t.Errorf("wrote %s", name)
		}
	}
}

// FuzzUnpack unpacks foreign bytes: whatever they are, only the expected files
// appear, whole, and all of them if there is no error.
func FuzzUnpack(f *testing.F) {
	const folder, size = "data", 5
	wanted := []string{"a.bin", "b.bin"}
	a := entry{name: "data/a.bin", typ: tar.TypeReg, data: []byte("12345")}
	b := entry{name: "./data/b.bin", typ: tar.TypeReg, data: []byte("67890")}
	f.Add(makeTar(f, []entry{a, b}))
	f.Add(makeTar(f, []entry{{name: "data/../../a.bin", typ: tar.TypeReg, data: []byte("12345")}, b}))
	f.Add(makeTar(f, []entry{{name: "data/a.bin", typ: tar.TypeSymlink, link: "../../x"}, a, b}))
	f.Add(makeTar(f, []entry{a, a, b})[:1100])
	f.Fuzz(func(t *testing.T, data []byte) {
		root, above := openRoot(t)
		err := unpackTar(bytes.NewReader(data), root, folder, wanted, size)
		got := archiveFiles(t, above)
		for _, name := range got {
			if name != "cache/data/a.bin" && name != "cache/data/b.bin" {
				t.Errorf("created %s", name)
			}
			if info, err := os.Stat(filepath.Join(above, name)); err != nil || info.Size() != size {
				t.Errorf("%s: %v, or not %d bytes", name, err, size)
			}
		}
		if err == nil && len(got) != 2 {
			t.Errorf("no error, but files %v", got)
		}
	})
}

// TestFetchAlone wants one download of several that begin at once, as the tasks
// of a sweep do, and the data for all of them.
func TestFetchAlone(t *testing.T) {
	archive := compress(t, makeTar(t, cifarEntries(20)))
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Write(archive[:len(archive)/2])
		http.NewResponseController(w).Flush()
		time.Sleep(50 * time.Millisecond) // the others come meanwhile
		w.Write(archive[len(archive)/2:])
	}))
	defer server.Close()
	c := smallCIFAR("")
	c.Download, c.URL, c.SHA256 = true, server.URL, sumOf(archive)
	env := stimuli.Env{Cache: filepath.Join(t.TempDir(), "cache")}
	failed := make(chan error)
	for range 4 {
		go func() {
			_, err := c.Open(env)
			failed <- err
		}()
	}
	for range 4 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if n := requests.Load(); n != 1 {
		t.Errorf("%d downloads, want one", n)
	}

	t.Run("cancelled", func(t *testing.T) {
		root, _ := openRoot(t)
		release, err := alone(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := alone(ctx, root); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want an end of the wait", err)
		}
	})
}
