package cortex

import (
	"fmt"
	"slices"

	"ventral/nn"
)

// Batches delivers images in a fixed order; stimuli.Loader is one.
type Batches interface {
	Batches() int
	// Images fills the images [N H W C] of a batch in a frame; see [Screen].
	Images(batch, frame int, images []float32) error
	// Labels fills labels [N classes] of a batch, the first or others.
	Labels(batch, which int, labels []float32) error
	// Valid returns how many images at the beginning of a batch are real.
	Valid(batch int) int
}

// Streamed are batches with further inputs; see [Stream].
type Streamed interface {
	// Stream fills a frame of the named input of a batch.
	Stream(batch int, name string, frame int, data []float32) error
}

// Lesioned are batches with numbers that lesions take.
type Lesioned interface {
	// Take says, before the first batch, which ports lesions take numbers from.
	Take(ports []string) error
	// Given fills the port of that name for a batch.
	Given(batch int, port string, data []float32) error
}

// Answer is the logits and taps of one batch.
type Answer struct {
	Images int         // how many are real
	Labels [][]float32 // of each step asked for, [N classes]
	Logits [][]float32 // of each step asked for, [N classes]
	Taps   [][]float32 // of each tap asked for, [N H W C]
}

// Answering is a program that answers images, ready to run.
type Answering struct {
	engine nn.Engine
	p      *nn.Program
	exe    nn.Executable
	logits int
	taps   []int       // outputs of the taps
	judged []int       // which labels each step is judged by
	labels [][]float32 // the labels of a batch; nil where no step needs them
}

// NewAnswering compiles the program that gives logits and taps of batches of images.
// Norms take their statistics as n says at the time of the call; variables that are
// not in v are an error.
func NewAnswering(g *Graph, e nn.Engine, v *nn.Variables, n *Norms, batch int, logits []int, taps []Tap) (*Answering, error) {
	n.Missing = nil
	p, _, err := Inference(g, batch, logits, taps, n.Source)
	if err != nil {
		return nil, err
	}
	if len(n.Missing) > 0 {
		return nil, fmt.Errorf("training never filled the statistics of %s", n.Missing[0])
	}
	for _, x := range p.Vars {
		if _, ok := v.Get(x.Name); !ok {
			return nil, fmt.Errorf("variable %q has no value; it was never trained", x.Name)
		}
	}
	a := &Answering{engine: e, p: p, logits: len(logits), taps: make([]int, len(taps)), labels: make([][]float32, Judgements(g))}
	for _, t := range logits {
		which := max(0, Judgement(g, t))
		a.judged = append(a.judged, which)
		a.labels[which] = make([]float32, batch*g.Classes)
	}
	for i, t := range taps {
		a.taps[i] = slices.IndexFunc(p.Outputs, func(o nn.Port) bool { return o.Name == g.TapName(t) })
		if a.taps[i] < 0 {
			return nil, fmt.Errorf("area %s has no state at step %d", g.Areas[t.Area].Name, t.Step)
		}
	}
	if a.exe, err = e.Compile(p); err != nil {
		return nil, err
	}
	return a, nil
}

// Show shows every image of src to the cortex with the weights v, and hands over
// logits and taps batch by batch. The answer's memory is used again for the next
// batch.
func (a *Answering) Show(v *nn.Variables, src Batches, each func(Answer) error) error {
	return runOn(a.exe, a.engine, v, a.p, src, func(batch int, out []nn.Tensor) error {
		x := Answer{Images: src.Valid(batch)}
		for which, labels := range a.labels {
			if labels == nil {
				continue
			}
			if err := src.Labels(batch, which, labels); err != nil {
				return err
			}
		}
		for _, which := range a.judged {
			x.Labels = append(x.Labels, a.labels[which])
		}
		for i := range a.logits {
			x.Logits = append(x.Logits, out[i].Data)
		}
		for _, i := range a.taps {
			x.Taps = append(x.Taps, out[i].Data)
		}
		return each(x)
	})
}

// Close frees the engine's memory.
func (a *Answering) Close() error { return a.exe.Close() }

// Record is NewAnswering and Show once.
func Record(g *Graph, e nn.Engine, v *nn.Variables, n *Norms, src Batches, batch int, logits []int, taps []Tap, each func(Answer) error) error {
	a, err := NewAnswering(g, e, v, n, batch, logits, taps)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Show(v, src, each)
}

// run executes p on every batch.
func run(e nn.Engine, v *nn.Variables, p *nn.Program, src Batches, each func(out []nn.Tensor)) error {
	exe, err := e.Compile(p)
	if err != nil {
		return err
	}
	defer exe.Close()
	return runOn(exe, e, v, p, src, func(_ int, out []nn.Tensor) error { each(out); return nil })
}

// runOn executes what was compiled of p on every batch.
func runOn(exe nn.Executable, e nn.Engine, v *nn.Variables, p *nn.Program, src Batches, each func(batch int, out []nn.Tensor) error) error {
	res, err := e.Hold(v)
	if err != nil {
		return err
	}
	defer res.Close()
	if ports := givenPorts(p); len(ports) > 0 {
		s, ok := src.(Lesioned)
		if !ok {
			return fmt.Errorf("nothing gives the numbers that the lesion takes by the port %q", ports[0])
		}
		if err := s.Take(ports); err != nil {
			return err
		}
	}
	// The next batch is made while one runs.
	in, next, out := Inputs(p), Inputs(p), Outputs(p)
	made := make(chan error, 1)
	fill := func(batch int, in []nn.Tensor) {
		feed := Feed{Images: func(frame int, images []float32) error { return src.Images(batch, frame, images) }}
		if s, ok := src.(Streamed); ok {
			feed.Streams = func(name string, frame int, data []float32) error { return s.Stream(batch, name, frame, data) }
		}
		if s, ok := src.(Lesioned); ok {
			feed.Given = func(port string, data []float32) error { return s.Given(batch, port, data) }
		}
		made <- Fill(p, in, feed)
	}
	n := src.Batches()
	if n > 0 {
		go fill(0, next)
	}
	for batch := range n {
		if err := <-made; err != nil {
			return err
		}
		if in, next = next, in; batch+1 < n {
			go fill(batch+1, next)
		}
		err := exe.Run(res, in, out)
		if err == nil {
			err = each(batch, out)
		}
		if err != nil {
			if batch+1 < n {
				<-made // which may still read images
			}
			return err
		}
	}
	return nil
}
