package rewrite_test

import (
	"reflect"
	"slices"
	"testing"

	"ventral/nn"
	"ventral/nn/rewrite"
)

// twoPlaces has a place that the output reads and one that nothing reads, each
// with weights and running statistics, and a variable that only its own update
// reads.
func twoPlaces(t *testing.T) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 4, 4, 3}, true)
	b.Input("unused", nn.Shape{2, 1, 1, 5}, true)
	for _, place := range []string{"read", "unread"} {
		k := b.Var(place+"/kernel", nn.Shape{1, 1, 3, 2}, nn.Init{Kind: "constant"}, true)
		h := b.One(nn.Conv2D{Stride: 1}, x, k)
		m := b.Do(nn.Moments{}, h)
		mean := b.Var(place+"/mean", nn.Shape{2}, nn.Init{Kind: "constant"}, false)
		variance := b.Var(place+"/variance", nn.Shape{2}, nn.Init{Kind: "constant", Value: 1}, false)
		pooled := b.Do(nn.PoolMoments{}, m[0], m[1], m[0], m[1])
		b.Update(mean, b.One(nn.Blend{Rate: 0.1, Factor: 1}, mean, pooled[0]))
		b.Update(variance, b.One(nn.Blend{Rate: 0.1, Factor: 1}, variance, pooled[1]))
		if y := b.One(nn.Normalise{Eps: 1e-5}, h, m[0], m[1]); place == "read" {
			b.Output("y", y)
		}
	}
	own := b.Var("counter", nn.Shape{}, nn.Init{Kind: "constant"}, false)
	b.Update(own, b.One(nn.Linear{A: 1, B: 1}, own))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func names(p *nn.Program) []string {
	var ns []string
	for _, v := range p.Vars {
		ns = append(ns, v.Name)
	}
	slices.Sort(ns)
	return ns
}

func TestPrune(t *testing.T) {
	p := twoPlaces(t)
	before := p.String()
	for name, c := range map[string]struct {
		keep func(nn.Var) bool
		want []string
	}{
		// Statistics of the place that is read are written, though nothing reads them.
		"what is read": {nil, []string{"counter", "read/kernel", "read/mean", "read/variance"}},
		"kept statistics": {func(v nn.Var) bool { return v.Name == "unread/mean" },
			[]string{"counter", "read/kernel", "read/mean", "read/variance", "unread/kernel", "unread/mean", "unread/variance"}},
		"kept weights": {func(v nn.Var) bool { return v.Name == "unread/kernel" },
			[]string{"counter", "read/kernel", "read/mean", "read/variance", "unread/kernel"}},
	} {
		t.Run(name, func(t *testing.T) {
			q := rewrite.Prune(p, c.keep)
			if err := q.Verify(); err != nil {
				t.Fatalf("%v\n%v", err, q)
			}
			if got := names(q); !slices.Equal(got, c.want) {
				t.Errorf("variables: got %v, want %v", got, c.want)
			}
			if len(q.Inputs) != 2 || q.Inputs[1].Name != "unused" {
				t.Errorf("inputs: got %v, want both", q.Inputs)
			}
			if again := rewrite.Prune(q, c.keep); !reflect.DeepEqual(again, q) {
				t.Errorf("pruned again: got\n%vwant\n%v", again, q)
			}
		})
	}
	if p.String() != before {
		t.Error("the program that was pruned has changed")
	}
}

// TestPruneDropsInstructions checks that nothing is computed for nobody.
func TestPruneDropsInstructions(t *testing.T) {
	p := rewrite.Prune(twoPlaces(t), nil)
	read := map[nn.Value]bool{}
	for _, o := range p.Outputs {
		read[o.Value] = true
	}
	for _, u := range p.Updates {
		read[u.From] = true
	}
	for _, in := range p.Instrs {
		for _, a := range in.Args {
			read[a] = true
		}
	}
	for i, in := range p.Instrs {
		if !slices.ContainsFunc(in.Results, func(v nn.Value) bool { return read[v] }) {
			t.Errorf("instruction %d (%s): nobody reads its results\n%v", i, in.Op.Name(), p)
		}
	}
}

// TestMultiplyAdds counts by hand. Forward, 2 images of 5×5×3 by 3×3×3×4 with
// stride 2: 2·3·3 pixels of 108. Its kernel's gradient and its adjoint have as
// many. The dense layer: 2·1·40.
func TestMultiplyAdds(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 5, 5, 3}, true)
	k := b.Var("k", nn.Shape{3, 3, 3, 4}, nn.Init{Kind: "constant"}, true)
	dense := b.Var("dense", nn.Shape{1, 1, 4, 10}, nn.Init{Kind: "constant"}, true)
	h := b.One(nn.Conv2D{Stride: 2}, x, k)
	y := b.One(nn.Conv2D{Stride: 1}, b.One(nn.Pool2D{Fn: "mean"}, h), dense)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	const conv, last = 2 * 3 * 3 * 108, 2 * 40
	if got := p.MultiplyAdds(); got != conv+last {
		t.Errorf("forward: got %d, want %d", got, conv+last)
	}
	if got, want := p.Parameters(), 108+40; got != want {
		t.Errorf("parameters: got %d, want %d", got, want)
	}
	b.Gradient(b.One(nn.MeanImages{}, y), []nn.Value{x, k, dense})
	if p, err = b.Program(); err != nil {
		t.Fatal(err)
	}
	if got := p.MultiplyAdds(); got != 3*(conv+last) {
		t.Errorf("with gradients by all: got %d, want %d", got, 3*(conv+last))
	}
}
