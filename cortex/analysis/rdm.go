package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/recording"
)

var rdmKind = Kind{
	Name:   "rdm",
	About:  "representational dissimilarity between images, by area and step",
	Source: "Kriegeskorte, Mur and Bandettini 2008; numbers as rsatoolbox.rdm.calc_rdm gives them",
	New:    func() Settings { return &RDM{Distance: "correlation", Signal: recording.Response, Images: 50} },
}

// RDM gives the frame "rdm" [area, step, image, image], how dissimilar the
// patterns x, y of two images over the n units of an area are:
//
//	correlation  1 - Σ (x-x̄)(y-ȳ) / √(Σ (x-x̄)² · Σ (y-ȳ)²)
//	euclidean    Σ (x-y)² / n, as rsatoolbox calls it, without a root
//
// The images are as many of each class as can be, the first ones, sorted by
// class. A pattern of which any unit is not a finite number, such as one before
// onset, has no distance, nor has one whose units are all equal a correlation:
// its row and column are NaN, the diagonal, too. The note counts the latter, by
// area and step.
//
// It holds the patterns of an area at all steps in memory until it has all.
type RDM struct {
	Distance string `toml:"distance" oneof:"correlation euclidean" doc:"1 - r over units, or the mean squared difference of units"`
	Signal   string `toml:"signal" doc:"signal that is compared"`
	Images   int    `toml:"images" min:"2" max:"1000" doc:"images at most, as many of each class; they are sorted by class"`
}

var _ Settings = (*RDM)(nil)

// Needs is the signal.
func (s *RDM) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *RDM) Start(on Subject) Analysis { return &rdm{RDM: *s, classes: on.Anatomy.Classes} }

// rdm has the matrices of every area.
type rdm struct {
	RDM
	classes []string
	areas   []*areaRDM
}

// areaRDM has the patterns of an area until all are there, then its matrices.
type areaRDM struct {
	of       *Recording
	places   []int       // of the images that are compared
	patterns [][]float32 // of each, [step, unit]
	missing  int         // patterns that are still to come
	data     []float64   // [step, image, image]
	constant []string    // AREA@STEP (images)
}

// Add keeps the patterns of the images that are compared.
func (m *rdm) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	k := slices.IndexFunc(m.areas, func(a *areaRDM) bool { return a.of.Area == b.Area })
	if k < 0 {
		places := balanced(b.Labels, m.Images)
		k = len(m.areas)
		m.areas = append(m.areas, &areaRDM{of: b.Recording, places: places, patterns: make([][]float32, len(places)), missing: len(places)})
		if first := m.areas[0].of; !slices.Equal(first.Steps, b.Steps) || !slices.Equal(first.IDs, b.IDs) {
			return fmt.Errorf("analysis: areas %s and %s were recorded at different steps or of different images", first.Area, b.Area)
		}
	}
	a, each := m.areas[k], b.PerImage()
	for i, place := range a.places {
		if k := place - b.First; k >= 0 && k < b.Images() {
			a.patterns[i] = slices.Clone(b.Data[k*each : (k+1)*each])
			a.missing--
		}
	}
	if a.missing == 0 && a.patterns != nil {
		m.compare(a)
	}
	return nil
}

// compare makes the matrices of an area and drops its patterns.
func (m *rdm) compare(a *areaRDM) {
	units := a.of.Units()
	rows := make([][]float64, len(a.places))
	for i := range rows {
		rows[i] = make([]float64, units)
	}
	for s, step := range a.of.Steps {
		constant := 0
		for i, row := range rows {
			for u, v := range a.patterns[i][s*units : (s+1)*units] {
				row[u] = float64(v)
			}
			if m.Distance == "correlation" && standardise(row) {
				constant++
			}
		}
		if constant > 0 {
			a.constant = append(a.constant, fmt.Sprintf("%s@%d (%d)", a.of.Area, step, constant))
		}
		a.data = append(a.data, m.distances(rows)...)
	}
	a.patterns = nil
}

// standardise takes the mean of a pattern away and scales it to the length 1.
// Where all units are equal it becomes NaN, and constant is true.
func standardise(row []float64) (constant bool) {
	sum, equal := 0.0, true
	for _, v := range row {
		sum += v
		equal = equal && v == row[0]
	}
	mean, length := sum/float64(len(row)), 0.0
	for i, v := range row {
		row[i] = v - mean
		length += row[i] * row[i]
	}
	length = math.Sqrt(length)
	if equal {
		length = math.NaN()
	}
	for i := range row {
		row[i] /= length
	}
	return equal
}

// distances returns the matrix of rows; of correlation they are standardised.
func (m *rdm) distances(rows [][]float64) []float64 {
	n := len(rows)
	d := make([]float64, n*n)
	for i, x := range rows {
		for j, y := range rows[:i+1] {
			sum := 0.0
			if m.Distance == "correlation" {
				for u, v := range x {
					sum += v * y[u]
				}
				sum = 1 - sum
				if i == j && !math.IsNaN(sum) {
					sum = 0 // but for rounding
				}
			} else {
				for u, v := range x {
					sum += (v - y[u]) * (v - y[u])
				}
				sum /= float64(len(x))
			}
			if math.IsInf(sum, 0) {
				sum = math.NaN()
			}
			d[i*n+j], d[j*n+i] = sum, sum
		}
	}
	return d
}

// Frames returns "rdm".
func (m *rdm) Frames() ([]Frame, error) {
	if len(m.areas) == 0 {
		return nil, fmt.Errorf("analysis: dissimilarities of no images")
	}
	first := m.areas[0]
	f := Frame{Name: "rdm", Title: "Representational dissimilarity", Unit: "1 − r",
		Note: fmt.Sprintf("1 minus Pearson's correlation of the %ss to two images over units", m.Signal)}
	if m.Distance == "euclidean" {
		f.Unit, f.Note = "d² / n", fmt.Sprintf("squared difference of the %ss to two images, mean over units", m.Signal)
	}
	area, constant := Axis{Name: "area"}, []string(nil)
	for _, a := range m.areas {
		if a.missing > 0 {
			return nil, fmt.Errorf("analysis: %d images of %s did not come", a.missing, a.of.Area)
		}
		area.Labels, f.Data, constant = append(area.Labels, a.of.Area), append(f.Data, a.data...), append(constant, a.constant...)
	}
	if constant != nil {
		f.Note += "; patterns whose units are all equal have no correlation: " + strings.Join(constant, ", ")
	}
	image := m.imageAxis(first)
	f.Axes = []Axis{area, first.of.stepAxis(), image, image}
	return []Frame{f}, nil
}

// imageAxis has the images that are compared, and their classes.
func (m *rdm) imageAxis(a *areaRDM) Axis {
	image := Axis{Name: "image"}
	for _, i := range a.places {
		class := "no class"
		if l := a.of.Labels[i]; l >= 0 {
			if class = strconv.Itoa(l); l < len(m.classes) {
				class = m.classes[l]
			}
		}
		image.Values, image.Groups = append(image.Values, float64(a.of.IDs[i])), append(image.Groups, class)
	}
	return image
}
