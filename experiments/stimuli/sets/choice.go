package sets

import (
	"fmt"
	"slices"

	"ventral/experiments/stimuli"
)

// choice says which images are used of those in the files, before any are cut off for
// validation or the test. It is part of the settings of every kind of files with labels.
type choice struct {
	Limit   int      `toml:"limit" min:"0" max:"100000000" doc:"images used of each class, the first in the files of each split; 0 for all"`
	Classes []string `toml:"classes" doc:"names of the classes that are used, in their order; all by default"`
}

// some reports whether not all images are used.
func (c *choice) some() bool { return c.Limit > 0 || len(c.Classes) > 0 }

// check reports the first setting that is out of its range.
func (c *choice) check() error { return stimuli.Within("limit", c.Limit, 0, 100_000_000) }

// among returns the names of the classes that are used, and for each of all the number
// that it has then, -1 where it is not used.
func (c *choice) among(all []string) (names []string, numbers []int, err error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	numbers = make([]int, len(all))
	if len(c.Classes) == 0 {
		for k := range all {
			numbers[k] = k
		}
		return all, numbers, nil
	}
	for k := range numbers {
		numbers[k] = -1
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("classes: found %q, and images without labels", c.Classes)
	}
	if err := stimuli.ChosenClasses(c.Classes, all); err != nil {
		return nil, nil, err
	}
	for i, name := range c.Classes {
		numbers[slices.Index(all, name)] = i
	}
	if len(c.Classes) < 2 {
		return nil, nil, fmt.Errorf("classes: found the one class %q, want two or more", c.Classes[0])
	}
	return slices.Clone(c.Classes), numbers, nil
}

// distinct reports names of classes of which one is empty or stands twice.
func distinct(names []string) error {
	for i, c := range names {
		if c == "" || slices.Contains(names[:i], c) {
			return fmt.Errorf("class_names: found %q as name %d, which is empty or stands before, want another name for each class", c, i)
		}
	}
	return nil
}

// chosen returns those of a split's images that are used. Class is the number of an
// image's class by [choice.among], -1 of one that is not used.
func chosen[T any](c *choice, images []T, class func(T) int) []T {
	if !c.some() {
		return images
	}
	seen := map[int]int{}
	var list []T
	for _, image := range images {
		k := class(image)
		if k < 0 || c.Limit > 0 && seen[k] == c.Limit {
			continue
		}
		seen[k]++
		list = append(list, image)
	}
	return list
}

// balanced returns how many of a file's images are used, which has as many of each of
// so many classes.
func (c *choice) balanced(all, classes int) int {
	if !c.some() {
		return all
	}
	each, used := all/classes, classes
	if c.Limit > 0 {
		each = min(each, c.Limit)
	}
	if len(c.Classes) > 0 {
		used = len(c.Classes)
	}
	return each * used
}

// parts says which images of the files are in which split: of the first, as many as train says, some
// for validation and some to learn from, and of the others the first for the test.
// Numbers are those of the classes, by label. For one seed the validation images do not
// depend on how many are learnt from.
func (c *choice) parts(seed uint64, labels []uint16, train int, numbers []int, images [stimuli.Splits]int) (p [stimuli.Splits][]int32, err error) {
	all := stimuli.Indices(len(labels))
	class := func(i int32) int { return numbers[labels[i]] }
	first, others := chosen(c, all[:train], class), chosen(c, all[train:], class)
	if need := images[stimuli.Train] + images[stimuli.Validation]; len(first) < need || len(others) < images[stimuli.Test] {
		return p, fmt.Errorf("limit: found %d and %d images of the classes that are used, want %d and %d: the files have not as many of each class", len(first), len(others), need, images[stimuli.Test])
	}
	cut := stimuli.Cut(seed, len(first), images[stimuli.Validation], images[stimuli.Train])
	for k, s := range []stimuli.Split{stimuli.Validation, stimuli.Train} {
		for _, i := range cut[k] {
			p[s] = append(p[s], first[i])
		}
	}
	p[stimuli.Test] = others[:images[stimuli.Test]]
	return p, nil
}

// renumbered returns labels by the numbers of their classes.
func renumbered(labels []uint16, numbers []int) []uint16 {
	list := make([]uint16, len(labels))
	for i, k := range labels {
		list[i] = uint16(max(numbers[k], 0)) // of an image that is not used, any
	}
	return list
}
