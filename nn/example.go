package nn

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

// Exampler is an operation that says how it is tried: its own file is all that
// tests need.
type Exampler interface {
	Op
	Examples() []Example
}
