package nn

// Describer is an operation whose own file is all that there is of it: tests and
// pages are made from what it says.
type Describer interface {
	Op
	Describe() Description
}

// Description is what tests and pages need of an operation.
type Description struct {
	// Page is the section of docs/program.md below the operation's name: arguments
	// → results with their shapes, how it treats images, attributes, equation.
	Page string
	// NumPy is the operation in docs/interpret.py: an expression that is a function
	// of the arguments, then of the attributes by name. It is written from Page,
	// and compared with Eval.
	NumPy string
	// Examples are cases for the operation, its engines and its gradient.
	Examples []Example
}

// Example is one use of an operation, from which tests make a case.
type Example struct {
	Name string
	Op   Op
	// Args are the shapes of the arguments, which are drawn from the standard
	// normal distribution. Those of four axes have images, but for the ones that
	// Whole lists.
	Args  []Shape
	Whole []int
	// Diff lists the arguments by which Grad differentiates the results.
	Diff []int
}
