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
// It holds the patterns of one area at all steps in memory.
type RDM struct {
	Distance string `toml:"distance" oneof:"correlation euclidean" doc:"1 - r over units, or the mean squared difference of units"`
	Signal   string `toml:"signal" oneof:"response state preactivation" doc:"what of the areas is compared"`
	Images   int    `toml:"images" min:"2" max:"1000" doc:"images at most, as many of each class; they are sorted by class"`
}

var _ Settings = (*RDM)(nil)

// Needs is the signal.
func (s *RDM) Needs() []Need { return []Need{SignalOf(s.Signal)} }

// Start implements Settings.
func (s *RDM) Start(on Subject) Analysis { return &rdm{RDM: *s, classes: on.Anatomy.Classes} }

// rdm has the matrices of the areas before, and the patterns of one.
type rdm struct {
	RDM
	classes  []string
	of       *Recording
	places   []int       // of the images
	patterns [][]float32 // of each image, [step, unit]
	areas    []string
	data     []float64
	constant []string // AREA@STEP (images)
}

// Add keeps the patterns of the images that are compared.
func (m *rdm) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if m.of == nil || m.of.Area != b.Area {
		m.finish()
		if m.of != nil && !(slices.Equal(m.of.Steps, b.Steps) && slices.Equal(m.of.IDs, b.IDs)) {
			return fmt.Errorf("analysis: areas %s and %s were recorded at different steps or of different images", m.of.Area, b.Area)
		}
		m.of, m.areas = b.Recording, append(m.areas, b.Area)
		m.places = balanced(b.Labels, m.Images)
		m.patterns = make([][]float32, len(m.places))
	}
	each := b.PerImage()
	for i, place := range m.places {
		if k := place - b.First; k >= 0 && k < b.Images() {
			m.patterns[i] = slices.Clone(b.Data[k*each : (k+1)*each])
		}
	}
	return nil
}

// finish compares the patterns of an area.
func (m *rdm) finish() {
	if m.patterns == nil {
		return
	}
	n, units := len(m.places), m.of.Units()
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, units)
	}
	for s, step := range m.of.Steps {
		constant := 0
		for i, row := range rows {
			pattern := m.patterns[i][s*units : (s+1)*units]
			for u, v := range pattern {
				row[u] = float64(v)
			}
			if m.Distance == "correlation" && standardise(row) {
				constant++
			}
		}
		if constant > 0 {
			m.constant = append(m.constant, fmt.Sprintf("%s@%d (%d)", m.of.Area, step, constant))
		}
		m.data = append(m.data, m.distances(rows)...)
	}
	m.patterns = nil
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
	if m.of == nil {
		return nil, fmt.Errorf("analysis: dissimilarities of no images")
	}
	m.finish()
	image := Axis{Name: "image"}
	for _, i := range m.places {
		class := "no class"
		if l := m.of.Labels[i]; l >= 0 {
			if class = strconv.Itoa(l); l < len(m.classes) {
				class = m.classes[l]
			}
		}
		image.Values, image.Groups = append(image.Values, float64(m.of.IDs[i])), append(image.Groups, class)
	}
	f := Frame{Name: "rdm", Title: "Representational dissimilarity", Unit: "1 − r", Data: m.data,
		Note: fmt.Sprintf("1 minus Pearson's correlation of the %ss to two images over units", m.Signal),
		Axes: []Axis{{Name: "area", Labels: m.areas}, m.of.stepAxis(), image, image}}
	if m.Distance == "euclidean" {
		f.Unit, f.Note = "mean squared difference", fmt.Sprintf("squared difference of the %ss to two images, mean over units", m.Signal)
	}
	if m.constant != nil {
		f.Note += "; patterns whose units are all equal have no correlation: " + strings.Join(m.constant, ", ")
	}
	return []Frame{f}, nil
}
