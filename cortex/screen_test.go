package cortex_test

import (
	"fmt"
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

// watching is a column of one unit that adds up what a screen shows, one step later.
func watching(t *testing.T, steps int, screen *cortex.Screen, train string) *cortex.Graph {
	return network(t, watcher(steps, screen, train))
}

func watcher(steps int, screen *cortex.Screen, train string) cortex.Graph {
	return cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: steps, Screen: screen,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0"), Delay: 1, Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm.Kind = "none" }))},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->A", "identity")}},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Loss: "softmax", Train: at(train), Test: at(train)},
	}
}

// TestScreenMixes adds up frames with their gains, shows nothing at all, and shows a
// picture again. The column adds 2x + 0.25 for each step at which something arrives.
func TestScreenMixes(t *testing.T) {
	screen := &cortex.Screen{Steps: []cortex.Shown{
		{{0, 1}},           // 3
		{},                 // no drive
		{{0, 0.5}, {1, 2}}, // 1.5 + 20
		{{0, 1}},           // 3
	}}
	var taps []cortex.Tap
	for step := 1; step < 6; step++ {
		taps = append(taps, cortex.Tap{Area: 0, Signal: areas.State, Step: step})
	}
	p := answer(t, watching(t, 6, screen, "5"), cortex.Options{Batch: 1, Taps: taps})
	for _, v := range p.Vars {
		a, _ := p.home.Get(v.Name)
		for i := range a.Data {
			a.Data[i] = 0.25
		}
		if a.Shape.Rank() == 4 {
			a.Data[len(a.Data)/2] = 2
		}
	}
	one := func(x float64) nn.Array { return nn.Array{Shape: nn.Shape{1, 1, 1, 1}, Data: []float64{x}} }
	got := p.run(t, map[string]nn.Array{"image": one(3), "image@1": one(10)})
	want, total := []float64{6.25, 0, 43.25, 6.25, 0}, 0.0
	for i, drive := range want {
		total += drive
		near(t, fmt.Sprint("A@", i+1), got[fmt.Sprintf("A@%d/state", i+1)].Data, []float64{total}, 0)
	}
}

// TestScreenSharesPictures counts multiply-adds: a picture that is shown for longer,
// or again, is convolved once, and a mixture of the same frames is another one.
func TestScreenSharesPictures(t *testing.T) {
	a, b := cortex.Shown{{0, 1}}, cortex.Shown{{0, 0.5}, {1, 0.5}}
	cost := func(shown ...cortex.Shown) int64 {
		g := watching(t, 8, &cortex.Screen{Steps: shown}, "7")
		n, err := cortex.MultiplyAdds(g, g.TestSteps())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	one := cost(a)
	readout := int64(2) // a dense layer of one unit to two classes
	if got := cost(a, a, a, nil, a); got != one {
		t.Errorf("the same picture at four steps costs %d multiply-adds, want the %d of one step", got, one)
	}
	if got, want := cost(a, b, b, a), 2*(one-readout)+readout; got != want {
		t.Errorf("two pictures cost %d multiply-adds, want %d", got, want)
	}
}

// TestScreenWindows compares a cortex in windows of two steps with the whole.
func TestScreenWindows(t *testing.T) {
	screen := &cortex.Screen{Steps: []cortex.Shown{{{0, 1}}, {{1, 1}}, nil, {{1, 0.25}, {2, 1}}}}
	g := watching(t, 6, screen, "5")
	for from := 0; from < 6; from += 2 {
		b := nn.NewBuilder()
		o := cortex.Options{Batch: 1, From: from, To: from + 2}
		if from == 4 {
			o.Logits = []int{5}
		}
		u := g.Unroll(b, o)
		if err := b.Err(); err != nil {
			t.Fatal(err)
		}
		var ports []int
		for f := range u.Frames {
			ports = append(ports, f)
		}
		slices.Sort(ports)
		want := map[int][]int{0: {0}, 2: {1}, 4: {1, 2}}[from]
		if !slices.Equal(ports, want) {
			t.Errorf("window from %d has frames %v, want %v: those that arrive within it", from, ports, want)
		}
	}
}

// TestAnswers trains each step on labels of its own; a step without any is left out.
func TestAnswers(t *testing.T) {
	screen := &cortex.Screen{Steps: []cortex.Shown{{{0, 1}}, {{1, 1}}, {{2, 1}}}, Answers: []int{-1, 0, 1, -1, 1}}
	g := watching(t, 5, screen, "1..4")
	if got := g.TrainSteps(); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("got trained steps %v, want 1, 2 and 4", got)
	}
	if got := g.TestSteps(); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("got tested steps %v, want 1, 2 and 4", got)
	}
	p, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{}}, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	var ports []string
	for _, x := range p.Inputs {
		ports = append(ports, x.Name)
	}
	slices.Sort(ports)
	if want := []string{"image", "image@1", "image@2", "label", "label@1", "rate", "update"}; !slices.Equal(ports, want) {
		t.Errorf("got ports %v, want %v", ports, want)
	}
	// The loss of a step is that of its labels: of logits z and a class, log Σ exp(z) - z.
	one := loss(t, g, 1, cortex.Options{})
	frame := func(x float64) nn.Array { return nn.Array{Shape: nn.Shape{1, 1, 1, 1}, Data: []float64{x}} }
	class := func(k int) nn.Array {
		a := nn.Array{Shape: nn.Shape{1, 1, 1, 2}, Data: []float64{0, 0}}
		a.Data[k] = 1
		return a
	}
	in := func(first, second int) map[string]nn.Array {
		return map[string]nn.Array{"image": frame(1), "image@1": frame(-2), "image@2": frame(0.5), "label": class(first), "label@1": class(second)}
	}
	for first := range 2 {
		for second := range 2 {
			got := one.run(t, in(first, second))
			want := 0.0
			for step, class := range map[int]int{1: first, 2: second, 4: second} {
				z := got[cortex.LogitsName(step)].Data
				want += math.Log(math.Exp(z[0])+math.Exp(z[1])) - z[class]
			}
			near(t, fmt.Sprint("loss of labels ", first, second), got["loss"].Data, []float64{want}, 1e-12)
		}
	}
}

// TestScreenFaults: what no screen can be is said.
func TestScreenFaults(t *testing.T) {
	shown := []cortex.Shown{{{0, 1}}}
	for want, screen := range map[string]*cortex.Screen{
		"found nothing that is shown within steps 0..3": {Steps: []cortex.Shown{nil, nil}},
		"twice": {Steps: []cortex.Shown{{{0, 1}, {0, 2}}}},
		"no label is right at any of these steps": {Steps: shown, Answers: []int{0, 0, 0, -1}},
	} {
		_, err := cortex.NewGraph(watcher(4, screen, "3"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	late := watcher(4, &cortex.Screen{Steps: []cortex.Shown{nil, nil, shown[0]}}, "3")
	late.Input.Delay = 2
	if _, err := cortex.NewGraph(late); err == nil || !strings.Contains(err.Error(), "found 2: what is shown from step 2 on never arrives within steps 0..3; want 1 or less") {
		t.Errorf("shown too late to arrive: got %v", err)
	}
	g := watcher(4, &cortex.Screen{Steps: shown, Answers: []int{-1, 0, 0, -1}}, "1..3")
	g.Readout.Train.Any = true
	if _, err := cortex.NewGraph(g); err == nil || !strings.Contains(err.Error(), "at some of these steps") {
		t.Errorf("drawn among steps without labels: got %v", err)
	}
}

// TestChanges: the screen changes where another picture appears, and each change has
// onsets of its own.
func TestChanges(t *testing.T) {
	a, b := cortex.Shown{{0, 1}}, cortex.Shown{{1, 1}}
	g := watching(t, 8, &cortex.Screen{Steps: []cortex.Shown{nil, a, a, b, nil, a}}, "7")
	if got := cortex.Changes(g); !slices.Equal(got, []int{1, 3, 4, 5}) {
		t.Errorf("got changes at %v, want 1, 3, 4 and 5", got)
	}
	for at, want := range map[int]int{0: 2, 1: 2, 3: 4, 4: 6, 5: 6, 6: -1} {
		if got := cortex.OnsetsOf(g, at)[0]; got != want {
			t.Errorf("what is shown from step %d on reaches A at %d, want %d", at, got, want)
		}
	}
}
