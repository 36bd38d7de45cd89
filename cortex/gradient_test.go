package cortex_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// variant is a struct of an experiment file with one key away from its default.
type variant[T any] struct {
	name  string
	value T
}

// variants returns the default that make gives and, for every key that its
// struct tags describe, what else the key can be: every word of a oneof, both
// truths, some numbers, every kind of norm, the reverse of a list. A kind that
// is registered tomorrow is covered by its tags.
func variants[T any](make func() T) []variant[T] {
	out := []variant[T]{{"default", make()}}
	var walk func(get func(T) reflect.Value, typ reflect.Type)
	walk = func(get func(T) reflect.Value, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			field := func(v T) reflect.Value { return get(v).Field(i) }
			if f.Anonymous {
				walk(field, f.Type)
				continue
			}
			for text, x := range alternatives(f, field(make())) {
				v := make()
				field(v).Set(x)
				out = append(out, variant[T]{f.Tag.Get("toml") + "=" + text, v})
			}
		}
	}
	first := func(v T) reflect.Value { return reflect.ValueOf(v).Elem() }
	walk(first, first(make()).Type())
	slices.SortStableFunc(out[1:], func(a, b variant[T]) int { return strings.Compare(a.name, b.name) })
	return out
}

func alternatives(f reflect.StructField, now reflect.Value) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	add := func(text string, x any) {
		if v := reflect.ValueOf(x); !reflect.DeepEqual(v.Interface(), now.Interface()) {
			out[text] = v.Convert(f.Type)
		}
	}
	switch x := now.Interface().(type) {
	case nn.Norm:
		for name, n := range norms() {
			add(name, n)
		}
	case bool:
		add(strconv.FormatBool(!x), !x)
	case string:
		for _, w := range strings.Fields(f.Tag.Get("oneof")) {
			add(w, w)
		}
	case []string:
		y := slices.Clone(x)
		slices.Reverse(y)
		add(strings.Join(y, ","), y)
	case float64:
		add("0.4", 0.4)
	case int:
		for _, n := range []int{1, 2, 3} {
			add(strconv.Itoa(n), n)
		}
	}
	return out
}

// norms returns settings of normalisation, each with what it changes.
func norms() map[string]nn.Norm {
	with := func(f func(*nn.Norm)) nn.Norm {
		n := nn.DefaultNorm()
		f(&n)
		return n
	}
	return map[string]nn.Norm{
		"none":            with(func(n *nn.Norm) { n.Kind = "none" }),
		"batch shared":    with(func(n *nn.Norm) { n.Statistics = "shared" }),
		"batch running":   with(func(n *nn.Norm) { n.Statistics, n.Affine = "running", "shared" }),
		"batch gains":     with(func(n *nn.Norm) { n.Affine = "per_step" }),
		"batch one gain":  with(func(n *nn.Norm) { n.Statistics, n.Affine, n.Divisor = "shared", "shared", "biased" }),
		"lrn":             with(func(n *nn.Norm) { n.Kind, n.Radius, n.Alpha = "lrn", 1, 0.2 }),
		"lrn of all maps": with(func(n *nn.Norm) { n.Kind, n.Alpha, n.Divided, n.Beta, n.C = "lrn", 0.3, true, 0.75, 2 }),
	}
}

// checkGradients compares gradients of the loss by every weight and by the
// image with central differences, in float64. A relu or a maximum may turn
// within one step of the difference, so that a gradient is right when one of
// several steps agrees; a wrong one agrees with none.
func checkGradients(t *testing.T, g *cortex.Graph, train bool) {
	t.Helper()
	const batch = 3
	b := nn.NewBuilder()
	u := g.Unroll(b, cortex.Options{Batch: batch, Train: train, Logits: g.TrainSteps()})
	loss, _ := cortex.Loss(g, b, u, batch)
	wrt, names := []nn.Value{u.Image}, []string{"image"}
	for _, v := range b.Vars() {
		if v.Trainable {
			wrt, names = append(wrt, v.Value), append(names, v.Name)
		}
	}
	b.Output("loss", loss)
	forward, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	forward = rewrite.Prune(forward, nil)
	for i, d := range b.Gradient(loss, wrt) {
		if d == nn.None {
			t.Fatalf("no gradient reaches %s", names[i])
		}
		b.Output(names[i], d)
	}
	p := hold(t, b, u)

	r := rand.New(rand.NewPCG(7, 7))
	normal := func(mean, sd float64, data []float64) {
		for i := range data {
			data[i] = mean + sd*r.NormFloat64()
		}
	}
	for _, v := range p.Vars {
		a, _ := p.home.Get(v.Name)
		switch {
		case strings.HasSuffix(v.Name, "/gain"):
			normal(1, 0.3, a.Data)
		case strings.HasSuffix(v.Name, "/variance"):
			normal(1.5, 0.1, a.Data)
		case a.Shape.Rank() == 1:
			normal(0, 0.3, a.Data)
		}
	}
	in := map[string]nn.Array{}
	for _, x := range p.Inputs {
		a := nn.NewArray(p.Shapes[x.Value])
		switch x.Name {
		case "label":
			a = oneHot(batch, g.Classes)
		default:
			normal(0.2, 1, a.Data)
		}
		in[x.Name] = a
	}
	grads := p.run(t, in)
	onEngine(t, p, in, grads)
	at := func() float64 {
		args := make([]nn.Array, len(forward.Inputs))
		for i, x := range forward.Inputs {
			args[i] = in[x.Name]
		}
		out, err := ref.Run(forward, p.home, args)
		if err != nil {
			t.Fatal(err)
		}
		return out[0].Data[0]
	}
	for _, name := range names {
		a, isVar := p.home.Get(name)
		if !isVar {
			a = in[name]
		}
		grad := grads[name].Data
		// Some elements one by one, and all of them at once in random directions.
		for k := range 4 {
			direction := make([]float64, len(a.Data))
			what := name
			if i := r.IntN(len(a.Data)); k < 3 {
				direction[i] = 1
				what += fmt.Sprintf("[%d]", i)
			} else {
				normal(0, 1/math.Sqrt(float64(len(direction))), direction)
			}
			want := 0.0
			for i, d := range direction {
				want += d * grad[i]
			}
			moved := func(h float64) float64 {
				kept := slices.Clone(a.Data)
				for i, d := range direction {
					a.Data[i] = kept[i] + h*d
				}
				l := at()
				copy(a.Data, kept)
				return l
			}
			var tried []float64
			ok := false
			for _, h := range []float64{1e-5, 1e-6, 1e-7} {
				d := (moved(h) - moved(-h)) / (2 * h)
				tried = append(tried, d)
				// Differences of a loss of size 3 are exact to about 1e-15/h.
				if math.Abs(d-want) <= 1e-6*math.Abs(want)+1e-15/h*10+1e-9 {
					ok = true
					break
				}
			}
			if !ok {
				t.Errorf("gradient of %s: got %v, differences give %v", what, want, tried)
			}
		}
	}
}

// onEngine runs the program on the default engine too, in float32, and compares
// all outputs with those of the oracle.
func onEngine(t *testing.T, p *program, in, want map[string]nn.Array) {
	t.Helper()
	v := nn.NewVariables(1)
	if err := p.home.Save(v); err != nil {
		t.Fatal(err)
	}
	e := cpu.New(cpu.Options{Threads: 1})
	exe, err := e.Compile(p.Program)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	r, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var args, out []nn.Tensor
	for _, x := range p.Inputs {
		args = append(args, tensor(in[x.Name]))
	}
	for _, x := range p.Outputs {
		out = append(out, nn.NewTensor(p.Shapes[x.Value]))
	}
	if err := exe.Run(r, args, out); err != nil {
		t.Fatal(err)
	}
	largest := 0.0 // of all gradients: a bias before a norm has none but rounding
	for _, a := range want {
		for _, x := range a.Data {
			largest = max(largest, math.Abs(x))
		}
	}
	for i, x := range p.Outputs {
		got := make([]float64, len(out[i].Data))
		for k, y := range out[i].Data {
			got[k] = float64(y)
		}
		// Some hundred roundings of 6e-8; norms of few images multiply them.
		near(t, "on the engine: "+x.Name, got, want[x.Name].Data, 1e-5*(1+largest))
	}
}

// trials drops all but every n-th case of a long list with -short.
func trials(n, i int) bool { return !testing.Short() || i%n == 0 }

// TestGradientsOfDynamics puts every kind of dynamics with every setting into a
// network with feedforward, lateral and feedback drives, connections to every
// port, alone and together, silent steps, and a readout of several steps.
func TestGradientsOfDynamics(t *testing.T) {
	for _, kind := range areas.Kinds() {
		gradientsOfKind(t, kind)
	}
}

// gradientsOfKind is TestGradientsOfDynamics for one kind.
func gradientsOfKind(t *testing.T, kind string) {
	t.Helper()
	make := func() areas.Dynamics {
		d, err := areas.New(kind)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for i, v := range variants(make) {
		if !trials(3, i) {
			continue
		}
		t.Run(kind+"/"+v.name, func(t *testing.T) {
			weak := func(c *connectivity.Connection) { c.Gain = 0.5 } // losses of gains upon gains grow
			list := []connectivity.Connection{
				connect("A->B", "conv"), connect("A->A", "conv"), connect("B->A", "transposed_conv", during("2..")),
				connect("A->B all", "conv", weak, ports(v.value.Layout().PortNames()...)),
			}
			for _, port := range v.value.Layout().PortNames() {
				list = append(list, connect("B->B "+port, "brc", weak, ports(port), delay(2)), connect("B->B late "+port, "conv", weak, during("4"), ports(port)))
			}
			g := network(t, cortex.Graph{
				Image: [3]int{5, 4, 2}, Classes: 3, Steps: 5,
				Input:   cortex.Input{To: []string{"A"}, Steps: at("0..1,3"), Net: layers("conv")},
				Areas:   []areas.Area{area("A", 5, 4, 3, v.value), area("B", 3, 2, 4, v.value)},
				Matrix:  connectivity.Matrix{Connections: list},
				Readout: cortex.Readout{From: "B", Net: layers("batch_affine", "relu", "average", "dense"), Train: at("2,4"), Weights: []float64{0.5, 1}},
			})
			checkGradients(t, g, true)
			checkGradients(t, g, false)
		})
	}
}

// TestGradientsOfTransforms sends every kind of transform with every setting
// between areas of every relation of sizes.
func TestGradientsOfTransforms(t *testing.T) {
	shapes := []struct {
		name     string
		from, to [3]int
	}{
		{"same", [3]int{3, 4, 2}, [3]int{3, 4, 2}},
		{"channels", [3]int{3, 3, 2}, [3]int{3, 3, 5}},
		{"half", [3]int{4, 6, 2}, [3]int{2, 3, 3}},
		{"odd half", [3]int{5, 3, 3}, [3]int{3, 2, 2}},
		{"third", [3]int{7, 7, 2}, [3]int{3, 3, 2}},
		{"double", [3]int{2, 3, 3}, [3]int{4, 6, 2}},
		{"odd double", [3]int{3, 2, 2}, [3]int{5, 3, 3}},
		{"triple", [3]int{2, 2, 2}, [3]int{6, 6, 2}},
	}
	n := 0
	for _, kind := range connectivity.Kinds() {
		make := func() connectivity.Transform {
			x, err := connectivity.New(kind)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		joined := 0
		for _, s := range shapes {
			for _, v := range variants(make) {
				if v.value.Check(s.from, s.to) != nil {
					continue
				}
				joined++
				if n++; !trials(8, n) {
					continue
				}
				t.Run(kind+"/"+s.name+"/"+v.name, func(t *testing.T) {
					c := connect("A->B", kind)
					c.Transform = v.value
					checkGradients(t, pairNetwork(t, s.from, s.to, 4, c), true)
				})
			}
		}
		if joined == 0 {
			t.Errorf("%s joins none of the shapes of this test", kind)
		}
	}
}

// pairNetwork is an area of one shape that drives another by the given
// connections.
func pairNetwork(t testing.TB, from, to [3]int, steps int, c ...connectivity.Connection) *cortex.Graph {
	return network(t, cortex.Graph{
		Image: [3]int{from[0], from[1], 2}, Classes: 3, Steps: steps,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
		Areas: []areas.Area{{Name: "A", Shape: from, Dynamics: rate(func(d *areas.Rate) { d.Leak = 0.6 })},
			{Name: "B", Shape: to, Dynamics: sum()}},
		Matrix:  connectivity.Matrix{Connections: c},
		Readout: cortex.Readout{From: "B", Net: layers("average", "dense"), Train: cortex.At(steps - 1)},
	})
}

// TestGradientsOfConnections tries every key of a connection on every kind.
func TestGradientsOfConnections(t *testing.T) {
	edits := []struct {
		name string
		edit edit
	}{
		{"delay 0", delay(0)}, {"delay 2", delay(2)}, {"delay 3", delay(3)},
		{"multiply", multiply}, {"gain", func(c *connectivity.Connection) { c.Gain = -0.7 }},
		{"window", during("3..4")}, {"window end", during("4")},
		{"bias", func(c *connectivity.Connection) { c.Bias = "present" }}, {"no bias", func(c *connectivity.Connection) { c.Bias = "absent" }},
		{"state", reads(areas.State)}, {"response", reads(areas.Response)}, {"preactivation", reads(areas.Preactivation)},
	}
	n := 0
	for _, kind := range connectivity.Kinds() {
		for _, e := range edits {
			if n++; !trials(4, n) {
				continue
			}
			t.Run(kind+"/"+e.name, func(t *testing.T) {
				side := [3]int{3, 3, 2}
				checkGradients(t, pairNetwork(t, side, side, 5, connect("A->B other", kind), connect("A->B", kind, e.edit)), true)
			})
		}
	}
}

// TestGradientsOfSharing ties the weights of a recurrent pair in every way.
func TestGradientsOfSharing(t *testing.T) {
	set := func(name string, members ...string) connectivity.Set {
		s := connectivity.Set{Name: name}
		for _, m := range members {
			x, err := connectivity.ParseSelector(m)
			if err != nil {
				t.Fatal(err)
			}
			s.Members = append(s.Members, x)
		}
		return s
	}
	for _, c := range []struct {
		name    string
		sharing connectivity.Sharing
	}{
		{"tied", connectivity.Sharing{Time: "tied"}},
		{"untied", connectivity.Sharing{Time: "untied"}},
		{"tied ..2", connectivity.Sharing{Time: "tied ..2"}},
		{"shape", connectivity.Sharing{Between: "shape"}},
		{"shape untied", connectivity.Sharing{Time: "untied", Between: "shape"}},
		{"sets", connectivity.Sharing{Sets: []connectivity.Set{set("laterals", "A->A", "B->B")}}},
		{"adjoint", connectivity.Sharing{Sets: []connectivity.Set{set("both ways", "A->B direct", "B->A direct")}}},
		{"adjoint branches", connectivity.Sharing{Sets: []connectivity.Set{set("both ways", "A->B branch", "B->A branch")}}},
		{"adjoint then not", connectivity.Sharing{Time: "tied ..3", Sets: []connectivity.Set{set("both ways", "A->B direct@..3", "B->A direct@2..")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The areas have different channels where only adjoints are shared.
			channels := 3
			if strings.HasPrefix(c.name, "adjoint") {
				channels = 2
			}
			g := network(t, cortex.Graph{
				Image: [3]int{4, 4, 2}, Classes: 3, Steps: 5,
				Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
				Areas: []areas.Area{area("A", 4, 4, 3, sum()), area("B", 2, 2, channels, sum())},
				Matrix: connectivity.Matrix{Sharing: c.sharing, Connections: []connectivity.Connection{
					connect("A->A", "brc", times(2)), connect("A->B direct", "conv"), connect("B->A direct", "transposed_conv"), connect("B->B", "brc", times(2)),
					connect("A->B branch", "brc", times(2)), connect("B->A branch", "brd", times(2)),
				}},
				Readout: cortex.Readout{From: "B", Net: layers("average", "dense"), Train: at("1..4"), Over: "mean"},
			})
			checkGradients(t, g, true)
		})
	}
}

// TestGradientsOfLayers puts every kind of layer into the net of the input and
// of the readout, under both losses and every way to read several steps.
func TestGradientsOfLayers(t *testing.T) {
	for i, kind := range cortex.LayerKinds() {
		t.Run(kind, func(t *testing.T) {
			pre, post := layers("conv", kind, "conv"), layers(kind, "average", "dense")
			pre[0].Channels = 3
			switch kind {
			case "conv", "dense":
				post[0].Channels = 4
				pre = pre[:1:1]
				pre[0].Channels = 0
			case "average", "max":
				pre = pre[:1:1]
				pre[0].Channels = 0
				post = layers(kind, "dense")
			}
			if kind == "dense" {
				post = layers("max_pool", "dense")
			}
			train := at("0..2")
			if i%2 == 0 {
				train = at("any of 0..2")
			}
			g := network(t, cortex.Graph{
				Image: [3]int{5, 5, 2}, Classes: 3, Steps: 3,
				Input:  cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: pre},
				Areas:  []areas.Area{area("A", 3, 3, 3, rate())},
				Matrix: connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "conv")}},
				Readout: cortex.Readout{From: "A", Net: post, Train: train, Cumulative: []string{"mean", "none", "sum"}[i%3],
					Over: []string{"sum", "mean"}[i%2], Loss: []string{"softmax", "sigmoid"}[i/2%2]},
			})
			checkGradients(t, g, true)
		})
	}
}
