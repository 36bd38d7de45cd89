package cpu

import (
	"slices"
	"sort"
)

// align is the alignment of buffers in elements: 64 bytes, a cache line.
const align = 16

// buffer is a piece of memory from one time to another, both included.
type buffer struct {
	size     int // elements
	from, to int
	offset   int // elements, a multiple of align
}

// packBuffers sets the offsets of buffers so that none overlaps another that
// lives at the same time, and returns the elements needed. The largest are
// placed first. Each goes to the smallest of the lowest gaps that take it, and to
// the lowest of equal ones; compared says how many gaps are looked at.
func packBuffers(buffers []*buffer) int {
	order := append([]*buffer(nil), buffers...)
	sort.SliceStable(order, func(i, j int) bool {
		a, b := order[i], order[j]
		if a.size != b.size {
			return a.size > b.size
		}
		return a.from < b.from
	})
	times, top := 0, 0
	for _, b := range order {
		times = max(times, b.to+1)
	}
	o := newOccupation(times)
	for _, b := range order {
		b.offset = o.gap(b)
		o.take(b)
		top = max(top, up(b.offset+b.size, align))
	}
	return top
}

// extent is a range of memory, hi excluded.
type extent struct{ lo, hi int }

// extents are apart from each other and rise.
type extents []extent

// add joins e with those that it meets or touches.
func (s *extents) add(e extent) {
	i := sort.Search(len(*s), func(i int) bool { return (*s)[i].hi >= e.lo })
	j := i
	for ; j < len(*s) && (*s)[j].lo <= e.hi; j++ {
		e.lo, e.hi = min(e.lo, (*s)[j].lo), max(e.hi, (*s)[j].hi)
	}
	*s = slices.Replace(*s, i, j, e)
}

// join adds all of t, in one pass where they are many.
func (s *extents) join(t extents) {
	if len(t) < 4 {
		for _, e := range t {
			s.add(e)
		}
		return
	}
	a, out := *s, make(extents, 0, len(*s)+len(t))
	for len(a) > 0 || len(t) > 0 {
		from := &a
		if len(a) == 0 || len(t) > 0 && t[0].lo < a[0].lo {
			from = &t
		}
		e := (*from)[0]
		*from = (*from)[1:]
		if n := len(out); n > 0 && out[n-1].hi >= e.lo {
			out[n-1].hi = max(out[n-1].hi, e.hi)
		} else {
			out = append(out, e)
		}
	}
	*s = out
}

// occupation is which memory is taken when: a tree of times whose root is all of
// them and whose every node has the two halves of its own. Buffers beside each
// other are one extent, so that a node has about as many extents as there are
// gaps between the buffers of its times, however many these are. What lives
// during all of a node's times is told to its halves when somebody asks for
// them, and is then few extents, too. To place a buffer so takes about the
// logarithm of the number of times.
type occupation struct {
	leaves int       // a power of two
	taken  []extents // of each node, 1 the root: during any of its times
	untold []extents // … during all of its times, which its halves do not know of
	full   []full    // of each node
	lists  []extents // that a search goes through
}

// full says that no gap of a node below an offset takes a buffer of a size.
// Memory that is taken is never given back, and sizes only fall. So it holds
// until a smaller size is asked for.
type full struct{ size, below int }

// compared is how many gaps that take a buffer are compared, at most: almost
// always the first is as small as any.
const compared = 64

func newOccupation(times int) *occupation {
	leaves := 1
	for leaves < times {
		leaves *= 2
	}
	return &occupation{leaves: leaves, taken: make([]extents, 2*leaves), untold: make([]extents, leaves), full: make([]full, 2*leaves)}
}

// take notes that b has its memory.
func (o *occupation) take(b *buffer) {
	e := extent{b.offset, up(b.offset+b.size, align)}
	o.visit(1, 0, o.leaves, b, func(node int, all bool) {
		o.taken[node].add(e)
		if all && node < o.leaves {
			o.untold[node].add(e)
		}
	})
}

// below returns the offset below which no gap of a node takes a buffer of a size.
func (o *occupation) below(node, size int) int {
	f, list := &o.full[node], o.taken[node]
	if f.size != size {
		*f = full{size: size}
	}
	i := sort.Search(len(list), func(i int) bool { return list[i].hi > f.below })
	for ; i < len(list) && list[i].lo-f.below < size; i++ {
		f.below = list[i].hi
	}
	return f.below
}

// gap returns the offset of the smallest gap that takes b during its life, the
// lowest of several, or the end of all that is taken then. It compares the
// lowest gaps only. Buffers are asked for by falling size.
func (o *occupation) gap(b *buffer) int {
	o.lists = o.lists[:0]
	end := 0
	o.visit(1, 0, o.leaves, b, func(node int, all bool) {
		if all {
			o.lists = append(o.lists, o.taken[node])
			end = max(end, o.below(node, b.size))
		}
	})
	for i, list := range o.lists {
		o.lists[i] = list[sort.Search(len(list), func(i int) bool { return list[i].hi > end }):]
	}
	best, least := -1, 0
	for fits := 0; ; {
		next, passed := -1, false // where the memory after end that is taken begins
		for i, list := range o.lists {
			n := 0
			for ; n < len(list) && list[n].lo-end < b.size; n++ {
				end = max(end, list[n].hi)
			}
			if list = list[n:]; len(list) > 0 && (next < 0 || list[0].lo < next) {
				next = list[0].lo
			}
			o.lists[i], passed = list, passed || n > 0
		}
		switch gap := next - end; {
		case passed: // and so there may be more to pass
		case next < 0 && best < 0:
			return end
		case next < 0:
			return best
		case gap == up(b.size, align):
			if best < 0 || gap < least {
				return end // no gap is smaller
			}
			return best
		default:
			if best < 0 || gap < least {
				best, least = end, gap
			}
			if fits++; fits == compared {
				return best
			}
			end = next
		}
	}
}

// visit calls each with the nodes from the given one on, of times from to to-1,
// that share times with b, and whether b lives during all of a node's; what is
// below such a node is passed over.
func (o *occupation) visit(node, from, to int, b *buffer, each func(node int, all bool)) {
	all := b.from <= from && to-1 <= b.to
	each(node, all)
	if all {
		return
	}
	o.tell(node)
	middle := (from + to) / 2
	if b.from < middle {
		o.visit(2*node, from, middle, b, each)
	}
	if b.to >= middle {
		o.visit(2*node+1, middle, to, b, each)
	}
}

// tell hands what the halves of a node do not know on to them.
func (o *occupation) tell(node int) {
	for _, half := range []int{2 * node, 2*node + 1} {
		o.taken[half].join(o.untold[node])
		if half < o.leaves {
			o.untold[half].join(o.untold[node])
		}
	}
	o.untold[node] = o.untold[node][:0]
}
