package sets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/experiments/stimuli"
)

// fileServer serves one file, cuts off as many of its first answers as told,
// after a number of bytes, and notes the Range of every request.
type fileServer struct {
	data    []byte
	tag     string
	cutOff  int  // answers to cut off
	after   int  // bytes of each
	ignore  bool // the header Range
	ranges  []string
	request int
}

func (s *fileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.request++
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	if s.ignore {
		r.Header.Del("Range")
	}
	if s.tag != "" {
		w.Header().Set("ETag", s.tag)
	}
	if s.request <= s.cutOff {
		w = &cutWriter{w, s.after}
	}
	http.ServeContent(w, r, "file", time.Time{}, bytes.NewReader(s.data))
}

// cutWriter ends the connection after some bytes of the body.
type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	n, _ := w.ResponseWriter.Write(p[:min(w.left, len(p))])
	if w.left -= n; w.left == 0 {
		http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, nil
}

func foreign(n int) []byte {
	data := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func newDownload(t *testing.T, handler http.Handler, data []byte) *download {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	root, _ := openRoot(t)
	return &download{client: server.Client(), url: server.URL + "/file", sum: sumOf(data), root: root, name: "file"}
}

// checkDownloaded checks that the file is whole and alone.
func checkDownloaded(t *testing.T, d *download, data []byte) {
	t.Helper()
	got, err := d.root.ReadFile("file")
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("file: %v, %d bytes, want the %d served", err, len(got), len(data))
	}
	if got := archiveFiles(t, d.root.Name()); !slices.Equal(got, []string{"file"}) {
		t.Errorf("the cache holds %v, want file alone", got)
	}
}

func TestDownload(t *testing.T) {
	data := foreign(300_000)
	server := &fileServer{data: data, tag: `"1"`}
	d := newDownload(t, server, data)
	var done, total int64
	d.progress = func(a, b int64) { done, total = a, b }
	if err := d.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkDownloaded(t, d, data)
	if done != 300_000 || total != 300_000 {
		t.Errorf("progress ended at %d of %d, want 300000 of 300000", done, total)
	}
	if err := d.run(t.Context()); err != nil || server.request != 1 {
		t.Errorf("second run: %v after %d requests, want none anew", err, server.request)
	}
}

func TestDownloadCutOff(t *testing.T) {
	data := foreign(300_000)
	server := &fileServer{data: data, tag: `"1"`, cutOff: 2, after: 100_000}
	d := newDownload(t, server, data)
	if err := d.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkDownloaded(t, d, data)
	if want := []string{"", "bytes=100000-", "bytes=200000-"}; !slices.Equal(server.ranges, want) {
		t.Errorf("asked for %q, want %q", server.ranges, want)
	}
}

// TestDownloadResume stops in the middle, as when the program is killed, and
// goes on in a second run.
func TestDownloadResume(t *testing.T) {
	data, other := foreign(300_000), foreign(300_001)[1:]
	tests := []struct {
		name  string
		later fileServer // what the second run meets
		first []string   // Range of its requests
		fails string
	}{
		{"resumed", fileServer{data: data, tag: `"1"`}, []string{"bytes=100000-"}, ""},
		{"server ignores ranges", fileServer{data: data, tag: `"1"`, ignore: true}, []string{"bytes=100000-"}, ""},
		{"file has changed", fileServer{data: other, tag: `"2"`}, []string{"bytes=100000-"}, ""},
		{"no validator left", fileServer{data: data}, []string{"bytes=100000-"}, ""},
		{"file has shrunk", fileServer{data: data[:50_000], tag: `"1"`}, []string{"bytes=100000-"}, "begin anew"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := &fileServer{data: data, tag: `"1"`, cutOff: 1, after: 100_000}
			d := newDownload(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { server.ServeHTTP(w, r) }), test.later.data)
			if err := d.attempt(t.Context()); !errors.Is(err, errStopped) {
				t.Fatalf("first attempt: %v, want one that stopped", err)
			}
			*server = test.later
			err := d.run(t.Context())
			if !slices.Equal(server.ranges, test.first) {
				t.Errorf("asked for %q, want %q", server.ranges, test.first)
			}
			if test.fails == "" {
				if err != nil {
					t.Fatal(err)
				}
				checkDownloaded(t, d, test.later.data)
				return
			}
			checkError(t, err, test.fails)
			if got := archiveFiles(t, d.root.Name()); len(got) != 0 {
				t.Errorf("the cache holds %v, want nothing", got)
			}
		})
	}
}

func TestDownloadFails(t *testing.T) {
	data := foreign(1000)
	t.Run("not found", func(t *testing.T) {
		d := newDownload(t, http.NotFoundHandler(), data)
		checkError(t, d.run(t.Context()), d.url, "404 Not Found", "want 200 OK")
	})
	t.Run("checksum", func(t *testing.T) {
		d := newDownload(t, &fileServer{data: data[1:]}, data)
		checkError(t, d.run(t.Context()), d.url, "found sha256 "+sumOf(data[1:]), "want "+d.sum, "keys url and sha256")
		if got := archiveFiles(t, d.root.Name()); len(got) != 0 {
			t.Errorf("the cache holds %v, want nothing", got)
		}
	})
	t.Run("cut off at once", func(t *testing.T) {
		d := newDownload(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }), data)
		checkError(t, d.run(t.Context()), d.url, "EOF")
	})
	t.Run("never whole", func(t *testing.T) {
		server := &fileServer{data: data, cutOff: 1 << 30, after: 300}
		d := newDownload(t, server, data)
		if err := d.run(t.Context()); err != nil || server.request != 4 {
			t.Errorf("%v after %d requests, want four of up to 300 bytes", err, server.request)
		}
	})
	t.Run("corrupt in the cache", func(t *testing.T) {
		d := newDownload(t, http.NotFoundHandler(), data)
		if err := d.root.WriteFile("file", data[1:], 0o644); err != nil {
			t.Fatal(err)
		}
		checkError(t, d.run(t.Context()), "file in the cache", "delete the file")
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := newDownload(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write(data[:500])
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}), data)
		d.progress = func(done, total int64) { cancel() }
		if err := d.run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("run = %v, want context.Canceled", err)
		}
	})
}

// TestCIFARDownload goes the whole way: download, unpack, read; then again
// from the cache, with the server gone, and with a file missing.
func TestCIFARDownload(t *testing.T) {
	archive := compress(t, makeTar(t, cifarEntries(20)))
	server := httptest.NewServer(&fileServer{data: archive})
	defer server.Close()
	env := stimuli.Env{Cache: filepath.Join(t.TempDir(), "new", "cache")}
	c := smallCIFAR("")
	c.Download, c.URL, c.SHA256 = true, server.URL, strings.ToUpper(sumOf(archive))
	open := func() {
		t.Helper()
		d, err := c.Open(env)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.Hashes()["test_batch.bin"], sumOf(cifarBytes(5, 20)); got != want {
			t.Errorf("sha256 of test_batch.bin = %s, want %s", got, want)
		}
	}
	open()
	server.Close()
	open()
	if err := os.Remove(filepath.Join(env.Cache, cifarFolder, "test_batch.bin")); err != nil {
		t.Fatal(err)
	}
	open()

	t.Run("no network", func(t *testing.T) {
		_, err := c.Open(stimuli.Env{Cache: t.TempDir()})
		checkError(t, err, server.URL, "without a network", "set path", c.SHA256)
	})
	t.Run("no cache", func(t *testing.T) {
		_, err := c.Open(stimuli.Env{})
		checkError(t, err, "no cache folder")
	})
}

func TestContentRange(t *testing.T) {
	tests := []struct {
		value        string
		from, length int64
		ok           bool
	}{
		{"bytes 100-199/200", 100, 200, true},
		{"bytes 0-0/*", 0, 0, true},
		{"", 0, 0, false},
		{"100-199/200", 0, 0, false},
		{"bytes */200", 0, 0, false},
		{"bytes 100-99/200", 0, 0, false},
		{"bytes 100-200/200", 0, 0, false},
		{"bytes -1-5/200", 0, 0, false},
		{"bytes 0-99999999999999999999/*", 0, 0, false},
	}
	for _, test := range tests {
		from, length, err := parseContentRange(test.value)
		if from != test.from || length != test.length || (err == nil) != test.ok {
			t.Errorf("parseContentRange(%q) = %d, %d, %v, want %d, %d, ok %t", test.value, from, length, err, test.from, test.length, test.ok)
		}
	}
}

// FuzzPartialState reads a foreign state: what is accepted can be written and
// read back, and makes a request that can be sent.
func FuzzPartialState(f *testing.F) {
	f.Add([]byte(`{"url":"https://example.org/x","etag":"\"1\"","length":100}`), int64(5))
	f.Add([]byte(`{"url":"https://example.org/x","last_modified":"Thu, 01 Jan 1970 00:00:00 GMT"}`), int64(0))
	f.Add([]byte(`{"length":-1}`), int64(1))
	f.Add([]byte(`{"etag":"\r\nHost: x"}`), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, have int64) {
		state, err := parsePartialState(data)
		if err != nil {
			if state != (partialState{}) {
				t.Errorf("state %+v beside an error", state)
			}
			return
		}
		encoded, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parsePartialState(encoded); err != nil || again != state {
			t.Errorf("%+v is read back as %+v, %v", state, again, err)
		}
		d := &download{url: "http://example.org/file"}
		request, err := d.request(t.Context(), state, have)
		if err != nil {
			t.Fatal(err)
		}
		var sent bytes.Buffer
		if err := request.Write(&sent); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(sent.String(), "\r\n"); lines > 7 {
			t.Errorf("the state adds lines to the request:\n%s", sent.String())
		}
	})
}

// FuzzContentRange reads a foreign header: what is accepted is the header of
// some range within the file.
func FuzzContentRange(f *testing.F) {
	f.Add("bytes 100-199/200")
	f.Add("bytes 0-0/*")
	f.Add("bytes */5")
	f.Fuzz(func(t *testing.T, value string) {
		from, length, err := parseContentRange(value)
		if err != nil {
			return
		}
		if from < 0 || length < 0 || length > 0 && from >= length || !strings.HasPrefix(value, "bytes ") {
			t.Errorf("parseContentRange(%q) = %d, %d", value, from, length)
		}
	})
}
