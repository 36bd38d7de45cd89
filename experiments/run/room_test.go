package run_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// roomy is a cortex of so many steps of two areas in a loop.
func roomy(steps, side, channels int, more string) string {
	return fmt.Sprintf(`format = 2
steps = %d
areas = ["V1", "V2"]
pattern = ["feedforward", "lateral", "feedback"]
stimuli = { kind = "digits", size = %d, train = 64, validation = 16, test = 16 }
input = { to = "V1", steps = "0.." }
area.V1 = { shape = [%d, %d, %d] }
area.V2 = { shape = [%d, %d, %d] }
readout = { from = "V2", train = "1.." }
train = { batch = 16 }
%s`, steps, side, side, side, channels, side, side, channels, more)
}

// What cannot fit is said before any program is made: neither time nor memory
// grows with it, beyond what the steps themselves take.
func TestRoom(t *testing.T) {
	read := func(text string) *spec.Experiment {
		e, err := spec.Read("x.toml", text, spec.Overrides{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	o := run.Options{Engine: cpu.New(cpu.Options{Threads: 1, MemoryLimit: 8 << 30})}
	huge := read(roomy(2000, 128, 64, ""))
	allocated := testing.AllocsPerRun(1, func() {
		err := run.Ready(huge, o)
		if err == nil {
			t.Fatal("two thousand steps of 128×128×64 units are ready in 8 GiB")
		}
		for _, want := range []string{"x.toml:10:", "train.batch: found 16 images in a batch, but the states ", "allowed are 8.0 GiB", "train.recompute = 45 needs less"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("found %q, want %q in it", err, want)
			}
		}
	})
	if most := 200.0 * 2000; allocated > most {
		t.Errorf("%.0f allocations to say that it does not fit, want less than %.0f", allocated, most)
	}
}

// What the states take by arithmetic is never more than what the engine needs:
// nothing that would fit is refused.
func TestRoomIsNeverTooLittle(t *testing.T) {
	held := 0
	for name, more := range map[string]string{
		"plain":        "",
		"no norm":      "default.norm.kind = \"none\"",
		"lrn":          "default.norm.kind = \"lrn\"",
		"relu first":   "default.area.order = [\"relu\", \"norm\"]",
		"no norm word": "default.area.order = [\"relu\"]",
		"leaky":        "default.area.lambda = 0.5",
		"sum":          "default.area.kind = \"sum\"",
		"brc":          "default.area.kind = \"sum\"\nrole.lateral = { kind = \"brc\", plus = \"identity\" }",
		"untied":       "sharing.time = \"untied\"",
		"shape":        "sharing.between = \"shape\"",
		"half":         "precision = \"bfloat16\"",
		"no loops":     "without = [\"role:lateral\", \"role:feedback\"]",
	} {
		for _, set := range [][]string{nil, {"train.recompute=3"}, {"train.batch=1"}} {
			for _, last := range []string{"", `readout.train="9"`} {
				e, err := spec.Read("x.toml", more+"\n"+roomy(10, 16, 8, ""), spec.Overrides{Set: append(set, last)[:len(set)+min(len(last), 1)]})
				if err != nil {
					t.Fatal(name, err)
				}
				g, err := e.Graph()
				if err != nil {
					t.Fatal(name, err)
				}
				p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, false)
				if err != nil {
					t.Fatal(name, err)
				}
				for _, kernel := range []string{"go", "go-bf16"} {
					need, err := cpu.Memory(p, cpu.Options{Threads: 1, Kernel: kernel})
					if err != nil {
						t.Fatal(name, err)
					}
					batch, once := cortex.Held(g)
					if got := int64(e.Train.Batch)*batch + once; got > need {
						t.Errorf("%s, %v, %s: states of %d bytes, the engine needs %d", name, set, kernel, got, need)
					} else if 10*got > need {
						held++
					}
				}
			}
		}
	}
	if held < 72 {
		t.Errorf("in %d cases of 144 the states are a tenth of the memory or more, want half: the bound says little", held)
	}
}

// Two areas between two others hold two states, though the same arrives at both:
// their kernels are two, unless these are shared by shape.
func TestRoomOfBranches(t *testing.T) {
	const text = `format = 2
steps = 4
areas = ["V1", "V2", "V3", "IT"]
pattern = []
stimuli = { kind = "digits", size = 16, train = 64, validation = 16, test = 16 }
input = { to = "V1", steps = "0.." }
area.V1 = { shape = [16, 16, 8] }
area.V2 = { shape = [16, 16, 8] }
area.V3 = { shape = [16, 16, 8] }
area.IT = { shape = [16, 16, 8] }
connection."V1->V2" = { role = "feedforward" }
connection."V1->V3" = { role = "feedforward" }
connection."V2->IT" = { role = "feedforward" }
connection."V3->IT" = { role = "feedforward" }
readout = { from = "IT", train = "3" }
train = { batch = 16 }
`
	const state = 4 * 16 * 16 * 8 // bytes of one image
	for _, c := range []struct {
		between string
		states  int64
	}{{"none", 2}, {"shape", 1}} {
		e, err := spec.Read("x.toml", text, spec.Overrides{Set: []string{"sharing.between=" + c.between}})
		if err != nil {
			t.Fatal(err)
		}
		g, err := e.Graph()
		if err != nil {
			t.Fatal(err)
		}
		p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, false)
		if err != nil {
			t.Fatal(err)
		}
		need, err := cpu.Memory(p, cpu.Options{Threads: 1, Kernel: "go"})
		if err != nil {
			t.Fatal(err)
		}
		batch, once := cortex.Held(g)
		if got, want := batch, c.states*state; got < want {
			t.Errorf("between = %q: the states of an image take %d bytes, want at least %d", c.between, got, want)
		}
		if got := int64(e.Train.Batch)*batch + once; got > need {
			t.Errorf("between = %q: states of %d bytes, the engine needs %d", c.between, got, need)
		}
	}
}
