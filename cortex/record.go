package cortex

import (
	"fmt"

	"ventral/nn"
)

// Batches delivers images in a fixed order; stimuli.Loader is one.
type Batches interface {
	Steps() int
	// Batch fills images [N H W C] and labels [N classes] of a step.
	Batch(step int, images, labels []float32) error
	// Valid returns how many images at the beginning of a batch are real.
	Valid(step int) int
}

// Answer is what a cortex did with one batch.
type Answer struct {
	Images int         // how many are real
	Labels []float32   // [N classes]
	Logits [][]float32 // of each slice asked for, [N classes]
	Taps   [][]float32 // of each tap asked for, [N H W C]
}

// Record shows every image of src to the cortex and hands over logits and taps
// batch by batch. Norms take their statistics as n says; variables that are not
// in v are an error. The answer's memory is used again for the next batch.
func Record(g *Graph, e nn.Engine, v *nn.Variables, n *Norms, src Batches, batch int, logits []int, taps []Tap, each func(Answer) error) error {
	n.Missing = nil
	p, _, err := Inference(g, batch, logits, taps, n.Source)
	if err != nil {
		return err
	}
	if len(n.Missing) > 0 {
		return fmt.Errorf("training never filled the statistics of %s", n.Missing[0])
	}
	for _, x := range p.Vars {
		if _, ok := v.Get(x.Name); !ok {
			return fmt.Errorf("variable %q has no value; it was never trained", x.Name)
		}
	}
	place := make([]int, len(taps)) // output of each tap
	for i, t := range taps {
		place[i] = -1
		for k, o := range p.Outputs {
			if o.Name == g.TapName(t) {
				place[i] = k
			}
		}
		if place[i] < 0 {
			return fmt.Errorf("area %s has no state at slice %d", g.Areas[t.Area].Name, t.Slice)
		}
	}
	step := 0
	return runEach(e, v, p, src, func(labels []float32, out []nn.Tensor) error {
		a := Answer{Images: src.Valid(step), Labels: labels}
		step++
		for i := range logits {
			a.Logits = append(a.Logits, out[i].Data)
		}
		for i := range taps {
			a.Taps = append(a.Taps, out[place[i]].Data)
		}
		return each(a)
	})
}

// run executes p on every batch.
func run(e nn.Engine, v *nn.Variables, p *nn.Program, src Batches, each func(out []nn.Tensor)) error {
	return runEach(e, v, p, src, func(_ []float32, out []nn.Tensor) error { each(out); return nil })
}

func runEach(e nn.Engine, v *nn.Variables, p *nn.Program, src Batches, each func(labels []float32, out []nn.Tensor) error) (err error) {
	exe, err := e.Compile(p)
	if err != nil {
		return err
	}
	defer exe.Close()
	res, err := e.Hold(v)
	if err != nil {
		return err
	}
	defer res.Close()
	in, out := Inputs(p), Outputs(p)
	var labels []float32
	if l, ok := src.(interface{ Sizes() (images, labels int) }); ok {
		_, n := l.Sizes()
		labels = make([]float32, n)
	}
	for step := range src.Steps() {
		err := Fill(p, in, Feed{Images: func(_ int, images, _ []float32) error { return src.Batch(step, images, labels) }})
		if err != nil {
			return err
		}
		if err := exe.Run(res, in, out); err != nil {
			return err
		}
		if err := each(labels, out); err != nil {
			return err
		}
	}
	return nil
}
