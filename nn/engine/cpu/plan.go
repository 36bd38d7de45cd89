package cpu

import (
	"fmt"
	"slices"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// maxChunks is the number of chunks that a batch is cut into: it depends on
// the batch alone, so that results do not depend on the number of threads.
const maxChunks = 8

// chunksOf returns the number of chunks of a batch of images.
func chunksOf(images int) int { return min(images, maxChunks) }

// tileFloats is about how many elements of its largest value a worker carries
// through a region at a time.
const tileFloats = 8 << 10

// pieceFloats is how many elements of an instruction without images, or of a
// merge, one worker takes at a time.
const pieceFloats = 16 << 10

// space says which memory a value lies in.
type space uint8

const (
	inArena    space = iota
	inLocal          // of a worker, for one tile of a region
	inInput          // the caller's
	inVariable       // the residence's
	inChunks         // nowhere: in the accumulators of all chunks until they are added up
)

// place is where a value lies.
type place struct {
	space  space
	index  int // of the input or variable
	offset int // elements; in local memory, for tile images of the region
	size   int // elements
	image  int // elements of an image
	buffer *buffer
}

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
}

// item is a share of a wave's work that one worker takes.
type item struct {
	step   int
	merge  bool
	lo, hi int // elements, where the step is split
}

// stage is a phase with what it needs to run.
type stage struct {
	phase
	tile   int
	chunks int    // of a region
	bound  bool   // to chunks, because an instruction accumulates
	items  []item // of a wave
	small  bool   // not worth waking workers
	local  int    // elements of local memory
}

// plan is a list with its phases and the place of every value.
type plan struct {
	*list
	stages  []stage
	steps   []step
	places  []place
	buffers []*buffer
	arena   int // elements
	local   int // elements of local memory, of one worker
	scratch int // elements of scratch, of one worker
}

// use is a time within a run.
type use struct{ phase, pos int }

func (u use) before(v use) bool { return u.phase < v.phase || u.phase == v.phase && u.pos < v.pos }

// newPlan verifies p and plans its run.
func newPlan(p *nn.Program, set *kernel.Set) (*plan, error) {
	if err := p.Verify(); err != nil {
		return nil, err
	}
	l := lower(p, set)
	phases := schedule(l)
	recompute(l, phases)
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
	pl.tiles()
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
		largest := 1
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
			st.bound = st.bound || s.impl.accumulates
		}
		st.tile = min(max(tileFloats/largest, 1), (st.images+st.chunks-1)/st.chunks)
	}
}

// place finds the memory of every value.
func (pl *plan) place() {
	lives := pl.lives()
	for i := range pl.shapes {
		s := pl.shapes[i]
		pl.places[i] = place{size: s.Len(), image: s.Len() / max(s[0], 1)}
	}
	for i, x := range pl.program.Inputs {
		pl.places[x.Value].space, pl.places[x.Value].index = inInput, i
	}
	for i, v := range pl.program.Vars {
		pl.places[v.Value].space, pl.places[v.Value].index = inVariable, i
	}
	dying := make([][]nn.Value, len(pl.stages)+1) // images by the phase that reads them last
	for v, l := range lives {
		if pl.batched[v] && !l.local && l.last.phase >= 0 {
			dying[l.last.phase] = append(dying[l.last.phase], nn.Value(v))
		}
	}
	for i := range pl.stages {
		st := &pl.stages[i]
		var local []*buffer
		for pos, j := range st.instrs {
			s := &pl.steps[j]
			if s.locality != nn.PerImage {
				pl.reduction(s)
				continue
			}
			for _, r := range s.results {
				at := &pl.places[r]
				if lives[r].local {
					at.space, at.size = inLocal, at.image*st.tile
				}
				at.buffer = pl.takeOver(lives, s, r, dying[i])
				if at.buffer == nil {
					at.buffer = &buffer{size: at.size, from: i}
					if at.space == inLocal {
						at.buffer.from = pos
						local = append(local, at.buffer)
					} else {
						pl.buffers = append(pl.buffers, at.buffer)
					}
				}
				if at.space == inLocal {
					at.buffer.to = max(lives[r].last.pos, pos)
				} else {
					at.buffer.to = max(lives[r].last.phase, i)
				}
			}
		}
		st.local = packBuffers(local)
		pl.local = max(pl.local, st.local)
		for _, t := range st.tasks {
			s := &pl.steps[t.instr]
			if (s.impl.reduces() || s.acc != nil) && !t.merge {
				pl.reduction(s)
			}
			for _, r := range s.results {
				at := &pl.places[r]
				if !t.merge {
					at.buffer = pl.takeOver(lives, s, r, nil)
				}
				if at.buffer == nil {
					at.buffer = &buffer{size: at.size, from: i}
					pl.buffers = append(pl.buffers, at.buffer)
				}
				at.buffer.to = max(lives[r].last.phase, i)
			}
		}
	}
	pl.arena = packBuffers(pl.buffers)
	for i := range pl.places {
		if b := pl.places[i].buffer; b != nil {
			pl.places[i].offset = b.offset
		}
	}
}

// life is when a value is read.
type life struct {
	last     use
	readers  int  // instructions of the last phase that read it
	local    bool // made and read within one region
	replaced bool // another value took over its buffer
}

// lives finds the life of every value. What outlives the run is last read at
// a phase after all others.
func (pl *plan) lives() []life {
	lives := make([]life, len(pl.shapes))
	for i := range lives {
		lives[i].last.phase = -1
	}
	for i := range pl.steps {
		s := &pl.steps[i]
		for _, r := range s.results {
			lives[r].local = s.locality == nn.PerImage && pl.batched[r]
		}
	}
	read := func(v nn.Value, at use) {
		l := &lives[v]
		if at.phase > l.last.phase {
			l.readers = 0
		}
		if at.phase >= l.last.phase {
			l.readers++
		}
		if l.last.before(at) {
			l.last = at
		}
	}
	made := make([]int, len(pl.shapes))
	for i := range pl.steps {
		for _, r := range pl.steps[i].results {
			made[r] = pl.steps[i].phase
		}
	}
	for i := range pl.steps {
		s := &pl.steps[i]
		for j, a := range s.args {
			if !s.reads(j) {
				continue
			}
			if !slices.Contains(s.args[:j], a) {
				read(a, use{s.phase, s.pos})
			}
			if s.merge != s.phase && !s.cut(j) {
				read(a, use{s.merge, 0})
			}
			if s.phase != made[a] {
				lives[a].local = false
			}
		}
	}
	end := use{len(pl.stages), 0}
	for _, o := range pl.program.Outputs {
		read(o.Value, end)
		lives[o.Value].local = false
	}
	for _, u := range pl.updates {
		read(u.From, end)
		lives[u.From].local = false
	}
	return lives
}

// takeOver returns the buffer of a value that r may replace, or nil: of an
// argument read element by element for the last time, or, within a region, of
// an image of the same size that was read for the last time before. Images
// then lie where images lay.
func (pl *plan) takeOver(lives []life, s *step, r nn.Value, dying []nn.Value) *buffer {
	at, region := &pl.places[r], pl.stages[s.phase].region
	fits := func(v nn.Value) bool {
		from := &pl.places[v]
		return from.buffer != nil && from.space == at.space && from.size == at.size && from.image == at.image &&
			!lives[v].replaced && pl.batched[v] == pl.batched[r]
	}
	take := func(v nn.Value) *buffer {
		lives[v].replaced = true
		return pl.places[v].buffer
	}
	if s.impl.inPlace != 0 {
		for i, a := range s.args {
			once := !slices.Contains(s.args[:i], a) && !slices.Contains(s.args[i+1:], a)
			if s.impl.inPlace>>min(i, 63)&1 == 1 && s.cut(i) && once && fits(a) && lives[a].last == (use{s.phase, s.pos}) && (region || lives[a].readers == 1) {
				return take(a)
			}
		}
	}
	for _, v := range dying {
		if at.space == inArena && lives[v].last.pos < s.pos && fits(v) {
			return take(v)
		}
	}
	return nil
}

// reduction gives s its sums or accumulators.
func (pl *plan) reduction(s *step) {
	in := s.instr
	if in.impl.sums != nil {
		s.width = in.impl.sums(in)
		s.sums = &buffer{size: 2 * s.width * in.images, from: s.phase, to: s.merge}
		pl.buffers = append(pl.buffers, s.sums)
	}
	if a := in.acc; a != nil {
		if a.buffer == nil {
			a.buffer, a.first = &buffer{size: a.chunks * a.size, from: s.phase}, s.index
			pl.buffers = append(pl.buffers, a.buffer)
		}
		a.buffer.to = max(a.buffer.to, s.merge)
		if in.joined {
			pl.places[in.results[0]].space = inChunks
		}
	}
}

// work resolves places and splits waves into items.
func (pl *plan) work() {
	for i := range pl.steps {
		s := &pl.steps[i]
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
		total := 0
		for _, t := range st.tasks {
			s := &pl.steps[t.instr]
			n := 0
			for _, a := range s.args {
				n = max(n, pl.shapes[a].Len())
			}
			for _, r := range s.results {
				n = max(n, pl.shapes[r].Len())
			}
			split := s.impl.elements
			if s.impl == &gatherImpl {
				total += n * s.acc.chunks
			}
			if t.merge {
				n = pl.shapes[s.results[0]].Len()
				split = s.impl.accumulates
				if !split {
					n = s.width * s.images
				} else {
					total += n * maxChunks
				}
			}
			total += n
			if !split {
				st.items = append(st.items, item{step: t.instr, merge: t.merge})
				continue
			}
			for lo := 0; lo < n; lo += pieceFloats {
				st.items = append(st.items, item{step: t.instr, merge: t.merge, lo: lo, hi: min(lo+pieceFloats, n)})
			}
		}
		st.small = total < pieceFloats && !st.region
	}
}

// bytes returns the size of n elements.
func bytes(n int) int64 { return 4 * int64(n) }

// variables returns the elements of all variables.
func (pl *plan) variables() int {
	n := 0
	for _, v := range pl.program.Vars {
		n += pl.shapes[v.Value].Len()
	}
	return n
}

// total returns the bytes of a run with the given number of workers.
func (pl *plan) total(threads int) int64 {
	return bytes(pl.arena) + int64(threads)*bytes(pl.local+pl.scratch) + bytes(pl.variables())
}

// check returns an error when a run needs more than limit bytes; 0 is no limit.
func (pl *plan) check(threads int, limit int64) error {
	need := pl.total(threads)
	if limit <= 0 || need <= limit {
		return nil
	}
	hint := "no batch of this program would fit"
	if n := pl.fits(threads, limit); n > 0 {
		hint = fmt.Sprintf("a batch of %d images would fit", n)
	}
	return fmt.Errorf("cpu: the program needs %d bytes of memory (%d for values, %d for %d workers, %d for variables), allowed are %d; %s",
		need, bytes(pl.arena), int64(threads)*bytes(pl.local+pl.scratch), threads, bytes(pl.variables()), limit, hint)
}

// fits returns the largest batch with which the program stays within limit, or 0.
func (pl *plan) fits(threads int, limit int64) int {
	images := 0
	for v, b := range pl.program.Batched() {
		if b {
			images = max(images, pl.shapes[v][0])
		}
	}
	lo, hi := 0, images
	for hi-lo > 1 {
		n := (lo + hi) / 2
		q, err := newPlan(rebatch(pl.program, n, images), pl.set)
		if err != nil {
			return 0
		}
		if q.total(threads) <= limit {
			lo = n
		} else {
			hi = n
		}
	}
	return lo
}

// rebatch returns p for n images instead of images.
func rebatch(p *nn.Program, n, images int) *nn.Program {
	q := *p
	q.Shapes = append([]nn.Shape(nil), p.Shapes...)
	q.Outputs = append([]nn.Port(nil), p.Outputs...)
	for v, b := range p.Batched() {
		if b && q.Shapes[v][0] == images {
			q.Shapes[v][0] = n
		}
	}
	return &q
}
