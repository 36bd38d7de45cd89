package picture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"unicode"

	"ventral/experiments/diskfile"
)

// wanted says for messages what is looked for.
const wanted = "an image file"

// Read decodes a regular file. Its errors begin with path.
func Read(path string, l Limits) (Pixels, error) {
	l = l.orDefault()
	b, err := diskfile.Read(path, wanted, l.Bytes)
	if err != nil {
		return Pixels{}, named(path, err)
	}
	p, err := Decode(b, l)
	if err != nil {
		return Pixels{}, named(path, err)
	}
	return p, nil
}

// Size returns the size that Read's pixels have, from the head of the file. It refuses
// no size.
func Size(path string) (height, width int, err error) {
	f, size, err := diskfile.Open(path, wanted)
	if err != nil {
		return 0, 0, named(path, err)
	}
	defer f.Close()
	if height, width, err = sizeOf(io.NewSectionReader(f, 0, min(size, DefaultLimits.Bytes))); err != nil {
		return 0, 0, named(path, err)
	}
	return height, width, nil
}

func sizeOf(r *io.SectionReader) (height, width int, err error) {
	var head [headBytes]byte
	n, err := r.ReadAt(head[:], 0)
	if err != nil && err != io.EOF {
		return 0, 0, err
	}
	k, err := find(head[:n])
	if err != nil {
		return 0, 0, err
	}
	var from io.Reader = r
	if k.name != "TIFF" { // whose decoder reads here and there
		from = bufio.NewReader(r)
	}
	c, err := k.size(from, 0)
	if err != nil {
		return 0, 0, err
	}
	if orientation(r, r.Size(), k.name) >= 5 {
		return c.Width, c.Height, nil
	}
	return c.Height, c.Width, nil
}

// named puts path before an error once, quoted where it would break a line.
func named(path string, err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		err = p.Err
	}
	if strings.ContainsFunc(path, unicode.IsControl) {
		path = strconv.Quote(path)
	}
	return fmt.Errorf("%s: %w", path, err)
}
