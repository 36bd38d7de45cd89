package cpu

import (
	"slices"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// chunksOf returns the number of chunks that a batch is cut into, each with
// accumulators of its own: it depends on the batch alone, so that results do
// not depend on the number of threads, and bounds the threads that a region
// with weight gradients keeps busy.
func chunksOf(images int) int {
	if images >= 64 {
		return 16
	}
	return min(images, 8)
}

// tileFloats is about how many elements of its largest value a worker carries
// through a region at a time, and denseTile the images that it carries at least
// through a region with a convolution whose images are a single pixel: its
// kernel is larger than the images, and all of it is read for each tile.
const (
	tileFloats = 8 << 10
	denseTile  = 8
)

// pieceFloats is how many elements of an instruction without images, or of a
// merge, one worker takes at a time.
const pieceFloats = 16 << 10

// step is an instruction of the plan with its places.
type step struct {
	*instr
	index      int
	phase, pos int // where it runs
	merge      int // phase of the merge, or phase
	argsAt     []place
	resultsAt  []place
	width      int     // float64 sums of an image
	sums       *buffer // of all images
	scratch    int
	kind       kind
	kept       bool // its results stay from run to run
}

// item is a share of a wave's work that one worker takes.
type item struct {
	step   int
	merge  bool
	lo, hi int   // elements, where the step is split
	then   []int // steps that add to the same elements
}

// stage is a phase with what it needs to run.
type stage struct {
	phase
	tile   int
	chunks int    // of a region
	bound  bool   // to chunks, because an instruction accumulates
	items  []item // of a wave, those of kept steps first
	kept   int    // items of kept steps
	small  bool   // not worth waking workers
	local  int    // elements of local memory
}

// plan is a list with its phases and the place of every value.
type plan struct {
	*list
	formats map[nn.Value]format // of what is not float32
	stages  []stage
	steps   []step
	places  []place
	stays   []bool // of values: made by a kept step
	keptOf  []int  // variables that kept steps read
	buffers []*buffer
	arena   int // elements
	local   int // elements of local memory, of one worker
	scratch int // elements of scratch, of one worker
}

// newPlan verifies p and plans its run.
func newPlan(p *nn.Program, set *kernel.Set) (*plan, error) {
	if err := p.Verify(); err != nil {
		return nil, err
	}
	l := lower(p, set)
	phases := schedule(l)
	recompute(l, phases)
	dropUnread(l, phases)
	pl := &plan{list: l, steps: make([]step, len(l.instrs)), places: make([]place, len(l.shapes))}
	for i, ph := range phases {
		st := stage{phase: ph}
		if ph.region {
			st.chunks = chunksOf(ph.images)
		}
		for pos, j := range ph.instrs {
			pl.steps[j] = step{instr: &l.instrs[j], index: j, phase: i, pos: pos, merge: i}
		}
		for _, t := range ph.tasks {
			if t.merge {
				pl.steps[t.instr].merge = i
			} else {
				pl.steps[t.instr] = step{instr: &l.instrs[t.instr], index: t.instr, phase: i, merge: i}
			}
		}
		pl.stages = append(pl.stages, st)
	}
	pl.formats = map[nn.Value]format{}
	for i := range l.instrs {
		if f := formatOf(&l.instrs[i]); f.layout != asFloat32 {
			pl.formats[l.instrs[i].results[0]] = f
		}
	}
	pl.tiles()
	pl.keep()
	pl.place()
	pl.work()
	return pl, nil
}

// tiles chooses how many images a worker carries through each region. What is
// made again does not count: then the tile, and with it the last bits of a
// dense layer's gradient, does not depend on what else is kept.
func (pl *plan) tiles() {
	for i := range pl.stages {
		st := &pl.stages[i]
		if !st.region {
			continue
		}
		largest, least := 1, 1
		for _, j := range st.instrs {
			s := &pl.steps[j]
			if s.origin < 0 {
				continue
			}
			for k, a := range pl.program.Instrs[s.origin].Args {
				if s.cut(k) {
					largest = max(largest, pl.shapes[a].Image())
				}
			}
			if s.locality == nn.PerImage {
				for _, r := range s.results {
					largest = max(largest, pl.shapes[r].Image())
				}
			}
			if s.aux.Rank() > 0 && s.args0[1]*s.args0[2] == 1 {
				least = denseTile
			}
			st.bound = st.bound || s.impl.accumulates
		}
		if largest > tileFloats {
			least = 1 // images, not the dense layers after them
		}
		st.tile = min(max(tileFloats/largest, least), (st.images+st.chunks-1)/st.chunks)
	}
}

// work resolves places, splits waves into items, and finds the phases that are
// not worth waking workers for.
func (pl *plan) work() {
	for i := range pl.steps {
		s := &pl.steps[i]
		s.kind = kindOf(s.op)
		for _, a := range s.args {
			s.argsAt = append(s.argsAt, pl.places[a])
		}
		for _, r := range s.results {
			s.resultsAt = append(s.resultsAt, pl.places[r])
		}
		if s.impl.scratch != nil {
			s.scratch = s.impl.scratch(s.instr, pl.set)
			pl.scratch = max(pl.scratch, up(s.scratch, align))
		}
	}
	for i := range pl.stages {
		st := &pl.stages[i]
		cost := 0
		adds := map[*accumulator]int{} // the first item of who adds to one
		for _, j := range st.instrs {
			cost += pl.cost(&pl.steps[j])
		}
		for _, t := range st.tasks {
			s := &pl.steps[t.instr]
			n, piece, split := pl.largest(s), pieceFloats, s.impl.elements
			switch {
			case t.merge:
				n, split = s.width*s.images, s.impl.accumulates
				if split {
					n = pl.shapes[s.results[0]].Len()
				}
			case s.impl.part != nil:
				cost += pl.cost(s)
				k := pl.shapes[s.results[0]]
				n, piece, split = k.Len(), s.impl.part(k), true
			}
			cost += n
			if s.acc != nil {
				cost += n * s.acc.chunks
			}
			if s.acc != nil && s.impl.part != nil {
				if first, ok := adds[s.acc]; ok {
					for k := first; k < len(st.items) && st.items[k].step == st.items[first].step; k++ {
						st.items[k].then = append(st.items[k].then, t.instr)
					}
					continue
				}
				adds[s.acc] = len(st.items)
			}
			if !split {
				st.items = append(st.items, item{step: t.instr, merge: t.merge})
				continue
			}
			for lo := 0; lo < n; lo += piece {
				st.items = append(st.items, item{step: t.instr, merge: t.merge, lo: lo, hi: min(lo+piece, n)})
			}
		}
		slices.SortStableFunc(st.items, func(a, b item) int { return pl.steps[a.step].order() - pl.steps[b.step].order() })
		for _, it := range st.items {
			if pl.steps[it.step].kept {
				st.kept++
			}
		}
		st.small = cost < smallCost
	}
}

// smallCost is about how many elements one worker passes over, at a few a
// nanosecond, while others wake up.
const smallCost = 16 << 10

// cost returns about how many elements s passes over; a multiply-add of a
// convolution counts as a sixteenth.
func (pl *plan) cost(s *step) int {
	n := pl.largest(s)
	switch s.op.(type) {
	case nn.Conv2D:
		y := pl.shapes[s.results[0]]
		n += y.Len() / y[3] * s.aux.Len() / 16
	case nn.ConvTranspose2D:
		n += s.args0.Len() / s.args0[3] * s.aux.Len() / 16
	case nn.ConvKernel:
		y := pl.gradientShape(s)
		n += y.Len() / y[3] * pl.shapes[s.results[0]].Len() / 16
	}
	return n
}

// gradientShape returns the shape of the gradient that a ConvKernel reads.
func (pl *plan) gradientShape(s *step) nn.Shape {
	return pl.program.Shapes[pl.program.Instrs[s.origin].Args[1]]
}

// largest returns the elements of the largest argument or result of s.
func (pl *plan) largest(s *step) int {
	n := 0
	for _, a := range s.args {
		n = max(n, pl.shapes[a].Len())
	}
	for _, r := range s.results {
		n = max(n, pl.shapes[r].Len())
	}
	return n
}
