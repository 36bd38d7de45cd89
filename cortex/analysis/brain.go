package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ventral/cortex/analysis/brain"
	"ventral/cortex/analysis/geometry"
	"ventral/cortex/recording"
)

var brainKind = Kind{
	Name:   "brain",
	About:  "similarity to data of a brain by time: dissimilarities of images by RSA, or responses by ridge or PLS; ceilings, step against ms, lags",
	Source: "Kriegeskorte, Mur and Bandettini 2008 and the ceiling of Nili et al. 2014; predictivity as in Brain-Score (Schrimpf et al. 2018); numbers as rsatoolbox and scikit-learn give them",
	New: func() Settings {
		return &Brain{File: "brain.npz", IDColumn: "image_id", Signal: recording.Response, Distance: "correlation", Compare: "spearman", Mapping: "ridge", Components: 25, Splits: 10, Project: 512, Normalise: "none", Draws: 500, Seed: 1}
	},
}

// Brain compares with an npz file of one of two layouts, see [brain.File]:
// rdm [subject, time, pair], or x [image, repeat, unit, time], with id and time.
//
// Of dissimilarities, the similarity at an area, a step and a time is that of the area's
// matrix to each subject's, see [geometry.Measure], mean over subjects. Of responses it is
// predictivity: units are predicted from the area, fitted to random 90 % of the images and
// tested on the others; Pearson's r over these, mean over Splits, median over units. Each
// time has a fit of its own.
//
//   - "brain similarity" [area, step, time, statistic]: with 95 % percentile intervals over
//     images, and subjects, that are drawn again, p and ceilings
//   - "brain map" [area, step, time], the same, and "brain map p"
//   - "brain similarity over ceiling", where Normalise asks for it
//   - "best step" [area, time, statistic], the step that is most similar at a time
//   - "best area" [area, time, statistic], the share of draws in which an area is
//   - "best similarity" [time, statistic], of the best area and step, chosen on half of the
//     images and scored on the rest
//   - "lag" in ms a step and "offset" in ms of step 0 [area, statistic]: the line time =
//     offset + lag·step along which the mean similarity is largest on half of the images,
//     from the first step with numbers to the last, all within the times of the file
//   - "similarity at the lag" [area, statistic], on the rest of the images
//
// p is by permutation of images, the same at all areas, steps and times, one-sided,
// corrected by the largest similarity over all of them; of responses, of a fit to half of
// the images that is tested on the rest, whose images are permuted.
type Brain struct {
	File       string `toml:"file" doc:"npz with rdm [subject, time, pair] or x [image, repeat, unit, time], and id and time in ms"`
	IDColumn   string `toml:"id_column" doc:"what id has: image_id, or a column of the data set"`
	Signal     string `toml:"signal" doc:"signal that is compared"`
	Distance   string `toml:"distance" oneof:"correlation euclidean cosine" doc:"of dissimilarities: between patterns of an area"`
	Compare    string `toml:"compare" oneof:"spearman pearson cosine" doc:"of dissimilarities: how matrices are compared"`
	Mapping    string `toml:"mapping" oneof:"ridge pls" doc:"of responses: how they are predicted"`
	Components int    `toml:"components" min:"1" max:"200" doc:"of pls"`
	Splits     int    `toml:"splits" min:"1" max:"100" doc:"of responses: random divisions into 90 % for fits and 10 % for tests"`
	Project    int    `toml:"project" min:"16" max:"4096" doc:"of responses: random projections of an area that has more units"`
	Images     int    `toml:"images" min:"0" max:"5000" doc:"images at most, as many of each class; 0: as many as fit the memory"`
	Normalise  string `toml:"normalise" oneof:"none r/ceiling r2/ceiling" doc:"a frame more: similarity over the ceiling, or its square; see docs/analyses.md"`
	Draws      int    `toml:"draws" min:"0" max:"100000" doc:"draws of images and subjects for intervals, and permutations for p"`
	Seed       int    `toml:"seed" min:"0" doc:"determines draws, permutations, halves and splits"`
}

var _ Settings = (*Brain)(nil)

// Needs is the signal.
func (s *Brain) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *Brain) Start(on Subject) Analysis { return &brains{Brain: *s, on: on} }

// brains has what was measured, and scores area by area.
type brains struct {
	Brain
	on     Subject
	file   *brain.File
	joined *brain.Joined
	ids    []int // of the images that are compared
	half   []float64
	data   brainScorer
	areas  []*brainArea
	said   []string
}

// brainArea has the patterns of an area until they are scored.
type brainArea struct {
	x    *gathered
	done bool
}

// brainScorer compares the patterns of areas with data.
type brainScorer interface {
	// area takes the patterns of an area, whose images are in the order of the data.
	area(x *gathered) error

	// scores gives all numbers, after the last area.
	scores() *brainScores
}

// Add gathers the patterns of images that are in the file, and scores each area once they
// are all there.
func (m *brains) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if m.data == nil {
		if err := m.begin(b.Recording); err != nil {
			return err
		}
	}
	k := slices.IndexFunc(m.areas, func(a *brainArea) bool { return a.x.of.Area == b.Area })
	if k < 0 {
		g, most := groupIDs(b.Recording, m.ids).merged(), 0
		if slices.Contains(g.first, -1) || len(m.areas) > 0 && !slices.Equal(m.areas[0].x.of.Steps, b.Steps) {
			return fmt.Errorf("analysis: areas %s and %s were recorded at different steps or of different images", m.areas[0].x.of.Area, b.Area)
		}
		if m.file.Name == "x" {
			most = m.Project
		}
		k, m.areas = len(m.areas), append(m.areas, &brainArea{x: gather(b.Recording, g, m.file.Name == "rdm" && m.Distance == "correlation", most)})
	}
	a := m.areas[k]
	if !a.x.add(b) || a.done {
		return nil
	}
	a.done = true
	err := m.data.area(a.x)
	a.x.cells = nil
	m.said = append(m.said, a.x.said()...)
	return err
}

// Least numbers of images: of dissimilarities six pairs in each half, of responses three
// images in each test.
const (
	leastRDM       = 8
	leastResponses = 30
)

// begin reads the file, as far as images are in the recording.
func (m *brains) begin(r *Recording) error {
	file, size, err := m.on.Open(m.File)
	if err != nil {
		return fmt.Errorf("file: found no file %q: %w", m.File, err)
	}
	defer file.Close()
	if m.file, err = brain.Open(file, size, m.File); err != nil {
		return err
	}
	var ids, labels []int
	seen := map[int]bool{}
	for i, id := range r.IDs {
		if !seen[id] {
			seen[id] = true
			ids, labels = append(ids, id), append(labels, r.Labels[i])
		}
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.Itoa(id)
	}
	if m.IDColumn != "image_id" {
		if texts, err = m.on.Table.Column(m.IDColumn, ids); err != nil {
			return fmt.Errorf("id_column: %s; \"image_id\" would do for numbers", unprefixed(err))
		}
	}
	least := leastRDM
	if m.file.Name == "x" {
		least = leastResponses
	}
	if m.joined, err = m.file.Join(texts, m.IDColumn, least); err != nil {
		return err
	}
	joinedLabels := make([]int, len(m.joined.Recording))
	for k, i := range m.joined.Recording {
		joinedLabels[k] = labels[i]
	}
	most, err := m.most(len(m.joined.File), len(r.Steps)*max(1, len(m.on.Areas)))
	if err != nil {
		return err
	}
	var places []int // in the file
	for _, k := range balanced(joinedLabels, max(least, most)) {
		places, m.ids = append(places, m.joined.File[k]), append(m.ids, ids[m.joined.Recording[k]])
	}
	m.half = halfOf(len(m.ids), uint64(m.Seed))
	if m.file.Name == "rdm" {
		m.data, err = newRDMScorer(m, places)
	} else {
		m.data, err = newResponseScorer(m, places)
	}
	return err
}

// brainNumbers bounds the numbers of pairs, or of responses, that are held.
const brainNumbers = 16 << 20

// most is how many images are compared.
func (m *brains) most(joined, cells int) (int, error) {
	fit := 0
	if m.file.Name == "rdm" {
		vectors := m.file.Subjects()*len(m.file.Times) + cells
		fit = int(math.Sqrt(2 * brainNumbers / float64(vectors)))
		fit = min(fit, mostPatterns)
	} else {
		fit = min(brainNumbers/(m.file.Shape[2]*m.file.Shape[3]), 5000)
	}
	if want := min(m.Images, joined); want > fit {
		return 0, fmt.Errorf("images: found %d, want at most %d for the subjects, units and times of %q; fewer times would do, too", m.Images, fit, m.File)
	} else if want > 0 {
		return want, nil
	}
	return min(fit, joined), nil
}

// halfOf is 1 for a random half of n images, rounded down, on which choices are made.
func halfOf(n int, seed uint64) []float64 {
	half := make([]float64, n)
	for _, i := range shuffledPlaces(seed, 1<<40, n)[:n/2] {
		half[i] = 1
	}
	return half
}

// Frames returns those that Brain names.
func (m *brains) Frames() ([]Frame, error) {
	if m.data == nil {
		return nil, fmt.Errorf("analysis: brain of no images")
	}
	var names []string
	for _, a := range m.areas {
		if !a.done {
			return nil, fmt.Errorf("analysis: %d images of %s did not come", a.x.remaining, a.x.of.Area)
		}
		names = append(names, a.x.of.Area)
	}
	s := m.data.scores()
	s.Brain, s.areas, s.steps, s.times, s.images = m.Brain, names, m.areas[0].x.of.Steps, m.file.Times, len(m.ids)
	s.joined = m.joined.String()
	if n := len(m.joined.File); len(m.ids) < n {
		s.joined += fmt.Sprintf(", of which %d are compared, as many of each class", len(m.ids))
	}
	slices.Sort(m.said)
	for _, x := range slices.Compact(m.said) {
		s.joined += "; " + x
	}
	return s.frames(), nil
}

// measured is the measure of dissimilarities.
func (m *brains) measured() geometry.Measure { return geometry.Measure(m.Compare) }
