package connectivity_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ventral/connectivity"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

func TestFactors(t *testing.T) {
	for _, c := range []struct {
		from, to [2]int
		down, up int // 0, 0: they do not fit
	}{
		{[2]int{8, 8}, [2]int{8, 8}, 1, 1}, {[2]int{8, 6}, [2]int{4, 3}, 2, 1}, {[2]int{7, 5}, [2]int{4, 3}, 2, 1}, {[2]int{32, 32}, [2]int{8, 8}, 4, 1},
		{[2]int{7, 7}, [2]int{3, 3}, 3, 1}, {[2]int{32, 32}, [2]int{1, 1}, 32, 1}, {[2]int{5, 1}, [2]int{3, 1}, 2, 1},
		{[2]int{4, 3}, [2]int{8, 6}, 1, 2}, {[2]int{2, 2}, [2]int{6, 6}, 1, 3}, {[2]int{3, 3}, [2]int{5, 5}, 0, 0}, {[2]int{2, 3}, [2]int{4, 9}, 0, 0},
		{[2]int{8, 8}, [2]int{4, 2}, 0, 0}, {[2]int{8, 4}, [2]int{4, 8}, 0, 0}, {[2]int{8, 8}, [2]int{6, 6}, 0, 0},
	} {
		down, up, err := connectivity.Factors([3]int{c.from[0], c.from[1], 1}, [3]int{c.to[0], c.to[1], 9})
		if (err != nil) != (c.down == 0) || err == nil && (down != c.down || up != c.up) {
			t.Errorf("%v to %v: got %d down, %d up, %v, want %d, %d", c.from, c.to, down, up, err, c.down, c.up)
		}
	}
}

// build emits a transform between two shapes and returns its result's shape and
// "NAME SHAPE" of every weight.
func build(t testing.TB, x connectivity.Transform, from, to [3]int, bias bool) (nn.Shape, []string, *nn.Builder) {
	t.Helper()
	b := nn.NewBuilder()
	in := b.Input("x", nn.Shape{2, from[0], from[1], from[2]}, true)
	s := nn.Scope{Builder: b, Place: "c", Step: 4, Train: true, Stats: &nn.Statistics{}, Weights: func(local string, _ nn.Shape) string { return local }}.Enter()
	y := x.Build(s, connectivity.Source{Value: in, Shape: from, Place: "c/1", Step: 4}, connectivity.Target{Shape: to, Bias: bias})
	if err := b.Err(); err != nil {
		t.Fatal(err)
	}
	b.Output("y", y)
	var weights []string
	for _, v := range b.Vars() {
		weights = append(weights, fmt.Sprintf("%s %v", v.Name, b.Shape(v.Value)))
	}
	return b.Shape(y), weights, b
}

// TestShapes is the table of shapes and weights, written by hand.
func TestShapes(t *testing.T) {
	brc := func(f func(*connectivity.BRC)) connectivity.Transform {
		x := &connectivity.BRC{Kernel: 3, Times: 2, Stride: "first", Norm: nn.DefaultNorm()}
		f(x)
		return x
	}
	brd := func(f func(*connectivity.BRC)) connectivity.Transform {
		x := &connectivity.BRD{BRC: connectivity.BRC{Kernel: 3, Times: 2, Stride: "last", Norm: nn.DefaultNorm()}}
		f(&x.BRC)
		return x
	}
	same := func(*connectivity.BRC) {}
	for _, c := range []struct {
		name     string
		x        connectivity.Transform
		from, to [3]int
		bias     bool
		first    int // rows after the first convolution
		weights  string
	}{
		{"identity", &connectivity.Identity{}, [3]int{4, 4, 3}, [3]int{4, 4, 3}, true, 0, ""},
		{"conv", &connectivity.Conv{Kernel: 5}, [3]int{7, 5, 3}, [3]int{4, 3, 6}, true, 4, "kernel [5 5 3 6]; bias [6]"},
		{"conv without bias", &connectivity.Conv{Kernel: 3}, [3]int{4, 4, 3}, [3]int{4, 4, 2}, false, 4, "kernel [3 3 3 2]"},
		{"transposed conv", &connectivity.TransposedConv{Kernel: 3}, [3]int{4, 3, 6}, [3]int{7, 5, 3}, true, 7, "kernel [3 3 3 6]; bias [3]"},
		{"pool", &connectivity.PoolConv{Pool: "max", Kernel: 3}, [3]int{7, 5, 3}, [3]int{4, 3, 6}, true, 4, "kernel [3 3 3 6]; bias [6]"},
		{"resize", &connectivity.ResizeConv{Kernel: 3}, [3]int{2, 3, 3}, [3]int{6, 9, 2}, false, 6, "kernel [3 3 3 2]"},
		// Between members: the mean of both widths, rounded up.
		{"branch", brc(same), [3]int{8, 8, 3}, [3]int{4, 4, 6}, true, 4, "1/kernel [3 3 3 5]; 1/bias [5]; 2/kernel [3 3 5 6]; 2/bias [6]"},
		{"branch of a width", brc(func(b *connectivity.BRC) { b.Width = 2 }), [3]int{8, 8, 3}, [3]int{8, 8, 6}, false, 8, "1/kernel [3 3 3 2]; 2/kernel [3 3 2 6]"},
		{"branch of one", brc(func(b *connectivity.BRC) { b.Times = 1 }), [3]int{8, 8, 3}, [3]int{4, 4, 6}, false, 4, "1/kernel [3 3 3 6]"},
		{"branch of three", brc(func(b *connectivity.BRC) { b.Times, b.Stride = 3, "last" }), [3]int{8, 8, 4}, [3]int{4, 4, 6}, false, 8,
			"1/kernel [3 3 4 5]; 2/kernel [3 3 5 5]; 3/kernel [3 3 5 6]"},
		{"growing branch", brd(same), [3]int{4, 3, 6}, [3]int{8, 5, 3}, true, 4, "1/kernel [3 3 5 6]; 1/bias [5]; 2/kernel [3 3 3 5]; 2/bias [3]"},
		{"growing branch, first", brd(func(b *connectivity.BRC) { b.Stride = "first" }), [3]int{4, 3, 6}, [3]int{8, 5, 2}, false, 8,
			"1/kernel [3 3 4 6]; 2/kernel [3 3 2 4]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.x.Check(c.from, c.to); err != nil {
				t.Fatal(err)
			}
			got, weights, b := build(t, c.x, c.from, c.to, c.bias)
			if want := (nn.Shape{2, c.to[0], c.to[1], c.to[2]}); got != want {
				t.Errorf("got shape %v, want %v", got, want)
			}
			if w := strings.Join(weights, "; "); w != c.weights {
				t.Errorf("got weights %s, want %s", w, c.weights)
			}
			// The first convolution's map: where a branch changes the size.
			p, err := b.Program()
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range p.Instrs {
				if in.Op.Name() == "conv2d" || in.Op.Name() == "conv_transpose2d" {
					if got := p.Shapes[in.Results[0]][1]; got != c.first {
						t.Errorf("the first convolution gives %d rows, want %d", got, c.first)
					}
					break
				}
			}
		})
	}
}

// TestInitialValues: what initial values know of a unit's connections.
func TestInitialValues(t *testing.T) {
	for _, c := range []struct {
		x        connectivity.Transform
		from, to [3]int
		in, out  int
	}{
		{&connectivity.Conv{Kernel: 3}, [3]int{8, 8, 4}, [3]int{8, 8, 6}, 36, 54},
		{&connectivity.Conv{Kernel: 5}, [3]int{8, 8, 4}, [3]int{4, 4, 6}, 100, 150},
		// A pixel of the target meets a quarter of the 9·8 weights on average; one
		// of the source reaches 9·6 units.
		{&connectivity.TransposedConv{Kernel: 3}, [3]int{4, 4, 8}, [3]int{8, 8, 6}, 18, 54},
		{&connectivity.TransposedConv{Kernel: 1}, [3]int{2, 2, 2}, [3]int{6, 6, 5}, 1, 5},
		{&connectivity.ResizeConv{Kernel: 3}, [3]int{4, 4, 8}, [3]int{8, 8, 6}, 72, 54},
	} {
		_, _, b := build(t, c.x, c.from, c.to, true)
		want := nn.Init{Kind: "he_normal", FanIn: c.in, FanOut: c.out}
		if got := b.Vars()[0].Init; got != want {
			t.Errorf("%s from %v to %v: got %+v, want %+v", c.x.Kind(), c.from, c.to, got, want)
		}
		if got := b.Vars()[1].Init; got != (nn.Init{Kind: "constant"}) {
			t.Errorf("bias: got %+v, want zero", got)
		}
	}
}

// TestChecks lists what each kind refuses and what it offers instead.
func TestChecks(t *testing.T) {
	big, small, odd := [3]int{8, 8, 3}, [3]int{4, 4, 3}, [3]int{6, 6, 3}
	make := func(kind string) connectivity.Transform {
		x, err := connectivity.New(kind)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	branch := func(f func(*connectivity.BRC)) connectivity.Transform {
		x := make("brc").(*connectivity.BRC)
		f(x)
		return x
	}
	for _, c := range []struct {
		x        connectivity.Transform
		from, to [3]int
		want     string
	}{
		{make("conv"), small, big, "a map grows with transposed_conv, resize_conv or brd"},
		{make("pool_conv"), small, big, "a map grows with transposed_conv"},
		{make("brc"), small, big, "a map grows with brd"},
		{make("transposed_conv"), big, small, "a map shrinks with conv, pool_conv or brc"},
		{make("resize_conv"), big, small, "a map shrinks with conv"},
		{make("brd"), big, small, "a map shrinks with conv"},
		{make("identity"), big, small, "an identity joins areas of one shape"},
		{make("conv"), big, odd, "not related by one whole factor"},
		{make("resize_conv"), small, odd, "not related by one whole factor"},
		{&connectivity.Conv{}, big, big, "kernel: found 0"},
		{&connectivity.TransposedConv{Kernel: 100}, small, big, "kernel: found 100"},
		{&connectivity.PoolConv{Pool: "median", Kernel: 3}, big, small, `pool: found "median"`},
		{&connectivity.PoolConv{Pool: "max", Size: 1, Kernel: 3}, big, small, "pool_size: found 1, want at least the factor 2"},
		{branch(func(b *connectivity.BRC) { b.Times = 0 }), big, big, "times: found 0"},
		{branch(func(b *connectivity.BRC) { b.Width = -1 }), big, big, "width: found -1"},
		{branch(func(b *connectivity.BRC) { b.Stride = "middle" }), big, big, `stride_at: found "middle"`},
	} {
		if err := c.x.Check(c.from, c.to); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s from %v to %v: got %v, want %q", c.x.Kind(), c.from, c.to, err, c.want)
		}
	}
	for _, kind := range connectivity.Kinds() {
		x := make(kind)
		if x.Kind() != kind || x.String() == "" || x.Reads() != "state" && x.Reads() != "response" {
			t.Errorf("%s: got kind %q, text %q, reads %q", kind, x.Kind(), x, x.Reads())
		}
		if err := x.Check(big, big); err != nil {
			t.Errorf("%s: defaults between equal areas: %v", kind, err)
		}
	}
	if _, err := connectivity.New("dense"); err == nil || !strings.Contains(err.Error(), `found kind "dense", want one of identity, conv`) {
		t.Errorf("unknown kind: got %v", err)
	}
}

// TestAdjoint: ⟨conv x, y⟩ = ⟨x, transposed conv y⟩ with one kernel, for every
// relation of sizes: what a sharing set of both relies on.
func TestAdjoint(t *testing.T) {
	for _, c := range []struct{ big, small [3]int }{
		{[3]int{6, 4, 2}, [3]int{3, 2, 3}}, {[3]int{7, 5, 2}, [3]int{4, 3, 3}}, {[3]int{5, 5, 1}, [3]int{5, 5, 4}}, {[3]int{7, 7, 2}, [3]int{3, 3, 2}},
	} {
		for _, kernel := range []int{1, 2, 3, 5} {
			_, _, down := build(t, &connectivity.Conv{Kernel: kernel}, c.big, c.small, false)
			_, _, up := build(t, &connectivity.TransposedConv{Kernel: kernel}, c.small, c.big, false)
			r := rand.New(rand.NewPCG(1, uint64(kernel)))
			k := nn.NewTensor(nn.Shape{kernel, kernel, c.big[2], c.small[2]})
			for i := range k.Data {
				k.Data[i] = float32(r.NormFloat64())
			}
			v := nn.NewVariables(1)
			v.Set("kernel", k)
			home, err := ref.Engine{}.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			random := func(s [3]int) nn.Array {
				a := nn.NewArray(nn.Shape{2, s[0], s[1], s[2]})
				for i := range a.Data {
					a.Data[i] = r.NormFloat64()
				}
				return a
			}
			inner := func(b *nn.Builder, x, with nn.Array) (sum float64) {
				p, err := b.Program()
				if err != nil {
					t.Fatal(err)
				}
				out, err := ref.Run(p, home.(*ref.Residence), []nn.Array{x})
				if err != nil {
					t.Fatal(err)
				}
				for i, y := range out[0].Data {
					sum += y * with.Data[i]
				}
				return sum
			}
			x, y := random(c.big), random(c.small)
			a, b := inner(down, x, y), inner(up, y, x)
			if d := a - b; d > 1e-12 || d < -1e-12 { // about a thousand products of size 1
				t.Errorf("%v to %v, kernel %d: ⟨conv x, y⟩ = %v, ⟨x, transposed y⟩ = %v", c.big, c.small, kernel, a, b)
			}
		}
	}
}
