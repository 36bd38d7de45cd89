package analysis

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis/geometry"
	"ventral/cortex/parallel"
	"ventral/cortex/recording"
)

var ckaKind = Kind{
	Name:   "cka",
	About:  "unbiased linear CKA: how alike the geometry of images is between steps, areas, conditions and runs",
	Source: "Kornblith et al. 2019, with the unbiased HSIC of Song et al. 2012 as Murphy et al. 2024 urge",
	New:    func() Settings { return &CKA{Signal: recording.Response, Images: 500} },
}

// CKA gives linear centred kernel alignment from unbiased HSIC, see [geometry.CKA], of at
// least 4 images:
//
//   - "cka" [area, step, step], of the patterns of an area at two steps
//   - "cka between areas" [step, area, area]
//
// Of several sources these have the axis of the group in front, and there are
//
//   - "cka across sources" [area, step, source, source], over images that both have
//   - "cka with the first" [source, area, step, statistic], with a jackknife 95 % interval
//     over images
//
// where "source" is "condition", "variant" or "run". The images are as many of each class
// of the first source as can be; repeats of an image are averaged. It holds the products of
// all pairs of images for each area and step of each source, in float32. Sources that were shown
// other images are not compared.
type CKA struct {
	Signal string `toml:"signal" doc:"signal that is compared"`
	Images int    `toml:"images" min:"4" max:"2000" doc:"images at most, as many of each class"`
}

var _ Joint = (*CKA)(nil)

// Needs is the signal.
func (s *CKA) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *CKA) Start(on Subject) Analysis { return s.StartJoint([]Subject{on}) }

// StartJoint implements Joint.
func (s *CKA) StartJoint(on []Subject) Analysis {
	c := &cka{CKA: *s, on: on, of: make([]ckaSource, len(on))}
	for i := range c.of {
		c.of[i].areas = map[string]*ckaArea{}
	}
	return c
}

// cka has the products of every source.
type cka struct {
	CKA
	on   []Subject
	of   []ckaSource
	said []string
}

// ckaSource is one source.
type ckaSource struct {
	ids   []int    // of its images, of the first source where it was shown the same
	names []string // of areas, upwards
	areas map[string]*ckaArea
}

// ckaArea has the products of an area by step.
type ckaArea struct {
	x     *gathered
	steps []int
	have  []int // places among the images that the source has
	grams []*geometry.Gram
}

// Add gathers patterns, and makes products of them once they are all there.
func (c *cka) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	k := slices.IndexFunc(c.on, func(s Subject) bool { return s.Name == b.From })
	if k < 0 {
		k = 0 // of one source
	}
	of := &c.of[k]
	a := of.areas[b.Area]
	if a == nil {
		if of.ids == nil && k > 0 && c.on[k].Images == c.on[0].Images {
			of.ids = c.of[0].ids
		} else if of.ids == nil {
			g := groupImages(b.Recording, nil, c.Images)
			for _, i := range g.first {
				of.ids = append(of.ids, b.IDs[i])
			}
			if g.note != "" {
				c.said = append(c.said, g.note)
			}
			if len(of.ids) < 4 {
				return fmt.Errorf("cka needs at least 4 images, found %d", len(of.ids))
			}
		}
		g := groupIDs(b.Recording, of.ids).merged()
		a = &ckaArea{x: gather(b.Recording, g, false, 0), steps: b.Steps}
		of.areas[b.Area], of.names = a, append(of.names, b.Area)
		for i, first := range g.first {
			if first >= 0 {
				a.have = append(a.have, i)
			}
		}
		if len(a.have) < 4 {
			return fmt.Errorf("cka needs at least 4 images that all have, found %d of %s in %s", len(a.have), c.on[0].Name, b.From)
		}
	}
	if a.x.add(b) && a.grams == nil {
		for s := range a.steps {
			rows := make([][]float64, len(a.have))
			for i, place := range a.have {
				rows[i] = a.x.at(place, 0, s)
			}
			a.grams = append(a.grams, geometry.NewGram(rows))
		}
		c.said = append(c.said, a.x.said()...)
		a.x.cells = nil
	}
	return nil
}

// groupIDs makes a pattern of every image of a list, the mean over its repeats; the first
// of one that the recording lacks is -1.
func groupIDs(r *Recording, ids []int) *grouping {
	g := &grouping{axis: Axis{Name: "image"}, rows: slices.Repeat([]int{-1}, len(r.IDs)), first: slices.Repeat([]int{-1}, len(ids))}
	at := map[int]int{}
	for k, id := range ids {
		at[id] = k
		g.axis.Values = append(g.axis.Values, float64(id))
	}
	for i, id := range r.IDs {
		if k, ok := at[id]; ok {
			if g.rows[i] = k; g.first[k] < 0 {
				g.first[k] = i
			}
		}
	}
	g.fold(r)
	return g
}

// Frames returns those that CKA names.
func (c *cka) Frames() ([]Frame, error) {
	if c.of[0].ids == nil {
		return nil, fmt.Errorf("analysis: cka of no images")
	}
	note := fmt.Sprintf("of the %ss to %d images; unbiased, 0 is expected of independent patterns, and it may be below", c.Signal, len(c.of[0].ids))
	slices.Sort(c.said)
	for _, s := range slices.Compact(c.said) {
		note += "; " + s
	}
	var frames []Frame
	for k := range c.of {
		of := &c.of[k]
		if len(of.names) == 0 {
			return nil, fmt.Errorf("analysis: cka of no images of %s", c.on[k].Name)
		}
		for _, a := range of.areas {
			if a.grams == nil {
				return nil, fmt.Errorf("analysis: %d images of %s did not come", a.x.remaining, a.x.of.Area)
			}
		}
		list := []Frame{of.overSteps(), of.betweenAreas()}
		for _, f := range list {
			f.Note = "linear CKA " + note + "; one network, no interval"
			if len(c.of) > 1 {
				f = f.With(c.on[k].Axis, c.on[k].Name)
			}
			frames = append(frames, f)
		}
	}
	if len(c.of) > 1 {
		across, with := c.across(), c.withFirst()
		across.Note = "linear CKA " + note + "; over images that both have" + c.unlike()
		frames = append(frames, across)
		for _, f := range with {
			f.Note = fmt.Sprintf("linear CKA with the same area and step of %s, %s; jackknife 95 %% interval over images that both have", c.on[0].Name, note)
			frames = append(frames, f)
		}
	}
	return frames, nil
}

func axisOfSteps(steps []int) Axis { return (&Recording{Steps: steps}).stepAxis() }

// overSteps is "cka".
func (s *ckaSource) overSteps() Frame {
	steps := axisOfSteps(s.areas[s.names[0]].steps)
	n := steps.Len()
	f := Frame{Name: "cka", Title: "CKA between time steps", Unit: "CKA", Axes: []Axis{{Name: "area", Labels: s.names}, steps, steps}}
	for _, name := range s.names {
		a, data := s.areas[name], make([]float64, n*n)
		parallel.For(n*n, func(i int) {
			if t, u := i/n, i%n; t <= u {
				v := geometry.CKA(a.grams[t], a.grams[u])
				data[t*n+u], data[u*n+t] = v, v
			}
		})
		f.Data = append(f.Data, data...)
	}
	return f
}

// betweenAreas is "cka between areas".
func (s *ckaSource) betweenAreas() Frame {
	steps, area := axisOfSteps(s.areas[s.names[0]].steps), Axis{Name: "area", Labels: s.names}
	n, k := area.Len(), steps.Len()
	f := Frame{Name: "cka between areas", Title: "CKA between areas", Unit: "CKA", Axes: []Axis{steps, area, area}, Data: make([]float64, k*n*n)}
	parallel.For(k*n*n, func(i int) {
		if a, b := i/n%n, i%n; a <= b {
			t := i / (n * n)
			v := geometry.CKA(s.areas[s.names[a]].grams[t], s.areas[s.names[b]].grams[t])
			f.Data[(t*n+a)*n+b], f.Data[(t*n+b)*n+a] = v, v
		}
	})
	return f
}

// unlike says which sources were shown other images than the first, and are compared with
// those of the same images alone.
func (c *cka) unlike() string {
	var names []string
	for _, s := range c.on[1:] {
		if s.Images != c.on[0].Images {
			names = append(names, s.Name)
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("; shown other images than %s, so that there is no number: %s", c.on[0].Name, strings.Join(names, ", "))
}

// pair is the products of an area at a step of two sources, of the images that both have;
// nil where there are none.
func (c *cka) pair(i, j int, area string, step int) (a, b *geometry.Gram) {
	x, y := c.of[i].areas[area], c.of[j].areas[area]
	if c.on[i].Images != c.on[j].Images || x == nil || y == nil {
		return nil, nil
	}
	s, t := slices.Index(x.steps, step), slices.Index(y.steps, step)
	if s < 0 || t < 0 || x.grams[s] == nil || y.grams[t] == nil {
		return nil, nil
	}
	if slices.Equal(x.have, y.have) {
		return x.grams[s], y.grams[t]
	}
	var ofX, ofY []int
	for n, place := range x.have {
		if m, ok := slices.BinarySearch(y.have, place); ok {
			ofX, ofY = append(ofX, n), append(ofY, m)
		}
	}
	return x.grams[s].Of(ofX), y.grams[t].Of(ofY)
}

// across is "cka across conditions", or what sources are.
func (c *cka) across() Frame {
	first := &c.of[0]
	steps, sources := axisOfSteps(first.areas[first.names[0]].steps), Axis{Name: c.on[0].Axis}
	for _, s := range c.on {
		sources.Labels = append(sources.Labels, s.Name)
	}
	n, k := len(c.on), steps.Len()
	f := Frame{Name: "cka across " + sources.Name + "s", Title: "CKA across " + sources.Name + "s", Unit: "CKA",
		Axes: []Axis{{Name: "area", Labels: first.names}, steps, sources, sources}, Data: make([]float64, len(first.names)*k*n*n)}
	parallel.For(len(f.Data), func(i int) {
		if x, y := i/n%n, i%n; x <= y {
			cell := i / (n * n)
			v := geometry.CKA(c.pair(x, y, first.names[cell/k], int(steps.Values[cell%k])))
			f.Data[(cell*n+x)*n+y], f.Data[(cell*n+y)*n+x] = v, v
		}
	})
	return f
}

// withFirst is "cka with the first" of every other source.
func (c *cka) withFirst() (frames []Frame) {
	first := &c.of[0]
	steps := axisOfSteps(first.areas[first.names[0]].steps)
	k := steps.Len()
	for other := 1; other < len(c.on); other++ {
		if c.on[other].Images != c.on[0].Images {
			continue
		}
		f := Frame{Name: "cka with the first", Title: "CKA with " + c.on[0].Name, Unit: "CKA", Axes: []Axis{{Name: "area", Labels: first.names}, steps, summary},
			Data: make([]float64, len(first.names)*k*summary.Len())}
		parallel.For(len(first.names)*k, func(i int) {
			a, b := c.pair(0, other, first.names[i/k], int(steps.Values[i%k]))
			v, half, n := geometry.CKA(a, b), math.NaN(), 0
			if a != nil {
				half, n = jackknife(geometry.Jackknife(a, b)), a.Images()
			}
			copy(f.Data[i*summary.Len():], []float64{v, v - half, v + half, float64(n), float64(len(c.of[0].ids) - n)})
		})
		frames = append(frames, f.With(c.on[0].Axis, c.on[other].Name))
	}
	return frames
}

// jackknife is half of the 95 % interval from an estimate of all images but one, for each:
// t · √((n-1)/n · Σ (x_i - x̄)²); NaN where there is none.
func jackknife(x []float64) float64 {
	var m moments
	for _, v := range x {
		m.add(v)
	}
	if m.n < 3 {
		return math.NaN()
	}
	return StudentT95(m.n-1) * math.Sqrt(float64(m.n-1)/float64(m.n)*m.m2)
}
