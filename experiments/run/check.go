package run

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// Check is what is known of an experiment before training.
type Check struct {
	Format      int               `json:"format"`
	Name        string            `json:"name"`
	Variant     string            `json:"variant,omitempty"`
	Steps       int               `json:"steps"`
	Areas       []AreaCheck       `json:"areas"`
	Connections []ConnectionCheck `json:"connections"`
	Sets        []SetCheck        `json:"sets"`
	Parameters  int               `json:"parameters"`   // trainable numbers in use
	Transitions int               `json:"transitions"`  // that the loss depends on
	Longest     int               `json:"longest_path"` // convolutions and dense layers between image and loss, the most

	TrainSteps  []int    `json:"train_steps"`
	TestSteps   []int    `json:"test_steps"`
	Reestimated []string `json:"reestimated"` // norm places of test steps that training never fills
	Warnings    []string `json:"warnings"`
	DataFault   error    `json:"-"` // why the data cannot be read, nil where they can

	MultiplyAdds         int64 `json:"multiply_adds"`          // an image, up to the last test step
	TrainingMultiplyAdds int64 `json:"training_multiply_adds"` // an image of a training batch, gradient included
	Instructions         int   `json:"instructions"`           // of a training batch

	Batches      int     `json:"batches_an_epoch"`
	Updates      int     `json:"updates"`
	MemoryBytes  int64   `json:"memory_bytes"`               // of the process while it trains
	BatchSeconds float64 `json:"batch_seconds,omitempty"`    // where it was timed
	Seconds      float64 `json:"training_seconds,omitempty"` // all epochs, validation not counted
}

// AreaCheck is what is known of an area.
type AreaCheck struct {
	Name   string   `json:"name"`
	Shape  [3]int   `json:"shape"`
	Kind   string   `json:"kind"`
	Onset  int      `json:"onset"`                                     // step at which the image reaches it, -1 never
	Fields [][2]int `json:"receptive_fields"`                          // height and width in pixels at each step; 0 before onset, -1 from step cortex.MaxFields on
	Holes  bool     `json:"receptive_fields_may_have_holes,omitempty"` // what drives the area passes units over
}

// ConnectionCheck is what is known of a connection.
type ConnectionCheck struct {
	Name      string `json:"name"`
	Role      string `json:"role"`
	Kind      string `json:"kind"`
	Delay     int    `json:"delay"`
	Window    string `json:"window"`
	Time      string `json:"time"`             // how its weights are tied over steps; "" where it has none
	First     int    `json:"first_use"`        // step at which it first delivers anything, -1 never
	Informed  int    `json:"first_of_image"`   // … that depends on the image
	Influence int    `json:"first_influence"`  // first readout step that it can change, -1 none
	Trained   int    `json:"live_transitions"` // of which the loss depends
}

// SetCheck is the weights of one sharing set, connection, net or norm.
type SetCheck struct {
	Name       string `json:"name"`
	Variables  int    `json:"variables"`
	Uses       int    `json:"uses"`
	Parameters int    `json:"parameters"`
}

// Surroundings is what a check asks of an engine.
type Surroundings struct {
	Options
	// Memory predicts the bytes that the engine needs for a program. More than it
	// may take is an error, that of its Compile.
	Memory func(p *nn.Program) (int64, error)
	// Time says whether a batch is carried out, to time it.
	Time bool
}

// NewCheck works out what is known of the experiment. Data that are not there keep
// nothing else from being checked; DataFault says what is wrong with them. An
// error names the experiment's variant.
func NewCheck(e *spec.Experiment, s Surroundings) (*Check, error) {
	c, err := newCheck(e, s)
	return c, decode.OfVariant(err, e.Variant)
}

func newCheck(e *spec.Experiment, s Surroundings) (*Check, error) {
	s.Options = s.Options.filled()
	g, err := e.Graph()
	if err != nil {
		return nil, err
	}
	if err := trained(e, g, s.Options); err != nil {
		return nil, err
	}
	data := dataReady(e, s.Options)
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		return nil, err
	}
	c := &Check{
		Format: rundir.Format, Name: e.Name, Variant: e.Variant, Steps: e.Steps,
		TrainSteps: g.TrainSteps(), TestSteps: g.TestSteps(), Warnings: append([]string{}, e.Notes...), Reestimated: []string{},
		DataFault: data,
	}
	if data != nil {
		c.warn("the data were not checked, since they cannot be read; everything else was")
	}
	if err := c.areas(g); err != nil {
		return nil, err
	}
	c.connections(g)
	c.sparse(g)
	if err := c.weights(g); err != nil {
		return nil, err
	}
	if c.Reestimated, err = cortex.Reestimated(g, norms, c.TestSteps); err != nil {
		return nil, err
	}
	if c.Reestimated == nil {
		c.Reestimated = []string{}
	}
	c.Warnings = append(c.Warnings, unsettled(e, norms.Momenta())...)
	if c.MultiplyAdds, err = cortex.MultiplyAdds(g, g.TestSteps()); err != nil {
		return nil, err
	}
	return c, c.cost(e, g, s)
}

func (c *Check) areas(g *cortex.Graph) error {
	fields, err := cortex.ReceptiveFields(g)
	if err != nil {
		return err
	}
	for i, a := range g.Areas {
		x := AreaCheck{Name: a.Name, Shape: a.Shape, Kind: a.Dynamics.Kind(), Onset: g.Onset(i)}
		for t := range g.Steps {
			f := [2]int{fields[t][i].Height, fields[t][i].Width}
			if t >= cortex.MaxFields && x.Onset >= 0 && t >= x.Onset {
				f = [2]int{-1, -1}
			}
			x.Fields = append(x.Fields, f)
		}
		if x.Onset < 0 {
			c.warn("the image never reaches %s within steps 0..%d", a.Name, g.Steps-1)
		}
		if d, ok := a.Dynamics.(*areas.Rate); ok && !slices.Contains(d.Order, "norm") && d.Norm.Kind != "none" {
			c.warn("order of %s has no \"norm\": its norm (%s) is not used", a.Name, d.Norm.Kind)
		}
		c.Areas = append(c.Areas, x)
	}
	return nil
}

func (c *Check) warn(format string, a ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, a...))
}

// tying notes a rule "tied ..k" that is no other than "tied" or "untied".
func (c *Check) tying(where string, rule connectivity.Tying, steps int) {
	switch until, ok := rule.Until(); {
	case ok && until >= steps-1:
		c.warn("%s ties all steps, as \"tied\" does: the last step is %d", where, steps-1)
	case ok && until == 0:
		c.warn("%s ties no steps, as \"untied\" does: step 0 is the only one up to 0", where)
	}
}

func (c *Check) connections(g *cortex.Graph) {
	c.tying(fmt.Sprintf("sharing.time = %q", g.Matrix.Sharing.Time), g.Matrix.Sharing.Time, g.Steps)
	for j, r := range cortex.Reaches(g) {
		x := &g.Matrix.Connections[j]
		c.Connections = append(c.Connections, ConnectionCheck{
			Name: x.Name, Role: x.Role, Kind: x.Transform.String(), Delay: x.Delay, Window: x.Window.String(),
			First: r.First, Informed: r.Informed, Influence: r.Influence, Trained: r.Trained,
		})
		if x.Transform.Kind() != "identity" {
			c.Connections[j].Time = string(g.Matrix.Sharing.Over(x))
			c.tying(fmt.Sprintf("time = %q of %s", x.Time, x.Name), x.Time, g.Steps)
		}
		c.Transitions += r.Trained
		switch {
		case r.First < 0:
			c.warn("%s never delivers anything within steps 0..%d: its source has no state early enough", x.Name, g.Steps-1)
		case r.Influence < 0:
			c.warn("%s first arrives at %s@%d; nothing it changes reaches a readout. It has no weights; more steps, a smaller delay or a later readout would make it act", x.Name, x.To, r.First)
		case r.Trained == 0:
			c.warn("%s changes no training readout, only tested steps from %d: it is never trained", x.Name, r.Influence)
		}
	}
}

func (c *Check) weights(g *cortex.Graph) error {
	weights, err := cortex.Weights(g)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, w := range weights {
		if !w.Trainable {
			continue
		}
		i, ok := at[w.Set]
		if !ok {
			i = len(c.Sets)
			at[w.Set] = i
			c.Sets = append(c.Sets, SetCheck{Name: w.Set})
		}
		s := &c.Sets[i]
		s.Variables++
		s.Uses = max(s.Uses, len(w.Uses))
		s.Parameters += w.Count
	}
	c.Parameters = cortex.Parameters(weights)
	return nil
}

// cost finds multiply-adds, memory and time of training.
func (c *Check) cost(e *spec.Experiment, g *cortex.Graph, s Surroundings) error {
	p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		return err
	}
	c.Instructions = len(p.Instrs)
	c.TrainingMultiplyAdds = p.MultiplyAdds() / int64(e.Train.Batch)
	c.Longest = longest(p)
	images := e.Stimuli.Described.Images[stimuli.Train]
	c.Batches = images / e.Train.Batch
	c.Updates = e.Updates()
	if s.Memory != nil {
		engine, err := fits(e, p, s.Memory)
		if err != nil {
			return err
		}
		c.MemoryBytes = engine + memoryOf(e, p)
		if n := min(e.Train.Batch, e.Stimuli.Described.Images[stimuli.Validation]); n > 0 {
			// Validation runs beside the training program, which waits.
			v, _, err := cortex.Inference(g, n, g.TrainSteps(), nil, nil)
			if err != nil {
				return err
			}
			if engine, err = s.Memory(v); err != nil {
				return err
			}
			c.MemoryBytes += engine
		}
	}
	if !s.Time {
		return nil
	}
	if c.BatchSeconds, err = timeBatch(e, g, p, s.Options); err != nil {
		return err
	}
	c.Seconds = c.BatchSeconds * float64(c.Batches*e.Train.Epochs)
	return nil
}

// longest counts the convolutions and dense layers on the longest path of the
// forward part.
func longest(p *nn.Program) int {
	depth := make([]int, len(p.Shapes))
	most := 0
	for _, in := range p.Instrs {
		if in.Tag.Backward || in.Tag.Area == "optimiser" || in.Tag.Area == "statistics" {
			continue
		}
		d := 0
		for _, a := range in.Args {
			d = max(d, depth[a])
		}
		switch in.Op.(type) {
		case nn.Conv2D, nn.ConvTranspose2D:
			d++
		}
		for _, r := range in.Results {
			depth[r] = d
		}
		most = max(most, d)
	}
	return most
}

// memory is what training holds besides the engine: images, variables in and
// out of a checkpoint, batches, the program itself, and a figure while it is
// drawn between epochs.
func memoryOf(e *spec.Experiment, p *nn.Program) int64 {
	const (
		program = 22 << 20 // its code and the runtime, measured on a cortex of one unit
		figure  = 12 << 20 // 300 dots an inch, and the compressor of its PNG; figures are drawn one after the other
	)
	n := program + figure + e.Stimuli.Described.Held
	for _, v := range p.Vars {
		n += 4 * int64(p.Shapes[v.Value].Len())
	}
	for _, in := range p.Inputs {
		n += 2 * 4 * int64(p.Shapes[in.Value].Len()) // a batch, and the engine's copy
	}
	return n + int64(len(p.Instrs))*600
}

// timeStep times a training batch on noise, on a smaller batch where a whole one
// would take long, and returns the seconds of a whole one.
func timeBatch(e *spec.Experiment, g *cortex.Graph, p *nn.Program, o Options) (float64, error) {
	batch := e.Train.Batch
	if n := int(4e9 / math.Max(float64(p.MultiplyAdds())/float64(batch), 1)); n < batch {
		if batch = max(n/8*8, 8); batch < e.Train.Batch {
			var err error
			if p, err = cortex.TrainingProgram(g, e.Rule(), batch, e.Statistics == "all"); err != nil {
				return 0, err
			}
		} else {
			batch = e.Train.Batch
		}
	}
	v := nn.NewVariables(uint64(e.Seed))
	if _, err := v.Fill(p); err != nil {
		return 0, err
	}
	exe, err := o.Engine.Compile(p)
	if err != nil {
		return 0, err
	}
	defer exe.Close()
	home, err := o.Engine.Hold(v)
	if err != nil {
		return 0, err
	}
	defer home.Close()
	in, out := cortex.Inputs(p), cortex.Outputs(p)
	noise := cortex.Noise(g.Classes)
	noise.Rate = 0
	if err := cortex.Fill(p, in, noise); err != nil {
		return 0, err
	}
	var took []float64
	begun := o.Now()
	for i := 0; i < 20; i++ {
		start := o.Now()
		if err := exe.Run(home, in, out); err != nil {
			return 0, err
		}
		if d := o.Now().Sub(start).Seconds(); i > 0 { // the first batch touches new memory
			took = append(took, d)
		}
		if i > 1 && o.Now().Sub(begun) > time.Second {
			break
		}
	}
	slices.Sort(took)
	return took[len(took)/2] * float64(e.Train.Batch) / float64(batch), nil
}

// Print writes the check as tables.
func (c *Check) Print(out io.Writer) {
	name := c.Name
	fmt.Fprintf(out, "%s: steps 0..%d, trained at %s, tested at %s\n\n", name, c.Steps-1, spans(c.TrainSteps), spans(c.TestSteps))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "area\tshape\tkind\tonset\treceptive field of the middle unit (pixels, not cut at the border) by step\n")
	holes := ""
	for _, a := range c.Areas {
		mark := ""
		if a.Holes {
			mark, holes = " *", "* may have holes: what drives the area passes units over, as the notes say\n"
		}
		fmt.Fprintf(w, "%s\t%d×%d×%d\t%s\t%s\t%s%s\n", a.Name, a.Shape[0], a.Shape[1], a.Shape[2], a.Kind, step(a.Onset), fieldText(a.Fields), mark)
	}
	w.Flush()
	fmt.Fprint(out, holes)
	fmt.Fprintln(out)
	fmt.Fprint(w, "connection\trole\tkind\tdelay\twindow\tweights over time\tfirst use\tof the image\tfirst changes a readout\tlive transitions\n")
	for _, x := range c.Connections {
		time := x.Time
		if time == "" {
			time = "none"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n", x.Name, x.Role, x.Kind, x.Delay, x.Window, time, step(x.First), step(x.Informed), step(x.Influence), x.Trained)
	}
	w.Flush()
	fmt.Fprintln(out)
	fmt.Fprint(w, "weights of\tvariables\tuses\tparameters\t\n")
	for _, s := range c.Sets {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t\n", s.Name, s.Variables, s.Uses, readable.Grouped(s.Parameters))
	}
	fmt.Fprintf(w, "all in use\t\t\t%s\t\n", readable.Grouped(c.Parameters))
	w.Flush()
	fmt.Fprintf(out, "\nlongest path: %d weight layers (convolutions and dense); %d live transitions\n", c.Longest, c.Transitions)
	fmt.Fprintf(out, "multiply-adds an image: %s to answer, %s to train\n", readable.Short(c.MultiplyAdds), readable.Short(c.TrainingMultiplyAdds))
	fmt.Fprintf(out, "training: %s updates (%d batches an epoch), %d instructions a batch\n", readable.Grouped(c.Updates), c.Batches, c.Instructions)
	if c.MemoryBytes > 0 {
		fmt.Fprintf(out, "memory: %s\n", readable.Bytes(c.MemoryBytes))
	}
	if c.BatchSeconds > 0 {
		fmt.Fprintf(out, "time: %.3g s a batch here, %s for all epochs (validation not counted)\n", c.BatchSeconds, (time.Duration(c.Seconds * float64(time.Second))).Round(time.Second))
	}
	if len(c.Reestimated) > 0 {
		fmt.Fprintf(out, "norms that training never fills, re-estimated for testing: %s\n", strings.Join(c.Reestimated, ", "))
	}
	for _, x := range c.Warnings {
		fmt.Fprintf(out, "note: %s\n", x)
	}
}

func step(t int) string {
	if t < 0 {
		return "never"
	}
	return fmt.Sprint(t)
}

// spans writes steps as ranges.
func spans(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j > i {
			parts = append(parts, fmt.Sprintf("%d..%d", list[i], list[j]))
		} else {
			parts = append(parts, fmt.Sprint(list[i]))
		}
		i = j + 1
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// bytesText writes a number of bytes in MiB.
