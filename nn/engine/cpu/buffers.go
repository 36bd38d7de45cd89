package cpu

import "sort"

// align is the alignment of buffers in elements: 64 bytes, a cache line.
const align = 16

// buffer is a piece of memory from one time to another, both included.
type buffer struct {
	size     int // elements
	from, to int
	offset   int // elements, a multiple of align
}

// pack sets the offsets of buffers so that none overlaps another that lives at
// the same time, and returns the elements needed. The largest are placed first,
// each in the smallest gap that takes it.
func packBuffers(buffers []*buffer) int {
	order := append([]*buffer(nil), buffers...)
	sort.SliceStable(order, func(i, j int) bool {
		a, b := order[i], order[j]
		if a.size != b.size {
			return a.size > b.size
		}
		return a.from < b.from
	})
	var placed []*buffer // by offset
	top := 0
	for _, b := range order {
		best, waste, end := -1, 0, 0
		for _, p := range placed {
			if p.to < b.from || b.to < p.from {
				continue
			}
			if gap := p.offset - end; gap >= b.size && (best < 0 || gap-b.size < waste) {
				best, waste = end, gap-b.size
			}
			end = max(end, up(p.offset+p.size, align))
		}
		if best < 0 {
			best = end
		}
		b.offset = best
		i := sort.Search(len(placed), func(i int) bool { return placed[i].offset > b.offset })
		placed = append(placed, nil)
		copy(placed[i+1:], placed[i:])
		placed[i] = b
		top = max(top, up(b.offset+b.size, align))
	}
	return top
}
