// Package safetensors reads and writes variables in the format of that name
// (github.com/huggingface/safetensors): a little-endian uint64 with the length
// of a JSON header, the header, and the numbers. Only F32 is written; F32 and
// F64 are read.
package safetensors

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"ventral/nn"
)

// maxHeader bounds the header of a file, as the format's own reader does.
const maxHeader = 100 << 20

type entry struct {
	name    string
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Write writes all variables, sorted by name, with text metadata, which may be
// nil.
func Write(w io.Writer, v *nn.Variables, metadata map[string]string) error {
	header := map[string]any{}
	if len(metadata) > 0 {
		header["__metadata__"] = metadata
	}
	var at int64
	for _, name := range v.Names() {
		t, _ := v.Get(name)
		size := int64(4 * len(t.Data))
		shape := append([]int{}, t.Shape[:t.Shape.Rank()]...)
		header[name] = entry{Type: "F32", Shape: shape, Offsets: [2]int64{at, at + size}}
		at += size
	}
	text, err := json.Marshal(header)
	if err != nil {
		return err
	}
	for len(text)%8 != 0 {
		text = append(text, ' ')
	}
	if err := binary.Write(w, binary.LittleEndian, uint64(len(text))); err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	buf := make([]byte, 1<<16)
	for _, name := range v.Names() {
		t, _ := v.Get(name)
		for data := t.Data; len(data) > 0; {
			n := min(len(data), len(buf)/4)
			for i, x := range data[:n] {
				binary.LittleEndian.PutUint32(buf[4*i:], math.Float32bits(x))
			}
			if _, err := w.Write(buf[:4*n]); err != nil {
				return err
			}
			data = data[n:]
		}
	}
	return nil
}

// Read reads a file of the given size. Every fault of the file is an error that
// says what was found.
func Read(r io.Reader, size int64) (*nn.Variables, map[string]string, error) {
	var n uint64
	if err := binary.Read(r, binary.LittleEndian, &n); err != nil {
		return nil, nil, fmt.Errorf("safetensors: no header: %w", err)
	}
	if n > maxHeader || int64(n) > size-8 {
		return nil, nil, fmt.Errorf("safetensors: header of %d bytes in a file of %d; the file is cut off or not safetensors", n, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, nil, fmt.Errorf("safetensors: header: %w", err)
	}
	var metadata map[string]string
	if m, ok := raw["__metadata__"]; ok {
		if err := json.Unmarshal(m, &metadata); err != nil {
			return nil, nil, fmt.Errorf("safetensors: metadata: %w", err)
		}
		delete(raw, "__metadata__")
	}
	entries, err := entriesOf(raw, size-8-int64(n))
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, size-8-int64(n)))
	if err != nil {
		return nil, nil, fmt.Errorf("safetensors: numbers: %w", err)
	}
	if int64(len(body)) != size-8-int64(n) {
		return nil, nil, fmt.Errorf("safetensors: %d bytes of numbers, the file's size leaves %d", len(body), size-8-int64(n))
	}
	v := nn.NewVariables(0)
	for _, e := range entries {
		v.Set(e.name, e.tensor(body))
	}
	return v, metadata, nil
}

// entriesOf checks the entries of a header for so many bytes of numbers: each
// fits its shape, and together they have every byte once.
func entriesOf(raw map[string]json.RawMessage, bytes int64) ([]entry, error) {
	var list []entry
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		e := entry{name: name}
		if err := json.Unmarshal(raw[name], &e); err != nil {
			return nil, fmt.Errorf("safetensors: %q: %w", name, err)
		}
		if err := e.check(bytes); err != nil {
			return nil, fmt.Errorf("safetensors: %q: %w", name, err)
		}
		list = append(list, e)
	}
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(a.Offsets[0], b.Offsets[0]) })
	var at int64
	for i, e := range list {
		if e.Offsets[0] < at {
			return nil, fmt.Errorf("safetensors: %q and %q overlap at byte %d of the numbers; the file is corrupt", list[i-1].name, e.name, e.Offsets[0])
		}
		if e.Offsets[0] > at {
			return nil, fmt.Errorf("safetensors: bytes %d to %d of the numbers belong to nothing; the file is corrupt", at, e.Offsets[0])
		}
		at = e.Offsets[1]
	}
	if at != bytes {
		return nil, fmt.Errorf("safetensors: bytes %d to %d of the numbers belong to nothing; the file is corrupt", at, bytes)
	}
	return list, nil
}

// width is the number of bytes of an element, 0 of a type that is not read.
func (e entry) width() int64 { return map[string]int64{"F32": 4, "F64": 8}[e.Type] }

// check reports an entry that is none of so many bytes of numbers.
func (e entry) check(bytes int64) error {
	if most := len(nn.Shape{}); len(e.Shape) > most {
		return fmt.Errorf("shape %v has more than %d axes", e.Shape, most)
	}
	count := int64(1)
	for _, k := range e.Shape {
		if k < 1 || count > bytes || int64(k) > bytes {
			return fmt.Errorf("shape %v does not fit %d bytes", e.Shape, bytes)
		}
		count *= int64(k)
	}
	if e.width() == 0 {
		return fmt.Errorf("found type %q, want F32 or F64", e.Type)
	}
	if lo, hi := e.Offsets[0], e.Offsets[1]; lo < 0 || hi < lo || hi > bytes || hi-lo != count*e.width() {
		return fmt.Errorf("bytes %d to %d of %d for shape %v of %s; the file is cut off or corrupt", lo, hi, bytes, e.Shape, e.Type)
	}
	return nil
}

// tensor reads the numbers of an entry that was checked.
func (e entry) tensor(body []byte) nn.Tensor {
	var s nn.Shape
	copy(s[:], e.Shape)
	lo, width := e.Offsets[0], e.width()
	t := nn.NewTensor(s)
	for i := range t.Data {
		if at := body[lo+int64(i)*width:]; width == 4 {
			t.Data[i] = math.Float32frombits(binary.LittleEndian.Uint32(at))
		} else {
			t.Data[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(at)))
		}
	}
	return t
}
