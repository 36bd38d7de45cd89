package rewrite

import "ventral/nn"

// Recompute returns a training program that needs less memory and more time:
// steps are taken in groups of every, and what the forward part computes
// within a group, but the last, is dropped and computed again when the gradient
// gets there. Only values that cross from one group to another, those that a
// readout reads, and vectors such as a norm's moments, are kept: with T steps
// about T/every + every of them are alive at once instead of T. Results are
// the same to the last bit. Every below 1 returns p.
func Recompute(p *nn.Program, every int) *nn.Program {
	if every < 1 {
		return p
	}
	made := make([]int, len(p.Shapes)) // instruction of each value, -1
	for i := range made {
		made[i] = -1
	}
	last := -1
	for i, in := range p.Instrs {
		for _, r := range in.Results {
			made[r] = i
		}
		last = max(last, (&recompute{every: every}).group(in))
	}
	r := &recompute{last: last, p: p, every: every, made: made, batched: p.Batched(), again: map[int]map[nn.Value]nn.Value{}, gate: map[int]nn.Value{}}
	q := *p
	q.Shapes = append([]nn.Shape(nil), p.Shapes...)
	r.q = &q
	q.Instrs = nil
	for _, in := range p.Instrs {
		if g := r.group(in); in.Tag.Backward && g >= 0 {
			in = r.reads(in, g)
		}
		q.Instrs = append(q.Instrs, in)
	}
	return &q
}

type recompute struct {
	p, q    *nn.Program
	every   int
	last    int // group
	made    []int
	batched []bool
	again   map[int]map[nn.Value]nn.Value // of each group, values computed again
	gate    map[int]nn.Value              // of each group, the gradient that it waits for
}

// group is the group of steps of an instruction, -1 outside of time and for
// readouts, whose gradients are all there at once.
func (r *recompute) group(in nn.Instr) int {
	if in.Tag.Step < 0 || in.Tag.Area == "readout" {
		return -1
	}
	return in.Tag.Step / r.every
}

// dropped reports whether v is computed again in group g: an image that the
// forward part of the group makes.
func (r *recompute) dropped(v nn.Value, g int) bool {
	i := r.made[v]
	return g < r.last && i >= 0 && r.batched[v] && !r.p.Instrs[i].Tag.Backward && r.group(r.p.Instrs[i]) == g
}

// reads returns a backward instruction of group g that reads what is computed
// again.
func (r *recompute) reads(in nn.Instr, g int) nn.Instr {
	if _, ok := r.gate[g]; !ok {
		for _, a := range in.Args {
			if i := r.made[a]; i >= 0 && r.batched[a] && r.p.Instrs[i].Tag.Backward && r.group(r.p.Instrs[i]) > g {
				r.gate[g] = a
			}
		}
		if _, ok := r.gate[g]; !ok {
			return in // nothing to wait for yet: it reads what is kept for it
		}
	}
	args := append([]nn.Value(nil), in.Args...)
	for k, a := range args {
		if r.dropped(a, g) {
			args[k] = r.copy(a, g)
		}
	}
	in.Args = args
	return in
}

// copy emits the computation of v in group g once more and returns its result.
func (r *recompute) copy(v nn.Value, g int) nn.Value {
	if r.again[g] == nil {
		r.again[g] = map[nn.Value]nn.Value{}
	}
	if w, ok := r.again[g][v]; ok {
		return w
	}
	in := r.p.Instrs[r.made[v]]
	args := make([]nn.Value, len(in.Args))
	for k, a := range in.Args {
		switch {
		case r.dropped(a, g):
			args[k] = r.copy(a, g)
		case r.batched[a]:
			args[k] = r.after(a, g)
		default:
			args[k] = a
		}
	}
	if w, ok := r.again[g][v]; ok {
		return w
	}
	out := nn.Instr{Op: in.Op, Args: args, Tag: in.Tag}
	out.Tag.Backward = true
	for _, x := range in.Results {
		out.Results = append(out.Results, r.value(r.p.Shapes[x]))
		r.again[g][x] = out.Results[len(out.Results)-1]
	}
	r.q.Instrs = append(r.q.Instrs, out)
	return r.again[g][v]
}

// after returns an image from outside group g, once the gradient is there.
func (r *recompute) after(v nn.Value, g int) nn.Value {
	if w, ok := r.again[g][v]; ok {
		return w
	}
	w := r.value(r.p.Shapes[v])
	r.q.Instrs = append(r.q.Instrs, nn.Instr{Op: nn.After{}, Args: []nn.Value{v, r.gate[g]}, Results: []nn.Value{w}, Tag: nn.Tag{Area: "recompute", Step: g * r.every, Backward: true}})
	r.again[g][v] = w
	return w
}

func (r *recompute) value(s nn.Shape) nn.Value {
	r.q.Shapes = append(r.q.Shapes, s)
	return nn.Value(len(r.q.Shapes) - 1)
}
