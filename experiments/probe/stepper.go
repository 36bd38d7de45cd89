package probe

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"ventral/areas"
	"ventral/cortex"
	"ventral/nn"
)

// place is a state of an area at a step, or relative to one.
type place struct{ area, step, part int }

// stepper runs a cortex one step after the other, so that memory does not grow with
// steps. Steps whose programs are equal but for the number of the step share one.
type stepper struct {
	s       *Subject
	g       *cortex.Graph
	batch   int
	home    nn.Residence
	windows map[string]*window
	states  map[place][]float32  // [N H W C], of past steps
	images  map[string][]float32 // what ports of images show, once it was read
	src     cortex.Batches
	at      int // batch of src that is shown
}

// window is the program of one step.
type window struct {
	*program
	carried map[string]place // states that it reads, by ports, relative to its step
	made    []place          // states that it makes, in the order of outputs
	frozen  []int            // steps whose statistics its norms have, each once, rising
}

// newStepper shows a batch of images to a cortex. Its graph is longer than the steps that
// will be run, so that what later steps read is known at each of them.
func newStepper(s *Subject, batch int) (*stepper, error) {
	g := *s.Graph
	g.Readout.Cumulative = "none" // answers before do not belong to the state
	x := &stepper{s: s, g: &g, batch: batch, windows: map[string]*window{}}
	src, err := s.Show(batch)
	if err != nil {
		return nil, err
	}
	x.src = src
	x.home, err = s.Engine.Hold(s.Variables)
	return x, err
}

// close frees the engine's memory.
func (x *stepper) close() error {
	err := x.home.Close()
	for _, w := range x.windows {
		err = errors.Join(err, w.close())
	}
	return err
}

// begin shows another batch, from step 0 on.
func (x *stepper) begin(batch int) {
	x.at, x.states, x.images = batch, map[place][]float32{}, map[string][]float32{}
}

// step runs step t, whose states are then there.
func (x *stepper) step(t int) error {
	w, err := x.window(t)
	if err != nil {
		return err
	}
	if err := w.run(x.home, x.feed(w, t, func(p place) []float32 { return x.states[p] }, nil)); err != nil {
		return fmt.Errorf("step %d: %w", t, err)
	}
	for i, p := range w.made {
		p.step += t
		x.states[p] = slices.Clone(w.out[i].Data)
	}
	return nil
}

// feed fills the ports of a window at step t: images as they are shown, states as given.
func (x *stepper) feed(w *window, t int, state func(place) []float32, others func(string, []float32) error) cortex.Feed {
	f := feed(x.src, x.at, others)
	images, streams := f.Images, f.Streams
	cached := func(key string, data []float32, read func() error) error {
		if was, ok := x.images[key]; ok {
			copy(data, was)
			return nil
		}
		if err := read(); err != nil {
			return err
		}
		x.images[key] = slices.Clone(data)
		return nil
	}
	f.Images = func(frame int, data []float32) error {
		return cached(cortex.FramePort(frame), data, func() error { return images(frame, data) })
	}
	if streams != nil {
		f.Streams = func(name string, frame int, data []float32) error {
			return cached(cortex.StreamPort(name, frame), data, func() error { return streams(name, frame, data) })
		}
	}
	f.Carried = func(port string, data []float32) error {
		p, ok := w.carried[port]
		if !ok {
			return fmt.Errorf("step %d: nothing is known of the state %q", t, port)
		}
		p.step += t
		from := state(p)
		if len(from) != len(data) {
			return fmt.Errorf("step %d: the state %q has %d numbers, want %d", t, port, len(from), len(data))
		}
		copy(data, from)
		return nil
	}
	return f
}

// window returns the compiled program of step t.
func (x *stepper) window(t int) (*window, error) {
	b, u, w, err := x.unroll(t, x.batch)
	if err != nil {
		return nil, err
	}
	for _, p := range w.made {
		b.Output(portOf(p), u.States[cortex.Node{Area: p.area, Step: p.step + t}][p.part])
	}
	return x.compiled(t, b, w)
}

// unroll writes step t of the cortex, with all that later steps may read.
func (x *stepper) unroll(t, batch int) (*nn.Builder, *cortex.Unrolled, *window, error) {
	b, w := nn.NewBuilder(), &window{carried: map[string]place{}}
	b.Plain = x.g.Plain
	var taps []cortex.Tap
	for i, a := range x.g.Areas {
		if !x.g.Present(i, t) {
			continue
		}
		taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: t})
		for part := range a.Dynamics.Layout().States {
			w.made = append(w.made, place{i, 0, part})
		}
	}
	x.s.Norms.Missing = nil
	u := x.g.Unroll(b, cortex.Options{Batch: batch, Taps: taps, From: t, To: t + 1,
		Source: func(at, affine string, step int, n nn.Norm) nn.Sources {
			from := x.source(at, affine, step, n)
			if !slices.Contains(w.frozen, from.Statistics) {
				w.frozen = append(w.frozen, from.Statistics)
			}
			return from
		}})
	slices.Sort(w.frozen)
	for _, c := range u.Carried {
		w.carried[x.g.CarryName(c)] = place{c.Node.Area, c.Node.Step - t, c.Part}
	}
	return b, u, w, b.Err()
}

// source says where a norm takes its statistics from: as elsewhere, but that those which
// would be estimated anew at steps beyond the experiment's are those of the last step that
// has some.
func (x *stepper) source(at, affine string, step int, n nn.Norm) nn.Sources {
	from := x.s.Norms.Source(at, affine, step, n)
	for s := step - 1; s >= 0 && from.Own; s-- {
		if earlier := x.s.Norms.Source(at, affine, s, n); !earlier.Own {
			from.Statistics, from.Own = earlier.Statistics, false
		}
	}
	return from
}

// portOf names a state relative to a step.
func portOf(p place) string { return fmt.Sprintf("%d@%d/%d", p.area, p.step, p.part) }

// compiled compiles what b wrote of step t, unless that was compiled for another step.
func (x *stepper) compiled(t int, b *nn.Builder, w *window) (*window, error) {
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	key := meaning(p, func(port string) string {
		if q, ok := w.carried[port]; ok {
			return portOf(q)
		}
		return port
	})
	if same, ok := x.windows[key]; ok {
		// Its ports have the names of the step that it was compiled for.
		return same, nil
	}
	if w.program, err = compile(x.s, b); err != nil {
		return nil, fmt.Errorf("step %d: %w", t, err)
	}
	x.windows[key] = w
	return w, nil
}

// meaning is what a program computes, with other names for its input ports.
func meaning(p *nn.Program, name func(string) string) string {
	h := fnv.New128a()
	for _, in := range p.Inputs {
		fmt.Fprintln(h, name(in.Name), in.Value, p.Shapes[in.Value])
	}
	for _, v := range p.Vars {
		fmt.Fprintln(h, v.Name, v.Value)
	}
	for _, in := range p.Instrs {
		fmt.Fprintf(h, "%s %#v %v %v\n", in.Op.Name(), in.Op, in.Args, in.Results)
	}
	for _, o := range p.Outputs {
		fmt.Fprintln(h, o.Name, o.Value)
	}
	return string(h.Sum(nil))
}

// forget drops states before a step.
func (x *stepper) forget(before int) {
	for p := range x.states {
		if p.step < before {
			delete(x.states, p)
		}
	}
}
