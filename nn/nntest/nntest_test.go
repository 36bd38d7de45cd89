package nntest

import (
	"fmt"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

func TestGradients(t *testing.T) {
	t.Logf("seed %d", Seed)
	for _, c := range Cases() {
		if len(c.Diff) > 0 || c.Claim != nil {
			t.Run(c.Name, func(t *testing.T) { GradientCheck(t, c) })
		}
	}
}

// TestRandomGradients compares the gradient of programs wired at random, where
// many readers of a value contribute, with differences.
func TestRandomGradients(t *testing.T) {
	checked := 0
	for seed := range uint64(30) {
		p := must(t, func() (*nn.Program, error) { return Random(seed) })
		v := p.Output("dx")
		if v == nn.None {
			continue // the loss does not depend on the input
		}
		checked++
		home := hold(t, ref.Engine{}, filled(t, p)).(*ref.Residence)
		in := Case{Name: "random gradient"}.Inputs(p)
		loss := p.Output("loss")
		value := func() []nn.Array {
			values, err := ref.Values(p, home, in)
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		got, at := value()[v], elements(in[0].Shape.Len())[:8]
		want := make([]float64, len(at))
		for i, e := range at {
			const h = 1e-5 // less than in GradientCheck: the functions change faster
			x := in[0].Data[e]
			in[0].Data[e] = x + h
			up := value()[loss].Data[0]
			in[0].Data[e] = x - h
			want[i] = (up - value()[loss].Data[0]) / (2 * h)
			in[0].Data[e] = x
		}
		compareGradient(t, fmt.Sprintf("x of seed %d", seed), got, at, want)
	}
	if checked < 20 {
		t.Errorf("checked %d programs, want 20 or more", checked)
	}
}

// TestCasesComplete holds the table to the registry: every operation has a
// case, and its gradient or what it claims to be a derivative of is checked
// unless it is listed here with the reason.
func TestCasesComplete(t *testing.T) {
	unchecked := map[string]string{
		"constant":     "no arguments",
		"zeros":        "no arguments",
		"pool_moments": "only in updates; TestPoolMoments",
		"sgd":          "only in updates; held against PyTorch",
		"adam":         "only in updates; held against PyTorch",
		"round":        "applied to whole programs, gradients included",
	}
	have, checked, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range Cases() {
		have[c.Op.Name()] = true
		checked[c.Op.Name()] = checked[c.Op.Name()] || len(c.Diff) > 0 || c.Claim != nil
		if _, own := c.Op.(nn.Describer); own && len(c.Diff) > 0 {
			// What differences show of its gradient, they show of the operations in it.
			p := must(t, c.GradientProgram)
			for _, in := range p.Instrs {
				if _, listed := unchecked[in.Op.Name()]; !listed {
					checked[in.Op.Name()] = true
				}
			}
		}
		if names[c.Name] {
			t.Errorf("case %q is there twice", c.Name)
		}
		names[c.Name] = true
	}
	for _, op := range nn.Ops() {
		name := op.Name()
		if !have[name] {
			t.Errorf("%s: no case", name)
		}
		if _, listed := unchecked[name]; checked[name] == listed {
			t.Errorf("%s: checked %v, listed as unchecked %v", name, checked[name], listed)
		}
	}
}

// TestCheckSees makes sure that the check of gradients can fail.
func TestCheckSees(t *testing.T) {
	wrong, right := []float64{1, 2 + 1e-5}, []float64{1, 2}
	if d := distance(wrong, right, 1e-3); d < gradientTolerance {
		t.Errorf("got distance %g, want more than the tolerance %g", d, gradientTolerance)
	}
}

// TestPoolMoments compares the pooled moments of three batches with the
// moments of all their images together.
func TestPoolMoments(t *testing.T) {
	b := nn.NewBuilder()
	const n = 4
	var pairs []nn.Value
	c := Case{Name: "pool_moments/of batches"}
	for _, name := range []string{"a", "b", "c"} {
		a := image(name, n, 3, 2, 5).drawn(spread(1, 1))
		c.Args = append(c.Args, a)
	}
	for _, x := range c.inputs(b, true) {
		pairs = append(pairs, b.Do(nn.Moments{}, x)...)
	}
	pooled := b.Do(nn.PoolMoments{}, pairs...)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	in := c.Inputs(p)
	got := run(t, p, in)

	b = nn.NewBuilder()
	moments := b.Do(nn.Moments{}, b.Input("x", nn.Shape{3 * n, 3, 2, 5}, true))
	q, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	all := nn.NewArray(nn.Shape{3 * n, 3, 2, 5})
	for i, a := range in {
		copy(all.Data[i*len(a.Data):], a.Data)
	}
	want := run(t, q, []nn.Array{all})
	for i := range moments {
		if d := distance(got[pooled[i]].Data, want[moments[i]].Data, 0); d > 1e-13 {
			t.Errorf("result %d: got %v, want %v", i, got[pooled[i]].Data, want[moments[i]].Data)
		}
	}
}
