package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/nn"
)

func sample() *nn.Variables {
	v := nn.NewVariables(1)
	v.Set("V1->V2/kernel", nn.Tensor{Shape: nn.Shape{1, 2, 1, 2}, Data: []float32{1, -2, float32(math.Inf(1)), 3e-40}})
	v.Set("readout/dense/bias", nn.Tensor{Shape: nn.Shape{3}, Data: []float32{0, 1, 2}})
	v.Set("scalar", nn.Tensor{Data: []float32{7}})
	return v
}

func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, sample(), map[string]string{"format": "1"}); err != nil {
		t.Fatal(err)
	}
	got, meta, err := Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if meta["format"] != "1" {
		t.Errorf("metadata: got %v, want format 2", meta)
	}
	want := sample()
	if !slices.Equal(got.Names(), want.Names()) {
		t.Fatalf("names: got %v, want %v", got.Names(), want.Names())
	}
	for _, name := range want.Names() {
		g, _ := got.Get(name)
		w, _ := want.Get(name)
		if g.Shape != w.Shape || !slices.Equal(g.Data, w.Data) {
			t.Errorf("%s: got %v, want %v", name, g, w)
		}
	}
}

func file(header, body string) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), body...)
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":      {nil, "no header"},
		"cut header": {file(strings.Repeat(" ", 40), "")[:20], "cut off"},
		"not json":   {file("hello!!!", ""), "header"},
		"cut body":   {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, "1234"), "cut off"},
		"type":       {file(`{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}`, "12"), `"I8"`},
		"negative":   {file(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, "1234"), "does not fit"},
		"huge":       {file(`{"a":{"dtype":"F32","shape":[1000000,1000000,1000000],"data_offsets":[0,4]}}`, "1234"), "does not fit"},
		"overlap":    {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, "123412341234"), `"a" and "b" overlap at byte 4`},
		"same":       {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "1234"), "overlap"},
		"hole":       {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, "12341234"), "bytes 0 to 4 of the numbers belong to nothing"},
		"rest":       {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, "12341234"), "bytes 4 to 8 of the numbers belong to nothing"},
		"five axes":  {file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[0,4]}}`, "1234"), "axes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Read(bytes.NewReader(c.data), int64(len(c.data)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	Write(&b, sample(), nil)
	f.Add(b.Bytes())
	f.Add(file(`{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`, "12345678"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, meta, err := Read(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, v, meta); err != nil {
			t.Fatal(err)
		}
		again, _, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil || !slices.Equal(again.Names(), v.Names()) {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
	})
}
