package cpu

import (
	"slices"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// operation is an nn.Op or an operation of the engine's own.
type operation interface{ Name() string }

// instr is one instruction of the engine's list.
type instr struct {
	op            operation
	args, results []nn.Value
	tag           nn.Tag
	origin        int // index of the program's instruction; -1 for the engine's own
	impl          *impl
	locality      nn.Locality
	images        int       // on axis 0 of what is cut by images
	args0         nn.Shape  // of argument 0
	aux           nn.Shape  // of the kernel of a convolution, before it was packed
	products      *products // of a convolution by products of bfloat16 numbers
	acc           *accumulator
	joined        bool // its accumulator is added up by a gather, its result is not made
}

// cut reports whether argument i is cut by images.
func (in *instr) cut(i int) bool { return (in.impl.whole|in.impl.unread)>>min(i, 63)&1 == 0 }

// reads reports whether the elements of argument i are read.
func (in *instr) reads(i int) bool { return in.impl.unread>>min(i, 63)&1 == 0 }

// list is a program lowered to the engine's own instructions. Values are those
// of the program, then the engine's own.
type list struct {
	program *nn.Program
	set     *kernel.Set
	instrs  []instr
	shapes  []nn.Shape
	batched []bool
	parts   map[nn.Value]int // of the operands of convolutions by products, by their results
	updates []nn.Update      // From is never a variable or an input
}

// copyValue is the engine's own operation that copies its argument.
type copyValue struct{}

func (copyValue) Name() string { return "copy" }

// lower turns p, which is verified, into the engine's list: convolutions read
// packed kernels, each packed once (see keep.go).
func lower(p *nn.Program, set *kernel.Set) *list {
	l := &list{program: p, set: set, shapes: append([]nn.Shape(nil), p.Shapes...), batched: p.Batched()}
	multiplier := newMultiplier(l)
	type packing struct {
		kernel nn.Value
		op     operation
	}
	packed := map[packing]nn.Value{}
	pack := func(k nn.Value, op operation, m *impl, tag nn.Tag) nn.Value {
		if v, ok := packed[packing{k, op}]; ok {
			return v
		}
		s := l.shapes[k]
		n := 0
		switch o := op.(type) {
		case packForward:
			n = packedLen(s, set, false)
		case packTranspose:
			n = packedLen(s, set, true)
		case packParts:
			n = partsLen(s, set, o.Transposed)
		}
		v := l.value(nn.Shape{n})
		l.add(instr{op: op, args: []nn.Value{k}, results: []nn.Value{v}, tag: tag, origin: -1, impl: m, locality: nn.Whole, aux: s})
		packed[packing{k, op}] = v
		return v
	}
	parts, summed := map[nn.Value]nn.Value{}, l.summedParts()
	fold := func(in *nn.Instr) {
		l.add(instr{op: foldParts{}, args: []nn.Value{parts[in.Results[0]]}, results: in.Results, tag: in.Tag, origin: -1, impl: &foldPartsImpl, locality: nn.Whole})
	}
	for i, in := range p.Instrs {
		if multiplier.lower(i, &in) {
			continue
		}
		x := instr{op: in.Op, args: in.Args, results: in.Results, tag: in.Tag, origin: i, impl: implOf(in.Op), locality: in.Locality(l.batched)}
		switch o := in.Op.(type) {
		case nn.Conv2D:
			x.aux = l.shapes[in.Args[1]]
			op, m := operation(packForward{}), &packForwardImpl
			if l.filtered(l.shapes[in.Args[0]], x.aux, o.Stride) {
				op, m, x.impl = packParts{}, &packPartsImpl, &conv2DFilter
			}
			x.args = []nn.Value{in.Args[0], pack(in.Args[1], op, m, in.Tag)}
		case nn.ConvTranspose2D:
			x.aux = l.shapes[in.Args[1]]
			op, m := operation(packTranspose{o.Stride}), &packTransposeImpl
			if l.filtered(l.shapes[in.Args[0]], x.aux, o.Stride) {
				op, m, x.impl = packParts{Transposed: true}, &packPartsImpl, &convTransposeFilter
			}
			x.args = []nn.Value{in.Args[0], pack(in.Args[1], op, m, in.Tag)}
		case nn.ConvKernel:
			switch {
			case l.whole(&in):
				x.impl, x.locality = &convKernelWhole, nn.Whole
			case l.inParts(&in):
				x.aux, x.impl = l.shapes[in.Results[0]], &convKernelFilter
				parts[in.Results[0]] = l.value(nn.Shape{4, 4, x.aux[2], x.aux[3]})
				x.results = []nn.Value{parts[in.Results[0]]}
				l.add(x)
				if !summed[in.Results[0]] {
					fold(&in)
				}
				continue
			}
		case nn.Sum:
			if summed[in.Args[0]] { // and so all others
				x.args = make([]nn.Value, len(in.Args))
				for k, a := range in.Args {
					x.args[k] = parts[a]
				}
				parts[in.Results[0]] = l.value(l.shapes[x.args[0]])
				x.results = []nn.Value{parts[in.Results[0]]}
				l.add(x)
				fold(&in)
				continue
			}
		}
		if x.impl == nil {
			x.impl, x.locality = l.fallback(&in)
		}
		l.add(x)
	}
	l.lowerUpdates()
	accumulate(l)
	return l
}

// inParts reports whether the gradient of a kernel is added up by parts.
func (l *list) inParts(in *nn.Instr) bool {
	o, ok := in.Op.(nn.ConvKernel)
	return ok && l.parts[in.Results[0]] == 0 && in.Locality(l.batched) == nn.Reduce && !l.whole(in) && l.filtered(l.shapes[in.Args[0]], l.shapes[in.Results[0]], o.Stride)
}

// summedParts returns the gradients that are added up by parts and that only a
// sum of such reads: their parts are added up, and folded once.
func (l *list) summedParts() map[nn.Value]bool {
	readers, parts := make([]int, len(l.shapes)), map[nn.Value]bool{}
	for i := range l.program.Instrs {
		in := &l.program.Instrs[i]
		for _, a := range in.Args {
			readers[a]++
		}
		if l.inParts(in) {
			parts[in.Results[0]] = true
		}
	}
	for _, o := range l.program.Outputs {
		readers[o.Value]++
	}
	for _, u := range l.program.Updates {
		readers[u.From]++
	}
	summed := map[nn.Value]bool{}
	for i := range l.program.Instrs {
		in := &l.program.Instrs[i]
		if _, ok := in.Op.(nn.Sum); !ok {
			continue
		}
		if !slices.ContainsFunc(in.Args, func(a nn.Value) bool { return !parts[a] || readers[a] != 1 }) {
			for _, a := range in.Args {
				summed[a] = true
			}
		}
	}
	return summed
}

// value adds a value of the engine's own.
func (l *list) value(s nn.Shape) nn.Value {
	l.shapes = append(l.shapes, s)
	l.batched = append(l.batched, false)
	return nn.Value(len(l.shapes) - 1)
}

// add appends in. An instruction that reads images as a whole, such as a
// convolution with a kernel for which a port said that its axis 0 is images,
// is not split.
func (l *list) add(in instr) {
	in.images = 1
	if len(in.args) > 0 && in.products == nil {
		in.args0 = l.shapes[in.args[0]]
	}
	found := false
	for i, a := range in.args {
		if l.batched[a] && in.reads(i) && !in.cut(i) {
			in.locality = nn.Whole
		}
		if !found && in.cut(i) && l.shapes[a].Rank() > 0 && (l.batched[a] || in.locality == nn.Whole) {
			in.images, found = l.shapes[a][0], true
		}
	}
	if !found && in.locality == nn.PerImage {
		in.images = l.shapes[in.results[0]][0] // fill, spread
	}
	l.instrs = append(l.instrs, in)
}

// lowerUpdates copies what is stored in a variable and is itself a variable or
// an input, so that updates may be stored one after the other.
func (l *list) lowerUpdates() {
	made := make([]bool, len(l.shapes))
	for i := range l.instrs {
		for _, r := range l.instrs[i].results {
			made[r] = true
		}
	}
	for _, u := range l.program.Updates {
		if !made[u.From] {
			v := l.value(l.shapes[u.From])
			l.add(instr{op: copyValue{}, args: []nn.Value{u.From}, results: []nn.Value{v}, tag: nn.Tag{Step: -1}, origin: -1, impl: &copied, locality: nn.Whole})
			u.From = v
		}
		l.updates = append(l.updates, u)
	}
}
