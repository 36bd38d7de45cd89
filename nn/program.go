package nn

// Value names one result of a program: an index into Program.Shapes.
type Value int32

// None is the absent value: a silent area, or a gradient that is zero.
const None Value = -1

// Locality says how an instruction treats axis 0 of its batched arguments, so
// what an engine may split.
type Locality int

const (
	PerImage Locality = iota // image i of the results depends on image i of the batched arguments alone
	Reduce                   // results have no image axis and add over images
	Whole                    // no batched argument, or not to be split
)

// String returns the name of l as used in docs/program.md.
func (l Locality) String() string { return [...]string{"per-image", "reduce", "whole"}[l] }

// Op is an operation: a comparable plain struct whose exported fields, all of
// them int, float64, bool or string, are its attributes.
type Op interface {
	// Name is the operation's name in a printed program.
	Name() string
	// Results returns the shapes of the results, or what is wrong with args.
	Results(args []Shape) ([]Shape, error)
	// Batch says how the operation treats images, given which arguments have an image axis.
	Batch(args []bool) Locality
	// Eval is the operation's meaning, in float64. Results are zero on entry.
	// Where images are independent, the batched arguments may be some of them.
	Eval(args, results []Array)
	// Grad emits the gradients of the arguments of in, given those of its
	// results (None where zero). It may read in.Args and in.Results. It returns
	// one value per argument; None is zero.
	Grad(b *Builder, in Instr, d []Value) []Value
}

// Tag says where in a cortex an instruction belongs; engines only report it.
type Tag struct {
	Area     string // "V1", "readout", "optimiser"
	Step     int    // time step, -1 where there is none
	Part     string // "V2->V1", "norm", …
	Backward bool   // belongs to the gradient
}

// Instr applies Op to Args and defines Results.
type Instr struct {
	Op      Op
	Args    []Value
	Results []Value
	Tag     Tag
}

// Port is a named input or output. Batched ports have images on axis 0.
type Port struct {
	Name    string
	Value   Value
	Batched bool
}

// Var is a variable: it keeps its value between runs.
type Var struct {
	Name      string
	Value     Value
	Init      Init
	Trainable bool
	Uses      int // how many times building asked for it
}

// Update stores From in the variable whose value is Var after a run.
type Update struct{ Var, From Value }

// Program is a straight-line program: Instrs run in order, each value is
// defined once, Updates happen together at the end.
type Program struct {
	Shapes  []Shape // of each Value
	Inputs  []Port
	Vars    []Var
	Instrs  []Instr
	Outputs []Port
	Updates []Update
}

// Shape returns the shape of v.
func (p *Program) Shape(v Value) Shape { return p.Shapes[v] }

// Batched returns for every value whether its axis 0 is images.
func (p *Program) Batched() []bool {
	batched := make([]bool, len(p.Shapes))
	for _, in := range p.Inputs {
		batched[in.Value] = in.Batched
	}
	for _, in := range p.Instrs {
		if in.Locality(batched) == PerImage {
			for _, r := range in.Results {
				batched[r] = true
			}
		}
	}
	return batched
}

// Locality returns how in treats images, given which values are batched.
func (in Instr) Locality(batched []bool) Locality {
	args := make([]bool, len(in.Args))
	for i, a := range in.Args {
		args[i] = batched[a]
	}
	return in.Op.Batch(args)
}

// Var returns the variable called name, or nil.
func (p *Program) Var(name string) *Var {
	for i := range p.Vars {
		if p.Vars[i].Name == name {
			return &p.Vars[i]
		}
	}
	return nil
}

// Output returns the value of the output called name, or None.
func (p *Program) Output(name string) Value {
	for _, o := range p.Outputs {
		if o.Name == name {
			return o.Value
		}
	}
	return None
}

// Parameters returns the number of elements of all trainable variables.
func (p *Program) Parameters() int {
	n := 0
	for _, v := range p.Vars {
		if v.Trainable {
			n += p.Shapes[v.Value].Len()
		}
	}
	return n
}
