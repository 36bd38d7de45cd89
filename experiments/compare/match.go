package compare

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/spec"
)

// Tolerance is the share by which a matched quantity may differ.
const Tolerance = 0.02

// quantities are what can be matched, as they are read.
var quantities = map[string]struct {
	name string
	of   func(run.Cost) float64
}{
	"parameters":    {"parameters", func(c run.Cost) float64 { return float64(c.Parameters) }},
	"multiply_adds": {"multiply-adds", func(c run.Cost) float64 { return float64(c.MultiplyAdds) }},
}

// matcher brings variants to a quantity.
type matcher struct {
	spec.Match
	to    string
	want  float64
	count func(run.Cost) float64
	name  string
}

// reach is a variant with its lever at a place.
type reach struct {
	e       *spec.Experiment
	got     float64
	changes string
}

// Match changes every variant but one until it has as much of a quantity, and
// notes what was changed. A variant that agrees already stays as it is.
func Match(list []*Variant, m spec.Match) error {
	q := quantities[m.Quantity]
	to := list[0]
	if m.To != "" {
		to = nil
		var names []string
		for _, v := range list {
			names = append(names, v.Name)
			if v.Name == m.To {
				to = v
			}
		}
		if to == nil {
			return fmt.Errorf("match: to: no variant is called %q, compared are %s%s", m.To, strings.Join(names, ", "), spec.Near(m.To, names))
		}
	}
	c, err := run.SizeOf(to.e)
	if err != nil {
		return err
	}
	x := matcher{m, to.Name, q.of(c), q.of, q.name}
	found := map[*Variant]reach{}
	for _, v := range list {
		if v == to {
			continue
		}
		if found[v], err = x.find(v); err != nil {
			return fmt.Errorf("%w%s", err, proposal(list, m, to))
		}
	}
	for _, v := range list {
		if v == to {
			v.note("%s are matched to its %s", q.name, grouped(x.want))
		} else if err := x.take(v, found[v]); err != nil {
			return err
		}
	}
	return nil
}

func (m matcher) off(got float64) float64 { return got/m.want - 1 }

// take brings a variant to what was found of it.
func (m matcher) take(v *Variant, best reach) error {
	c, err := run.SizeOf(v.e)
	if err != nil {
		return err
	}
	begun := m.count(c)
	if best.e == v.e {
		v.note("has %s %s as it is, against %s of %s (%s)", grouped(begun), m.name, grouped(m.want), m.to, readable.Ratio(begun, m.want))
		return nil
	}
	v.note("%s: %s %s, was %s, against %s of %s (%s)", best.changes, grouped(best.got), m.name, grouped(begun), grouped(m.want), m.to, readable.Ratio(best.got, m.want))
	return v.take(best.e)
}

// find returns a variant's experiment with as much of the quantity: its own
// where that agrees already.
func (m matcher) find(v *Variant) (best reach, err error) {
	c, err := run.SizeOf(v.e)
	if err != nil {
		return best, err
	}
	begun := m.count(c)
	if math.Abs(m.off(begun)) <= Tolerance {
		return reach{e: v.e, got: begun}, nil
	}
	var tried []reach
	switch m.By {
	case "channels":
		tried, err = m.channels(v)
	case "kernel":
		tried, err = m.wholes(v, -4, 6, kernels)
	case "depth":
		tried, err = m.wholes(v, -8, 8, depth)
	}
	if err != nil {
		return best, err
	}
	if len(tried) == 0 {
		return best, fmt.Errorf("match: by = %q changes nothing of %s, which has %s %s against %s of %s; %s", m.By, v.Name, grouped(begun), m.name, grouped(m.want), m.to, advice(m.By))
	}
	best = tried[0]
	for _, r := range tried {
		if math.Abs(m.off(r.got)) < math.Abs(m.off(best.got)) {
			best = r
		}
	}
	if math.Abs(m.off(best.got)) > Tolerance {
		return best, fmt.Errorf("match: by = %q cannot bring %s (%s %s) within %.0f %% of the %s of %s; the nearest is %s (%s) with %s; %s",
			m.By, v.Name, grouped(begun), m.name, 100*Tolerance, grouped(m.want), m.to, grouped(best.got), readable.Ratio(best.got, m.want), best.changes, advice(m.By))
	}
	return best, nil
}

func advice(by string) string {
	if by == "channels" {
		return "another variant to match to, or another quantity, may do"
	}
	return `by = "channels" is the finer lever`
}

// try returns the variant after a change; a change that makes no experiment, such
// as a kernel beyond a limit, is no place to reach.
func (m matcher) try(v *Variant, changes string, change func(*spec.Experiment)) (reach, bool, error) {
	e, err := v.changed(change)
	if err != nil {
		return reach{}, false, nil
	}
	c, err := run.SizeOf(e)
	return reach{e, m.count(c), changes}, err == nil, err
}

// channels multiplies those of all areas by one factor, which it finds by
// halving; it ends at the two neighbouring widths around the quantity.
func (m matcher) channels(v *Variant) ([]reach, error) {
	widths := func(factor float64) []int {
		list := make([]int, len(v.e.Areas))
		for i, a := range v.e.Areas {
			list[i] = max(1, int(math.Round(float64(a.Shape[2])*factor)))
		}
		return list
	}
	at := func(factor float64) (reach, bool, error) {
		w := widths(factor)
		var parts []string
		for i, a := range v.e.Areas {
			parts = append(parts, fmt.Sprintf("%s %d → %d", a.Name, a.Shape[2], w[i]))
		}
		return m.try(v, "channels "+strings.Join(parts, ", "), func(e *spec.Experiment) {
			for i := range e.Areas {
				e.Areas[i].Shape[2] = w[i]
			}
		})
	}
	low, high := 1.0/256, 1.0
	var tried []reach
	for ; high <= 64; high *= 2 {
		r, ok, err := at(high)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		tried = append(tried, r)
		if r.got >= m.want {
			break
		}
		low = high
	}
	for range 40 {
		if reflect.DeepEqual(widths(low), widths(high)) {
			break
		}
		middle := math.Sqrt(low * high)
		r, ok, err := at(middle)
		if err != nil {
			return nil, err
		}
		if ok {
			tried = append(tried, r)
		}
		if !ok || r.got >= m.want {
			high = middle
		} else {
			low = middle
		}
	}
	return tried, nil
}

// wholes tries a lever at whole numbers.
func (m matcher) wholes(v *Variant, from, to int, lever func(e *spec.Experiment, by int) string) ([]reach, error) {
	var tried []reach
	for by := from; by <= to; by++ {
		changes := ""
		r, ok, err := m.try(v, "", func(e *spec.Experiment) { changes = lever(e, by) })
		if err != nil {
			return nil, err
		}
		if r.changes = changes; ok && changes != "" && by != 0 {
			tried = append(tried, r)
		}
	}
	return tried, nil
}

// kernels makes every kernel of a connection, a cell's function and the input that
// is larger than 1×1 larger by twice a number, and says how; "" where none is larger. Where one
// would vanish, what comes out is no experiment.
func kernels(e *spec.Experiment, by int) string {
	changed := false
	grow := func(size int) int {
		if size <= 1 {
			return size
		}
		changed = true
		return size + 2*by
	}
	for i := range e.Input.Net {
		if l := &e.Input.Net[i]; l.Kind == "conv" {
			l.Kernel = grow(l.Kernel)
		}
	}
	for _, t := range spec.Transforms(e) {
		if f := setting(t, "Kernel"); f.IsValid() {
			f.SetInt(int64(grow(int(f.Int()))))
		}
	}
	if !changed {
		return ""
	}
	return fmt.Sprintf("kernels %+d", 2*by)
}

// depth makes every brc and brd do norm, relu and convolution a number of times
// more.
func depth(e *spec.Experiment, by int) string {
	changed := false
	for _, t := range spec.Transforms(e) {
		if f := setting(t, "Times"); f.IsValid() {
			f.SetInt(f.Int() + int64(by))
			changed = true
		}
	}
	if !changed {
		return ""
	}
	return fmt.Sprintf("times of brc and brd %+d", by)
}

// setting is a field of a transform, where it has one.
func setting(transform connectivity.Transform, name string) reflect.Value {
	t := reflect.ValueOf(transform)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return t.Elem().FieldByName(name)
}

// grouped writes a whole number in groups of three digits.
func grouped(n float64) string { return readable.Grouped(int(n)) }
