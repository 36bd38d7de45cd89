package nn

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// Builder writes a program. It merges equal instructions: an equal Op on equal
// arguments returns the existing value, so one normalisation of a state serves
// everyone who reads it. The first error sticks; later calls do nothing and
// return None, and Program reports it.
type Builder struct {
	Tag   Tag    // given to the instructions that follow
	Plain Passes // passes that are left out

	p        Program
	known    map[key][]Value
	producer []int // instruction of each value, -1 for inputs and variables
	vars     map[string]int
	err      error
}

type key struct {
	op   Op
	args string
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	return &Builder{known: map[key][]Value{}, vars: map[string]int{}, Tag: Tag{Step: -1}}
}

// Err returns the first error of building.
func (b *Builder) Err() error { return b.err }

// Fail makes err the builder's error unless it has one.
func (b *Builder) Fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Program returns the program written so far, verified.
func (b *Builder) Program() (*Program, error) {
	if b.err != nil {
		return nil, b.err
	}
	p := b.p
	return &p, p.Verify()
}

// Shape returns the shape of v; the zero Shape for None.
func (b *Builder) Shape(v Value) Shape {
	if v < 0 || int(v) >= len(b.p.Shapes) {
		return Shape{}
	}
	return b.p.Shapes[v]
}

// Producer returns the instruction that defines v; ok is false for inputs and variables.
func (b *Builder) Producer(v Value) (in Instr, ok bool) {
	if v < 0 || b.producer[v] < 0 {
		return Instr{}, false
	}
	return b.p.Instrs[b.producer[v]], true
}

// Input adds an input port.
func (b *Builder) Input(name string, s Shape, batched bool) Value {
	v := b.define(s, -1)
	b.p.Inputs = append(b.p.Inputs, Port{name, v, batched})
	return v
}

// Output adds an output port. Batched is found from the program.
func (b *Builder) Output(name string, v Value) {
	if b.err != nil {
		return
	}
	b.p.Outputs = append(b.p.Outputs, Port{Name: name, Value: v})
}

// Var returns the variable called name, creating it on first use. Asking again
// with another shape is an error that gives both.
func (b *Builder) Var(name string, s Shape, init Init, trainable bool) Value {
	if b.err != nil {
		return None
	}
	if i, ok := b.vars[name]; ok {
		v := &b.p.Vars[i]
		if old := b.p.Shapes[v.Value]; old != s {
			b.Fail(fmt.Errorf("variable %q: found shapes %v and %v, want one shape under one name", name, old, s))
			return None
		}
		// Adjoints have one variable and different fan-ins: the first use counts.
		if v.Init.Kind != init.Kind || v.Init.Value != init.Value || v.Trainable != trainable {
			b.Fail(fmt.Errorf("variable %q: found initial values %q and %q, want one kind under one name", name, v.Init.Kind, init.Kind))
			return None
		}
		v.Uses++
		return v.Value
	}
	if s.Len() <= 0 || !s.Valid() {
		b.Fail(fmt.Errorf("variable %q: found shape %v, want positive axes", name, s))
		return None
	}
	v := b.define(s, -1)
	b.vars[name] = len(b.p.Vars)
	b.p.Vars = append(b.p.Vars, Var{name, v, init, trainable, 1})
	return v
}

// Vars returns the variables defined so far.
func (b *Builder) Vars() []Var { return b.p.Vars }

// Update stores from in variable v at the end of a run.
func (b *Builder) Update(v, from Value) {
	if b.err != nil {
		return
	}
	b.p.Updates = append(b.p.Updates, Update{v, from})
}

// Do applies op and returns its results.
func (b *Builder) Do(op Op, args ...Value) []Value {
	if b.err != nil {
		return nil
	}
	shapes := make([]Shape, len(args))
	var packed []byte
	for i, a := range args {
		if a == None {
			b.Fail(fmt.Errorf("%s: argument %d is None", b.where(op), i))
			return nil
		}
		shapes[i] = b.p.Shapes[a]
		packed = binary.AppendVarint(packed, int64(a))
	}
	k := key{op, string(packed)}
	if r, ok := b.known[k]; ok && !b.Plain.Merge {
		return r
	}
	if !b.Plain.Subpixel {
		if v, ok := b.subpixel(op, args); ok {
			b.known[k] = []Value{v}
			return b.known[k]
		}
	}
	out, err := op.Results(shapes)
	if err != nil {
		b.Fail(fmt.Errorf("%s: %w", b.where(op), err))
		return nil
	}
	in := Instr{Op: op, Args: append([]Value(nil), args...), Tag: b.Tag}
	for _, s := range out {
		in.Results = append(in.Results, b.define(s, len(b.p.Instrs)))
	}
	b.p.Instrs = append(b.p.Instrs, in)
	b.known[k] = in.Results
	return in.Results
}

// One applies an op of one result.
func (b *Builder) One(op Op, args ...Value) Value {
	r := b.Do(op, args...)
	if len(r) == 0 {
		return None
	}
	return r[0]
}

// Sum adds values of equal shape. None is zero; of nothing it is None.
func (b *Builder) Sum(vs ...Value) Value {
	var some []Value
	for _, v := range vs {
		if v != None {
			some = append(some, v)
		}
	}
	switch len(some) {
	case 0:
		return None
	case 1:
		return some[0]
	}
	return b.One(Sum{}, some...)
}

func (b *Builder) define(s Shape, producer int) Value {
	b.p.Shapes = append(b.p.Shapes, s)
	b.producer = append(b.producer, producer)
	return Value(len(b.p.Shapes) - 1)
}

func (b *Builder) where(op Op) string {
	if b.Tag.Area == "" {
		return op.Name()
	}
	return b.Tag.String() + ": " + op.Name()
}

// String returns the tag as in "V1@3/V2->V1".
func (t Tag) String() string {
	s := t.Area
	if t.Step >= 0 {
		s += fmt.Sprintf("@%d", t.Step)
	}
	if t.Part != "" {
		s += "/" + t.Part
	}
	if t.Backward {
		s = strings.TrimPrefix(s+gradientMark, " ")
	}
	return s
}
