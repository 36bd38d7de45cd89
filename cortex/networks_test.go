package cortex_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// The networks of these tests, written through the same types that an
// experiment file decodes into.

// area returns an area of h×w×c units.
func area(name string, h, w, c int, d areas.Dynamics) areas.Area {
	return areas.Area{Name: name, Shape: [3]int{h, w, c}, Dynamics: d}
}

// sum returns the default Sum, edited.
func sum(edit ...func(*areas.Sum)) *areas.Sum {
	d := areas.NewSum()
	for _, e := range edit {
		e(d)
	}
	return d
}

// rate returns the default Rate, edited.
func rate(edit ...func(*areas.Rate)) *areas.Rate {
	d := areas.NewRate()
	for _, e := range edit {
		e(d)
	}
	return d
}

// connect returns a connection of a kind with defaults, edited. Its ends come
// from its name; network gives it its role.
func connect(name, kind string, edit ...func(*connectivity.Connection)) connectivity.Connection {
	c := connectivity.NewConnection()
	var err error
	c.Name = name
	if c.From, c.To, _, err = connectivity.ParseName(name); err != nil {
		panic(err)
	}
	if c.Transform, err = connectivity.New(kind); err != nil {
		panic(err)
	}
	for _, e := range edit {
		e(&c)
	}
	return c
}

type edit = func(*connectivity.Connection)

func delay(d int) edit { return func(c *connectivity.Connection) { c.Delay = d } }

func reads(signal string) edit { return func(c *connectivity.Connection) { c.Reads = signal } }

func multiply(c *connectivity.Connection) { c.Merge = "multiply" }

func ports(names ...string) edit {
	return func(c *connectivity.Connection) { c.Ports = names }
}

func during(window string) edit {
	w, err := connectivity.ParseWindow(window)
	if err != nil {
		panic(err)
	}
	return func(c *connectivity.Connection) { c.Window = w }
}

// as edits the transform of a connection.
func as[T connectivity.Transform](f func(T)) edit {
	return func(c *connectivity.Connection) { f(c.Transform.(T)) }
}

func times(n int) edit {
	return func(c *connectivity.Connection) {
		switch t := c.Transform.(type) {
		case *connectivity.BRC:
			t.Times = n
		case *connectivity.BRD:
			t.Times = n
		}
	}
}

// layers returns layers of the given kinds with defaults.
func layers(kinds ...string) []cortex.Layer {
	var out []cortex.Layer
	for _, k := range kinds {
		l, err := cortex.NewLayer(k, nn.DefaultNorm())
		if err != nil {
			panic(err)
		}
		out = append(out, l)
	}
	return out
}

func at(text string) cortex.Steps {
	s, err := cortex.ParseSteps(text)
	if err != nil {
		panic(err)
	}
	return s
}

// roles gives connections without a role the one that follows from their places.
func roles(g *cortex.Graph) {
	place := map[string]int{}
	for i, a := range g.Areas {
		place[a.Name] = i
	}
	for i := range g.Matrix.Connections {
		if c := &g.Matrix.Connections[i]; c.Role == "" {
			_, identity := c.Transform.(*connectivity.Identity)
			c.Role = connectivity.RoleOf(place[c.From], place[c.To], identity)
		}
	}
}

// try checks g, whose loss and tests are filled in where empty.
func try(g cortex.Graph) (*cortex.Graph, error) {
	if g.Readout.Loss == "" {
		g.Readout.Loss = "softmax"
	}
	if g.Readout.Over == "" {
		g.Readout.Over = "sum"
	}
	if len(g.Readout.Test.Parts) == 0 {
		g.Readout.Test = at("0..")
	}
	g.Matrix.Connections = append([]connectivity.Connection(nil), g.Matrix.Connections...)
	roles(&g)
	return cortex.NewGraph(g)
}

// network is try for networks that must be right.
func network(t testing.TB, g cortex.Graph) *cortex.Graph {
	t.Helper()
	out, err := try(g)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// spoerer returns a network of Spoerer et al. (2017): "B", with T for feedback,
// L for lateral connections, and "pre" for laterals of the preactivation.
func spoerer(t testing.TB, model string, maps, kernel, steps int) *cortex.Graph {
	lrn := func(d *areas.Rate) { d.Order, d.Norm.Kind = []areas.Stage{"relu", "norm"}, "lrn" }
	side := func(c *connectivity.Connection) {
		switch t := c.Transform.(type) {
		case *connectivity.PoolConv:
			t.Kernel = kernel
		case *connectivity.Conv:
			t.Kernel = kernel
		}
	}
	m := []connectivity.Connection{connect("L1->L2", "pool_conv", delay(0), side)}
	if strings.Contains(model, "L") {
		signal := reads(areas.Response)
		if strings.HasSuffix(model, "pre") {
			signal = reads(areas.Preactivation)
		}
		m = append(m, connect("L1->L1", "conv", side, signal), connect("L2->L2", "conv", side, signal))
	}
	if strings.Contains(model, "T") {
		m = append(m, connect("L2->L1", "transposed_conv"))
	}
	net := layers("conv")
	net[0].Kernel = kernel
	return network(t, cortex.Graph{
		Image: [3]int{32, 32, 1}, Classes: 10, Steps: steps,
		Input:   cortex.Input{To: []string{"L1"}, Steps: at("0.."), Net: net},
		Areas:   []areas.Area{area("L1", 32, 32, maps, rate(lrn)), area("L2", 16, 16, maps, rate(lrn))},
		Matrix:  connectivity.Matrix{Connections: m},
		Readout: cortex.Readout{From: "L2", Net: layers("max", "dense"), Loss: "sigmoid", Train: at("0..")},
	})
}

// twoStage returns the net whose counts are 187,082 and 777,930 with 64
// channels of 32×32: two stages of one residual block done five times.
func twoStage(t testing.TB, side, channels int, tied string) *cortex.Graph {
	g := cortex.Graph{
		Image: [3]int{side, side, 3}, Classes: 10, Steps: 12,
		Input: cortex.Input{To: []string{"S1"}, Steps: at("0"), Net: layers("conv")},
		Areas: []areas.Area{area("S1", side, side, channels, sum()), area("S2", side, side, channels, sum())},
		Matrix: connectivity.Matrix{Sharing: connectivity.Sharing{Time: connectivity.Tying(tied)}, Connections: []connectivity.Connection{
			connect("S1->S1 identity", "identity", during("1..5")), connect("S1->S1", "brc", times(2), during("1..5")),
			connect("S1->S2", "conv", reads(areas.State), during("6")),
			connect("S2->S2 identity", "identity", during("7..")), connect("S2->S2", "brc", times(2), during("7..")),
		}},
		Readout: cortex.Readout{From: "S2", Net: layers("batch", "relu", "average", "dense"), Train: at("11")},
	}
	return network(t, g)
}

// frnn3 is the fully recurrent net of three states that the design of the
// experiment file writes out: 667,274 parameters tied.
func frnn3(t testing.TB, sharing connectivity.Sharing) *cortex.Graph {
	names := []string{"S1", "S2", "S3"}
	var m []connectivity.Connection
	for i, from := range names {
		for j, to := range names {
			switch {
			case i == j:
				m = append(m, connect(from+"->"+to, "brc", times(2)), connect(from+"->"+to+" identity", "identity"))
			case i < j:
				m = append(m, connect(from+"->"+to, "brc", times(2)))
			default:
				m = append(m, connect(from+"->"+to, "brd", times(2)))
			}
		}
	}
	return network(t, cortex.Graph{
		Image: [3]int{32, 32, 3}, Classes: 10, Steps: 16,
		Input:   cortex.Input{To: []string{"S1"}, Steps: at("0"), Net: layers("conv")},
		Areas:   []areas.Area{area("S1", 32, 32, 64, sum()), area("S2", 16, 16, 64, sum()), area("S3", 8, 8, 64, sum())},
		Matrix:  connectivity.Matrix{Connections: m, Sharing: sharing},
		Readout: cortex.Readout{From: "S3", Net: layers("batch_affine", "relu", "average", "dense"), Train: at("15"), Test: at("1..15")},
	})
}

// recurrentPair is the network of the training peer, W2 with 16 and 32 channels:
// two fully recurrent areas, five transitions.
func recurrentPair(t testing.TB, c1, c2 int) *cortex.Graph {
	bare := func(d *areas.Sum) { d.Biased = "absent" }
	net := layers("conv", "batch_affine", "relu")
	net[0].Bias = "absent"
	return network(t, cortex.Graph{
		Image: [3]int{32, 32, 3}, Classes: 10, Steps: 6,
		Input: cortex.Input{To: []string{"S1"}, Steps: at("0"), Net: net},
		Areas: []areas.Area{area("S1", 32, 32, c1, sum(bare)), area("S2", 16, 16, c2, sum(bare))},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("S1->S1 identity", "identity"), connect("S2->S2 identity", "identity"),
			connect("S1->S1", "brc"), connect("S1->S2", "brc"), connect("S2->S2", "brc"), connect("S2->S1", "resize_conv"),
		}},
		Readout: cortex.Readout{From: "S2", Net: layers("batch_affine", "relu", "average", "dense"), Train: at("5")},
	})
}

// program is a built cortex with named outputs and what it takes to run it on
// the oracle in float64.
type program struct {
	*nn.Program
	u    *cortex.Unrolled
	home *ref.Residence
}

// loss builds the training program of g: outputs "loss" and "grad/NAME" of
// every trainable variable and of the input image, with updates of statistics.
func loss(t testing.TB, g *cortex.Graph, batch int, o cortex.Options) *program {
	t.Helper()
	b := nn.NewBuilder()
	o.Batch, o.Train, o.Logits = batch, true, g.TrainSteps()
	u := g.Unroll(b, o)
	l, _ := cortex.Loss(g, b, u, batch)
	b.Output("loss", l)
	wrt, names := []nn.Value{u.Image}, []string{"image"}
	for _, v := range b.Vars() {
		if v.Trainable {
			wrt, names = append(wrt, v.Value), append(names, v.Name)
		}
	}
	for i, d := range b.Gradient(l, wrt) {
		if d == nn.None {
			t.Fatalf("no gradient reaches %s", names[i])
		}
		b.Output("grad/"+names[i], d)
	}
	for i, tap := range o.Taps {
		b.Output(g.TapName(tap), u.Taps[i])
	}
	for _, s := range o.Logits {
		b.Output(fmt.Sprintf("logits@%d", s), u.Logits[s])
	}
	u.Stats.Finish(b)
	return hold(t, b, u)
}

// answer builds the inference program of logits and taps.
func answer(t testing.TB, g *cortex.Graph, o cortex.Options) *program {
	t.Helper()
	b := nn.NewBuilder()
	u := g.Unroll(b, o)
	for i, tap := range o.Taps {
		if u.Taps[i] != nn.None {
			b.Output(g.TapName(tap), u.Taps[i])
		}
	}
	for _, s := range o.Logits {
		b.Output(fmt.Sprintf("logits@%d", s), u.Logits[s])
	}
	return hold(t, b, u)
}

// hold finishes a program and draws its variables from seed 1.
func hold(t testing.TB, b *nn.Builder, u *cortex.Unrolled) *program {
	t.Helper()
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	p = rewrite.Prune(p, nil)
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	r, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	return &program{p, u, r.(*ref.Residence)}
}

// run executes the program on the named inputs and returns its outputs by name.
func (p *program) run(t testing.TB, in map[string]nn.Array) map[string]nn.Array {
	t.Helper()
	args := make([]nn.Array, len(p.Inputs))
	for i, x := range p.Inputs {
		a, ok := in[x.Name]
		if !ok {
			t.Fatalf("no value for input %q", x.Name)
		}
		args[i] = a
	}
	out, err := ref.Run(p.Program, p.home, args)
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]nn.Array{}
	for i, o := range p.Outputs {
		named[o.Name] = out[i]
	}
	return named
}

// oneHot returns labels i mod classes.
func oneHot(n, classes int) nn.Array {
	a := nn.NewArray(nn.Shape{n, 1, 1, classes})
	for i := range n {
		a.Data[i*classes+i%classes] = 1
	}
	return a
}
