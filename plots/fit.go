package plots

import (
	"slices"
	"strings"
)

// fit shortens a text to a width, in its middle: names differ at their ends.
func fit(p *pen, text string, width pt) string { return fitAt(p, text, width, 0.5, write{}) }

// fitBold shortens a bold text, fitSize one of a size.
func fitBold(p *pen, text string, width pt) string {
	return fitAt(p, text, width, 0.5, write{bold: true})
}

func fitSize(p *pen, text string, width, size pt) string {
	return fitAt(p, text, width, 0.5, write{size: size})
}

// fitAll shortens texts that stand together, where they differ if there is such a
// place, so that they can be told apart.
func fitAll(p *pen, texts []string, width pt, w write) []string {
	for _, part := range []float64{0.5, 0.75, 0.25, 1, 0} {
		var short []string
		for _, t := range texts {
			short = append(short, fitAt(p, t, width, part, w))
		}
		if different := slices.Compact(slices.Sorted(slices.Values(short))); len(different) == len(texts) || part == 0 {
			return short
		}
	}
	return nil
}

// fitAt shortens a text to a width: a part of what stays is its beginning, the rest
// its end.
func fitAt(p *pen, text string, width pt, part float64, w write) string {
	if p.widthOf(text, w) <= width {
		return text
	}
	r := []rune(text)
	for k := len(r) - 1; k > 1; k-- {
		head := int(part*float64(k) + 0.5)
		short := strings.TrimSpace(string(r[:head])) + "…" + strings.TrimSpace(string(r[len(r)-k+head:]))
		if p.widthOf(short, w) <= width {
			return short
		}
	}
	return string(r[:1]) + "…"
}
