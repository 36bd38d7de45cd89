package terminal

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// Progress shows how a run stands: one line that changes on a terminal, plain
// lines elsewhere.
type Progress struct {
	w        io.Writer
	screen   io.Writer // what w writes to: the program's own control characters go there
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

// NewProgress returns what shows progress on w.
func NewProgress(w io.Writer) *Progress {
	p := &Progress{w: w, screen: w, begun: time.Now(), columns: 80}
	if s, ok := w.(*Sink); ok {
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
func (p *Progress) line(format string, a ...any) {
	p.clear()
	fmt.Fprintf(p.w, format+"\n", a...)
}

// clear removes the line that changes.
func (p *Progress) clear() {
	if p.open {
		fmt.Fprint(p.screen, "\r\x1b[K")
		p.open = false
	}
}

// change shows a line that the next one replaces; elsewhere than on a terminal
// a line every ten seconds.
func (p *Progress) change(text string) {
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

// End removes the line that changes.
func (p *Progress) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// Stage implements run.Report.
func (p *Progress) Stage(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.shown, p.work = text, time.Time{}, rate{}
	if !p.terminal {
		p.shown = time.Now() // the stage itself is the first line
	}
	p.line("%6s  %s", Clock(time.Since(p.begun)), text)
}

// Work implements run.Report.
func (p *Progress) Work(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if total > 0 {
		left := ""
		if d := p.work.left(time.Now(), done, total); d >= time.Second {
			left = ", about " + Clock(d) + " left of it"
		}
		p.change(fmt.Sprintf("        %s: %d of %d (%d %%)%s", p.stage, done, total, 100*done/total, left))
	}
}

// Train implements run.Report.
func (p *Progress) Train(t run.TrainedBatch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// What a narrow terminal cuts off is what it can do without.
	then := ""
	if t.Following > 0 {
		then = ", then " + readable.Counted(t.Following, "control")
	}
	p.change(fmt.Sprintf("        %s: epoch %d/%d, batch %d/%d, about %s left%s; loss %.4f, accuracy %.1f %%, %.0f images/s",
		t.Run, t.Epoch, t.Epochs, t.Batch, t.Batches, Clock(t.Remaining), then, t.Loss, t.Accuracy, t.ImagesPerSecond))
}

// Epoch implements run.Report.
func (p *Progress) Epoch(run string, e rundir.Epoch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	validation := ""
	if !math.IsNaN(float64(e.ValidationLoss)) {
		validation = fmt.Sprintf("; validation loss %.4f, accuracy %.1f %%", float64(e.ValidationLoss), float64(e.ValidationAccuracy))
	}
	p.line("%6s  %s: epoch %d: training loss %.4f, accuracy %.1f %%%s; %.0f images/s", Clock(time.Since(p.begun)),
		run, e.Epoch, float64(e.TrainingLoss), float64(e.TrainingAccuracy), validation, float64(e.ImagesPerSecond))
}

// Drawable implements run.Report: what can be drawn is not for the terminal.
func (p *Progress) Drawable(rundir.Folder) {}

// Figure is told of pictures that can be looked at: the first one is worth a line.
func (p *Progress) Figure(path string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.first {
		p.first = true
		p.line("%6s  first figure: %s", Clock(time.Since(p.begun)), path)
	}
}

// Note implements run.Report.
func (p *Progress) Note(format string, a ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text := strings.TrimRight(fmt.Sprintf(format, a...), "\n"); text != "" {
		p.line("%s", text)
	}
}
