package independent

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A drawer draws experiment files.
type drawer struct {
	*rand.Rand
	names    []string
	sides    []int // of each area
	channels []int
	steps    int
	head     table // what fill does not draw
}

// chance is true with probability p.
func (d drawer) chance(p float64) bool { return d.Float64() < p }

func choose[T any](d drawer, list ...T) T { return list[d.IntN(len(list))] }

// drawFile returns a file and the variant under which it is read, "" for none.
// Of files that are to be refused it leaves few.
func drawFile(seed uint64) (file table, variant string) {
	for attempt := uint64(1); ; attempt++ {
		d := drawer{Rand: rand.New(rand.NewPCG(seed, attempt))}
		file, variant = d.draw()
		if _, err := resolve(file, variant); err == nil || d.chance(0.2) {
			return file, variant
		}
	}
}

func (d drawer) draw() (file table, variant string) {
	d.steps = 1 + d.IntN(8)
	count := choose(d, 1, 2, 2, 3, 3, 4)
	d.names = []string{"V1", "V2", "V4", "IT"}[:count]
	families := [][]int{{8, 4, 2, 1}, {7, 4, 2, 1}, {8, 8, 4, 2}, {8, 4, 4, 4}, {6, 3, 3, 1}, {9, 5, 3, 1}, {4, 8, 2, 4}, {1, 2, 4, 8}}
	d.sides = families[d.IntN(len(families))][:count]
	if d.chance(0.5) {
		d.sides = families[0][:count]
	}
	for range d.names {
		d.channels = append(d.channels, 1+d.IntN(4))
	}
	if d.chance(0.3) { // kernels of one shape
		for i := range d.channels {
			d.channels[i] = d.channels[0]
		}
	}
	f := table{"format": 2, "steps": d.steps, "areas": anys(d.names)}
	size := d.sides[0]
	for size < 8 || size < 16 && d.chance(0.15) {
		size *= 2
	}
	f["stimuli"] = table{"kind": "digits", "size": size, "canvas": 16 * size, "fragment_min": 2, "fragment_max": 3, "train": 16, "validation": 4, "test": 4}
	f["train"] = table{"batch": 3, "epochs": 1}
	if d.chance(0.1) {
		f.at("train")["recompute"] = 1 + d.IntN(3)
	}
	for i, name := range d.names {
		f.at("area")[name] = table{"shape": []any{d.sides[i], d.sides[i], d.channels[i]}}
	}
	d.head = f.clone()
	d.fill(f)
	if d.chance(0.3) {
		variant = choose(d, "control", "other")
		d.variant(f, variant)
	}
	if d.chance(0.95) {
		d.repair(f, variant)
	}
	return f, variant
}

// fill draws everything but the head, shapes and images.
func (d drawer) fill(f table) {
	d.areas(f)
	d.norms(f)
	d.kinds(f)
	d.roles(f)
	if d.chance(0.3) {
		d.matrix(f)
	} else {
		d.pattern(f)
	}
	d.connections(f)
	d.without(f)
	d.shares(f)
	d.input(f)
	d.readout(f)
}

// variant enters a variant, which takes some tables from another file.
func (d drawer) variant(f table, name string) {
	other := table{}
	d.fill(other)
	v := f.at("variant").at(name)
	for _, k := range []string{"default", "role", "connection", "sharing", "readout", "input", "without", "kind", "pattern", "area"} {
		if other[k] == nil || !d.chance(0.2) {
			continue
		}
		if k == "pattern" && f["matrix"] != nil && d.chance(0.9) {
			continue
		}
		if v[k] = other[k]; k == "input" && other["protocol"] != nil {
			f.at("protocol").replace(other.sub("protocol"))
		}
	}
	if d.chance(0.2) {
		v["steps"] = max(d.steps-1, 1)
	}
	if d.chance(0.3) {
		v.at("area").at(d.names[0])["lambda"] = 0.5
	}
	f.at("variant")["idle"] = table{"steps": 3}
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
		if d.chance(0.3) {
			t["order"] = choose(d, []any{"norm"}, []any{"relu"}, []any{}, []any{"norm", "tanh"}, []any{"elu", "norm"}, []any{"softplus", "norm"}, []any{"norm", "sigmoid"})
		}
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
		kind := kind
		if d.chance(0.2) {
			kind = choose(d, "rate", "sum")
			f.at("area").at(name)["kind"] = kind
		}
		for k, v := range d.dynamics(kind) {
			f.at("area").at(name)[k] = v
		}
		if d.chance(0.3) {
			f.at("area").at(name)["norm"] = d.anyNorm()
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
	if d.chance(0.35) {
		t["untrained"] = choose(d, "last", "last", "reestimate", "error")
	}
	if d.chance(0.2) {
		t["divisor"] = choose(d, "biased", "unbiased")
	}
	return t
}

// anyNorm returns a norm, or now and then the name of its kind.
func (d drawer) anyNorm() any {
	if d.chance(0.1) {
		return choose(d, "none", "batch")
	}
	return d.norm()
}

func (d drawer) norms(f table) {
	if d.chance(0.7) {
		f.at("default")["norm"] = d.norm()
	}
}

// repair moves the readout to steps at which it sees the image, if there are
// any, and the tests of a cumulative one behind the first of them.
func (d drawer) repair(f table, variant string) {
	n, _ := read(f, variant)
	if n == nil {
		return
	}
	if variant != "" {
		f = f.sub("variant").sub(variant)
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
	if n.readout.cumulative != "none" && len(n.readout.train) > 0 {
		f.at("readout")["test"] = fmt.Sprintf("%d..", n.readout.train[0])
	}
}

// fileText writes a file, its seed in its first line.
func fileText(seed uint64, f table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# seed %d\n", seed)
	b.WriteString(f.text(rand.New(rand.NewPCG(seed, 2))))
	return b.String()
}
