package check_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/run/check"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// hand is a cortex whose onsets and receptive fields a sheet of paper gives.
//
//	V1 16×16, one unit every 2 pixels: 5 pixels of the input's kernel at step 0,
//	   and 2·2 more with each lateral step: 5+4t
//	V2 8×8, every 4 pixels, at step 2 by a delay of 2: V1 of two steps before,
//	   and 2·2 for the kernel of 3: 5+4(t-2)+4
//	IT 8×8, the same grid, at step 3: V2 of the step before and 2·4 more; from
//	   step 5 on also itself with 2·4 more: 17 at step 3, then 21, 29, 37
//	top is never reached
const hand = `format = 2
steps = 7
areas = ["V1", "V2", "IT", "top"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "V1", steps = "0..", net = [{ kind = "conv", kernel = 5 }] }
area.V1 = { shape = [16, 16, 4] }
area.V2 = { shape = [8, 8, 6] }
area.IT = { shape = [8, 8, 8] }
area.top = { shape = [8, 8, 2] }
default.norm = { kind = "none" }
connection."V1->V1" = {}
connection."V1->V2" = { delay = 2 }
connection."V2->IT" = {}
connection."IT->IT" = { window = "5.." }
connection."IT->V1" = { kind = "resize_conv", delay = 4 }
connection."IT->top" = { delay = 4 }
readout = { from = "IT", train = "6" }
train = { batch = 16, epochs = 3 }
`

func checked(t *testing.T, text string) *check.Check {
	t.Helper()
	e, err := spec.Read("hand.toml", text, spec.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := check.New(e, check.Options{Options: plainly(), Memory: func(p *nn.Program) (int64, error) {
		plan, err := cpu.NewPlan(p, cpu.Options{Threads: 1})
		if err != nil {
			return 0, err
		}
		return plan.Bytes(), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCheckByHand(t *testing.T) {
	c := checked(t, hand)
	fields := map[string][]int{
		"V1":  {5, 9, 13, 17, 21, 25, 29},
		"V2":  {0, 0, 9, 13, 17, 21, 25},
		"IT":  {0, 0, 0, 17, 21, 29, 37},
		"top": {0, 0, 0, 0, 0, 0, 0},
	}
	onsets := map[string]int{"V1": 0, "V2": 2, "IT": 3, "top": -1}
	for _, a := range c.Areas {
		var got []int
		for _, f := range a.Fields {
			if f[0] != f[1] {
				t.Errorf("%s: receptive field %v is not square", a.Name, f)
			}
			got = append(got, f[0])
		}
		if !slices.Equal(got, fields[a.Name]) {
			t.Errorf("%s: receptive fields %v, want %v", a.Name, got, fields[a.Name])
		}
		if a.Onset != onsets[a.Name] {
			t.Errorf("%s: onset %d, want %d", a.Name, a.Onset, onsets[a.Name])
		}
	}
	// First step of delivery, and how many transitions the loss at 6 needs. IT@6
	// reads V2@5 and IT@5, which reads V2@4 and IT@4, which reads V2@3 alone, as
	// IT->IT begins at 5; V2@3..5 read V1@1..3, and V1@3 goes back to V1@0. IT->V1
	// and IT->top would first arrive at 7.
	want := map[string][2]int{"V1->V1": {1, 3}, "V1->V2": {2, 3}, "V2->IT": {3, 3}, "IT->IT": {5, 2}, "IT->V1": {-1, 0}, "IT->top": {-1, 0}}
	for _, x := range c.Connections {
		if got := [2]int{x.First, x.Trained}; got != want[x.Name] {
			t.Errorf("%s: first use and live transitions %v, want %v", x.Name, got, want[x.Name])
		}
	}
	// Kernels and one bias for each area: input 5·5·1·4, V1->V1 3·3·4·4, V1->V2
	// 3·3·4·6, V2->IT 3·3·6·8, IT->IT 3·3·8·8, biases 4+6+8, readout 8·10+10.
	if want := 100 + 144 + 216 + 432 + 576 + 18 + 90; c.Parameters != want {
		t.Errorf("%d parameters, want %d", c.Parameters, want)
	}
	if want := 3 + 3 + 3 + 2; c.Transitions != want {
		t.Errorf("%d live transitions, want %d", c.Transitions, want)
	}
	// The longest path: the input, V1->V1 thrice, V1->V2, V2->IT and the dense
	// layer; or the input, V1->V1 once, V1->V2, V2->IT, IT->IT twice and dense.
	if c.Longest != 7 {
		t.Errorf("longest path %d, want 7", c.Longest)
	}
	if c.Batches != 4 || c.Updates != 12 {
		t.Errorf("%d batches an epoch, %d updates; want 4 and 12", c.Batches, c.Updates)
	}
	for _, want := range []string{
		"the image never reaches top within steps 0..6",
		"IT->V1 never delivers anything within steps 0..6: its source has no state early enough",
	} {
		if !slices.Contains(c.Warnings, want) {
			t.Errorf("warnings %q lack %q", c.Warnings, want)
		}
	}
	if c.MemoryBytes < 30<<20 || c.MemoryBytes > 60<<20 {
		t.Errorf("memory of %d bytes", c.MemoryBytes)
	}
}

// TestTooFewSteps: a connection that arrives too late is named, with where.
func TestTooFewSteps(t *testing.T) {
	text := strings.Replace(hand, "steps = 7", "steps = 9", 1)
	c := checked(t, text)
	want := "IT->V1 first arrives at V1@7; nothing it changes reaches a readout. It has no weights; more steps, a smaller delay or a later readout would make it act"
	if !slices.Contains(c.Warnings, want) {
		t.Errorf("warnings %q lack %q", c.Warnings, want)
	}
	// V1@7 reaches IT@10: with 11 steps and that readout it acts.
	c = checked(t, strings.Replace(strings.Replace(hand, "steps = 7", "steps = 11", 1), `train = "6"`, `train = "10"`, 1))
	for _, w := range c.Warnings {
		if strings.HasPrefix(w, "IT->V1") {
			t.Errorf("with enough steps: %q", w)
		}
	}
}

// TestCheckJSON holds the names that other programs read.
func TestCheckJSON(t *testing.T) {
	b, err := json.Marshal(checked(t, hand))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ at, want string }{
		{"", "areas batches_an_epoch changes connections format images_read instructions longest_path memory_bytes multiply_adds name parameters recorded_bytes reestimated screen sets steps test_steps train_steps training_multiply_adds transitions updates warnings"},
		{"areas", "kind name onset receptive_fields shape"},
		{"changes", "first_answer onsets shown step"},
		{"connections", "delay first_influence first_of_image first_use kind live_transitions name role time window"},
		{"sets", "name parameters uses variables"},
	} {
		var top map[string]json.RawMessage
		if err := json.Unmarshal(b, &top); err != nil {
			t.Fatal(err)
		}
		keys := top
		if x.at != "" {
			var list []map[string]json.RawMessage
			if err := json.Unmarshal(top[x.at], &list); err != nil || len(list) == 0 {
				t.Fatalf("%s: %v", x.at, err)
			}
			keys = list[0]
		}
		var names []string
		for k := range keys {
			names = append(names, k)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != x.want {
			t.Errorf("%q has keys\n%s\nwant\n%s", x.at, got, x.want)
		}
	}
}

// TestPrecedence: of one key, a connection's own value comes before that of the
// kind it names, that before its role's, and that before the default.
func TestPrecedence(t *testing.T) {
	const base = `format = 2
steps = 4
areas = ["A", "B"]
pattern = ["feedforward", "lateral"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
area.A = { shape = [8, 8, 4] }
area.B = { shape = [8, 8, 4] }
default.norm = { kind = "none" }
`
	for _, c := range []struct {
		name, text string
		want       string // kind, kernel and delay of A->B
	}{
		{"default", "", "conv 3 1"},
		{"role", "role.feedforward = { kernel = 5, delay = 2 }", "conv 5 2"},
		{"role with a kind", `role.feedforward = { kind = "pool_conv", kernel = 5, delay = 2 }`, "pool_conv 5 2"},
		{"role with a named kind", "kind.k = { kind = \"pool_conv\", kernel = 7 }\nrole.feedforward = { kind = \"k\", delay = 2 }", "pool_conv 7 2"},
		{"role over its named kind", "kind.k = { kind = \"pool_conv\", kernel = 7, delay = 3 }\nrole.feedforward = { kind = \"k\", kernel = 9 }", "pool_conv 9 3"},
		{"kind over role", "kind.k = { kind = \"conv\", kernel = 7, delay = 3 }\nrole.feedforward = { delay = 2, kernel = 5 }\nconnection.\"A->B\" = { kind = \"k\" }", "conv 7 3"},
		{"another kind takes the role's keys", "role.feedforward = { kind = \"pool_conv\", delay = 2, kernel = 5 }\nconnection.\"A->B\" = { kind = \"conv\" }", "conv 5 2"},
		{"own over all", "kind.k = { kind = \"conv\", kernel = 7, delay = 3 }\nrole.feedforward = { delay = 2, kernel = 5 }\nconnection.\"A->B\" = { kind = \"k\", kernel = 1, delay = 0 }", "conv 1 0"},
		{"of another role", "role.lateral = { kernel = 5 }", "conv 3 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := spec.Read("x.toml", base+c.text+"\n", spec.Overrides{})
			if err != nil {
				t.Fatal(err)
			}
			x := e.Matrix.Find("A->B")
			kernel := reflect.ValueOf(x.Transform).Elem().FieldByName("Kernel").Int()
			if got := fmt.Sprint(x.Transform.Kind(), " ", kernel, " ", x.Delay); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// plainly are options of the default engine with one thread.
func plainly() run.Options {
	e := cpu.New(cpu.Options{Threads: 1})
	return run.Options{Engine: e, Kernel: e.KernelName(), Threads: e.Threads(), Command: []string{"test"}}
}
