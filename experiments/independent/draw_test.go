package independent

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A drawer draws experiment files.
type drawer struct {
	*rand.Rand
	names []string
	sides []int // of each area
	steps int
}

// chance is true with probability p.
func (d drawer) chance(p float64) bool { return d.Float64() < p }

func choose[T any](d drawer, list ...T) T { return list[d.IntN(len(list))] }

// drawFile returns a file and the variant under which it is read, "" for none.
func drawFile(seed uint64) (file table, variant string) {
	d := drawer{Rand: rand.New(rand.NewPCG(seed, 1))}
	d.steps = 1 + d.IntN(8)
	count := choose(d, 1, 2, 2, 3, 3, 4)
	d.names = []string{"V1", "V2", "V4", "IT"}[:count]
	families := [][]int{{8, 4, 2, 1}, {7, 4, 2, 1}, {8, 8, 4, 2}, {8, 4, 4, 4}, {6, 3, 3, 1}, {9, 5, 3, 1}, {4, 8, 2, 4}, {1, 2, 4, 8}}
	d.sides = families[d.IntN(len(families))][:count]
	if d.chance(0.5) {
		d.sides = families[0][:count]
	}
	f := table{"format": 1, "steps": d.steps, "areas": anys(d.names)}
	size := d.sides[0]
	for size < 8 {
		size *= 2
	}
	f["stimuli"] = table{"kind": "digits", "size": size, "canvas": 16 * size, "fragment_min": 2, "fragment_max": 3, "train": 16, "validation": 4, "test": 4}
	f["train"] = table{"batch": 3, "epochs": 1}
	for i, name := range d.names {
		f.at("area")[name] = table{"shape": []any{d.sides[i], d.sides[i], 1 + d.IntN(4)}}
	}
	d.areas(f)
	d.norms(f)
	d.connections(f)
	d.shares(f)
	d.input(f)
	d.readout(f)
	if d.chance(0.95) {
		d.repair(f)
	}
	return f, ""
}

func anys(list []string) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}

// dynamics returns some keys of an area.
func (d drawer) dynamics(kind string) table {
	t := table{}
	if d.chance(0.3) {
		t["silent"] = choose(d, "absent", "zero")
	}
	if d.chance(0.5) {
		t["bias"] = choose(d, "connection", "area", "absent")
	}
	f := choose(d, "relu", "relu", "sigmoid", "tanh", "softplus", "elu", "identity")
	if kind == "sum" {
		if d.chance(0.3) {
			t["nonlinearity"] = f
		}
		return t
	}
	if d.chance(0.5) {
		t["lambda"] = choose(d, 1.0, 0.5, 0.3, 0.9)
	}
	switch d.IntN(3) {
	case 0:
		t["order"] = []any{"relu", "norm"}
	case 1:
		t["order"] = []any{"norm", "relu"}
	}
	return t
}

func (d drawer) areas(f table) {
	kind := choose(d, "rate", "sum")
	if d.chance(0.7) {
		t := d.dynamics(kind)
		if kind == "sum" || d.chance(0.5) {
			t["kind"] = kind
		}
		f.at("default")["area"] = t
	} else {
		kind = "rate"
	}
	for _, name := range d.names {
		if !d.chance(0.3) {
			continue
		}
		for k, v := range d.dynamics(kind) {
			f.at("area").at(name)[k] = v
		}
		if d.chance(0.3) {
			f.at("area").at(name)["norm"] = d.norm()
		}
	}
}

// norm returns some keys of a norm.
func (d drawer) norm() table {
	t := table{}
	switch kind := choose(d, "", "", "batch", "none", "lrn"); kind {
	case "none":
		return table{"kind": kind}
	case "lrn":
		t := table{"kind": kind, "radius": d.IntN(3), "alpha": choose(d, 1e-4, 0.1, 0.5), "beta": choose(d, 0.5, 0.75)}
		if d.chance(0.3) {
			t["alpha_divided"] = d.chance(0.5)
		}
		if d.chance(0.3) {
			t["c"] = choose(d, 1.0, 2.0)
		}
		return t
	case "batch":
		t["kind"] = kind
	}
	if d.chance(0.5) {
		t["statistics"] = choose(d, "per_step", "shared", "running")
	}
	if d.chance(0.6) {
		t["affine"] = choose(d, "per_step", "shared", "absent")
	}
	if d.chance(0.3) {
		t["eps"] = choose(d, 1e-3, 1e-5, 0.1)
	}
	if d.chance(0.2) {
		t["momentum"] = choose(d, 0.1, 0.5)
	}
	if d.chance(0.2) {
		t["divisor"] = choose(d, "biased", "unbiased")
	}
	return t
}

func (d drawer) norms(f table) {
	if d.chance(0.7) {
		f.at("default")["norm"] = d.norm()
	}
}

// transform returns a kind of connection between two sides with some of its
// keys.
func (d drawer) transform(from, to int) table {
	list := []string{"conv", "pool_conv", "brc", "brc"}
	if to > from {
		list = []string{"transposed_conv", "resize_conv", "brd", "brd"}
	} else if to == from && d.chance(0.3) {
		list = []string{"transposed_conv", "resize_conv", "brd"}
	}
	if to > from && from*(to/from) != to {
		list = []string{"transposed_conv", "brd"} // a nearest-neighbour enlargement is by a whole factor
	}
	kind := choose(d, list...)
	t := table{"kind": kind}
	if d.chance(0.4) {
		t["kernel"] = 1 + d.IntN(4)
	}
	switch kind {
	case "pool_conv":
		if d.chance(0.5) {
			t["pool"] = choose(d, "max", "mean")
		}
		if d.chance(0.3) {
			t["pool_size"] = choose(d, 0, (from+to-1)/to, (from+to-1)/to+1)
		}
	case "brc", "brd":
		if d.chance(0.5) {
			t["times"] = 1 + d.IntN(3)
		}
		if d.chance(0.3) {
			t["width"] = d.IntN(4)
		}
		if d.chance(0.3) {
			t["stride_at"] = choose(d, "first", "last")
		}
		if d.chance(0.3) {
			t["norm"] = d.norm()
		}
	}
	return t
}

// window returns text that names some slices.
func (d drawer) window() string {
	a := d.IntN(d.steps)
	b := a + d.IntN(d.steps-a)
	return choose(d, fmt.Sprint(a), fmt.Sprintf("%d..%d", a, b), fmt.Sprintf("%d..", a), fmt.Sprintf("..%d", b))
}

// wiring returns some keys that every connection has.
func (d drawer) wiring() table {
	t := table{}
	if d.chance(0.3) {
		t["delay"] = choose(d, 0, 1, 1, 2, 3)
	}
	if d.chance(0.15) {
		t["window"] = d.window()
	}
	if d.chance(0.2) {
		t["state"] = choose(d, "state", "response")
	}
	if d.chance(0.15) {
		t["merge"] = choose(d, "add", "multiply", "multiply")
	}
	if d.chance(0.2) {
		t["gain"] = choose(d, 1.0, 0.5, -2.0, 0.0)
	}
	if d.chance(0.2) {
		t["bias"] = choose(d, "auto", "present", "absent")
	}
	return t
}

func (d drawer) connections(f table) {
	f["pattern"] = []any{"feedforward"}
	for _, p := range []string{"feedback", "lateral", "bypass", "adjacent", "full"} {
		if d.chance(0.3) {
			f["pattern"] = append(f["pattern"].([]any), p)
		}
	}
	if d.steps < len(d.names) || d.chance(0.2) {
		f.at("role")["feedforward"] = table{"delay": 0}
	}
	for range d.IntN(4) {
		i, j := d.IntN(len(d.names)), d.IntN(len(d.names))
		if i > j && d.chance(0.5) {
			i, j = j, i
		}
		name := d.names[i] + "->" + d.names[j]
		if d.chance(0.3) {
			name += " " + choose(d, "late", "two")
		}
		t := d.wiring()
		if i >= j && t["delay"] == 0 && d.chance(0.9) {
			t["delay"] = 1
		}
		if d.chance(0.7) {
			for k, v := range d.transform(d.sides[i], d.sides[j]) {
				t[k] = v
			}
		}
		f.at("connection")[name] = t
	}
}

func (d drawer) shares(f table) {
	if d.chance(0.5) {
		f.at("sharing")["time"] = choose(d, "tied", "untied", fmt.Sprintf("tied ..%d", d.IntN(d.steps)))
	}
	if d.chance(0.2) {
		f.at("sharing")["between"] = choose(d, "none", "shape")
	}
}

func (d drawer) input(f table) {
	t := table{}
	if d.chance(0.8) {
		t["steps"] = choose(d, "0..", "0..", "0..", "0", d.window())
	}
	if d.chance(0.2) {
		t["delay"] = d.IntN(2)
	}
	if len(t) > 0 {
		f["input"] = t
	}
}

func (d drawer) readout(f table) {
	t := table{}
	last := d.steps - 1
	if d.chance(0.5) {
		t["train"] = choose(d, fmt.Sprint(last), fmt.Sprintf("%d..", max(last-1, 0)), fmt.Sprintf("%d..%d", max(last-2, 0), last))
	}
	if d.chance(0.5) {
		t["test"] = fmt.Sprintf("%d..", max(last-d.IntN(4), 0))
	}
	if d.chance(0.3) {
		t["over"] = choose(d, "sum", "mean")
	}
	if d.chance(0.3) {
		t["loss"] = choose(d, "softmax", "sigmoid")
	}
	if d.chance(0.2) {
		t["cumulative"] = choose(d, "none", "mean", "mean", "sum", "sum")
	}
	if len(t) > 0 {
		f["readout"] = t
	}
}

// repair moves the readout to slices at which it sees the image, if there are
// any, and the tests of a cumulative one behind the first of them.
func (d drawer) repair(f table) {
	n, _ := resolve(f, "")
	if n == nil {
		return
	}
	k := newClock(n)
	var seen []int
	for t := range k.informed {
		if k.informed[t][n.readout.from] {
			seen = append(seen, t)
		}
	}
	for _, t := range n.readout.train {
		if len(seen) > 0 && !k.informed[t][n.readout.from] {
			train := seen[d.IntN(len(seen))]
			f.at("readout")["train"] = fmt.Sprint(train)
			n.readout.train = []int{train}
			delete(f.sub("readout"), "weights")
			break
		}
	}
	if n.readout.cumulative != "none" {
		f.sub("readout")["test"] = fmt.Sprintf("%d..", n.readout.train[0])
	}
}

// fileText writes a file, its seed in its first line.
func fileText(seed uint64, f table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# seed %d\n", seed)
	b.WriteString(f.text(rand.New(rand.NewPCG(seed, 2))))
	return b.String()
}
