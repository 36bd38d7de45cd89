package cortex

import (
	"testing"

	"ventral/areas"
	"ventral/nn"
)

// The norm that takes a step's mean away is one that the response passes, wherever
// it stands in the order.
func TestAnatomyNorms(t *testing.T) {
	batch, none := nn.DefaultNorm(), nn.Norm{Kind: "none"}
	pooled := batch
	pooled.Statistics = "shared"
	for _, c := range []struct {
		want     string
		dynamics areas.Dynamics
	}{
		{"per_step", &areas.Rate{Order: []areas.Stage{"norm", "relu"}, Norm: batch}},
		{"per_step", &areas.Rate{Order: []areas.Stage{"relu", "norm"}, Norm: batch}},
		{"none", &areas.Rate{Order: []areas.Stage{"relu"}, Norm: batch}},
		{"none", &areas.Rate{Order: []areas.Stage{"norm", "relu"}, Norm: none}},
		{"shared", &areas.Sum{Norm: pooled}},
		{"lrn", &areas.Sum{Norm: nn.Norm{Kind: "lrn", Statistics: "per_step"}}},
	} {
		if got := normOf(c.dynamics.Layout()); got != c.want {
			t.Errorf("%+v: %q, want %q", c.dynamics, got, c.want)
		}
	}
}
