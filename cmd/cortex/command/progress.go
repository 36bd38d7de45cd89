package command

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"ventral/experiments"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
)

// progress shows how a run stands: one line that changes on a terminal, plain
// lines elsewhere.
type progress struct {
	w        io.Writer
	screen   io.Writer // below w, which shows control characters: for those of the program itself
	terminal bool
	columns  int

	mu    sync.Mutex
	begun time.Time // of the run
	shown time.Time // of the last line that changes
	open  bool      // such a line is on the screen
	stage string
	work  rate // of the stage
	first bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w, screen: w, begun: time.Now(), columns: 80}
	if s, ok := w.(*sink); ok {
		p.screen = s.to
	}
	if f, ok := p.screen.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.terminal = true
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 20 {
			p.columns = n
		}
	}
	return p
}

// line prints a line that stays.
func (p *progress) line(format string, a ...any) {
	p.clear()
	fmt.Fprintf(p.w, format+"\n", a...)
}

// clear removes the line that changes.
func (p *progress) clear() {
	if p.open {
		fmt.Fprint(p.screen, "\r\x1b[K")
		p.open = false
	}
}

// change shows a line that the next one replaces; elsewhere than on a terminal
// a line every ten seconds.
func (p *progress) change(text string) {
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if now := time.Now(); now.Sub(p.shown) < every {
		return
	} else {
		p.shown = now
	}
	if !p.terminal {
		fmt.Fprintln(p.w, text)
		return
	}
	if r := []rune(text); len(r) >= p.columns {
		text = string(r[:p.columns-2]) + "…"
	}
	fmt.Fprint(p.screen, "\r\x1b[K")
	fmt.Fprint(p.w, text)
	p.open = true
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text != "" {
		p.line("%s", strings.TrimRight(text, "\n"))
	}
}

// Stage implements experiments.Report.
func (p *progress) Stage(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.shown, p.work = text, time.Time{}, rate{}
	if !p.terminal {
		p.shown = time.Now() // the stage itself is the first line
	}
	p.line("%6s  %s", clock(time.Since(p.begun)), text)
}

// Work implements experiments.Report.
func (p *progress) Work(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if total > 0 {
		left := ""
		if d := p.work.left(time.Now(), done, total); d >= time.Second {
			left = ", about " + clock(d) + " left of it"
		}
		p.change(fmt.Sprintf("        %s: %d of %d (%d %%)%s", p.stage, done, total, 100*done/total, left))
	}
}

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

// Train implements experiments.Report.
func (p *progress) Train(t experiments.TrainingStep) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// What a narrow terminal cuts off is what it can do without.
	then := ""
	if t.Following > 0 {
		then = ", then " + readable.Counted(t.Following, "control")
	}
	p.change(fmt.Sprintf("        %s: epoch %d/%d, step %d/%d, about %s left%s; loss %.4f, accuracy %.1f %%, %.0f images/s",
		t.Run, t.Epoch, t.Epochs, t.Step, t.Steps, clock(t.Remaining), then, t.Loss, t.Accuracy, t.ImagesPerSecond))
}

// Epoch implements experiments.Report.
func (p *progress) Epoch(run string, e rundir.Epoch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	validation := ""
	if !math.IsNaN(float64(e.ValidationLoss)) {
		validation = fmt.Sprintf("; validation loss %.4f, accuracy %.1f %%", float64(e.ValidationLoss), float64(e.ValidationAccuracy))
	}
	p.line("%6s  %s: epoch %d: training loss %.4f, accuracy %.1f %%%s; %.0f images/s", clock(time.Since(p.begun)),
		run, e.Epoch, float64(e.TrainingLoss), float64(e.TrainingAccuracy), validation, float64(e.ImagesPerSecond))
}

// Figure implements experiments.Report: the first one is worth a line.
func (p *progress) Figure(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.first {
		p.first = true
		p.line("%6s  first figure: %s", clock(time.Since(p.begun)), path)
	}
}

// Note implements experiments.Report.
func (p *progress) Note(format string, a ...any) { p.note(fmt.Sprintf(format, a...)) }

// clock writes a time as minutes and seconds, or hours and minutes.
func clock(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
