package nn_test

import (
	"strings"
	"testing"

	"ventral/nn"
)

// TestFunctionFaults reads programs that use functions wrongly.
func TestFunctionFaults(t *testing.T) {
	both := nn.Function{
		Name:       "fault_test",
		Value:      func(x float64) float64 { return x * x * x },
		Slope:      func(x, y float64) float64 { return x*x + 2*y/x },
		Reads:      nn.ReadsArgument | nn.ReadsResult,
		Equation:   "x³",
		Derivative: "x² + 2·y/x",
		NumPy:      "x ** 3",
		NumPySlope: "x * x + 2 * y / x",
	}
	t.Cleanup(nn.RegisterFunction(both))
	for name, c := range map[string]struct{ instruction, want string }{
		"unknown function":        {`unary(%0) fn="square"`, `found function "square" of 1 arguments, want relu, sigmoid, tanh, softplus, elu or fault_test of one`},
		"two arguments":           {`unary(%0, %0) fn="tanh"`, `found function "tanh" of 2 arguments, want relu, sigmoid,`},
		"gradient of unknown":     {`unary_grad(%0, %0) fn="square"`, `found function "square" of 2 arguments, want the gradient of relu, sigmoid,`},
		"gradient without result": {`unary_grad(%0) fn="tanh"`, `found function "tanh" of 1 arguments, want gradient, result`},
		"gradient with both":      {`unary_grad(%0, %0, %0) fn="tanh"`, `found function "tanh" of 3 arguments, want gradient, result`},
		"gradient with one":       {`unary_grad(%0, %0) fn="fault_test"`, `found function "fault_test" of 2 arguments, want gradient, argument, result`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := nn.Parse("format = 2\ninput \"x\" = %0 [1 1 1 1] batched\n%1 [1 1 1 1] = " + c.instruction)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}
