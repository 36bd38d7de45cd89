package spec

import (
	"fmt"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/experiments/decode"
)

// misfit reports a transform that cannot join the shapes of its areas, at the key
// that is to blame.
func misfit(s *decode.Source, path []string, c *connectivity.Connection, list []areas.Area, links []*link) error {
	from, to := shapeOf(list, c.From), shapeOf(list, c.To)
	err := c.Transform.Check(from, to)
	if err == nil {
		return nil
	}
	if key, rest, ok := strings.Cut(err.Error(), ": "); ok {
		if _, ok := decode.FieldOf(decode.ValueOf(c.Transform), key); ok {
			return s.Fault(decode.Below(path, key), "%s", rest)
		}
	}
	if _, _, unrelated := connectivity.Factors(from, to); unrelated == nil { // another kind would do
		return s.Fault(decode.Below(path, "kind"), "%s from %s to %s: %v", c.Transform.Kind(), c.From, c.To, err)
	}
	name := odd(c, list)
	shape := shapeOf(list, name)
	return s.Fault([]string{"area", name, "shape"}, "found %d×%d×%d, but %s from %s to %s (connection %q): %v%s", shape[0], shape[1], shape[2], c.Transform.Kind(), c.From, c.To, c.Name, err, fitting(c, name, list, links))
}

// fitting names sizes that an end of a connection could have: that of the other
// end, and the nearest one, which fits the area's other connections where one does.
func fitting(c *connectivity.Connection, name string, list []areas.Area, links []*link) string {
	other := c.From
	if name == c.From {
		other = c.To
	}
	joins := func(size [3]int) bool {
		if name == c.From {
			return c.Transform.Check(size, shapeOf(list, other)) == nil
		}
		return c.Transform.Check(shapeOf(list, other), size) == nil
	}
	all := func(size [3]int) bool {
		for _, l := range links {
			from, to := list[l.from], list[l.to]
			switch {
			case from.Name == to.Name:
			case from.Name == name:
				from.Shape = size
			case to.Name == name:
				to.Shape = size
			default:
				continue
			}
			if _, _, err := connectivity.Factors(from.Shape, to.Shape); err != nil {
				return false
			}
		}
		return joins(size)
	}
	shape := shapeOf(list, name)
	nearest, ok := connectivity.Nearest(shapeOf(list, other), shape, all)
	if !ok {
		nearest, ok = connectivity.Nearest(shapeOf(list, other), shape, joins)
	}
	same := shapeOf(list, other)
	switch {
	case !ok:
		return ""
	case nearest[0] == same[0] && nearest[1] == same[1]:
		return fmt.Sprintf("; %d×%d would fit, the size of %s", same[0], same[1], other)
	case !joins([3]int{same[0], same[1], shape[2]}):
		return fmt.Sprintf("; %d×%d would fit", nearest[0], nearest[1])
	}
	return fmt.Sprintf("; %d×%d would fit, or %d×%d, the size of %s", nearest[0], nearest[1], same[0], same[1], other)
}

// odd returns the end of a connection whose size is to blame for its ends not
// being related by a factor: the one that fewer areas are related to, or else the
// target.
func odd(c *connectivity.Connection, list []areas.Area) string {
	related := func(shape [3]int) (n int) {
		for _, a := range list {
			_, _, down := connectivity.Factors(shape, a.Shape)
			_, _, up := connectivity.Factors(a.Shape, shape)
			if down == nil || up == nil {
				n++
			}
		}
		return n
	}
	if related(shapeOf(list, c.From)) < related(shapeOf(list, c.To)) {
		return c.From
	}
	return c.To
}
