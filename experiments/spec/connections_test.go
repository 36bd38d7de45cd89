package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/nn/optim"
)

// three is a cortex of three areas; %s takes what joins them.
const three = `format = 2
steps = 8
areas = ["A", "B", "C"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "A", steps = "0.." }
area.A = { shape = [16, 16, 4] }
area.B = { shape = [8, 8, 4] }
area.C = { shape = [4, 4, 4] }
default.norm = { kind = "none" }
readout = { train = "6.." }
`

func read(t *testing.T, text string, o Overrides) *Experiment {
	t.Helper()
	e, err := Read("x.toml", text, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// lines writes every connection as "name: kind role delay window".
func lines(e *Experiment) []string {
	var list []string
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		list = append(list, fmt.Sprintf("%s: %s %s %d %s", c.Name, c.Transform.Kind(), c.Role, c.Delay, c.Window))
	}
	return list
}

func checkLines(t *testing.T, e *Experiment, want string) {
	t.Helper()
	var rows []string
	for _, row := range strings.Split(strings.TrimSpace(want), "\n") {
		rows = append(rows, strings.TrimSpace(row))
	}
	if got := lines(e); !slices.Equal(got, rows) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(rows, "\n"))
	}
}

// weights returns the uses of every trainable variable by name.
func weights(t *testing.T, e *Experiment) map[string]int {
	t.Helper()
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]int{}
	for _, w := range list {
		if w.Trainable {
			uses[w.Name] = len(w.Uses)
		}
	}
	return uses
}

func TestMatrixWindows(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain", `
[matrix]
to = ["A", "B", "C"]
A = ["conv", "conv", ""]
B = ["", "conv", "pool_conv"]
C = ["", "transposed_conv", "identity"]
`, `
A->A: conv lateral 1 0..
A->B: conv feedforward 1 0..
B->B: conv lateral 1 0..
C->B: transposed_conv feedback 1 0..
B->C: pool_conv feedforward 1 0..
C->C: identity self 1 0..
`},
		{"columns in another order and left out", `
[matrix]
to = ["C", "A"]
A = ["conv", "brc"]
`, `
A->A: brc lateral 1 0..
A->C: conv bypass 1 0..
`},
		{"blocked in the middle", `
[matrix]
to = ["A", "B", "C"]
A = ["conv", "conv", "conv"]
[matrix."3..5"]
to = ["B"]
A = [""]
`, `
A->A: conv lateral 1 0..
A->B: conv feedforward 1 0..2,6..
A->C: conv bypass 1 0..
`},
		{"replaced in the middle", `
[matrix]
to = ["A", "B", "C"]
A = ["", "conv", "conv"]
[matrix."3..5"]
to = ["B"]
A = ["pool_conv"]
`, `
A->B: conv feedforward 1 0..2,6..
A->B pool_conv: pool_conv feedforward 1 3..5
A->C: conv bypass 1 0..
`},
		{"added at the end", `
[matrix]
to = ["C"]
A = ["conv"]
[matrix."4.."]
to = ["C", "A"]
A = ["conv+pool_conv", "conv"]
`, `
A->A: conv lateral 1 4..
A->C: conv bypass 1 0..
A->C pool_conv: pool_conv bypass 1 4..
`},
		{"two windows, three spans", `
[matrix]
to = ["A", "C"]
A = ["conv", "conv"]
[matrix."2"]
to = ["A"]
A = [""]
[matrix."4..5"]
to = ["A"]
A = [""]
`, `
A->A: conv lateral 1 0..1,3,6..
A->C: conv bypass 1 0..
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, three+c.text, Overrides{})
			checkLines(t, e, c.want)
			again := read(t, e.TOML(), Overrides{})
			if !slices.Equal(lines(again), lines(e)) {
				t.Errorf("the resolved file has\n%s", strings.Join(lines(again), "\n"))
			}
		})
	}
	_, err := Read("x.toml", three+"[matrix]\nto = [\"A\", \"C\"]\nA = [\"conv\", \"conv\"]\n[matrix.\"2..4\"]\nto = [\"A\"]\nA = [\"\"]\n[matrix.\"4..5\"]\nto = [\"A\"]\nA = [\"brc\"]\n", Overrides{})
	if err == nil || !strings.Contains(err.Error(), `overlaps the window "2..4", and both have a cell from A to A`) {
		t.Errorf("got %v", err)
	}
}

// TestBlockedCellKeepsItsKernel: a cell that is blocked at steps 3..5 has one
// kernel, used before and after.
func TestBlockedCellKeepsItsKernel(t *testing.T) {
	e := read(t, three+`
[matrix]
to = ["A", "B", "C"]
A = ["conv", "conv", ""]
B = ["", "conv", "conv"]
[matrix."3..5"]
to = ["A"]
A = [""]
`, Overrides{})
	uses := weights(t, e)
	if _, ok := uses["A->A/kernel"]; !ok {
		t.Fatalf("there is no A->A/kernel among %v", uses)
	}
	for name := range uses {
		if strings.HasPrefix(name, "A->A ") {
			t.Errorf("found a kernel of its own: %s", name)
		}
	}
	// Readout at 6 and 7 sees A up to step 5; A->A arrives at 1 and 2 of 0..5.
	if got := uses["A->A/kernel"]; got != 2 {
		t.Errorf("A->A/kernel has %d uses, want 2", got)
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"all", `pattern = ["feedforward", "lateral", "feedback"]`, `
A->A: conv lateral 1 0..
B->A: transposed_conv feedback 1 0..
A->B: conv feedforward 1 0..
B->B: conv lateral 1 0..
C->B: transposed_conv feedback 1 0..
B->C: conv feedforward 1 0..
C->C: conv lateral 1 0..
`},
		{"full is every pair", `pattern = "full"`, `
A->A: conv lateral 1 0..
B->A: transposed_conv feedback 1 0..
C->A: transposed_conv feedback 1 0..
A->B: conv feedforward 1 0..
B->B: conv lateral 1 0..
C->B: transposed_conv feedback 1 0..
A->C: conv bypass 1 0..
B->C: conv feedforward 1 0..
C->C: conv lateral 1 0..
`},
		{"two that meet make one", `pattern = ["feedforward", "adjacent"]
without = ["role:lateral", "B->A"]`, `
A->B: conv feedforward 1 0..
C->B: transposed_conv feedback 1 0..
B->C: conv feedforward 1 0..
`},
		{"changed, removed, added", `pattern = ["feedforward", "lateral"]
connection."A->A" = false
connection."B->B" = { kind = "brc", times = 2, plus = "identity", delay = 2, window = "3.." }
connection."A->B late" = { kind = "pool_conv", window = "4..5" }
connection."C->A" = { kind = "resize_conv", delay = 0, window = "7" }`, `
C->A: resize_conv feedback 0 7
A->B: conv feedforward 1 0..
A->B late: pool_conv feedforward 1 4..5
B->B: brc lateral 2 3..
B->B identity: identity self 2 3..
B->C: conv feedforward 1 0..
C->C: conv lateral 1 0..
`},
		{"role, kind, own", `pattern = ["feedforward", "lateral"]
role.lateral = { kind = "brc", kernel = 5, delay = 2 }
role.feedforward = { delay = 0, kernel = 5 }
kind.wide = { kind = "conv", kernel = 7, delay = 3 }
connection."B->B" = { kind = "wide" }
connection."C->C" = { kind = "wide", delay = 4 }
connection."B->C" = { delay = 1 }`, `
A->A: brc lateral 2 0..
A->B: conv feedforward 0 0..
B->B: conv lateral 3 0..
B->C: conv feedforward 1 0..
C->C: conv lateral 4 0..
`},
		{"a role of its own", `pattern = ["feedforward"]
connection."A->A" = { role = "feedback" }
role.feedback = { delay = 3, kind = "conv" }`, `
A->A: conv feedback 3 0..
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			i := strings.Index(three, "input")
			checkLines(t, read(t, three[:i]+c.text+"\n"+three[i:], Overrides{}), c.want)
		})
	}
}

// TestVariantReplacesLists: tables merge, anything else is replaced; --set
// comes after.
func TestVariantReplacesLists(t *testing.T) {
	text := strings.Replace(three, "input", `pattern = ["feedforward", "lateral"]
role.lateral = { delay = 2, kernel = 5 }
input`, 1) + `
[variant.v]
pattern = ["feedforward", "feedback"]
role.lateral.delay = 3
"connection.A->A" = { kind = "conv" }
readout = { train = "7" }
[variant.back]
"connection.A->A" = { delay = 4 }
`
	text = strings.ReplaceAll(text, `"connection.A->A"`, `connection."A->A"`)
	e := read(t, text, Overrides{Variant: "v"})
	checkLines(t, e, `
A->A: conv lateral 3 0..
B->A: transposed_conv feedback 1 0..
A->B: conv feedforward 1 0..
C->B: transposed_conv feedback 1 0..
B->C: conv feedforward 1 0..
`)
	if e.Name != "x v" || e.Readout.Train.String() != "7" {
		t.Errorf("got %q, trained at %s", e.Name, e.Readout.Train)
	}
	e = read(t, text, Overrides{Variant: "v", Set: []string{"pattern=feedforward", `connection."A->A".window="3.."`, "readout.train=6..", "train.rate=0.5"}})
	checkLines(t, e, `
A->A: conv lateral 3 3..
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`)
	if e.Readout.Train.String() != "6.." || e.Train.Rate != 0.5 {
		t.Errorf("trained at %s with rate %v", e.Readout.Train, e.Train.Rate)
	}
	// A variant brings back a connection that the file removed.
	e = read(t, strings.Replace(text, "[variant.v]", "[connection]\n\"A->A\" = false\n[variant.v]", 1), Overrides{Variant: "back"})
	if c := e.Matrix.Find("A->A"); c == nil || c.Delay != 4 {
		t.Errorf("A->A is %+v", c)
	}
}

// TestSetsAreAdjoint: a convolution and a transposed convolution of one set have
// one kernel, and each its own bias.
func TestSetsAreAdjoint(t *testing.T) {
	i := strings.Index(three, "input")
	e := read(t, three[:i]+`pattern = ["feedforward", "lateral", "feedback"]
default.area = { bias = "connection" }
sharing.sets = { ab = ["A->B", "B->A"], lateral = ["role:lateral@2.."] }
`+three[i:], Overrides{})
	uses := weights(t, e)
	for _, name := range []string{"ab/kernel", "ab/bias", "lateral/kernel", "A->A/kernel"} {
		if uses[name] == 0 {
			t.Errorf("%s has no use among %v", name, uses)
		}
	}
	for _, name := range []string{"A->B/kernel", "B->A/kernel"} {
		if uses[name] != 0 {
			t.Errorf("%s is a variable of its own", name)
		}
	}
	biases := 0
	for name := range uses {
		if strings.HasPrefix(name, "ab/") && name != "ab/kernel" {
			biases++
		}
	}
	if biases != 2 {
		t.Errorf("set ab has %d biases, want one for each direction: %v", biases, uses)
	}
}

// TestResolvedProgram: the resolved file of every built-in experiment means the
// same training program, instruction by instruction.
func TestResolvedProgram(t *testing.T) {
	for _, b := range Builtins() {
		t.Run(b.Name, func(t *testing.T) {
			e := read(t, b.Text, Overrides{})
			for _, v := range append([]string{""}, e.Variants...) {
				e := read(t, b.Text, Overrides{Variant: v})
				if got, want := program(t, read(t, e.TOML(), Overrides{})), program(t, e); got != want {
					t.Errorf("variant %q: the programs differ", v)
				}
				if testing.Short() {
					break
				}
			}
		})
	}
}

func program(t *testing.T, e *Experiment) string {
	t.Helper()
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	p, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: e.Train.Rule, Decay: e.Train.Decay, DecayOn: e.Train.DecayOn}, 2, false)
	if err != nil {
		t.Fatal(err)
	}
	return p.String()
}

// TestLayerKeys: every kind of layer takes the keys that it reads and refuses
// the others.
func TestLayerKeys(t *testing.T) {
	values := map[string]string{"kernel": "3", "stride": "1", "channels": "4", "size": "2", "bias": `"present"`, "init": `"he_uniform"`, "norm": `{ kind = "batch" }`}
	for _, kind := range cortex.LayerKinds() {
		for key, value := range values {
			text := three + fmt.Sprintf("pattern = \"adjacent\"\n[readout]\nnet = [{ kind = %q, %s = %s }, \"average\", \"dense\"]\n", kind, key, value)
			text = strings.Replace(text, "readout = { train = \"6..\" }\n", "", 1)
			_, err := Read("x.toml", text, Overrides{})
			refused := err != nil && strings.Contains(err.Error(), fmt.Sprintf("layer %q has no such key", kind))
			if want := !slices.Contains(cortex.LayerKeys(kind), key); refused != want {
				t.Errorf("%s of %s: refused %v, want %v (%v)", key, kind, refused, want, err)
			}
		}
	}
}

// A fault that --set makes names it: in place of the file where the file says
// nothing of the key, else behind the message.
func TestFaultOfSet(t *testing.T) {
	for _, c := range []struct {
		set  []string
		want string
	}{
		{[]string{"trian.epochs=2"}, `--set trian.epochs=2: trian: unknown key; did you mean "train"?`},
		{[]string{`connection."A->D".delay=1`}, `--set connection."A->D".delay=1: connection."A->D": `},
		{[]string{"seed=3", "steps=2", "train.batch=8"}, `; the file is right without --set steps=2`},
		{[]string{`areas=["A", "B"]`}, `; the file is right without --set areas=["A", "B"]`},
	} {
		_, err := Read("x.toml", three+"pattern = [\"feedforward\"]\n", Overrides{Set: c.set})
		if err == nil || !strings.HasPrefix(err.Error(), c.want) && !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.set, err, c.want)
		}
	}
	_, err := Read("x.toml", three+"pattern = [\"feedforward\"]\n[train]\nepoch = 2\n", Overrides{Set: []string{"seed=3"}})
	if err == nil || strings.Contains(err.Error(), "--set") {
		t.Errorf("a fault of the file itself: got %v", err)
	}
}

// TestPorts reads the key ports and writes it where it is given.
func TestPorts(t *testing.T) {
	file := func(extra string) string {
		return `format = 2
steps = 3
areas = ["V1", "V2"]
pattern = ["feedforward", "feedback"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { steps = "0.." }
area.V1 = { shape = [32, 32, 2] }
area.V2 = { shape = [16, 16, 2] }
` + extra
	}
	e, err := Read("x.toml", file("role.feedback.ports = [\"gain\"]\n[connection.\"V1->V2\"]\nports = [\"drive\", \"gain\"]"), Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range list {
		if strings.HasPrefix(w.Name, "V1->V2") {
			names = append(names, w.Name)
		}
	}
	if want := []string{"V1->V2/drive/kernel", "V1->V2/gain/kernel"}; !slices.Equal(names, want) {
		t.Errorf("got weights %v, want %v", names, want)
	}
	text := e.TOML()
	for _, want := range []string{"ports = [\"drive\", \"gain\"]\n", "ports = [\"gain\"]\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the resolved text has %q %d times, want once", want, strings.Count(text, want))
		}
	}
	again, err := Read("x.toml", text, Overrides{})
	if err != nil || again.TOML() != text {
		t.Errorf("the resolved text is read as another experiment: %v", err)
	}
	e, err = Read("x.toml", file("[connection.\"V1->V2\"]\nports = [\"drive\",\n  \"reset\"]"), Overrides{})
	if err == nil {
		_, err = e.Graph()
	}
	if want := `x.toml:10:`; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `found port "reset", area V2 of kind rate has drive, gain`) {
		t.Errorf("an unknown port: got %v", err)
	}
}
