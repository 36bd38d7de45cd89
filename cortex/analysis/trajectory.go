package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"ventral/cortex/recording"
)

var trajectoryKind = Kind{
	Name:   "trajectory",
	About:  "state-space trajectories of classes, their speed and their dimensionality",
	Source: "principal components over images and steps; participation ratio of Gao et al. 2017, with the jackknife",
	New: func() Settings {
		return &Trajectory{Signal: recording.State, Images: 1000, Components: 3, Project: 512, Fit: "all"}
	},
}

// Trajectory reads a signal as points of a space with a dimension for each unit, or for
// each of Project random projections where an area has more units. It gives
//
//   - "trajectory" [area, class, step, component]: the mean over the images of a class,
//     on the first principal components of all images at the steps of Fit
//   - "variance" [area, component, statistic], the share of the variance of each component
//   - "speed" [area, step, statistic]: the distance from the step before, per √unit,
//     √(Σ (x(t) - x(t-1))² / n), mean and 95 % t interval over images
//   - "dimensionality" [area, step, statistic]: the participation ratio (Σλ)²/Σλ² of the
//     eigenvalues of the covariance over images, with a jackknife interval over images. It
//     is at most the number of images less one
//
// Components keep the signs in which their largest entry is positive.
type Trajectory struct {
	Signal     string `toml:"signal" doc:"signal that is analysed"`
	Images     int    `toml:"images" min:"4" max:"5000" doc:"images at most, as many of each class"`
	Components int    `toml:"components" min:"2" max:"20" doc:"principal components"`
	Project    int    `toml:"project" min:"16" max:"4096" doc:"random projections of an area that has more units"`
	Fit        string `toml:"fit" oneof:"all last" doc:"steps that components are fitted to: all with numbers, or the last"`
}

var _ Settings = (*Trajectory)(nil)

// Needs is the signal.
func (s *Trajectory) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *Trajectory) Start(on Subject) Analysis {
	return &trajectory{Trajectory: *s, classes: on.Anatomy.Classes}
}

// trajectory has the points of every area.
type trajectory struct {
	Trajectory
	classes []string
	areas   []*points
}

// points are those of an area, [image][step, dimension].
type points struct {
	of         *Recording
	places     []int
	dimensions int
	project    *recording.Projection
	x          [][]float32
}

// Add keeps the points of the images that are analysed.
func (t *trajectory) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	i := slices.IndexFunc(t.areas, func(p *points) bool { return p.of.Area == b.Area })
	if i < 0 {
		p := &points{of: b.Recording, places: balanced(b.Labels, t.Images), dimensions: b.Units()}
		if p.dimensions > t.Project {
			p.dimensions, p.project = t.Project, recording.NewProjection(b.Units(), t.Project)
		}
		p.x = make([][]float32, len(p.places))
		i, t.areas = len(t.areas), append(t.areas, p)
	}
	p := t.areas[i]
	for n, place := range p.places {
		k := place - b.First
		if k < 0 || k >= b.Images() {
			continue
		}
		p.x[n] = make([]float32, len(b.Steps)*p.dimensions)
		for s := range b.Steps {
			to := p.x[n][s*p.dimensions:][:p.dimensions]
			if p.project != nil {
				p.project.Reduce(b.At(k, s), to)
			} else {
				copy(to, b.At(k, s))
			}
		}
	}
	return nil
}

// at is the point of an image at a step; nil where it has no numbers.
func (p *points) at(image, step int) []float32 {
	if p.x[image] == nil {
		return nil
	}
	x := p.x[image][step*p.dimensions:][:p.dimensions]
	for _, v := range x {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil
		}
	}
	return x
}

// Frames returns those that Trajectory names.
func (t *trajectory) Frames() ([]Frame, error) {
	if len(t.areas) == 0 {
		return nil, fmt.Errorf("analysis: trajectories of no images")
	}
	first := t.areas[0]
	classes, groups := t.groups(first)
	steps := first.of.stepAxis()
	component, area := Axis{Name: "component"}, Axis{Name: "area"}
	for c := range t.Components {
		component.Values = append(component.Values, float64(c+1))
	}
	fitted := "all steps"
	if t.Fit == "last" {
		fitted = "the last step"
	}
	path := Frame{Name: "trajectory", Title: "Trajectories", Note: fmt.Sprintf("mean %s of the images of each class on principal components of %d images at %s", t.Signal, len(first.places), fitted)}
	variance := Frame{Name: "variance", Title: "Variance of the components", Unit: "%", Note: "share of the variance over images at " + fitted}
	speed := Frame{Name: "speed", Title: "Speed of the " + t.Signal, Note: "distance from the step before, root mean square over units; mean over images with 95 % t interval"}
	dimension := Frame{Name: "dimensionality", Title: "Dimensionality", Note: fmt.Sprintf("participation ratio (Σλ)²/Σλ² of the covariance over %d images, at most %d; jackknife 95 %% interval over images", len(first.places), len(first.places)-1)}
	projected := ""
	for _, p := range t.areas {
		if !slices.Equal(p.of.Steps, first.of.Steps) || len(p.places) != len(first.places) {
			return nil, fmt.Errorf("analysis: areas %s and %s were recorded at different steps or of different images", first.of.Area, p.of.Area)
		}
		area.Labels = append(area.Labels, p.of.Area)
		means, shares := p.components(t.Components, t.Fit, groups, len(classes.Labels))
		path.Data, variance.Data = append(path.Data, means...), append(variance.Data, shares...)
		speed.Data = append(speed.Data, p.speed()...)
		dimension.Data = append(dimension.Data, p.dimensionality()...)
		if p.project != nil {
			projected = fmt.Sprintf("; areas of more than %d units on as many random projections", t.Project)
		}
	}
	path.Axes = []Axis{area, classes, steps, component}
	variance.Axes = []Axis{area, component, {Name: "statistic", Labels: []string{"mean"}}}
	speed.Axes = []Axis{area, steps, summary}
	dimension.Axes = []Axis{area, steps, summary}
	frames := []Frame{path, variance, speed, dimension}
	for i := range frames {
		frames[i].Note += projected
	}
	return frames, nil
}

// mostPaths bounds the classes whose paths are given.
const mostPaths = 12

// groups are the classes of the images that are analysed, and the class of each image as
// a place among them, -1 of those beyond mostPaths. Images without a class are one group.
func (t *trajectory) groups(p *points) (Axis, []int) {
	axis, of, seen := Axis{Name: "class"}, make([]int, len(p.places)), map[int]int{}
	for i, place := range p.places {
		l := p.of.Labels[place]
		at, ok := seen[l]
		if !ok {
			at = len(seen)
			if at >= mostPaths {
				of[i] = -1
				continue
			}
			seen[l] = at
			name := "no class"
			if l >= 0 {
				if name = fmt.Sprint(l); l < len(t.classes) {
					name = t.classes[l]
				}
			}
			axis.Labels = append(axis.Labels, name)
		}
		of[i] = at
	}
	return axis, of
}

// components fits principal components, and returns the means of groups [group, step,
// component] and the shares of the variance in per cent.
func (p *points) components(k int, fit string, groups []int, n int) (means, shares []float64) {
	d, steps := p.dimensions, len(p.of.Steps)
	var use []int
	for s := range steps {
		if p.at(0, s) != nil && (fit == "all" || s == steps-1) {
			use = append(use, s)
		}
	}
	mean, count := make([]float64, d), 0
	for i := range p.x {
		for _, s := range use {
			if x := p.at(i, s); x != nil {
				count++
				for u, v := range x {
					mean[u] += float64(v)
				}
			}
		}
	}
	for u := range mean {
		mean[u] /= float64(max(count, 1))
	}
	rows := mat.NewDense(max(count, 1), d, nil)
	at := 0
	for i := range p.x {
		for _, s := range use {
			if x := p.at(i, s); x != nil {
				for u, v := range x {
					rows.Set(at, u, float64(v)-mean[u])
				}
				at++
			}
		}
	}
	means, shares = slices.Repeat([]float64{math.NaN()}, n*steps*k), slices.Repeat([]float64{math.NaN()}, k)
	vectors, values, total := leading(rows, k)
	if !(total > 0) {
		return means, shares
	}
	for c := range min(k, len(values)) {
		shares[c] = 100 * values[c] / total
	}
	for s := range steps {
		sums, counts := make([]float64, n*k), make([]int, n)
		for i, g := range groups {
			x := p.at(i, s)
			if g < 0 || x == nil {
				continue
			}
			counts[g]++
			for c := range vectors {
				for u, v := range x {
					sums[g*k+c] += vectors[c][u] * (float64(v) - mean[u])
				}
			}
		}
		for g := range n {
			for c := range vectors {
				if counts[g] > 0 {
					means[(g*steps+s)*k+c] = sums[g*k+c] / float64(counts[g])
				}
			}
		}
	}
	return means, shares
}

// leading are the first k principal axes of centred rows with their variances, and the
// sum of all variances, each times the number of rows.
func leading(rows *mat.Dense, k int) (vectors [][]float64, values []float64, total float64) {
	n, d := rows.Dims()
	var product mat.Dense
	tall := n >= d
	if tall {
		product.Mul(rows.T(), rows)
	} else {
		product.Mul(rows, rows.T())
	}
	size := min(n, d)
	symmetric := mat.NewSymDense(size, nil)
	for i := range size {
		total += product.At(i, i)
		for j := i; j < size; j++ {
			symmetric.SetSym(i, j, product.At(i, j))
		}
	}
	var eigen mat.EigenSym
	if !(total > 0) || !eigen.Factorize(symmetric, true) {
		return nil, nil, 0
	}
	var all mat.Dense
	eigen.VectorsTo(&all)
	of := eigen.Values(nil)
	for c := range min(k, size) {
		at := size - 1 - c
		v := make([]float64, d)
		if tall {
			mat.Col(v, at, &all)
		} else {
			var x mat.VecDense
			x.MulVec(rows.T(), all.ColView(at))
			copy(v, x.RawVector().Data)
		}
		largest, length := 0.0, 0.0
		for _, x := range v {
			length += x * x
			if math.Abs(x) > math.Abs(largest)*(1+1e-9) {
				largest = x
			}
		}
		scale := 1 / math.Sqrt(length)
		if largest < 0 {
			scale = -scale
		}
		if of[at] <= 1e-12*of[size-1] {
			scale = 0
		}
		for u := range v {
			v[u] *= scale
		}
		vectors, values = append(vectors, v), append(values, max(of[at], 0))
	}
	return vectors, values, total
}

// speed is [step, statistic].
func (p *points) speed() (data []float64) {
	for s := range p.of.Steps {
		var m moments
		for i := range p.x {
			if s == 0 || p.at(i, s) == nil || p.at(i, s-1) == nil {
				m.undefined++
				continue
			}
			before, sum := p.at(i, s-1), 0.0
			for u, v := range p.at(i, s) {
				sum += (float64(v) - float64(before[u])) * (float64(v) - float64(before[u]))
			}
			m.add(math.Sqrt(sum / float64(p.of.Units()))) // a projection keeps the distance over all units
		}
		data = append(data, row(&m)...)
	}
	return data
}

// dimensionality is [step, statistic].
func (p *points) dimensionality() (data []float64) {
	for s := range p.of.Steps {
		var x [][]float32
		for i := range p.x {
			if v := p.at(i, s); v != nil {
				x = append(x, v)
			}
		}
		ratio, low, high := participation(x)
		data = append(data, ratio, low, high, float64(len(x)), float64(len(p.x)-len(x)))
	}
	return data
}

// participation is the participation ratio of points, and its jackknife 95 % interval. It
// takes traces from the products of all pairs, K: with r the sums of its rows, T its trace,
// S the sum of all and Q that of all squares,
//
//	Σλ = T - S/n,  Σλ² = Q - 2 Σr²/n + S²/n²
//
// and those of all points but one from the same sums.
func participation(x [][]float32) (ratio, low, high float64) {
	n := len(x)
	if n < 3 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	mean := make([]float64, len(x[0])) // taken off first, so that sums do not cancel
	for _, v := range x {
		for u := range v {
			mean[u] += float64(v[u]) / float64(n)
		}
	}
	rows := mat.NewDense(n, len(mean), nil)
	for i, v := range x {
		for u := range v {
			rows.Set(i, u, float64(v[u])-mean[u])
		}
	}
	var k mat.Dense
	k.Mul(rows, rows.T())
	r, along := make([]float64, n), make([]float64, n)
	var t, sum, q, rr float64
	for i := range n {
		for j, v := range k.RawRowView(i) {
			r[i] += v
			q += v * v
			if i == j {
				t += v
			}
		}
		sum += r[i]
	}
	for i := range n {
		rr += r[i] * r[i]
		for j, v := range k.RawRowView(i) {
			along[i] += v * r[j]
		}
	}
	of := func(t, sum, q, rr, n float64) float64 {
		trace, square := t-sum/n, q-2*rr/n+sum*sum/n/n
		if !(trace > 0) || !(square > 0) {
			return math.NaN()
		}
		return trace * trace / square
	}
	ratio = of(t, sum, q, rr, float64(n))
	var m moments
	for i := range n {
		row, self := k.RawRowView(i), k.At(i, i)
		squares := 0.0
		for _, v := range row {
			squares += v * v
		}
		// Rows of the rest are r_j - K_ij.
		others := rr - r[i]*r[i] - 2*(along[i]-r[i]*self) + squares - self*self
		m.add(of(t-self, sum-2*r[i]+self, q-2*squares+self*self, others, float64(n-1)))
	}
	// Jackknife: the variance is (n-1)/n · Σ (ratio_i - mean)².
	half := StudentT95(n-1) * math.Sqrt(float64(n-1)/float64(n)*m.m2)
	return ratio, ratio - half, ratio + half
}
