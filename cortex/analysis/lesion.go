package analysis

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/gonum/stat"

	"ventral/experiments/statistics"
)

var lesionKind = Kind{
	Name:   "lesion",
	About:  "what answers lose in each condition, such as one connection cut after the other: accuracy, evidence, latency, the images that are affected most, dissimilarities",
	Source: "paired differences over images, signs turned as by Nichols and Holmes 2002; dissimilarities as by Kriegeskorte et al. 2008",
	New:    func() Settings { return &Lesion{Against: "as trained", Most: 10, Images: 100, Draws: 1000, Seed: 1} },
}

// Lesion reads the answers in several conditions, and compares each with one of them, the
// intact cortex, image by image. Evidence is the log of the probability that softmax gives
// the right class, in nat; of an image with several classes it is their mean. It gives
//
//   - "accuracy lost" [lesion, statistic], in points at the last step that all have, and
//     "evidence lost", with 95 % t intervals over images, and p by turning the signs of
//     images, corrected by the largest statistic over all lesions and steps
//   - "accuracy lost over steps" and "evidence lost over steps" [lesion, step, statistic]
//   - "latency change" [lesion, statistic], in steps: the first step from which the answer
//     is right to the last, over images that have one in both conditions; the others count
//     as undefined
//   - "answers changed" [lesion, step, change]: images that are right in the intact cortex
//     alone ("lost"), and under the lesion alone ("gained")
//   - "evidence lost of images" [lesion, image] at the last step
//   - "most affected" [lesion, rank, quantity]: the images that lose most evidence
//   - "rdm change" [lesion, area, step, statistic], 1 minus the correlation of the
//     dissimilarities of images with those of the intact cortex, where Signal names one
//
// A difference that is exactly 0 for all images has p = 1: what a lesion cannot reach.
type Lesion struct {
	Against string `toml:"against" doc:"condition that the others are compared with; the first where none is called so"`
	Signal  string `toml:"signal" doc:"signal whose dissimilarities are compared, such as response; \"\" none"`
	Images  int    `toml:"images" min:"3" max:"1000" doc:"images of these, at most"`
	Most    int    `toml:"most" min:"1" max:"1000" doc:"images that are listed as most affected, for each lesion"`
	Draws   int    `toml:"draws" min:"99" max:"100000" doc:"times that signs are turned"`
	Seed    int    `toml:"seed" min:"0" doc:"determines the draws"`
}

var _ Joint = (*Lesion)(nil)

// Needs is the answers, and the signal where there is one.
func (s *Lesion) Needs() []Need {
	list := []Need{{Of: Answers}}
	if s.Signal != "" {
		list = append(list, SignalOf(s.Signal))
	}
	return list
}

// Start implements Settings, for one source.
func (s *Lesion) Start(on Subject) Analysis { return s.StartJoint([]Subject{on}) }

// StartJoint implements Joint.
func (s *Lesion) StartJoint(on []Subject) Analysis { return &lesions{Lesion: *s, on: on} }

// lesions has the answers of every condition.
type lesions struct {
	Lesion
	on   []Subject
	list []*lesioned
}

// lesioned is one condition.
type lesioned struct {
	name     string
	of       *Recording
	right    [][]float64 // [image][step]: 1 or 0, NaN where there is no answer
	evidence [][]float64
	rdm      *rdm
}

// from returns the condition of a batch.
func (a *lesions) from(name string) *lesioned {
	i := slices.IndexFunc(a.list, func(x *lesioned) bool { return x.name == name })
	if i < 0 {
		i = len(a.list)
		x := &lesioned{name: name}
		if a.Signal != "" {
			x.rdm = &rdm{RDM: RDM{Distance: "correlation", Signal: a.Signal, By: "image", Images: a.Images}, on: a.on[0]}
		}
		a.list = append(a.list, x)
	}
	return a.list[i]
}

// Add takes a batch of logits, or of the signal.
func (a *lesions) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	x := a.from(b.From)
	if b.Of == Areas {
		return x.rdm.Add(b)
	}
	x.of = b.Recording
	label := make([]float32, b.Units())
	for image := range b.Images() {
		right, evidence := make([]float64, len(b.Steps)), make([]float64, len(b.Steps))
		for k := range b.Steps {
			right[k], evidence[k] = math.NaN(), math.NaN()
			logits, judged, several := b.At(image, k), b.Judged(image, k), 1
			if b.Target != nil {
				copy(label, b.Target[image*b.Units():])
				several = targets(b, image)
			} else if clear(label); judged >= 0 {
				label[judged] = 1
			}
			if b.Target == nil && judged < 0 || several == 0 || slices.ContainsFunc(logits, func(v float32) bool { return v-v != 0 }) {
				continue
			}
			right[k] = 0
			if decides(logits, label) {
				right[k] = 1
			}
			evidence[k] = -softmaxLoss(logits, label) / float64(several)
		}
		x.right, x.evidence = append(x.right, right), append(x.evidence, evidence)
	}
	return nil
}

// effect is what one condition lost, at the steps that all have.
type effect struct {
	*lesioned
	accuracy, evidence [][]float64 // [image][step]
}

// Frames compares the conditions.
func (a *lesions) Frames() ([]Frame, error) {
	a.list = slices.DeleteFunc(a.list, func(x *lesioned) bool { return x.of == nil })
	at := max(0, slices.IndexFunc(a.list, func(x *lesioned) bool { return x.name == a.Against }))
	if len(a.list) < 2 {
		return nil, fmt.Errorf("analysis: found %d conditions, want the intact cortex and at least one more: cortex test RUN --lesion all makes them, and --condition \"as trained\" --condition NAME names them", len(a.list))
	}
	intact := a.list[at]
	var others []*lesioned
	var unlike []string
	steps := slices.Clone(intact.of.Steps)
	for i, x := range a.list {
		switch {
		case i == at:
		case !slices.Equal(x.of.IDs, intact.of.IDs) || !slices.Equal(x.of.Labels, intact.of.Labels):
			unlike = append(unlike, x.name)
		default:
			others = append(others, x)
			steps = slices.DeleteFunc(steps, func(t int) bool { return !slices.Contains(x.of.Steps, t) })
		}
	}
	if len(others) == 0 || len(steps) == 0 {
		return nil, fmt.Errorf("analysis: no condition was tested on the images and at the steps of %q", intact.name)
	}
	var effects []effect
	for _, x := range others {
		effects = append(effects, effect{x, lost(intact, x, steps, 100, func(x *lesioned) [][]float64 { return x.right }),
			lost(intact, x, steps, 1, func(x *lesioned) [][]float64 { return x.evidence })})
	}
	axis, when := Axis{Name: "lesion", Labels: shortened(others)}, Axis{Name: "step"}
	for _, t := range steps {
		when.Values = append(when.Values, float64(t))
	}
	note := fmt.Sprintf("%s minus lesion, the same images; 95 %% t interval over images; p by turning the signs of images, largest statistic of %d draws over all lesions and steps; one network: the claim is about images", intact.name, a.Draws)
	if unlike != nil {
		note += "; shown other images, and left out: " + strings.Join(unlike, ", ")
	}
	again := func(x *lesioned) bool { return strings.Contains(x.name, "norms=reestimate") }
	if slices.ContainsFunc(others, again) && !again(intact) {
		note += "; norms=reestimate: statistics of norms were estimated again under the lesion and not in " + intact.name + ", so that part of the difference is theirs and not the lesion's"
	}
	frames := a.paired(axis, when, "accuracy lost", "points", note, effects, func(e effect) [][]float64 { return e.accuracy })
	frames = append(frames, a.paired(axis, when, "evidence lost", "nat", note+"; evidence is the log probability of the right class", effects, func(e effect) [][]float64 { return e.evidence })...)
	frames = append(frames, latencies(axis, steps, intact, others), changed(axis, when, effects))
	frames = append(frames, a.images(axis, steps[len(steps)-1], intact, effects)...)
	if a.Signal != "" {
		f, err := dissimilar(axis, intact, others)
		if err != nil {
			return nil, err
		}
		frames = append(frames, f)
	}
	return frames, nil
}

// lost is the intact numbers minus those of a lesion, times a scale, [image][step].
func lost(intact, x *lesioned, steps []int, scale float64, of func(*lesioned) [][]float64) (d [][]float64) {
	a, b := of(intact), of(x)
	for i := range a {
		var row []float64
		for _, t := range steps {
			row = append(row, scale*(a[i][slices.Index(intact.of.Steps, t)]-b[i][slices.Index(x.of.Steps, t)]))
		}
		d = append(d, row)
	}
	return d
}

// shortened are the names of conditions without what all begin and end with.
func shortened(list []*lesioned) (names []string) {
	base, _, _ := strings.Cut(list[0].name, "[")
	for _, x := range list {
		names = append(names, x.name)
	}
	for _, n := range names {
		if !strings.HasPrefix(n, base+"[") || !strings.HasSuffix(n, "]") {
			return names
		}
	}
	for i, n := range names {
		names[i] = n[len(base)+1 : len(n)-1]
	}
	return names
}

// paired makes the frames of a difference, at the last step and over steps.
func (a *lesions) paired(axis, when Axis, name, unit, note string, effects []effect, of func(effect) [][]float64) []Frame {
	with := Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "undefined", "p"}}
	last := Frame{Name: name, Title: upper(name) + " at step " + when.At(when.Len()-1), Unit: unit, Note: note, Axes: []Axis{axis, with}}
	all := Frame{Name: name + " over steps", Title: upper(name), Unit: unit, Note: note, Axes: []Axis{axis, when, with}}
	images, n := len(of(effects[0])), when.Len()
	d := make([][]float64, images) // [image][lesion, step]
	for i := range d {
		for _, e := range effects {
			d[i] = append(d[i], of(e)[i]...)
		}
	}
	test := statistics.MaxSignFlip(d, a.Draws, uint64(a.Seed))
	for k := range effects {
		for t := range n {
			var x []float64
			for i := range d {
				x = append(x, d[i][k*n+t])
			}
			mean, low, high, count := MeanInterval(x)
			p := math.NaN()
			if test.P != nil {
				p = test.P[k*n+t]
			}
			row := []float64{mean, low, high, float64(count), float64(images - count), p}
			if all.Data = append(all.Data, row...); t == n-1 {
				last.Data = append(last.Data, row...)
			}
		}
	}
	return []Frame{last, all}
}

// latencies is the change of the step from which answers are right.
func latencies(axis Axis, steps []int, intact *lesioned, others []*lesioned) Frame {
	f := Frame{Name: "latency change", Title: "Latency under the lesion minus that of " + intact.name, Unit: "steps", Axes: []Axis{axis, summary},
		Note: "first step from which the answer is right to the last, over images that have one in both; the others are undefined; 95 % t interval over images"}
	first := func(x *lesioned, image int) float64 {
		at := math.NaN()
		for k := len(steps) - 1; k >= 0 && x.right[image][slices.Index(x.of.Steps, steps[k])] == 1; k-- {
			at = float64(steps[k])
		}
		return at
	}
	for _, x := range others {
		var d []float64
		for i := range x.right {
			d = append(d, first(x, i)-first(intact, i))
		}
		mean, low, high, n := MeanInterval(d)
		f.Data = append(f.Data, mean, low, high, float64(n), float64(len(d)-n))
	}
	return f
}

// changed counts the images whose answers turn.
func changed(axis, when Axis, effects []effect) Frame {
	f := Frame{Name: "answers changed", Title: "Images that are right in one of both alone", Unit: "images", Axes: []Axis{axis, when, {Name: "change", Labels: []string{"lost", "gained"}}},
		Note: "lost: right in the intact cortex alone; gained: right under the lesion alone"}
	for _, e := range effects {
		for t := range when.Len() {
			lost, gained, answered := 0.0, 0.0, false
			for i := range e.accuracy {
				switch v := e.accuracy[i][t]; {
				case v > 0:
					lost++
				case v < 0:
					gained++
				}
				answered = answered || !math.IsNaN(e.accuracy[i][t])
			}
			if !answered {
				lost, gained = math.NaN(), math.NaN()
			}
			f.Data = append(f.Data, lost, gained)
		}
	}
	return f
}

// images are the evidence that each image lost, and the images that lost most.
func (a *lesions) images(axis Axis, step int, intact *lesioned, effects []effect) []Frame {
	image, last := Axis{Name: "image"}, len(effects[0].evidence[0])-1
	for _, id := range intact.of.IDs {
		image.Values = append(image.Values, float64(id))
	}
	all := Frame{Name: "evidence lost of images", Title: "Evidence lost at the last step, image by image", Unit: "nat", Axes: []Axis{axis, image},
		Note: "log probability of the right class in the intact cortex minus under the lesion"}
	rank := Axis{Name: "rank"}
	for k := range min(a.Most, len(image.Values)) {
		rank.Values = append(rank.Values, float64(k+1))
	}
	most := Frame{Name: "most affected", Title: "Images that lose most evidence", Axes: []Axis{axis, rank, {Name: "quantity", Labels: []string{"image", "label", "evidence lost", "right before", "right under the lesion"}}},
		Note: "at the last step; right is 1 and wrong 0"}
	for _, e := range effects {
		var order []int
		for i, row := range e.evidence {
			if all.Data = append(all.Data, row[last]); !math.IsNaN(row[last]) {
				order = append(order, i)
			}
		}
		sort.SliceStable(order, func(x, y int) bool { return e.evidence[order[x]][last] > e.evidence[order[y]][last] })
		for k := range rank.Values {
			if k >= len(order) {
				most.Data = append(most.Data, slices.Repeat([]float64{math.NaN()}, 5)...)
				continue
			}
			i := order[k]
			before, after := intact.right[i][slices.Index(intact.of.Steps, step)], e.right[i][slices.Index(e.of.Steps, step)]
			most.Data = append(most.Data, image.Values[i], float64(intact.of.Labels[i]), e.evidence[i][last], before, after)
		}
	}
	return []Frame{all, most}
}

// dissimilar is how far dissimilarities are from those of the intact cortex.
func dissimilar(axis Axis, intact *lesioned, others []*lesioned) (Frame, error) {
	f := Frame{Name: "rdm change", Title: "Dissimilarities under the lesion", Unit: "1 − r",
		Note: "1 minus the correlation, over pairs of images, of dissimilarities with those of " + intact.name + "; no interval: pairs are not independent"}
	area, when := Axis{Name: "area"}, Axis{}
	for _, x := range intact.rdm.areas {
		area.Labels, when = append(area.Labels, x.x.of.Area), x.x.of.stepAxis()
	}
	f.Axes = []Axis{axis, area, when, {Name: "statistic", Labels: []string{"mean", "n"}}}
	for _, x := range others {
		for _, own := range intact.rdm.areas {
			k := slices.IndexFunc(x.rdm.areas, func(y *areaRDM) bool { return y.x.of.Area == own.x.of.Area })
			if k < 0 || own.data == nil || len(x.rdm.areas[k].data) != len(own.data) {
				return f, fmt.Errorf("analysis: %s and %s were recorded with other areas, steps or images; record them alike", intact.name, x.name)
			}
			n := len(own.x.first)
			for t := range own.x.of.Steps {
				r, pairs := correlated(own.data[t*n*n:][:n*n], x.rdm.areas[k].data[t*n*n:][:n*n], n)
				f.Data = append(f.Data, 1-r, float64(pairs))
			}
		}
	}
	return f, nil
}

// correlated correlates two matrices above their diagonals, over pairs that both have.
func correlated(a, b []float64, n int) (r float64, pairs int) {
	var x, y []float64
	same := true
	for i := range n {
		for j := i + 1; j < n; j++ {
			if u, v := a[i*n+j], b[i*n+j]; !math.IsNaN(u) && !math.IsNaN(v) {
				x, y = append(x, u), append(y, v)
				same = same && u == v
			}
		}
	}
	switch {
	case len(x) < 2:
		return math.NaN(), len(x)
	case same:
		return 1, len(x)
	}
	return stat.Correlation(x, y, nil), len(x)
}
