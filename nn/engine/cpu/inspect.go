package cpu

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"ventral/nn"
)

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

// String is as in "%12 arena+4096:512" or "%3 variable conv/kernel:2304", with
// the format of what is not float32: "%12 local+0:2400 bfloat16×1 by row 1+8+1 1+8+1 12".
func (p Place) String() string {
	at, format := fmt.Sprintf("%%%d %s", p.Value, p.Space), p.Format
	if format != "" {
		format = " " + format
	}
	if p.Name != "" {
		return fmt.Sprintf("%s %s:%d%s", at, p.Name, p.Bytes, format)
	}
	return fmt.Sprintf("%s+%d:%d%s", at, p.Offset, p.Bytes, format)
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
		for _, b := range pl.buffers {
			if b.from <= i && i <= b.to {
				r.Live += bytes(up(b.size, align))
			}
		}
		p.Regions = append(p.Regions, r)
	}
	return p
}

// multiplyAdds returns those of s, if it is a convolution or a gradient of one.
func (pl *plan) multiplyAdds(s *step) int64 {
	pixels := func(v nn.Value) int64 { return int64(pl.shapes[v].Len() / pl.shapes[v][3]) }
	switch s.impl {
	case &convProducts, &convKernelProducts:
		return 0
	case &conv2DFilter, &convTransposeFilter, &convKernelFilter:
		return pixels(s.args[0]) / 4 * 16 * int64(s.aux[2]*s.aux[3])
	}
	var x, y, k nn.Shape // a convolution of x to y
	stride := 1
	switch o := s.op.(type) {
	case nn.Conv2D:
		x, y, k, stride = s.args0, pl.shapes[s.results[0]], s.aux, o.Stride
	case nn.ConvTranspose2D:
		x, y, k, stride = pl.shapes[s.results[0]], s.args0, s.aux, o.Stride
	case nn.ConvKernel:
		x, y, k, stride = s.args0, pl.gradientShape(s), pl.shapes[s.results[0]], o.Stride
	default:
		return 0
	}
	products := func(axis int) (n int64) { // of pixels and elements of the kernel along an axis
		for a := range k[axis-1] {
			from, to := reached(a, k[axis-1], stride, x[axis], y[axis])
			n += int64(max(to-from, 0))
		}
		return n
	}
	columns := int64(k[1] * y[2]) // zeros at the sides are multiplied
	if s.impl == &convKernelWhole || s.impl == &convKernel && byTaps(x) {
		columns = products(2)
	}
	return int64(x[0]) * products(1) * columns * int64(k[2]*k[3])
}

// products returns the multiply-adds of s that are of bfloat16 numbers, zeros included.
func (pl *plan) products(s *step) int64 {
	if s.instr.products == nil {
		return 0
	}
	channels, n := pl.shapes[s.results[0]][3], 0
	for _, p := range s.instr.products.pieces {
		n += len(p.blocks) * p.rows * 2 * p.pairs * p.chunks * len(p.terms) * channels
	}
	return int64(s.args0[0]) * int64(n)
}

// moved returns the bytes that st reads and writes outside of local memory.
func (pl *plan) moved(st *stage) int64 {
	n := 0
	read, written, added := map[nn.Value]bool{}, map[nn.Value]bool{}, map[*accumulator]bool{}
	count := func(seen map[nn.Value]bool, v nn.Value) {
		if at := &pl.places[v]; !seen[v] && at.space != inLocal && at.space != inChunks {
			seen[v] = true
			n += at.size
		}
	}
	touch := func(s *step, merge bool) {
		for k, v := range s.args {
			if s.reads(k) && !(merge && s.cut(k)) {
				count(read, v)
			}
		}
		if merge || s.locality != nn.Reduce {
			for _, v := range s.results {
				count(written, v)
			}
		}
		if s.sums != nil {
			n += s.sums.size
		}
		if s.acc != nil && !added[s.acc] {
			added[s.acc] = true
			n += s.acc.chunks * s.acc.size
			if s.impl.accumulates && !merge && s.acc.first != s.index {
				n += s.acc.chunks * s.acc.size // read, too
			}
		}
	}
	for _, j := range st.instrs {
		touch(&pl.steps[j], false)
	}
	for _, t := range st.tasks {
		touch(&pl.steps[t.instr], t.merge)
	}
	return bytes(n)
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
		out.Space, out.Offset = "chunks", bytes(pl.chunks(v).offset)
	case inLocal:
		out.Space, out.Offset = "local", bytes(p.offset)
	default:
		out.Space, out.Offset = "arena", bytes(p.offset)
	}
	return out
}

// chunks returns the accumulators that v adds to.
func (pl *plan) chunks(v nn.Value) *buffer {
	for i := range pl.steps {
		if s := &pl.steps[i]; s.joined && s.results[0] == v {
			return s.acc.buffer
		}
	}
	return nil
}

// Peak returns the index of the first region in which most of the arena is in
// use, -1 when there is none.
func (p *Plan) Peak() int {
	peak := -1
	for i, r := range p.Regions {
		if peak < 0 || r.Live > p.Regions[peak].Live {
			peak = i
		}
	}
	return peak
}

// Holder is a buffer that is in use during a region.
type Holder struct {
	What     string // "conv2d", or "sums" and "accumulators" of a reduction
	Tag      nn.Tag // of the instruction that made it
	From, To int    // regions, both included
	Offset   int64
	Bytes    int64
}

// Holders returns the buffers of the arena in use during region i, by offset.
// One that several values hold in turn has the name of the one that region i
// sees.
func (p *Plan) Holders(i int) []Holder {
	pl := p.plan
	made := map[*buffer]Holder{}
	for j := range pl.steps {
		s := &pl.steps[j]
		h := Holder{What: s.op.Name(), Tag: s.tag}
		if s.sums != nil {
			made[s.sums] = Holder{What: "sums of " + h.What, Tag: h.Tag}
		}
		if s.acc != nil && made[s.acc.buffer].What == "" {
			made[s.acc.buffer] = Holder{What: "accumulators of " + h.What, Tag: h.Tag}
		}
		for k := range s.resultsAt {
			at := &s.resultsAt[k]
			if at.buffer != nil && at.space == inArena && (made[at.buffer].What == "" || s.merge <= i) {
				made[at.buffer] = h
			}
		}
	}
	var hs []Holder
	for _, b := range pl.buffers {
		if b.from <= i && i <= b.to {
			h := made[b]
			h.From, h.To, h.Offset, h.Bytes = b.from, b.to, bytes(b.offset), bytes(b.size)
			hs = append(hs, h)
		}
	}
	slices.SortFunc(hs, func(a, b Holder) int { return cmp.Compare(a.Offset, b.Offset) })
	return hs
}

// String returns the listing that WriteTo writes.
func (p *Plan) String() string {
	var b strings.Builder
	p.WriteTo(&b)
	return b.String()
}

// WriteTo writes the plan, a line an instruction: region, locality, operation,
// the places of its arguments and results, and its tag.
func (p *Plan) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	fmt.Fprintf(c, "kernel %s, %d threads, %d chunks\n", p.Kernel, p.Threads, p.Chunks)
	fmt.Fprintf(c, "arena %d bytes, scratch %d bytes, variables %d bytes\n", p.ArenaBytes, p.ScratchBytes, p.VariableBytes)
	for i, r := range p.Regions {
		switch {
		case r.Images == 0:
			fmt.Fprintf(c, "wave %d: %d shares, live %d bytes\n", i, r.Shares, r.Live)
		case r.Chunks > 0:
			fmt.Fprintf(c, "region %d: %d images in %d chunks, %d at a time, live %d bytes\n", i, r.Images, r.Chunks, r.Tile, r.Live)
		default:
			fmt.Fprintf(c, "region %d: %d images, %d at a time, live %d bytes\n", i, r.Images, r.Tile, r.Live)
		}
		for _, s := range r.Steps {
			fmt.Fprintf(c, "\t%s\n", s)
		}
	}
	return c.n, c.err
}

// String is a line of the listing.
func (s Step) String() string {
	var b strings.Builder
	kind := s.Locality.String()
	switch {
	case s.Merge:
		kind = "merge"
	case s.Kept:
		kind = "kept"
	}
	fmt.Fprintf(&b, "%-9s %s", kind, s.Name)
	for _, a := range s.Args {
		fmt.Fprintf(&b, " (%s)", a)
	}
	if len(s.Results) > 0 {
		b.WriteString(" →")
	}
	for _, r := range s.Results {
		fmt.Fprintf(&b, " (%s)", r)
	}
	if tag := s.Tag.String(); tag != "" {
		b.WriteString("  # " + tag)
	}
	return b.String()
}

// WriteMemory writes the bytes of the arena in use, a line a region with what
// it begins with; who holds them in the region where most are in use; and how
// they are shared there between the places of the program that instructions
// are tagged with.
func (p *Plan) WriteMemory(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "region\tinstructions\tlive bytes\t  begins with\n")
	for i, r := range p.Regions {
		first := ""
		if len(r.Steps) > 0 {
			first = of(r.Steps[0].Name, r.Steps[0].Tag)
		}
		fmt.Fprintf(t, "%d\t%d\t%d\t  %s\n", i, len(r.Steps), r.Live, first)
	}
	peak := p.Peak()
	if peak < 0 {
		return t.Flush()
	}
	fmt.Fprintf(t, "\nmost in region %d, %d of %d bytes:\n\n", peak, p.Regions[peak].Live, p.ArenaBytes)
	fmt.Fprintf(t, "bytes\toffset\tregions\t  made by\n")
	tags := map[string]int64{}
	for _, h := range p.Holders(peak) {
		fmt.Fprintf(t, "%d\t%d\t%d–%d\t  %s\n", h.Bytes, h.Offset, h.From, h.To, of(h.What, h.Tag))
		tags[h.Tag.String()] += h.Bytes
	}
	fmt.Fprintf(t, "\nbytes\t  tag\n")
	for _, tag := range slices.SortedFunc(maps.Keys(tags), func(a, b string) int {
		return cmp.Or(cmp.Compare(tags[b], tags[a]), cmp.Compare(a, b))
	}) {
		fmt.Fprintf(t, "%d\t  %s\n", tags[tag], tag)
	}
	return t.Flush()
}

// of names what an instruction makes.
func of(what string, tag nn.Tag) string {
	if s := tag.String(); s != "" {
		return what + ", " + s
	}
	return what
}

// counter counts what it writes and keeps the first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n, c.err = c.n+int64(n), err
	return n, err
}
