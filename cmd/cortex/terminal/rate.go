package terminal

import "time"

// rate is how fast a stage works from its first report on; what came before it,
// such as norms that are re-estimated, does not count.
type rate struct {
	since time.Time
	from  int64
}

// left is how long the rest of total takes, 0 where it cannot be told yet.
func (r *rate) left(now time.Time, done, total int64) time.Duration {
	if r.since.IsZero() {
		r.since, r.from = now, done
	}
	if done <= r.from {
		return 0
	}
	return time.Duration(float64(now.Sub(r.since)) / float64(done-r.from) * float64(total-done))
}
