package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// format is the version of the files.
const format = 1

// About says what a pack is of.
type About struct {
	Format int    `json:"format"`
	Of     string `json:"of"`     // for people: kind and place of the images
	Recipe string `json:"recipe"` // how pictures are made of the files
	Hash   string `json:"hash"`   // of names, contents and recipe
	Images int    `json:"images"`
}

// index is what index.json says.
type index struct {
	About
	Bytes  int64   `json:"bytes"` // of all pixels
	Shards []shard `json:"shards"`
	Seal   string  `json:"seal"` // SHA-256 of the rest
}

// shard is a file of pixels: of the images First ≤ i < First+Images.
type shard struct {
	First  int    `json:"first"`
	Images int    `json:"images"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`          // of the pixels
	Index  string `json:"index,omitempty"` // SHA-256 of the shard's table; empty in the table itself
}

// entry is where an image lies.
type entry struct {
	offset        int64
	height, width int32
	channels      int32
	check         uint32
	shard         int32
	id            string
}

// size is the number of bytes of the picture.
func (e entry) size() int64 { return int64(e.height) * int64(e.width) * int64(e.channels) }

func pixelsFile(k int) string { return fmt.Sprintf("shard-%05d.u8", k) }
func tableFile(k int) string  { return fmt.Sprintf("shard-%05d.tsv", k) }

const columns = "offset\theight\twidth\tchannels\tcrc32c\tid\n"

// seal begins the last line of a table, which tells the SHA-256 of the lines before.
const seal = "sha256\t"

// sealTable adds the last line.
func sealTable(text []byte) []byte {
	return append(text, seal+sumOf(text)+"\n"...)
}

// table writes a shard's table: what it holds, then a line an image.
func table(s shard, entries []entry) []byte {
	var b bytes.Buffer
	s.Index = ""
	head, _ := json.Marshal(s)
	b.Write(head)
	b.WriteByte('\n')
	b.WriteString(columns)
	for _, e := range entries {
		fmt.Fprintf(&b, "%d\t%d\t%d\t%d\t%08x\t%s\n", e.offset, e.height, e.width, e.channels, e.check, word(e.id))
	}
	return sealTable(b.Bytes())
}

// word writes a text without line breaks and tabs: as it is, or in quotes.
func word(s string) string {
	if q := strconv.Quote(s); len(q) != len(s)+2 || s == "" {
		return q
	}
	return s
}

func unword(s string) (string, error) {
	if strings.HasPrefix(s, `"`) {
		return strconv.Unquote(s)
	}
	return s, nil
}

// parseTable reads a shard's table. What could not have been written by table is an
// error.
func parseTable(text []byte, k int) (s shard, entries []entry, err error) {
	at := max(0, len(text)-len(seal)-2*sha256.Size-1)
	if !bytes.Equal(text, sealTable(slices.Clip(text[:at]))) {
		return s, nil, errors.New("is not as it was written")
	}
	head, rest, _ := bytes.Cut(text[:at], []byte("\n"))
	if err := json.Unmarshal(head, &s); err != nil {
		return s, nil, fmt.Errorf("first line: %w", err)
	}
	body, ok := strings.CutPrefix(string(rest), columns)
	if !ok || s.First < 0 || s.Images < 0 || s.Images > strings.Count(body, "\n") {
		return s, nil, errors.New("found another head, or fewer lines than images")
	}
	entries = make([]entry, 0, s.Images)
	var offset int64
	for len(body) > 0 {
		line, after, whole := strings.Cut(body, "\n")
		e, err := parseLine(line)
		if err == nil && (!whole || len(entries) == s.Images || e.offset != offset) {
			err = errors.New("does not follow the line before")
		}
		if err != nil {
			return s, nil, fmt.Errorf("line %d: %w", len(entries)+3, err)
		}
		e.shard = int32(k)
		offset += e.size()
		entries = append(entries, e)
		body = after
	}
	if len(entries) != s.Images || offset != s.Bytes {
		return s, nil, fmt.Errorf("found %d images of %d bytes, want %d of %d", len(entries), offset, s.Images, s.Bytes)
	}
	return s, entries, nil
}

func parseLine(line string) (e entry, err error) {
	var field [6]string
	n := 0
	for rest, more := line, true; more; n++ {
		if n == len(field) {
			return e, errors.New("too many columns")
		}
		field[n], rest, more = strings.Cut(rest, "\t")
	}
	if e.id, err = unword(field[5]); err != nil {
		return e, err
	}
	if n != len(field) {
		return e, fmt.Errorf("found %d columns, want 6", n)
	}
	var errs [5]error
	number := func(k, base, bits int) (v uint64) {
		v, errs[k] = strconv.ParseUint(field[k], base, bits)
		return v
	}
	e.offset = int64(number(0, 10, 62))
	e.height, e.width, e.channels = int32(number(1, 10, 24)), int32(number(2, 10, 24)), int32(number(3, 10, 12))
	e.check = uint32(number(4, 16, 32))
	if err := errors.Join(errs[:]...); err != nil {
		return e, err
	}
	if e.height < 1 || e.width < 1 || e.channels < 1 || e.size() > 1<<48 {
		return e, errors.New("found a picture without pixels, or too large a one")
	}
	return e, nil
}

// sealed returns index.json.
func (x index) sealed() ([]byte, error) {
	x.Seal = ""
	plain, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		return nil, err
	}
	x.Seal = sumOf(plain)
	return json.MarshalIndent(x, "", " ")
}

// readIndex reads index.json of a folder.
func readIndex(folder string) (x index, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "index.json"))
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(text, &x); err != nil {
		return x, fmt.Errorf("index.json: %w", err)
	}
	again, err := x.sealed()
	if err != nil || !bytes.Equal(text, again) {
		return x, errors.New("index.json: is not as it was written")
	}
	if x.Format != format {
		return x, fmt.Errorf("index.json: found format %d, want %d", x.Format, format)
	}
	return x, nil
}

// readShard reads the table of a shard, and looks whether its pixels are as many as
// that says.
func readShard(folder string, k int) (s shard, entries []entry, err error) {
	text, err := os.ReadFile(filepath.Join(folder, tableFile(k)))
	if err != nil {
		return s, nil, err
	}
	if s, entries, err = parseTable(text, k); err != nil {
		return s, nil, fmt.Errorf("%s: %w", tableFile(k), err)
	}
	info, err := os.Stat(filepath.Join(folder, pixelsFile(k)))
	if err != nil {
		return s, nil, err
	}
	if info.Size() != s.Bytes {
		return s, nil, fmt.Errorf("%s: found %d bytes, want %d", pixelsFile(k), info.Size(), s.Bytes)
	}
	s.Index = sumOf(text)
	return s, entries, nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// fileSum is the SHA-256 of a file.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
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

// isMissing reports whether a file is not there.
func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// readAbout reads what a pack is of; nothing where that cannot be read.
func readAbout(folder string) (a About) {
	text, err := os.ReadFile(filepath.Join(folder, "about.json"))
	if err != nil || json.Unmarshal(text, &a) != nil {
		return About{}
	}
	return a
}
