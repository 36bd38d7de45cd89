package independent

import (
	"reflect"
	"slices"
	"strings"
)

// A selector is "A->B", "A->B word", "role:R" or "area:A", perhaps with "@a..b".
type selector struct {
	text  string
	steps []bool
}

func readSelector(text string, steps int) selector {
	name, at, ok := strings.Cut(text, "@")
	if !ok {
		at = "0.."
	}
	return selector{name, windowOf(at, steps)}
}

// selects reports whether s names l, whatever its window.
func (s selector) selects(n *network, l link) bool {
	if role, ok := strings.CutPrefix(s.text, "role:"); ok {
		return l.role == role
	}
	if name, ok := strings.CutPrefix(s.text, "area:"); ok {
		return n.areas[l.from].name == name || n.areas[l.to].name == name
	}
	ends, _, _ := strings.Cut(l.name, " ")
	return s.text == l.name || s.text == ends
}

// ties reports whether s names l as a member of a set: one without weights by
// its own name alone.
func (s selector) ties(n *network, l link) bool {
	return s.selects(n, l) && (l.kind != "identity" || s.text == l.name)
}

// readSharing reads which weights are one variable.
func (n *network) readSharing(f table) error {
	t := f.sub("sharing")
	n.sharing = sharing{untiedFrom: untiedFrom((chain{t}).text("time", "tied"), n.steps), shape: chain{t}.text("between", "none") == "shape"}
	for _, name := range t.sub("sets").keys() {
		s := set{name: name}
		for _, text := range texts(t.sub("sets")[name]) {
			s.members = append(s.members, readSelector(text, n.steps))
		}
		n.sharing.sets = append(n.sharing.sets, s)
	}
	return n.checkSets()
}

// untiedFrom returns the first step with weights of its own.
func untiedFrom(time string, steps int) int {
	switch time {
	case "tied":
		return steps
	case "untied":
		return 0
	}
	last := listed(windowOf(strings.TrimPrefix(time, "tied "), steps))
	return last[len(last)-1] + 1
}

// checkSets refuses sets of which one selects nothing, or two the same.
func (n *network) checkSets() error {
	if n.sharing.shape && len(n.sharing.sets) > 0 {
		return refuseAt("sharing.sets", "sets beside ties by shape")
	}
	for _, s := range n.sharing.sets {
		for _, m := range s.members {
			if !slices.ContainsFunc(n.links, func(l link) bool {
				return slices.ContainsFunc(listed(l.steps), func(t int) bool { return m.steps[t] && m.ties(n, l) })
			}) {
				return refuseAt("sharing.sets", "set %s: %s selects nothing", s.name, m.text)
			}
		}
	}
	for _, l := range n.links {
		for t := range n.steps {
			count := 0
			for _, s := range n.sharing.sets {
				if s.has(n, l, t) {
					count++
				}
			}
			if count > 1 {
				return refuseAt("sharing.sets", "%s is in two sets at step %d", l.name, t)
			}
		}
	}
	return n.checkMembers()
}

// checkMembers refuses sets whose members have kernels of other shapes, or
// another rule for time.
func (n *network) checkMembers() error {
	for _, s := range n.sharing.sets {
		var first *link
		for i := range n.links {
			l := &n.links[i]
			if !slices.ContainsFunc(listed(l.steps), func(t int) bool { return s.has(n, *l, t) }) {
				continue
			}
			if first == nil {
				first = l
			}
			if l.time != first.time {
				return refuseAt("sharing.sets", "set %s: %s and %s have two rules for time", s.name, first.name, l.name)
			}
			ports := func(l *link) []string {
				if len(l.ports) == 1 {
					return nil
				}
				return slices.Sorted(slices.Values(l.ports))
			}
			if !slices.Equal(ports(l), ports(first)) {
				return refuseAt("sharing.sets", "set %s: %s and %s drive other ports", s.name, first.name, l.name)
			}
			if !reflect.DeepEqual(n.kernels(l), n.kernels(first)) {
				return refuseAt("sharing.sets", "set %s: %s and %s have other kernels", s.name, first.name, l.name)
			}
		}
	}
	return nil
}

// kernels returns the shapes of the kernels of l in the order in which a set
// ties them.
func (n *network) kernels(l *link) (list [][4]int) {
	if l.kind == "identity" {
		return nil
	}
	in := n.areas[l.from].c
	times := 1
	if l.kind == "brc" || l.kind == "brd" {
		times = l.times
	}
	adjoint := l.kind == "transposed_conv" || l.kind == "brd"
	for member := 1; member <= times; member++ {
		out := l.width
		if member == times {
			out = n.areas[l.to].c
		}
		if adjoint {
			list = append(list, [4]int{l.kernel, l.kernel, out, in})
		} else {
			list = append(list, [4]int{l.kernel, l.kernel, in, out})
		}
		in = out
	}
	if adjoint {
		slices.Reverse(list)
	}
	return list
}

func (s set) has(n *network, l link, t int) bool {
	return l.steps[t] && slices.ContainsFunc(s.members, func(m selector) bool { return m.steps[t] && m.ties(n, l) })
}
