package report

import (
	"slices"
	"sync"

	"ventral/experiments/rundir"
)

// Drawer draws runs again and again while they go on. It works beside the caller,
// one drawing at a time: of the folders that change meanwhile each is drawn once
// more.
type Drawer struct {
	Figure func(path string)             // told of pictures that can be looked at; may be nil
	Before func(dir rundir.Folder) error // called before a folder is drawn; may be nil

	mu      sync.Mutex
	waiting []rundir.Folder
	busy    bool
	idle    sync.WaitGroup
	err     error
	sums    map[string][32]byte
}

// Draw has the run in a folder drawn, soon.
func (d *Drawer) Draw(dir rundir.Folder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.waiting, dir) {
		d.waiting = append(d.waiting, dir)
	}
	if !d.busy {
		d.busy = true
		if d.sums == nil {
			d.sums = map[string][32]byte{}
		}
		d.idle.Add(1)
		go d.work()
	}
}

// Wait waits until everything is drawn. Its error is the first of a drawing since
// the last call.
func (d *Drawer) Wait() error {
	d.idle.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.err
	d.err = nil
	return err
}

func (d *Drawer) work() {
	defer d.idle.Done()
	for {
		d.mu.Lock()
		if len(d.waiting) == 0 {
			d.busy = false
			d.mu.Unlock()
			return
		}
		dir := d.waiting[0]
		d.waiting = d.waiting[1:]
		d.mu.Unlock()
		err := d.draw(dir)
		d.mu.Lock()
		if d.err == nil {
			d.err = err
		}
		d.mu.Unlock()
	}
}

func (d *Drawer) draw(dir rundir.Folder) error {
	if d.Before != nil {
		if err := d.Before(dir); err != nil {
			return err
		}
	}
	return drawFolder(dir, d.sums, d.Figure)
}
