package reference_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/experiments/spec"
	"ventral/experiments/spec/reference"
	"ventral/nn"
)

// square is a function that only this file knows.
var square = nn.Function{
	Name:       "square",
	Value:      func(x float64) float64 { return x * x },
	Slope:      func(x, _ float64) float64 { return 2 * x },
	Reads:      nn.ReadsArgument,
	Equation:   "x²",
	Derivative: "2·x",
	NumPy:      "x * x",
	NumPySlope: "2 * x",
}

const squared = `format = 2
steps = 3
areas = ["V1", "V2"]
pattern = ["feedforward"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { net = [{ kind = "conv", channels = 3 }, "square", "conv"], steps = "0.." }
area.V1 = { shape = [16, 16, 2], order = ["norm", "square"] }
area.V2 = { shape = [8, 8, 2], kind = "sum", nonlinearity = "square" }
readout = { net = [{ kind = "square" }, "average", "dense"] }
`

// TestOpenFunctions reads a file that names a function which is registered here,
// wherever a file may name one. It is in the resolved text, in the program, in the
// reference and in what messages propose, and unknown before.
func TestOpenFunctions(t *testing.T) {
	text := squared
	if _, err := spec.Read("x.toml", text, spec.Overrides{}); err == nil || !strings.Contains(err.Error(), `found "square", want one of norm, relu, `) {
		t.Errorf("without the function: got %v", err)
	}
	defer nn.RegisterFunction(square)()
	e, err := spec.Read("x.toml", text, spec.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	resolved := e.TOML()
	for _, want := range []string{`order = ["norm", "square"]`, `nonlinearity = "square"`, "\n  \"square\",\n"} {
		if !strings.Contains(resolved, want) {
			t.Errorf("the resolved text has not %s:\n%s", want, resolved)
		}
	}
	if again, err := spec.Read("x.toml", resolved, spec.Overrides{}); err != nil || again.TOML() != resolved {
		t.Errorf("the resolved text is read as another experiment: %v", err)
	}
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil || len(list) == 0 {
		t.Errorf("got %d weights, %v", len(list), err)
	}
	for topic, want := range map[string][]string{
		"areas":  {"norm, relu, sigmoid, tanh, softplus, elu, square, identity", "(relu, sigmoid, tanh, softplus, elu, square, identity)"},
		"layers": {"  square\n"},
	} {
		pages, err := reference.Of(topic)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(pages.Text(), w) {
				t.Errorf("cortex list %s has not %q:\n%s", topic, w, pages.Text())
			}
		}
	}
	for _, c := range []struct{ from, to, want string }{
		{`nonlinearity = "square"`, `nonlinearity = "sqare"`, `x.toml:8:61: area.V2.nonlinearity: found "sqare", want one of relu, sigmoid, tanh, softplus, elu, square, identity; did you mean "square"?`},
		{`"norm", "square"`, `"norm", "sqare"`, `x.toml:7:51: area.V1.order[1]: found "sqare", want one of norm, relu, sigmoid, tanh, softplus, elu, square, identity; did you mean "square"?`},
		{`kind = "square" }`, `kind = "sqare" }`, `did you mean "square"?`},
	} {
		if strings.Count(text, c.from) != 1 {
			t.Fatalf("the file has not one %q", c.from)
		}
		if _, err := spec.Read("x.toml", strings.Replace(text, c.from, c.to, 1), spec.Overrides{}); !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: got %v, want %s", c.to, err, c.want)
		}
	}
}
