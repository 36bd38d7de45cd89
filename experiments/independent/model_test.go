package independent

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// A variable is what the model asked for by a name.
type variable struct {
	shape     []int
	trainable bool
	data      []float64
}

// A model computes what a network does with images, each value when it is
// asked for. Variables come into being by that, with values that depend on
// their names and the seed: their set is what the network needs.
type model struct {
	n         *network
	clock     *clock
	seed      uint64
	train     bool // norms take the moments of the batch
	image     stack
	variables map[string]*variable
	places    map[string]place // where the batch's moments were taken, by PLACE@STEP
	states    map[node]stack
	// Where trained is not nil, norms at other places follow their rule for
	// steps that training never reached; known are the variables of training.
	trained, known map[string]bool
	estimates      map[string]place // by PLACE@STEP
	missing        []string         // what no rule provides
}

type node struct{ area, step int }

// A place is where a norm took moments of the batch.
type place struct {
	name           string // of its running statistics
	norm           norm
	count          int // elements of a channel
	mean, variance []float64
}

func newModel(n *network, seed uint64, train bool, image stack) *model {
	return &model{n: n, clock: newClock(n), seed: seed, train: train, image: image,
		variables: map[string]*variable{}, places: map[string]place{}, states: map[node]stack{}}
}

// value returns the variable called name.
func (m *model) value(name string, trainable bool, shape ...int) []float64 {
	if v := m.variables[name]; v != nil {
		if !slices.Equal(v.shape, shape) {
			panic(fmt.Sprintf("the model uses %s as %v and %v", name, v.shape, shape))
		}
		return v.data
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	r := rand.New(rand.NewPCG(m.seed, h.Sum64()))
	count, local := 1, name[strings.LastIndex(name, "/")+1:]
	for _, n := range shape {
		count *= n
	}
	v := &variable{shape: shape, trainable: trainable, data: make([]float64, count)}
	for i := range v.data {
		x := r.NormFloat64()
		switch {
		case local == "kernel":
			x *= 1.2 / math.Sqrt(float64(shape[0]*shape[1]*shape[2]))
		case local == "gain":
			x = 1 + 0.3*x
		case local == "variance":
			x = math.Exp(0.5 * x)
		default:
			x *= 0.3
		}
		v.data[i] = float64(float32(x)) // a value that crosses the program's ports unchanged
	}
	m.variables[name] = v
	return v.data
}

// state returns the state of area i at step t, which must be present.
func (m *model) state(i, t int) stack {
	if s, ok := m.states[node{i, t}]; ok {
		return s
	}
	a := m.n.areas[i]
	sum := newStack(m.image.n, a.h, a.w, a.c)
	if m.n.arrives(i, t) {
		sum = sum.plus(m.preNet(i, t))
	}
	scale := sum.each(func(float64) float64 { return 1 })
	for j := range m.n.links {
		l := &m.n.links[j]
		if l.to != i || !m.clock.delivers(l, t) {
			continue
		}
		for _, port := range l.ports {
			drive := m.drive(l, port, t).scaled(l.gain)
			if port == "gain" {
				scale = scale.times(drive.each(func(v float64) float64 { return 1 + v }))
			} else {
				sum = sum.plus(drive)
			}
		}
	}
	if a.bias == "area" {
		sum = sum.biased(m.value(a.name+m.n.sharing.late(t)+"/bias", true, a.c))
	}
	s := sum.times(scale)
	if a.kind == "rate" && a.lambda < 1 {
		s = s.scaled(a.lambda)
		if t > 0 && m.clock.present[t-1][i] {
			s = s.plus(m.state(i, t-1).scaled(1 - a.lambda))
		}
	}
	m.states[node{i, t}] = s
	return s
}

// everything works out the states of all areas up to a step, and what they need.
func (m *model) everything(last int) {
	for t := 0; t <= last; t++ {
		for i := range m.n.areas {
			if m.clock.present[t][i] {
				m.state(i, t)
			}
		}
	}
}

// signal returns what is read of an area: state, preactivation or response.
func (m *model) signal(i, t int, name string) stack {
	a, s := m.n.areas[i], m.state(i, t)
	f := functions[a.function]
	switch {
	case name != "response":
		return s
	case a.normFirst:
		return m.normalise(a.norm, s, a.name+"/norm", a.name+"/norm", t).each(f)
	}
	return m.normalise(a.norm, s.each(f), a.name+"/norm", a.name+"/norm", t)
}

// drive is what arrives over l at a port at step t, before its gain.
func (m *model) drive(l *link, port string, t int) stack {
	a, b := m.n.areas[l.from], m.n.areas[l.to]
	x := m.signal(l.from, t-l.delay, l.reads)
	down, up, _ := factors(a, b)
	biased := l.bias == "present" || l.bias == "auto" && b.bias == "connection"
	weights := func(member, kernelOf string, forward bool, shape ...int) (kernel, bias []float64) {
		channels := shape[3]
		if !forward {
			channels = shape[2]
		}
		kernel = m.value(m.weightName(l, port, t, kernelOf, "kernel", shape, channels), true, shape...)
		if biased {
			local := "bias"
			if !forward && m.inSet(l, t) {
				local = "transposed bias"
			}
			bias = m.value(m.weightName(l, port, t, member, local, shape, channels), true, channels)
		} else {
			bias = make([]float64, channels)
		}
		return kernel, bias
	}
	k := l.kernel
	switch l.kind {
	case "identity":
		return x
	case "conv":
		kernel, bias := weights("", "", true, k, k, a.c, b.c)
		return convolve(x, kernel, k, b.c, down).biased(bias)
	case "transposed_conv":
		kernel, bias := weights("", "", false, k, k, b.c, a.c)
		return transpose(x, kernel, k, b.c, up, b.h, b.w).biased(bias)
	case "pool_conv":
		size := l.poolSize
		if size == 0 {
			size = down
		}
		if size > 1 {
			x = pool(x, l.pool, size, down)
		}
		kernel, bias := weights("", "", true, k, k, a.c, b.c)
		return convolve(x, kernel, k, b.c, 1).biased(bias)
	case "resize_conv":
		kernel, bias := weights("", "", true, k, k, a.c, b.c)
		return convolve(enlarge(x, up), kernel, k, b.c, 1).biased(bias)
	}
	for member := 1; member <= l.times; member++ {
		local := fmt.Sprint(member)
		switch {
		case member > 1:
			p := l.name + "/" + l.within(port) + local + "/norm"
			x = m.normalise(l.norm, x, p, p, t)
		case l.reads != "response":
			p := m.n.stateNorm(l.from, l.norm, false)
			x = m.normalise(l.norm, x, p, p, t-l.delay)
		default:
			x = m.normalise(l.norm, x, l.name+"/1/norm", l.name+"/1/norm", t)
		}
		x = x.each(functions["relu"])
		channels := l.width
		if member == l.times {
			channels = b.c
		}
		strides := member == 1 && l.strideAt == "first" || member == l.times && l.strideAt == "last"
		if l.kind == "brc" {
			kernel, bias := weights(local, local, true, k, k, x.c, channels)
			stride := 1
			if strides {
				stride = down
			}
			x = convolve(x, kernel, k, channels, stride).biased(bias)
			continue
		}
		kernelOf := local
		if m.inSet(l, t) { // adjoint: the first member of one with the last of the other
			kernelOf = fmt.Sprint(l.times + 1 - member)
		}
		kernel, bias := weights(local, kernelOf, false, k, k, channels, x.c)
		stride, h, w := 1, x.h, x.w
		if strides {
			stride, h, w = up, b.h, b.w
		}
		x = transpose(x, kernel, k, channels, stride, h, w).biased(bias)
	}
	return x
}

// stateNorm returns the place of a norm that stands directly on the state of
// area from, "" if nothing else norms that state alike. All that do share it:
// the area itself, and connections. A readout has a gain and shift of its own,
// so that those of the others do not count.
func (n *network) stateNorm(from int, own norm, readout bool) string {
	alike := func(other norm) bool {
		if readout {
			other.affine = own.affine
		}
		return other == own
	}
	if a := n.areas[from]; a.normFirst && alike(a.norm) {
		return a.name + "/norm"
	}
	for to := range n.areas {
		first := ""
		for _, l := range n.links {
			if l.to == to && l.from == from && (l.kind == "brc" || l.kind == "brd") && l.reads != "response" && alike(l.norm) && (first == "" || l.name < first) {
				first = l.name
			}
		}
		if first != "" {
			return first + "/1/norm"
		}
	}
	return ""
}

func (m *model) inSet(l *link, t int) bool {
	return !m.n.sharing.shape && slices.ContainsFunc(m.n.sharing.sets, func(s set) bool { return s.has(m.n, *l, t) })
}

// late is what a name gets at a step that has weights of its own.
func (s sharing) late(t int) string {
	if t < s.untiedFrom {
		return ""
	}
	return fmt.Sprintf("@%d", t)
}

// weightName returns the name of a weight of l for a port at step t: sharing is names.
func (m *model) weightName(l *link, port string, t int, member, local string, shape []int, channels int) string {
	sharing := m.n.sharing
	late := ""
	if t >= l.untiedFrom {
		late = fmt.Sprintf("@%d", t)
	}
	if sharing.shape {
		if local != "kernel" {
			local = fmt.Sprintf("bias %d", channels)
		}
		return fmt.Sprintf("shape %dx%dx%dx%d%s/%s", shape[0], shape[1], shape[2], shape[3], late, local)
	}
	owner := l.name
	for _, s := range sharing.sets {
		if s.has(m.n, *l, t) {
			owner = s.name
		}
	}
	if member != "" && (owner == l.name || l.times > 1) {
		local = member + "/" + local
	}
	return owner + late + "/" + l.within(port) + local
}

// normalise applies a norm. Statistics, and gain and shift, are named by place
// and step.
func (m *model) normalise(n norm, x stack, statistics, affine string, t int) stack {
	switch n.kind {
	case "none":
		return x
	case "lrn":
		alpha := n.alpha
		if n.divided {
			alpha /= float64(2*n.radius + 1)
		}
		return respond(x, n.radius, alpha, n.beta, n.c)
	}
	at := func(name, when string) string {
		if when == "per_step" {
			return fmt.Sprintf("%s@%d", name, t)
		}
		return name
	}
	name := at(statistics, n.statistics)
	key := fmt.Sprintf("%s@%d", statistics, t)
	if m.trained != nil && !m.trained[key] {
		name = m.borrowed(n, statistics, name, t)
	}
	var mean, variance []float64
	if name == "" {
		mean, variance = m.estimate(n, key, x)
	} else {
		mean = m.value(name+"/mean", false, x.c)
		variance = m.value(name+"/variance", false, x.c)
	}
	if m.train {
		of, around := moments(x)
		m.places[key] = place{name, n, x.n * x.h * x.w, of, around}
		if n.statistics != "running" {
			mean, variance = of, around
		}
	}
	y := normalised(x, mean, variance, n.eps)
	if n.affine == "absent" {
		return y
	}
	owner := at(affine, n.affine)
	if m.trained != nil && n.affine == "per_step" {
		owner = fmt.Sprintf("%s@%d", affine, m.nearest(t, func(s int) bool { return m.known[fmt.Sprintf("%s@%d/gain", affine, s)] }))
	}
	gain := m.value(owner+"/gain", true, x.c)
	shift := m.value(owner+"/shift", true, x.c)
	for i := range y.data {
		y.data[i] = y.data[i]*gain[i%x.c] + shift[i%x.c]
	}
	return y
}
