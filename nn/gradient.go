package nn

import "fmt"

// Gradient continues the program with the gradients of the scalar loss with
// respect to each value of wrt, by reverse accumulation. An entry is None when
// loss does not depend on that value, or where that value is None. A loss with
// axes is an error. Contributions to one value are added by one n-ary Sum.
func (b *Builder) Gradient(loss Value, wrt []Value) []Value {
	grads := make([]Value, len(wrt))
	for i := range grads {
		grads[i] = None
	}
	if b.err != nil || loss == None {
		return grads
	}
	if s := b.Shape(loss); s != (Shape{}) {
		b.Fail(fmt.Errorf("gradient: found a loss of shape %v, want a scalar", s))
		return grads
	}
	n := len(b.p.Instrs)
	depends := make([]bool, len(b.p.Shapes))
	for _, v := range wrt {
		if v != None {
			depends[v] = true
		}
	}
	for _, in := range b.p.Instrs {
		for _, a := range in.Args {
			if depends[a] {
				for _, r := range in.Results {
					depends[r] = true
				}
				break
			}
		}
	}
	parts := make(map[Value][]Value)
	parts[loss] = []Value{b.One(Constant{Value: 1})}
	total := func(v Value) Value {
		s := b.Sum(parts[v]...)
		if s != None {
			parts[v] = []Value{s}
		}
		return s
	}
	saved := b.Tag
	for i := n - 1; i >= 0 && b.err == nil; i-- {
		in := b.p.Instrs[i]
		d, any := make([]Value, len(in.Results)), false
		b.Tag = in.Tag
		b.Tag.Backward = true
		for j, r := range in.Results {
			d[j] = None
			if depends[r] {
				d[j] = total(r)
			}
			any = any || d[j] != None
		}
		if !any {
			continue
		}
		for j, g := range in.Op.Grad(b, in, d) {
			if a := in.Args[j]; g != None && depends[a] {
				parts[a] = append(parts[a], g)
			}
		}
	}
	for i, v := range wrt {
		grads[i] = total(v)
	}
	b.Tag = saved
	return grads
}
