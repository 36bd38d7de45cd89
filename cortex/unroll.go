package cortex

import (
	"fmt"
	"slices"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// Tap asks for a signal of an area at a step.
type Tap struct {
	Area   int
	Signal string // areas.State, areas.Response, …; or what arrives, see [Drive]
	Step   int
}

// Options say which part of a cortex is unrolled and for what.
type Options struct {
	Batch  int
	Train  bool  // norms use the moments of the batch and learn running statistics
	Logits []int // steps whose logits are wanted
	Taps   []Tap // signals that are wanted
	// From and To make a window of the steps From ≤ t < To: states of steps
	// before it that it needs are carried in, and those that steps from To on may
	// read are carried out. To 0 is the end of time.
	From, To int
	// Source says where norms take statistics from that training never filled;
	// see nn.Statistics.
	Source func(place, affine string, step int, n nn.Norm) nn.Sources
	// All unrolls every present area up to the last step wanted, from the first
	// of the window, so that places nobody reads keep their statistics.
	All bool
	// Each is told the states of every node that is built, and those of the area one
	// step before, nil where it had none or nothing read them; it returns the states
	// that are to take their place. Nil leaves them as they are.
	Each func(n Node, before, states []nn.Value) []nn.Value

	enter  func(p part)                        // told before a part is built
	shadow func(n Node, own, control nn.Value) // see Removal
	used   func(name string)                   // told every trainable variable, as often as it is used
}

// Unrolled is a cortex within a program.
type Unrolled struct {
	Image   nn.Value         // input [N H W C]; the first of Frames
	Frames  map[int]nn.Value // inputs by frame
	Logits  map[int]nn.Value // by step, [N 1 1 classes]
	Taps    []nn.Value       // as asked for; None where the area is absent
	Stats   *nn.Statistics
	Carried []Carry             // inputs of what a window needs from before it
	Crossed []Carry             // states that later windows may need, with a To
	States  map[Node][]nn.Value // of every node that was built
	Uses    map[string][]string // of every weight, the parts that use it
	Changed []nn.Value          // what lesions made

	Controls map[string]int // kernels of a control, and the area that they lead to
}

// Unroll emits the cortex. Only what logits and taps depend on is built. Every frame
// of the screen that is shown within the window is an input; see FramePort.
func (g *Graph) Unroll(b *nn.Builder, o Options) *Unrolled {
	done.unrolls.Add(1)
	u := &unroller{g: g, b: b, o: o, ports: map[string]nn.Value{}, drives: map[Tap]nn.Value{}, out: &Unrolled{
		Logits: map[int]nn.Value{}, Stats: &nn.Statistics{Source: o.Source},
		States: map[Node][]nn.Value{}, Uses: map[string][]string{}, Controls: map[string]int{}}, uncontrolled: o.shadow != nil}
	u.images()
	u.streamFrames()
	ends := g.readouts(o.Logits)
	for _, t := range o.Taps {
		ends = append(ends, Node{t.Area, t.Step})
	}
	for _, n := range ends {
		if n.Step >= until(g, o) {
			b.Fail(fmt.Errorf("window %d..%d: %s@%d is wanted, which comes later", o.From, o.To-1, g.Areas[n.Area].Name, n.Step))
			return u.out
		}
	}
	if o.All {
		ends = append(ends, everything(g, ends, o.From)...)
	}
	if o.To > 0 {
		ends = append(ends, crossing(g, o.To)...)
	}
	u.carryIn(ends)
	live := g.Live(ends)
	for t := o.From; t < until(g, o); t++ {
		for _, i := range g.order[t] {
			if live[t][i] {
				u.step(i, t)
			}
		}
	}
	u.logits()
	for _, t := range o.Taps {
		v := nn.None
		u.enter(part{Node: Node{t.Area, t.Step}, signal: t.Signal})
		if _, ok := u.out.States[Node{t.Area, t.Step}]; ok {
			if x, drive := u.drives[t]; drive || IsDrive(t.Signal) {
				v = x
			} else {
				v = u.signal(t.Area, t.Step, t.Signal)
			}
		}
		u.out.Taps = append(u.out.Taps, v)
	}
	u.carryOut()
	b.Tag = nn.Tag{Step: -1}
	return u.out
}

type unroller struct {
	g   *Graph
	b   *nn.Builder
	o   Options
	out *Unrolled

	streamed map[string]nn.Value // frames of streams, by their ports
	ports    map[string]nn.Value // that lesions take numbers from
	drives   map[Tap]nn.Value    // what arrived

	uncontrolled bool // kernels of the control do not take the place of those of the cortex
}

// images makes the inputs of the frames that arrive within the window, or else of the
// first one, since an area takes the number of images from it.
func (u *unroller) images() {
	g := u.g
	shape := nn.Shape{u.o.Batch, g.Image[0], g.Image[1], g.Image[2]}
	var list []int
	for t := u.o.From; t < until(g, u.o); t++ {
		if g.shown[t] {
			for _, p := range g.Screen.Steps[t-g.Input.Delay] {
				list = append(list, p.Frame)
			}
		}
	}
	if slices.Sort(list); len(list) == 0 {
		list = g.Screen.frames()[:1]
	}
	list = slices.Compact(list)
	u.out.Frames = map[int]nn.Value{}
	for _, f := range list {
		u.out.Frames[f] = u.b.Input(FramePort(f), shape, true)
	}
	u.out.Image = u.out.Frames[list[0]]
}

// enter tells who listens which part follows.
func (u *unroller) enter(p part) {
	if u.o.enter != nil {
		u.o.enter(p)
	}
}

// scope returns the scope of a part whose weights are named by names.
func (u *unroller) scope(place string, step int, names func(string, nn.Shape) string) nn.Scope {
	tag := u.b.Tag.String()
	return nn.Scope{
		Builder: u.b, Place: place, Step: step, Train: u.o.Train, Stats: u.out.Stats, Weights: names,
		Used: func(name string) {
			if u.o.used != nil {
				u.o.used(name)
			}
			if uses := u.out.Uses[name]; len(uses) == 0 || uses[len(uses)-1] != tag {
				u.out.Uses[name] = append(uses, tag)
			}
		},
	}.Enter()
}

func under(prefix string) func(string, nn.Shape) string {
	return func(local string, _ nn.Shape) string { return prefix + "/" + local }
}

// step emits area i at step t.
func (u *unroller) step(i, t int) {
	g, a := u.g, u.g.Areas[i]
	u.enter(part{Node: Node{i, t}})
	in := areas.Drives{Ports: map[string][]nn.Value{}, Images: u.out.Image, Call: u.caller(i, t)}
	arrive := func(from, port string, x nn.Value) {
		if x != nn.None {
			in.Ports[port] = append(in.Ports[port], x)
			u.drives[Tap{i, Drive{from, port}.Signal(), t}] = x
		}
	}
	if g.shown[t] && g.fed(i) {
		arrive(ImagePort, areas.Drive, u.input(i, t))
	}
	for _, s := range streams(g, i, t) {
		v := u.stream(s, i, t)
		for _, port := range s.driven() {
			arrive(s.Name, port, v)
		}
	}
	for _, j := range g.arriving(i, t) {
		c := &g.Matrix.Connections[j]
		for _, port := range c.Driven() {
			v := u.transition(c, port, t)
			arrive(c.Name, port, v)
			u.shadow(c, port, t, v)
		}
	}
	u.b.Tag = nn.Tag{Area: a.Name, Step: t, Part: "state"}
	s := u.scope(a.Name+"/step", t, under(a.Name+g.Matrix.Sharing.Time.Step(t)))
	if u.b.Err() == nil {
		var prev []nn.Value
		if g.layout[i].Carries {
			prev = u.out.States[Node{i, t - 1}]
		}
		states := a.Dynamics.Step(s, a, prev, in)
		if u.o.Each != nil && u.b.Err() == nil {
			states = u.o.Each(Node{i, t}, u.out.States[Node{i, t - 1}], states)
		}
		u.out.States[Node{i, t}] = states
	}
}

// input emits what the image delivers to area i at step t.
func (u *unroller) input(i, t int) nn.Value {
	g := u.g
	// A picture has its net built once, and the norms of that the statistics of the
	// first step that shows it; of one that does not change, those of step 0.
	at, tag, step := t-g.Input.Delay, -1, 0
	if g.Screen.pictures() > 1 {
		tag = g.Screen.first(at) + g.Input.Delay
		step = tag
	}
	u.b.Tag = nn.Tag{Area: "input", Step: tag, Part: g.Areas[i].Name}
	image := u.mix(g.Screen.Steps[at], func(frame int) nn.Value { return u.out.Frames[frame] })
	n := g.preNet(i)
	return n.build(u.scope(n.name, step, under(n.name)), image)
}

// transition emits what connection c delivers to a port at step t.
func (u *unroller) transition(c *connectivity.Connection, port string, t int) nn.Value {
	u.b.Tag = nn.Tag{Area: c.To, Step: t, Part: c.Name}
	return u.lesioned(func() nn.Value { return u.transform(c, port, t) }, c.Gain, Tap{u.g.index[c.To], Drive{c.Name, port}.Signal(), t}, hitsOf(u.g, c, t),
		func(step int) nn.Value { return u.transition(c, port, step) })
}

// transform emits what connection c makes of its source at step t.
func (u *unroller) transform(c *connectivity.Connection, port string, t int) nn.Value {
	g := u.g
	from, to := g.index[c.From], g.index[c.To]
	x := connectivity.Source{
		Value: u.signal(from, t-c.Delay, c.Signal()),
		Shape: g.Areas[from].Shape,
		Place: c.Name + "/1", Step: t,
	}
	if n, state, ok := normOfState(g, c); ok {
		x.Place, x.Step = statePlace(g, from, state, func(m nn.Norm) bool { return m == n }), t-c.Delay
	}
	bias := c.Bias == "present" || c.Bias != "absent" && g.layout[to].Bias == "connection"
	place := c.Name
	if len(c.Driven()) > 1 {
		place += "/" + port
	}
	u.b.Tag = nn.Tag{Area: c.To, Step: t, Part: c.Name}
	s := u.scope(place, t, u.controlled(c, t, g.Matrix.Sharing.Names(c, port, t)))
	s.Init = c.Init
	return c.Transform.Build(s, x, connectivity.Target{Shape: g.Areas[to].Shape, Bias: bias})
}

// signal emits a signal of area i at step t.
func (u *unroller) signal(i, t int, signal string) nn.Value {
	u.b.Tag = nn.Tag{Area: u.g.Areas[i].Name, Step: t, Part: signal}
	return u.lesioned(func() nn.Value { return u.read(i, t, signal) }, 1, Tap{i, signal, t}, hitsAt(u.g, i, t, signal),
		func(step int) nn.Value { return u.signal(i, step, signal) })
}

// read emits a signal of area i at step t as its dynamics give it.
func (u *unroller) read(i, t int, signal string) nn.Value {
	states, a := u.out.States[Node{i, t}], u.g.Areas[i]
	if len(states) == 0 || u.b.Err() != nil {
		u.b.Fail(fmt.Errorf("%s@%d is read before it exists", a.Name, t))
		return nn.None
	}
	return a.Dynamics.Read(u.scope(signalPlace(u.g, i, signal), t, under(a.Name)), states, signal)
}

// logits emits the readout at the steps asked for.
func (u *unroller) logits() {
	g, n := u.g, u.g.postNet()
	i := g.index[g.Readout.From]
	at := map[int]nn.Value{}
	read := func(t int) nn.Value {
		if v, ok := at[t]; ok {
			return v
		}
		u.enter(part{Node: Node{i, t}, net: true})
		x := u.signal(i, t, g.Readout.Reads)
		if x == nn.None {
			return x
		}
		u.b.Tag = nn.Tag{Area: "readout", Step: t}
		at[t] = n.build(u.scope(n.name, t, under(n.name)), x)
		return at[t]
	}
	for _, t := range u.o.Logits {
		if !g.Readout.accumulates() {
			u.out.Logits[t] = read(t)
			continue
		}
		var all []nn.Value
		for s := g.train[0]; s <= t; s++ {
			if g.times.present[s][i] {
				all = append(all, read(s))
			}
		}
		v := u.b.Sum(all...)
		if g.Readout.Cumulative == "mean" && len(all) > 1 && v != nn.None {
			v = u.b.One(nn.Linear{A: 1 / float64(len(all))}, v)
		}
		u.out.Logits[t] = v
	}
}
