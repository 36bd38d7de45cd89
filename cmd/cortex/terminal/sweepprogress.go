package terminal

import (
	"fmt"
	"io"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// SweepProgress shows how a sweep stands: lines as tasks begin and end, and one
// that changes.
type SweepProgress struct {
	*Progress
	axes          []string
	missing, done int
	failed        int
	running       []*sweepRunning // in the order in which they began
}

// sweepRunning is how a task stands.
type sweepRunning struct {
	*sweep.Task
	label string
	share float64 // of its training
	left  time.Duration
}

// NewSweepProgress returns what shows on w how the tasks of a ledger are run.
func NewSweepProgress(w io.Writer, l *sweep.Ledger, s *sweep.Schedule) *SweepProgress {
	return &SweepProgress{Progress: NewProgress(w), axes: l.Axes, missing: s.Missing}
}

// at is how a task stands that has begun.
func (p *SweepProgress) at(t *sweep.Task) *sweepRunning {
	for _, r := range p.running {
		if r.Task == t {
			return r
		}
	}
	r := &sweepRunning{Task: t, label: t.Label(p.axes)}
	p.running = append(p.running, r)
	return r
}

// Begins implements sweep.Report.
func (p *SweepProgress) Begins(t *sweep.Task, threads int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at(t)
	p.line("%6s  %s: begins (%s)", Clock(time.Since(p.begun)), t.Label(p.axes), t.Hash[:8])
}

// Stage implements sweep.Report.
func (p *SweepProgress) Stage(*sweep.Task, string) {}

// Train implements sweep.Report.
func (p *SweepProgress) Train(t *sweep.Task, s run.TrainedBatch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.at(t)
	r.share, r.left = float64(s.Batch)/float64(max(s.Batches, 1)), s.Remaining
	text := fmt.Sprintf("        %d of %d ended", p.done, p.missing)
	if p.failed > 0 {
		text += fmt.Sprintf(", %d failed", p.failed)
	}
	for _, r := range p.running {
		text += fmt.Sprintf("; %s: %.0f %%, %s left", r.label, 100*r.share, Clock(r.left))
	}
	p.change(text)
}

// Ends implements sweep.Report.
func (p *SweepProgress) Ends(t *sweep.Task, s sweep.State, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, r := range p.running {
		if r.Task == t {
			p.running = append(p.running[:i], p.running[i+1:]...)
			break
		}
	}
	if s.State != rundir.Finished && s.State != rundir.Failed { // it goes on later
		p.line("%6s  %s: %s, after %s", Clock(time.Since(p.begun)), t.Label(p.axes), s, Clock(took))
		return
	}
	p.done++
	if s.State == rundir.Failed {
		p.failed++
	}
	p.line("%6s  %s: %s, after %s (%d of %d)", Clock(time.Since(p.begun)), t.Label(p.axes), s, Clock(took), p.done, p.missing)
}
