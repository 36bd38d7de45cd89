package cpu

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"ventral/nn"
)

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
