package cortex

import (
	"fmt"
	"slices"

	"ventral/cortex/recording"
)

// Screen says what the image port shows at each step of a trial, and how answers are
// judged. Without one, a graph shows one image at Input.Steps.
type Screen struct {
	// Steps are what is shown, by step; nothing where it is empty, so that no drive
	// arrives. Steps beyond the list show nothing.
	Steps []Shown

	// Answers are, by step, which labels the answer at that step is judged by, from 0,
	// and -1 where none is right, so that the step is neither trained nor tested. Nil
	// are labels 0 at every step.
	Answers []int

	// Strip is the same for people: what is on the screen from step to step.
	Strip []recording.Segment
}

// Shown is a picture on the screen: frames, each times its gain, added up. A frame is
// an input port of its own; see [FramePort].
type Shown []Part

// Part is one frame of a picture.
type Part struct {
	Frame int
	Gain  float64
}

// equal reports whether two pictures are the same.
func (s Shown) equal(t Shown) bool { return slices.Equal(s, t) }

// frames returns the frames that the screen shows, rising.
func (s *Screen) frames() (list []int) {
	for _, shown := range s.Steps {
		for _, p := range shown {
			if !slices.Contains(list, p.Frame) {
				list = append(list, p.Frame)
			}
		}
	}
	slices.Sort(list)
	return list
}

// first returns the first step that shows what step t does.
func (s *Screen) first(t int) int {
	return slices.IndexFunc(s.Steps, s.Steps[t].equal)
}

// pictures is how many different pictures the screen shows.
func (s *Screen) pictures() (n int) {
	for t, shown := range s.Steps {
		if len(shown) > 0 && s.first(t) == t {
			n++
		}
	}
	return n
}

// answers returns which labels the answer at step t is judged by, -1 where none.
func (s *Screen) answers(t int) int {
	switch {
	case s.Answers == nil:
		return 0
	case t < len(s.Answers):
		return s.Answers[t]
	}
	return -1
}

// Static is the screen that shows an image at some of so many steps.
func Static(shown []int, steps int) *Screen {
	s := &Screen{Steps: make([]Shown, steps)}
	for _, t := range shown {
		s.Steps[t] = Shown{{Frame: 0, Gain: 1}}
	}
	for t := 0; t < steps; {
		from, on := t, len(s.Steps[t]) > 0
		for t < steps && on == (len(s.Steps[t]) > 0) {
			t++
		}
		if segment := (recording.Segment{From: from, To: t - 1, Kind: "image", Text: "image"}); on {
			s.Strip = append(s.Strip, segment)
		} else {
			segment.Kind, segment.Text = "absent", "no input"
			s.Strip = append(s.Strip, segment)
		}
	}
	return s
}

// checkScreen reports a screen that no program can show, and makes one where there is
// none.
func checkScreen(g *Graph) error {
	list, err := g.Input.Steps.List(g.Steps)
	if g.Screen == nil {
		if err != nil {
			return wrong([]string{"input", "steps"}, "%w", err)
		}
		if g.Input.Steps.Any {
			return wrong([]string{"input", "steps"}, "found %q, the input has fixed steps", g.Input.Steps)
		}
		g.Screen = Static(list, g.Steps)
	}
	g.shown = make([]bool, g.Steps)
	any := false
	for t, shown := range g.Screen.Steps {
		for i, p := range shown {
			if p.Frame < 0 || slices.ContainsFunc(shown[:i], func(q Part) bool { return q.Frame == p.Frame }) {
				return wrong([]string{"input"}, "found frame %d at step %d twice or below 0", p.Frame, t)
			}
		}
		if at := t + g.Input.Delay; len(shown) > 0 && at < g.Steps {
			g.shown[at], any = true, true
		}
	}
	if !any {
		first := slices.IndexFunc(g.Screen.Steps, func(s Shown) bool { return len(s) > 0 })
		if first < 0 {
			return wrong([]string{"input"}, "found nothing that is shown within steps 0..%d", g.Steps-1)
		}
		return wrong([]string{"input", "delay"}, "found %d: what is shown from step %d on never arrives within steps 0..%d; want %d or less", g.Input.Delay, first, g.Steps-1, g.Steps-1-first)
	}
	return nil
}

// judged returns those of steps at which some labels are right, with the weights that
// belong to them.
func judged(g *Graph, steps []int, weights []float64) ([]int, []float64) {
	var list []int
	var kept []float64
	for k, t := range steps {
		if g.Screen.answers(t) >= 0 {
			list = append(list, t)
			if len(weights) > 0 {
				kept = append(kept, weights[k])
			}
		}
	}
	return list, kept
}

// Judgement returns which labels the answer at step t is judged by, 0 in a graph whose
// trials have one label, and -1 where none is right.
func Judgement(g *Graph, t int) int { return g.Screen.answers(t) }

// judges reports whether a trained step is judged by some labels.
func judges(g *Graph, which int) bool {
	return slices.ContainsFunc(g.train, func(t int) bool { return Judgement(g, t) == which })
}

// Judgements returns how many different labels a trial has.
func Judgements(g *Graph) int {
	if g.Screen.Answers == nil {
		return 1
	}
	return slices.Max(append(slices.Clone(g.Screen.Answers), 0)) + 1
}

// Changes returns the steps at which the screen shows another picture than at the
// step before.
func Changes(g *Graph) (list []int) {
	var before Shown
	for t, shown := range g.Screen.Steps {
		if t < g.Steps && !shown.equal(before) {
			list = append(list, t)
		}
		before = shown
	}
	return list
}

// OnsetsOf returns, for every area, the first step at which it depends on what is
// shown at step t or later; -1 where it never does.
func OnsetsOf(g *Graph, t int) []int {
	onset := make([]int, len(g.Areas))
	since := make([][]bool, g.Steps)
	for i := range onset {
		onset[i] = -1
	}
	for at := range g.Steps {
		since[at] = make([]bool, len(g.Areas))
		for _, i := range g.order[at] {
			if !g.times.present[at][i] {
				continue
			}
			reached := at-g.Input.Delay >= t && g.shown[at] && g.fed(i)
			g.sources(i, at, func(n Node) { reached = reached || since[n.Step][n.Area] })
			if since[at][i] = reached; reached && onset[i] < 0 {
				onset[i] = at
			}
		}
	}
	return onset
}

// FramePort is the name of the input port of a frame: "image" for the first, then
// "image@1", "image@2", ….
func FramePort(frame int) string {
	if frame == 0 {
		return ImagePort
	}
	return fmt.Sprintf("%s@%d", ImagePort, frame)
}

// AnswerPort is the name of the input port of labels: "label" for the first, then
// "label@1", ….
func AnswerPort(which int) string {
	if which == 0 {
		return LabelPort
	}
	return fmt.Sprintf("%s@%d", LabelPort, which)
}
