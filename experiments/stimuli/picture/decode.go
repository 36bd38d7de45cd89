package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Limits says what is refused before it is decoded. A field of 0 is that of
// DefaultLimits.
type Limits struct {
	Pixels int   // height × width
	Bytes  int64 // of a file
}

// DefaultLimits are those of a picture that a camera takes, 8192×8192 pixels, and
// 256 MiB. While it decodes, a picture takes up to 32 bytes a pixel, 2 GiB: a
// progressive JPEG 18, or 30 in cyan, magenta, yellow and black; any other JPEG 6; the
// rest 5 to 14, and TIFF of 16 bits more.
var DefaultLimits = Limits{Pixels: 1 << 26, Bytes: 256 << 20}

func (l Limits) orDefault() Limits {
	if l.Pixels == 0 {
		l.Pixels = DefaultLimits.Pixels
	}
	if l.Bytes == 0 {
		l.Bytes = DefaultLimits.Bytes
	}
	return l
}

const (
	// maxAspect is the longest side in shorter sides: with the shorter one resized to
	// 512 pixels, such a picture is as large as DefaultLimits allow.
	maxAspect = 256

	// maxScans is more than ten times what encoders write. Each scan of a progressive
	// JPEG goes through all its pixels, and can be a few bytes: 128 of 8192×8192 take ten
	// seconds of a processor.
	maxScans = 128
)

// kind is a kind of file.
type kind struct {
	name     string
	suffixes []string // of names of files
	magic    []string // how a file begins; "?" is any byte
	config   func(io.Reader) (image.Config, error)
	decode   func(io.Reader) (image.Image, error)
}

var kinds = []kind{
	{"JPEG", []string{".jpg", ".jpeg"}, []string{"\xff\xd8\xff"}, jpeg.DecodeConfig, jpeg.Decode},
	{"PNG", []string{".png"}, []string{"\x89PNG\r\n\x1a\n"}, png.DecodeConfig, png.Decode},
	{"GIF", []string{".gif"}, []string{"GIF87a", "GIF89a"}, gif.DecodeConfig, gif.Decode},
	{"WebP", []string{".webp"}, []string{"RIFF????WEBP"}, webp.DecodeConfig, webp.Decode},
	{"TIFF", []string{".tif", ".tiff"}, []string{"II*\x00", "MM\x00*"}, tiff.DecodeConfig, tiff.Decode},
	{"BMP", []string{".bmp"}, []string{"BM"}, bmp.DecodeConfig, bmp.Decode},
}

// headBytes is the longest magic.
const headBytes = 12

// find returns the kind of a file that begins with head.
func find(head []byte) (kind, error) {
	head = head[:min(len(head), headBytes)]
	if len(head) == 0 {
		return kind{}, errors.New("the file is empty")
	}
	for _, k := range kinds {
		for _, m := range k.magic {
			if begins(head, m) {
				return k, nil
			}
		}
	}
	return kind{}, fmt.Errorf("is neither JPEG, PNG, GIF, WebP, BMP nor TIFF: it begins with %q", head)
}

func begins(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}

// Decode returns the pixels of a JPEG, PNG, GIF, WebP, BMP or TIFF file, told apart by
// content. Of an animation it is the first frame. Grey images have 1 channel, all
// others 3. Of 16 bits the upper 8 stay. What is transparent is laid over white. The
// orientation of EXIF is applied. Colour profiles are not. A file that is not whole
// is an error, and so is one whose decoder panics.
func Decode(file []byte, l Limits) (Pixels, error) {
	l = l.orDefault()
	if int64(len(file)) > l.Bytes {
		return Pixels{}, fmt.Errorf("%d bytes: the limit is %d", len(file), l.Bytes)
	}
	k, err := find(file)
	if err != nil {
		return Pixels{}, err
	}
	c, err := k.size(bytes.NewReader(file), l.Pixels)
	if err != nil {
		return Pixels{}, err
	}
	if k.name == "JPEG" && scans(file) > maxScans {
		return Pixels{}, fmt.Errorf("JPEG of more than %d scans", maxScans)
	}
	if k.name == "WebP" && int64(binary.LittleEndian.Uint32(file[4:]))+8 > int64(len(file)) {
		return Pixels{}, errors.New("WebP is cut off") // its pixels may be whole, but not what EXIF says of them
	}
	if k.name == "WebP" && len(file) > 20 && string(file[12:16]) == "VP8X" && file[20]&2 != 0 {
		return Pixels{}, errors.New("WebP is an animation, which is not read; save a frame of it")
	}
	var p Pixels
	err = k.try(func() error {
		m, err := k.decode(bytes.NewReader(file))
		if err != nil {
			return err
		}
		if k.name == "GIF" {
			p, err = onCanvas(m, c.Height, c.Width)
			return err
		}
		if b := m.Bounds(); b.Dx() != c.Width || b.Dy() != c.Height {
			return fmt.Errorf("%d×%d pixels, while its head says %d×%d", b.Dy(), b.Dx(), c.Height, c.Width)
		}
		if k.name == "WebP" {
			p, err = convertWebP(m)
		} else {
			p, err = convert(m)
		}
		return err
	})
	if err != nil {
		return Pixels{}, err
	}
	if k.name == "PNG" && (file[25] == 0 || file[25] == 4) && p.Channels == 3 {
		p = p.Grey() // the decoder has no grey with alpha
	}
	return p.turn(orientation(bytes.NewReader(file), int64(len(file)), k.name)), nil
}

// size reads what the head of a file says, and refuses more than limit pixels; 0 is
// no limit.
func (k kind) size(r io.Reader, limit int) (image.Config, error) {
	var c image.Config
	err := k.try(func() (err error) {
		c, err = k.config(r)
		return err
	})
	if err != nil {
		return c, err
	}
	long, short := max(c.Height, c.Width), min(c.Height, c.Width)
	switch {
	case short < 1:
		return c, fmt.Errorf("%s of %d×%d pixels", k.name, c.Height, c.Width)
	case limit > 0 && long > limit/short:
		return c, fmt.Errorf("%s of %d×%d pixels: the limit is %d", k.name, c.Height, c.Width, limit)
	case limit > 0 && long/short > maxAspect:
		return c, fmt.Errorf("%s of %d×%d pixels: one side is more than %d times the other", k.name, c.Height, c.Width, maxAspect)
	}
	return c, nil
}

// try makes an error of a panic, and of the end of a file one that says so.
func (k kind) try(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s is damaged: its decoder failed: %v", k.name, r)
		}
	}()
	switch err := f(); {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s is cut off", k.name)
	default:
		text := err.Error()
		for _, prefix := range []string{"jpeg: ", "png: ", "gif: ", "webp: ", "tiff: ", "bmp: "} {
			text = strings.TrimPrefix(text, prefix)
		}
		return fmt.Errorf("%s cannot be read: %s", k.name, text)
	}
}

// scans returns how many scans a JPEG has before its end; behind that may be a film.
func scans(file []byte) int {
	n := 0
	for at := 2; at+4 <= len(file); {
		switch marker := file[at+1]; {
		case file[at] != 0xff:
			i := bytes.IndexByte(file[at:], 0xff)
			if i < 0 {
				return n
			}
			at += i
		case marker == 0xff: // filling
			at++
		case marker == 0, marker >= 0xd0 && marker <= 0xd7: // a byte of a scan, a restart
			at += 2
		case marker == 0xd9:
			return n
		default:
			if marker == 0xda {
				n++
			}
			at += 2 + int(binary.BigEndian.Uint16(file[at+2:]))
		}
	}
	return n
}
