package check

import (
	"fmt"
	"slices"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/fitting"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// Check holds the properties of an experiment that are known before training.
type Check struct {
	Format      int               `json:"format"`
	Name        string            `json:"name"`
	Variant     string            `json:"variant,omitempty"`
	Steps       int               `json:"steps"`
	Screen      string            `json:"screen"`  // what is on it, from step to step
	Changes     []ChangeCheck     `json:"changes"` // of the screen
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
	Glanced     int      `json:"images_read"` // the first of each split, which were read as training would
	DataFault   error    `json:"-"`           // why the data cannot be read, nil where they can

	MultiplyAdds         int64 `json:"multiply_adds"`          // an image, up to the last test step
	TrainingMultiplyAdds int64 `json:"training_multiply_adds"` // an image of a training batch, gradient included
	Instructions         int   `json:"instructions"`           // of a training batch

	Batches      int     `json:"batches_an_epoch"`
	Updates      int     `json:"updates"`
	MemoryBytes  int64   `json:"memory_bytes"`               // of the process while it trains
	Recorded     int64   `json:"recorded_bytes"`             // of the recordings, on disk
	BatchSeconds float64 `json:"batch_seconds,omitempty"`    // where it was timed
	Seconds      float64 `json:"training_seconds,omitempty"` // all epochs, validation not counted
}

// AreaCheck holds the properties of an area.
type AreaCheck struct {
	Name   string   `json:"name"`
	Shape  [3]int   `json:"shape"`
	Kind   string   `json:"kind"`
	Onset  int      `json:"onset"`                                     // step at which the image reaches it, -1 never
	Fields [][2]int `json:"receptive_fields"`                          // height and width in pixels at each step; 0 before onset, -1 from step cortex.MaxFields on
	Holes  bool     `json:"receptive_fields_may_have_holes,omitempty"` // what drives the area passes units over
}

// ConnectionCheck holds the properties of a connection.
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

// Options are the options of a check.
type Options struct {
	run.Options
	// Memory predicts the bytes that the engine needs for a program. More than it
	// may take is an error, that of its Compile.
	Memory func(p *nn.Program) (int64, error)
	// Time says whether a batch is carried out, to time it.
	Time bool
	// Look says whether the first images of each split are read.
	Look bool
}

// New checks an experiment. Where its data are missing the rest is checked all
// the same, and DataFault is the fault of the data. An error names the experiment's
// variant.
func New(e *spec.Experiment, s Options) (*Check, error) {
	c, err := newCheck(e, s)
	return c, decode.OfVariant(err, e.Variant)
}

func newCheck(e *spec.Experiment, s Options) (*Check, error) {
	s.Options = s.Options.Filled()
	g, err := e.Graph()
	if err != nil {
		return nil, err
	}
	if err := run.Trainable(e, g, s.Options); err != nil {
		return nil, err
	}
	if err := fitting.Check(e, s.Folder, s.Cache); err != nil {
		return nil, err
	}
	left, err := fitting.LeftOut(e)
	if err != nil {
		return nil, err
	}
	data, glanced := run.DataReady(e, s.Options), 0
	if data == nil && s.Look {
		glanced, data = glance(e, s.Options)
	}
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		return nil, err
	}
	c := &Check{
		Format: rundir.Format, Name: e.Name, Variant: e.Variant, Steps: e.Steps,
		TrainSteps: g.TrainSteps(), TestSteps: g.TestSteps(), Warnings: append([]string{}, e.Notes...), Reestimated: []string{},
		DataFault: data, Glanced: glanced,
	}
	if data != nil {
		c.warn("the data were not checked, since they cannot be read; everything else was")
	}
	c.Warnings = append(c.Warnings, left...)
	if err := c.areas(g); err != nil {
		return nil, err
	}
	c.screen(g)
	c.blind(g)
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
	c.Warnings = append(c.Warnings, run.Unsettled(e, norms.Momenta())...)
	if c.MultiplyAdds, err = cortex.MultiplyAdds(g, g.TestSteps()); err != nil {
		return nil, err
	}
	c.Recorded = run.RecordedBytes(e, g)
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

// glance reads the first images of each split, and returns how many it read.
func glance(e *spec.Experiment, o run.Options) (images int, err error) {
	env := e.Env(o.Folder, o.Cache)
	env.Note = func(text string) { o.Report.Note("%s", text) }
	images, err = stimuli.Glance(e.Stimuli.Settings, env)
	return images, e.Wrap([]string{"stimuli"}, err)
}
