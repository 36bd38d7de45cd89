package picture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// Read decodes a regular file. Its errors begin with path.
func Read(path string, l Limits) (Pixels, error) {
	l = l.orDefault()
	b, err := content(path, l.Bytes)
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
	f, size, err := open(path)
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

func content(path string, limit int64) ([]byte, error) {
	f, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, fmt.Errorf("%d bytes: the limit is %d", size, limit)
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(f, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("became shorter while it was read")
		}
		return nil, err
	}
	return b, nil
}

// open opens a regular file. What is none is not opened: that would wait for the other
// end of a pipe, or start a device.
func open(path string) (*os.File, int64, error) {
	i, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if err := regular(i); err != nil {
		return nil, 0, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, 0, err
	}
	if i, err = f.Stat(); err == nil {
		err = regular(i) // another may be there by now
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, i.Size(), nil
}

func regular(i fs.FileInfo) error {
	switch m := i.Mode(); {
	case m.IsRegular():
		return nil
	case m.IsDir():
		return errors.New("is a folder, not an image file")
	case m&fs.ModeNamedPipe != 0:
		return errors.New("is a pipe, not an image file")
	case m&fs.ModeDevice != 0:
		return errors.New("is a device, not an image file")
	}
	return errors.New("is not a regular file")
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
