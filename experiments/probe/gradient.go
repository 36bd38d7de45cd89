package probe

import (
	"context"
	"errors"
	"math"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

var gradientKind = Kind{
	Name:   "gradient",
	About:  "gradient of the training loss at the state of every area and step: its cosine with the next update, and the size of the update",
	Source: "Jastrzębski et al. 2018, Residual connections encourage iterative inference",
	Images: 64,
	New:    func() Probe { return &Gradient{} },
}

// Gradient measures, image by image, how the update x(t) - x(t-1) of an area's state lies
// to the negative gradient of the image's training loss L at the state before:
//
//	cosine(t) = (x(t) - x(t-1)) · (-∂L/∂x(t-1)) / (|x(t) - x(t-1)| · |∂L/∂x(t-1)|)
//	ratio(t) = |x(t) - x(t-1)| / |x(t-1)|
//
// The gradient counts every way from x(t-1) to the loss: through later steps of the area,
// through other areas, and through answers at step t-1 itself. All states of a cell with
// several are one vector. It gives the frames "update cosine", "update ratio" and
// "gradient size", |∂L/∂x(t)|, [area, step, image], and "loss" [image]. A number is NaN
// where there is no state before, where a vector is zero, and after the last step that
// the loss depends on.
type Gradient struct{}

var _ Probe = (*Gradient)(nil)

// Measure implements Probe.
func (*Gradient) Measure(ctx context.Context, s *Subject) ([]analysis.Frame, error) {
	trained := s.Graph.TrainSteps()
	if len(trained) == 0 {
		return nil, errors.New("found no trained step within the steps of the cortex, so that there is no loss; want more steps")
	}
	if s.Unlabelled {
		return nil, errors.New("the images have no labels, so that there is no loss; want images with labels")
	}
	n := nodesOf(s)
	batch := n.batch(2 * n.numbers())
	x, err := gradientProgram(s, n, batch, trained)
	if err != nil {
		return nil, err
	}
	defer x.close()
	g := &gradients{n: n,
		cosine: n.frame("update cosine", "", "cosine of x(t)-x(t-1) with the negative gradient of the image's training loss at x(t-1)"),
		ratio:  n.frame("update ratio", "", "|x(t)-x(t-1)| / |x(t-1)|"),
		size:   n.frame("gradient size", "", "Euclidean norm of the gradient of the image's training loss at x(t)"),
		loss:   analysis.Frame{Name: "loss", Unit: "nats", Note: "training loss of the image, its trained steps weighted as in training", Axes: []analysis.Axis{imageAxis(s)}},
	}
	err = s.each(ctx, x, batch, zeros, func(first, images int) { g.add(x, batch, first, images) })
	if err != nil {
		return nil, err
	}
	return []analysis.Frame{*g.cosine, *g.ratio, *g.size, g.loss}, nil
}

// gradientProgram gives the states, the gradients at them of the mean loss of a batch,
// and the losses of its images at the trained steps.
func gradientProgram(s *Subject, n *nodes, batch int, trained []int) (*program, error) {
	b := nn.NewBuilder()
	b.Plain = s.Graph.Plain
	each, marks := n.mark(b)
	s.Norms.Missing = nil
	u := s.Graph.Unroll(b, cortex.Options{Batch: batch, Logits: trained, Taps: s.Taps, Source: s.Norms.Source, Each: each})
	loss, single := imageLoss(s.Graph, b, u, batch)
	var wrt []nn.Value
	for _, at := range n.list {
		wrt = append(wrt, marks[at]...)
	}
	grads := b.Gradient(loss, wrt)
	for _, at := range n.list {
		for part, v := range u.States[at] {
			b.Output(n.port("state", at, part), v)
			if d := grads[0]; d != nn.None {
				b.Output(n.port("gradient", at, part), d)
			}
			grads = grads[1:]
		}
	}
	b.Output("losses", single)
	return compile(s, b)
}

// imageLoss emits the training loss of the mean image, with the mean share of each step
// where steps are drawn, and the losses of the images [N 1 1 1].
func imageLoss(g *cortex.Graph, b *nn.Builder, u *cortex.Unrolled, batch int) (mean, images nn.Value) {
	labels := map[int]nn.Value{}
	var parts []nn.Value
	for k, t := range g.TrainSteps() {
		which := cortex.Judgement(g, t)
		y, ok := labels[which]
		if !ok {
			y = b.Input(cortex.AnswerPort(which), nn.Shape{batch, 1, 1, g.Classes}, true)
			labels[which] = y
		}
		var op nn.Op = nn.SoftmaxLoss{}
		if g.Readout.Loss == "sigmoid" {
			op = nn.SigmoidLoss{}
		}
		l := b.One(op, u.Logits[t], y)
		if w := g.StepWeight(k); w != 1 {
			l = b.One(nn.Linear{A: w}, l)
		}
		parts = append(parts, l)
	}
	images = b.Sum(parts...)
	return b.One(nn.MeanImages{}, images), images
}

// gradients collects what the program gives.
type gradients struct {
	n                   *nodes
	cosine, ratio, size *analysis.Frame
	loss                analysis.Frame
}

// add takes a batch, whose images begin at first.
func (g *gradients) add(x *program, batch, first, images int) {
	for i := range images {
		g.loss.Data = append(g.loss.Data, float64(x.outputs["losses"][i]))
		for _, at := range g.n.list {
			size := g.vector(x, "gradient", at, i)
			if size == nil {
				continue
			}
			length := math.Sqrt(dot(size, size)) * float64(batch) // the loss is of the mean image
			put(g.size, at, first+i, length)
		}
		for _, at := range g.n.list {
			before := cortex.Node{Area: at.Area, Step: at.Step - 1}
			if !g.n.has[before] {
				continue
			}
			was, is := g.vector(x, "state", before, i), g.vector(x, "state", at, i)
			for k := range is {
				is[k] -= was[k]
			}
			moved, size := math.Sqrt(dot(is, is)), math.Sqrt(dot(was, was))
			if size > 0 {
				put(g.ratio, at, first+i, moved/size)
			}
			if d := g.vector(x, "gradient", before, i); d != nil && moved > 0 {
				if steep := math.Sqrt(dot(d, d)); steep > 0 {
					put(g.cosine, at, first+i, -dot(is, d)/(moved*steep))
				}
			}
		}
	}
}

// vector is what the program gives of a node for an image, all parts of the state
// together, zero where it gives nothing of a part; nil where it gives nothing at all.
func (g *gradients) vector(x *program, of string, at cortex.Node, image int) (list []float64) {
	units, any := g.n.units(at.Area), false
	for part := range g.n.parts(at.Area) {
		data, ok := x.outputs[g.n.port(of, at, part)]
		any = any || ok
		for k := range units {
			v := 0.0
			if ok {
				v = float64(data[image*units+k])
			}
			list = append(list, v)
		}
	}
	if !any {
		return nil
	}
	return list
}

// dot is the inner product.
func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
