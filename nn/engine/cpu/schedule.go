package cpu

import (
	"sort"

	"ventral/nn"
)

// phase is a step of a run: all workers finish it before the next begins. It
// is a region, or a wave of instructions without images and of merges.
type phase struct {
	region bool
	images int   // of a region
	instrs []int // of a region, in program order: per-image and reduce
	tasks  []task
}

// task is an instruction of a wave, or the merge of a reduction over images. A
// reduction in a wave, which has no images, merges at once.
type task struct {
	instr int
	merge bool
}

// schedule puts every instruction as early as its arguments allow. Stage s is
// its regions, one for each number of images, then waves. A per-image or
// reduce instruction shares a stage with the per-image instructions that it
// reads, and comes a stage after the reductions and whole instructions that it
// reads; a whole instruction follows in a wave of the same stage.
func schedule(l *list) []phase {
	type when struct{ stage, wave int } // wave -1: in the region
	made := make([]when, len(l.shapes))
	for i := range made {
		made[i] = when{-1, -1}
	}
	at := make([]when, len(l.instrs))
	for i := range l.instrs {
		in := &l.instrs[i]
		w := when{-1, 0}
		if in.locality != nn.Whole {
			w = when{0, -1}
		}
		for j, a := range in.args {
			m := made[a]
			switch {
			case !in.reads(j):
			case in.locality == nn.Whole:
				if m.stage > w.stage {
					w = when{m.stage, 0}
				}
				if m.stage == w.stage {
					w.wave = max(w.wave, m.wave+1)
				}
			case m.wave < 0:
				w.stage = max(w.stage, m.stage)
			default:
				w.stage = max(w.stage, m.stage+1)
			}
		}
		at[i] = w
		if in.locality == nn.Reduce {
			w.wave = 0 // its merge
		}
		for _, r := range in.results {
			made[r] = w
		}
	}
	type place struct{ stage, wave, images int }
	phases := map[place]*phase{}
	var order []place
	get := func(p place) *phase {
		if phases[p] == nil {
			phases[p] = &phase{region: p.wave < 0, images: p.images}
			order = append(order, p)
		}
		return phases[p]
	}
	for i := range l.instrs {
		in, w := &l.instrs[i], at[i]
		if in.locality == nn.Whole {
			ph := get(place{w.stage, w.wave, 0})
			ph.tasks = append(ph.tasks, task{instr: i})
			continue
		}
		ph := get(place{w.stage, -1, in.images})
		ph.instrs = append(ph.instrs, i)
		if in.locality == nn.Reduce && !in.joined {
			ph := get(place{w.stage, 0, 0})
			ph.tasks = append(ph.tasks, task{instr: i, merge: true})
		}
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := order[i], order[j]
		if a.stage != b.stage {
			return a.stage < b.stage
		}
		if a.wave != b.wave {
			return a.wave < b.wave
		}
		return a.images < b.images
	})
	list := make([]phase, len(order))
	for i, p := range order {
		list[i] = *phases[p]
	}
	return list
}
