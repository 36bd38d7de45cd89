package protocol

import (
	"fmt"
	"slices"
	"sync"

	"ventral/experiments/stimuli"
)

// firstMask is the number in a trial of the image that masks as the first item.
const firstMask = 100

// other is the number in a trial of the image that masks or hides as an item, at a step
// where that is fresh; no two of them are the same.
func other(item, step int) int {
	if item < firstMask {
		return firstMask*(2+step) + item
	}
	const steps = 4096 // more than a trial has
	return firstMask*steps + (item-firstMask+1)*steps + step + 1
}

// index returns which image of the split is the k-th of a trial. Images of a trial are
// each of another class than those before it, and the same in every stream; an image that
// masks or hides is of another class than the image of the trial. Where the split has no
// such class, it is another image of it.
func (l *Loader) index(t trial, k int) (int, error) {
	if k == 0 {
		return t.image, nil
	}
	list, err := l.classes.read()
	if err != nil {
		return 0, err
	}
	before := []int{t.image}
	if k < firstMask {
		t.input = ""
		for j := 1; j < k; j++ {
			i, err := partner(t, j, list, before)
			if err != nil {
				return 0, err
			}
			before = append(before, i)
		}
	}
	return partner(t, k, list, before)
}

// partner draws an image that is not among others, and of no class of theirs as far as
// there is one. The classes are those of the split, -1 where an image has none.
func partner(t trial, k int, classes, others []int) (int, error) {
	another := func(i int) bool { return !slices.Contains(others, i) }
	fits := func(i int) bool {
		return another(i) && !slices.ContainsFunc(others, func(j int) bool { return classes[i] >= 0 && classes[i] == classes[j] })
	}
	s := t.stream(drawPartner, k, -1)
	const tries = 1000
	for range tries {
		if i := s.Below(len(classes)); fits(i) {
			return i, nil
		}
	}
	for _, will := range []func(int) bool{fits, another} {
		var list []int
		for i := range classes {
			if will(i) {
				list = append(list, i)
			}
		}
		if len(list) > 0 {
			return list[s.Below(len(list))], nil
		}
	}
	return 0, fmt.Errorf("the protocol shows %d images of a trial, and the %v split has %d; want more", len(others)+1, t.split, len(classes))
}

// classes are those of the images of a split, which are read when they are first needed:
// -1 where several are true, or none is told.
type classes struct {
	data    stimuli.Data
	split   stimuli.Split
	workers int

	once sync.Once
	list []int
	err  error
}

// read returns the class of every image. Workers read a part each.
func (c *classes) read() ([]int, error) {
	c.once.Do(func() {
		about := c.data.Description()
		n, workers := about.Images[c.split], max(1, c.workers)
		c.list = slices.Repeat([]int{-1}, n)
		if !about.Labelled() {
			return
		}
		errs := make([]error, workers)
		var wg sync.WaitGroup
		for w := range workers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				label := make([]float32, len(about.Label().Classes))
				for i := w * n / workers; i < (w+1)*n/workers && errs[w] == nil; i++ {
					c.list[i], errs[w] = stimuli.Classes(c.data, c.split, i, label)
				}
			}()
		}
		wg.Wait()
		for _, err := range errs {
			if c.err == nil {
				c.err = err
			}
		}
	})
	return c.list, c.err
}

// NeedsOthers returns how many images of a split trials need: 1 where each shows its own
// image alone.
func (s *Show) NeedsOthers() int {
	n := 1
	for _, looks := range s.frames {
		for _, k := range looks {
			if k.mask == "image" || k.occlude.Kind == "fragments" {
				n = max(n, 2)
			}
			n = max(n, int(k.image)+1)
		}
	}
	return n
}

// Enough reports a split that has images, but fewer than a trial shows.
func (s *Show) Enough(images [stimuli.Splits]int) error {
	want := s.NeedsOthers()
	for split, n := range images {
		if n > 0 && n < want {
			return fmt.Errorf("found %d %v images, but a trial shows %d of one split, as its own, others or masks; want %d or more", n, stimuli.Split(split), want, want)
		}
	}
	return nil
}
