package nn

import (
	"fmt"
	"math"
)

// Engine executes programs.
type Engine interface {
	Name() string
	// Compile prepares p. The program must not change afterwards.
	Compile(p *Program) (Executable, error)
	// Hold takes a copy of v into the engine's memory.
	Hold(v *Variables) (Residence, error)
}

// Executable is a compiled program. It is not safe for concurrent use.
type Executable interface {
	// Run executes the program once: in and out follow Program.Inputs and
	// Program.Outputs, each with the shape of its port; an out without Data is
	// not delivered. Updates are stored in r. When a loss (a scalar output) or
	// an update is not finite, nothing is stored and the error is a *NonFinite.
	Run(r Residence, in, out []Tensor) error
	Close() error
}

// Residence is a set of variables in an engine's memory. It serves every
// program of that engine whose variables it has.
type Residence interface {
	Load(*Variables) error // replaces values, adding variables that are new
	Save(*Variables) error // copies all values out
	Close() error
}

// NonFinite reports the first instruction whose result is NaN or infinite.
type NonFinite struct {
	Index int
	Instr Instr
	Value float64
}

// Error names area, step and operation.
func (e *NonFinite) Error() string {
	what := "infinite"
	if math.IsNaN(e.Value) {
		what = "not a number"
	}
	where := e.Instr.Tag.String()
	if where == "" {
		where = "program"
	}
	return fmt.Sprintf("%s: result of %s is %s (instruction %d)", where, e.Instr.Op.Name(), what, e.Index)
}

// CheckPorts returns an error unless in and out follow the inputs and outputs of
// p as [Executable] wants them.
func (p *Program) CheckPorts(in, out []Tensor) error {
	if len(in) != len(p.Inputs) || len(out) != len(p.Outputs) {
		return fmt.Errorf("program: found %d inputs and %d outputs, want %d and %d", len(in), len(out), len(p.Inputs), len(p.Outputs))
	}
	for i, x := range p.Inputs {
		if s := p.Shapes[x.Value]; in[i].Shape != s || len(in[i].Data) != s.Len() {
			return fmt.Errorf("program: input %q: found shape %v with %d elements, want %v", x.Name, in[i].Shape, len(in[i].Data), s)
		}
	}
	for i, o := range p.Outputs {
		if s := p.Shapes[o.Value]; out[i].Data != nil && (out[i].Shape != s || len(out[i].Data) != s.Len()) {
			return fmt.Errorf("program: output %q: found shape %v with %d elements, want %v", o.Name, out[i].Shape, len(out[i].Data), s)
		}
	}
	return nil
}
