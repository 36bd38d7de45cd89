package cortex

import (
	"fmt"

	"ventral/areas"
	"ventral/nn"
)

// TapName is the name of a tap's output in a program.
func (g *Graph) TapName(t Tap) string {
	return fmt.Sprintf("%s@%d/%s", g.Areas[t.Area].Name, t.Step, t.Signal)
}

// Field is the theoretical receptive field of a unit: the side in pixels of
// the square that can change it, not cut at the border of the image. 0 is none.
type Field struct{ Height, Width int }

// MaxFields is the number of steps of which ReceptiveFields are known: the time
// to find them grows with its square.
const MaxFields = 64

// ReceptiveFields returns the receptive field of the middle unit of every area
// at every step below MaxFields, [step][area]: what the program of that unit
// reads.
func ReceptiveFields(g *Graph) ([][]Field, error) {
	var taps []Tap
	for t := range min(g.Steps, MaxFields) {
		for i := range g.Areas {
			if g.times.informed[t][i] {
				taps = append(taps, Tap{i, areas.Response, t})
			}
		}
	}
	b := nn.NewBuilder()
	u := g.Unroll(b, Options{Batch: 1, Taps: taps})
	for i, t := range taps {
		b.Output(g.TapName(t), u.Taps[i])
	}
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	out := make([][]Field, g.Steps)
	for t := range out {
		out[t] = make([]Field, len(g.Areas))
	}
	var images []nn.Value
	for _, v := range u.Frames {
		images = append(images, v)
	}
	r := newReader(p)
	for i, t := range taps {
		out[t.Step][t.Area] = r.field(u.Taps[i], images)
	}
	return out, nil
}

// span is a range of pixels, both ends included; empty where hi < lo.
type span struct{ lo, hi int }

func (s span) with(t span) span {
	if s.hi < s.lo {
		return t
	}
	if t.hi < t.lo {
		return s
	}
	return span{min(s.lo, t.lo), max(s.hi, t.hi)}
}

// reader finds which pixels of a program's input a pixel of a value reads.
type reader struct {
	p     *nn.Program
	made  []int // instruction of each value, -1
	spans [][2]span
	stamp []int
	now   int
}

func newReader(p *nn.Program) *reader {
	r := &reader{p: p, made: make([]int, len(p.Shapes)), spans: make([][2]span, len(p.Shapes)), stamp: make([]int, len(p.Shapes))}
	for i := range r.made {
		r.made[i] = -1
	}
	for i, in := range p.Instrs {
		for _, v := range in.Results {
			r.made[v] = i
		}
	}
	return r
}

// field returns the receptive field of the middle pixel of v in images, whichever
// of them it reads.
func (r *reader) field(v nn.Value, images []nn.Value) Field {
	r.now++
	s := r.p.Shapes[v]
	r.add(v, [2]span{{s[1] / 2, s[1] / 2}, {s[2] / 2, s[2] / 2}})
	for i := r.made[v]; i >= 0; i-- {
		in := r.p.Instrs[i]
		y := in.Results[0]
		if r.stamp[y] != r.now {
			continue
		}
		for k, a := range in.Args {
			if x := r.p.Shapes[a]; x.Rank() == 4 && reads(in.Op, k) {
				r.add(a, [2]span{r.back(in, r.spans[y][0], 1, x), r.back(in, r.spans[y][1], 2, x)})
			}
		}
	}
	h, w := span{0, -1}, span{0, -1}
	for _, image := range images {
		if r.stamp[image] == r.now {
			h, w = h.with(r.spans[image][0]), w.with(r.spans[image][1])
		}
	}
	return Field{h.hi - h.lo + 1, w.hi - w.lo + 1}
}

// add notes that pixels of v are read: none where either range is empty.
func (r *reader) add(v nn.Value, s [2]span) {
	if s[0].hi < s[0].lo || s[1].hi < s[1].lo {
		return
	}
	if r.stamp[v] != r.now {
		r.stamp[v], r.spans[v] = r.now, [2]span{{0, -1}, {0, -1}}
	}
	r.spans[v] = [2]span{r.spans[v][0].with(s[0]), r.spans[v][1].with(s[1])}
}

// reads reports whether argument k of op is an image whose pixels it reads:
// kernels have four axes too, and a fill takes only the number of images.
func reads(op nn.Op, k int) bool {
	switch op.(type) {
	case nn.Conv2D, nn.ConvTranspose2D:
		return k == 0
	case nn.Fill:
		return false
	}
	return true
}

// back returns the pixels of an argument of shape x that the pixels s of in's
// result read, along an axis.
func (r *reader) back(in nn.Instr, s span, axis int, x nn.Shape) span {
	switch op := in.Op.(type) {
	case nn.Conv2D:
		k := r.p.Shapes[in.Args[1]][axis-1]
		low := (k - 1) / 2
		return span{s.lo*op.Stride - low, s.hi*op.Stride + k - 1 - low}
	case nn.ConvTranspose2D:
		k := r.p.Shapes[in.Args[1]][axis-1]
		low := (k - 1) / 2
		return span{-floor(-(s.lo + low - (k - 1)), op.Stride), floor(s.hi+low, op.Stride)}
	case nn.Pool2D:
		if op.Size == 0 {
			return span{0, x[axis] - 1}
		}
		low := (op.Size - 1) / 2
		return span{s.lo*op.Stride - low, s.hi*op.Stride + op.Size - 1 - low}
	case nn.Upsample:
		return span{floor(s.lo, op.Factor), floor(s.hi, op.Factor)}
	case nn.SumBlocks:
		return span{s.lo * op.Factor, s.hi*op.Factor + op.Factor - 1}
	case nn.Reshape:
		return span{0, x[axis] - 1}
	}
	return s
}

// floor is ⌊n/by⌋.
func floor(n, by int) int {
	if n < 0 {
		return -((-n + by - 1) / by)
	}
	return n / by
}
