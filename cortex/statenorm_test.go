package cortex_test

import (
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// normalisations returns the places of a program's normalise instructions.
func normalisations(p *program) int {
	n := 0
	for _, in := range p.Instrs {
		if in.Op.Name() == "normalise" {
			n++
		}
	}
	return n
}

// TestOneNormalisationOfAState lets two branches, a convolution of the response
// and the readout read one state.
func TestOneNormalisationOfAState(t *testing.T) {
	for _, affine := range []string{"absent", "per_step", "shared"} {
		norm := nn.DefaultNorm()
		norm.Affine = affine
		other := norm
		other.Eps = 1e-3
		build := func(late nn.Norm) *cortex.Graph {
			in := func(n nn.Norm) edit { return as(func(b *connectivity.BRC) { b.Norm = n }) }
			return network(t, cortex.Graph{
				Image: [3]int{4, 4, 1}, Classes: 2, Steps: 2,
				Input: cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
				Areas: []areas.Area{area("A", 4, 4, 2, sum(func(d *areas.Sum) { d.Norm = norm })), area("B", 4, 4, 2, sum())},
				Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
					connect("A->A", "brc", in(norm)), connect("A->B", "brc", in(norm)), connect("A->B late", "brc", in(late)), connect("A->B conv", "conv"),
				}},
				Readout: cortex.Readout{From: "B", Net: layers("batch_affine", "average", "dense"), Train: at("1")},
			})
		}
		for _, c := range []struct {
			name string
			late nn.Norm
			want int // A@0 once, or twice with another norm; B@1 by the readout
		}{{"same", norm, 2}, {"other", other, 3}} {
			t.Run(affine+"/"+c.name, func(t *testing.T) {
				g := build(c.late)
				if got := normalisations(loss(t, g, 2, cortex.Options{})); got != c.want {
					t.Errorf("training: got %d normalisations, want %d", got, c.want)
				}
				p := answer(t, g, cortex.Options{Batch: 2, Logits: []int{1}})
				if got := normalisations(p); got != c.want {
					t.Errorf("inference: got %d normalisations, want %d", got, c.want)
				}
				var names []string
				for _, v := range p.Vars {
					if strings.Contains(v.Name, "/norm") {
						names = append(names, v.Name)
					}
				}
				slices.Sort(names)
				want := []string{"A/norm@0/mean", "A/norm@0/variance", "B/norm@1/mean", "B/norm@1/variance", "readout/norm/gain", "readout/norm/shift"}
				gains := map[string]string{"per_step": "@0", "shared": ""}
				places := []string{"A"}
				if c.name == "other" {
					want = append(want, "A->B late/1/norm@0/mean", "A->B late/1/norm@0/variance")
					places = append(places, "A->B late/1")
				}
				if affine != "absent" {
					for _, place := range places {
						want = append(want, place+"/norm"+gains[affine]+"/gain", place+"/norm"+gains[affine]+"/shift")
					}
				}
				slices.Sort(want)
				if !slices.Equal(names, want) {
					t.Errorf("got norm variables %v,\nwant %v", names, want)
				}
			})
		}
	}
}

// TestOneNormalisationWithoutTheArea: where the area itself does not normalise
// its state, branches of different delays and the readout still do it once.
func TestOneNormalisationWithoutTheArea(t *testing.T) {
	g := network(t, cortex.Graph{
		Image: [3]int{4, 4, 1}, Classes: 2, Steps: 4,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
		Areas: []areas.Area{area("A", 4, 4, 2, rate(func(d *areas.Rate) { d.Order = []areas.Stage{"relu"} }))},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("A->A", "brc"), connect("A->A slow", "brc", delay(2), reads(areas.Preactivation)),
		}},
		Readout: cortex.Readout{From: "A", Reads: areas.State, Net: layers("batch_affine", "average", "dense"), Train: at("1..3")},
	})
	for name, p := range map[string]*program{
		"training": loss(t, g, 2, cortex.Options{}), "inference": answer(t, g, cortex.Options{Batch: 2, Logits: []int{1, 2, 3}}),
	} {
		if got := normalisations(p); got != 4 {
			t.Errorf("%s: got %d normalisations, want one of each step", name, got)
		}
		for _, v := range p.Vars {
			if place, ok := strings.CutSuffix(v.Name, "/mean"); ok && !strings.HasPrefix(place, "A->A/1/norm@") {
				t.Errorf("%s: statistics at %s, want them at A->A/1", name, place)
			}
		}
	}
}

// TestGainOfUntrainedStep: a step that training never reached takes gain and
// shift of the last one that it did.
func TestGainOfUntrainedStep(t *testing.T) {
	n := nn.DefaultNorm()
	n.Affine, n.Untrained = "per_step", "last"
	g := columnGraph(t, n, 5, "2", "0..")
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	p := answer(t, g, cortex.Options{Batch: 1, Logits: []int{4}, Source: norms.Source})
	for _, v := range p.Vars {
		// The branch trains steps 0 and 1; step 2 trains statistics in the readout.
		if strings.HasSuffix(v.Name, "/gain") && v.Name != "S/norm@0/gain" && v.Name != "S/norm@1/gain" {
			t.Errorf("step 4 reads %s, which was never trained", v.Name)
		}
	}
}

// TestGainOfReadout: a readout with a gain for each step takes its own last
// trained one, not the area's.
func TestGainOfReadout(t *testing.T) {
	n := nn.DefaultNorm()
	n.Affine, n.Untrained = "per_step", "last"
	spec := *columnGraph(t, n, 5, "2..3", "0..")
	spec.Readout.Net = layers("norm", "dense")
	spec.Readout.Net[0].Norm = n
	g := network(t, spec)
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	if err := cortex.CheckTested(g, norms); err != nil {
		t.Error(err)
	}
	p := answer(t, g, cortex.Options{Batch: 1, Logits: []int{4}, Source: norms.Source})
	var got []string
	for _, v := range p.Vars {
		if name, ok := strings.CutSuffix(v.Name, "/gain"); ok {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	// The branch trains the area's gains at steps 0 to 2, and serves step 3 with the last.
	if want := []string{"S/norm@0", "S/norm@1", "S/norm@2", "readout/norm@3"}; !slices.Equal(got, want) {
		t.Errorf("logits at step 4 read the gains %v, want %v", got, want)
	}
}
