package nn_test

import (
	"strings"
	"testing"

	"ventral/nn"
)

// TestVerify has programs that no builder writes, each with one fault. Those of
// numbering, shapes and names are in TestParseFaults.
func TestVerify(t *testing.T) {
	image, other := nn.Shape{2, 3, 3, 4}, nn.Shape{5, 3, 3, 4}
	port := func(name string, v nn.Value, batched bool) nn.Port {
		return nn.Port{Name: name, Value: v, Batched: batched}
	}
	instr := func(op nn.Op, result nn.Value, args ...nn.Value) nn.Instr {
		return nn.Instr{Op: op, Args: args, Results: []nn.Value{result}}
	}
	for name, c := range map[string]struct {
		p    nn.Program
		want string
	}{
		"no operation": {nn.Program{Instrs: []nn.Instr{{}}}, "instruction 0 has no operation"},
		"no result": {nn.Program{Instrs: []nn.Instr{{Op: nn.Constant{}}}},
			"instruction 0 (constant) has 0 results, want 1"},
		"value of nowhere": {nn.Program{Shapes: []nn.Shape{{}}, Instrs: []nn.Instr{instr(nn.Constant{}, 7)}},
			"defines %7, of 1 values"},
		"never defined": {nn.Program{Shapes: []nn.Shape{{3}}}, "%0 is never defined"},
		"two numbers of images": {nn.Program{Shapes: []nn.Shape{image, other, {4}}, Inputs: []nn.Port{port("x", 0, true), port("y", 1, true)},
			Instrs: []nn.Instr{{Op: nn.DotPixels{}, Args: []nn.Value{0, 1}, Results: []nn.Value{2}}}}, "want two equal images"},
		"kernel's gradient of two numbers": {nn.Program{Shapes: []nn.Shape{image, {2, 1, 1, 4}, {5, 1, 1, 4}, {}, {5, 1, 1, 4}},
			Inputs: []nn.Port{port("x", 0, true), port("y", 1, true), port("z", 2, true)},
			Instrs: []nn.Instr{instr(nn.MeanImages{}, 3, 0), instr(nn.SoftmaxLossGrad{}, 4, 1, 2, 2)}}, "found gradient [2 1 1 4], want [5 1 1 1]"},
		"kernel with images": {nn.Program{Shapes: []nn.Shape{image, {3, 3, 4, 2}, {2, 3, 3, 2}}, Inputs: []nn.Port{port("x", 0, false), port("k", 1, true)},
			Instrs: []nn.Instr{instr(nn.Conv2D{Stride: 1}, 2, 0, 1)}}, "instruction 0 (conv2d) has a kernel with images"},
		"images by another input": {nn.Program{Shapes: []nn.Shape{image, {}, image}, Inputs: []nn.Port{port("s", 1, true), port("x", 0, false)},
			Instrs: []nn.Instr{instr(nn.ScaleBy{}, 2, 0, 1)}}, "input s is batched and has shape []"},
		"negative attribute": {nn.Program{Shapes: []nn.Shape{image, image}, Inputs: []nn.Port{port("x", 0, true)},
			Instrs: []nn.Instr{instr(nn.Upsample{Factor: -1}, 1, 0)}}, "found factor -1, want 0 to"},
		"output of nowhere": {nn.Program{Outputs: []nn.Port{port("y", nn.None, false)}}, "output y reads %-1"},
		"two updates": {nn.Program{Shapes: []nn.Shape{{}}, Vars: []nn.Var{{Name: "v"}}, Updates: []nn.Update{{}, {}}},
			"update of %0, which is not a variable"},
		"update's shape": {nn.Program{Shapes: []nn.Shape{{2}, {3}}, Vars: []nn.Var{{Name: "v", Value: 0}, {Name: "w", Value: 1}}, Updates: []nn.Update{{Var: 0, From: 1}}},
			"update of %0 [2] from [3]"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.p.Verify(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q\n%v", err, c.want, &c.p)
			}
		})
	}
}

// TestBatched follows images through a program: to a loss of each, not to a mean.
func TestBatched(t *testing.T) {
	b := nn.NewBuilder()
	x, y := b.Input("x", nn.Shape{4, 2, 2, 3}, true), b.Input("y", nn.Shape{4, 1, 1, 3}, true)
	k := b.Var("k", nn.Shape{1, 1, 3, 3}, nn.Init{Kind: "constant"}, true)
	each := b.One(nn.SoftmaxLoss{}, b.One(nn.Pool2D{Fn: "mean"}, b.One(nn.Conv2D{Stride: 1}, x, k)), y)
	b.Output("each", each)
	b.Output("mean", b.One(nn.MeanImages{}, each))
	b.Output("k", b.One(nn.Linear{A: 2}, k))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if o := p.Outputs[i]; o.Batched != want {
			t.Errorf("output %s: got batched %v, want %v", o.Name, o.Batched, want)
		}
	}
}
