package cpu

import "ventral/nn"

// accumulator is where reductions add in float32: one for each chunk of the
// batch, or only one where all images are added at once, so that the order of additions does not depend on the workers. The
// gradients of a weight that is used several times share one.
type accumulator struct {
	chunks int
	size   int // elements of one chunk's, a multiple of align
	first  int // instruction that clears it, the first to run
	buffer *buffer
}

// gather is the engine's own operation that adds up the chunks of a shared
// accumulator: a sum whose arguments are never made.
type gather struct{}

func (gather) Name() string { return "sum" }

// gatherImpl is done by Executable.mergeChunks.
var gatherImpl = impl{whole: all, elements: true}

// accumulate gives an accumulator to every reduction that adds in float32.
// Those that only one sum reads add to the same one, over all regions: their
// memory is that of one, however often a weight is used.
func accumulate(l *list) {
	readers, by := make([]int, len(l.shapes)), make([]int, len(l.shapes))
	for v := range by {
		by[v] = -1
	}
	for i := range l.instrs {
		in := &l.instrs[i]
		for _, a := range in.args {
			readers[a]++
		}
		for _, r := range in.results {
			by[r] = i
		}
		if in.impl.accumulates {
			in.acc = &accumulator{chunks: 1, size: up(l.shapes[in.results[0]].Len(), align), first: -1}
			if in.locality == nn.Reduce {
				in.acc.chunks = chunksOf(in.images)
			}
		}
	}
	for _, o := range l.program.Outputs {
		readers[o.Value]++
	}
	for _, u := range l.updates {
		readers[u.From]++
	}
	for i := range l.instrs {
		in := &l.instrs[i]
		if _, ok := in.op.(nn.Sum); !ok || in.locality != nn.Whole {
			continue
		}
		// Reductions over different numbers of images keep their own.
		var shared *accumulator
		var same *impl
		fits := func(v nn.Value) bool {
			if by[v] < 0 || readers[v] != 1 {
				return false
			}
			x := &l.instrs[by[v]]
			return x.impl.accumulates && (x.locality == nn.Reduce || x.impl.part != nil) && (shared == nil || shared == x.acc || same == x.impl && shared.chunks == x.acc.chunks)
		}
		joined := true
		for _, a := range in.args {
			if fits(a) {
				if shared == nil {
					shared, same = l.instrs[by[a]].acc, l.instrs[by[a]].impl
				}
			} else {
				joined = false
			}
		}
		if !joined {
			continue
		}
		for _, a := range in.args {
			l.instrs[by[a]].acc, l.instrs[by[a]].joined = shared, true
		}
		in.op, in.impl, in.acc = gather{}, &gatherImpl, shared
	}
	for i := range l.instrs {
		if in := &l.instrs[i]; in.impl.part != nil && !in.joined {
			in.acc = nil // adds to its result
		}
	}
}
