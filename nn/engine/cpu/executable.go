package cpu

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

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
	free       func() // gives the arena back
	workers    []worker
	inputs     [][]float32
	outputs    []nn.Tensor
	variables  [][]float32
	made       []uint64 // of each variable, the change that what is kept was made of
	stores     []piece  // of updates
	deliveries []piece  // of outputs

	now      int  // the phase that runs; len(stages) and more for what follows
	checking bool // looking for the first fault
	fault    nn.NonFinite
	result   int               // of the fault's instruction
	trials   map[int][]float32 // results of instructions that share an accumulator, while checking
	next     atomic.Int64
	items    int64
	faulty   atomic.Bool
	closed   bool
	clock    Clock           // while profiling
	took     []time.Duration // each phase, then
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
	x := &Executable{engine: e, plan: pl, workers: make([]worker, e.options.Threads),
		inputs: make([][]float32, len(pl.program.Inputs)), variables: make([][]float32, len(pl.program.Vars)), made: make([]uint64, len(pl.program.Vars))}
	arena := lend(x, pl.arena)
	x.arena, x.free = arena.floats, arena.free
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
	x.engine.workers.mu.Lock()
	defer x.engine.workers.mu.Unlock()
	if !x.closed {
		x.closed = true
		// Nothing may point where memory was: Go's heap may grow there.
		x.arena, x.workers, x.trials = nil, nil, nil
		x.free()
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
		if in := &x.plan.instrs[i]; in.impl.meaning && !seen[in.op.Name()] {
			seen[in.op.Name()] = true
			names = append(names, in.op.Name())
		}
	}
	return names
}

// Run implements nn.Executable.
func (x *Executable) Run(r nn.Residence, in, out []nn.Tensor) error {
	x.engine.workers.mu.Lock()
	defer x.engine.workers.mu.Unlock()
	return x.run(r, in, out)
}

// run is Run for who holds the engine's workers.
func (x *Executable) run(r nn.Residence, in, out []nn.Tensor) error {
	home, ok := r.(*Residence)
	if !ok {
		return fmt.Errorf("cpu: found a residence of another engine")
	}
	home.mu.Lock()
	defer home.mu.Unlock()
	if x.closed {
		return fmt.Errorf("cpu: the executable is closed")
	}
	defer runtime.KeepAlive(x) // the arena ends with x, and workers know only the arena
	if err := x.bind(home, in, out); err != nil {
		return err
	}
	defer x.unbind()
	keep := x.keepable(home)
	for i := range x.plan.stages {
		st := &x.plan.stages[i]
		from := 0
		if keep {
			from = st.kept
		}
		x.do(i, from, st.count(), st.small)
	}
	x.keep(home)
	if err := x.check(); err != nil {
		return err
	}
	x.do(len(x.plan.stages)+1, 0, len(x.deliveries), len(x.deliveries) < 4)
	for _, u := range x.plan.updates {
		home.change(x.plan.program.Vars[x.plan.places[u.Var].index].Name)
	}
	x.do(len(x.plan.stages)+2, 0, len(x.stores), len(x.stores) < 4)
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
