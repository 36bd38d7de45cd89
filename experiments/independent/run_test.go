package independent

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// TestRun trains in float32 and compares what the run leaves with the model:
// weights.safetensors, logits.npz and recordings, read as experiment.md
// describes them. The first area holds the image times one weight, so that the
// images are known, too.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("trains")
	}
	head := func(more table) table {
		f := table{"format": 2, "steps": 5, "areas": []any{"LGN", "V1", "V2"},
			"area": table{"LGN": table{"shape": []any{8, 8, 1}, "kind": "rate", "lambda": 1.0, "bias": "absent", "norm": "none", "order": []any{}},
				"V1": table{"shape": []any{8, 8, 3}}, "V2": table{"shape": []any{4, 4, 4}}},
			"input":   table{"steps": "0..", "net": []any{table{"kind": "conv", "kernel": 1, "bias": "absent"}}},
			"stimuli": table{"kind": "digits", "size": 8, "fragment_min": 2, "fragment_max": 3, "train": 32, "validation": 4, "test": 6},
			"train":   table{"batch": 8, "epochs": 2},
			"record":  table{"images": 6, "signals": []any{"state", "response"}},
			"readout": table{"train": "3..", "net": []any{"batch_affine", "relu", "average", "dense"}},
			"sharing": table{"time": "tied ..3"}}
		return f.put(more)
	}
	for _, c := range []struct {
		name string
		file table
	}{
		{"rate", head(table{"pattern": []any{"feedforward", "lateral", "bypass"},
			"default":    table{"area": table{"lambda": 0.7}, "norm": table{"affine": "per_step"}},
			"connection": table{"LGN->LGN": false, "V2->V1": table{"kind": "resize_conv", "merge": "multiply", "gain": 0.5}}})},
		{"sum", head(table{"kind": table{"stay": table{"kind": "brc", "times": 2, "plus": "identity"}},
			"default": table{"area": table{"kind": "sum"}, "norm": table{"statistics": "shared"}},
			"matrix": table{"to": []any{"LGN", "V1", "V2"}, "LGN": []any{"", "conv", "pool_conv"}, "V1": []any{"", "stay", "brc"}, "V2": []any{"", "brd", "stay"},
				"2..3": table{"to": []any{"V1"}, "V2": []any{""}}}})},
	} {
		t.Run(c.name, func(t *testing.T) { checkRun(t, c.file) })
	}
}

func checkRun(t *testing.T, file table) {
	n, err := resolve(file, "")
	if err != nil {
		t.Fatal(err)
	}
	text := fileText(1, file)
	e, err := spec.Read("run.toml", text, spec.Overrides{})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	folder := filepath.Join(t.TempDir(), "run")
	err = run.Run(context.Background(), e, nil, rundir.Folder(folder), run.Options{Engine: cpu.New(cpu.Options{}), Kernel: "test",
		Threads: 1, Now: func() time.Time { return time.Unix(0, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	variables := readSafetensors(t, filepath.Join(folder, "weights.safetensors"))
	lgn := readNPZ(t, filepath.Join(folder, "recordings", "LGN.state.npz"))["activity"]
	images, steps := lgn.shape[0], lgn.shape[1]
	image := newStack(images, n.image[0], n.image[1], n.image[2])
	pixels := len(image.data) / images
	for i := range image.data {
		image.data[i] = lgn.data[i/pixels*steps*pixels+i%pixels] / variables["input/conv/kernel"].data[0]
	}
	m := newModel(n, 0, false, image)
	m.variables = variables
	known := len(variables)
	logits := readNPZ(t, filepath.Join(folder, "logits.npz"))
	for k, step := range logits["step"].data {
		want := m.logits(int(step))
		for i := range images {
			at := (i*logits["logits"].shape[1] + k) * n.classes
			check(t, within(1e-3, fmt.Sprintf("logits@%g of image %d", step, i), logits["logits"].data[at:at+n.classes], want.data[i*n.classes:(i+1)*n.classes]))
		}
	}
	compared := 0
	for i, a := range n.areas {
		for _, signal := range []string{"state", "response"} {
			r := readNPZ(t, filepath.Join(folder, "recordings", a.name+"."+signal+".npz"))
			activity, size := r["activity"], a.h*a.w*a.c
			for k, step := range r["step"].data {
				got := newStack(images, a.h, a.w, a.c)
				for image := range images {
					copy(got.data[image*size:(image+1)*size], activity.data[(image*len(r["step"].data)+k)*size:])
				}
				if math.IsNaN(got.data[0]) {
					if onset := m.clock.onset(i); int(step) >= onset && int(step) <= n.readout.train[0] {
						t.Errorf("%s.%s at step %g is NaN, the image reaches it at %d", a.name, signal, step, onset)
					}
					continue
				}
				check(t, within(1e-3, fmt.Sprintf("%s.%s at step %g", a.name, signal, step), got.data, m.signal(i, int(step), signal).data))
				compared++
			}
		}
	}
	if len(m.variables) != known {
		t.Errorf("the model needs %d variables, weights.safetensors has %d", len(m.variables), known)
	}
	if compared < 20 {
		t.Errorf("compared %d maps only", compared)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

// readSafetensors reads a file of float32 tensors: the length of a header, the
// header as JSON, and numbers.
func readSafetensors(t *testing.T, name string) map[string]*variable {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	size := binary.LittleEndian.Uint64(data)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(data[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	out := map[string]*variable{}
	for name, raw := range header {
		var entry struct {
			Type    string `json:"dtype"`
			Shape   []int  `json:"shape"`
			Offsets [2]int `json:"data_offsets"`
		}
		if name == "__metadata__" {
			continue
		}
		if err := json.Unmarshal(raw, &entry); err != nil || entry.Type != "F32" {
			t.Fatalf("%s: %s, %v", name, entry.Type, err)
		}
		local := name[strings.LastIndex(name, "/")+1:]
		numbers := data[8+int(size)+entry.Offsets[0] : 8+int(size)+entry.Offsets[1]]
		out[name] = &variable{shape: entry.Shape, trainable: local != "mean" && local != "variance", data: floats(numbers)}
	}
	return out
}

func floats(b []byte) []float64 {
	out := make([]float64, len(b)/4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

// An array is one of an npz file.
type array struct {
	shape []int
	data  []float64
}

var npyHeader = regexp.MustCompile(`'descr': '([^']*)'.*'shape': \(([^)]*)\)`)

func readNPZ(t *testing.T, name string) map[string]array {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]array{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		length := int(binary.LittleEndian.Uint16(data[8:])) // format 1.0
		found := npyHeader.FindSubmatch(data[10 : 10+length])
		if found == nil {
			t.Fatalf("%s: header %q", f.Name, data[10:10+length])
		}
		var a array
		for part := range strings.SplitSeq(string(found[2]), ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil {
				a.shape = append(a.shape, n)
			}
		}
		numbers := data[10+length:]
		switch string(found[1]) {
		case "<f4":
			a.data = floats(numbers)
		case "<i4":
			for ; len(numbers) >= 4; numbers = numbers[4:] {
				a.data = append(a.data, float64(int32(binary.LittleEndian.Uint32(numbers))))
			}
		case "<i8":
			for ; len(numbers) >= 8; numbers = numbers[8:] {
				a.data = append(a.data, float64(int64(binary.LittleEndian.Uint64(numbers))))
			}
		default:
			continue // text
		}
		out[strings.TrimSuffix(f.Name, ".npy")] = a
	}
	return out
}
