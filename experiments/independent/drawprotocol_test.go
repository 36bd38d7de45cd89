package independent

import "fmt"

// protocol draws a protocol into the file, or into another's table of them, and returns
// how the input names it.
func (d drawer) protocol(protocols table) string {
	name := choose(d, "screen", "masked", "pair")
	p, items, next := table{}, []any{}, 0
	if d.chance(0.3) {
		p["ground"] = choose(d, "grey", "black", "white")
	}
	called := name
	value := func() any {
		if d.chance(0.5) {
			return choose(d, 0.5, 0.25, 0.9)
		}
		return choose(d, "0.2..1.0", "1.0..0.5", "0.3..0.6")
	}
	images := 1
	for next < d.steps || len(items) == 0 {
		x, n := table{}, 1+d.IntN(3)
		switch k := d.IntN(7); {
		case k < 3 || len(items) == 0 && k < 4:
			x["image"] = choose[any](d, true, 0)
		case k == 3:
			x["image"], images = 1, 2
		case k == 4:
			x["blank"] = "absent"
		default:
			x["blank"] = choose(d, "grey", "mean", "black", "white")
		}
		if x["blank"] == nil {
			if d.chance(0.25) {
				x["contrast"] = value()
			}
			if d.chance(0.15) {
				x["luminance"] = value()
			}
		}
		n = min(n, d.steps-next)
		switch {
		case next+n >= d.steps && d.chance(0.5):
			x["for"], n = "rest", d.steps
		case d.chance(0.3) && next+n <= d.steps:
			x["steps"] = fmt.Sprintf("%d..%d", next, next+n-1)
			if d.chance(0.03) {
				x["steps"] = fmt.Sprintf("%d..%d", max(next-1, 0), next+n-1) // shown twice
			}
		case d.chance(0.2) && p["soa"] == nil:
			if p["soa"] = n; d.chance(0.5) {
				p["soa"] = []any{n, n + 1}
				called = fmt.Sprintf("%s[soa=%d]", name, n)
			}
			x["for"] = "soa"
		default:
			x["for"] = n
		}
		items = append(items, x)
		if next += n; d.chance(0.05) {
			break // nothing is shown at the end
		}
	}
	if d.chance(0.02) {
		items = append(items, table{"for": 1, "blank": "grey"}) // after the end
	}
	if p["show"] = items; images > 1 && d.chance(0.9) {
		p["label"] = d.IntN(2)
	}
	protocols[name] = p
	return called
}
