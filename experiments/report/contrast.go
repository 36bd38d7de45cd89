package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
)

// Contrast is a difference of conditions over the same images, as in "intact - cut" or
// "(intact - cut) - (masked - both)". A name stands for all conditions of it: those
// that agree in the values of lists that both have are paired, each pair a contrast. A
// name may fix some of the values, as in "mask[lesion=none]".
type Contrast struct{ Name, Of string }

// ContrastRow is a contrast of conditions, or one of several that values make.
type ContrastRow struct {
	Name   string         `json:"name"`
	Of     string         `json:"of"` // with the names of the conditions
	Images int            `json:"images"`
	Steps  []ContrastStep `json:"steps"`

	note string // what is to be known of the pairs
}

// ContrastStep is a mean difference of accuracies in points, with its 95 % interval
// over images, which is missing where all images differ alike.
type ContrastStep struct {
	Step       int           `json:"step"`
	Images     int           `json:"images"` // that have a right answer at this step
	Difference rundir.Number `json:"difference"`
	Low        rundir.Number `json:"low"`
	High       rundir.Number `json:"high"`
}

const contrastNote = "contrasts in points with 95 % t intervals over the differences of each image, at each step alone and without correction for several"

// term is a contrast, or part of one: a name, or a difference of two.
type term struct {
	name        string
	first, less *term
}

// String writes a term as it is read.
func (t *term) String() string {
	if t.first == nil {
		return t.name
	}
	part := func(x *term) string {
		if x.first == nil {
			return x.name
		}
		return "(" + x.String() + ")"
	}
	return part(t.first) + " - " + part(t.less)
}

// leaves are the names in a term, with their signs.
func (t *term) leaves(sign float64) (names []string, signs []float64) {
	if t.first == nil {
		return []string{t.name}, []float64{sign}
	}
	names, signs = t.first.leaves(sign)
	more, of := t.less.leaves(-sign)
	return append(names, more...), append(signs, of...)
}

// named returns a term with other names, in their order.
func (t *term) named(names []string) (*term, []string) {
	if t.first == nil {
		return &term{name: names[0]}, names[1:]
	}
	x := &term{}
	x.first, names = t.first.named(names)
	x.less, names = t.less.named(names)
	return x, names
}

// parseContrast reads "a - b" with brackets around differences.
func parseContrast(text string) (*term, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") && closing(text) == len(text)-1 {
		return parseContrast(text[1 : len(text)-1])
	}
	depth, at := 0, -1
	for i, r := range text {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth < 0 {
			return nil, fmt.Errorf("found a bracket in %q that nothing opens", text)
		}
		if depth == 0 && strings.HasPrefix(text[i:], " - ") {
			if at >= 0 {
				return nil, fmt.Errorf("found two differences in %q, want brackets around one, as in \"(a - b) - c\"", text)
			}
			at = i
		}
	}
	switch {
	case depth != 0:
		return nil, fmt.Errorf("found a bracket in %q that nothing closes", text)
	case at < 0 && (text == "" || strings.ContainsAny(text, "()") || strings.Contains(text, " ") && text != AsTrained):
		return nil, fmt.Errorf("found %q, want the name of a condition", text)
	case at < 0:
		return &term{name: text}, nil
	}
	first, err := parseContrast(text[:at])
	if err != nil {
		return nil, err
	}
	less, err := parseContrast(text[at+3:])
	if err != nil {
		return nil, err
	}
	return &term{first: first, less: less}, nil
}

// closing is the place of the bracket that closes the one a text begins with, -1 none.
func closing(text string) int {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// conditionList are the conditions that contrasts may name.
type conditionList []*Run

// found are the conditions that a name stands for, with the values that it leaves open.
func (known conditionList) found(name string) (list []*Run, open [][]Value) {
	of, fixed := conditionName(name)
	for _, r := range known {
		is, values := conditionName(r.label)
		rest := slices.Clone(values)
		matches := is == of
		for _, v := range fixed {
			k := slices.Index(rest, v)
			if matches = matches && k >= 0; matches {
				rest = slices.Delete(rest, k, k+1)
			}
		}
		if matches {
			list, open = append(list, r), append(open, rest)
		}
	}
	return list, open
}

// CheckContrasts reports the first contrast that is none, whatever conditions there are.
func CheckContrasts(list []Contrast) error {
	for _, c := range list {
		t, err := parseContrast(c.Of)
		if err == nil && t.first == nil {
			err = fmt.Errorf("found %q, want a difference of conditions, such as \"intact - cut\"", c.Of)
		}
		if err != nil {
			return c.fault("%v", err)
		}
	}
	return nil
}

// fault names a contrast in an error.
func (c Contrast) fault(format string, a ...any) error {
	text := fmt.Sprintf(format, a...)
	if c.Name == c.Of {
		return fmt.Errorf("contrast %q: %s", c.Of, text)
	}
	return fmt.Errorf("contrast.%s: %s", c.Name, text)
}

// contrast makes the rows of a contrast.
func (known conditionList) contrast(c Contrast) ([]ContrastRow, error) {
	if err := CheckContrasts([]Contrast{c}); err != nil {
		return nil, err
	}
	fault := c.fault
	t, _ := parseContrast(c.Of)
	names, signs := t.leaves(1)
	chosen := make([]*Run, len(names))
	var rows []ContrastRow
	var missing error
	var choose func(k int, with []Value) error
	choose = func(k int, with []Value) error {
		if k == len(names) {
			row, err := difference(chosen, signs)
			if err != nil {
				return fault("%v", err)
			}
			var is []string
			for _, r := range chosen {
				is = append(is, r.label)
			}
			of, _ := t.named(is)
			row.Name, row.Of = c.Name, of.String()
			if text := valuesText(with); text != "" {
				row.Name += "[" + text + "]"
			}
			rows = append(rows, row)
			return nil
		}
		list, open := known.found(names[k])
		if len(list) == 0 {
			missing = fault("no condition %q is there; there are %s", names[k], known.names())
			return nil
		}
		for i, r := range list {
			together, ok := joined(with, open[i])
			if !ok {
				continue
			}
			chosen[k] = r
			if err := choose(k+1, together); err != nil {
				return err
			}
		}
		return nil
	}
	if err := choose(0, nil); err != nil {
		return nil, err
	}
	switch {
	case missing != nil:
		return nil, missing
	case len(rows) == 0:
		return nil, fault("no conditions of %s have equal values; there are %s", strings.Join(names, " and "), known.names())
	case len(rows) == 1:
		rows[0].Name = c.Name
	}
	return rows, nil
}

// joined adds values of lists to others; false where one list has two values.
func joined(a, b []Value) ([]Value, bool) {
	all := slices.Clone(a)
	for _, v := range b {
		k := slices.IndexFunc(all, func(x Value) bool { return x.Of == v.Of })
		switch {
		case k < 0:
			all = append(all, v)
		case all[k] != v:
			return nil, false
		}
	}
	return all, true
}

func valuesText(list []Value) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, v.Of+"="+v.Value)
	}
	return strings.Join(parts, ",")
}

// names lists the conditions, of many the first.
func (known conditionList) names() string {
	var names []string
	for _, r := range known {
		names = append(names, r.label)
	}
	return someOf(names)
}

// difference returns the signed sum of the accuracies of conditions, over the images
// that all of them were tested on, at each step that all were tested at.
func difference(list []*Run, signs []float64) (ContrastRow, error) {
	var row ContrastRow
	var steps []int
	for _, s := range list[0].Test.Steps {
		steps = append(steps, s.Step)
	}
	for _, r := range list[1:] {
		why, note := unlike(list[0], r)
		if why != "" {
			return row, fmt.Errorf("%s; a contrast is over the same images", why)
		}
		if note != "" {
			row.note = note
		}
		steps = slices.DeleteFunc(steps, func(t int) bool {
			return !slices.ContainsFunc(r.Test.Steps, func(s rundir.Step) bool { return s.Step == t })
		})
	}
	if len(steps) == 0 {
		return row, fmt.Errorf("%s and the others were tested at no step in common", list[0].label)
	}
	sums := map[int][]float64{} // by step, of each image
	for k, r := range list {
		image := map[int]int{}
		err := eachAnswer(r, steps, func(step int, s analysis.Score, judged bool) {
			i := image[step]
			if image[step]++; k == 0 {
				sums[step] = append(sums[step], 0)
			}
			switch {
			case i >= len(sums[step]): // told below
			case !judged:
				sums[step][i] = math.NaN()
			case s.Correct == 1:
				sums[step][i] += signs[k]
			}
		})
		if err != nil {
			return row, err
		}
		if n := image[steps[0]]; n != len(sums[steps[0]]) {
			return row, fmt.Errorf("%s has %d images and %s %d", list[0].label, len(sums[steps[0]]), r.label, n)
		}
	}
	for _, t := range steps {
		s := pairedStep(sums[t])
		s.Step, row.Images = t, max(row.Images, s.Images)
		row.Steps = append(row.Steps, s)
	}
	return row, nil
}

// pairedStep is the mean of a difference over images in points with the 95 % t interval
// of the mean,
//
//	d ± t(n-1)·s/√n
//
// where s is the standard deviation of the differences of the images, n their number;
// images with NaN are left out. Without any spread there is no interval.
func pairedStep(d []float64) ContrastStep {
	mean, low, high, n := analysis.MeanInterval(d)
	if low == high {
		low, high = math.NaN(), math.NaN()
	}
	return ContrastStep{Images: n, Difference: rundir.Number(100 * mean), Low: rundir.Number(100 * low), High: rundir.Number(100 * high)}
}
