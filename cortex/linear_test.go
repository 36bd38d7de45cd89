package cortex_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// looped is a cortex of two areas in a loop, of so many steps: trained at some
// of them, tested at all from the second on.
func looped(t *testing.T, steps int, untrained, train string) *cortex.Graph {
	t.Helper()
	norm := rate(func(d *areas.Rate) { d.Norm.Untrained = untrained })
	return network(t, cortex.Graph{
		Image: [3]int{4, 4, 1}, Classes: 2, Steps: steps,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
		Areas:   []areas.Area{area("A", 4, 4, 1, norm), area("B", 4, 4, 1, norm)},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect("A->B", "conv"), connect("B->A", "conv"), connect("B->B", "conv")}},
		Readout: cortex.Readout{From: "B", Net: layers("average", "dense"), Train: at(train), Test: at("1..")},
	})
}

// TestLinearInSteps counts what is allocated: of twice the steps it may be
// twice as much, and a bit for maps that grow in leaps. Unrolling once for each
// tested step makes it four times.
func TestLinearInSteps(t *testing.T) {
	allocated := func(steps int, do func(g *cortex.Graph) error) float64 {
		g := looped(t, steps, "reestimate", fmt.Sprint(steps-1))
		return testing.AllocsPerRun(1, func() {
			if err := do(g); err != nil {
				t.Fatal(err)
			}
		})
	}
	for name, do := range map[string]func(g *cortex.Graph) error{
		"tested": func(g *cortex.Graph) error {
			n, err := cortex.TrainedNorms(g)
			if err != nil {
				return err
			}
			return cortex.CheckTested(g, n)
		},
		"usable": func(g *cortex.Graph) error {
			var taps []cortex.Tap
			for t := range g.Steps {
				if g.Informed(1, t) {
					taps = append(taps, cortex.Tap{Area: 1, Signal: areas.Response, Step: t})
				}
			}
			n, err := cortex.TrainedNorms(g)
			if err == nil {
				_, _, err = cortex.Usable(g, taps, n)
			}
			return err
		},
		"reaches": func(g *cortex.Graph) error { cortex.Reaches(g); return nil },
		"fields":  func(g *cortex.Graph) error { _, err := cortex.ReceptiveFields(g); return err },
		"weights": func(g *cortex.Graph) error { _, err := cortex.Weights(g); return err },
	} {
		if once, twice := allocated(100, do), allocated(200, do); twice > 2.5*once {
			t.Errorf("%s: %.0f allocations for 100 steps, %.0f for 200, want about twice as many", name, once, twice)
		}
	}
}

// TestUsableByItself compares what is usable of many taps with what the program
// of each tap by itself asks for.
func TestUsableByItself(t *testing.T) {
	for _, untrained := range []string{"error", "last", "reestimate"} {
		for _, tied := range []connectivity.Tying{"tied", "untied"} {
			for _, train := range []string{"3", "2,5", "1..7"} {
				g := looped(t, 9, untrained, train)
				g.Matrix.Sharing.Time = tied
				weights, err := cortex.Weights(g)
				if err != nil {
					t.Fatal(err)
				}
				n, err := cortex.TrainedNorms(g)
				if err != nil {
					t.Fatal(err)
				}
				var taps []cortex.Tap
				want := map[string]string{}
				for i := range g.Areas {
					for s := range g.Steps {
						tap := cortex.Tap{Area: i, Signal: areas.Response, Step: s}
						taps = append(taps, tap)
						if !g.Informed(i, s) {
							continue
						}
						missing := ""
						_, u, err := cortex.Inference(g, 1, nil, []cortex.Tap{tap}, func(place, affine string, step int, x nn.Norm) nn.Sources {
							from := n.Source(place, affine, step, x)
							if len(n.Missing) > 0 && missing == "" {
								missing = "training never filled the statistics of " + n.Missing[0]
							}
							n.Missing = nil
							return from
						})
						if err != nil {
							t.Fatal(err)
						}
						for _, name := range slices.Sorted(maps.Keys(u.Uses)) {
							if missing == "" && !slices.ContainsFunc(weights, func(w cortex.Weight) bool { return w.Trainable && w.Name == name }) {
								missing = "no trained step depends on its weights " + name
							}
						}
						if missing != "" {
							want[g.TapName(tap)] = missing
						}
					}
				}
				ok, got, err := cortex.Usable(g, taps, n)
				if err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(got, want) {
					t.Errorf("%s, %s, trained at %s: not usable are %v, want %v", untrained, tied, train, got, want)
				}
				if informed := len(ok) + len(got); informed != 9+8 {
					t.Errorf("%s, %s, trained at %s: %d taps, want all 17 that the image reaches", untrained, tied, train, informed)
				}
			}
		}
	}
}
