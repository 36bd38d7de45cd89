package recording

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Element types of arrays, as numpy spells them. Text of at most n characters
// is "<Un".
const (
	Float32 = "<f4"
	Float64 = "<f8"
	Int64   = "<i8"
	Uint8   = "|u1"
)

// TextType returns the element type that holds every one of the texts.
func TextType(texts ...string) string {
	n := 1
	for _, t := range texts {
		n = max(n, utf8.RuneCountInString(t))
	}
	return "<U" + strconv.Itoa(n)
}

// Header describes one array: its element type and its shape in C order. An
// empty shape is a single number.
type Header struct {
	Type  string
	Shape []int
}

// maxHeader bounds the text of a header. numpy itself writes about 120 bytes.
const maxHeader = 1 << 16

// ElementSize returns the bytes of one element, and an error naming the type
// when this package does not read it.
func (h Header) ElementSize() (int, error) {
	switch h.Type {
	case Float32:
		return 4, nil
	case Float64, Int64:
		return 8, nil
	case Uint8:
		return 1, nil
	}
	if digits, ok := strings.CutPrefix(h.Type, "<U"); ok {
		n, err := strconv.Atoi(digits)
		if err == nil && n >= 1 && n <= 1<<20 {
			return 4 * n, nil
		}
	}
	return 0, fmt.Errorf("recording: element type %q is not one of %s %s %s %s <Un", h.Type, Float32, Float64, Int64, Uint8)
}

// Len returns the number of elements, and an error when it does not fit.
func (h Header) Len() (int64, error) {
	n := int64(1)
	for _, d := range h.Shape {
		if d < 0 {
			return 0, fmt.Errorf("recording: shape %v has a negative axis", h.Shape)
		}
		if d > 0 && n > (math.MaxInt64>>16)/int64(d) {
			return 0, fmt.Errorf("recording: shape %v has too many elements", h.Shape)
		}
		n *= int64(d)
	}
	return n, nil
}

// bytes returns the size of the array's data. The bounds of Len leave room for
// elements of up to 65,535 bytes; longer text is refused here.
func (h Header) bytes() (int64, error) {
	size, err := h.ElementSize()
	if err != nil {
		return 0, err
	}
	n, err := h.Len()
	if err != nil {
		return 0, err
	}
	if n > 0 && int64(size) > math.MaxInt64/n {
		return 0, fmt.Errorf("recording: shape %v of %q has too many bytes", h.Shape, h.Type)
	}
	return n * int64(size), nil
}

// WriteHeader writes the npy header, version 1.0, padded so that the data
// begins at a multiple of 64 bytes from the header's start.
func WriteHeader(w io.Writer, h Header) error {
	if _, err := h.bytes(); err != nil {
		return err
	}
	var shape strings.Builder
	for _, d := range h.Shape {
		fmt.Fprintf(&shape, "%d, ", d)
	}
	text := strings.TrimSuffix(shape.String(), " ")
	if len(h.Shape) > 1 {
		text = strings.TrimSuffix(text, ",")
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", h.Type, text)
	total := (10 + len(dict) + 1 + 63) / 64 * 64
	if total-10 > math.MaxUint16 {
		return fmt.Errorf("recording: header of %d axes is too long", len(h.Shape))
	}
	b := append([]byte("\x93NUMPY\x01\x00"), 0, 0)
	binary.LittleEndian.PutUint16(b[8:], uint16(total-10))
	b = append(b, dict...)
	b = append(b, bytes.Repeat([]byte{' '}, total-len(b)-1)...)
	_, err := w.Write(append(b, '\n'))
	return err
}

// ReadHeader reads an npy header of version 1, 2 or 3 and returns it with the
// number of bytes read. Arrays in Fortran order are refused, and types that
// [Header.ElementSize] does not know.
func ReadHeader(r io.Reader) (Header, int64, error) {
	h, fortran, used, err := ReadForeignHeader(r)
	if err != nil {
		return Header{}, used, err
	}
	if fortran {
		return Header{}, used, fmt.Errorf("recording: npy header of %s %v: arrays must be in C order", h.Type, h.Shape)
	}
	_, err = h.bytes()
	return h, used, err
}

// ReadForeignHeader reads the npy header of an array of any element type, as numpy
// spells it, and tells whether the array is in Fortran order.
func ReadForeignHeader(r io.Reader) (h Header, fortran bool, used int64, err error) {
	head := make([]byte, 10)
	if n, err := io.ReadFull(r, head); err != nil {
		return h, false, 0, fmt.Errorf("recording: npy header ends after %d of 10 bytes", n)
	}
	if string(head[:6]) != "\x93NUMPY" {
		return h, false, 0, fmt.Errorf("recording: an npy array begins with %q, found %q", "\x93NUMPY", head[:6])
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	used = 10
	switch head[6] {
	case 1:
	case 2, 3:
		high := make([]byte, 2)
		if _, err := io.ReadFull(r, high); err != nil {
			return h, false, 0, fmt.Errorf("recording: npy header ends after 10 of 12 bytes")
		}
		size |= int(binary.LittleEndian.Uint16(high)) << 16
		used = 12
	default:
		return h, false, 0, fmt.Errorf("recording: npy version %d.%d is not 1, 2 or 3", head[6], head[7])
	}
	if size > maxHeader {
		return h, false, 0, fmt.Errorf("recording: npy header of %d bytes is longer than %d", size, maxHeader)
	}
	text := make([]byte, size)
	if n, err := io.ReadFull(r, text); err != nil {
		return h, false, 0, fmt.Errorf("recording: npy header ends after %d of %d bytes", n, size)
	}
	h, fortran, err = parseHeader(string(text))
	return h, fortran, used + int64(size), err
}

// parseHeader reads the Python dictionary of an npy header. Only the three
// keys of the format and literal values are understood.
func parseHeader(text string) (Header, bool, error) {
	var h Header
	bad := func(what string) (Header, bool, error) {
		return Header{}, false, fmt.Errorf("recording: npy header %q: %s", strings.TrimSpace(text), what)
	}
	body := strings.TrimSpace(text)
	if !strings.HasPrefix(body, "{") || !strings.HasSuffix(body, "}") {
		return bad("is not a dictionary")
	}
	after := func(key string) (string, bool) {
		_, rest, ok := strings.Cut(body, "'"+key+"':")
		return strings.TrimSpace(rest), ok
	}
	descr, ok := after("descr")
	if !ok {
		return bad("has no 'descr'")
	}
	if !strings.HasPrefix(descr, "'") {
		return bad("'descr' is not one element type")
	}
	h.Type, _, ok = strings.Cut(descr[1:], "'")
	if !ok {
		return bad("'descr' does not end")
	}
	if h.Type == "<u1" || h.Type == "u1" {
		h.Type = Uint8
	}
	order, ok := after("fortran_order")
	if !ok {
		return bad("has no 'fortran_order'")
	}
	fortran := strings.HasPrefix(order, "True")
	if !fortran && !strings.HasPrefix(order, "False") {
		return bad("'fortran_order' is neither True nor False")
	}
	shape, ok := after("shape")
	if !ok || !strings.HasPrefix(shape, "(") {
		return bad("has no 'shape'")
	}
	inside, _, ok := strings.Cut(shape[1:], ")")
	if !ok {
		return bad("'shape' does not end")
	}
	for _, field := range strings.Split(inside, ",") {
		field = strings.TrimSpace(field)
		if field == "" {
			continue
		}
		d, err := strconv.Atoi(field)
		if err != nil || d < 0 {
			return bad(fmt.Sprintf("axis %q is not a length", field))
		}
		h.Shape = append(h.Shape, d)
	}
	if _, err := h.Len(); err != nil {
		return Header{}, false, err
	}
	return h, fortran, nil
}
