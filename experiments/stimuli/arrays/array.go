// Package arrays reads files of arrays that others wrote, in parts: npy and npz of
// numpy, compressed or not, and the IDX format of MNIST, by gzip or not.
//
// What lies uncompressed is read where it lies, row by row, by [io.ReaderAt]: a file
// may be larger than memory, and one that is cut off while it is open is an error,
// which it would not be if it were mapped into memory. What is compressed is unpacked
// into memory once, when it is first read. No size that a header announces
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
	member *io.SectionReader             // of an npz file, where it lies uncompressed, with its header
	sum    uint32                        // of member by CRC-32; 0 where it is not known
	unpack func() (io.ReadCloser, error) // of compressed data, past the header
	once   sync.Once
	err    error
}

// check reports what is announced and cannot be: types that are not read, and sizes
// that do not fit.
func (a *Array) check(fortran bool) error {
	var err error
	if a.size, err = elementSize(a.Type); err != nil {
		return a.Fault("%v", err)
	}
	if fortran && len(a.Shape) > 1 {
		return a.Fault("found Fortran order, want C order; numpy.ascontiguousarray makes it")
	}
	a.length = int64(a.size)
	for _, n := range a.Shape {
		if n < 0 || n > 0 && a.length > math.MaxInt64/int64(n) {
			return a.Fault("found shape %v, which has too many elements", a.Shape)
		}
		a.length *= int64(n)
	}
	return nil
}

// Fault is an error that names file and array.
func (a *Array) Fault(format string, args ...any) error {
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

// Raw writes the bytes of elements, from one on, as they lie in the file.
func (a *Array) Raw(from int64, b []byte) error {
	if err := a.Load(); err != nil {
		return err
	}
	at := from * int64(a.size)
	if from < 0 || at+int64(len(b)) > a.length || len(b)%a.size != 0 {
		panic("arrays: Raw: there are no such elements, or b does not hold whole ones")
	}
	if n, err := a.data.ReadAt(b, at); n < len(b) {
		return a.Fault("byte %d of %d: found %d of %d bytes: %w", at, a.length, n, len(b), err)
	}
	return nil
}

// Load unpacks what is compressed, the first time that it is asked for. Reading does so
// by itself.
func (a *Array) Load() error {
	a.once.Do(func() {
		if a.data != nil {
			return
		}
		r, err := a.unpack()
		if err != nil {
			a.err = a.Fault("%w", err)
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
			a.err = a.Fault("unpacked %d of %d bytes: %w; a fresh copy of the file would do", n, a.length, err)
			return
		}
		a.data = bytes.NewReader(b)
	})
	return a.err
}

// Float32s writes numbers, from an element on; true is 1. The array is no text.
func (a *Array) Float32s(from int64, dst []float32) error {
	b := make([]byte, a.size*len(dst))
	if err := a.Raw(from, b); err != nil {
		return err
	}
	number := a.number()
	for i := range dst {
		dst[i] = float32(number(b[i*a.size:]))
	}
	return nil
}

// all calls f with each element in order.
func (a *Array) all(f func([]byte) error) error {
	const piece = 1 << 14
	n := a.length / int64(a.size)
	b := make([]byte, int64(a.size)*min(n, piece))
	for from := int64(0); from < n; from += piece {
		b := b[:int64(a.size)*min(n-from, piece)]
		if err := a.Raw(from, b); err != nil {
			return err
		}
		for k := 0; k < len(b); k += a.size {
			if err := f(b[k : k+a.size]); err != nil {
				return a.Fault("element %d: %w", from+int64(k/a.size), err)
			}
		}
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
		return nil, a.Fault("found elements of type %q, want whole numbers", a.Type)
	}
	var list []int64
	whole := a.whole()
	err := a.all(func(b []byte) error {
		v, ok := whole(b)
		if !ok {
			return fmt.Errorf("found a number of more than 63 bits")
		}
		list = append(list, v)
		return nil
	})
	return list, err
}

// Texts returns all elements as text: numbers as they are written shortest.
func (a *Array) Texts() ([]string, error) {
	var list []string
	write := a.writer()
	err := a.all(func(b []byte) error {
		text, err := write(b)
		list = append(list, text)
		return err
	})
	return list, err
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
