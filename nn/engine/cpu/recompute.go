package cpu

import "ventral/nn"

// recompute lets a region make again what is cheap to make instead of keeping
// it from an earlier region: normalised, rectified, shifted and enlarged
// images. A value is made again where all images that it comes from are inputs
// or are kept until that region anyway, so that nothing lives longer for it.
// The bits are the same, and the copy never leaves the worker's cache.
func recompute(l *list, phases []phase) {
	r := recomputer{list: l, made: make([]int, len(l.shapes)), by: make([]int, len(l.shapes)), last: make([]int, len(l.shapes))}
	for v := range r.by {
		r.by[v], r.made[v] = -1, -1
	}
	for i, ph := range phases {
		for _, j := range ph.instrs {
			for _, v := range l.instrs[j].results {
				r.by[v], r.made[v] = j, i
			}
			r.read(j, i)
		}
		for _, t := range ph.tasks {
			if !t.merge {
				r.read(t.instr, i)
			}
		}
	}
	for _, o := range l.program.Outputs {
		r.last[o.Value] = len(phases)
	}
	for i := range phases {
		if !phases[i].region {
			continue
		}
		again := map[nn.Value]nn.Value{}
		var order []int
		for _, j := range phases[i].instrs {
			order = r.replace(j, i, again, order)
			order = append(order, j)
		}
		for _, j := range r.after(phases, i) {
			order = r.replace(j, i, again, order)
		}
		phases[i].instrs = order
	}
}

// after returns the instructions that read the images of region i in the waves
// that follow it.
func (r *recomputer) after(phases []phase, i int) []int {
	var found []int
	for k, wave := i+1, false; k < len(phases) && !(wave && phases[k].region); k++ {
		wave = !phases[k].region
		for _, t := range phases[k].tasks {
			if in := &r.instrs[t.instr]; !t.merge && in.impl.part != nil && in.images == phases[i].images {
				found = append(found, t.instr)
			}
		}
	}
	return found
}

type recomputer struct {
	*list
	by   []int // instruction of a region that makes a value, -1
	made []int // its phase
	last []int // the last phase that reads a value
}

// read notes that instruction j reads its arguments in phase i.
func (r *recomputer) read(j, i int) {
	in := &r.instrs[j]
	for k, a := range in.args {
		if in.reads(k) {
			r.last[a] = i
		}
	}
}

// replace makes instruction j of phase i read copies that the phase makes
// itself, and returns order with the instructions that make them.
func (r *recomputer) replace(j, i int, again map[nn.Value]nn.Value, order []int) []int {
	fresh := false // the arguments are the program's until they are copied
	for k, a := range r.instrs[j].args {
		if !r.instrs[j].cut(k) || r.by[a] < 0 || r.made[a] == i || !r.can(a, i) {
			continue
		}
		if _, ok := again[a]; !ok {
			order = r.clone(a, i, again, order)
		}
		if !fresh {
			r.instrs[j].args = append([]nn.Value(nil), r.instrs[j].args...)
			fresh = true
		}
		r.instrs[j].args[k] = again[a]
	}
	return order
}

// can reports whether phase i can make v again.
func (r *recomputer) can(v nn.Value, i int) bool {
	in := &r.instrs[r.by[v]]
	if !cheap(in) {
		return false
	}
	for k, a := range in.args {
		if in.cut(k) && r.batched[a] && r.by[a] >= 0 && r.made[a] != i && r.last[a] < i && !r.can(a, i) {
			return false
		}
	}
	return true
}

// clone makes v again in phase i.
func (r *recomputer) clone(v nn.Value, i int, again map[nn.Value]nn.Value, order []int) []int {
	in := r.instrs[r.by[v]]
	in.origin = -1
	r.shapes, r.batched = append(r.shapes, r.shapes[v]), append(r.batched, r.batched[v])
	w := nn.Value(len(r.shapes) - 1)
	r.by, r.made, r.last = append(r.by, len(r.instrs)), append(r.made, i), append(r.last, i)
	again[v] = w
	in.results = []nn.Value{w}
	j := len(r.instrs)
	r.instrs = append(r.instrs, in)
	order = r.replace(j, i, again, order)
	return append(order, j)
}

// cheap reports whether in costs about as much as reading its result.
func cheap(in *instr) bool {
	if in.locality != nn.PerImage || len(in.results) != 1 {
		return false
	}
	switch o := in.op.(type) {
	case packImage, nn.Normalise, nn.NormaliseScale, nn.ScaleShift, nn.ScaleChannels, nn.AddBias, nn.Linear, nn.ScaleBy, nn.Upsample, nn.Round, nn.Reshape, nn.Fill, nn.Spread:
		return true
	case nn.Unary:
		return o.Fn == "relu"
	}
	return false
}
