package nn

import "strings"

// Function is a function of one number, y = f(x), which [Unary] applies to every
// element. It is all that is said of the function: engines compute it from Value
// and Slope unless they have a faster way, tests try every function that is
// registered, and its rows in docs are made from the texts.
type Function struct {
	Name string // the attribute fn of unary and unary_grad
	// Value returns f(x) for every finite x.
	Value func(x float64) float64
	// Slope returns df/dx at x, where f(x) is y. An argument that Reads leaves
	// out is not a number.
	Slope func(x, y float64) float64
	// Reads says what Slope reads. What it does not read need not be kept until
	// the gradient is computed.
	Reads Reads
	// Flat says that Slope is constant but for jumps, so that a gradient can be
	// differentiated again.
	Flat bool
	// Equation and Derivative give Value and Slope in docs/program.md.
	Equation, Derivative string
	// NumPy and NumPySlope are expressions of x and y in docs/interpret.py. They
	// are written from the equations, and compared with Value and Slope.
	NumPy, NumPySlope string
}

// Reads says which of argument and result the slope of a [Function] reads.
type Reads int

const (
	ReadsArgument Reads = 1 << iota
	ReadsResult
)

// String returns "argument", "result" or "argument, result".
func (r Reads) String() string {
	var words []string
	if r&ReadsArgument != 0 {
		words = append(words, "argument")
	}
	if r&ReadsResult != 0 {
		words = append(words, "result")
	}
	return strings.Join(words, ", ")
}

// FunctionOf returns the function called name.
func FunctionOf(name string) (f Function, ok bool) { return functions.get(name) }

// Functions lists every function, in the order of docs/program.md.
func Functions() []Function { return functions.all() }

// RegisterFunction adds f to the functions of [Unary], and returns what takes it
// out again. It panics where f is incomplete, or its name is no word or taken.
// Programs with f can be read, verified and run as long as it is registered.
func RegisterFunction(f Function) (remove func()) { return functions.add(f) }

// checkFunction panics unless f is complete.
func checkFunction(f Function) {
	if f.Value == nil || f.Slope == nil || f.Reads&^(ReadsArgument|ReadsResult) != 0 || f.Reads == 0 {
		panic("nn: function " + f.Name + ": want Value, Slope, and what Slope reads")
	}
	for _, text := range []string{f.Equation, f.Derivative, f.NumPy, f.NumPySlope} {
		if text == "" {
			panic("nn: function " + f.Name + ": want its equation and derivative, in words and in NumPy")
		}
	}
}
