package recording

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// NPZWriter writes arrays one after another into one npz file. Members are
// stored uncompressed, so that a reader can reach any image without reading
// those before it, and carry no date, so that equal arrays give equal files.
type NPZWriter struct {
	zip  *zip.Writer
	open *ArrayWriter
	err  error
}

// NewNPZWriter returns a writer of npz files. Close it to get a whole file.
func NewNPZWriter(w io.Writer) *NPZWriter { return &NPZWriter{zip: zip.NewWriter(w)} }

// Array begins the array name and ends the one before, which must be whole.
func (z *NPZWriter) Array(name string, h Header) (*ArrayWriter, error) {
	if err := z.finish(); err != nil {
		return nil, err
	}
	total, err := h.bytes()
	if err != nil {
		return nil, z.fail(fmt.Errorf("array %q: %w", name, err))
	}
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return nil, z.fail(err)
	}
	if err := WriteHeader(w, h); err != nil {
		return nil, z.fail(err)
	}
	z.open = &ArrayWriter{name: name, typ: h.Type, left: total, w: bufio.NewWriterSize(w, 1<<16)}
	return z.open, nil
}

// Int64s writes a whole one-dimensional array.
func (z *NPZWriter) Int64s(name string, values []int) error {
	a, err := z.Array(name, Header{Type: Int64, Shape: []int{len(values)}})
	if err != nil {
		return err
	}
	return a.Int64s(values)
}

// Number writes a whole array of a single int64.
func (z *NPZWriter) Number(name string, value int) error {
	a, err := z.Array(name, Header{Type: Int64})
	if err != nil {
		return err
	}
	return a.Int64s([]int{value})
}

// Text writes a whole array of a single text.
func (z *NPZWriter) Text(name, value string) error {
	a, err := z.Array(name, Header{Type: TextType(value)})
	if err != nil {
		return err
	}
	return a.Texts([]string{value})
}

// Texts writes an array of texts, each as long as the longest.
func (z *NPZWriter) Texts(name string, values []string) error {
	longest := 1
	for _, v := range values {
		longest = max(longest, utf8.RuneCountInString(v))
	}
	a, err := z.Array(name, Header{Type: fmt.Sprintf("<U%d", longest), Shape: []int{len(values)}})
	if err != nil {
		return err
	}
	return a.Texts(values)
}

// Close ends the last array and writes the zip directory.
func (z *NPZWriter) Close() error {
	if err := z.finish(); err != nil {
		return err
	}
	return z.fail(z.zip.Close())
}

func (z *NPZWriter) finish() error {
	if z.err != nil {
		return z.err
	}
	if a := z.open; a != nil {
		z.open = nil
		if a.left != 0 {
			return z.fail(fmt.Errorf("recording: array %q lacks %d bytes", a.name, a.left))
		}
		return z.fail(a.w.Flush())
	}
	return nil
}

func (z *NPZWriter) fail(err error) error {
	if z.err == nil {
		z.err = err
	}
	return err
}

// ArrayWriter takes the elements of one array in C order, in as many pieces as
// the caller likes.
type ArrayWriter struct {
	name, typ string
	left      int64
	w         *bufio.Writer
	buf       []byte
}

func (a *ArrayWriter) take(typ string, size int64) error {
	if a.typ != typ {
		return fmt.Errorf("recording: array %q holds %s, not %s", a.name, a.typ, typ)
	}
	if size > a.left {
		return fmt.Errorf("recording: array %q has room for %d bytes, given %d", a.name, a.left, size)
	}
	a.left -= size
	return nil
}

// Float32s appends elements of type Float32.
func (a *ArrayWriter) Float32s(values []float32) error {
	if err := a.take(Float32, 4*int64(len(values))); err != nil {
		return err
	}
	for chunk := range slices.Chunk(values, 4096) {
		a.buf = a.buf[:0]
		for _, v := range chunk {
			a.buf = binary.LittleEndian.AppendUint32(a.buf, math.Float32bits(v))
		}
		if _, err := a.w.Write(a.buf); err != nil {
			return err
		}
	}
	return nil
}

// Float64s appends elements of type Float64.
func (a *ArrayWriter) Float64s(values []float64) error {
	if err := a.take(Float64, 8*int64(len(values))); err != nil {
		return err
	}
	for _, v := range values {
		if _, err := a.w.Write(binary.LittleEndian.AppendUint64(a.buf[:0], math.Float64bits(v))); err != nil {
			return err
		}
	}
	return nil
}

// Int64s appends elements of type Int64.
func (a *ArrayWriter) Int64s(values []int) error {
	if err := a.take(Int64, 8*int64(len(values))); err != nil {
		return err
	}
	for _, v := range values {
		if _, err := a.w.Write(binary.LittleEndian.AppendUint64(a.buf[:0], uint64(v))); err != nil {
			return err
		}
	}
	return nil
}

// Bytes appends elements of type Uint8.
func (a *ArrayWriter) Bytes(values []byte) error {
	if err := a.take(Uint8, int64(len(values))); err != nil {
		return err
	}
	_, err := a.w.Write(values)
	return err
}

// Texts appends elements of type "<Un"; a text longer than n is an error.
func (a *ArrayWriter) Texts(values []string) error {
	size, err := Header{Type: a.typ}.ElementSize()
	if err != nil || !strings.HasPrefix(a.typ, "<U") {
		return fmt.Errorf("recording: array %q holds %s, not text", a.name, a.typ)
	}
	for _, v := range values {
		if n := utf8.RuneCountInString(v); 4*n > size {
			return fmt.Errorf("recording: array %q: text %q is longer than %d characters", a.name, v, size/4)
		}
		if err := a.take(a.typ, int64(size)); err != nil {
			return err
		}
		b := make([]byte, 0, size)
		for _, r := range v {
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
		if _, err := a.w.Write(b[:size]); err != nil {
			return err
		}
	}
	return nil
}

// NPZReader reads arrays of an uncompressed npz file, whole or in part. It may
// be used by several goroutines when the io.ReaderAt may.
type NPZReader struct {
	names  []string
	arrays map[string]arrayAt
}

type arrayAt struct {
	Header
	data *io.SectionReader
}

// OpenNPZ reads the directory and every array's header, and checks that each
// member holds exactly the data its header announces.
func OpenNPZ(r io.ReaderAt, size int64) (*NPZReader, error) {
	dir, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("recording: not a whole npz file of %d bytes: %w", size, err)
	}
	z := &NPZReader{arrays: map[string]arrayAt{}}
	for _, f := range dir.File {
		name, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		if f.Method != zip.Store {
			return nil, fmt.Errorf("recording: array %q is compressed (numpy.savez, not savez_compressed, writes files that can be read in part)", name)
		}
		if _, twice := z.arrays[name]; twice {
			return nil, fmt.Errorf("recording: array %q is there twice", name)
		}
		at, err := f.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("recording: array %q: %w", name, err)
		}
		length := int64(f.UncompressedSize64)
		if length < 0 || at < 0 || length > size-at {
			return nil, fmt.Errorf("recording: array %q ends at byte %d of a file of %d", name, uint64(at)+f.UncompressedSize64, size)
		}
		h, used, err := ReadHeader(io.NewSectionReader(r, at, length))
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", name, err)
		}
		want, err := h.bytes()
		if err != nil {
			return nil, fmt.Errorf("array %q: %w", name, err)
		}
		if want != length-used {
			return nil, fmt.Errorf("recording: array %q of %s %v needs %d bytes, found %d", name, h.Type, h.Shape, want, length-used)
		}
		z.names = append(z.names, name)
		z.arrays[name] = arrayAt{h, io.NewSectionReader(r, at+used, want)}
	}
	return z, nil
}

// Names returns the arrays in the order of the file.
func (z *NPZReader) Names() []string { return slices.Clone(z.names) }

// Has reports whether the array is there.
func (z *NPZReader) Has(name string) bool { _, ok := z.arrays[name]; return ok }

// Header returns the type and shape of an array, and an error that lists the
// arrays when there is none of the name.
func (z *NPZReader) Header(name string) (Header, error) {
	a, ok := z.arrays[name]
	if !ok {
		return Header{}, fmt.Errorf("recording: no array %q, found %s", name, strings.Join(z.names, ", "))
	}
	return Header{a.Type, slices.Clone(a.Shape)}, nil
}

// raw returns the bytes of elements lo … hi-1.
func (z *NPZReader) raw(name, typ string, lo, hi int64) ([]byte, error) {
	h, err := z.Header(name)
	if err != nil {
		return nil, err
	}
	if h.Type != typ && !(typ == "text" && strings.HasPrefix(h.Type, "<U")) {
		return nil, fmt.Errorf("recording: array %q holds %s, not %s", name, h.Type, typ)
	}
	n, err := h.Len()
	if err != nil {
		return nil, err
	}
	if hi < 0 {
		hi = n
	}
	if lo < 0 || lo > hi || hi > n {
		return nil, fmt.Errorf("recording: elements %d to %d of array %q of %d", lo, hi, name, n)
	}
	size, err := h.ElementSize()
	if err != nil {
		return nil, err
	}
	b := make([]byte, (hi-lo)*int64(size))
	if got, err := z.arrays[name].data.ReadAt(b, lo*int64(size)); err != nil && !(errors.Is(err, io.EOF) && got == len(b)) {
		return nil, fmt.Errorf("recording: array %q: %d of %d bytes: %w", name, got, len(b), err)
	}
	return b, nil
}

// Float32s reads elements lo … lo+len(dst)-1 in C order into dst.
func (z *NPZReader) Float32s(name string, lo int64, dst []float32) error {
	const piece = 1 << 18
	for from := 0; from == 0 || from < len(dst); from += piece {
		part := dst[from:min(len(dst), from+piece)]
		b, err := z.raw(name, Float32, lo+int64(from), lo+int64(from+len(part)))
		if err != nil {
			return err
		}
		for i := range part {
			part[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
	return nil
}

// Float64s reads a whole array.
func (z *NPZReader) Float64s(name string) ([]float64, error) {
	b, err := z.raw(name, Float64, 0, -1)
	v := make([]float64, len(b)/8)
	for i := range v {
		v[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return v, err
}

// Numbers reads elements lo … lo+len(dst)-1 in C order of an array of any numbers.
func (z *NPZReader) Numbers(name string, lo int64, dst []float64) error {
	h, err := z.Header(name)
	if err != nil {
		return err
	}
	b, err := z.raw(name, h.Type, lo, lo+int64(len(dst)))
	if err != nil {
		return err
	}
	for i := range dst {
		switch h.Type {
		case Float32:
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
		case Float64:
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		case Int64:
			dst[i] = float64(int64(binary.LittleEndian.Uint64(b[8*i:])))
		case Uint8:
			dst[i] = float64(b[i])
		default:
			return fmt.Errorf("recording: array %q holds %s, not numbers", name, h.Type)
		}
	}
	return nil
}

// Int64s reads a whole array.
func (z *NPZReader) Int64s(name string) ([]int, error) {
	b, err := z.raw(name, Int64, 0, -1)
	v := make([]int, len(b)/8)
	for i := range v {
		v[i] = int(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return v, err
}

// Number reads an array of a single int64.
func (z *NPZReader) Number(name string) (int, error) {
	v, err := z.Int64s(name)
	if err == nil && len(v) != 1 {
		err = fmt.Errorf("recording: array %q has %d numbers, not 1", name, len(v))
	}
	if err != nil {
		return 0, err
	}
	return v[0], nil
}

// Bytes reads a whole array.
func (z *NPZReader) Bytes(name string) ([]byte, error) { return z.raw(name, Uint8, 0, -1) }

// Texts reads a whole array.
func (z *NPZReader) Texts(name string) ([]string, error) {
	b, err := z.raw(name, "text", 0, -1)
	if err != nil {
		return nil, err
	}
	size, err := z.arrays[name].ElementSize()
	if err != nil {
		return nil, err
	}
	var texts []string
	for element := range slices.Chunk(b, size) {
		var t strings.Builder
		for i := 0; i < size; i += 4 {
			r := binary.LittleEndian.Uint32(element[i:])
			if r == 0 {
				break
			}
			if r > utf8.MaxRune {
				return nil, fmt.Errorf("recording: array %q holds %#x, which is no character", name, r)
			}
			t.WriteRune(rune(r))
		}
		texts = append(texts, t.String())
	}
	return texts, nil
}
