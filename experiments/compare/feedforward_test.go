package compare

import (
	"fmt"
	"math"
	"testing"

	"ventral/cortex"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

// answers evaluates the logits of an experiment with its initial weights, at
// steps, on two images.
func answers(t *testing.T, e *spec.Experiment, steps []int) map[string][]float32 {
	t.Helper()
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := cortex.Inference(g, 2, steps, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(5)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	engine := ref.Engine{}
	exe, err := engine.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	home, err := engine.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	var in, out []nn.Tensor
	for _, x := range p.Inputs {
		image := nn.NewTensor(p.Shapes[x.Value])
		for i := range image.Data {
			image.Data[i] = float32(math.Sin(float64(i * i)))
		}
		in = append(in, image)
	}
	for _, x := range p.Outputs {
		out = append(out, nn.NewTensor(p.Shapes[x.Value]))
	}
	if err := exe.Run(home, in, out); err != nil {
		t.Fatal(err)
	}
	named := map[string][]float32{}
	for i, x := range p.Outputs {
		named[x.Name] = out[i].Data
	}
	return named
}

// TestOnce holds that a network without recurrence runs once, and that its answer
// is the one it gave at the later steps.
func TestOnce(t *testing.T) {
	list, err := builtin(t, "debris").Derive("", []string{"feedforward", "lateral", "bypass", "adjacent", "full"})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		before, err := run.SizeOf(v.e)
		if err != nil {
			t.Fatal(err)
		}
		if err := runOnce(v); err != nil {
			t.Fatal(err)
		}
		after, err := run.SizeOf(v.e)
		if err != nil {
			t.Fatal(err)
		}
		forward := v.Name == "feedforward" || v.Name == "bypass"
		if v.Recurrent == forward {
			t.Errorf("%s: recurrent: %v", v.Name, v.Recurrent)
		}
		if forward && (v.e.Steps != 4 || v.e.Readout.Test.String() != "3" || before.Parameters != after.Parameters || len(v.Changes) != 1) {
			t.Errorf("%s: %d steps, read at %s, parameters %d from %d, %v; want 4 steps, read at 3", v.Name, v.e.Steps, v.e.Readout.Test, after.Parameters, before.Parameters, v.Changes)
		}
		if !forward && (v.e.Steps != 8 || len(v.Changes) != 0) {
			t.Errorf("%s was changed: %v", v.Name, v.Changes)
		}
	}
	leaky, err := builtin(t, "debris", "default.area.lambda=0.5").Derive("", []string{"feedforward"})
	if err != nil {
		t.Fatal(err)
	}
	if err := runOnce(leaky[0]); err != nil || !leaky[0].Recurrent || leaky[0].e.Steps != 8 {
		t.Errorf("areas that keep half of their state: recurrent %v, %d steps, %v", leaky[0].Recurrent, leaky[0].e.Steps, err)
	}
	// Spoerer's loss is a sum over four equal steps of weight 0.1.
	b, err := builtin(t, "Spoerer_2017").Derive("", []string{"feedforward"})
	if err != nil {
		t.Fatal(err)
	}
	if err := runOnce(b[0]); err != nil {
		t.Fatal(err)
	}
	if w := b[0].e.Readout.Weights; b[0].e.Steps != 1 || len(w) != 1 || math.Abs(w[0]-0.4) > 1e-12 {
		t.Errorf("%d steps with weights %v, want one of weight 0.4", b[0].e.Steps, w)
	}
}

// TestOnceAnswersAlike holds that a network that runs once gives the answer that
// it gave at every step from there on, with bypass connections, too, and that a
// recurrent one does not.
func TestOnceAnswersAlike(t *testing.T) {
	list, err := builtin(t, "debris", "stimuli.size=16", "area.V1.shape=[8, 8, 4]", "area.V2.shape=[4, 4, 4]", "area.V4.shape=[2, 2, 4]", "area.IT.shape=[1, 1, 4]").Derive("", []string{"feedforward", "bypass", "lateral"})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		before := answers(t, v.e, []int{3, 4, 7})
		if err := runOnce(v); err != nil {
			t.Fatal(err)
		}
		g, err := v.e.Graph()
		if err != nil {
			t.Fatal(err)
		}
		after := answers(t, v.e, g.TestSteps()[:1])["logits@3"]
		for _, step := range []int{3, 4, 7} {
			alike := true
			for i, x := range before[fmt.Sprintf("logits@%d", step)] {
				alike = alike && x == after[i]
			}
			if want := !v.Recurrent || step == 3; alike != want {
				t.Errorf("%s at step %d: the same answer: %v, want %v", v.Name, step, alike, want)
			}
		}
	}
}

// TestPrimaryOfOnce: a step at which a network without recurrence has no answer
// is refused before anything is trained; beyond its last it keeps that answer.
func TestPrimaryOfOnce(t *testing.T) {
	for primary, want := range map[string]string{
		"accuracy@0": `primary: found "accuracy@0", but feedforward is tested at [3]`, "accuracy@3": "", "accuracy@7": "", "accuracy@last": "",
	} {
		list, err := builtin(t, "debris").Derive("", []string{"feedforward", "bypass"})
		if err != nil {
			t.Fatal(err)
		}
		c := spec.NewComparison()
		c.Primary = primary
		if _, err := NewPlan("x", list, c, 0); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: got %v, want %q", primary, err, want)
		}
	}
}
