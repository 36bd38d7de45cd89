package analysis

// accumulator analyses one area.
type accumulator interface {
	add(Batch) error
	frames() ([]Frame, error)
}

// byArea is an analysis of every area by itself.
type byArea struct {
	start func(*Recording) accumulator
	first []*Recording
	of    []accumulator
}

// eachArea starts an accumulator for every area that arrives.
func eachArea(start func(*Recording) accumulator) Analysis { return &byArea{start: start} }

// Add hands a batch to the accumulator of its area.
func (a *byArea) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	for i, r := range a.first {
		if r.Area == b.Area {
			if err := b.like(r); err != nil {
				return err
			}
			return a.of[i].add(b)
		}
	}
	a.first, a.of = append(a.first, b.Recording), append(a.of, a.start(b.Recording))
	return a.of[len(a.of)-1].add(b)
}

// Frames returns those of every area, in the order in which they arrived.
func (a *byArea) Frames() ([]Frame, error) {
	var all []Frame
	for _, x := range a.of {
		f, err := x.frames()
		if err != nil {
			return nil, err
		}
		all = append(all, f...)
	}
	return all, nil
}
