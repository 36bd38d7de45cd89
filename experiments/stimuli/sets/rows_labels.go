package sets

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/arrays"
)

// label reads the labels, and enters the target of their classes. Labels that are
// whole numbers count the names from 0 or, where the least is 1 and the largest is as
// many as there are names, from 1. Without names the classes are the labels that occur:
// they may have gaps.
func (r *rows) label(names []string) error {
	var with *piece
	for _, p := range r.pieces {
		if p.labels == nil {
			continue
		}
		with = p
		if err := r.fitLabels(p); err != nil {
			return err
		}
	}
	if with == nil {
		return nil
	}
	text := with.labels.Text()
	for _, p := range r.pieces {
		switch {
		case p.labels == nil:
			return p.fault("found no labels beside it, there are some elsewhere, in %s", with.name)
		case p.labels.Text() != text:
			return p.labels.Fault("found labels of type %q, those before have type %q", p.labels.Type, with.labels.Type)
		}
	}
	if text {
		return r.textLabels(names)
	}
	return r.numberLabels(names)
}

// fitLabels reports labels that are not one an image, or one a frame.
func (r *rows) fitLabels(p *piece) error {
	s := p.labels.Shape
	n, k := p.labels.Rows(), p.labels.Each()
	switch {
	case len(s) == 0 || n != p.images.Rows():
		return p.labels.Fault("found labels of %v, want one for each of %d images", s, p.images.Rows())
	case k == 1 || len(s) == 2 && k == r.about.Frames:
		return nil
	}
	more := "; argmax(axis=1) makes one of columns of 0 and 1"
	if r.about.Frames > 1 {
		more = fmt.Sprintf(", or one for each of %d frames", r.about.Frames)
	}
	return p.labels.Fault("found labels of %v, want one an image%s", s, more)
}

// enter makes the target of classes.
func (r *rows) enter(classes []string) error {
	if n := len(classes); n > stimuli.MostClasses {
		return r.pieces[0].labels.Fault("found %d classes, want %d at most", n, stimuli.MostClasses)
	}
	r.about.Targets = append(r.about.Targets, stimuli.Labels(classes, 1))
	return nil
}

// textLabels takes labels that are names of classes.
func (r *rows) textLabels(names []string) error {
	all := make([][]string, len(r.pieces))
	seen := map[string]bool{}
	for i, p := range r.pieces {
		var err error
		if all[i], err = p.labels.Texts(); err != nil {
			return err
		}
		for k, l := range all[i] {
			if l = strings.TrimSpace(l); l == "" {
				return p.labels.Fault("element %d: found a label without text, want a class for each; images without labels can be recorded, from a file without the array", k)
			}
			all[i][k] = l
			seen[l] = true
		}
	}
	classes := slices.Sorted(maps.Keys(seen))
	if len(names) > 0 {
		for _, c := range classes {
			if !slices.Contains(names, c) {
				i := slices.IndexFunc(all, func(labels []string) bool { return slices.Contains(labels, c) })
				return r.pieces[i].labels.Fault("found label %q, which is none of the classes %q", c, names)
			}
		}
		classes = slices.Clone(names)
	}
	index := map[string]uint16{}
	for k, c := range classes[:min(len(classes), stimuli.MostClasses)] {
		index[c] = uint16(k)
	}
	for i, p := range r.pieces {
		for _, l := range all[i] {
			p.class = append(p.class, index[l])
		}
	}
	return r.enter(classes)
}

// numberLabels takes labels that are whole numbers.
func (r *rows) numberLabels(names []string) error {
	all := make([][]int64, len(r.pieces))
	seen := map[int64]bool{}
	for i, p := range r.pieces {
		var err error
		if all[i], err = p.labels.Int64s(); err != nil {
			return err
		}
		for _, l := range all[i] {
			seen[l] = true
		}
	}
	values := slices.Sorted(maps.Keys(seen))
	if len(values) == 0 {
		return r.enter(slices.Clone(names))
	}
	classes, index := slices.Clone(names), map[int64]uint16{}
	lo, hi := values[0], values[len(values)-1]
	switch n := int64(len(names)); {
	case n == 0:
		for k, v := range values[:min(len(values), stimuli.MostClasses)] {
			index[v] = uint16(k)
		}
		for _, v := range values {
			classes = append(classes, strconv.FormatInt(v, 10))
		}
	case lo >= 0 && hi < n, lo == 1 && hi == n:
		start := int64(0)
		if hi == n {
			start = 1
		}
		for _, v := range values {
			index[v] = uint16(v - start)
		}
	default:
		wrong := hi
		if lo < 0 {
			wrong = lo
		}
		i := slices.IndexFunc(all, func(labels []int64) bool { return slices.Contains(labels, wrong) })
		return r.pieces[i].labels.Fault("found label %d, and %d names of classes; want labels 0..%d, or 1..%d", wrong, n, n-1, n)
	}
	for i, p := range r.pieces {
		for _, l := range all[i] {
			p.class = append(p.class, index[l])
		}
	}
	return r.enter(classes)
}

// splitOf reads a column that says which split an image belongs to: its name, or 0, 1, 2.
func splitOf(a *arrays.Array, images int) ([]stimuli.Split, error) {
	if a.Rows() != images || a.Each() != 1 {
		return nil, a.Fault("found shape %v, want one split for each of %d images", a.Shape, images)
	}
	texts, err := a.Texts()
	if err != nil {
		return nil, err
	}
	list := make([]stimuli.Split, len(texts))
	for i, t := range texts {
		s, ok := stimuli.SplitOf(t)
		if k := slices.Index([]string{"0", "1", "2"}, t); k >= 0 {
			s, ok = stimuli.Split(k), true
		}
		if !ok {
			return nil, a.Fault("image %d: found %q, want train, validation or test, or 0, 1, 2", i, t)
		}
		list[i] = s
	}
	return list, nil
}

// cuts says how images are divided that no file puts in a split.
type cuts struct {
	validation, test float64 // as stimuli.Amount has it; of training images
	train            int     // of those left; 0 for all
	first            int     // test images used, the first of those that files put in that split; 0 for all
}

// divide puts the images that are used into splits: given is the split of each image of
// each piece.
func (r *rows) divide(seed uint64, given [][]stimuli.Split, which *choice, c cuts) error {
	var order [stimuli.Splits][]place
	n := 0
	for k, list := range given {
		for i, s := range list {
			order[s] = append(order[s], place{int32(k), int32(i)})
		}
		n += len(list)
	}
	if err := r.choose(which, &order); err != nil {
		return err
	}
	if test := &order[stimuli.Test]; c.first > len(*test) {
		return fmt.Errorf("test: found %d, there are %d test images", c.first, len(*test))
	} else if c.first > 0 {
		*test = (*test)[:c.first]
	}
	var err error
	r.order, err = c.divide(seed, order)
	for s := range r.order {
		r.about.Images[s] = len(r.order[s])
	}
	r.about.Held += int64(10 * n)
	return err
}

// choose leaves the images that are used in their order, and gives classes their numbers.
// A clip with a label for each frame is used where all are of classes that are used, and
// counts for that of the first.
func (r *rows) choose(which *choice, order *[stimuli.Splits][]place) error {
	names, numbers, err := which.among(r.about.Label().Classes)
	if err != nil || !which.some() {
		return err
	}
	class := func(at place) int {
		p := r.pieces[at.piece]
		each := len(p.class) / max(p.images.Rows(), 1)
		if each == 0 {
			return 0 // no labels
		}
		list := p.class[int(at.row)*each:][:each]
		if slices.ContainsFunc(list, func(k uint16) bool { return numbers[k] < 0 }) {
			return -1
		}
		return numbers[list[0]]
	}
	for s := range order {
		order[s] = chosen(which, order[s], class)
	}
	for _, p := range r.pieces {
		for i, k := range p.class {
			p.class[i] = uint16(max(numbers[k], 0)) // of an image that is not used, any
		}
	}
	for i := range r.about.Targets {
		if r.about.Targets[i].Name == stimuli.Label {
			r.about.Targets[i] = stimuli.Labels(names, 1)
		}
	}
	return nil
}

// divide cuts validation and test images, where there are none, from the training images.
func (c cuts) divide(seed uint64, order [stimuli.Splits][]place) ([stimuli.Splits][]place, error) {
	train := order[stimuli.Train]
	sizes, splits := []int{}, []stimuli.Split{}
	left := len(train)
	for _, x := range []struct {
		key   string
		found float64
		split stimuli.Split
	}{{"validation", c.validation, stimuli.Validation}, {"test", c.test, stimuli.Test}} {
		if len(order[x.split]) > 0 {
			continue
		}
		n, err := stimuli.Amount(x.key, x.found, len(train))
		if err != nil {
			return order, err
		}
		if n >= left && n > 0 {
			return order, fmt.Errorf("%s: found %v, which leaves none of %d images for training", x.key, x.found, len(train))
		}
		sizes, splits, left = append(sizes, n), append(splits, x.split), left-n
	}
	if c.train > left {
		return order, fmt.Errorf("train: found %d, there are %d training images", c.train, left)
	}
	if c.train > 0 {
		left = c.train
	}
	for i, part := range stimuli.Cut(seed, len(train), append(sizes, left)...) {
		places := make([]place, len(part))
		for j, k := range part {
			places[j] = train[k]
		}
		order[append(splits, stimuli.Train)[i]] = places
	}
	return order, nil
}
