package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/analysis/linear"
)

// decoding is the keys that kinds with linear decoders have in common.
type decoding struct {
	signal, label, as, group, decoder          string
	penalties                                  []float64
	folds, project, images, permutations, seed int
}

// check reports keys that contradict each other.
func (d *decoding) check() error {
	if len(d.penalties) == 0 {
		return fmt.Errorf("analysis: penalties: found none, want at least one, such as [0.01, 1]")
	}
	for _, p := range d.penalties {
		if !(p > 0) || math.IsInf(p, 0) {
			return fmt.Errorf("analysis: penalties: found %v, want numbers above 0", p)
		}
	}
	return nil
}

// penalties are those that one is chosen of.
func penalties() []float64 { return []float64{1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000} }

// target is what is decoded of some images of a recording, sorted by fold.
type target struct {
	decoding
	places []int // in the recording, of the images that are decoded
	start  []int // the first of each fold, and their number
	labels linear.Labels
	split  linear.Split
	names  []string // of classes
	from   string   // what is decoded, in words
	scale  float64  // standard deviation of numbers, which Labels has divided by
	groups int      // that folds are made of
}

// newTarget reads labels, chooses images and deals them to folds.
func newTarget(d decoding, r *Recording, table *Table, classes []string) (*target, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	t := &target{decoding: d, scale: 1, from: d.label}
	texts, err := t.texts(r, table, classes)
	if err != nil {
		return nil, err
	}
	var usable []int
	for i, text := range texts {
		if text != "" {
			usable = append(usable, i)
		}
	}
	if len(usable) == 0 {
		return nil, fmt.Errorf("analysis: label: found no image with a %s, want a column of the data set that has values", d.label)
	}
	of := make([]float64, len(r.IDs)) // numbers, or classes as places in names
	numbers := d.as == "numbers" || d.as == "auto" && d.label != "class"
	for _, i := range usable {
		v, err := strconv.ParseFloat(texts[i], 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			if d.as == "numbers" {
				return nil, fmt.Errorf("analysis: label: found %q as %s of image %d, want a number; as = \"classes\" decodes texts", texts[i], d.label, r.IDs[i])
			}
			numbers = false
			break
		}
		of[i] = v
	}
	if !numbers {
		for _, i := range usable {
			t.names = append(t.names, texts[i])
		}
		slices.Sort(t.names)
		t.names = slices.Compact(t.names)
		for _, i := range usable {
			at, _ := slices.BinarySearch(t.names, texts[i])
			of[i] = float64(at)
		}
		if n := len(t.names); n < 2 || n > len(usable)/2 {
			return nil, fmt.Errorf("analysis: label: found %d classes of %s among %d images, want 2 or more with at least 2 images each", n, d.label, len(usable))
		}
	}
	chosen := t.choose(usable, of)
	groups, err := t.groupsOf(r, table)
	if err != nil {
		return nil, err
	}
	return t, t.deal(r, chosen, of, groups)
}

// texts are the labels of images as text, "" where there is none.
func (d *decoding) texts(r *Recording, table *Table, classes []string) ([]string, error) {
	if d.label != "class" {
		texts, err := table.Column(d.label, r.IDs)
		if err != nil {
			return nil, fmt.Errorf("analysis: label: %s", trimmed(err))
		}
		return texts, nil
	}
	texts := make([]string, len(r.IDs))
	for i, l := range r.Labels {
		if l >= 0 {
			texts[i] = fmt.Sprint(l)
			if l < len(classes) {
				texts[i] = classes[l]
			}
		}
	}
	return texts, nil
}

// choose takes at most so many images: as many of each class as can be, or numbers from
// all over the recording.
func (t *target) choose(usable []int, of []float64) []int {
	if t.names == nil {
		n := min(t.images, len(usable))
		list := make([]int, n)
		for k := range list {
			list[k] = usable[k*len(usable)/n]
		}
		return list
	}
	labels := make([]int, len(usable))
	for k, i := range usable {
		labels[k] = int(of[i])
	}
	list := balanced(labels, t.images)
	for k := range list {
		list[k] = usable[list[k]]
	}
	return list
}

// groupsOf are what folds are made of: a column, nil for ids. An image without a value is
// a group of its own.
func (d *decoding) groupsOf(r *Recording, table *Table) ([]string, error) {
	if d.group == "" {
		return nil, nil
	}
	groups, err := table.Column(d.group, r.IDs)
	if err != nil {
		return nil, fmt.Errorf("analysis: group: %s", trimmed(err))
	}
	for i, g := range groups {
		if g == "" {
			groups[i] = fmt.Sprintf("\x00image %d", r.IDs[i])
		}
	}
	return groups, nil
}

// deal deals the images to folds, and sorts them by fold.
func (t *target) deal(r *Recording, chosen []int, of []float64, groups []string) error {
	split := func() {
		var ids []int
		var some []string
		t.labels = linear.Labels{Classes: len(t.names)}
		for _, i := range chosen {
			ids = append(ids, r.IDs[i])
			if groups != nil {
				some = append(some, groups[i])
			}
			if t.names != nil {
				t.labels.Class = append(t.labels.Class, int(of[i]))
			} else {
				t.labels.Number = append(t.labels.Number, of[i])
			}
		}
		t.split = linear.NewSplit(t.labels, ids, some, t.folds, uint64(t.seed))
		t.groups = distinct(ids)
		if groups != nil {
			t.groups = distinct(some)
		}
	}
	if t.names == nil { // of mean 0 and variance 1, as numerics like it
		var m moments
		for _, i := range chosen {
			m.add(of[i])
		}
		t.scale = math.Sqrt(m.variance())
		if !(t.scale > 0) {
			return fmt.Errorf("analysis: label: found one value of %s in all images, want several", t.label)
		}
		for _, i := range chosen {
			of[i] = (of[i] - m.mean) / t.scale
		}
	}
	split()
	if what := "images"; t.groups < t.folds {
		if t.group != "" {
			what = "groups of " + t.group
		}
		return fmt.Errorf("analysis: folds: found %d folds for %d %s, want at most as many", t.folds, t.groups, what)
	}
	fold := t.split.Fold
	order := make([]int, len(chosen))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return fold[a] - fold[b] })
	for k, i := range order {
		for len(t.start) <= fold[i] {
			t.start = append(t.start, k)
		}
		t.places = append(t.places, chosen[i])
	}
	t.start = append(t.start, len(order))
	chosen = t.places
	split() // the same folds: they do not depend on the order of images
	return nil
}

func distinct[T comparable](x []T) int {
	seen := map[T]bool{}
	for _, v := range x {
		seen[v] = true
	}
	return len(seen)
}

// chance is the share of the largest class; 0 of numbers.
func (t *target) chance() float64 {
	count, most := make([]int, len(t.names)), 0
	for _, c := range t.labels.Class {
		count[c]++
		most = max(most, count[c])
	}
	return float64(most) / float64(len(t.places))
}

// fit fits the decoder.
func (t *target) fit(d linear.Data) linear.Fit {
	if t.decoder == "logistic" {
		return linear.Logistic(d, t.labels, t.penalties)
	}
	return linear.Ridge(d, t.labels, t.penalties)
}

// note says what was decoded and how it was tested.
func (t *target) note() string {
	of := "ids"
	if t.group != "" {
		of = "groups of " + t.group
	}
	what := fmt.Sprintf("%d classes of %s", len(t.names), t.from)
	if t.from == "class" {
		what = fmt.Sprintf("%d classes", len(t.names))
	}
	if t.names == nil {
		what = t.from
	}
	return fmt.Sprintf("%s decoder of %s, %d images in %d folds of %s", t.decoder, what, len(t.places), t.folds, of)
}

// exchanged says how labels are exchanged.
func (t *target) exchanged() string {
	how := "over images"
	switch {
	case t.split.Within:
		how = "within groups of " + t.group
		if t.group == "" {
			how = "between showings of an image"
		}
	case t.group != "":
		how = "over groups of " + t.group
	}
	return fmt.Sprintf("%d exchanges of labels %s, the same at all steps", t.permutations, how)
}

// trimmed is an error's text without the room.
func trimmed(err error) string { return strings.TrimPrefix(err.Error(), "analysis: ") }
