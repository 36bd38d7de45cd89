package canvas

import (
	"slices"
	"strings"
)

// Fit shortens a text to a width, in its middle: names differ at their ends.
func Fit(p *Pen, text string, width Pt) string { return fitAt(p, text, width, 0.5, TextStyle{}) }

// FitBold shortens a bold text to a width.
func FitBold(p *Pen, text string, width Pt) string {
	return fitAt(p, text, width, 0.5, TextStyle{Bold: true})
}

// FitSize shortens a text of a size to a width.
func FitSize(p *Pen, text string, width, size Pt) string {
	return fitAt(p, text, width, 0.5, TextStyle{Size: size})
}

// FitAll shortens texts that stand together, where they differ if there is such a
// place, so that they can be told apart.
func FitAll(p *Pen, texts []string, width Pt, w TextStyle) []string {
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
func fitAt(p *Pen, text string, width Pt, part float64, w TextStyle) string {
	if p.WidthOf(text, w) <= width {
		return text
	}
	r := []rune(text)
	for k := len(r) - 1; k > 1; k-- {
		head := int(part*float64(k) + 0.5)
		short := strings.TrimSpace(string(r[:head])) + "…" + strings.TrimSpace(string(r[len(r)-k+head:]))
		if p.WidthOf(short, w) <= width {
			return short
		}
	}
	return string(r[:1]) + "…"
}
