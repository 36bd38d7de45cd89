package cpu

import (
	"slices"
	"sync/atomic"

	"ventral/nn"
)

// changes numbers the changes of variables, of all residences.
var changes atomic.Uint64

// keep marks the steps whose results stay from run to run, until a variable
// that they are made of changes: packed kernels, and whatever else is made of
// variables alone that the program does not store. Answering thus packs once
// after each change of the weights, and so does a program that accumulates
// gradients. What it keeps has its memory to itself during the whole run.
func (pl *plan) keep() {
	kept := make([]bool, len(pl.shapes))
	pl.stays = make([]bool, len(pl.shapes))
	from := make([][]int, len(pl.shapes)) // indices of variables
	for i, v := range pl.program.Vars {
		kept[v.Value], from[v.Value] = true, []int{i}
	}
	for _, u := range pl.updates {
		kept[u.Var] = false
	}
	stays := func(s *step) bool {
		if s.locality != nn.Whole || len(s.args) == 0 || s.acc != nil || s.impl.reduces() {
			return false
		}
		for i, a := range s.args {
			if s.reads(i) && !kept[a] {
				return false
			}
		}
		return true
	}
	made := make([]bool, len(pl.program.Vars))
	for i := range pl.steps {
		s := &pl.steps[i]
		if s.kept = stays(s); !s.kept {
			continue
		}
		for k, a := range s.args {
			if !s.reads(k) {
				continue
			}
			for _, r := range s.results {
				for _, v := range from[a] {
					if !slices.Contains(from[r], v) {
						from[r] = append(from[r], v)
					}
				}
			}
			for _, v := range from[a] {
				made[v] = true
			}
		}
		for _, r := range s.results {
			kept[r], pl.stays[r] = true, true
		}
	}
	for v, of := range made {
		if of {
			pl.keptOf = append(pl.keptOf, v)
		}
	}
}

// order is 0 for a kept step, 1 for another.
func (s *step) order() int {
	if s.kept {
		return 0
	}
	return 1
}

// keepable reports whether what x kept was made of the variables of home as
// they are now.
func (x *Executable) keepable(home *Residence) bool {
	for _, i := range x.plan.keptOf {
		if x.made[i] != home.changed[x.plan.program.Vars[i].Name] {
			return false
		}
	}
	return len(x.plan.keptOf) > 0
}

// keep notes what x has made and keeps.
func (x *Executable) keep(home *Residence) {
	for _, i := range x.plan.keptOf {
		x.made[i] = home.changed[x.plan.program.Vars[i].Name]
	}
}
