package cpu

import (
	"slices"

	"ventral/nn"
)

// space says which memory a value lies in.
type space uint8

const (
	inArena    space = iota
	inLocal          // of a worker, for one tile of a region
	inInput          // the caller's
	inVariable       // the residence's
	inChunks         // nowhere: in the accumulators of all chunks until they are added up
)

// place is where a value lies.
type place struct {
	space  space
	index  int // of the input or variable
	offset int // elements; in local memory, for tile images of the region
	size   int // elements
	image  int // elements of an image
	buffer *buffer
}

// place finds the memory of every value.
func (pl *plan) place() {
	lives := pl.lives()
	for i := range pl.shapes {
		s := pl.shapes[i]
		pl.places[i] = place{size: s.Len(), image: s.Len() / max(s[0], 1)}
	}
	for i, x := range pl.program.Inputs {
		pl.places[x.Value].space, pl.places[x.Value].index = inInput, i
	}
	for i, v := range pl.program.Vars {
		pl.places[v.Value].space, pl.places[v.Value].index = inVariable, i
	}
	dying := make([][]nn.Value, len(pl.stages)+1) // images by the phase that reads them last
	for v, l := range lives {
		if pl.batched[v] && !l.local && l.last.phase >= 0 {
			dying[l.last.phase] = append(dying[l.last.phase], nn.Value(v))
		}
	}
	for i := range pl.stages {
		st := &pl.stages[i]
		var local []*buffer
		for pos, j := range st.instrs {
			s := &pl.steps[j]
			if s.locality != nn.PerImage {
				pl.reduction(s)
				continue
			}
			for _, r := range s.results {
				at := &pl.places[r]
				if lives[r].local {
					at.space, at.size = inLocal, at.image*st.tile
				}
				at.buffer = pl.takeOver(lives, s, r, dying[i])
				if at.buffer == nil {
					at.buffer = &buffer{size: at.size, from: i}
					if at.space == inLocal {
						at.buffer.from = pos
						local = append(local, at.buffer)
					} else {
						pl.buffers = append(pl.buffers, at.buffer)
					}
				}
				if at.space == inLocal {
					at.buffer.to = max(lives[r].last.pos, pos)
				} else {
					at.buffer.to = max(lives[r].last.phase, i)
				}
			}
		}
		st.local = packBuffers(local)
		pl.local = max(pl.local, st.local)
		for _, t := range st.tasks {
			s := &pl.steps[t.instr]
			if (s.impl.reduces() || s.acc != nil) && !t.merge {
				pl.reduction(s)
			}
			for _, r := range s.results {
				at := &pl.places[r]
				if at.space == inChunks {
					continue
				}
				if !t.merge {
					at.buffer = pl.takeOver(lives, s, r, nil)
				}
				if at.buffer == nil {
					at.buffer = &buffer{size: at.size, from: i}
					pl.buffers = append(pl.buffers, at.buffer)
				}
				at.buffer.to = max(lives[r].last.phase, i)
				if lives[r].stays {
					at.buffer.from = 0
				}
			}
		}
	}
	pl.arena = packBuffers(pl.buffers)
	for i := range pl.places {
		if b := pl.places[i].buffer; b != nil {
			pl.places[i].offset = b.offset
		}
	}
}

// use is a time within a run.
type use struct{ phase, pos int }

func (u use) before(v use) bool { return u.phase < v.phase || u.phase == v.phase && u.pos < v.pos }

// life is when a value is read.
type life struct {
	last     use
	readers  int  // instructions of the last phase that read it
	local    bool // made and read within one region
	stays    bool // from run to run
	replaced bool // another value took over its buffer
}

// lives finds the life of every value. What outlives the run is last read at
// a phase after all others.
func (pl *plan) lives() []life {
	lives := make([]life, len(pl.shapes))
	for i := range lives {
		lives[i].last.phase = -1
	}
	for i := range pl.steps {
		s := &pl.steps[i]
		for _, r := range s.results {
			lives[r].local = s.locality == nn.PerImage && pl.batched[r]
		}
	}
	read := func(v nn.Value, at use) {
		l := &lives[v]
		if at.phase > l.last.phase {
			l.readers = 0
		}
		if at.phase >= l.last.phase {
			l.readers++
		}
		if l.last.before(at) {
			l.last = at
		}
	}
	made := make([]int, len(pl.shapes))
	for i := range pl.steps {
		for _, r := range pl.steps[i].results {
			made[r] = pl.steps[i].phase
		}
	}
	for i := range pl.steps {
		s := &pl.steps[i]
		for j, a := range s.args {
			if !s.reads(j) {
				continue
			}
			if !slices.Contains(s.args[:j], a) {
				read(a, use{s.phase, s.pos})
			}
			if s.merge != s.phase && !s.cut(j) {
				read(a, use{s.merge, 0})
			}
			if s.phase != made[a] {
				lives[a].local = false
			}
			if pl.stays[a] && !s.kept {
				lives[a].stays = true
			}
		}
	}
	end := use{len(pl.stages), 0}
	for v := range lives {
		if lives[v].stays {
			read(nn.Value(v), end)
		}
	}
	for _, o := range pl.program.Outputs {
		read(o.Value, end)
		lives[o.Value].local, lives[o.Value].stays = false, pl.stays[o.Value]
	}
	for _, u := range pl.updates {
		read(u.From, end)
		lives[u.From].local, lives[u.From].stays = false, pl.stays[u.From]
	}
	return lives
}

// takeOver returns the buffer of a value that r may replace, or nil: of an
// argument read element by element for the last time, or, within a region, of
// an image of the same size that was read for the last time before. Images
// then lie where images lay.
func (pl *plan) takeOver(lives []life, s *step, r nn.Value, dying []nn.Value) *buffer {
	at, region := &pl.places[r], pl.stages[s.phase].region
	fits := func(v nn.Value) bool {
		from := &pl.places[v]
		return from.buffer != nil && from.space == at.space && from.size == at.size && from.image == at.image &&
			!lives[v].replaced && pl.batched[v] == pl.batched[r]
	}
	take := func(v nn.Value) *buffer {
		lives[v].replaced = true
		return pl.places[v].buffer
	}
	if s.impl.inPlace != 0 {
		for i, a := range s.args {
			once := !slices.Contains(s.args[:i], a) && !slices.Contains(s.args[i+1:], a)
			if s.impl.inPlace>>min(i, 63)&1 == 1 && s.cut(i) && once && fits(a) && lives[a].last == (use{s.phase, s.pos}) && (region || lives[a].readers == 1) {
				return take(a)
			}
		}
	}
	for _, v := range dying {
		if at.space == inArena && lives[v].last.pos < s.pos && fits(v) {
			return take(v)
		}
	}
	return nil
}

// reduction gives s its sums or accumulators.
func (pl *plan) reduction(s *step) {
	in := s.instr
	if in.impl.sums != nil {
		s.width = in.impl.sums(in)
		s.sums = &buffer{size: 2 * s.width * in.images, from: s.phase, to: s.merge}
		pl.buffers = append(pl.buffers, s.sums)
	}
	if a := in.acc; a != nil {
		if a.buffer == nil {
			a.buffer, a.first = &buffer{size: a.chunks * a.size, from: s.phase}, s.index
			pl.buffers = append(pl.buffers, a.buffer)
		}
		a.buffer.to = max(a.buffer.to, s.merge)
		if in.joined {
			at := &pl.places[in.results[0]]
			at.space, at.buffer = inChunks, a.buffer
		}
	}
}
