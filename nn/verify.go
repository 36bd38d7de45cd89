package nn

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// Verify checks that every value is defined once and before it is read, that
// names are there once, that attributes are finite and sizes can be counted,
// that the shapes are those that the operations give, that batched values keep
// their images, and fills in which outputs are batched. It never panics: a
// program that passes can be compiled, wherever it comes from.
func (p *Program) Verify() error {
	for v, s := range p.Shapes {
		if err := checkShape(s); err != nil {
			return fmt.Errorf("program: %%%d: %w", v, err)
		}
	}
	if err := p.verifyNames(); err != nil {
		return err
	}
	defined := make([]bool, len(p.Shapes))
	define := func(what string, v Value) error {
		if v < 0 || int(v) >= len(p.Shapes) {
			return fmt.Errorf("program: %s defines %%%d, of %d values", what, v, len(p.Shapes))
		}
		if defined[v] {
			return fmt.Errorf("program: %s defines %%%d a second time", what, v)
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
		if s := p.Shapes[in.Value]; in.Batched && s.Rank() != 4 {
			return fmt.Errorf("program: input %s is batched and has shape %v, want four axes N×H×W×C", in.Name, s)
		}
	}
	for _, v := range p.Vars {
		if x := v.Init.Value; math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("program: variable %s begins as %v, want a finite number", v.Name, x)
		}
		if err := define("variable "+v.Name, v.Value); err != nil {
			return err
		}
	}
	for i, in := range p.Instrs {
		if in.Op == nil {
			return fmt.Errorf("program: instruction %d has no operation", i)
		}
		what := fmt.Sprintf("instruction %d (%s)", i, in.Op.Name())
		if err := checkAttributes(in.Op); err != nil {
			return fmt.Errorf("program: %s: %w", what, err)
		}
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
	for v, ok := range defined {
		if !ok {
			return fmt.Errorf("program: %%%d is never defined", v)
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

// verifyNames checks that the names of inputs, variables and outputs are text
// and there once each.
func (p *Program) verifyNames() error {
	check := func(kind string, seen map[string]bool, name string) error {
		if !utf8.ValidString(name) {
			return fmt.Errorf("program: %s %q: found a name that is not UTF-8", kind, name)
		}
		if seen[name] {
			return fmt.Errorf("program: %s %q is there twice", kind, name)
		}
		seen[name] = true
		return nil
	}
	inputs, vars, outputs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, in := range p.Inputs {
		if err := check("input", inputs, in.Name); err != nil {
			return err
		}
	}
	for _, v := range p.Vars {
		if err := check("variable", vars, v.Name); err != nil {
			return err
		}
		if !utf8.ValidString(v.Init.Kind) {
			return fmt.Errorf("program: variable %q: found initial values %q, want UTF-8", v.Name, v.Init.Kind)
		}
	}
	for _, o := range p.Outputs {
		if err := check("output", outputs, o.Name); err != nil {
			return err
		}
	}
	for i, in := range p.Instrs {
		if !utf8.ValidString(in.Tag.Area) || !utf8.ValidString(in.Tag.Part) {
			return fmt.Errorf("program: instruction %d: found a tag that is not UTF-8", i)
		}
	}
	return nil
}

// verifyImages checks that per-image results hold as many images as their arguments.
func (p *Program) verifyImages(batched []bool) error {
	for i, in := range p.Instrs {
		switch in.Op.(type) {
		case Conv2D, ConvTranspose2D:
			if batched[in.Args[1]] {
				return fmt.Errorf("program: instruction %d (%s) has a kernel with images", i, in.Op.Name())
			}
		}
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
