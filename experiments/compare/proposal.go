package compare

import (
	"strings"

	"ventral/experiments/run"
	"ventral/experiments/spec"
)

// proposal says which variants the others can be matched to, after a match to
// another has failed; "" where there is none.
func proposal(list []*Variant, m spec.Match, failed *Variant) string {
	var flags []string
	q := quantities[m.Quantity]
	for _, to := range list {
		if to == failed {
			continue
		}
		c, err := run.SizeOf(to.e)
		if err != nil {
			continue
		}
		x := matcher{m, to.Name, q.of(c), q.of, q.name}
		fits := true
		for _, v := range list {
			if v == to {
				continue
			}
			if _, err := x.find(v); err != nil {
				fits = false
				break
			}
		}
		if fits {
			flags = append(flags, "--to "+to.Name)
		}
	}
	if len(flags) == 0 {
		return ""
	}
	return "; all can be matched with " + strings.Join(flags, " or ")
}
