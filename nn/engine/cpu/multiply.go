package cpu

import "ventral/nn"

// multiplier lowers rounding and the convolutions that read what was rounded to
// products of bfloat16 numbers, where the kernel set has them: images are rounded
// and laid out once for all convolutions that read them in one format, kernels
// once until they change (see keep.go).
type multiplier struct {
	*list
	rounds   map[nn.Value]*nn.Instr // by their results
	paddings map[nn.Value]padding   // of images by row, for all that read them
	images   map[imageFormat]nn.Value
	kernels  map[kernelOf]nn.Value
	unread   map[nn.Value]bool // rounded for products alone
}

type imageFormat struct {
	image nn.Value
	to    format
}

type kernelOf struct {
	kernel nn.Value
	op     packKernel
}

// fewestPixels is the fewest pixels of an image that is convolved by products.
const fewestPixels = 16

// newMultiplier decides which convolutions are products, and notes it in l.parts.
func newMultiplier(l *list) *multiplier {
	m := &multiplier{list: l, rounds: map[nn.Value]*nn.Instr{}, paddings: map[nn.Value]padding{}, images: map[imageFormat]nn.Value{}, kernels: map[kernelOf]nn.Value{}}
	l.parts = map[nn.Value]int{}
	if l.set.Multiply == nil {
		return m
	}
	for i := range l.program.Instrs {
		in := &l.program.Instrs[i]
		if _, ok := in.Op.(nn.Round); ok {
			m.rounds[in.Results[0]] = in
			continue
		}
		parts := m.partsOf(in)
		if parts == 0 {
			continue
		}
		l.parts[in.Results[0]] = parts
		x, s := m.rounds[in.Args[0]], l.shapes[in.Args[0]]
		p, need := m.paddings[x.Args[0]], padding{}
		switch o := in.Op.(type) {
		case nn.Conv2D:
			need = forwardPadding(s, l.shapes[in.Args[1]], o.Stride)
		case nn.ConvTranspose2D:
			need = transposePadding(s, l.shapes[in.Args[1]], o.Stride, o.Height, o.Width)
		default:
			continue
		}
		need.top, need.left = max(need.top, p.top), max(need.left, p.left)
		need.bottom, need.right = max(need.bottom, p.bottom), max(need.right, p.right)
		m.paddings[x.Args[0]] = need
	}
	// A round that something else reads, too, stays.
	unread := map[nn.Value]bool{}
	for v := range m.rounds {
		unread[v] = true
	}
	for i := range l.program.Instrs {
		in := &l.program.Instrs[i]
		if l.parts[in.Results[0]] == 0 {
			for _, a := range in.Args {
				delete(unread, a)
			}
		}
	}
	for _, o := range l.program.Outputs {
		delete(unread, o.Value)
	}
	for _, u := range l.program.Updates {
		delete(unread, u.From)
	}
	m.unread = unread
	return m
}

// partsOf returns 1 for a convolution, or the gradient of its kernel, of what
// was rounded to bfloat16, 2 of what was split; 0 where it is not done by products.
func (m *multiplier) partsOf(in *nn.Instr) int {
	switch in.Op.(type) {
	case nn.Conv2D, nn.ConvTranspose2D:
		if m.batched[in.Args[1]] {
			return 0
		}
	case nn.ConvKernel:
		if in.Locality(m.batched) != nn.Reduce || m.whole(in) || !m.batched[in.Args[1]] {
			return 0
		}
	default:
		return 0
	}
	a, b := m.rounds[in.Args[0]], m.rounds[in.Args[1]]
	if a == nil || b == nil || a.Op != b.Op || !m.batched[in.Args[0]] || m.shapes[in.Args[0]][1]*m.shapes[in.Args[0]][2] < fewestPixels {
		return 0
	}
	switch a.Op.(nn.Round).Bits {
	case nn.Precisions["bfloat16"]:
		return 1
	case nn.Precisions["split"]:
		return 2
	}
	return 0
}

// lower adds instruction i where it is one of products, or nothing for a round
// that only such read, and reports whether it did.
func (m *multiplier) lower(i int, in *nn.Instr) bool {
	parts := m.parts[in.Results[0]]
	if parts == 0 {
		return m.unread[in.Results[0]]
	}
	x := instr{op: in.Op, results: in.Results, tag: in.Tag, origin: i, impl: &convProducts, locality: in.Locality(m.batched), args0: m.shapes[in.Args[0]]}
	a, b, y := in.Args[0], in.Args[1], m.shapes[in.Results[0]]
	byRow := func() format {
		return rowFormat(x.args0, m.paddings[m.rounds[a].Args[0]], parts)
	}
	switch o := in.Op.(type) {
	case nn.Conv2D:
		x.aux = m.shapes[b]
		x.products = forwardProducts(x.args0, y, x.aux, o.Stride, byRow())
		x.args = []nn.Value{m.image(a, x.products.a), m.kernel(b, packKernel{Parts: parts}, in.Tag)}
	case nn.ConvTranspose2D:
		x.aux = m.shapes[b]
		x.products = transposeProducts(x.args0, y, x.aux, o.Stride, byRow())
		x.args = []nn.Value{m.image(a, x.products.a), m.kernel(b, packKernel{Stride: o.Stride, Parts: parts}, in.Tag)}
	case nn.ConvKernel:
		x.impl = &convKernelProducts
		x.products = kernelProducts(x.args0, m.shapes[b], y, o.Stride, parts)
		x.args = []nn.Value{m.image(a, x.products.a), m.image(b, x.products.b)}
	}
	m.add(x)
	return true
}

// image returns the images that v rounds in format f.
func (m *multiplier) image(v nn.Value, f format) nn.Value {
	in := m.rounds[v]
	key := imageFormat{in.Args[0], f}
	if p, ok := m.images[key]; ok {
		return p
	}
	p := m.value(nn.Shape{m.shapes[v][0], f.floats()})
	m.batched[p] = true
	m.add(instr{op: packImage{f}, args: []nn.Value{in.Args[0]}, results: []nn.Value{p}, tag: in.Tag, origin: -1, impl: &packImageImpl, locality: nn.PerImage})
	m.images[key] = p
	return p
}

// kernel returns the kernel that v rounds, packed by op.
func (m *multiplier) kernel(v nn.Value, op packKernel, tag nn.Tag) nn.Value {
	key := kernelOf{m.rounds[v].Args[0], op}
	if p, ok := m.kernels[key]; ok {
		return p
	}
	p := m.value(nn.Shape{op.format(m.shapes[v]).floats()})
	m.add(instr{op: op, args: []nn.Value{key.kernel}, results: []nn.Value{p}, tag: tag, origin: -1, impl: &packKernelImpl, locality: nn.Whole, aux: m.shapes[v]})
	m.kernels[key] = p
	return p
}

// formatOf returns the format of what in makes.
func formatOf(in *instr) format {
	switch o := in.op.(type) {
	case packImage:
		return o.to
	case packKernel:
		return o.format(in.aux)
	}
	return format{}
}

// dropUnread takes out of the list and its phases what lays out images for
// nobody, because whoever reads them lays them out again.
func dropUnread(l *list, phases []phase) {
	read := map[nn.Value]bool{}
	for i := range l.instrs {
		for _, a := range l.instrs[i].args {
			read[a] = true
		}
	}
	var kept []instr
	at := make([]int, len(l.instrs)) // in kept, or -1
	for i, in := range l.instrs {
		at[i] = len(kept)
		if _, ok := in.op.(packImage); ok && !read[in.results[0]] {
			at[i] = -1
		} else {
			kept = append(kept, in)
		}
	}
	l.instrs = kept
	for i := range phases {
		ph := &phases[i]
		instrs := ph.instrs[:0]
		for _, j := range ph.instrs {
			if at[j] >= 0 {
				instrs = append(instrs, at[j])
			}
		}
		ph.instrs = instrs
		for k := range ph.tasks {
			ph.tasks[k].instr = at[ph.tasks[k].instr]
		}
	}
}
