package independent

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A network is what a file means: every default filled in, every connection
// listed.
type network struct {
	steps   int
	image   [3]int
	classes int
	areas   []area
	links   []link
	sharing sharing
	input   input
	readout readout
}

type area struct {
	name      string
	h, w, c   int
	kind      string // rate, sum
	silent    string
	bias      string
	lambda    float64
	normFirst bool
	function  string
	norm      norm
}

type norm struct {
	kind, statistics, affine string
	eps, momentum            float64
	divisor, untrained       string
	radius                   int
	alpha, beta, c           float64
	divided                  bool
}

// A link is a connection. Pieces of a connection that a matrix blocks for some
// steps are one link.
type link struct {
	name       string
	from, to   int
	role       string
	time       string   // rule
	misfit     error    // why its shapes do not fit
	ofRole     []string // keys of its role, where the kind follows from the shapes
	ownerRole  string   // of the connection whose shortcut it is
	untiedFrom int      // first step with weights of its own
	delay      int
	steps      []bool // at which signals arrive
	reads      string
	ports      []string // of the target that it drives: drive, gain
	gain       float64
	bias       string
	kind       string // one of the seven
	kernel     int
	times      int
	width      int
	strideAt   string
	pool       string
	poolSize   int
	norm       norm
}

type sharing struct {
	untiedFrom int // first step with weights of its own, a large number for none
	shape      bool
	sets       []set
}

type set struct {
	name    string
	members []selector
}

type input struct {
	to     []int
	screen screen
	delay  int
	net    []layer
	// fitted are the layers on their way to each area, with stride and channels;
	// last is the last convolution.
	fitted map[int][]layer
	last   int
}

type layer struct {
	kind     string
	kernel   int
	stride   int
	channels int
	size     int
	bias     string
	norm     norm
}

type readout struct {
	from       int
	reads      string
	net        []layer
	loss       string
	train      []int
	any        bool
	test       []int
	mean       bool
	weights    []float64
	cumulative string
	labels     string
	lag        int
	answers    []int // which labels each step is judged by, nil where one set of them
}

// refused is the error of a file that the program must refuse.
type refused struct {
	key  string // a part of the faulty key, "" where the model does not name it
	text string
}

func (r refused) Error() string { return r.text }

func refuse(format string, args ...any) error { return refuseAt("", format, args...) }

func refuseAt(key, format string, args ...any) error {
	return refused{key, fmt.Sprintf(format, args...)}
}

// resolve reads a file, with the keys of a variant in place where it has a
// name, and refuses what makes no sense as a whole.
func resolve(file table, variant string) (*network, error) {
	n, err := read(file, variant)
	if err != nil {
		return nil, err
	}
	if err := n.judge(); err != nil {
		return n, err
	}
	return n, n.check()
}

// read reads a file table by table.
func read(file table, variant string) (*network, error) {
	f := file.clone()
	own := file.sub("variant").sub(variant)
	f.replace(own)
	size := chain{f.sub("stimuli")}.whole("size", 32)
	n := &network{steps: f["steps"].(int), image: [3]int{size, size, 1}, classes: 10}
	for _, part := range []func(table) error{n.readAreas, func(f table) error { return n.readLinks(f, own) }, n.readSharing, func(f table) error { return n.readInput(f, own) }, n.readReadout} {
		if err := part(f); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (n *network) area(name string) int {
	return slices.IndexFunc(n.areas, func(a area) bool { return a.name == name })
}

func (n *network) readAreas(f table) error {
	defaults := f.sub("default")
	for _, name := range texts(f["areas"]) {
		own := f.sub("area").sub(name)
		c := chain{own, defaults.sub("area")}
		shape := own["shape"].([]any)
		a := area{name: name, h: shape[0].(int), w: shape[1].(int), c: shape[2].(int), kind: c.text("kind", "rate"),
			silent: c.text("silent", "absent"), lambda: c.number("lambda", 1), normFirst: true, function: "relu"}
		a.bias = c.text("bias", map[string]string{"rate": "area", "sum": "connection"}[a.kind])
		a.norm = readNorm(append(c.tables("norm"), defaults.sub("norm")))
		strict := chain{own, defaults.sub("area")}
		if own["kind"] != nil && own["kind"] != defaults.sub("area")["kind"] {
			strict = strict[:1]
		}
		for _, t := range strict {
			for k := range t {
				if !slices.Contains(areaKeys[a.kind], k) {
					return refuseAt("area."+name, "%s: an area of kind %s has no key %s", name, a.kind, k)
				}
			}
		}
		switch a.kind {
		case "sum":
			a.function = c.text("nonlinearity", "relu")
		case "rate":
			if order, ok := c.find("order").([]any); ok {
				words := texts(order)
				a.normFirst = len(words) > 0 && words[0] == "norm"
				a.function = "identity"
				for _, word := range words {
					if word != "norm" {
						a.function = word
					}
				}
				if !slices.Contains(words, "norm") {
					a.norm.kind = "none"
				}
			}
		}
		n.areas = append(n.areas, a)
	}
	return nil
}

var areaKeys = map[string][]string{
	"rate": {"shape", "kind", "silent", "bias", "norm", "lambda", "order"},
	"sum":  {"shape", "kind", "silent", "bias", "norm", "nonlinearity"},
}

// readNorm reads a norm from tables, the most particular first; a text is a
// kind alone.
func readNorm(c chain) norm {
	return norm{kind: c.text("kind", "batch"), statistics: c.text("statistics", "per_step"), affine: c.text("affine", "absent"),
		eps: c.number("eps", 1e-5), momentum: c.number("momentum", 0.1), divisor: c.text("divisor", "unbiased"),
		untrained: c.text("untrained", "reestimate"), radius: c.whole("radius", 5), alpha: c.number("alpha", 1e-4),
		beta: c.number("beta", 0.5), c: c.number("c", 1), divided: c.truth("alpha_divided")}
}

// window reads "a", "a..b", "a.." and "..b" into out, which is by step.
func window(text string, out []bool) error {
	from, to, isRange := strings.Cut(text, "..")
	if !isRange {
		to = from
	}
	a, b := 0, len(out)-1
	var err error
	if from != "" {
		if a, err = strconv.Atoi(from); err != nil {
			return err
		}
	}
	if to != "" {
		if b, err = strconv.Atoi(to); err != nil {
			return err
		}
	}
	if b < a && to != "" {
		return refuse("window %s ends before it begins", text)
	}
	for t := a; t <= min(b, len(out)-1); t++ {
		out[t] = true
	}
	return nil
}

func windowOf(text string, steps int) []bool {
	out := make([]bool, steps)
	for part := range strings.SplitSeq(text, ",") {
		if err := window(strings.TrimSpace(part), out); err != nil {
			panic(err)
		}
	}
	return out
}

// existing is windowOf for steps that must be those of the experiment.
func existing(text string, steps int) ([]bool, error) {
	more := windowOf(text, steps+100)
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); strings.HasSuffix(part, "..") {
			first := windowOf(strings.TrimSuffix(part, ".."), steps+100)
			if listed(first)[0] >= steps {
				return nil, refuse("%s begins after the last step", text)
			}
			clear(more[steps:])
		}
	}
	for t := steps; t < len(more); t++ {
		if more[t] {
			return nil, refuse("step %d of %s is not one of %d", t, text, steps)
		}
	}
	return more[:steps], nil
}

func listed(at []bool) []int {
	var out []int
	for t, is := range at {
		if is {
			out = append(out, t)
		}
	}
	return out
}

func (n *network) readReadout(f table) error {
	t := f.sub("readout")
	c := chain{t}
	r := readout{from: len(n.areas) - 1, loss: c.text("loss", "softmax"), mean: c.text("over", "sum") == "mean", cumulative: c.text("cumulative", "none"),
		labels: c.text("labels", "trial"), lag: c.whole("lag", -1)}
	if name, ok := t["from"].(string); ok {
		r.from = n.area(name)
	}
	r.reads = c.text("state", map[string]string{"rate": "response", "sum": "state"}[n.areas[r.from].kind])
	train, drawn := strings.CutPrefix(c.text("train", fmt.Sprint(n.steps-1)), "any of ")
	r.any = drawn
	at, err := existing(train, n.steps)
	if err != nil {
		return err
	}
	r.train = listed(at)
	r.test = r.train
	if test, ok := t["test"].(string); ok {
		if at, err = existing(test, n.steps); err != nil {
			return err
		}
		r.test = listed(at)
	}
	if list, ok := t["weights"].([]any); ok {
		for _, w := range list {
			r.weights = append(r.weights, w.(float64))
		}
		if len(list) > 0 && len(list) != len(r.train) {
			return refuseAt("readout.weights", "readout.weights has %d numbers for %d steps", len(list), len(r.train))
		}
	}
	r.net = readNet(t["net"], []any{"average", "dense"}, f.sub("default").sub("norm"))
	n.readout = r
	return nil
}

func readNet(v any, otherwise []any, defaultNorm table) []layer {
	list, ok := v.([]any)
	if !ok {
		list = otherwise
	}
	var out []layer
	for _, item := range list {
		t, ok := item.(table)
		if !ok {
			t = table{"kind": item}
		}
		c := chain{t}
		l := layer{kind: c.text("kind", ""), kernel: c.whole("kernel", 3), stride: c.whole("stride", 0), channels: c.whole("channels", 0),
			size: c.whole("size", 2), bias: c.text("bias", "auto")}
		preset := table{} // what the layer's name says
		switch l.kind {
		case "batch":
			preset = table{"kind": "batch", "affine": "absent"}
		case "batch_affine":
			preset = table{"kind": "batch", "affine": "shared"}
		case "lrn":
			preset = table{"kind": "lrn"}
		}
		l.norm = readNorm(append(c.tables("norm"), preset, defaultNorm))
		out = append(out, l)
	}
	return out
}

func (n *network) readInput(f, own table) error {
	t := f.sub("input")
	c := chain{t}
	name, err := protocolOf(t, own.sub("input"))
	if err != nil {
		return err
	}
	var seen screen
	if name != "" {
		seen, err = readProtocol(f.sub("protocol"), name, chain{f.sub("readout")}.text("labels", "trial"), n.steps)
	} else {
		var shown []bool
		shown, err = existing(c.text("steps", "0"), n.steps)
		seen = static(shown)
	}
	if err != nil {
		return err
	}
	n.input = input{screen: seen, delay: c.whole("delay", 0),
		net: readNet(t["net"], []any{"conv"}, f.sub("default").sub("norm"))}
	for _, name := range texts(t["to"]) {
		n.input.to = append(n.input.to, n.area(name))
	}
	if n.input.to == nil {
		n.input.to = []int{0}
	}
	n.input.fitted, n.input.last = map[int][]layer{}, -1
	for _, i := range n.input.to {
		if err := n.fit(i); err != nil {
			return err
		}
	}
	return nil
}

// factors says by which whole factor a map shrinks or grows.
func factors(from, to area) (down, up int, err error) {
	for f := 1; f <= max(from.h, to.h, from.w, to.w); f++ {
		if ceilDiv(from.h, f) == to.h && ceilDiv(from.w, f) == to.w {
			return f, 1, nil
		}
	}
	for f := 1; f <= max(from.h, to.h, from.w, to.w); f++ {
		if ceilDiv(to.h, f) == from.h && ceilDiv(to.w, f) == from.w {
			return 1, f, nil
		}
	}
	return 0, 0, refuse("no whole factor leads from %d×%d to %d×%d", from.h, from.w, to.h, to.w)
}
