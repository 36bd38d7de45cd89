package analysis

import "slices"

// Keep returns the frame with the positions of axes of a name that keep accepts, which is
// given each position. A frame without such an axis is returned as it is; one of which
// nothing stays has no data.
func (f Frame) Keep(axis string, keep func(a Axis, i int) bool) Frame {
	for k := range f.Axes {
		if f.Axes[k].Name != axis {
			continue
		}
		a := f.Axes[k]
		var at []int
		for i := range a.Len() {
			if keep(a, i) {
				at = append(at, i)
			}
		}
		if len(at) == a.Len() {
			continue
		}
		outer, inner := 1, 1
		for i, x := range f.Axes {
			if i < k {
				outer *= x.Len()
			} else if i > k {
				inner *= x.Len()
			}
		}
		data := make([]float64, 0, outer*len(at)*inner)
		for o := range outer {
			for _, i := range at {
				data = append(data, f.Data[(o*a.Len()+i)*inner:][:inner]...)
			}
		}
		f.Axes, f.Data = slices.Clone(f.Axes), data
		f.Axes[k] = a.at(at)
	}
	return f
}

// at is the axis with some of its positions.
func (a Axis) at(list []int) Axis {
	b := Axis{Name: a.Name, Unit: a.Unit}
	for _, i := range list {
		if i < len(a.Values) {
			b.Values = append(b.Values, a.Values[i])
		}
		if i < len(a.Labels) {
			b.Labels = append(b.Labels, a.Labels[i])
		}
		if i < len(a.Groups) {
			b.Groups = append(b.Groups, a.Groups[i])
		}
	}
	return b
}
