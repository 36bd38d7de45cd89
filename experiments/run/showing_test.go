package run_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// watched is the tiny cortex under protocols, of which each image has one: with frames
// that are mixed, fresh noise, masks, and images of other classes.
func watched() string {
	text := strings.Replace(tiny, `steps = "0.."`, `protocol = ["noisy", "masked"]`, 1)
	text = strings.Replace(text, `train = "any of 2..3"`, `train = "2..3"`, 1)
	return text + `
[protocol.noisy]
show = [{ for = 2, image = true, noise = { kind = "gaussian", sd = 0.1, fresh = "step" } }, { for = "rest", image = true, contrast = "1.0..0.4", occlude = { kind = "fragments" } }]

[protocol.masked]
soa = [1, 2]
show = [{ for = "soa", image = true, luminance = 0.8 }, { for = "rest", mask = ["tiles", "image"] }]
`
}

// trainUnder carries an experiment out and returns its folder.
func trainUnder(t *testing.T, text string, threads int, set ...string) string {
	t.Helper()
	e, _ := readAll(t, text, spec.Overrides{Set: set})
	dir := filepath.Join(t.TempDir(), "run")
	if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), plainly(threads)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestProtocolResumed trains under protocols with one thread and with three, and stops
// and goes on: the bits are the same.
func TestProtocolResumed(t *testing.T) {
	for name, text := range map[string]string{
		"a mixture": watched(),
		"labels of what is shown": strings.Replace(strings.Replace(watched(), `["noisy", "masked"]`, `"pair"`, 1), `readout = {`, `readout = { labels = "shown", lag = 1, `, 1) + `
[protocol.pair]
show = [{ for = 2, image = true }, { for = "rest", image = 1 }]
`,
	} {
		t.Run(name, func(t *testing.T) {
			whole := trainUnder(t, text, 1)
			sameRun(t, trainUnder(t, text, 3), whole)
			e, _ := readAll(t, text, spec.Overrides{})
			dir := filepath.Join(t.TempDir(), "broken")
			at := func(batch int) func(*stopper, int) bool { return func(_ *stopper, s int) bool { return s == batch } }
			testing := func(s *stopper, _ int) bool { return strings.HasPrefix(s.stage, "testing") }
			for i, when := range []func(*stopper, int) bool{at(2), at(6), testing, nil} {
				ctx, cancel := context.WithCancel(context.Background())
				o := surroundings(1 + i%3)
				if when != nil {
					o.Report = &stopper{when: when, stop: cancel}
				}
				var err error
				if i == 0 {
					err = run.Run(ctx, e, nil, rundir.Folder(dir), o)
				} else {
					err = run.Resume(ctx, rundir.Folder(dir), o)
				}
				cancel()
				if when == nil && err != nil || when != nil && !errors.Is(err, context.Canceled) {
					t.Fatalf("part %d ended with %v", i, err)
				}
			}
			sameRun(t, dir, whole)
		})
	}
}

// trained returns all variables that a run left, by name; what the file says of its
// experiment is not among them.
func trained(t *testing.T, dir string) map[string][]float32 {
	t.Helper()
	v := weightsOf(t, dir)
	m := map[string][]float32{}
	for _, name := range v.Names() {
		tensor, _ := v.Get(name)
		m[name] = tensor.Data
	}
	return m
}

// TestProtocolOfOneImage: a protocol that shows the image alone gives the bits of the
// same steps of the input, and one that shows less of it gives others.
func TestProtocolOfOneImage(t *testing.T) {
	for _, steps := range []string{"0..3", "0..1", "1,3"} {
		plain := trainUnder(t, tiny, 2, `input.steps="`+steps+`"`)
		text := strings.Replace(tiny, `steps = "0.."`, `protocol = "static"`, 1)
		static := trainUnder(t, text+"\n[protocol.static]\nshow = [{ steps = \""+steps+"\", image = true }]\n", 2)
		if !maps.EqualFunc(trained(t, plain), trained(t, static), slices.Equal) {
			t.Errorf("steps %s: weights under a protocol that says the same differ", steps)
		}
		for _, name := range []string{"logits.npz", "recordings/V1.response.npz", "recordings/IT.response.npz", "steps.csv"} {
			if !bytes.Equal(file(t, plain, name), file(t, static, name)) {
				t.Errorf("steps %s: %s under a protocol that says the same differs", steps, name)
			}
		}
		if a, b := metrics(t, plain), metrics(t, static); !slices.Equal(a, b) {
			t.Errorf("steps %s: metrics under a protocol that says the same are\n%s\nwant\n%s", steps, b, a)
		}
		if steps != "0..3" {
			continue
		}
		faint := trainUnder(t, text+"\n[protocol.static]\nshow = [{ steps = \""+steps+"\", image = true, contrast = 0.9 }]\n", 2)
		if maps.EqualFunc(trained(t, plain), trained(t, faint), slices.Equal) {
			t.Errorf("steps %s: contrast changes no weight", steps)
		}
	}
}

// TestProtocolSeed records an area that holds what is on the screen, times one weight:
// while stimuli.seed holds them, trials of another seed of the experiment are the same
// to the rounding of the product, and otherwise they are not.
func TestProtocolSeed(t *testing.T) {
	text := strings.Replace(watched(), `areas = ["V1", "IT"]`, `areas = ["LGN", "V1", "IT"]`, 1)
	text = strings.Replace(text, `input = { to = "V1",`, `input = { to = "LGN", net = [{ kind = "conv", kernel = 1, bias = "absent" }],`, 1)
	text = strings.Replace(text, `area.IT`, "area.LGN = { shape = [8, 8, 1], kind = \"rate\", lambda = 1.0, bias = \"absent\", norm = \"none\", order = [] }\narea.IT", 1)
	text = strings.Replace(text, `area.LGN`, "connection.\"LGN->LGN\" = false\nconnection.\"V1->LGN\" = false\narea.LGN", 1)
	text = strings.Replace(text, `stimuli = {`, `stimuli = { size = 8, canvas = 128, fragment_min = 2, fragment_max = 3,`, 1)
	screen := func(set ...string) []float32 {
		t.Helper()
		dir := trainUnder(t, text, 2, append(set, "train.epochs=1")...)
		b := file(t, dir, "recordings/LGN.response.npz")
		r, err := recording.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		x := make([]float32, r.Images()*r.PerImage())
		if err := r.Read(0, r.Images(), x); err != nil {
			t.Fatal(err)
		}
		weight := trained(t, dir)["input/conv/kernel"]
		if len(weight) != 1 {
			t.Fatalf("the input has the weights %v, want one", weight)
		}
		for i := range x {
			x[i] /= weight[0]
		}
		return x
	}
	one := screen("seed=1", "stimuli.seed=1")
	for _, c := range []struct {
		set  []string
		same bool
	}{{[]string{"seed=2", "stimuli.seed=1"}, true}, {[]string{"seed=1", "stimuli.seed=2"}, false}, {[]string{"seed=2"}, false}} {
		other, worst := screen(c.set...), 0.0
		for i, v := range one {
			worst = max(worst, math.Abs(float64(v-other[i])))
		}
		if same := len(one) == len(other) && worst < 1e-5; same != c.same { // of values up to 5
			t.Errorf("%v: what is on the screen differs by %g from that of seed 1", c.set, worst)
		}
	}
}
