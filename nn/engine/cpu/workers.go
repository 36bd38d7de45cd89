package cpu

import (
	"sync"
	"sync/atomic"
)

// job is work that every worker takes its share of.
type job interface{ work(worker int) }

// workers are an engine's threads. The caller of do is worker 0, the others
// are parked between jobs.
type workers struct {
	mu      sync.Mutex // held for a run: one at a time
	threads int
	users   int // open executables; guarded by mu
	wake    []chan struct{}
	job     job
	pending atomic.Int32
	done    chan struct{}
}

// open starts the workers for the first user.
func (w *workers) open() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.users++; w.users > 1 {
		return
	}
	w.done = make(chan struct{}, 1)
	w.wake = make([]chan struct{}, w.threads-1)
	for i := range w.wake {
		wake := make(chan struct{}, 1)
		w.wake[i] = wake
		go func() {
			for range wake {
				w.job.work(i + 1)
				if w.pending.Add(-1) == 0 {
					w.done <- struct{}{}
				}
			}
		}()
	}
}

// close ends the workers after the last user. The caller holds mu.
func (w *workers) close() {
	if w.users--; w.users > 0 {
		return
	}
	for _, c := range w.wake {
		close(c)
	}
	w.wake = nil
}

// do runs j on n of the threads and returns when all are done. The caller holds mu.
func (w *workers) do(j job, n int) {
	n = min(n, len(w.wake)+1)
	if n <= 1 {
		j.work(0)
		return
	}
	w.job = j
	w.pending.Store(int32(n - 1))
	for _, c := range w.wake[:n-1] {
		c <- struct{}{}
	}
	j.work(0)
	<-w.done
	w.job = nil
}
