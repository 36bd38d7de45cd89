package cortex_test

import (
	"strings"
	"testing"

	"ventral/connectivity"
	"ventral/cortex"
)

// Connections of the three fully recurrent states have all parameters but those
// of input convolution, readout affine and dense layer: 1,792 + 128 + 650 of
// the 667,274 tied, 9,086,858 untied and 39,498 shared by shape that the text of
// Liao and Poggio's scheme counts. Equal labels are equal weights.
func TestAnatomySharing(t *testing.T) {
	const rest, block = 1792 + 128 + 650, 2 * (9*64*64 + 64)
	for _, c := range []struct {
		name    string
		sharing connectivity.Sharing
		total   int // of distinct labels
		labels  int // of connections with weights
		suffix  string
	}{
		{"tied", connectivity.Sharing{}, 667274 - rest, 9, ""},
		{"untied", connectivity.Sharing{Time: "untied"}, 9086858 - rest, 9, "@"},
		{"shape", connectivity.Sharing{Between: "shape"}, 39498 - rest, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := cortex.Anatomy(frnn3(t, c.sharing), "frnn3")
			if err != nil {
				t.Fatal(err)
			}
			parameters := map[string]int{}
			for _, x := range a.Connections {
				if strings.Contains(x.Name, "identity") {
					if x.Parameters != 0 {
						t.Errorf("%s has %d parameters", x.Name, x.Parameters)
					}
					continue
				}
				if x.Parameters%block != 0 && c.name != "shape" {
					t.Errorf("%s has %d parameters, want a multiple of %d", x.Name, x.Parameters, block)
				}
				if got := strings.Contains(x.Set, "@"); got != (c.suffix == "@") {
					t.Errorf("%s has label %q", x.Name, x.Set)
				}
				parameters[x.Set] = x.Parameters
			}
			total := 0
			for _, n := range parameters {
				total += n
			}
			if total != c.total || len(parameters) != c.labels {
				t.Errorf("%d parameters under %d labels, want %d under %d", total, len(parameters), c.total, c.labels)
			}
		})
	}
}
