package nn

import "fmt"

// Verify checks that every value is defined once and before it is read, that
// the shapes are those that the operations give, that batched values keep
// their images, and fills in which outputs are batched.
func (p *Program) Verify() error {
	defined := make([]bool, len(p.Shapes))
	define := func(what string, v Value) error {
		if v < 0 || int(v) >= len(p.Shapes) {
			return fmt.Errorf("program: %s defines %%%d, of %d values", what, v, len(p.Shapes))
		}
		if defined[v] {
			return fmt.Errorf("program: %s defines %%%d a second time", what, v)
		}
		if !p.Shapes[v].Valid() {
			return fmt.Errorf("program: %s has shape %v", what, p.Shapes[v])
		}
		defined[v] = true
		return nil
	}
	read := func(what string, v Value) error {
		if v < 0 || int(v) >= len(p.Shapes) || !defined[v] {
			return fmt.Errorf("program: %s reads %%%d, which is not defined before", what, v)
		}
		return nil
	}
	for _, in := range p.Inputs {
		if err := define("input "+in.Name, in.Value); err != nil {
			return err
		}
	}
	names := map[string]bool{}
	for _, v := range p.Vars {
		if names[v.Name] {
			return fmt.Errorf("program: variable %q is there twice", v.Name)
		}
		names[v.Name] = true
		if err := define("variable "+v.Name, v.Value); err != nil {
			return err
		}
	}
	for i, in := range p.Instrs {
		what := fmt.Sprintf("instruction %d (%s)", i, in.Op.Name())
		args := make([]Shape, len(in.Args))
		for j, a := range in.Args {
			if err := read(what, a); err != nil {
				return err
			}
			args[j] = p.Shapes[a]
		}
		shapes, err := in.Op.Results(args)
		if err != nil {
			return fmt.Errorf("program: %s: %w", what, err)
		}
		if len(shapes) != len(in.Results) {
			return fmt.Errorf("program: %s has %d results, want %d", what, len(in.Results), len(shapes))
		}
		for j, r := range in.Results {
			if err := define(what, r); err != nil {
				return err
			}
			if p.Shapes[r] != shapes[j] {
				return fmt.Errorf("program: %s gives %v, stated %v", what, shapes[j], p.Shapes[r])
			}
		}
	}
	batched := p.Batched()
	for i := range p.Outputs {
		o := &p.Outputs[i]
		if err := read("output "+o.Name, o.Value); err != nil {
			return err
		}
		o.Batched = batched[o.Value]
	}
	isVar := map[Value]bool{}
	for _, v := range p.Vars {
		isVar[v.Value] = true
	}
	for _, u := range p.Updates {
		if err := read("update", u.From); err != nil {
			return err
		}
		if !isVar[u.Var] {
			return fmt.Errorf("program: update of %%%d, which is not a variable", u.Var)
		}
		if p.Shapes[u.Var] != p.Shapes[u.From] {
			return fmt.Errorf("program: update of %%%d %v from %v", u.Var, p.Shapes[u.Var], p.Shapes[u.From])
		}
		isVar[u.Var] = false
	}
	return p.verifyImages(batched)
}

// verifyImages checks that per-image results hold as many images as their arguments.
func (p *Program) verifyImages(batched []bool) error {
	for i, in := range p.Instrs {
		n, mixed := 0, false
		for _, a := range in.Args {
			if batched[a] {
				mixed = mixed || n != 0 && n != p.Shapes[a][0]
				n = p.Shapes[a][0]
			}
		}
		for _, r := range in.Results {
			mixed = mixed || batched[r] && p.Shapes[r][0] != n
		}
		if mixed {
			return fmt.Errorf("program: instruction %d (%s) mixes numbers of images", i, in.Op.Name())
		}
	}
	return nil
}
