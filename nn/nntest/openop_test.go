package nntest

import (
	"fmt"
	"math"
	"testing"

	"ventral/nn"
)

// compete is an operation that only this file knows: y_c = e^(x_c/T) / Σ_k e^(x_k/T),
// over the channels of a pixel. Its gradient needs the result.
type compete struct{ Temperature float64 }

// competeGrad is the gradient of compete: arguments d, y.
//
//	g_c = y_c·(d_c - Σ_k d_k·y_k)/T
type competeGrad struct{ Temperature float64 }

func (compete) Name() string     { return "compete" }
func (competeGrad) Name() string { return "compete_grad" }

func (o compete) Results(s []nn.Shape) ([]nn.Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || o.Temperature <= 0 {
		return nil, fmt.Errorf("found shapes %v at temperature %g, want one image at a positive one", s, o.Temperature)
	}
	return s, nil
}

func (o competeGrad) Results(s []nn.Shape) ([]nn.Shape, error) {
	if len(s) != 2 || s[0].Rank() != 4 || s[0] != s[1] || o.Temperature <= 0 {
		return nil, fmt.Errorf("found shapes %v at temperature %g, want two equal images at a positive one", s, o.Temperature)
	}
	return s[:1], nil
}

func (compete) Batch(a []bool) nn.Locality     { return nn.Mul{}.Batch(a) }
func (competeGrad) Batch(a []bool) nn.Locality { return nn.Mul{}.Batch(a) }

func (o compete) Eval(args, results []nn.Array) {
	x, y, n := args[0].Data, results[0].Data, args[0].Shape[3]
	for at := 0; at < len(x); at += n {
		sum := 0.0
		for c := range n {
			y[at+c] = math.Exp(x[at+c] / o.Temperature)
			sum += y[at+c]
		}
		for c := range n {
			y[at+c] /= sum
		}
	}
}

func (o competeGrad) Eval(args, results []nn.Array) {
	d, y, n := args[0].Data, args[1].Data, args[0].Shape[3]
	for at := 0; at < len(d); at += n {
		sum := 0.0
		for c := range n {
			sum += d[at+c] * y[at+c]
		}
		for c := range n {
			results[0].Data[at+c] = y[at+c] * (d[at+c] - sum) / o.Temperature
		}
	}
}

func (o compete) Grad(b *nn.Builder, in nn.Instr, d []nn.Value) []nn.Value {
	return []nn.Value{b.One(competeGrad(o), d[0], in.Results[0])}
}

func (competeGrad) Grad(b *nn.Builder, in nn.Instr, d []nn.Value) []nn.Value {
	b.Fail(fmt.Errorf("compete_grad: the second derivative is not available"))
	return []nn.Value{nn.None, nn.None}
}

func (compete) Describe() nn.Description {
	return nn.Description{
		Page: `x [N H W C] → y, like x. *Per image.*
Attributes: ` + "`temperature`" + `, T > 0. The channels of a pixel compete: y_c = e^(x_c/T) / Σ_k e^(x_k/T).`,
		NumPy: "lambda x, temperature: np.exp(x / temperature - np.logaddexp.reduce(x / temperature, 3, keepdims=True))",
		Examples: []nn.Example{
			{Name: "seven channels", Op: compete{1.5}, Args: []nn.Shape{{3, 5, 3, 7}}, Diff: []int{0}},
			{Name: "many images", Op: compete{0.5}, Args: []nn.Shape{{37, 4, 5, 3}}, Diff: []int{0}},
			{Name: "an argument without images", Op: compete{1}, Args: []nn.Shape{{2, 3, 3, 4}}, Whole: []int{0}, Diff: []int{0}},
		},
	}
}

func (competeGrad) Describe() nn.Description {
	return nn.Description{
		Page: `d, y [N H W C] → g, like d. *Per image.*
Attributes: ` + "`temperature`" + `, T > 0. The gradient of compete's argument: g_c = y_c·(d_c - Σ_k d_k·y_k)/T.`,
		NumPy:    "lambda d, y, temperature: y * (d - (d * y).sum(3, keepdims=True)) / temperature",
		Examples: []nn.Example{{Name: "seven channels", Op: competeGrad{1.5}, Args: []nn.Shape{{3, 5, 3, 7}, {3, 5, 3, 7}}}},
	}
}

// TestOpenOperations registers operations from this file alone: their examples
// are cases like all others.
func TestOpenOperations(t *testing.T) {
	built, cases := len(nn.Ops()), len(Cases())
	t.Run("registered", func(t *testing.T) {
		RegisterOp(t, compete{})
		RegisterOp(t, competeGrad{})
		if got := len(Cases()) - cases; got != 4 {
			t.Errorf("got %d cases more, want 4", got)
		}
		TestCasesComplete(t)
		own := append(Showing("compete"), Showing("compete_grad")...)
		for _, c := range own {
			t.Run(c.Name, func(t *testing.T) {
				RoundTrip(t, c)
				GradientCheck(t, c)
			})
		}
		for name, e := range engines() {
			t.Run(name, func(t *testing.T) {
				for _, c := range own {
					EngineCase(t, e, c)
				}
			})
		}
		interpretCases(t, own, "\nOPERATIONS = {\n",
			fmt.Sprintf("    \"compete\": %s,\n    \"compete_grad\": %s,\n", compete{}.Describe().NumPy, competeGrad{}.Describe().NumPy))
		sameOnThreads(t, compete{2}, []string{"compete", "compete_grad"})
	})
	if len(nn.Ops()) != built || len(Cases()) != cases {
		t.Errorf("got %d operations and %d cases, want the %d and %d of before", len(nn.Ops()), len(Cases()), built, cases)
	}
	if _, err := nn.Parse("format = 2\ninput \"x\" = %0 [1 1 1 1] batched\n%1 [1 1 1 1] = compete(%0) temperature=1"); err == nil {
		t.Error("reading a program with compete: got no error")
	}
}
