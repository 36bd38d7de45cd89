package run_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
)

// training reads a built-in experiment and returns its training program.
func training(t *testing.T, name string, o spec.Overrides) (*spec.Experiment, *nn.Program) {
	t.Helper()
	b, _, ok := spec.FindBuiltin(name)
	if !ok {
		t.Fatalf("no built-in experiment %q", name)
	}
	e, err := spec.Read(name+".toml", b.Text, o)
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

// generated fills an array by the rule of cortex/testdata/peer/README.md.
func generated(name string, scale float64, offset float32, dst []float32) {
	h := fnv.New64a()
	h.Write([]byte(name))
	for i := range dst {
		x := h.Sum64() + uint64(i+1)*0x9E3779B97F4A7C15
		x ^= x >> 30
		x *= 0xBF58476D1CE4E5B9
		x ^= x >> 27
		x *= 0x94D049BB133111EB
		x ^= x >> 31
		dst[i] = float32(scale*(2*float64(x>>11)*0x1p-53-1)) + offset
	}
}

// TestPeerLosses trains W1 and W2 from their files on the default engine, from
// the peer's weights and batch, and compares 20 losses with PyTorch's in float64.
func TestPeerLosses(t *testing.T) {
	text, err := os.ReadFile("../../cortex/testdata/peer/training.json")
	if err != nil {
		t.Fatal(err)
	}
	var peer map[string]json.RawMessage
	if err := json.Unmarshal(text, &peer); err != nil {
		t.Fatal(err)
	}
	peerName := strings.NewReplacer("input/conv/", "pre/", "input/norm/", "pre/norm/", "/1/kernel", "/kernel")
	for _, name := range []string{"W2", "W1"} {
		t.Run(name, func(t *testing.T) {
			if name == "W1" && (testing.Short() || os.Getenv("CORTEX_EXTERNAL") != "1") {
				t.Skip("W1 takes half a minute; .ci/run does it, by CORTEX_EXTERNAL=1 and without -short")
			}
			var want struct{ Losses map[string][]float64 }
			if err := json.Unmarshal(peer[strings.ToLower(name)], &want); err != nil {
				t.Fatal(err)
			}
			_, p := training(t, name, spec.Overrides{})
			v := nn.NewVariables(1)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			for _, x := range p.Vars {
				w, _ := v.Get(x.Name)
				switch {
				case !x.Trainable:
				case w.Shape.Rank() == 4:
					generated(peerName.Replace(x.Name), 0.5*math.Sqrt(6/float64(w.Shape[0]*w.Shape[1]*w.Shape[2])), 0, w.Data)
				case strings.HasSuffix(x.Name, "dense/bias"):
					generated(x.Name, 0.1, 0, w.Data)
				}
			}
			e := cpu.New(cpu.Options{})
			exe, err := e.Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			defer exe.Close()
			home, err := e.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			defer home.Close()
			in, out := make([]nn.Tensor, len(p.Inputs)), make([]nn.Tensor, len(p.Outputs))
			for i, x := range p.Inputs {
				in[i] = nn.NewTensor(p.Shapes[x.Value])
				switch x.Name {
				case "image":
					generated("image", 1.7320508, 0, in[i].Data)
				case "label":
					for n := range 64 {
						in[i].Data[n*10+n%10] = 1
					}
				case "rate":
					in[i].Data[0] = 0.01
				}
			}
			for i, o := range p.Outputs {
				out[i] = nn.NewTensor(p.Shapes[o.Value])
			}
			worst := 0.0
			for update, l := range want.Losses["float64"] {
				if err := exe.Run(home, in, out); err != nil {
					t.Fatal(err)
				}
				if d := math.Abs(float64(out[0].Data[0]) - l); d > 1e-4 {
					t.Fatalf("batch %d: loss %v, PyTorch %v", update, out[0].Data[0], l)
				} else {
					worst = max(worst, d)
				}
			}
			if len(want.Losses["float64"]) != 20 {
				t.Errorf("the peer has %d losses, want 20", len(want.Losses["float64"]))
			}
			t.Logf("largest difference of 20 losses: %.1e", worst)
		})
	}
}

// TestKernels finds no operation of a built-in experiment that the default
// engine leaves to the oracle, in training or answering.
func TestKernels(t *testing.T) {
	e := cpu.New(cpu.Options{})
	compiled := 0
	for _, b := range spec.Builtins() {
		file, err := spec.Read(b.Name, b.Text, spec.Overrides{})
		if err != nil {
			t.Fatal(err)
		}
		for _, variant := range append([]string{""}, file.Variants...) {
			x, p := training(t, b.Name, spec.Overrides{Variant: variant, Set: []string{"train.batch=2"}})
			g, err := x.Graph()
			if err != nil {
				t.Fatal(err)
			}
			answering, _, err := cortex.Inference(g, 2, g.TestSteps(), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []*nn.Program{p, answering} {
				exe, err := e.Compile(p)
				if err != nil {
					t.Fatal(err)
				}
				if f := exe.(*cpu.Executable).Fallbacks(); len(f) > 0 {
					t.Errorf("%s %s: no kernel for %v", b.Name, variant, f)
				}
				exe.Close()
				compiled++
			}
		}
	}
	if compiled < 20 {
		t.Errorf("compiled %d programs, want all built-in experiments and variants", compiled)
	}
}

// small are whole experiments at a size that an interpreter can bear.
var small = []struct {
	name string
	o    spec.Overrides
}{
	{"debris", spec.Overrides{Set: []string{"train.batch=3", "train.optimiser=adamw", "train.weight_decay=0.01"}}},
	{"Spoerer_2017", spec.Overrides{Variant: "BLT", Set: []string{"train.batch=2", "area.L1.shape=[32, 32, 6]", "area.L2.shape=[16, 16, 6]"}}},
	{"LiaoPoggio_2016_two_stage", spec.Overrides{Variant: "untied", Set: []string{"train.batch=2", "area.S1.shape=[16, 16, 4]", "area.S2.shape=[8, 8, 4]"}}},
	{"LiaoPoggio_2016_three_states", spec.Overrides{Variant: "all-one", Set: []string{"train.batch=2", "steps=5", "readout.train=\"any of 2..4\"", "readout.test=\"2..4\"",
		"area.S1.shape=[16, 16, 4]", "area.S2.shape=[8, 8, 4]", "area.S3.shape=[4, 4, 4]"}}},
	{"W2", spec.Overrides{Set: []string{"train.batch=2", "train.nesterov=true", "steps=4", "readout.train=3"}}},
}

// inputs makes images, labels and the rest for a training program.
func inputs(p *nn.Program) []nn.Array {
	in := make([]nn.Array, len(p.Inputs))
	for i, x := range p.Inputs {
		in[i] = nn.NewArray(p.Shapes[x.Value])
		data := make([]float32, len(in[i].Data))
		generated(x.Name, 1, 0, data)
		for k, f := range data {
			in[i].Data[k] = float64(f)
		}
		switch x.Name {
		case "label":
			for k := range in[i].Data {
				in[i].Data[k] = 0
				if k%10 == 3*(k/10)%10 {
					in[i].Data[k] = 1
				}
			}
		case "rate":
			in[i].Data[0] = 0.05
		case "update":
			in[i].Data[0] = 1
		case "step_weights":
			for k := range in[i].Data {
				in[i].Data[k] = float64((k + 1) % 2)
			}
		}
	}
	return in
}

// TestInterpreter executes a training batch of whole experiments with
// docs/interpret.py, which was written from docs/program.md alone, and compares
// the loss, logits and every updated variable with the oracle.
func TestInterpreter(t *testing.T) {
	python := os.Getenv("CORTEX_PYTHON")
	if python == "" {
		python = "python3"
	}
	if out, err := exec.Command(python, "-c", "import numpy").CombinedOutput(); err != nil {
		why := fmt.Sprintf("no NumPy in %s (CORTEX_PYTHON names another): %v %s", python, err, out)
		if os.Getenv("CORTEX_EXTERNAL") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	for _, m := range small {
		t.Run(m.name+" "+m.o.Variant, func(t *testing.T) {
			_, p := training(t, m.name, m.o)
			v := nn.NewVariables(5)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			held, err := ref.Engine{}.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			home := held.(*ref.Residence)
			in := inputs(p)
			got := interpret(t, python, p, home, in)
			out, err := ref.Run(p, home, in)
			if err != nil {
				t.Fatal(err)
			}
			// A gradient whose terms cancel, as that of a bias before a norm, is 1e-15
			// or so in either program; Adam divides it by eps, times the rate of 0.05.
			noise := 0.0
			for _, x := range p.Instrs {
				if o, ok := x.Op.(nn.Adam); ok {
					noise = 0.05 * 1e-15 / o.Eps
				}
			}
			compare := func(name string, want nn.Array) {
				a, err := got.Float64s(name)
				if err != nil {
					t.Fatal(err)
				}
				largest, worst := 0.0, 0.0
				for i, w := range want.Data {
					largest, worst = max(largest, math.Abs(w)), max(worst, math.Abs(a[i]-w))
				}
				if len(a) != len(want.Data) || !(worst <= 1e-6*max(largest, 1e-3)+noise) {
					t.Errorf("%s: %d numbers, largest difference %.1e of %.1e; want %d numbers", name, len(a), worst, largest, len(want.Data))
				}
			}
			for i, o := range p.Outputs {
				compare("output/"+o.Name, out[i])
			}
			for _, x := range p.Vars {
				a, _ := home.Get(x.Name)
				compare("var/"+x.Name, a)
			}
		})
	}
}

// interpret runs docs/interpret.py on a program.
func interpret(t *testing.T, python string, p *nn.Program, home *ref.Residence, in []nn.Array) *recording.NPZReader {
	t.Helper()
	dir := t.TempDir()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "program.json"), text, 0o666); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := recording.NewNPZWriter(&b)
	put := func(name string, a nn.Array) {
		w, err := z.Array(name, recording.Header{Type: recording.Float64, Shape: a.Shape[:a.Shape.Rank()]})
		if err == nil {
			err = w.Float64s(a.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range p.Inputs {
		put("input/"+x.Name, in[i])
	}
	for _, x := range p.Vars {
		a, _ := home.Get(x.Name)
		put("var/"+x.Name, a)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.npz"), b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "../../docs/interpret.py", filepath.Join(dir, "program.json"), filepath.Join(dir, "in.npz"), filepath.Join(dir, "out.npz"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	back, err := os.ReadFile(filepath.Join(dir, "out.npz"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := recording.OpenNPZ(bytes.NewReader(back), int64(len(back)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestEngineAgainstOracle trains whole experiments for three updates on the
// default engine and on the oracle, and compares losses and weights.
func TestEngineAgainstOracle(t *testing.T) {
	for _, m := range small {
		t.Run(m.name+" "+m.o.Variant, func(t *testing.T) {
			_, p := training(t, m.name, m.o)
			v := nn.NewVariables(5)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			in := inputs(p)
			narrow, out := make([]nn.Tensor, len(in)), make([]nn.Tensor, len(p.Outputs))
			for i, a := range in {
				narrow[i] = nn.NewTensor(a.Shape)
				for k, f := range a.Data {
					narrow[i].Data[k] = float32(f)
				}
			}
			for i, o := range p.Outputs {
				out[i] = nn.NewTensor(p.Shapes[o.Value])
			}
			e := cpu.New(cpu.Options{})
			exe, err := e.Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			defer exe.Close()
			fast, err := e.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			defer fast.Close()
			held, err := ref.Engine{}.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			slow := held.(*ref.Residence)
			for update := range 3 {
				if err := exe.Run(fast, narrow, out); err != nil {
					t.Fatal(err)
				}
				want, err := ref.Run(p, slow, in)
				if err != nil {
					t.Fatal(err)
				}
				// The first loss differs by rounding only; later ones by what
				// rectifiers that flip and Adam's division make of it.
				if d := math.Abs(float64(out[0].Data[0]) - want[0].Data[0]); d > []float64{2e-5, 1e-3, 5e-3}[update]*max(1, math.Abs(want[0].Data[0])) {
					t.Errorf("batch %d: loss %v, oracle %v", update, out[0].Data[0], want[0].Data[0])
				}
			}
		})
	}
}
