package cortex_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
)

func lesion(t testing.TB, gain float64, arriving string, connections ...string) cortex.Lesion {
	t.Helper()
	l := cortex.Lesion{Gain: gain, Steps: connectivity.Always()}
	for _, e := range connections {
		s, err := connectivity.ParseSelector(e)
		if err != nil {
			t.Fatal(err)
		}
		l.Connections = append(l.Connections, s)
	}
	if arriving != "" {
		w, err := connectivity.ParseWindow(arriving)
		if err != nil {
			t.Fatal(err)
		}
		l.Steps = w
	}
	return l
}

// TestLesion compares lesioned networks with the simulation, whose gains are
// changed by a rule of its own.
func TestLesion(t *testing.T) {
	role := func(want string) func(g *cortex.Graph, c connectivity.Connection, s int) bool {
		return func(_ *cortex.Graph, c connectivity.Connection, _ int) bool { return c.Role == want }
	}
	for _, c := range []struct {
		name    string
		lesions []cortex.Lesion
		gain    float64
		hit     func(g *cortex.Graph, c connectivity.Connection, s int) bool
	}{
		{"feedback cut", []cortex.Lesion{lesion(t, 0, "", "role:feedback")}, 0, role("feedback")},
		{"feedback and lateral cooled from step 2", []cortex.Lesion{lesion(t, 0.5, "2..", "role:feedback", "role:lateral")}, 0.5,
			func(_ *cortex.Graph, c connectivity.Connection, s int) bool {
				return s >= 2 && (c.Role == "feedback" || c.Role == "lateral")
			}},
		{"all of V2 at steps 1 to 3", []cortex.Lesion{lesion(t, 0, "..3", "area:V2@1..")}, 0,
			func(_ *cortex.Graph, c connectivity.Connection, s int) bool {
				return s >= 1 && s <= 3 && (c.From == "V2" || c.To == "V2") && c.Role != "self"
			}},
		{"twice cooled, and one connection in two selectors counts once",
			[]cortex.Lesion{lesion(t, 0.5, "", "role:feedforward", "area:V1"), lesion(t, 0.5, "", "role:feedforward", "area:V1")}, 0.25,
			func(_ *cortex.Graph, c connectivity.Connection, _ int) bool {
				return c.Role == "feedforward" || (c.From == "V1" || c.To == "V1") && c.Role != "self"
			}},
		{"identities", []cortex.Lesion{lesion(t, 0.25, "", "role:self")}, 0.25, role("self")},
	} {
		t.Run(c.name, func(t *testing.T) {
			tested := 0
			for seed := uint64(0); tested < 20 && seed < 2000; seed++ {
				spec := randomGraph(rand.New(rand.NewPCG(seed, 9)))
				intact, err := try(spec)
				if err != nil || !bounded(intact) {
					continue
				}
				cut := intact
				for _, l := range c.lesions {
					if cut, err = cut.Lesion(l); err != nil {
						break
					}
				}
				if err != nil {
					continue // it has no such connection
				}
				tested++
				o := cortex.Options{Batch: 1}
				for s := range cut.Steps {
					for i := range cut.Areas {
						if cut.Present(i, s) {
							o.Taps = append(o.Taps, cortex.Tap{Area: i, Signal: areas.State, Step: s})
						}
					}
				}
				for _, g := range []*cortex.Graph{intact, cut} {
					p := answer(t, g, o)
					for _, v := range p.Vars {
						a, _ := p.home.Get(v.Name)
						a.Data[len(a.Data)/2] = value(v.Name)
					}
					out := p.run(t, framesOf(0.3))
					x := simulate(g, 0.3)
					x.gain = func(j, s int, gain float64) float64 {
						if g == cut && c.hit(g, g.Matrix.Connections[j], s) {
							return gain * c.gain
						}
						return gain
					}
					for _, tap := range o.Taps {
						want := *x.state(tap.Area, tap.Step)
						near(t, g.TapName(tap), out[g.TapName(tap)].Data, []float64{want}, 1e-12*(1+want*want))
					}
				}
				if t.Failed() {
					t.Fatalf("seed %d: %s", seed, describe(cut))
				}
			}
			if tested < 20 {
				t.Errorf("only %d networks have such connections", tested)
			}
		})
	}
}

func TestLesionErrors(t *testing.T) {
	g := network(t, chain(cortex.Readout{Train: at("2")}))
	for _, c := range []struct {
		l    cortex.Lesion
		want string
	}{
		{lesion(t, 0, ""), "found no connections"},
		{lesion(t, 0, "", "role:feedback"), `"role:feedback" selects no connection that delivers at steps 0..; the experiment has steps 0..4 and the connections "A->B", "B->B", "B->B again"`},
		{lesion(t, 0, "..2", "B->B again"), `"B->B again" selects no connection that delivers at steps 0..2`},
		{lesion(t, 0, "7", "A->B"), `"A->B" selects no connection that delivers at steps 7`},
	} {
		if _, err := g.Lesion(c.l); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.l, err, c.want)
		}
	}
	cut, err := g.Lesion(lesion(t, 0, "", "B->B"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	b, err := cortex.Weights(cut)
	if err != nil || cortex.Parameters(a) != cortex.Parameters(b) {
		t.Errorf("a lesion changed the weights: %v", err)
	}
}
