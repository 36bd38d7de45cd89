// Package ref is the oracle: every operation's own meaning, in float64, one
// instruction after the other. It is slow and has nothing to hide behind.
package ref

import (
	"fmt"
	"math"

	"ventral/nn"
)

// Engine executes programs by [nn.Op.Eval]. The zero Engine is ready to use.
type Engine struct{}

// Name returns "ref".
func (Engine) Name() string { return "ref" }

// Compile verifies p.
func (Engine) Compile(p *nn.Program) (nn.Executable, error) {
	if err := p.Verify(); err != nil {
		return nil, err
	}
	return executable{p}, nil
}

// Hold takes a copy of v. Values stay in float64 from run to run.
func (Engine) Hold(v *nn.Variables) (nn.Residence, error) {
	r := &Residence{values: map[string]nn.Array{}}
	return r, r.Load(v)
}

// Residence is a set of variables in float64.
type Residence struct{ values map[string]nn.Array }

// Load implements nn.Residence.
func (r *Residence) Load(v *nn.Variables) error {
	for _, name := range v.Names() {
		t, _ := v.Get(name)
		a := nn.NewArray(t.Shape)
		for i, x := range t.Data {
			a.Data[i] = float64(x)
		}
		r.values[name] = a
	}
	return nil
}

// Save implements nn.Residence.
func (r *Residence) Save(v *nn.Variables) error {
	for name, a := range r.values {
		t := nn.NewTensor(a.Shape)
		for i, x := range a.Data {
			t.Data[i] = float32(x)
		}
		v.Set(name, t)
	}
	return nil
}

// Get returns a variable's value, which may be changed in place.
func (r *Residence) Get(name string) (nn.Array, bool) {
	a, ok := r.values[name]
	return a, ok
}

// Close implements nn.Residence.
func (*Residence) Close() error { return nil }

type executable struct{ p *nn.Program }

// Close implements nn.Executable.
func (executable) Close() error { return nil }

// Run implements nn.Executable.
func (e executable) Run(r nn.Residence, in, out []nn.Tensor) error {
	home, ok := r.(*Residence)
	if !ok {
		return fmt.Errorf("ref: found a residence of another engine")
	}
	if err := e.p.CheckPorts(in, out); err != nil {
		return err
	}
	args := make([]nn.Array, len(in))
	for i, t := range in {
		args[i] = nn.NewArray(t.Shape)
		for k, x := range t.Data {
			args[i].Data[k] = float64(x)
		}
	}
	results, err := Run(e.p, home, args)
	if err != nil {
		return err
	}
	for i, t := range out {
		for k := range t.Data {
			t.Data[k] = float32(results[i].Data[k])
		}
	}
	return nil
}

// Run executes p in float64 from end to end and returns its outputs. Errors
// are those of nn.Executable.
func Run(p *nn.Program, r *Residence, in []nn.Array) ([]nn.Array, error) {
	values, err := Values(p, r, in)
	if err != nil {
		return nil, err
	}
	if err := finite(p, values); err != nil {
		return nil, err
	}
	out := make([]nn.Array, len(p.Outputs))
	for i, o := range p.Outputs {
		out[i] = values[o.Value]
	}
	name := map[nn.Value]string{}
	for _, v := range p.Vars {
		name[v.Value] = v.Name
	}
	for _, u := range p.Updates {
		from := values[u.From]
		r.values[name[u.Var]] = nn.Array{Shape: from.Shape, Data: append([]float64(nil), from.Data...)}
	}
	return out, nil
}

// Values executes p and returns every value, without looking for faults and
// without updates.
func Values(p *nn.Program, r *Residence, in []nn.Array) ([]nn.Array, error) {
	if len(in) != len(p.Inputs) {
		return nil, fmt.Errorf("ref: found %d inputs, want %d", len(in), len(p.Inputs))
	}
	values := make([]nn.Array, len(p.Shapes))
	for i, x := range p.Inputs {
		if in[i].Shape != p.Shapes[x.Value] {
			return nil, fmt.Errorf("ref: input %q: found shape %v, want %v", x.Name, in[i].Shape, p.Shapes[x.Value])
		}
		values[x.Value] = in[i]
	}
	for _, v := range p.Vars {
		a, ok := r.values[v.Name]
		if !ok || a.Shape != p.Shapes[v.Value] {
			return nil, fmt.Errorf("ref: variable %q: found shape %v, want %v", v.Name, a.Shape, p.Shapes[v.Value])
		}
		values[v.Value] = a
	}
	for _, x := range p.Instrs {
		args, results := make([]nn.Array, len(x.Args)), make([]nn.Array, len(x.Results))
		for i, a := range x.Args {
			args[i] = values[a]
		}
		for i, v := range x.Results {
			results[i] = nn.NewArray(p.Shapes[v])
			values[v] = results[i]
		}
		x.Op.Eval(args, results)
	}
	return values, nil
}

// finite returns a *nn.NonFinite of the first instruction at fault where a
// scalar output or an update is not finite.
func finite(p *nn.Program, values []nn.Array) error {
	bad := false
	for _, o := range p.Outputs {
		if p.Shapes[o.Value] == (nn.Shape{}) {
			_, b := fault(values[o.Value])
			bad = bad || b
		}
	}
	for _, u := range p.Updates {
		_, b := fault(values[u.From])
		bad = bad || b
	}
	if !bad {
		return nil
	}
	for i, in := range p.Instrs {
		for _, r := range in.Results {
			if x, b := fault(values[r]); b {
				return &nn.NonFinite{Index: i, Instr: in, Value: x}
			}
		}
	}
	return fmt.Errorf("ref: an input or variable is not finite")
}

func fault(a nn.Array) (float64, bool) {
	for _, x := range a.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return x, true
		}
	}
	return 0, false
}
