package spec

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"ventral/experiments/decode"
)

// author writes random experiments that people could write; some of them have
// faults.
type author struct {
	*rand.Rand
	b strings.Builder
}

func (a *author) line(format string, args ...any) { fmt.Fprintf(&a.b, format+"\n", args...) }

func (a *author) pick(words ...string) string { return words[a.IntN(len(words))] }

func (a *author) often() bool { return a.IntN(3) > 0 }
func (a *author) maybe() bool { return a.IntN(3) == 0 }

// write writes a file of up to four areas.
func (a *author) write() string {
	names := []string{"V1", "V2", "V4", "IT"}[:1+a.IntN(4)]
	steps := len(names) + 1 + a.IntN(6)
	a.line("format = 2\nsteps = %d\nareas = [\"%s\"]", steps, strings.Join(names, `", "`))
	matrix := a.maybe()
	if !matrix {
		a.line("pattern = [\"feedforward\"%s]", a.pick("", `, "lateral"`, `, "feedback"`, `, "lateral", "bypass"`, `, "full"`))
	}
	a.line("stimuli = { kind = \"digits\", task = %q, train = 64, validation = 16, test = 16 }", a.pick("debris", "clutter"))
	a.line("input = { to = \"V1\", steps = %q, delay = %d }", a.pick("0", "0..", "0..1"), a.IntN(2))
	a.line("[default.area]\nkind = %q\nsilent = %q", a.pick("rate", "sum"), a.pick("absent", "zero"))
	a.line("bias = %q", a.pick("area", "connection", "absent"))
	a.line("[default.norm]\nkind = %q\nuntrained = \"reestimate\"", a.pick("none", "batch", "lrn"))
	size := 16
	for _, n := range names {
		a.line("[area.%s]\nshape = [%d, %d, %d]", n, size, size, 2+a.IntN(3))
		if a.often() {
			size = max(size/2, 2)
		}
	}
	a.line("[kind.own]\nkind = %q\nkernel = %d", a.pick("conv", "brc"), 1+2*a.IntN(3))
	if a.maybe() {
		a.line("plus = \"identity\"")
	}
	if a.often() {
		a.line("[role.lateral]\ndelay = %d\nkind = %q", 1+a.IntN(2), a.pick("conv", "own", "brc"))
	}
	if a.often() {
		a.line("[role.feedback]\ndelay = %d\nkind = %q\nmerge = %q", 1+a.IntN(3), a.pick("transposed_conv", "resize_conv", "brd"), a.pick("add", "multiply"))
	}
	if a.maybe() {
		a.line("[role.feedforward]\ndelay = %d\nkind = %q", a.IntN(2), a.pick("conv", "pool_conv", "own"))
	}
	window := func() string {
		from := a.IntN(steps)
		return a.pick(fmt.Sprint(from), fmt.Sprintf("%d..", from), fmt.Sprintf("%d..%d", from, from+a.IntN(steps-from)))
	}
	if matrix {
		a.rows("matrix", names, names)
		if a.often() {
			a.rows(fmt.Sprintf("matrix.%q", window()), names, names[:1+a.IntN(len(names))])
		}
	}
	if a.maybe() && len(names) > 1 {
		a.line("[connection.\"V1->%s late\"]\nkind = \"conv\"\nwindow = %q\ngain = %v", names[1], window(), a.Float64())
	}
	a.line("[sharing]\ntime = %q\nbetween = %q", a.pick("tied", "untied", "tied ..2"), a.pick("none", "none", "shape"))
	if a.maybe() {
		a.line("sets = { s = [%q] }", a.pick("role:lateral", "V1->V1", "role:feedforward@2..", "area:V1"))
	}
	a.line("[readout]\nfrom = %q\ntrain = %q", names[len(names)-1], a.pick(fmt.Sprint(steps-1), fmt.Sprintf("%d..", steps-2), fmt.Sprintf("any of %d..%d", steps-2, steps-1)))
	if a.maybe() {
		a.line("test = \"%d..\"", steps-2)
	}
	a.line("net = [%s\"average\", \"dense\"]", a.pick("", `"batch_affine", "relu", `, `{ kind = "conv", channels = 3, bias = "absent" }, `))
	a.line("loss = \"sigmoid\"")
	a.line("[train]\noptimiser = %q\nbatch = 8\nrate = %v\nweight_decay = %v", a.pick("sgd", "adam", "adamw"), a.Float64(), a.Float64()*1e-4)
	return a.b.String()
}

// rows writes a matrix.
func (a *author) rows(table string, from, to []string) {
	a.line("[%s]\nto = [\"%s\"]", table, strings.Join(to, `", "`))
	for i, f := range from {
		var cells []string
		for j := range to {
			switch cell := ""; {
			case j < i:
				cells = append(cells, `"`+a.pick("", "", "brd", "transposed_conv")+`"`)
			case j == i:
				cell = a.pick("", "conv", "conv+identity", "own")
				fallthrough
			default:
				if j > i {
					cell = a.pick("", "conv", "pool_conv", "own", "conv+pool_conv")
				}
				cells = append(cells, `"`+cell+`"`)
			}
		}
		a.line("%s = [%s]", f, strings.Join(cells, ", "))
	}
}

// TestRandom reads random experiments: each is a fault with a place, or means
// the same when it is written out and read again. CORTEX_SEED=N draws others, and
// CORTEX_SEED=random any.
func TestRandom(t *testing.T) {
	seed := uint64(1)
	if text := os.Getenv("CORTEX_SEED"); text == "random" {
		seed = rand.Uint64()
		t.Logf("CORTEX_SEED=%d", seed)
	} else if text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CORTEX_SEED: found %q, want a whole number or \"random\"", text)
		}
	}
	accepted := 0
	const n = 300
	for i := range n {
		a := &author{Rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		text := a.write()
		e, err := Read("x.toml", text, Overrides{})
		if err != nil {
			var f *decode.Fault
			if !errors.As(err, &f) || f.Line < 1 || f.Line == 1 && f.Key != "" {
				t.Fatalf("experiment %d: %v has no place\n%s", i, err, text)
			}
			continue
		}
		accepted++
		resolved := e.TOML()
		again, err := Read("x.toml", resolved, Overrides{})
		if err != nil {
			t.Fatalf("experiment %d: the resolved file is refused: %v\n%s\n%s", i, err, text, resolved)
		}
		if got := again.TOML(); got != resolved {
			t.Fatalf("experiment %d: the resolved file reads back differently:\n%s\n%s", i, decode.DifferencesOf(resolved, got), text)
		}
		if program(t, again) != program(t, e) {
			t.Fatalf("experiment %d: the resolved file means another program\n%s\n%s", i, text, resolved)
		}
	}
	if accepted < n/10 {
		t.Errorf("%d of %d random experiments were accepted", accepted, n)
	}
	t.Logf("%d of %d were accepted", accepted, n)
}
