package cortex_test

import (
	"fmt"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/cortex"
	"ventral/nn"
)

// cued is a column of one place and two channels whose rate is driven by the image at
// step 0, and by a cue of three numbers at a port at steps 1 and 2.
func cued(port string) cortex.Graph {
	return cortex.Graph{
		Image: [3]int{2, 2, 1}, Classes: 2, Steps: 4, Screen: &cortex.Screen{Steps: []cortex.Shown{{{0, 1}}, {{0, 1}}, {{0, 1}}, {{0, 1}}}},
		Input:   cortex.Input{To: []string{"A"}, Net: layers("conv")},
		Areas:   []areas.Area{area("A", 2, 2, 2, rate(func(d *areas.Rate) { d.Biased, d.Norm.Kind = "absent", "none" }))},
		Readout: cortex.Readout{From: "A", Net: layers("average", "dense"), Loss: "softmax", Train: at("3")},
		Streams: []cortex.Stream{{Name: "cue", To: []string{"A"}, Ports: []string{port}, Delay: 1, Net: layers("dense"), Shape: [3]int{1, 1, 3},
			Screen: cortex.Static([]int{0, 1}, 4)}},
	}
}

// TestStream lets a cue add to an area's drive, or multiply it, at the steps at which
// it arrives: everywhere in the map alike.
func TestStream(t *testing.T) {
	image := nn.Array{Shape: nn.Shape{1, 2, 2, 1}, Data: []float64{1, 2, 3, 4}}
	cue := nn.Array{Shape: nn.Shape{1, 1, 1, 3}, Data: []float64{0, 1, 0}}
	weights := []float64{7, 7, 0.5, -0.25, 7, 7} // [value, channel]: the cue chooses the second row
	for port, mixed := range map[string]func(x, c float64) float64{
		areas.Drive: func(x, c float64) float64 { return x + c },
		areas.Gain:  func(x, c float64) float64 { return x * (1 + c) },
	} {
		var taps []cortex.Tap
		for step := range 4 {
			taps = append(taps, cortex.Tap{Area: 0, Signal: areas.State, Step: step})
		}
		p := answer(t, network(t, cued(port)), cortex.Options{Batch: 1, Taps: taps})
		for _, v := range p.Vars {
			a, _ := p.home.Get(v.Name)
			clear(a.Data)
			switch {
			case strings.HasPrefix(v.Name, "input.cue/") && a.Shape.Rank() == 4:
				copy(a.Data, weights)
			case strings.HasPrefix(v.Name, "input/") && a.Shape.Rank() == 4:
				a.Data[4*2], a.Data[4*2+1] = 1, 1 // the middle, to both channels
			}
		}
		got := p.run(t, map[string]nn.Array{"image": image, "input.cue": cue})
		for step := range 4 {
			var want []float64
			for _, x := range image.Data {
				for _, c := range weights[2:4] {
					if step == 1 || step == 2 {
						want = append(want, mixed(x, c))
					} else {
						want = append(want, x)
					}
				}
			}
			near(t, fmt.Sprintf("%s, A@%d", port, step), got[fmt.Sprintf("A@%d/state", step)].Data, want, 1e-12)
		}
	}
}

// TestStreamGradients compares gradients of weights on the way from a cue with
// differences.
func TestStreamGradients(t *testing.T) {
	image := nn.Array{Shape: nn.Shape{1, 2, 2, 1}, Data: []float64{1, 2, 3, 4}}
	cue := nn.Array{Shape: nn.Shape{1, 1, 1, 3}, Data: []float64{0.5, 1, -1}}
	in := map[string]nn.Array{"image": image, "input.cue": cue, "label": oneHot(1, 2)}
	p := loss(t, network(t, late(cued(areas.Gain))), 1, cortex.Options{})
	found := 0
	for _, v := range p.Vars {
		if !strings.HasPrefix(v.Name, "input.cue/") {
			continue
		}
		found++
		a, _ := p.home.Get(v.Name)
		grad := p.run(t, in)["grad/"+v.Name].Data
		for i := range a.Data {
			const h = 1e-5
			was := a.Data[i]
			a.Data[i] = was + h
			up := p.run(t, in)["loss"].Data[0]
			a.Data[i] = was - h
			down := p.run(t, in)["loss"].Data[0]
			a.Data[i] = was
			near(t, fmt.Sprint(v.Name, i), []float64{grad[i]}, []float64{(up - down) / (2 * h)}, 1e-7)
		}
	}
	if found != 2 {
		t.Errorf("%d variables on the way from the cue, want a kernel and a bias", found)
	}
}

// late lets the cue arrive when the loss reads.
func late(g cortex.Graph) cortex.Graph {
	g.Streams[0].Screen = cortex.Static([]int{2}, 4)
	return g
}

// TestStreamFaults: what no stream can be is said, with its place.
func TestStreamFaults(t *testing.T) {
	for want, change := range map[string]func(s *cortex.Stream){
		"found no area":         func(s *cortex.Stream) { s.To = nil },
		`no area is called "B"`: func(s *cortex.Stream) { s.To = []string{"B"} },
		`found port "late"`:     func(s *cortex.Stream) { s.Ports = []string{"late"} },
		"arrives within":        func(s *cortex.Stream) { s.Delay = 9 },
		"the layers lead to":    func(s *cortex.Stream) { s.Net = layers("average") },
	} {
		g := cued(areas.Drive)
		change(&g.Streams[0])
		_, err := cortex.NewGraph(g)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
