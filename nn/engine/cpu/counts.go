package cpu

import (
	"ventral/nn"
)

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
