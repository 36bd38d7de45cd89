package cpu

import (
	"fmt"
	"math"
	"sync/atomic"
	"unsafe"

	"ventral/nn"
)

// worker is what one thread has of its own.
type worker struct {
	local   []float32
	scratch []float32
	call    call
	_       [64]byte // calls of two workers share no cache line
}

// Executable is a compiled program. Runs of executables of one engine exclude
// each other.
type Executable struct {
	engine     *Engine
	plan       *plan
	arena      []float32
	workers    []worker
	inputs     [][]float32
	outputs    []nn.Tensor
	variables  [][]float32
	stores     []piece // of updates
	deliveries []piece // of outputs

	now      int  // the phase that runs; len(stages) and more for what follows
	checking bool // looking for the first fault
	fault    nn.NonFinite
	result   int               // of the fault's instruction
	trials   map[int][]float32 // results of instructions that share an accumulator, while checking
	next     atomic.Int64
	items    int64
	faulty   atomic.Bool
	closed   bool
}

// piece is elements lo to hi of an update or an output.
type piece struct{ index, lo, hi int }

// pieces adds those of a value of n elements to ps.
func pieces(ps []piece, index, n int) []piece {
	for lo := 0; lo < n; lo += pieceFloats {
		ps = append(ps, piece{index, lo, min(lo+pieceFloats, n)})
	}
	return ps
}

func newExecutable(e *Engine, pl *plan) *Executable {
	x := &Executable{engine: e, plan: pl, arena: aligned(pl.arena), workers: make([]worker, e.options.Threads),
		inputs: make([][]float32, len(pl.program.Inputs)), variables: make([][]float32, len(pl.program.Vars))}
	args, results := 0, 0
	for i := range pl.steps {
		args, results = max(args, len(pl.steps[i].args)), max(results, len(pl.steps[i].results))
	}
	for i := range x.workers {
		w := &x.workers[i]
		w.local, w.scratch = aligned(pl.local), aligned(pl.scratch)
		w.call = call{set: pl.set, args: make([]Buf, args), results: make([]Buf, results)}
	}
	for i, u := range pl.updates {
		x.stores = pieces(x.stores, i, pl.shapes[u.From].Len())
	}
	for i, o := range pl.program.Outputs {
		x.deliveries = pieces(x.deliveries, i, pl.shapes[o.Value].Len())
	}
	e.workers.open()
	return x
}

// Close implements nn.Executable.
func (x *Executable) Close() error {
	if !x.closed {
		x.closed = true
		x.engine.workers.close()
	}
	return nil
}

// Fallbacks lists the names of the operations that have no kernel and are
// computed by their meaning, each once.
func (x *Executable) Fallbacks() []string {
	var names []string
	seen := map[string]bool{}
	for i := range x.plan.instrs {
		if in := &x.plan.instrs[i]; in.impl == &fallback && !seen[in.op.Name()] {
			seen[in.op.Name()] = true
			names = append(names, in.op.Name())
		}
	}
	return names
}

// Run implements nn.Executable.
func (x *Executable) Run(r nn.Residence, in, out []nn.Tensor) error {
	home, ok := r.(*Residence)
	if !ok {
		return fmt.Errorf("cpu: found a residence of another engine")
	}
	x.engine.workers.mu.Lock()
	defer x.engine.workers.mu.Unlock()
	home.mu.Lock()
	defer home.mu.Unlock()
	if x.closed {
		return fmt.Errorf("cpu: the executable is closed")
	}
	if err := x.bind(home, in, out); err != nil {
		return err
	}
	defer x.unbind()
	for i := range x.plan.stages {
		st := &x.plan.stages[i]
		x.do(i, st.count(), st.small)
	}
	if err := x.check(); err != nil {
		return err
	}
	x.do(len(x.plan.stages)+1, len(x.deliveries), len(x.deliveries) < 4)
	x.do(len(x.plan.stages)+2, len(x.stores), len(x.stores) < 4)
	return nil
}

// bind looks up what a run reads and writes.
func (x *Executable) bind(home *Residence, in, out []nn.Tensor) error {
	p := x.plan.program
	if len(in) != len(p.Inputs) {
		return fmt.Errorf("cpu: found %d inputs, want %d", len(in), len(p.Inputs))
	}
	if len(out) != len(p.Outputs) {
		return fmt.Errorf("cpu: found %d outputs, want %d", len(out), len(p.Outputs))
	}
	for i, port := range p.Inputs {
		s := p.Shapes[port.Value]
		if in[i].Shape != s || len(in[i].Data) != s.Len() {
			return fmt.Errorf("cpu: input %q: found %d elements of shape %v, want %v", port.Name, len(in[i].Data), in[i].Shape, s)
		}
		x.inputs[i] = in[i].Data
	}
	for i, t := range out {
		s := p.Shapes[p.Outputs[i].Value]
		if t.Data != nil && (t.Shape != s || len(t.Data) != s.Len()) {
			return fmt.Errorf("cpu: output %q: found %d elements of shape %v, want %v", p.Outputs[i].Name, len(t.Data), t.Shape, s)
		}
	}
	x.outputs = out
	for i := range p.Vars {
		v := &p.Vars[i]
		t, ok := home.values[v.Name]
		if s := p.Shapes[v.Value]; !ok {
			return fmt.Errorf("cpu: variable %q is not loaded, want shape %v", v.Name, s)
		} else if t.Shape != s {
			return fmt.Errorf("cpu: variable %q: found shape %v, want %v", v.Name, t.Shape, s)
		}
		x.variables[i] = t.Data
	}
	return nil
}

// unbind lets go of the caller's memory.
func (x *Executable) unbind() {
	clear(x.inputs)
	clear(x.variables)
	x.outputs = nil
}

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

// do runs phase i, whose shares are independent, on the workers.
func (x *Executable) do(i, shares int, small bool) {
	x.now, x.items = i, int64(shares)
	x.next.Store(0)
	if small || x.checking {
		shares = 1
	}
	x.engine.workers.do(x, shares)
}

// work takes shares of the present phase until none is left.
func (x *Executable) work(worker int) {
	w := &x.workers[worker]
	for {
		i := x.next.Add(1) - 1
		if i >= x.items {
			return
		}
		switch x.now - len(x.plan.stages) {
		case 0:
			x.inspect(x.stores[i])
		case 1:
			if p := x.deliveries[i]; x.outputs[p.index].Data != nil {
				from := &x.plan.places[x.plan.program.Outputs[p.index].Value]
				copy(x.outputs[p.index].Data[p.lo:], x.view(w, from, 1, p.lo, p.hi))
			}
		case 2:
			p := x.stores[i]
			u := x.plan.updates[p.index]
			copy(x.view(w, &x.plan.places[u.Var], 1, p.lo, p.hi), x.view(w, &x.plan.places[u.From], 1, p.lo, p.hi))
		default:
			st := &x.plan.stages[x.now]
			switch {
			case !st.region:
				x.item(w, &st.items[i])
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

// item does a share of a wave.
func (x *Executable) item(w *worker, it *item) {
	s, c := &x.plan.steps[it.step], &w.call
	c.in, c.images, c.scratch = s.instr, s.images, w.scratch[:s.scratch]
	c.args, c.results = c.args[:len(s.args)], c.results[:len(s.results)]
	split := it.hi > 0
	for i := range s.argsAt {
		p, b := &s.argsAt[i], &c.args[i]
		b.Shape, b.Data = x.plan.shapes[s.args[i]], nil
		switch {
		case !s.reads(i) || it.merge && s.cut(i) || p.space == inChunks:
		case split && s.cut(i):
			b.Data = x.view(w, p, 1, it.lo, it.hi)
		default:
			b.Data = x.view(w, p, 1, 0, p.size)
		}
	}
	for i := range s.resultsAt {
		p, b := &s.resultsAt[i], &c.results[i]
		b.Shape = x.plan.shapes[s.results[i]]
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
			s.impl.merge(c)
		}
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

// check returns a *nn.NonFinite where a scalar output or an update is not finite.
func (x *Executable) check() error {
	x.faulty.Store(false)
	p := x.plan.program
	for _, o := range p.Outputs {
		if p.Shapes[o.Value] == (nn.Shape{}) && !finite(x.view(nil, &x.plan.places[o.Value], 1, 0, 1)) {
			x.faulty.Store(true)
		}
	}
	x.do(len(x.plan.stages), len(x.stores), len(x.stores) < 4)
	if !x.faulty.Load() {
		return nil
	}
	x.checking, x.fault = true, nn.NonFinite{Index: math.MaxInt}
	for i := range x.plan.stages {
		x.do(i, x.plan.stages[i].count(), true)
	}
	x.checking, x.trials = false, nil
	if x.fault.Index == math.MaxInt {
		return fmt.Errorf("cpu: an input or variable is not finite")
	}
	fault := x.fault
	return &fault
}

// inspect notes whether a piece of an update is not finite.
func (x *Executable) inspect(s piece) {
	if !finite(x.view(nil, &x.plan.places[x.plan.updates[s.index].From], 1, s.lo, s.hi)) {
		x.faulty.Store(true)
	}
}

// look keeps the results of c where they are the program's first fault: of the
// first instruction, its first result, its first element.
func (x *Executable) look(c *call) {
	at := c.in.origin
	if at < 0 || at > x.fault.Index {
		return
	}
	for i, r := range c.results {
		if at == x.fault.Index && i >= x.result {
			return
		}
		for _, v := range r.Data {
			if v-v != 0 {
				x.fault, x.result = nn.NonFinite{Index: at, Instr: x.plan.program.Instrs[at], Value: float64(v)}, i
				return
			}
		}
	}
}

// trial returns an accumulator of instruction j's own, to find which of those
// that share one is at fault.
func (x *Executable) trial(j int) []float32 {
	if x.trials[j] == nil {
		if x.trials == nil {
			x.trials = map[int][]float32{}
		}
		x.trials[j] = make([]float32, x.plan.steps[j].acc.size)
	}
	return x.trials[j]
}

// lookJoined looks at the results of the instructions that share s's accumulator.
func (x *Executable) lookJoined(s *step) {
	for j, acc := range x.trials {
		if of := &x.plan.steps[j]; of.acc == s.acc {
			x.look(&call{in: of.instr, results: []Buf{{Data: acc}}})
		}
	}
}

// finite reports whether s has neither NaN nor infinity.
func finite(s []float32) bool {
	var a, b, c, d float32
	for ; len(s) >= 4; s = s[4:] {
		a += s[0] - s[0]
		b += s[1] - s[1]
		c += s[2] - s[2]
		d += s[3] - s[3]
	}
	for _, v := range s {
		a += v - v
	}
	return a+b+c+d == 0
}
