package pack

import "sync"

// made is a picture that was decoded, or why not.
type made struct {
	picture Picture
	err     error
}

// conveyor decodes images ahead on several goroutines, and hands them over in
// order. At most twice as many as there are workers are held.
type conveyor struct {
	at    int // the image that next returns
	order chan chan made
	stop  chan struct{}
	group sync.WaitGroup
}

func newConveyor(src Source, from, workers int) *conveyor {
	type job struct {
		image int
		done  chan made
	}
	c := &conveyor{at: from, order: make(chan chan made, workers), stop: make(chan struct{})}
	jobs := make(chan job)
	c.group.Go(func() {
		defer close(jobs)
		for i := from; i < src.Len(); i++ {
			done := make(chan made, 1)
			select {
			case c.order <- done:
			case <-c.stop:
				return
			}
			select {
			case jobs <- job{i, done}:
			case <-c.stop:
				return
			}
		}
	})
	for range workers {
		c.group.Go(func() {
			for j := range jobs {
				p, err := src.Picture(j.image)
				if err == nil {
					err = p.check()
				}
				j.done <- made{p, err}
			}
		})
	}
	return c
}

// next returns the next image.
func (c *conveyor) next() made {
	c.at++
	return <-<-c.order
}

// end stops the goroutines and waits for them.
func (c *conveyor) end() {
	close(c.stop)
	c.group.Wait()
}
