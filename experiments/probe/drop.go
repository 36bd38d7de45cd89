package probe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

var dropKind = Kind{
	Name:   "drop",
	About:  "answers where one update of an area, or of all areas, is left out, so that the state stays as it was",
	Source: "Veit et al. 2016; Jastrzębski et al. 2018",
	Images: 256,
	New:    func() Probe { return &Drop{Step: -1} },
}

// Drop leaves out one update: at step t the state of an area, or of all areas, stays x(t-1).
// Everything after follows from that, and weights and norms stay as they are. It gives
// whether the answer at the last tested step, or at another one, is then right: the frames
// "right" [area, step, image], "right without a step" [step, image], where all areas keep
// their states, and "right with all" [image], each 0 or 1. Of areas and steps without a
// state before there is no number, and none after the step that answers. An image without
// a label that is judged at that step has none.
type Drop struct {
	Step int `toml:"step" min:"-1" doc:"step whose answer is judged; -1 is the last one that is tested"`
}

var _ Probe = (*Drop)(nil)

// Measure implements Probe.
func (d *Drop) Measure(ctx context.Context, s *Subject) ([]analysis.Frame, error) {
	tested := s.Graph.TestSteps()
	if len(tested) == 0 {
		return nil, errors.New("found no tested step")
	}
	if s.Unlabelled {
		return nil, errors.New("the images have no labels, so that no answer is right; want images with labels")
	}
	answer := tested[len(tested)-1]
	if d.Step >= 0 {
		answer = d.Step
	}
	if !slices.Contains(tested, answer) {
		return nil, fmt.Errorf("step: found %d, want one of the tested steps %s", answer, cortex.At(tested...))
	}
	n := nodesOf(s)
	var list []cortex.Node // whose update can be left out
	for _, at := range n.list {
		if at.Step <= answer && n.has[cortex.Node{Area: at.Area, Step: at.Step - 1}] {
			list = append(list, at)
		}
	}
	batch := n.batch(0)
	x, err := dropProgram(s, n, batch, answer)
	if err != nil {
		return nil, err
	}
	defer x.close()
	r := &dropping{s: s, n: n, x: x, batch: batch, answer: answer, total: 1 + len(list) + answer}
	if r.home, err = s.Engine.Hold(s.Variables); err != nil {
		return nil, err
	}
	defer r.home.Close()
	note := fmt.Sprintf("1 where the answer at step %d is right", answer)
	right := n.frame("right", "", note+" when the area's update at a step is left out")
	without := &analysis.Frame{Name: "right without a step", Note: note + " when the updates of all areas at a step are left out", Axes: right.Axes[1:], Data: missing(s.Graph.Steps * len(s.IDs))}
	all := &analysis.Frame{Name: "right with all", Note: note, Axes: right.Axes[2:]}
	if all.Data, err = r.show(ctx, nil); err != nil {
		return nil, err
	}
	for _, at := range list {
		got, err := r.show(ctx, []cortex.Node{at})
		if err != nil {
			return nil, err
		}
		for i, v := range got {
			put(right, at, i, v)
		}
	}
	for t := 1; t <= answer; t++ {
		var at []cortex.Node
		for _, x := range list {
			if x.Step == t {
				at = append(at, x)
			}
		}
		if len(at) == 0 {
			continue
		}
		got, err := r.show(ctx, at)
		if err != nil {
			return nil, err
		}
		copy(without.Data[t*len(s.IDs):], got)
	}
	return []analysis.Frame{*right, *without, *all}, nil
}

// dropProgram answers a batch at a step. Of every node with a state before, the scalar
// inputs "keep/AREA@t" and "renew/AREA@t" are what the state before and the new one are
// multiplied with.
func dropProgram(s *Subject, n *nodes, batch, answer int) (*program, error) {
	b := nn.NewBuilder()
	b.Plain = s.Graph.Plain
	var taps []cortex.Tap
	for _, t := range s.Taps {
		if t.Step <= answer {
			taps = append(taps, t)
		}
	}
	s.Norms.Missing = nil
	u := s.Graph.Unroll(b, cortex.Options{Batch: batch, Logits: []int{answer}, Taps: taps, Source: s.Norms.Source,
		Each: func(x cortex.Node, before, states []nn.Value) []nn.Value {
			if !n.has[x] || !n.has[cortex.Node{Area: x.Area, Step: x.Step - 1}] || before == nil {
				return states
			}
			name := n.name(x)
			keep, renew := b.Input(keepPort+name, nn.Shape{}, false), b.Input(renewPort+name, nn.Shape{}, false)
			var list []nn.Value
			for part, v := range states {
				list = append(list, b.Sum(b.One(nn.ScaleBy{}, v, renew), b.One(nn.ScaleBy{}, before[part], keep)))
			}
			return list
		}})
	b.Output("logits", u.Logits[answer])
	return compile(s, b)
}

// keepPort and renewPort begin the names of the inputs that leave an update out.
const keepPort, renewPort = "keep/", "renew/"

// dropping shows the images with updates left out.
type dropping struct {
	s           *Subject
	n           *nodes
	x           *program
	batch       int
	home        nn.Residence
	answer      int // step whose answer is judged
	done, total int // showings
}

// show returns which answers are right, 1 or 0, where the updates of some nodes are left
// out; NaN where no label is judged.
func (r *dropping) show(ctx context.Context, left []cortex.Node) ([]float64, error) {
	out := map[string]bool{}
	for _, x := range left {
		out[r.n.name(x)] = true
	}
	var list []float64
	src, err := r.s.Show(r.batch)
	if err != nil {
		return nil, err
	}
	labels := make([]float32, r.batch*r.s.Graph.Classes)
	for k := range src.Batches() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := r.x.run(r.home, feed(src, k, func(port string, data []float32) error {
			name, keep := strings.CutPrefix(port, keepPort)
			if !keep {
				name = strings.TrimPrefix(port, renewPort)
			}
			data[0] = 0
			if out[name] == keep {
				data[0] = 1
			}
			return nil
		}))
		if err != nil {
			return nil, err
		}
		which := max(cortex.Judgement(r.s.Graph, r.answer), 0)
		if err := src.Labels(k, which, labels); err != nil {
			return nil, err
		}
		list = append(list, r.right(src.Valid(k), labels)...)
	}
	r.done++
	r.s.Work(int64(r.done), int64(r.total))
	return list, nil
}

// right judges the answers to some images.
func (r *dropping) right(images int, labels []float32) (list []float64) {
	classes := r.s.Graph.Classes
	for i := range images {
		z, y := r.x.outputs["logits"][i*classes:][:classes], labels[i*classes:][:classes]
		var score analysis.Score
		score.Add(1, classes, z, y, r.s.Graph.Readout.Loss == "sigmoid")
		right := float64(score.Correct)
		if !slices.ContainsFunc(y, func(v float32) bool { return v != 0 }) {
			right = math.NaN()
		}
		list = append(list, right)
	}
	return list
}
