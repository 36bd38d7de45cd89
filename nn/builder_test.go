package nn_test

import (
	"reflect"
	"strings"
	"testing"

	"ventral/nn"
)

func TestEqualInstructionsAreOne(t *testing.T) {
	b := nn.NewBuilder()
	x, y := b.Input("x", nn.Shape{2, 3, 3, 4}, true), b.Input("y", nn.Shape{2, 3, 3, 4}, true)
	relu := b.One(nn.Unary{Fn: "relu"}, x)
	for name, c := range map[string]struct {
		got   nn.Value
		equal bool
	}{
		"again":             {b.One(nn.Unary{Fn: "relu"}, x), true},
		"another argument":  {b.One(nn.Unary{Fn: "relu"}, y), false},
		"another attribute": {b.One(nn.Unary{Fn: "tanh"}, x), false},
	} {
		if equal := c.got == relu; equal != c.equal {
			t.Errorf("%s: got the same value %v, want %v", name, equal, c.equal)
		}
	}
	if b.One(nn.Sum{}, x, y) == b.One(nn.Sum{}, y, x) {
		t.Error("sum: arguments in another order are one instruction, want two")
	}
	b.Tag = nn.Tag{Area: "V2", Step: 4}
	if b.One(nn.Unary{Fn: "relu"}, x) != relu {
		t.Error("another tag: got a second instruction, want the first")
	}
	if in, ok := b.Producer(relu); !ok || in.Tag.Area != "" {
		t.Errorf("producer: got %+v, want the first asked for", in)
	}
	if _, ok := b.Producer(x); ok {
		t.Error("producer of an input: got one, want none")
	}
}

// readers has n readers of one normalised state, each building it anew, and
// returns how often each operation occurs with its gradient.
func readers(t *testing.T, n int) map[string]int {
	t.Helper()
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 3, 3, 4}, true)
	k := b.Var("k", nn.Shape{1, 1, 4, 4}, nn.Init{Kind: "constant"}, true)
	state := b.One(nn.Conv2D{Stride: 1}, x, k)
	var parts []nn.Value
	for i := range n {
		m := b.Do(nn.Moments{}, state)
		h := b.One(nn.Unary{Fn: "relu"}, b.One(nn.Normalise{Eps: 1e-5}, state, m[0], m[1]))
		parts = append(parts, b.One(nn.Linear{A: float64(i + 1)}, h))
	}
	loss := b.One(nn.MeanImages{}, b.Sum(parts...))
	b.Output("dk", b.Gradient(loss, []nn.Value{k})[0])
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, in := range p.Instrs {
		count[in.Op.Name()]++
	}
	return count
}

// TestMergeBeforeGradient checks that a normalisation which two connections
// read is one forward and one backward.
func TestMergeBeforeGradient(t *testing.T) {
	one, two := readers(t, 1), readers(t, 2)
	for _, name := range []string{"moments", "normalise", "normalise_sums", "normalise_apply", "unary_grad", "conv_kernel"} {
		if one[name] != 1 || two[name] != 1 {
			t.Errorf("%s: got %d with one reader and %d with two, want 1", name, one[name], two[name])
		}
	}
}

func TestFirstErrorSticks(t *testing.T) {
	b := nn.NewBuilder()
	b.Tag = nn.Tag{Area: "V1", Step: 3, Part: "V2->V1"}
	x := b.Input("x", nn.Shape{2, 3, 3, 4}, true)
	k := b.Var("k", nn.Shape{3, 3, 5, 4}, nn.Init{Kind: "constant"}, true)
	if v := b.One(nn.Conv2D{Stride: 1}, x, k); v != nn.None {
		t.Errorf("a convolution of 4 channels by a kernel of 5: got %%%d, want None", v)
	}
	for _, want := range []string{"V1@3/V2->V1: conv2d:", "[2 3 3 4]", "[3 3 5 4]"} {
		if !strings.Contains(b.Err().Error(), want) {
			t.Errorf("got %v, want %q in it", b.Err(), want)
		}
	}
	first := b.Err()
	if v := b.Var("v", nn.Shape{2}, nn.Init{Kind: "constant"}, true); v != nn.None {
		t.Errorf("variable after an error: got %%%d, want None", v)
	}
	if v := b.Do(nn.Constant{}); v != nil {
		t.Errorf("operation after an error: got %v, want nothing", v)
	}
	if g := b.Gradient(x, []nn.Value{x}); g[0] != nn.None {
		t.Errorf("gradient after an error: got %%%d, want None", g[0])
	}
	b.Output("x", x)
	b.Update(k, k)
	if _, err := b.Program(); err != first {
		t.Errorf("got %v, want the first error %v", err, first)
	}
}

func TestVariableErrors(t *testing.T) {
	for name, c := range map[string]struct {
		shape nn.Shape
		want  string
	}{
		"another shape": {nn.Shape{3, 3, 1, 2}, `variable "k": found shapes [3 3 1 1] and [3 3 1 2]`},
		"negative":      {nn.Shape{-1}, `variable`},
	} {
		b := nn.NewBuilder()
		b.Var("k", nn.Shape{3, 3, 1, 1}, nn.Init{Kind: "constant"}, true)
		if name == "negative" {
			b.Var("n", c.shape, nn.Init{Kind: "constant"}, true)
		} else {
			b.Var("k", c.shape, nn.Init{Kind: "constant"}, true)
		}
		if err := b.Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
	b := nn.NewBuilder()
	k := b.Var("k", nn.Shape{2}, nn.Init{Kind: "constant"}, true)
	if again := b.Var("k", nn.Shape{2}, nn.Init{Kind: "constant"}, true); again != k {
		t.Errorf("asked twice: got %%%d, want %%%d", again, k)
	}
	if uses := b.Vars()[0].Uses; uses != 2 {
		t.Errorf("uses: got %d, want 2", uses)
	}
	if b.One(nn.Linear{A: 1}, nn.None); b.Err() == nil || !strings.Contains(b.Err().Error(), "argument 0 is None") {
		t.Errorf("None as an argument: got %v", b.Err())
	}
}

func TestSum(t *testing.T) {
	b := nn.NewBuilder()
	x, y := b.Input("x", nn.Shape{2}, false), b.Input("y", nn.Shape{2}, false)
	if got := b.Sum(); got != nn.None {
		t.Errorf("of nothing: got %%%d, want None", got)
	}
	if got := b.Sum(nn.None, x, nn.None); got != x {
		t.Errorf("of one: got %%%d, want %%%d", got, x)
	}
	in, _ := b.Producer(b.Sum(x, nn.None, y, x))
	if want := []nn.Value{x, y, x}; !reflect.DeepEqual(in.Args, want) {
		t.Errorf("of three: got arguments %v, want %v", in.Args, want)
	}
}

// TestGradientNone checks what has no gradient, and that contributions of all
// readers are one sum.
func TestGradientNone(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 1, 1, 3}, true)
	unread := b.Var("unread", nn.Shape{3}, nn.Init{Kind: "constant"}, true)
	dead := b.Var("dead", nn.Shape{3}, nn.Init{Kind: "constant"}, true)
	target := b.Input("target", nn.Shape{2, 1, 1, 3}, true)
	b.Output("dead", b.One(nn.Linear{A: 2}, dead))
	scaled := []nn.Value{b.One(nn.Linear{A: 1}, x), b.One(nn.Linear{A: 2}, x), b.One(nn.Linear{A: 3}, x)}
	loss := b.One(nn.MeanImages{}, b.One(nn.SoftmaxLoss{}, b.Sum(scaled...), target))
	g := b.Gradient(loss, []nn.Value{x, unread, dead, target, loss, nn.None})
	for i, name := range []string{1: "unread", 2: "dead", 3: "target", 5: "None"} {
		if name != "" && g[i] != nn.None {
			t.Errorf("gradient by %s: got %%%d, want None", name, g[i])
		}
	}
	if in, ok := b.Producer(g[0]); !ok || in.Op != (nn.Sum{}) || len(in.Args) != 3 || !in.Tag.Backward {
		t.Errorf("gradient by x: got %+v, want one sum of three tagged as gradient", in)
	}
	if in, ok := b.Producer(g[4]); !ok || in.Op != (nn.Constant{Value: 1}) {
		t.Errorf("gradient of the loss by itself: got %+v, want 1", in)
	}
	if none := b.Gradient(nn.None, []nn.Value{x}); none[0] != nn.None || b.Err() != nil {
		t.Errorf("gradient of None: got %v, %v, want None", none, b.Err())
	}
	if b.Gradient(x, []nn.Value{x}); b.Err() == nil || !strings.Contains(b.Err().Error(), "loss of shape [2 1 1 3], want a scalar") {
		t.Errorf("gradient of an image: got %v", b.Err())
	}
	if b.Tag.Backward {
		t.Error("tag after a gradient: got backward, want what it was")
	}
}
