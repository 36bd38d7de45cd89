package compare

import (
	"fmt"
	"math"
	"testing"

	"ventral/cortex"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

// answers evaluates the logits of an experiment with its initial weights, at
// slices, on two images.
func answers(t *testing.T, e *spec.Experiment, slices []int) map[string][]float32 {
	t.Helper()
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := cortex.Inference(g, 2, slices, nil, nil)
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

// TestOnceAnswersAlike holds that a network that runs once gives the answer that
// it gave at every slice from there on, with bypass connections, too, and that a
// recurrent one does not.
func TestOnceAnswersAlike(t *testing.T) {
	list, err := builtin(t, "debris", "stimuli.size=16", "area.V1.shape=[8, 8, 4]", "area.V2.shape=[4, 4, 4]", "area.V4.shape=[2, 2, 4]", "area.IT.shape=[1, 1, 4]").Derive("", []string{"feedforward", "bypass", "lateral"})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range list {
		before := answers(t, v.e, []int{3, 4, 7})
		if err := v.once(); err != nil {
			t.Fatal(err)
		}
		g, err := v.e.Graph()
		if err != nil {
			t.Fatal(err)
		}
		after := answers(t, v.e, g.TestSlices()[:1])["logits@3"]
		for _, slice := range []int{3, 4, 7} {
			alike := true
			for i, x := range before[fmt.Sprintf("logits@%d", slice)] {
				alike = alike && x == after[i]
			}
			if want := !v.Recurrent || slice == 3; alike != want {
				t.Errorf("%s at slice %d: the same answer: %v, want %v", v.Name, slice, alike, want)
			}
		}
	}
}
