package cortex_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/optim"
)

// framed is a column of one unit that adds up what it is shown at steps 0..2,
// one step later.
func framed(t *testing.T, frames bool, train string) *cortex.Graph {
	var screen *cortex.Screen
	if frames {
		screen = &cortex.Screen{Steps: []cortex.Shown{{{0, 1}}, {{1, 1}}, {{2, 1}}}}
	}
	return network(t, cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 6, Screen: screen,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0..2"), Delay: 1, Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm.Kind = "none" }))},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "identity")}},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Train: at(train)},
	})
}

// TestFillPorts fills every port that a program can have, from memory that is
// not a number, and compares with what each port is for.
func TestFillPorts(t *testing.T) {
	const batch = 3
	programs := map[string]*nn.Program{}
	for _, frames := range []bool{false, true} {
		for _, train := range []string{"4", "any of 2..4"} {
			g := framed(t, frames, train)
			name := fmt.Sprintf("frames %v, trained at %s: ", frames, train)
			for _, every := range []int{1, 4} {
				rule := optim.Rule{Optimiser: &optim.SGD{}, Accumulate: every}
				p, err := cortex.TrainingProgram(g, rule, batch, true)
				if err != nil {
					t.Fatal(err)
				}
				programs[fmt.Sprint(name, "training, gradients of ", every)] = p
				if q, err := rule.Update(p); err != nil {
					t.Fatal(err)
				} else if q != nil {
					programs[name+"update"] = q
				}
			}
			p, _, err := cortex.Inference(g, batch, []int{4}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			programs[name+"answer"] = p
			programs[name+"window"] = window(t, g, cortex.Options{Batch: batch, From: 2, Logits: []int{4}}).Program
		}
	}
	feed := cortex.Feed{
		Images: func(frame int, images []float32) error {
			for i := range images {
				images[i] = float32(10*frame + i)
			}
			return nil
		},
		Labels: func(which int, labels []float32) error {
			for i := range labels {
				labels[i] = float32(100 + which + i)
			}
			return nil
		},
		Carried: func(port string, state []float32) error {
			for i := range state {
				state[i] = float32(len(port) + i)
			}
			return nil
		},
		Rate: 0.25, Update: 7, Keep: true, Drawn: 1,
	}
	counted := func(from float32, n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = from + float32(i)
		}
		return x
	}
	seen := map[string]bool{}
	for name, p := range programs {
		in := cortex.Inputs(p)
		for _, x := range in {
			for i := range x.Data {
				x.Data[i] = float32(math.NaN())
			}
		}
		if err := cortex.Fill(p, in, feed); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i, x := range p.Inputs {
			var want []float32
			seen[x.Name] = true
			switch x.Name {
			case "image":
				want = counted(0, batch)
			case "image@1", "image@2":
				want = counted(float32(10*(x.Name[6]-'0')), batch)
			case "label":
				want = counted(100, 2*batch)
			case "label@1":
				want = counted(101, 2*batch)
			case "step_weights":
				want = []float32{0, 1, 0}
			case "rate":
				want = []float32{0.25}
			case "update":
				want = []float32{7}
			case "keep":
				want = []float32{1}
			case "carry/A@1/0":
				want = counted(11, batch)
			}
			if !slices.Equal(in[i].Data, want) {
				t.Errorf("%s: port %s: got %v, want %v", name, x.Name, in[i].Data, want)
			}
		}
	}
	all := []string{"carry/A@1/0", "image", "image@1", "image@2", "keep", "label", "rate", "step_weights", "update"}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, all) {
		t.Errorf("got ports %v, want %v", got, all)
	}
}

// TestFillErrors names ports that nothing fills.
func TestFillErrors(t *testing.T) {
	program := func(ports ...string) *nn.Program {
		b := nn.NewBuilder()
		for _, name := range ports {
			b.Output("y/"+name, b.Input(name, nn.Shape{}, false))
		}
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	noise := cortex.Noise(1)
	for _, c := range []struct {
		ports []string
		feed  cortex.Feed
		want  string
	}{
		{[]string{"rate", "reward"}, noise, `the input port "reward"`},
		{[]string{"image@late"}, noise, `the input port "image@late"`},
		{[]string{"image"}, cortex.Feed{}, `the input port "image"`},
		{[]string{"label"}, cortex.Feed{}, `the input port "label"`},
		{[]string{"carry/A@1/0"}, noise, `the input port "carry/A@1/0"`},
	} {
		p := program(c.ports...)
		if err := cortex.Fill(p, cortex.Inputs(p), c.feed); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %s", c.ports, err, c.want)
		}
	}
}

// TestFrames shows another image at each step, and the same one at all.
func TestFrames(t *testing.T) {
	image := func(x ...float64) nn.Array { return nn.Array{Shape: nn.Shape{2, 1, 1, 1}, Data: x} }
	frames := map[string]nn.Array{"image": image(1, 2), "image@1": image(10, -4), "image@2": image(0.5, 3)}
	taps := []cortex.Tap{{Area: 0, Signal: areas.State, Step: 1}, {Area: 0, Signal: areas.State, Step: 2}, {Area: 0, Signal: areas.State, Step: 5}}
	p := answer(t, framed(t, true, "4"), cortex.Options{Batch: 2, Taps: taps})
	for _, v := range p.Vars { // a kernel of 2 and a bias of 0.25
		a, _ := p.home.Get(v.Name)
		for i := range a.Data {
			a.Data[i] = 0.25
		}
		if a.Shape.Rank() == 4 {
			a.Data[len(a.Data)/2] = 2
		}
	}
	got := p.run(t, frames)
	near(t, "A@1", got["A@1/state"].Data, []float64{2.25, 4.25}, 0)
	near(t, "A@2", got["A@2/state"].Data, []float64{2.25 + 20.25, 4.25 - 7.75}, 0)
	near(t, "A@5", got["A@5/state"].Data, []float64{2.25 + 20.25 + 1.25, 4.25 - 7.75 + 6.25}, 0)

	same := image(1.5, -2)
	one, each := loss(t, framed(t, false, "4"), 2, cortex.Options{}), loss(t, framed(t, true, "4"), 2, cortex.Options{})
	want := one.run(t, map[string]nn.Array{"image": same, "label": oneHot(2, 2)})
	got = each.run(t, map[string]nn.Array{"image": same, "image@1": same, "image@2": same, "label": oneHot(2, 2)})
	for name, a := range want {
		scale := 1.0
		if name == "grad/image" {
			scale = 3 // of each of three frames the third part
		}
		for i := range a.Data {
			a.Data[i] /= scale
		}
		near(t, name, got[name].Data, a.Data, 1e-15)
	}
}
