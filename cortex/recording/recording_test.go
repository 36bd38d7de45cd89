package recording

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestHeaderIsNumpys(t *testing.T) {
	// The bytes numpy 1.26 writes for np.zeros((2, 3), "<f4").
	want := "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
	var b bytes.Buffer
	if err := WriteHeader(&b, Header{Float32, []int{2, 3}}); err != nil {
		t.Fatal(err)
	}
	if b.Len() != 128 || !strings.HasPrefix(b.String(), want) || !strings.HasSuffix(b.String(), " \n") {
		t.Errorf("got %q", b.String())
	}
	for _, shape := range [][]int{nil, {7}, {0, 4}, {5, 4, 3, 2, 1}} {
		b.Reset()
		if err := WriteHeader(&b, Header{Int64, shape}); err != nil {
			t.Fatal(err)
		}
		n := int64(b.Len())
		got, used, err := ReadHeader(&b)
		if err != nil || !slices.Equal(got.Shape, shape) || used != n {
			t.Errorf("%v: got %v, %d of %d bytes, %v", shape, got, used, n, err)
		}
	}
}

func TestHeaderRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"fortran":  "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }",
		"big":      "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }",
		"overflow": "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
		"negative": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
		"open":     "{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
		"record":   "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
	} {
		if h, _, err := ReadHeader(npy(text)); err == nil {
			t.Errorf("%s: got %v", name, h)
		}
	}
}

// TestForeignHeader: arrays of any type and order have a header.
func TestForeignHeader(t *testing.T) {
	h, fortran, _, err := ReadForeignHeader(npy("{'descr': '>f2', 'fortran_order': True, 'shape': (2, 3), }"))
	if err != nil || h.Type != ">f2" || !slices.Equal(h.Shape, []int{2, 3}) || !fortran {
		t.Errorf("got %v, Fortran order %t, %v", h, fortran, err)
	}
}

// npy is a header of version 1 with that text.
func npy(text string) io.Reader {
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(text)))
	return bytes.NewReader(append(b, text...))
}

// example is a trace of three images written as a batch of two and one of one.
func example(t testing.TB) ([]byte, []float32) {
	tr := Trace{Area: "V2", Signal: Response, Steps: []int{0, 1, 3}, Onset: 1, Shape: [3]int{2, 1, 2}}
	var b bytes.Buffer
	w, err := Create(&b, tr, []int{10, 11, 12}, []int{0, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	data := make([]float32, 3*3*4)
	for i := range data {
		data[i] = float32(i)
	}
	if err := w.Append(2, data[:24]); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(1, data[24:]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), data
}

func TestTrace(t *testing.T) {
	file, data := example(t)
	again, _ := example(t)
	if !bytes.Equal(file, again) {
		t.Error("equal traces give unequal files")
	}
	r, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	want := Trace{Area: "V2", Signal: Response, Steps: []int{0, 1, 3}, Onset: 1, Shape: [3]int{2, 1, 2}}
	if !reflect.DeepEqual(r.Trace, want) || !slices.Equal(r.ImageIDs, []int{10, 11, 12}) || !slices.Equal(r.Labels, []int{0, 1, 0}) {
		t.Errorf("got %+v %v %v", r.Trace, r.ImageIDs, r.Labels)
	}
	got := make([]float32, 24)
	if err := r.Read(1, 3, got); err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if i%12 < 4 {
			if !math.IsNaN(float64(v)) {
				t.Errorf("%d: got %v before onset", i, v)
			}
		} else if v != data[12+i] {
			t.Errorf("%d: got %v want %v", i, v, data[12+i])
		}
	}
	if r.Read(2, 4, got) == nil || r.Read(0, 1, got) == nil {
		t.Error("a wrong range is no error")
	}
}

func TestTraceMisuse(t *testing.T) {
	tr := Trace{Area: "V1", Signal: State, Steps: []int{0}, Shape: [3]int{1, 1, 1}}
	w, err := Create(io.Discard, tr, []int{1, 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if w.Append(1, make([]float32, 2)) == nil || w.Append(3, make([]float32, 3)) == nil {
		t.Error("a wrong batch is no error")
	}
	if err := w.Close(); err == nil || !strings.Contains(err.Error(), "0 of 2 images") {
		t.Errorf("got %v", err)
	}
	tr.Steps = []int{1, 1}
	if _, err := Create(io.Discard, tr, []int{1}, nil); err == nil {
		t.Error("equal steps are no error")
	}
	tr.Steps, tr.Signal = []int{1}, ""
	if _, err := Create(io.Discard, tr, []int{1}, nil); err == nil {
		t.Error("a trace without a signal is no error")
	}
}

func TestTruncated(t *testing.T) {
	file, _ := example(t)
	for n := range file {
		if _, err := Open(bytes.NewReader(file[:n]), int64(n)); err == nil {
			t.Fatalf("%d of %d bytes are no error", n, len(file))
		}
	}
}

func TestLogits(t *testing.T) {
	var b bytes.Buffer
	w, err := CreateLogits(&b, Logits{Steps: []int{0, 1}, Onset: 1, Classes: 3}, []int{4, 5}, []int{2, 0}, []float32{0, 1, 1, 1, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(2, []float32{9, 9, 9, 1, 2, 3, 9, 9, 9, 4, 5, 6}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := OpenLogits(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got, target := make([]float32, 6), make([]float32, 3)
	if err := r.Read(1, 2, got); err != nil {
		t.Fatal(err)
	}
	if err := r.Target(0, 1, target); err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(float64(got[0])) || !slices.Equal(got[3:], []float32{4, 5, 6}) || !slices.Equal(target, []float32{0, 1, 1}) || !r.Multi {
		t.Errorf("got %v %v %+v", got, target, r)
	}
}

func TestTypes(t *testing.T) {
	var b bytes.Buffer
	z := NewNPZWriter(&b)
	texts := []string{"Katze", "", "→ü"}
	a, err := z.Array("text", Header{TextType(texts...), []int{3}})
	if err != nil {
		t.Fatal(err)
	}
	if a.Texts(texts) != nil || a.Float32s([]float32{1}) == nil || a.Texts([]string{"a"}) == nil {
		t.Error("texts")
	}
	if a, err = z.Array("f8", Header{Float64, []int{2}}); err != nil || a.Float64s([]float64{1.5, math.Inf(1)}) != nil {
		t.Error(err)
	}
	if a, err = z.Array("u1", Header{Uint8, []int{2}}); err != nil || a.Bytes([]byte{7, 255}) != nil {
		t.Error(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := OpenNPZ(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	gotText, _ := r.Texts("text")
	gotFloat, _ := r.Float64s("f8")
	gotByte, _ := r.Bytes("u1")
	if !slices.Equal(gotText, texts) || !slices.Equal(gotFloat, []float64{1.5, math.Inf(1)}) || !slices.Equal(gotByte, []byte{7, 255}) {
		t.Errorf("got %q %v %v", gotText, gotFloat, gotByte)
	}
	if _, err := r.Int64s("u1"); err == nil {
		t.Error("a wrong type is no error")
	}
	if _, err := r.Int64s("absent"); err == nil || !strings.Contains(err.Error(), "text, f8, u1") {
		t.Errorf("got %v", err)
	}
}

func TestAnatomy(t *testing.T) {
	a := Anatomy{Name: "a", Steps: 4, Areas: []AnatomyArea{{Name: "V1", Shape: [3]int{4, 4, 2}}},
		Connections: []AnatomyConnection{{Name: "V1->V1", From: "V1", To: "V1", Role: Lateral, Delay: 1, ToStep: 3}}}
	var b bytes.Buffer
	if err := WriteAnatomy(&b, a); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAnatomy(&b)
	a.Format = 2
	if err != nil || !reflect.DeepEqual(*got, a) {
		t.Errorf("got %+v %v", got, err)
	}
	a.Connections[0].To = "V9"
	if err := WriteAnatomy(io.Discard, a); err == nil || !strings.Contains(err.Error(), "V9") {
		t.Errorf("got %v", err)
	}
}

func FuzzReadHeader(f *testing.F) {
	var b bytes.Buffer
	_ = WriteHeader(&b, Header{"<U3", []int{2, 3}})
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		h, _, err := ReadHeader(bytes.NewReader(in))
		if err != nil {
			return
		}
		if err := WriteHeader(io.Discard, h); err != nil {
			t.Errorf("%v was read and cannot be written: %v", h, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	file, _ := example(f)
	f.Add(file)
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := Open(bytes.NewReader(in), int64(len(in)))
		if err != nil {
			return
		}
		_ = r.Read(0, r.Images(), make([]float32, r.Images()*r.PerImage()))
	})
}

func FuzzOpenLogits(f *testing.F) {
	var b bytes.Buffer
	w, _ := CreateLogits(&b, Logits{Steps: []int{0, 1}, Classes: 2}, []int{1}, []int{0}, []float32{1, 0})
	_ = w.Append(1, []float32{1, 2, 3, 4})
	_ = w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := OpenLogits(bytes.NewReader(in), int64(len(in)))
		if err != nil {
			return
		}
		_ = r.Read(0, r.Images(), make([]float32, r.Images()*r.PerImage()))
		if r.Multi {
			_ = r.Target(0, r.Images(), make([]float32, r.Images()*r.Logits.Classes))
		}
	})
}

func FuzzReadAnatomy(f *testing.F) {
	f.Add([]byte(`{"Format":2,"Steps":2,"Areas":[{"Name":"V1","Shape":[1,1,1]}]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		a, err := ReadAnatomy(bytes.NewReader(in))
		if err == nil && WriteAnatomy(io.Discard, *a) != nil {
			t.Error("was read and cannot be written")
		}
	})
}
