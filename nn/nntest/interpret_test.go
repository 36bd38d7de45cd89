package nntest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// python returns a Python with NumPy: CORTEX_PYTHON, or python3. Without one the
// test is skipped, unless CORTEX_EXTERNAL=1 asks for a failure.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("CORTEX_PYTHON")
	if name == "" {
		name = "python3"
	}
	if out, err := exec.Command(name, "-c", "import numpy").CombinedOutput(); err != nil {
		why := fmt.Sprintf("no NumPy in %s (CORTEX_PYTHON names another): %v\n%s", name, err, out)
		if os.Getenv("CORTEX_EXTERNAL") == "1" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return name
}

// join is one program that does what several do, with their inputs; names are
// preceded by that of their program.
func join(names []string, programs []*nn.Program, inputs [][]nn.Array) (*nn.Program, []nn.Array) {
	all := &nn.Program{}
	var in []nn.Array
	for k, p := range programs {
		base := nn.Value(len(all.Shapes))
		all.Shapes = append(all.Shapes, p.Shapes...)
		shift := func(vs []nn.Value) []nn.Value {
			out := make([]nn.Value, len(vs))
			for i, v := range vs {
				out[i] = v + base
			}
			return out
		}
		for _, x := range p.Inputs {
			all.Inputs = append(all.Inputs, nn.Port{Name: names[k] + "/" + x.Name, Value: x.Value + base, Batched: x.Batched})
		}
		for _, v := range p.Vars {
			v.Name, v.Value = names[k]+"/"+v.Name, v.Value+base
			all.Vars = append(all.Vars, v)
		}
		for _, x := range p.Instrs {
			all.Instrs = append(all.Instrs, nn.Instr{Op: x.Op, Args: shift(x.Args), Results: shift(x.Results), Tag: x.Tag})
		}
		for _, o := range p.Outputs {
			all.Outputs = append(all.Outputs, nn.Port{Name: names[k] + "/" + o.Name, Value: o.Value + base})
		}
		for _, u := range p.Updates {
			all.Updates = append(all.Updates, nn.Update{Var: u.Var + base, From: u.From + base})
		}
		in = append(in, inputs[k]...)
	}
	return all, in
}

// everything joins every case, its gradient, a training batch, and programs
// wired at random.
func everything(t *testing.T) (*nn.Program, []nn.Array) {
	t.Helper()
	var names []string
	var programs []*nn.Program
	var inputs [][]nn.Array
	add := func(name string, c Case, p *nn.Program, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		names, programs, inputs = append(names, name), append(programs, p), append(inputs, c.Inputs(p))
	}
	for _, c := range Cases() {
		p, err := c.Program(true)
		add(c.Name, c, p, err)
		if len(c.Diff) > 0 {
			p, err := c.GradientProgram()
			add(c.Name+" gradient", c, p, err)
		}
	}
	p, err := Training()
	add("training", Case{Name: "training", Args: []Arg{{Name: "y", Draw: oneHot}}}, p, err)
	for seed := range uint64(12) {
		p, err := Random(seed)
		add(fmt.Sprint("random ", seed), Case{Name: "random"}, p, err)
	}
	return join(names, programs, inputs)
}

// TestInterpreter executes every operation, forward and backward, and a
// training batch with docs/interpret.py, which was written from docs/program.md,
// and compares outputs and variables with the oracle. Both compute in float64:
// they differ by the order of sums.
func TestInterpreter(t *testing.T) {
	py := python(t)
	p, in := everything(t)
	have := map[string]bool{}
	for _, x := range p.Instrs {
		have[x.Op.Name()] = true
	}
	for _, op := range nn.Ops() {
		if !have[op.Name()] {
			t.Errorf("%s: not in the program", op.Name())
		}
	}
	compareInterpreter(t, py, filepath.FromSlash("../../docs/interpret.py"), p, in)
}

// compareInterpreter runs p once with script and with the oracle, and compares
// outputs and variables.
func compareInterpreter(t *testing.T, py, script string, p *nn.Program, in []nn.Array) {
	t.Helper()
	home := hold(t, ref.Engine{}, filled(t, p)).(*ref.Residence)
	got := interpret(t, py, script, p, home, in)
	want, err := ref.Run(p, home, in)
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, w nn.Array) {
		g, ok := got[name]
		if !ok || g.Shape != w.Shape {
			t.Errorf("%s: got shape %v (there: %v), want %v", name, g.Shape, ok, w.Shape)
			return
		}
		if d := distance(g.Data, w.Data, 1e-6); !(d <= 1e-9) {
			t.Errorf("%s: differs from the oracle by %.2g of its largest element\ngot  %.8g\nwant %.8g", name, d, head(g.Data), head(w.Data))
		}
	}
	for i, o := range p.Outputs {
		check("output/"+o.Name, want[i])
	}
	for _, v := range p.Vars {
		a, _ := home.Get(v.Name)
		check("var/"+v.Name, a)
	}
	if len(got) != len(p.Outputs)+len(p.Vars) {
		t.Errorf("got %d arrays, want %d", len(got), len(p.Outputs)+len(p.Vars))
	}
}

// TestInterpreterNonFinite checks that a loss that is not finite stores nothing
// there either.
func TestInterpreterNonFinite(t *testing.T) {
	py := python(t)
	p := must(t, Training)
	in := arrays(batch(p))
	in[0].Data[0] = math.NaN()
	dir := t.TempDir()
	out, err := interpreter(t, py, filepath.FromSlash("../../docs/interpret.py"), dir, p, hold(t, ref.Engine{}, filled(t, p)).(*ref.Residence), in)
	if err == nil || !strings.Contains(string(out), "not finite") {
		t.Errorf("got %v with %q, want a failure that says not finite", err, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.npz")); err == nil {
		t.Error("results were written")
	}
}

func interpreter(t *testing.T, py, script, dir string, p *nn.Program, home *ref.Residence, in []nn.Array) ([]byte, error) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]nn.Array{}
	for i, x := range p.Inputs {
		data["input/"+x.Name] = in[i]
	}
	for _, v := range p.Vars {
		data["var/"+v.Name], _ = home.Get(v.Name)
	}
	program, arrays := filepath.Join(dir, "program.json"), filepath.Join(dir, "in.npz")
	if err := os.WriteFile(program, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(arrays, writeNPZ(t, data), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(script); err != nil { // also tells go test that results depend on it
		t.Fatal(err)
	}
	return exec.Command(py, script, program, arrays, filepath.Join(dir, "out.npz")).CombinedOutput()
}

func interpret(t *testing.T, py, script string, p *nn.Program, home *ref.Residence, in []nn.Array) map[string]nn.Array {
	t.Helper()
	dir := t.TempDir()
	if out, err := interpreter(t, py, script, dir, p, home, in); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return readNPZ(t, filepath.Join(dir, "out.npz"))
}

// writeNPZ returns an npz file of float64 arrays.
func writeNPZ(t *testing.T, arrays map[string]nn.Array) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, a := range arrays {
		w, err := z.Create(name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		axes := ""
		for _, n := range a.Shape[:a.Shape.Rank()] {
			axes += fmt.Sprintf("%d, ", n)
		}
		header := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }", axes)
		header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
		fmt.Fprintf(w, "\x93NUMPY\x01\x00%c%c%s", len(header)&255, len(header)>>8, header)
		if err := binary.Write(w, binary.LittleEndian, a.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// readNPZ returns the float64 arrays of an npz file.
func readNPZ(t *testing.T, path string) map[string]nn.Array {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	arrays := map[string]nn.Array{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil || len(raw) < 10 || raw[6] != 1 {
			t.Fatalf("%s: %d bytes, %v", f.Name, len(raw), err)
		}
		end := 10 + int(binary.LittleEndian.Uint16(raw[8:]))
		header := string(raw[10:end])
		if !strings.Contains(header, "'<f8'") || !strings.Contains(header, "'fortran_order': False") {
			t.Fatalf("%s: found %s, want float64 in C order", f.Name, header)
		}
		_, axes, _ := strings.Cut(header, "'shape': (")
		axes, _, _ = strings.Cut(axes, ")")
		var a nn.Array
		for i, axis := range slices.DeleteFunc(strings.Split(axes, ","), func(s string) bool { return strings.TrimSpace(s) == "" }) {
			if _, err := fmt.Sscan(axis, &a.Shape[i]); err != nil {
				t.Fatalf("%s: %v in %s", f.Name, err, header)
			}
		}
		a.Data = make([]float64, a.Shape.Len())
		if err := binary.Read(bytes.NewReader(raw[end:]), binary.LittleEndian, a.Data); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		arrays[strings.TrimSuffix(f.Name, ".npy")] = a
	}
	return arrays
}
