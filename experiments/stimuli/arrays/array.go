// Package arrays reads files of arrays that others wrote, in parts: npy and npz of
// numpy, compressed or not, and the IDX format of MNIST, by gzip or not.
//
// What lies uncompressed is read where it lies, row by row, by [io.ReaderAt]: a file
// may be larger than memory, and one that is cut off while it is open is an error,
// which it would not be if it were mapped into memory. What is compressed is unpacked
// into memory once, when its first row is asked for. No size that a header announces
// is believed before it is compared with the size of the file.
package arrays

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// MostHeld is how many bytes an array that is compressed may have once it is unpacked.
const MostHeld = 4 << 30

// Array is an array of a file. Its rows are what the first axis counts. It may be read
// by several goroutines.
type Array struct {
	Name  string // in its file
	Type  string // as numpy spells it: "|u1", "<f4", ">i8", "<U5", "|b1"
	Shape []int
	Held  int64 // bytes of memory that it takes once it was read; 0 where it is read from the file

	file   string // names it in errors
	size   int    // bytes of an element
	length int64  // bytes of all
	data   io.ReaderAt
	unpack func() (io.ReadCloser, error) // of compressed data, past the header
	once   sync.Once
	err    error
}

// check reports what is announced and cannot be: types that are not read, and sizes
// that do not fit.
func (a *Array) check(fortran bool) error {
	var err error
	if a.size, err = elementSize(a.Type); err != nil {
		return a.fault("%v", err)
	}
	if fortran && len(a.Shape) > 1 {
		return a.fault("found Fortran order, want C order; numpy.ascontiguousarray makes it")
	}
	a.length = int64(a.size)
	for _, n := range a.Shape {
		if n < 0 || n > 0 && a.length > math.MaxInt64/int64(n) {
			return a.fault("found shape %v, which has too many elements", a.Shape)
		}
		a.length *= int64(n)
	}
	return nil
}

// fault is an error that names file and array.
func (a *Array) fault(format string, args ...any) error {
	at := a.file
	if a.Name != "" {
		at += ": array " + strconv.Quote(a.Name)
	}
	return fmt.Errorf("%s: %w", at, fmt.Errorf(format, args...))
}

// elementSize returns the bytes of an element of a type.
func elementSize(typ string) (int, error) {
	if strings.HasSuffix(typ, "O") {
		return 0, fmt.Errorf("found Python objects, which are not read; want numbers or text, such as by astype(str)")
	}
	if len(typ) < 3 {
		return 0, fmt.Errorf("found elements of type %q, want numbers, true and false, or text", typ)
	}
	n, err := strconv.Atoi(typ[2:])
	most := map[byte]int{'u': 8, 'i': 8, 'f': 8, 'b': 1, 'U': 1 << 16, 'S': 1 << 16}[typ[1]]
	switch {
	case err != nil || n < 1 || n > most || !strings.ContainsRune("<>|=", rune(typ[0])),
		strings.ContainsRune("ui", rune(typ[1])) && n&(n-1) != 0, typ[1] == 'f' && n != 2 && n != 4 && n != 8:
		return 0, fmt.Errorf("found elements of type %q, want numbers of up to 64 bits, true and false, or text", typ)
	}
	if typ[1] == 'U' {
		n *= 4
	}
	return n, nil
}

// Rows is the length of the first axis; 1 of a single number.
func (a *Array) Rows() int {
	if len(a.Shape) == 0 {
		return 1
	}
	return a.Shape[0]
}

// Each is the number of elements in a row.
func (a *Array) Each() int {
	n := 1
	for _, d := range a.Shape[min(1, len(a.Shape)):] {
		n *= d
	}
	return n
}

// Kind is the sort of its elements: 'u', 'i', 'f' or 'b', numbers without and with sign,
// of floating point, true and false; 'U' or 'S', text.
func (a *Array) Kind() byte { return a.Type[1] }

// Text reports whether its elements are text.
func (a *Array) Text() bool { return a.Kind() == 'U' || a.Kind() == 'S' }

// Raw writes the bytes of a row, as they lie in the file.
func (a *Array) Raw(row int, b []byte) error {
	if err := a.load(); err != nil {
		return err
	}
	each := int64(a.size) * int64(a.Each())
	if row < 0 || row >= a.Rows() || int64(len(b)) != each {
		panic("arrays: Raw: there is no such row, or b is not as long as one")
	}
	if n, err := a.data.ReadAt(b, int64(row)*each); n < len(b) {
		return a.fault("row %d of %d: found %d of %d bytes: %w", row, a.Rows(), n, len(b), err)
	}
	return nil
}

// load unpacks what is compressed, the first time that it is asked for.
func (a *Array) load() error {
	a.once.Do(func() {
		if a.data != nil {
			return
		}
		r, err := a.unpack()
		if err != nil {
			a.err = a.fault("%w", err)
			return
		}
		defer r.Close()
		b := make([]byte, a.length)
		n, err := io.ReadFull(r, b)
		if err == nil {
			if _, end := io.ReadFull(r, make([]byte, 1)); end != io.EOF { // which also checks the sum of the whole
				err = fmt.Errorf("found more bytes, or a wrong checksum: %v", end)
			}
		}
		if err != nil {
			a.err = a.fault("unpacked %d of %d bytes: %w; a fresh copy of the file would do", n, a.length, err)
			return
		}
		a.data = bytes.NewReader(b)
	})
	return a.err
}

// Float32s writes the numbers of a row; true is 1.
func (a *Array) Float32s(row int, dst []float32) error {
	if len(dst) != a.Each() || a.Text() {
		panic("arrays: Float32s: dst is not as long as a row, or the array is text")
	}
	b := make([]byte, a.size*len(dst))
	if err := a.Raw(row, b); err != nil {
		return err
	}
	number := a.number()
	for i := range dst {
		dst[i] = float32(number(b[i*a.size:]))
	}
	return nil
}

// order is the order of bytes in an element.
func (a *Array) order() binary.ByteOrder {
	if a.Type[0] == '>' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// number returns how an element is read as a number.
func (a *Array) number() func([]byte) float64 {
	order := a.order()
	switch a.Type[1:] {
	case "f2":
		return func(b []byte) float64 { return half(order.Uint16(b)) }
	case "f4":
		return func(b []byte) float64 { return float64(math.Float32frombits(order.Uint32(b))) }
	case "f8":
		return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }
	}
	whole := a.whole()
	return func(b []byte) float64 { v, _ := whole(b); return float64(v) }
}

// whole returns how an element is read as a whole number, and whether it fits.
func (a *Array) whole() func([]byte) (int64, bool) {
	order := a.order()
	switch a.Type[1:] {
	case "u1", "b1":
		return func(b []byte) (int64, bool) { return int64(b[0]), true }
	case "i1":
		return func(b []byte) (int64, bool) { return int64(int8(b[0])), true }
	case "u2":
		return func(b []byte) (int64, bool) { return int64(order.Uint16(b)), true }
	case "i2":
		return func(b []byte) (int64, bool) { return int64(int16(order.Uint16(b))), true }
	case "u4":
		return func(b []byte) (int64, bool) { return int64(order.Uint32(b)), true }
	case "i4":
		return func(b []byte) (int64, bool) { return int64(int32(order.Uint32(b))), true }
	}
	unsigned := a.Kind() == 'u'
	return func(b []byte) (int64, bool) {
		v := order.Uint64(b)
		return int64(v), !unsigned || v <= math.MaxInt64
	}
}

// half is the value of a float of 16 bits (IEEE 754 binary16).
func half(h uint16) float64 {
	sign, exponent, fraction := 1-2*float64(h>>15), int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// Int64s returns all whole numbers of an array, true being 1. It reports other
// elements.
func (a *Array) Int64s() ([]int64, error) {
	if !strings.ContainsRune("uib", rune(a.Kind())) {
		return nil, a.fault("found elements of type %q, want whole numbers", a.Type)
	}
	if a.length == 0 {
		return nil, nil
	}
	var list []int64
	whole, row := a.whole(), make([]byte, a.size*a.Each())
	for i := range a.Rows() {
		if err := a.Raw(i, row); err != nil {
			return nil, err
		}
		for k := 0; k < len(row); k += a.size {
			v, ok := whole(row[k:])
			if !ok {
				return nil, a.fault("row %d: found a number of more than 63 bits", i)
			}
			list = append(list, v)
		}
	}
	return list, nil
}

// Texts returns all elements as text: numbers as they are written shortest.
func (a *Array) Texts() ([]string, error) {
	if a.length == 0 {
		return nil, nil
	}
	var list []string
	row := make([]byte, a.size*a.Each())
	write := a.writer()
	for i := range a.Rows() {
		if err := a.Raw(i, row); err != nil {
			return nil, err
		}
		for k := 0; k < len(row); k += a.size {
			text, err := write(row[k : k+a.size])
			if err != nil {
				return nil, a.fault("row %d: %w", i, err)
			}
			list = append(list, text)
		}
	}
	return list, nil
}

// writer returns how an element is written as text.
func (a *Array) writer() func([]byte) (string, error) {
	switch a.Kind() {
	case 'U':
		order := a.order()
		return func(b []byte) (string, error) {
			var t strings.Builder
			for ; len(b) > 0; b = b[4:] {
				r := order.Uint32(b)
				if r > utf8.MaxRune {
					return "", fmt.Errorf("found %#x, which is no character", r)
				}
				t.WriteRune(rune(r))
			}
			return strings.TrimRight(t.String(), "\x00"), nil
		}
	case 'S':
		return func(b []byte) (string, error) {
			text := strings.TrimRight(string(b), "\x00")
			if !utf8.ValidString(text) {
				return "", fmt.Errorf("found %q, which is no text in UTF-8", text)
			}
			return text, nil
		}
	case 'f':
		number, bits := a.number(), 8*max(4, a.size)
		return func(b []byte) (string, error) { return strconv.FormatFloat(number(b), 'g', -1, bits), nil }
	}
	whole, unsigned := a.whole(), a.Kind() == 'u'
	return func(b []byte) (string, error) {
		v, ok := whole(b)
		if !ok && unsigned {
			return strconv.FormatUint(uint64(v), 10), nil
		}
		return strconv.FormatInt(v, 10), nil
	}
}
