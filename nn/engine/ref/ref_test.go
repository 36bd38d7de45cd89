package ref_test

import (
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/nntest"
)

func TestEngine(t *testing.T) {
	nntest.Engine(t, "ref", func() nn.Engine { return ref.Engine{} })
}

// TestValuesOfTheirOwn checks that an update copies: a variable changed in place
// changes no other, and no input.
func TestValuesOfTheirOwn(t *testing.T) {
	b := nn.NewBuilder()
	in := b.Input("in", nn.Shape{2}, false)
	x, y, z := b.Var("x", nn.Shape{2}, nn.Init{Kind: "constant"}, false), b.Var("y", nn.Shape{2}, nn.Init{Kind: "constant", Value: 1}, false), b.Var("z", nn.Shape{2}, nn.Init{Kind: "constant"}, false)
	b.Update(x, y)
	b.Update(z, in)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(0)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	r, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	home, input := r.(*ref.Residence), nn.Array{Shape: nn.Shape{2}, Data: []float64{5, 6}}
	if _, err := ref.Run(p, home, []nn.Array{input}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"x", "z"} {
		a, _ := home.Get(name)
		a.Data[0] = 100
	}
	if a, _ := home.Get("y"); a.Data[0] != 1 {
		t.Errorf("y: got %v after x was changed in place, want 1", a.Data)
	}
	if input.Data[0] != 5 {
		t.Errorf("input: got %v after z was changed in place, want 5", input.Data)
	}
}
