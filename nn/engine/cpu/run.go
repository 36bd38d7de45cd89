package cpu

import (
	"unsafe"

	"ventral/nn"
)

// count returns the number of shares that a phase is cut into.
func (st *stage) count() int {
	switch {
	case !st.region:
		return len(st.items)
	case st.bound:
		return st.chunks
	}
	return (st.images + st.tile - 1) / st.tile
}

// do runs the shares from one on of phase i, which are independent, on the workers.
func (x *Executable) do(i, from, shares int, small bool) {
	if from == shares {
		return
	}
	x.now, x.items = i, int64(shares)
	x.next.Store(int64(from))
	if shares -= from; small || x.checking {
		shares = 1
	}
	if x.clock == nil {
		x.engine.workers.do(x, shares)
		return
	}
	begun := x.clock()
	x.engine.workers.do(x, shares)
	x.took[i] += x.clock() - begun
}

// work takes shares of the present phase until none is left.
func (x *Executable) work(worker int) {
	w := &x.workers[worker]
	watch := w.call.watch
	watch.begin(x.now)
	for {
		i := x.next.Add(1) - 1
		if i >= x.items {
			watch.end()
			return
		}
		switch x.now - len(x.plan.stages) {
		case 0:
			x.inspect(x.stores[i])
			watch.lap(copying)
		case 1:
			if p := x.deliveries[i]; x.outputs[p.index].Data != nil {
				from := &x.plan.places[x.plan.program.Outputs[p.index].Value]
				copy(x.outputs[p.index].Data[p.lo:], x.view(w, from, 1, p.lo, p.hi))
			}
			watch.lap(copying)
		case 2:
			p := x.stores[i]
			u := x.plan.updates[p.index]
			copy(x.view(w, &x.plan.places[u.Var], 1, p.lo, p.hi), x.view(w, &x.plan.places[u.From], 1, p.lo, p.hi))
			watch.lap(copying)
		default:
			st := &x.plan.stages[x.now]
			switch {
			case !st.region:
				it := &st.items[i]
				x.item(w, it.step, it)
				for _, j := range it.then {
					x.item(w, j, it)
				}
			case st.bound:
				x.chunk(w, st, int(i))
			default:
				x.tile(w, st, 0, int(i)*st.tile, min((int(i)+1)*st.tile, st.images))
			}
		}
	}
}

// chunk carries the images of a chunk through a region.
func (x *Executable) chunk(w *worker, st *stage, chunk int) {
	for _, j := range st.instrs {
		if s := &x.plan.steps[j]; s.acc != nil && s.acc.first == j {
			clear(x.accumulator(s, chunk))
		}
	}
	w.call.watch.lap(merging)
	from, to := chunk*st.images/st.chunks, (chunk+1)*st.images/st.chunks
	for lo := from; lo < to; lo += st.tile {
		x.tile(w, st, chunk, lo, min(lo+st.tile, to))
	}
}

// tile carries images lo to hi through a region.
func (x *Executable) tile(w *worker, st *stage, chunk, lo, hi int) {
	c := &w.call
	for _, j := range st.instrs {
		s := &x.plan.steps[j]
		x.fill(w, s, lo, hi)
		if s.sums != nil {
			c.sums = x.sums(s)[lo*s.width : hi*s.width]
		}
		if s.acc != nil {
			c.acc = x.accumulator(s, chunk)
			if x.checking && s.joined {
				c.acc = x.trial(j)
			}
		}
		s.impl.run(c)
		c.watch.lap(s.kind)
		if x.checking && s.locality == nn.PerImage {
			x.look(c)
		}
	}
}

// fill sets the call of w to step s on images lo to hi.
func (x *Executable) fill(w *worker, s *step, lo, hi int) {
	c := &w.call
	c.in, c.images, c.scratch = s.instr, hi-lo, w.scratch[:s.scratch]
	c.args, c.results = c.args[:len(s.args)], c.results[:len(s.results)]
	for i := range s.argsAt {
		p, b := &s.argsAt[i], &c.args[i]
		b.Shape = x.plan.shapes[s.args[i]]
		switch {
		case s.cut(i):
			b.Data = x.view(w, p, p.image, lo, hi)
		case s.reads(i):
			b.Data = x.view(w, p, 1, 0, p.size)
		default:
			b.Data = nil
		}
	}
	for i := range s.resultsAt {
		b := &c.results[i]
		b.Shape, b.Data = x.plan.shapes[s.results[i]], nil
		if s.locality == nn.PerImage {
			b.Data = x.view(w, &s.resultsAt[i], s.resultsAt[i].image, lo, hi)
		}
	}
}

// item does step j's share of a wave.
func (x *Executable) item(w *worker, j int, it *item) {
	s, c := &x.plan.steps[j], &w.call
	c.in, c.images, c.scratch = s.instr, s.images, w.scratch[:s.scratch]
	c.args, c.results = c.args[:len(s.args)], c.results[:len(s.results)]
	split := it.hi > 0
	for i := range s.argsAt {
		p, b := &s.argsAt[i], &c.args[i]
		b.Shape, b.Data = x.plan.shapes[s.args[i]], nil
		switch {
		case !s.reads(i) || it.merge && s.cut(i) || p.space == inChunks:
		case split && s.cut(i) && s.impl.part == nil:
			b.Data = x.view(w, p, 1, it.lo, it.hi)
		default:
			b.Data = x.view(w, p, 1, 0, p.size)
		}
	}
	for i := range s.resultsAt {
		p, b := &s.resultsAt[i], &c.results[i]
		b.Shape, b.Data = x.plan.shapes[s.results[i]], nil
		if p.space == inChunks {
			continue
		}
		if split {
			b.Data = x.view(w, p, 1, it.lo, it.hi)
		} else {
			b.Data = x.view(w, p, 1, 0, p.size)
		}
	}
	if s.sums != nil {
		c.sums = x.sums(s)
	}
	switch {
	case s.impl == &gatherImpl:
		if x.checking {
			x.lookJoined(s)
		}
		x.mergeChunks(s, it, c.results[0].Data)
	case s.acc != nil && it.merge:
		x.mergeChunks(s, it, c.results[0].Data)
	case s.impl.part != nil:
		c.lo, c.hi, c.acc = it.lo, it.hi, c.results[0].Data
		if s.acc != nil {
			c.acc = x.accumulator(s, 0)[it.lo:it.hi]
			if x.checking {
				c.acc = x.trial(j)[it.lo:it.hi]
			}
		}
		if s.acc == nil || s.acc.first == j {
			clear(c.acc)
		}
		s.impl.run(c)
	case s.acc != nil:
		c.acc = x.accumulator(s, 0)
		clear(c.acc)
		s.impl.run(c)
		copy(c.results[0].Data, c.acc)
	default:
		if !it.merge {
			s.impl.run(c)
		}
		if s.sums != nil {
			c.watch.lap(s.kind)
			s.impl.merge(c)
		}
	}
	if s.acc != nil && s.impl.part == nil || s.sums != nil {
		c.watch.lap(merging)
	} else {
		c.watch.lap(s.kind)
	}
	if x.checking {
		x.look(c)
	}
}

// accumulator returns a chunk's accumulator of s.
func (x *Executable) accumulator(s *step, chunk int) []float32 {
	return x.arena[s.acc.buffer.offset+chunk*s.acc.size:][:s.acc.size]
}

// mergeChunks adds the accumulators of all chunks, one after the other.
func (x *Executable) mergeChunks(s *step, it *item, y []float32) {
	copy(y, x.accumulator(s, 0)[it.lo:it.hi])
	for k := 1; k < s.acc.chunks; k++ {
		x.plan.set.Add(y, y, x.accumulator(s, k)[it.lo:it.hi])
	}
}

// sums returns the float64 sums of s.
func (x *Executable) sums(s *step) []float64 {
	f := x.arena[s.sums.offset:][:s.sums.size]
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(f))), len(f)/2)
}

// view returns elements lo·each to hi·each of the value at p; local memory
// holds the images of the present tile alone.
func (x *Executable) view(w *worker, p *place, each, lo, hi int) []float32 {
	switch p.space {
	case inLocal:
		return w.local[p.offset : p.offset+(hi-lo)*each]
	case inInput:
		return x.inputs[p.index][lo*each : hi*each]
	case inVariable:
		return x.variables[p.index][lo*each : hi*each]
	}
	return x.arena[p.offset+lo*each : p.offset+hi*each]
}
