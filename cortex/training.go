package cortex

import (
	"fmt"

	"ventral/nn"
	"ventral/nn/optim"
	"ventral/nn/rewrite"
)

// TrainingProgram returns one training batch as a program.
//
// Inputs: "image" [N H W C], "label" [N 1 1 classes], "step_weights" where
// trained steps are drawn, and the scalars "rate" and "update" (the number of
// this update, from 1), or "keep" where the rule accumulates gradients. Outputs: the scalar "loss" without weight decay, the
// scalar "loss@t" and "logits@t" [N 1 1 classes] of every trained step.
// With all, norm places that the loss does not depend on keep their statistics.
// Where Recompute is above 0, steps are computed again in groups of so many;
// see [rewrite.Recompute].
func TrainingProgram(g *Graph, rule optim.Rule, batch int, all bool) (*nn.Program, error) {
	b := nn.NewBuilder()
	b.Plain = g.Plain
	u := g.Unroll(b, Options{Batch: batch, Train: true, Logits: g.train, All: all})
	loss, each := Loss(g, b, u, batch)
	rule.Emit(b, loss)
	u.Stats.Finish(b)
	b.Output("loss", loss)
	for k, t := range g.train {
		b.Output(LossName(t), each[k])
	}
	for _, t := range g.train {
		b.Output(LogitsName(t), u.Logits[t])
	}
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	keep := func(v nn.Var) bool { return !v.Trainable && (all || optim.IsGradient(v)) }
	return rewrite.Round(rewrite.Recompute(rewrite.Prune(p, keep), g.Recompute), g.Bits), nil
}

// LossName is the name of the output with the loss at step t.
func LossName(t int) string { return fmt.Sprintf("loss@%d", t) }

// LogitsName is the name of the output with the logits at step t.
func LogitsName(t int) string { return fmt.Sprintf("logits@%d", t) }
