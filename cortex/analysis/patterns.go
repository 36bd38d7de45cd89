package analysis

import (
	"fmt"
	"slices"
	"strconv"

	"ventral/cortex/recording"
)

// grouping says which showings of images make one pattern, their mean.
type grouping struct {
	axis  Axis  // of the groups
	rows  []int // of each showing of the recording: its group, -1 where it has none
	folds []int // of each showing: its repeat, from 0
	most  int   // folds
	first []int // a showing of each group
	note  string
	each  int // showings of the largest group in one fold
}

// mostPatterns bounds the patterns that are compared with each other.
const mostPatterns = 1000

// groupImages makes a pattern of every image that is picked, the mean over its repeats. As
// many of each class are picked as can be; they are sorted by class.
func groupImages(r *Recording, classes []string, most int) *grouping {
	rows, at := make([]int, 0, len(r.IDs)), map[int]int{} // the first showing of each image
	of := make([]int, len(r.IDs))
	for i, id := range r.IDs {
		k, ok := at[id]
		if !ok || r.Repeats == nil {
			k = len(rows)
			at[id], rows = k, append(rows, i)
		}
		of[i] = k
	}
	labels := make([]int, len(rows))
	for k, i := range rows {
		labels[k] = r.Labels[i]
	}
	g := &grouping{axis: Axis{Name: "image"}, rows: slices.Repeat([]int{-1}, len(r.IDs))}
	places := make(map[int]int)
	for n, k := range balanced(labels, most) {
		places[k] = n
		g.first = append(g.first, rows[k])
		g.axis.Values = append(g.axis.Values, float64(r.IDs[rows[k]]))
		g.axis.Groups = append(g.axis.Groups, className(labels[k], classes))
	}
	for i, k := range of {
		if n, ok := places[k]; ok {
			g.rows[i] = n
		}
	}
	if len(g.first) < len(rows) {
		g.note = fmt.Sprintf("%d of %d images, as many of each class", len(g.first), len(rows))
	}
	g.fold(r)
	return g
}

// groupTexts makes a pattern of every text that images have, such as a class: the mean
// over all its images. Images without a text are left out.
func groupTexts(r *Recording, axis string, texts []string) *grouping {
	names := slices.Compact(slices.Sorted(slices.Values(texts)))
	numbers := !slices.ContainsFunc(names, func(s string) bool {
		_, err := strconv.ParseFloat(s, 64)
		return err != nil && s != ""
	})
	if numbers {
		slices.SortStableFunc(names, func(a, b string) int {
			x, _ := strconv.ParseFloat(a, 64)
			y, _ := strconv.ParseFloat(b, 64)
			if x < y {
				return -1
			} else if x > y {
				return 1
			}
			return 0
		})
	}
	return groupNamed(r, axis, texts, slices.DeleteFunc(names, func(s string) bool { return s == "" }))
}

// groupNamed is groupTexts of texts in an order.
func groupNamed(r *Recording, axis string, texts, names []string) *grouping {
	g := &grouping{axis: Axis{Name: axis}, rows: slices.Repeat([]int{-1}, len(r.IDs))}
	if len(names) > mostPatterns {
		g.note = fmt.Sprintf("the first %d of %d means", mostPatterns, len(names))
		names = names[:mostPatterns]
	}
	at, used := map[string]int{}, 0
	for k, name := range names {
		at[name] = k
	}
	g.first = slices.Repeat([]int{-1}, len(names))
	for i, text := range texts {
		if k, ok := at[text]; ok {
			if g.rows[i] = k; g.first[k] < 0 {
				g.first[k] = i
			}
			used++
		}
	}
	g.axis.Labels = names
	if left := len(texts) - used; left > 0 && g.note == "" {
		g.note = fmt.Sprintf("%d images without one are left out", left)
	}
	g.fold(r)
	return g
}

// fold numbers the repeats.
func (g *grouping) fold(r *Recording) {
	g.folds, g.most = make([]int, len(g.rows)), 1
	if r.Repeats != nil {
		numbers := slices.Compact(slices.Sorted(slices.Values(r.Repeats)))
		g.most = len(numbers)
		for i, v := range r.Repeats {
			g.folds[i], _ = slices.BinarySearch(numbers, v)
		}
	}
	g.count()
}

// count finds the showings of the largest group in one fold.
func (g *grouping) count() {
	counts := map[[2]int]int{}
	g.each = 1
	for i, k := range g.rows {
		if k >= 0 {
			at := [2]int{k, g.folds[i]}
			counts[at]++
			g.each = max(g.each, counts[at])
		}
	}
}

// merged has all repeats in one fold.
func (g *grouping) merged() *grouping {
	clear(g.folds)
	g.most = 1
	g.count()
	return g
}

// className is the class of a label.
func className(label int, classes []string) string {
	switch {
	case label < 0:
		return "no class"
	case label < len(classes):
		return classes[label]
	}
	return strconv.Itoa(label)
}

// patternBytes bounds the patterns of an area that are in memory at once.
const patternBytes = 512 << 20

// mostProjected is the largest number of random projections.
const mostProjected = 4096

// gathered are the patterns of an area, by group and fold: means over showings.
type gathered struct {
	*grouping
	of        *Recording
	dims      int
	centre    bool // the mean of a pattern's units is taken off before it is projected
	project   *recording.Projection
	cells     []cell // [group, fold]
	remaining int    // showings that are still to come
	scratch   []float32
}

// cell is one pattern, [step, dimension]: one showing, or the sum of several.
type cell struct {
	one []float32
	sum []float64
	n   int
}

// gather begins to gather patterns. Where they would take more than patternBytes, units
// are projected to as many dimensions as fit, and where they are more than most, to most; 0
// is no limit.
func gather(r *Recording, g *grouping, centre bool, most int) *gathered {
	x := &gathered{grouping: g, of: r, dims: r.Units(), centre: centre, cells: make([]cell, len(g.first)*g.most)}
	size := 4
	if g.each > 1 {
		size = 8
	}
	fit := patternBytes / max(1, len(x.cells)*len(r.Steps)*size)
	if x.dims > fit {
		fit = max(64, min(fit, mostProjected))
	}
	if most > 0 {
		fit = min(fit, most)
	}
	if x.dims > fit {
		x.dims = fit
		x.project = recording.NewProjection(r.Units(), x.dims)
		x.scratch = make([]float32, r.Units())
	}
	for _, k := range g.rows {
		if k >= 0 {
			x.remaining++
		}
	}
	return x
}

// add takes a batch, and reports whether it was the last.
func (x *gathered) add(b Batch) bool {
	for i := range b.Images() {
		k := x.rows[b.First+i]
		if k < 0 {
			continue
		}
		x.remaining--
		to := &x.cells[k*x.most+x.folds[b.First+i]]
		to.n++
		p := make([]float32, len(b.Steps)*x.dims)
		for s := range b.Steps {
			x.reduce(b.At(i, s), p[s*x.dims:][:x.dims])
		}
		if to.n == 1 {
			to.one = p
			continue
		}
		if to.sum == nil {
			to.sum = make([]float64, len(p))
			for u, v := range to.one {
				to.sum[u] = float64(v)
			}
			to.one = nil
		}
		for u, v := range p {
			to.sum[u] += float64(v)
		}
	}
	return x.remaining == 0
}

func (x *gathered) reduce(units, out []float32) {
	if x.project == nil {
		copy(out, units)
		return
	}
	copy(x.scratch, units)
	if x.centre {
		mean := 0.0
		for _, v := range units {
			mean += float64(v)
		}
		mean /= float64(len(units))
		for u := range x.scratch {
			x.scratch[u] -= float32(mean)
		}
	}
	x.project.Reduce(x.scratch, out)
}

// at is the pattern of a group in a fold at a step; nil where there is none.
func (x *gathered) at(group, fold, step int) []float64 {
	c := x.cells[group*x.most+fold]
	if c.n == 0 {
		return nil
	}
	out := make([]float64, x.dims)
	for u := range out {
		if c.one != nil {
			out[u] = float64(c.one[step*x.dims+u])
		} else {
			out[u] = c.sum[step*x.dims+u] / float64(c.n)
		}
	}
	return out
}

// alike reports whether the folds of every group are equal.
func (x *gathered) alike() bool {
	for k := range x.first {
		first := &x.cells[k*x.most]
		for f := 1; f < x.most; f++ {
			c := &x.cells[k*x.most+f]
			if c.n == 0 || first.n == 0 {
				continue
			}
			for s := range x.of.Steps {
				if !slices.EqualFunc(x.at(k, 0, s), x.at(k, f, s), func(a, b float64) bool { return a == b || a != a && b != b }) {
					return false
				}
			}
		}
	}
	return true
}

// said is what a note says of patterns.
func (x *gathered) said() (list []string) {
	if x.note != "" {
		list = append(list, x.note)
	}
	if x.project != nil {
		list = append(list, fmt.Sprintf("%s on %d random projections of its %d units", x.of.Area, x.dims, x.of.Units()))
	}
	return list
}
