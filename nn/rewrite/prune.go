package rewrite

import "ventral/nn"

// Prune returns p without the instructions that no output and no update of a
// remaining variable reads, and without the variables that nothing reads then.
// Inputs stay, so that ports do not depend on what is read.
//
// An update counts as a reader only while its variable is read elsewhere or
// keep names it: the running statistics of a pruned place go with the place,
// unless keep holds on to them. Keep may be nil.
func Prune(p *nn.Program, keep func(nn.Var) bool) *nn.Program {
	live := make([]bool, len(p.Shapes))
	for _, o := range p.Outputs {
		live[o.Value] = true
	}
	isVar := make(map[nn.Value]int, len(p.Vars))
	for i, v := range p.Vars {
		isVar[v.Value] = i
		if keep != nil && keep(v) {
			live[v.Value] = true
		}
	}
	produced := make(map[nn.Value]int)
	for i, in := range p.Instrs {
		for _, r := range in.Results {
			produced[r] = i
		}
	}
	used := make([]bool, len(p.Instrs))
	sweep := func() {
		for i := len(p.Instrs) - 1; i >= 0; i-- {
			for _, r := range p.Instrs[i].Results {
				used[i] = used[i] || live[r]
			}
			if used[i] {
				for _, a := range p.Instrs[i].Args {
					live[a] = true
				}
			}
		}
	}
	// Statistics are written but not read in training: their update is kept
	// when what it averages is computed anyway, that is when the instruction
	// that feeds the moments is in use.
	sweep()
	for changed := true; changed; {
		changed = false
		for _, u := range p.Updates {
			if live[u.From] && live[u.Var] {
				continue
			}
			i, ok := produced[u.From]
			if live[u.Var] || ok && ready(p, i, u.Var, live, produced) {
				live[u.From], live[u.Var] = true, true
				changed = true
			}
		}
		if changed {
			sweep()
		}
	}
	return compact(p, live, used)
}

// ready reports whether instruction i, which computes an update of variable v,
// reads nothing but live values, v itself, and results of such instructions
// over vectors: the small tail between moments and running statistics.
func ready(p *nn.Program, i int, v nn.Value, live []bool, produced map[nn.Value]int) bool {
	for _, a := range p.Instrs[i].Args {
		if live[a] || a == v {
			continue
		}
		j, ok := produced[a]
		if !ok || p.Shapes[a].Rank() > 1 || !ready(p, j, v, live, produced) {
			return false
		}
	}
	return true
}

// compact renumbers p to its live part.
func compact(p *nn.Program, live, used []bool) *nn.Program {
	q := &nn.Program{}
	number := make([]nn.Value, len(p.Shapes))
	for i := range number {
		number[i] = nn.None
	}
	add := func(v nn.Value) nn.Value {
		if number[v] == nn.None {
			number[v] = nn.Value(len(q.Shapes))
			q.Shapes = append(q.Shapes, p.Shapes[v])
		}
		return number[v]
	}
	for _, in := range p.Inputs {
		in.Value = add(in.Value)
		q.Inputs = append(q.Inputs, in)
	}
	for _, v := range p.Vars {
		if live[v.Value] {
			v.Value = add(v.Value)
			q.Vars = append(q.Vars, v)
		}
	}
	for i, in := range p.Instrs {
		if !used[i] {
			continue
		}
		out := nn.Instr{Op: in.Op, Tag: in.Tag}
		for _, a := range in.Args {
			out.Args = append(out.Args, add(a))
		}
		for _, r := range in.Results {
			out.Results = append(out.Results, add(r))
		}
		q.Instrs = append(q.Instrs, out)
	}
	for _, o := range p.Outputs {
		o.Value = add(o.Value)
		q.Outputs = append(q.Outputs, o)
	}
	for _, u := range p.Updates {
		if live[u.Var] && live[u.From] {
			q.Updates = append(q.Updates, nn.Update{Var: add(u.Var), From: add(u.From)})
		}
	}
	return q
}
