package cpu

import "ventral/nn"

// Plan is how the engine would run a program: the order of its instructions
// and the place of every value. It is what Compile makes, without the memory.
type Plan struct {
	Kernel        string // inner loops
	Threads       int
	Chunks        int   // of the largest batch
	ArenaBytes    int64 // values, packed kernels, sums and accumulators
	ScratchBytes  int64 // of all workers: values inside a region, padded images
	VariableBytes int64
	MultiplyAdds  int64 // of convolutions and their gradients: fewer than the program's where the engine saves some
	Products      int64 // multiply-adds of bfloat16 numbers, not in MultiplyAdds: of high and low parts three for one
	Regions       []Region
	plan          *plan
}

// Region is a phase of a run: all workers finish it before the next begins.
type Region struct {
	Images int // that its instructions treat one by one; 0 in a wave of instructions without images
	Chunks int // shares of the batch with accumulators of their own; 0 where nothing accumulates
	Tile   int // images that a worker carries through the region at a time
	Shares int // that workers take
	Steps  []Step
	Live   int64 // bytes of the arena in use
	Moved  int64 // bytes read and written of the arena, inputs and variables, each value once
}

// Step is an instruction of a region, or the merge of a reduction.
type Step struct {
	Index         int // of the program's instruction; -1 for the engine's own
	Op            nn.Op
	Name          string // of the operation, or of the engine's own: pack, pack_transpose, pack_parts, fold_parts, pack_image, pack_kernel, copy
	Tag           nn.Tag
	Locality      nn.Locality
	Merge         bool // adds what the workers left of a reduction
	Kept          bool // done once a change of the variables that it is made of
	Args, Results []Place
}

// Place is where a value lies: "arena" and "local" (a worker's memory, within
// one region) with an offset in bytes, "chunks" (one of several that add to the
// same accumulators in the arena), "input" and "variable" with a name.
type Place struct {
	Value  nn.Value
	Space  string
	Name   string
	Format string // "" is float32
	Offset int64
	Bytes  int64
}

// NewPlan plans p for an engine with options o. A program that needs more than
// o.MemoryLimit is no error here: compare Plan.Bytes.
func NewPlan(p *nn.Program, o Options) (*Plan, error) {
	e := New(o)
	if e.err != nil {
		return nil, e.err
	}
	pl, err := newPlan(p, e.set)
	if err != nil {
		return nil, err
	}
	return pl.inspect(e.options.Threads), nil
}

// Plan returns the plan that x runs.
func (x *Executable) Plan() *Plan { return x.plan.inspect(x.engine.options.Threads) }

// Bytes returns the memory of a run: arena, workers and variables.
func (p *Plan) Bytes() int64 { return p.ArenaBytes + p.ScratchBytes + p.VariableBytes }

// Moved returns the bytes that all regions read and write in memory, each value
// once a region: what the caches of the workers cannot keep.
func (p *Plan) Moved() int64 {
	n := int64(0)
	for _, r := range p.Regions {
		n += r.Moved
	}
	return n
}

func (pl *plan) inspect(threads int) *Plan {
	p := &Plan{Kernel: pl.set.Name, Threads: threads, plan: pl, ArenaBytes: bytes(pl.arena),
		ScratchBytes: int64(threads) * bytes(pl.local+pl.scratch), VariableBytes: bytes(pl.variables())}
	live := pl.live()
	for i := range pl.stages {
		st := &pl.stages[i]
		r := Region{Images: st.images, Tile: st.tile, Shares: st.count()}
		if st.bound {
			r.Chunks = st.chunks
		}
		p.Chunks = max(p.Chunks, st.chunks)
		r.Moved = pl.moved(st)
		for _, j := range st.instrs {
			p.MultiplyAdds += pl.multiplyAdds(&pl.steps[j])
			p.Products += pl.products(&pl.steps[j])
		}
		for _, t := range st.tasks {
			if !t.merge {
				p.MultiplyAdds += pl.multiplyAdds(&pl.steps[t.instr])
			}
		}
		for _, j := range st.instrs {
			r.Steps = append(r.Steps, pl.step(j, false))
		}
		for _, t := range st.tasks {
			r.Steps = append(r.Steps, pl.step(t.instr, t.merge))
		}
		r.Live = live[i]
		p.Regions = append(p.Regions, r)
	}
	return p
}

// live returns the bytes of the arena in use during each phase.
func (pl *plan) live() []int64 {
	n := make([]int64, len(pl.stages)+1)
	for _, b := range pl.buffers {
		size := bytes(up(b.size, align))
		n[b.from] += size
		if b.to < len(pl.stages) {
			n[b.to+1] -= size
		}
	}
	for i := range pl.stages {
		n[i+1] += n[i]
	}
	return n
}

func (pl *plan) step(i int, merge bool) Step {
	s := &pl.steps[i]
	op, _ := s.op.(nn.Op)
	out := Step{Index: s.origin, Op: op, Name: s.op.Name(), Tag: s.tag, Locality: s.locality, Merge: merge, Kept: s.kept}
	for k, v := range s.args {
		if s.reads(k) && !(merge && s.cut(k)) {
			out.Args = append(out.Args, pl.at(v))
		}
	}
	if merge || s.locality != nn.Reduce {
		for _, v := range s.results {
			out.Results = append(out.Results, pl.at(v))
		}
	}
	return out
}

// at returns the place of v.
func (pl *plan) at(v nn.Value) Place {
	p := &pl.places[v]
	out := Place{Value: v, Bytes: bytes(p.size), Format: pl.formats[v].String()}
	switch p.space {
	case inInput:
		out.Space, out.Name = "input", pl.program.Inputs[p.index].Name
	case inVariable:
		out.Space, out.Name = "variable", pl.program.Vars[p.index].Name
	case inChunks:
		out.Space, out.Offset = "chunks", bytes(p.buffer.offset)
	case inLocal:
		out.Space, out.Offset = "local", bytes(p.offset)
	default:
		out.Space, out.Offset = "arena", bytes(p.offset)
	}
	return out
}
