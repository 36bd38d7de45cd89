package cortex_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/nn"
)

// doubled is a unit A that drives a unit B by the given connections.
func doubled(c ...connectivity.Connection) cortex.Graph {
	bare := func(d *areas.Rate) { d.Biased, d.Order = "absent", nil }
	return cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 3,
		Input:   cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
		Areas:   []areas.Area{area("A", 1, 1, 1, rate(bare)), area("B", 1, 1, 1, rate(bare))},
		Matrix:  connectivity.Matrix{Connections: c},
		Readout: cortex.Readout{From: "B", Net: layers("dense"), Train: at("2")},
	}
}

// TestPortsByHand drives both ports of an area by one connection, each by a
// kernel of its own: B = d·A·(1 + g·A).
func TestPortsByHand(t *testing.T) {
	tap := []cortex.Tap{{Area: 1, Signal: areas.State, Step: 2}}
	p := answer(t, network(t, doubled(connect("A->B", "conv", ports("gain", "drive")))), cortex.Options{Batch: 2, Taps: tap})
	want := map[string]float64{"input/conv/kernel": 1, "input/conv/bias": 0, "A->B/drive/kernel": 3, "A->B/gain/kernel": -0.5}
	var names []string
	for _, v := range p.Vars {
		a, _ := p.home.Get(v.Name)
		clear(a.Data)
		a.Data[len(a.Data)/2] = want[v.Name]
		names = append(names, v.Name)
	}
	slices.Sort(names)
	if all := slices.Sorted(maps.Keys(want)); !slices.Equal(names, all) {
		t.Errorf("got weights %v, want %v", names, all)
	}
	got := p.run(t, map[string]nn.Array{"image": {Shape: nn.Shape{2, 1, 1, 1}, Data: []float64{2, -4}}})
	near(t, "B@2", got["B@2/state"].Data, []float64{3 * 2 * (1 - 0.5*2), 3 * -4 * (1 + 0.5*4)}, 0)
}

// TestMergeIsAPort: merge = "multiply" is short for port gain, and a connection
// without ports drives port drive.
func TestMergeIsAPort(t *testing.T) {
	text := func(edits ...edit) string {
		g := network(t, doubled(connect("A->B", "conv"), connect("A->B more", "brc", edits...)))
		p, _, err := cortex.Inference(g, 2, []int{2}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return p.String()
	}
	if text(multiply) != text(ports("gain")) || text() != text(ports("drive")) || text() == text(multiply) {
		t.Error("merge and ports make different programs of one meaning, or the same of two")
	}
	g := network(t, doubled(connect("A->B", "conv", during("2")), connect("A->B gain", "conv", ports("gain"))))
	if g.Present(1, 1) || !g.Present(1, 2) {
		t.Error("port gain alone wakes an area, or port drive does not")
	}
}

// TestSharedPorts ties what two connections deliver to the same ports, in a set.
func TestSharedPorts(t *testing.T) {
	spec := doubled(connect("A->B", "conv", ports("gain", "drive")), connect("A->B late", "conv", ports("drive", "gain"), during("2")))
	for _, name := range []string{"A->B", "A->B late"} {
		s, err := connectivity.ParseSelector(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "A->B" {
			s.Window = connectivity.Between(0, 1)
			spec.Matrix.Connections[0].Window = s.Window
			spec.Matrix.Sharing.Sets = []connectivity.Set{{Name: "both", Members: []connectivity.Selector{s}}}
			continue
		}
		spec.Matrix.Sharing.Sets[0].Members = append(spec.Matrix.Sharing.Sets[0].Members, s)
	}
	g := network(t, spec)
	weights, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range weights {
		if w.Set == "both" {
			names = append(names, w.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"both/drive/kernel", "both/gain/kernel"}) {
		t.Errorf("got weights %v of the set", names)
	}
	spec.Matrix.Connections[1].Ports = []string{"drive"}
	if _, err := cortex.NewGraph(spec); err == nil || !strings.Contains(err.Error(), "equally many kernels") {
		t.Errorf("a set of other ports: got %v", err)
	}
}

// TestPortErrors names ports that are wrong.
func TestPortErrors(t *testing.T) {
	for _, c := range []struct {
		edits []edit
		want  string
	}{
		{[]edit{ports("reset")}, `found port "reset", area B of kind rate has drive, gain`},
		{[]edit{ports("drive", "gain", "drive")}, `found port "drive" twice`},
		{[]edit{ports("drive"), multiply}, `beside merge = "multiply"`},
	} {
		spec := doubled(connect("A->B", "conv"), connect("A->B more", "conv", c.edits...))
		_, err := cortex.NewGraph(spec)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
