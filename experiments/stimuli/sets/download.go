package sets

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// download fetches one file of known checksum into a folder. What has come is
// kept in name.partial beside name.partial.json, so that a later run goes on
// where this one stopped; the file gets its name when its checksum is right.
type download struct {
	client   *http.Client
	url, sum string // SHA-256 in hexadecimal
	root     *os.Root
	name     string
	progress func(done, total int64)
}

// partialState is what name.partial.json holds: what was downloaded.
type partialState struct {
	URL      string `json:"url"`
	ETag     string `json:"etag,omitempty"`          // a strong one, or none
	Modified string `json:"last_modified,omitempty"` // as the server wrote it
	Length   int64  `json:"length,omitempty"`        // of the whole file; 0 if unknown
}

// largestDownload is more than any data set here; it keeps a wrong address
// from filling the disk.
const largestDownload = 1 << 32

// errStopped marks a download that stopped and may go on.
var errStopped = errors.New("the connection was cut off")

// run returns when the file is there and its checksum is right. While a
// connection that is cut off has brought something, it is made again.
func (d *download) run(ctx context.Context) error {
	if sum, err := d.hash(d.name); err == nil {
		if strings.EqualFold(sum, d.sum) {
			return nil
		}
		return fmt.Errorf("%s in the cache: found sha256 %s, want %s; delete the file to have it downloaded again", d.name, sum, d.sum)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for {
		before := d.have()
		err := d.attempt(ctx)
		if err == nil {
			return d.finish()
		}
		if !errors.Is(err, errStopped) || d.have() <= before || ctx.Err() != nil {
			return fmt.Errorf("download of %s: %w", d.url, err)
		}
	}
}

// attempt makes one request for what is missing and appends what comes.
func (d *download) attempt(ctx context.Context) error {
	state, have := d.state()
	if have > 0 && have == state.Length {
		return nil
	}
	request, err := d.request(ctx, state, have)
	if err != nil {
		return err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK: // all of it: the server does not resume, or the file has changed
		have = 0
		state = partialState{URL: d.url, Modified: response.Header.Get("Last-Modified"), Length: max(0, response.ContentLength)}
		if tag := response.Header.Get("ETag"); !strings.HasPrefix(tag, "W/") {
			state.ETag = tag
		}
	case http.StatusPartialContent:
		from, length, err := parseContentRange(response.Header.Get("Content-Range"))
		if err == nil && (from != have || state.Length > 0 && length > 0 && length != state.Length) {
			err = fmt.Errorf("found bytes from %d of a file of %d", from, length)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%w, want bytes from %d of a file of %d; run again to begin anew", err, have, state.Length), d.forget())
		}
		state.Length = max(state.Length, length)
	case http.StatusRequestedRangeNotSatisfiable:
		return errors.Join(fmt.Errorf("found status %s for the bytes from %d; run again to begin anew", response.Status, have), d.forget())
	default:
		return fmt.Errorf("found status %s, want 200 OK; another url would do", response.Status)
	}
	if state.Length > largestDownload {
		return fmt.Errorf("found a file of %d bytes, want at most %d; another url would do", state.Length, int64(largestDownload))
	}
	return d.append(response.Body, state, have)
}

// request asks for the bytes after the first have, if the file is unchanged.
func (d *download) request(ctx context.Context, state partialState, have int64) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if validator := cmp.Or(state.ETag, state.Modified); validator != "" {
			request.Header.Set("If-Range", validator)
		}
	}
	return request, nil
}

// append writes body after the first have bytes of the partial file.
func (d *download) append(body io.Reader, state partialState, have int64) error {
	encoded, err := json.Marshal(state)
	if err != nil {
		return err
	}
	f, err := d.root.OpenFile(d.name+".partial", os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	// Bytes of another file go before the state that would vouch for them.
	if err := f.Truncate(have); err != nil {
		return err
	}
	if err := d.root.WriteFile(d.name+".partial.json", encoded, 0o644); err != nil {
		return err
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return err
	}
	w := &meter{w: f, done: have, total: state.Length, progress: d.progress}
	_, err = io.Copy(w, io.LimitReader(body, largestDownload-have))
	if err == nil && w.done < state.Length {
		err = io.ErrUnexpectedEOF // a server may send less than the range asked for
	}
	if err != nil && w.err == nil {
		err = fmt.Errorf("%w after %d of %d bytes (%w); run again to go on from there", errStopped, w.done, state.Length, err)
	}
	return cmp.Or(err, f.Sync(), f.Close())
}

// finish gives the whole file its name, or deletes it.
func (d *download) finish() error {
	sum, err := d.hash(d.name + ".partial")
	if err != nil {
		return err
	}
	if !strings.EqualFold(sum, d.sum) {
		return errors.Join(fmt.Errorf("download of %s: found sha256 %s, want %s; what came was deleted: check the keys url and sha256", d.url, sum, d.sum), d.forget())
	}
	if err := d.root.Rename(d.name+".partial", d.name); err != nil {
		return err
	}
	if err := d.root.Remove(d.name + ".partial.json"); err != nil {
		return err
	}
	return syncFolder(d.root)
}

// forget deletes what has come so far.
func (d *download) forget() error {
	return cmp.Or(ignoreMissing(d.root.Remove(d.name+".partial")), ignoreMissing(d.root.Remove(d.name+".partial.json")))
}

// have returns the length of the partial file.
func (d *download) have() int64 {
	info, err := d.root.Stat(d.name + ".partial")
	if err != nil {
		return 0
	}
	return info.Size()
}

// state returns what is known of the partial file, and its length. A state
// that cannot be read, or is of another address, makes the length 0.
func (d *download) state() (partialState, int64) {
	encoded, err := d.root.ReadFile(d.name + ".partial.json")
	if err != nil {
		return partialState{}, 0
	}
	state, err := parsePartialState(encoded)
	have := d.have()
	if err != nil || state.URL != d.url || state.Length > 0 && have > state.Length {
		return partialState{}, 0
	}
	return state, have
}

// hash returns the SHA-256 of a file in the folder.
func (d *download) hash(name string) (string, error) {
	f, err := d.root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// parsePartialState reads the state and refuses one that could not have been
// written by append, or would make a malformed request.
func parsePartialState(encoded []byte) (partialState, error) {
	var state partialState
	if len(encoded) > 1<<14 {
		return state, fmt.Errorf("state of a partial download: found %d bytes, want at most %d", len(encoded), 1<<14)
	}
	if err := json.Unmarshal(encoded, &state); err != nil {
		return partialState{}, fmt.Errorf("state of a partial download: %w", err)
	}
	if state.Length < 0 || state.Length > largestDownload {
		return partialState{}, fmt.Errorf("state of a partial download: found length %d, want 0..%d", state.Length, int64(largestDownload))
	}
	for _, field := range []string{state.URL, state.ETag, state.Modified} {
		if strings.ContainsFunc(field, func(r rune) bool { return r < ' ' || r > '~' }) {
			return partialState{}, fmt.Errorf("state of a partial download: found %q, want printable ASCII", field)
		}
	}
	return state, nil
}

// parseContentRange reads "bytes FROM-TO/LENGTH" of RFC 9110, section 14.4,
// where LENGTH may be * for unknown, given as 0.
func parseContentRange(value string) (from, length int64, err error) {
	bad := fmt.Errorf("found Content-Range %q", value)
	span, total, ok := strings.Cut(strings.TrimPrefix(value, "bytes "), "/")
	first, last, ok2 := strings.Cut(span, "-")
	if !ok || !ok2 || !strings.HasPrefix(value, "bytes ") {
		return 0, 0, bad
	}
	f, err1 := strconv.ParseUint(first, 10, 63)
	l, err2 := strconv.ParseUint(last, 10, 63)
	if err1 != nil || err2 != nil || f > l {
		return 0, 0, bad
	}
	if total == "*" {
		return int64(f), 0, nil
	}
	n, err3 := strconv.ParseUint(total, 10, 63)
	if err3 != nil || l >= n {
		return 0, 0, bad
	}
	return int64(f), int64(n), nil
}

// meter reports what is written through it, and keeps the writer's error
// apart from the reader's.
type meter struct {
	w           io.Writer
	done, total int64
	progress    func(done, total int64)
	err         error
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.done += int64(n)
	m.err = err
	if m.progress != nil {
		m.progress(m.done, m.total)
	}
	return n, err
}

// syncFolder puts the names in a folder on the disk.
func syncFolder(root *os.Root) error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	return cmp.Or(f.Sync(), f.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
