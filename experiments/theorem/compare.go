package theorem

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// side is one network as a training program: logits, loss, and the gradients of
// the image and of every variable.
type side struct {
	program *nn.Program
	grads   []string // what each output from the third on is the gradient of
	out     []nn.Array
}

func finish(b *nn.Builder, image, logits, loss nn.Value) (*side, error) {
	s := &side{}
	b.Output("logits", logits)
	b.Output("loss", loss)
	wrt := []nn.Value{image}
	s.grads = append(s.grads, "image")
	for _, v := range b.Vars() {
		if v.Trainable {
			wrt, s.grads = append(wrt, v.Value), append(s.grads, v.Name)
		}
	}
	for i, d := range b.Gradient(loss, wrt) {
		if d == nn.None && b.Err() == nil {
			return nil, fmt.Errorf("the loss does not depend on %s", s.grads[i])
		}
		b.Output("gradient of "+s.grads[i], d)
	}
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	s.program = rewrite.Prune(p, nil)
	return s, nil
}

// run executes the program with the given variables. Perturb is added to the first element of the variable of that name, if any.
func (s *side) run(v *nn.Variables, perturbed string, perturb float64, image, label nn.Array) error {
	r, err := ref.Engine{}.Hold(v)
	if err != nil {
		return err
	}
	if a, ok := r.(*ref.Residence).Get(perturbed); ok {
		a.Data[0] += perturb
	}
	in := make([]nn.Array, len(s.program.Inputs))
	for i, x := range s.program.Inputs {
		in[i] = image
		if x.Name == "label" {
			in[i] = label
		}
	}
	s.out, err = ref.Run(s.program, r.(*ref.Residence), in)
	return err
}

// gradient returns the gradient of a variable, or of the image.
func (s *side) gradient(name string) (nn.Array, bool) {
	for i, n := range s.grads {
		if n == name {
			return s.out[2+i], true
		}
	}
	return nn.Array{}, false
}

func (p pair) compare(o Options) (Row, error) {
	row := Row{Network: p.name}
	deep, err := p.build(o)
	if err != nil {
		return row, fmt.Errorf("residual side: %w", err)
	}
	g, err := p.recurrent(o)
	if err != nil {
		return row, fmt.Errorf("recurrent side: %w", err)
	}
	b := nn.NewBuilder()
	u := g.Unroll(b, cortex.Options{Batch: o.Batch, Train: true, Logits: g.TrainSteps()})
	loss, _ := cortex.Loss(g, b, u, o.Batch)
	shallow, err := finish(b, u.Image, u.Logits[g.Steps-1], loss)
	if err != nil {
		return row, fmt.Errorf("recurrent side: %w", err)
	}

	weights := nn.NewVariables(o.Seed)
	if _, err := weights.Fill(deep.program); err != nil {
		return row, err
	}
	same, err := p.hand(weights, shallow.program)
	if err != nil {
		return row, err
	}
	image, label, err := batch(o)
	if err != nil {
		return row, err
	}
	if err := deep.run(weights, "", 0, image, label); err != nil {
		return row, fmt.Errorf("residual side: %w", err)
	}
	if err := shallow.run(same, p.fold()["first kernel"], o.Perturb, image, label); err != nil {
		return row, fmt.Errorf("recurrent side: %w", err)
	}

	row.Layers = 1 + len(p.stages) // the first, those between stages, the last
	for _, depth := range p.stages {
		row.Layers += 2 * depth
	}
	row.Parameters = [2]int{deep.program.Parameters(), shallow.program.Parameters()}
	row.Instructions = [2]int{len(deep.program.Instrs), len(shallow.program.Instrs)}
	row.Identical = slices.EqualFunc(deep.program.Instrs, shallow.program.Instrs, func(x, y nn.Instr) bool {
		return x.Op == y.Op && slices.Equal(x.Args, y.Args) && slices.Equal(x.Results, y.Results)
	})
	row.Logits = difference(deep.out[0], shallow.out[0], 0)
	row.Loss = difference(deep.out[1], shallow.out[1], 0)
	largest := 0.0
	for _, d := range deep.out[2:] {
		largest = max(largest, magnitude(d))
	}
	fold := p.fold()
	fold["image"] = "image"
	for _, name := range deep.grads {
		x, _ := deep.gradient(name)
		y, ok := shallow.gradient(fold[name])
		if !ok {
			return row, fmt.Errorf("the recurrent side has no %q for the residual side's %q", fold[name], name)
		}
		d := difference(x, y, 1e-6*largest)
		row.Gradient.Absolute = max(row.Gradient.Absolute, d.Absolute)
		row.Gradient.Relative = max(row.Gradient.Relative, d.Relative)
	}
	terms := max(9*o.Channels, o.Batch*o.Size*o.Size)
	row.Bound = 2 * float64(row.Layers*terms) * epsilon
	row.OK = row.Parameters[0] == row.Parameters[1] && len(deep.grads) == len(shallow.grads) &&
		row.Logits.Relative <= row.Bound && row.Loss.Relative <= row.Bound && row.Gradient.Relative <= row.Bound
	return row, nil
}

// build returns the residual side.
func (p pair) build(o Options) (*side, error) {
	b := nn.NewBuilder()
	r := p.residual(o).Build(b)
	return finish(b, r.Image, r.Logits, r.Loss)
}

// hand gives the recurrent program the weights of the residual side.
func (p pair) hand(weights *nn.Variables, recurrent *nn.Program) (*nn.Variables, error) {
	same := nn.NewVariables(weights.Seed)
	fold := p.fold()
	for _, name := range weights.Names() {
		t, _ := weights.Get(name)
		if fold[name] == "" {
			return nil, fmt.Errorf("residual weight %q has no recurrent name", name)
		}
		copied := nn.NewTensor(t.Shape)
		copy(copied.Data, t.Data)
		same.Set(fold[name], copied)
	}
	drawn, err := same.Fill(recurrent)
	if err != nil {
		return nil, err
	}
	for _, name := range drawn {
		if recurrent.Var(name).Trainable {
			return nil, fmt.Errorf("recurrent weight %q is no weight of the residual side", name)
		}
	}
	return same, nil
}

// batch returns images of independent normal pixels, and labels.
func batch(o Options) (image, label nn.Array, err error) {
	t := nn.NewTensor(nn.Shape{o.Batch, o.Size, o.Size, inputs})
	if err := (nn.Init{Kind: "he_normal", FanIn: 2}).Draw(o.Seed, "image", t); err != nil {
		return image, label, err
	}
	image, label = nn.NewArray(t.Shape), nn.NewArray(nn.Shape{o.Batch, 1, 1, classes})
	for i, x := range t.Data {
		image.Data[i] = float64(x)
	}
	for i := range o.Batch {
		label.Data[i*classes+i%classes] = 1
	}
	return image, label, nil
}

// difference compares two arrays; relative differences are those to the largest
// magnitude, or to floor where that is larger.
func difference(x, y nn.Array, floor float64) Difference {
	var d Difference
	if x.Shape != y.Shape {
		return Difference{math.Inf(1), math.Inf(1)}
	}
	for i := range x.Data {
		d.Absolute = max(d.Absolute, math.Abs(x.Data[i]-y.Data[i]))
	}
	if d.Absolute > 0 {
		d.Relative = d.Absolute / max(magnitude(x), magnitude(y), floor)
	}
	return d
}

func magnitude(a nn.Array) float64 {
	m := 0.0
	for _, x := range a.Data {
		m = max(m, math.Abs(x))
	}
	return m
}
