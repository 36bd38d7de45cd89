package analysis

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/analysis/geometry"
	"ventral/cortex/recording"
)

var rdmKind = Kind{
	Name:   "rdm",
	About:  "representational dissimilarity between images or class means, by area and step; how alike it is from step to step, and to models of factors",
	Source: "Kriegeskorte, Mur and Bandettini 2008; crossnobis of Walther et al. 2016; numbers as rsatoolbox gives them",
	New: func() Settings {
		return &RDM{Distance: "correlation", Noise: "diagonal", Signal: recording.Response, By: "image", Images: 50, Compare: "spearman", Draws: 1000, Seed: 1}
	},
}

// RDM gives
//
//   - "rdm" [area, step, image, image], how dissimilar the patterns of two images are over
//     the units of an area; see [geometry.Distance] and [geometry.Crossnobis]. By class, or
//     by a column, the patterns are means over images, and the axes have their name.
//   - "rdm similarity" [area, step, step], how alike the matrices of two steps are, over
//     pairs of images; see [geometry.Measure]
//   - "rdm and MODEL" [area, step, statistic] for each of Models: the similarity to the
//     matrix of a factor, with a 95 % percentile interval over images that are drawn again,
//     and p by permutation of images, the same at all areas and steps, one-sided, corrected
//     by the largest similarity
//
// A model is a column or "label": 0 for two images of which it is the same, else 1. With
// ":distance" it is the distance of two numbers, with ":circle=180" that on a circle.
//
// The images are as many of each class as can be, the first ones, sorted by class; an
// image that is shown again has the mean of its repeats. A pattern of which any unit is
// not a finite number, such as one before onset, has no distance, nor has one whose units
// are all equal a correlation or one of zeros a cosine: its row and column are NaN, the
// diagonal, too. The note counts the latter, by area and step.
//
// It holds the patterns of an area at all steps in memory until it has all, as random
// projections of units where they would take more than 512 MiB.
type RDM struct {
	Distance string   `toml:"distance" oneof:"correlation euclidean cosine crossnobis" doc:"1 - r over units, the mean squared difference of units, 1 - cosine, or the cross-validated squared difference of images that are repeated with noise"`
	Noise    string   `toml:"noise" oneof:"diagonal none" doc:"of crossnobis: units are divided by the deviation of their repeats, or are not"`
	Signal   string   `toml:"signal" doc:"signal that is compared"`
	By       string   `toml:"by" doc:"what has a pattern: image, class, or each text of a column of the data set; means over images"`
	Images   int      `toml:"images" min:"2" max:"1000" doc:"images at most, as many of each class; they are sorted by class"`
	Compare  string   `toml:"compare" oneof:"spearman pearson cosine kendall" doc:"how matrices are compared, over pairs of images; kendall is tau-a, as is proper for models of few levels"`
	Models   []string `toml:"models" doc:"factors that matrices are compared with: label, a column, COLUMN:distance of numbers, or COLUMN:circle=180 of angles"`
	Draws    int      `toml:"draws" min:"0" max:"100000" doc:"draws of images for intervals, and permutations for p, of models"`
	Seed     int      `toml:"seed" min:"0" doc:"determines draws and permutations"`
}

var _ Settings = (*RDM)(nil)

// Needs is the signal.
func (s *RDM) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *RDM) Start(on Subject) Analysis { return &rdm{RDM: *s, on: on} }

// rdm has the matrices of every area.
type rdm struct {
	RDM
	on     Subject
	models []*model
	areas  []*areaRDM
	said   []string // of patterns, for notes
}

// areaRDM has the patterns of an area until all are there, then its matrices.
type areaRDM struct {
	x         *gathered
	data      []float64 // [step, image, image]
	undefined []string  // AREA@STEP (images)
	noiseless []string  // AREA@STEP (units)
}

// Add gathers the patterns of the images that are compared.
func (m *rdm) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	k := slices.IndexFunc(m.areas, func(a *areaRDM) bool { return a.x.of.Area == b.Area })
	if k < 0 {
		g, err := m.grouping(b.Recording)
		if err != nil {
			return err
		}
		a := &areaRDM{x: gather(b.Recording, g, m.Distance == "correlation", 0)}
		k, m.areas = len(m.areas), append(m.areas, a)
		first := m.areas[0].x
		if !slices.Equal(first.of.Steps, b.Steps) || !slices.Equal(first.of.IDs, b.IDs) {
			return fmt.Errorf("analysis: areas %s and %s were recorded at different steps or of different images", first.of.Area, b.Area)
		}
		if k == 0 {
			if m.models, err = modelsOf(m.Models, a.x, m.on.Table); err != nil {
				return err
			}
		}
	}
	if a := m.areas[k]; a.x.add(b) && a.data == nil {
		return m.compare(a)
	}
	return nil
}

// grouping is what has a pattern.
func (m *rdm) grouping(r *Recording) (*grouping, error) {
	var g *grouping
	switch m.By {
	case "image":
		g = groupImages(r, m.on.Anatomy.Classes, m.Images)
	case "class":
		texts := make([]string, len(r.Labels))
		labels := slices.Compact(slices.Sorted(slices.Values(r.Labels)))
		var names []string
		for _, l := range labels {
			if l >= 0 {
				names = append(names, className(l, m.on.Anatomy.Classes))
			}
		}
		for i, l := range r.Labels {
			if l >= 0 {
				texts[i] = className(l, m.on.Anatomy.Classes)
			}
		}
		g = groupNamed(r, "class", texts, names)
	default:
		texts, err := m.on.Table.Column(m.By, r.IDs)
		if err != nil {
			return nil, fmt.Errorf("by: %s; \"image\" and \"class\" would do", unprefixed(err))
		}
		g = groupTexts(r, m.By, texts)
	}
	if len(g.first) < 2 && m.By != "image" {
		return nil, fmt.Errorf("by: found %d patterns by %s, want at least 2", len(g.first), m.By)
	}
	if m.Distance != "crossnobis" {
		return g.merged(), nil
	}
	if g.most < 2 {
		return nil, fmt.Errorf("distance: crossnobis needs images that are shown again with other noise, found one showing of each; record.repeats = 4 with noise in the protocol or in the data set would do, and \"euclidean\" for a network without noise")
	}
	return g, nil
}

// compare makes the matrices of an area and drops its patterns.
func (m *rdm) compare(a *areaRDM) error {
	x, n := a.x, len(a.x.first)
	if m.Distance == "crossnobis" && x.alike() {
		return fmt.Errorf("distance: crossnobis needs noise that differs from repeat to repeat, found %d repeats of %s that are all equal: the network and its stimuli are deterministic; \"euclidean\" would do", x.most, x.of.Area)
	}
	a.data = make([]float64, 0, len(x.of.Steps)*n*n)
	for s, step := range x.of.Steps {
		folds := make([][][]float64, x.most)
		for f := range folds {
			folds[f] = make([][]float64, n)
			for i := range n {
				folds[f][i] = x.at(i, f, s)
			}
		}
		if m.Distance == "crossnobis" {
			units := x.of.Units()
			if m.Noise == "diagonal" {
				var without int
				if folds, without = whiten(folds); without > 0 {
					units -= without
					a.noiseless = append(a.noiseless, fmt.Sprintf("%s@%d (%d of %d)", x.of.Area, step, without, x.dims))
				}
				if x.project != nil {
					units = 0
				}
			}
			a.data = append(a.data, geometry.Crossnobis(folds, units)...)
			continue
		}
		matrix, undefined := geometry.Distance(m.Distance).Matrix(folds[0], x.of.Units())
		if undefined > 0 {
			a.undefined = append(a.undefined, fmt.Sprintf("%s@%d (%d)", x.of.Area, step, undefined))
		}
		a.data = append(a.data, matrix...)
	}
	m.said = append(m.said, x.said()...)
	x.cells = nil
	return nil
}

// Frames returns those that RDM names.
func (m *rdm) Frames() ([]Frame, error) {
	if len(m.areas) == 0 {
		return nil, fmt.Errorf("analysis: dissimilarities of no images")
	}
	for _, a := range m.areas {
		if a.data == nil {
			return nil, fmt.Errorf("analysis: %d images of %s did not come", a.x.remaining, a.x.of.Area)
		}
	}
	f := Frame{Name: "rdm", Title: "Representational dissimilarity"}
	f.Unit, f.Note = m.about()
	area := Axis{Name: "area"}
	var undefined, noiseless []string
	for _, a := range m.areas {
		area.Labels, f.Data = append(area.Labels, a.x.of.Area), append(f.Data, a.data...)
		undefined, noiseless = append(undefined, a.undefined...), append(noiseless, a.noiseless...)
	}
	if undefined != nil && m.Distance == "correlation" {
		f.Note += "; patterns whose units are all equal have no correlation: " + strings.Join(undefined, ", ")
	} else if undefined != nil {
		f.Note += "; patterns that are all 0 have no cosine: " + strings.Join(undefined, ", ")
	}
	if noiseless != nil {
		f.Note += "; units without noise are left out: " + strings.Join(noiseless, ", ")
	}
	slices.Sort(m.said)
	for _, s := range slices.Compact(m.said) {
		f.Note += "; " + s
	}
	x := m.areas[0].x
	f.Axes = []Axis{area, x.of.stepAxis(), x.axis, x.axis}
	frames := []Frame{f, m.overSteps(area)}
	return append(frames, m.againstModels(area)...), nil
}

// about is the unit of distances and what they are.
func (m *rdm) about() (unit, note string) {
	what := fmt.Sprintf("the %ss to two images", m.Signal)
	switch m.By {
	case "image":
	case "class":
		what = fmt.Sprintf("the mean %ss to the images of two classes", m.Signal)
	default:
		what = fmt.Sprintf("the mean %ss to the images of two values of %s", m.Signal, m.By)
	}
	switch m.Distance {
	case "euclidean":
		return "d² / n", fmt.Sprintf("squared difference of %s, mean over units", what)
	case "cosine":
		return "1 − cos", fmt.Sprintf("1 minus the cosine of %s over units", what)
	case "crossnobis":
		by := "units as they are"
		if m.Noise == "diagonal" {
			by = "units divided by the deviation of their noise"
		}
		return "d² / n", fmt.Sprintf("cross-validated squared difference of %s over pairs of %d repeats, mean over units, %s; its expectation for equal patterns is 0", what, m.areas[0].x.most, by)
	}
	return "1 − r", fmt.Sprintf("1 minus Pearson's correlation of %s over units", what)
}
