package cortex_test

import (
	"fmt"
	"slices"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/lesion"
	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/optim"
)

// TestAffectedNorms: a batch norm undoes any gain on all that drives its area, once its
// statistics are estimated under the lesion, and does not where they are kept. Places
// before the lesion are none of its business.
func TestAffectedNorms(t *testing.T) {
	for _, statistics := range []string{"per_step", "shared"} {
		norm := nn.DefaultNorm()
		norm.Statistics, norm.Eps = statistics, 0
		g := network(t, cortex.Graph{
			Image: [3]int{1, 1, 1}, Classes: 2, Steps: 4,
			Input: cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
			Areas: []areas.Area{
				area("A", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm.Kind, d.Biased = "none", "absent" })),
				area("B", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm, d.Biased, d.Nonlinearity = norm, "absent", "tanh" }))},
			Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
				connect("A->B", "conv", func(c *connectivity.Connection) { c.Bias = "absent" })}},
			Readout: cortex.Readout{From: "B", Reads: areas.Response, Net: layers("dense"), Train: at("1..3")},
		})
		answers := func(again bool, lesions ...lesion.Lesion) (logits []float32) {
			cut, err := g.Lesion(lesions...)
			if err != nil {
				t.Fatal(err)
			}
			norms, err := cortex.TrainedNorms(cut)
			if err != nil {
				t.Fatal(err)
			}
			p, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{}}, 4, false)
			if err != nil {
				t.Fatal(err)
			}
			v := nn.NewVariables(5)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			if again {
				if _, err := norms.EstimateAgain(cut, g.TestSteps(), nil); err != nil {
					t.Fatal(err)
				}
			}
			places, err := cortex.Reestimate(cut, ref.Engine{}, v, norms, pixelSource{}, 4, g.TestSteps(), nil)
			if err != nil || (len(places) > 0) != again {
				t.Fatalf("re-estimated %d places: %v", len(places), err)
			}
			err = cortex.Record(cut, ref.Engine{}, v, norms, pixelSource{}, 4, g.TestSteps(), nil, func(a cortex.Answer) error {
				for _, z := range a.Logits {
					logits = append(logits, z...)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return logits
		}
		half, quarter := scaled(t, 0.5, "", "A->B"), scaled(t, 0.25, "", "A->B")
		one, other := answers(true, half), answers(true, quarter)
		for i := range one {
			// Float32 statistics and outputs.
			near(t, fmt.Sprint(statistics, " logit ", i), []float64{float64(one[i])}, []float64{float64(other[i])}, 1e-6)
		}
		if slices.Equal(answers(false, half), answers(false, quarter)) {
			t.Errorf("%s: with kept statistics a gain changes nothing", statistics)
		}
		late, err := g.Lesion(scaled(t, 0.5, "2..", "A->B"))
		if err != nil {
			t.Fatal(err)
		}
		places, err := cortex.Affected(late, g.TestSteps(), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := 2 // steps 2 and 3
		if statistics == "shared" {
			want = 3
		}
		if len(places) != want || places[want-1].Place != "B" {
			t.Errorf("%s: affected are %+v", statistics, places)
		}
		if places, err := cortex.Affected(g, g.TestSteps(), nil); err != nil || len(places) > 0 {
			t.Errorf("affected in an intact cortex: %v, %v", places, err)
		}
	}
}
