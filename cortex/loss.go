package cortex

import (
	"fmt"

	"ventral/nn"
)

// Loss emits the training loss of logits u against labels: the input "label"
// [N 1 1 classes], others where the screen has several, and, where steps are drawn, "step_weights", one for each
// trained step. It returns the scalar loss and the losses of the steps. Of a
// window, the loss is that of the trained steps whose logits it has; the
// losses of the others are None.
func Loss(g *Graph, b *nn.Builder, u *Unrolled, batch int) (loss nn.Value, each []nn.Value) {
	labels := make([]nn.Value, Judgements(g))
	for which := range labels {
		if judges(g, which) {
			labels[which] = b.Input(AnswerPort(which), nn.Shape{batch, 1, 1, g.Classes}, true)
		}
	}
	weights := nn.None
	if g.Readout.Train.Any {
		weights = b.Input(StepWeightsPort, nn.Shape{len(g.train)}, false)
	}
	var parts []nn.Value
	for k, t := range g.train {
		if b.Err() != nil {
			return nn.None, nil
		}
		b.Tag = nn.Tag{Area: "readout", Step: t, Part: "loss"}
		var op nn.Op = nn.SoftmaxLoss{}
		if g.Readout.Loss == "sigmoid" {
			op = nn.SigmoidLoss{}
		}
		logits, ok := u.Logits[t]
		if !ok {
			each = append(each, nn.None)
			continue
		}
		l := b.One(nn.MeanImages{}, b.One(op, logits, labels[Judgement(g, t)]))
		each = append(each, l)
		w := g.StepWeight(k)
		if weights != nn.None {
			w *= float64(len(g.train)) // one step is drawn, with this as its mean share
		}
		if w != 1 {
			l = b.One(nn.Linear{A: w}, l)
		}
		if weights != nn.None {
			l = b.One(nn.ScaleBy{}, l, b.One(nn.Pick{Index: k}, weights))
		}
		parts = append(parts, l)
	}
	if len(parts) == 0 {
		b.Fail(fmt.Errorf("loss: none of the trained steps %v is among the logits", g.train))
	}
	b.Tag = nn.Tag{Area: "readout", Step: -1, Part: "loss"}
	return b.Sum(parts...), each
}

// StepWeight returns the weight of the k-th trained step in the loss; where
// steps are drawn, the expected one.
func (g *Graph) StepWeight(k int) float64 {
	w := 1.0
	if len(g.weight) > 0 {
		w = g.weight[k]
	}
	if g.Readout.Over == "mean" || g.Readout.Train.Any {
		w /= float64(len(g.train))
	}
	return w
}
