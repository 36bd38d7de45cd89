package independent

import "slices"

// arrives reports whether the image arrives at area i at step t.
func (n *network) arrives(i, t int) bool {
	shown := t - n.input.delay
	if shown < 0 || len(n.input.screen.parts[shown]) == 0 {
		return false
	}
	for _, to := range n.input.to {
		if to == i {
			return true
		}
	}
	return false
}

// A clock knows which areas have a state at which step, and which of these
// depend on the image.
type clock struct {
	n        *network
	present  [][]bool // [step][area]
	informed [][]bool
}

// newClock works step by step. Connections without delay make an area wait
// for another, so that a step is gone through once for each area.
func newClock(n *network) *clock {
	k := &clock{n: n}
	for t := range n.steps {
		k.present = append(k.present, make([]bool, len(n.areas)))
		k.informed = append(k.informed, make([]bool, len(n.areas)))
		for range n.areas {
			for i, a := range n.areas {
				present := n.arrives(i, t) || a.silent == "zero" || a.kind == "rate" && t > 0 && k.present[t-1][i]
				informed := n.arrives(i, t) || a.kind == "rate" && a.lambda < 1 && t > 0 && k.informed[t-1][i]
				for j := range n.links {
					if l := &n.links[j]; l.to == i && k.delivers(l, t) {
						present = present || slices.Contains(l.ports, "drive")
						informed = informed || k.informed[t-l.delay][l.from]
					}
				}
				k.present[t][i], k.informed[t][i] = present, present && informed
			}
		}
	}
	return k
}

// delivers reports whether something arrives over l at step t.
func (k *clock) delivers(l *link, t int) bool {
	return l.steps[t] && t >= l.delay && k.present[t-l.delay][l.from]
}

// onset is the first step that the image can reach area i, the number of steps where it
// cannot.
func (k *clock) onset(i int) int {
	for t := range k.informed {
		if k.informed[t][i] {
			return t
		}
	}
	return len(k.informed)
}

// check refuses a cycle without delay and a readout that is trained while
// nothing of the image is there.
func (n *network) check() error {
	var path []int
	var visit func(i int) error
	visit = func(i int) error {
		for _, j := range path {
			if i == j {
				return refuseAt(".delay", "a cycle without delay through %s", n.areas[i].name)
			}
		}
		path = append(path, i)
		for _, l := range n.links {
			if l.from == i && l.delay == 0 {
				if err := visit(l.to); err != nil {
					return err
				}
			}
		}
		path = path[:len(path)-1]
		return nil
	}
	for i := range n.areas {
		if err := visit(i); err != nil {
			return err
		}
	}
	k := newClock(n)
	if len(n.readout.train) == 0 {
		return refuseAt("readout.train", "no trained step that has a label")
	}
	for _, t := range n.readout.train {
		if !k.informed[t][n.readout.from] {
			return refuse("trained step %d: the readout does not depend on the image", t)
		}
	}
	if r := n.readout; r.cumulative != "none" && len(r.test) > 0 && r.test[0] < r.train[0] {
		return refuseAt("readout.test", "step %d is tested before the first trained step, from which on logits are averaged", r.test[0])
	}
	for _, t := range n.readout.test {
		if k.informed[t][n.readout.from] {
			return nil
		}
	}
	return refuseAt("readout.test", "at no tested step the readout depends on the image")
}
