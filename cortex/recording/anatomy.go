package recording

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Roles of a connection.
const (
	Feedforward = "feedforward"
	Lateral     = "lateral"
	Feedback    = "feedback"
	Bypass      = "bypass"
	Self        = "self" // the identity shortcut
)

// Anatomy is the cortex as figures need it: plain values, written as JSON into
// the folder of a run, so that figures can be redrawn without an engine.
type Anatomy struct {
	Format      int
	Name        string
	Steps       int     // steps 0 … Steps-1
	MSPerStep   float64 // 0 where unknown
	Areas       []AnatomyArea
	Connections []AnatomyConnection
	Input       string    // what enters, such as "image"
	InputTo     []string  // areas that receive it
	InputSteps  []int     // steps at which it arrives
	Strip       []Segment // what is on the screen, from step to step; nil where the file does not say
	Readout     string    // the area that is read
	TrainSteps  []int     // steps the loss reads
	TestSteps   []int     // steps that are tested
	Reestimated []int     // steps whose norm statistics were re-estimated for answers
	// Of recordings alone: area and step, as AREA@STEP, whose norm statistics
	// were re-estimated, and that have no numbers because training never
	// reached their weights.
	RecordedAnew []string
	Unrecorded   []string
	Classes      []string
	Precision    string // "float32", "split" or "bfloat16"
}

// Segment is what is on the screen from one step to another, both included.
type Segment struct {
	From, To int
	Kind     string // "image", "mask", "blank", or "absent" where nothing arrives
	Text     string // in a few words, such as "image 10 % contrast"
}

// AnatomyArea is one area, in the order of the experiment: V1 first.
type AnatomyArea struct {
	Name    string
	Shape   [3]int // y, x, channel
	Onset   int    // first step with a path from the image; -1 never
	Kind    string // of dynamics
	Carries bool   // keeps part of its state from step to step; false, too, where the file does not say
	Norm    string // of the response: statistics of a batch norm ("per_step", "shared", "running"), else its kind ("lrn", "none"); "" where the file does not say
}

// AnatomyConnection is one connection.
type AnatomyConnection struct {
	Name, From, To, Role, Kind string
	Delay                      int      // steps
	FromStep, ToStep           int      // window of arrival, both included, clipped to Steps-1
	Gaps                       [][2]int `json:",omitempty"` // ranges within it, both ends included, at which nothing arrives
	Dead                       bool     // cannot reach the readout
	Set                        string   // sharing label of the weights: equal labels are equal weights
	Parameters                 int      // trainable numbers
	Share                      float64  // measured share of the target's drive; 0 where unknown
}

// Window writes the steps at which signals arrive, as "2..4,6..7".
func (c *AnatomyConnection) Window() string {
	var parts []string
	from := c.FromStep
	for _, gap := range c.Gaps {
		parts = append(parts, fmt.Sprintf("%d..%d", from, gap[0]-1))
		from = gap[1] + 1
	}
	return strings.Join(append(parts, fmt.Sprintf("%d..%d", from, c.ToStep)), ",")
}

// Delivers reports whether signals arrive at step t.
func (c *AnatomyConnection) Delivers(t int) bool {
	for _, gap := range c.Gaps {
		if t >= gap[0] && t <= gap[1] {
			return false
		}
	}
	return t >= c.FromStep && t <= c.ToStep
}

// Area returns the area of a name, nil where there is none.
func (a *Anatomy) Area(name string) *AnatomyArea {
	for i := range a.Areas {
		if a.Areas[i].Name == name {
			return &a.Areas[i]
		}
	}
	return nil
}

// Recurrent reports whether a state depends on states before it: whether
// connections, dead or not, have a cycle, or an area keeps part of its state.
// States of any other cortex stay what they are while the image does.
func (a *Anatomy) Recurrent() bool {
	for _, x := range a.Areas {
		if x.Carries {
			return true
		}
	}
	const onPath, done = 1, 2
	state := map[string]int{}
	var visit func(area string) bool
	visit = func(area string) bool {
		state[area] = onPath
		for _, c := range a.Connections {
			if c.From == area && (state[c.To] == onPath || state[c.To] == 0 && visit(c.To)) {
				return true
			}
		}
		state[area] = done
		return false
	}
	for _, x := range a.Areas {
		if state[x.Name] == 0 && visit(x.Name) {
			return true
		}
	}
	return false
}

// ReadoutOnset returns the first step at which the readout sees the image, -1
// where never. Without a readout area it is 0.
func (a *Anatomy) ReadoutOnset() int {
	if r := a.Area(a.Readout); r != nil {
		return r.Onset
	}
	return 0
}

// maxSteps bounds an anatomy: figures have a place for every step.
const maxSteps = 10_000

// Check reports what would keep figures from being drawn.
func (a *Anatomy) Check() error {
	if err := CheckFormat(a.Format); err != nil {
		return fmt.Errorf("recording: anatomy: %w", err)
	}
	if a.Steps < 1 || a.Steps > maxSteps {
		return fmt.Errorf("recording: found an anatomy of %d steps, want 1 to %d", a.Steps, maxSteps)
	}
	seen := map[string]bool{}
	for _, r := range a.Areas {
		if seen[r.Name] {
			return fmt.Errorf("recording: anatomy has area %q twice", r.Name)
		}
		seen[r.Name] = true
		if r.Shape[0] < 1 || r.Shape[1] < 1 || r.Shape[2] < 1 {
			return fmt.Errorf("recording: area %q has shape %v", r.Name, r.Shape)
		}
		if r.Onset < -1 || r.Onset >= a.Steps {
			return fmt.Errorf("recording: area %q has onset %d of %d steps", r.Name, r.Onset, a.Steps)
		}
	}
	for _, c := range a.Connections {
		for _, end := range []string{c.From, c.To} {
			if !seen[end] {
				return fmt.Errorf("recording: connection %q names area %q, which the anatomy does not have", c.Name, end)
			}
		}
		if c.Delay < 0 || c.FromStep < 0 || c.ToStep < c.FromStep || c.ToStep >= a.Steps {
			return fmt.Errorf("recording: connection %q has delay %d and window %d..%d of %d steps", c.Name, c.Delay, c.FromStep, c.ToStep, a.Steps)
		}
		at := c.FromStep
		for _, gap := range c.Gaps {
			if gap[0] <= at || gap[1] < gap[0] || gap[1] >= c.ToStep {
				return fmt.Errorf("recording: connection %q has the gap %d..%d in its window %d..%d", c.Name, gap[0], gap[1], c.FromStep, c.ToStep)
			}
			at = gap[1] + 1
		}
	}
	return nil
}

// WriteAnatomy writes indented JSON. Format is filled in.
func WriteAnatomy(w io.Writer, a Anatomy) error {
	a.Format = Format
	if err := a.Check(); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(a)
}

// ReadAnatomy reads what WriteAnatomy wrote and checks it.
func ReadAnatomy(r io.Reader) (*Anatomy, error) {
	var a Anatomy
	if err := json.NewDecoder(r).Decode(&a); err != nil {
		return nil, fmt.Errorf("recording: anatomy: %w", err)
	}
	return &a, a.Check()
}
