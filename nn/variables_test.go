package nn_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/nn"
)

func draw(t *testing.T, in nn.Init, seed uint64, name string, n int) []float32 {
	t.Helper()
	x := nn.NewTensor(nn.Shape{n})
	if err := in.Draw(seed, name, x); err != nil {
		t.Fatal(err)
	}
	return x.Data
}

func TestDrawDependsOnSeedAndName(t *testing.T) {
	he := nn.Init{Kind: "he_normal", FanIn: 9}
	first := draw(t, he, 1, "V1/kernel", 50)
	if again := draw(t, he, 1, "V1/kernel", 50); !slices.Equal(again, first) {
		t.Error("same seed and name: got other values")
	}
	if longer := draw(t, he, 1, "V1/kernel", 60); !slices.Equal(longer[:50], first) {
		t.Error("a larger variable: got another beginning")
	}
	for name, other := range map[string][]float32{"seed": draw(t, he, 2, "V1/kernel", 50), "name": draw(t, he, 1, "V2/kernel", 50)} {
		for i, x := range other {
			if x == first[i] {
				t.Errorf("another %s: element %d is the same", name, i)
			}
		}
	}
}

// TestDrawMoments compares n = 200000 draws with the distribution: the mean to
// 5 standard errors, sd/√n, and the variance to 5 of its own, at most √2·var/√n.
func TestDrawMoments(t *testing.T) {
	const n, fanIn, fanOut = 200000, 27, 144
	for kind, c := range map[string]struct{ variance, bound float64 }{
		"he_normal":      {2.0 / fanIn, math.Inf(1)},
		"he_uniform":     {2.0 / fanIn, math.Sqrt(6.0 / fanIn)},
		"glorot_normal":  {2.0 / (fanIn + fanOut), math.Inf(1)},
		"glorot_uniform": {2.0 / (fanIn + fanOut), math.Sqrt(6.0 / (fanIn + fanOut))},
	} {
		if !slices.Contains(nn.Inits, kind) {
			t.Errorf("%s: not listed", kind)
		}
		mean, square, fourth, largest := 0.0, 0.0, 0.0, 0.0
		for _, v := range draw(t, nn.Init{Kind: kind, FanIn: fanIn, FanOut: fanOut}, 7, "kernel", n) {
			x := float64(v)
			mean += x / n
			square += x * x / n
			fourth += x * x * x * x / n
			largest = max(largest, math.Abs(x))
		}
		if limit := 5 * math.Sqrt(c.variance/n); math.Abs(mean) > limit {
			t.Errorf("%s: got mean %g, want less than %g", kind, mean, limit)
		}
		if limit := 5 * c.variance * math.Sqrt(2.0/n); math.Abs(square-c.variance) > limit {
			t.Errorf("%s: got variance %g, want %g ± %g", kind, square, c.variance, limit)
		}
		// The kurtosis tells the normal distribution, 3, from the uniform, 9/5.
		want := 3.0
		if !math.IsInf(c.bound, 1) {
			want = 1.8
			if largest > c.bound*(1+1e-7) || largest < 0.99*c.bound {
				t.Errorf("%s: got largest %g, want nearly %g", kind, largest, c.bound)
			}
		}
		if got := fourth / (square * square); math.Abs(got-want) > 0.1 {
			t.Errorf("%s: got kurtosis %g, want %g", kind, got, want)
		}
	}
	if got := draw(t, nn.Init{Kind: "constant", Value: 0.5}, 1, "gain", 3); !slices.Equal(got, []float32{0.5, 0.5, 0.5}) {
		t.Errorf("constant: got %v, want 0.5", got)
	}
	if err := (nn.Init{Kind: "ones"}).Draw(1, "gain", nn.NewTensor(nn.Shape{1})); err == nil || !strings.Contains(err.Error(), `"gain": found initial values "ones", want one of [he_normal`) {
		t.Errorf("unknown kind: got %v", err)
	}
}

func TestFill(t *testing.T) {
	program := func(names ...string) *nn.Program {
		b := nn.NewBuilder()
		for _, n := range names {
			b.Var(n, nn.Shape{3, 3, 1, 2}, nn.Init{Kind: "he_normal", FanIn: 9}, true)
		}
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	v, w := nn.NewVariables(5), nn.NewVariables(5)
	drawn, err := v.Fill(program("b"))
	if err != nil || !slices.Equal(drawn, []string{"b"}) {
		t.Fatalf("got %v, %v, want b drawn", drawn, err)
	}
	b, _ := v.Get("b")
	b.Data[0] = 100
	if drawn, err = v.Fill(program("a", "b", "c")); err != nil || !slices.Equal(drawn, []string{"a", "c"}) {
		t.Fatalf("got %v, %v, want a and c drawn", drawn, err)
	}
	if b.Data[0] != 100 {
		t.Error("a variable that is there: was drawn again")
	}
	if _, err := w.Fill(program("c", "x", "a")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "c"} {
		x, _ := v.Get(name)
		if y, _ := w.Get(name); !slices.Equal(x.Data, y.Data) {
			t.Errorf("%s: depends on the other variables of the program", name)
		}
	}
	clone := v.Clone()
	b.Data[0] = 7
	if c, _ := clone.Get("b"); c.Data[0] != 100 {
		t.Error("clone: shares memory")
	}
	v.Set("a", nn.NewTensor(nn.Shape{2}))
	if _, err := v.Fill(program("a")); err == nil || !strings.Contains(err.Error(), `variable "a": found shape [2], the program wants [3 3 1 2]`) {
		t.Errorf("another shape: got %v", err)
	}
}
