package cortex_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ventral/cortex"
	"ventral/nn"
)

// mostFrames is how many frames a random screen may have.
const mostFrames = 4

// randomScreen draws what is shown at so many steps: pictures of one frame or two, which
// stay for a while, come again or give way to nothing. Something is shown at one of the
// first two steps.
func randomScreen(r *rand.Rand, steps int) *cortex.Screen {
	s := &cortex.Screen{}
	for t := range steps - r.IntN(2) {
		must := t == 1 && len(s.Steps[0]) == 0
		switch k := r.IntN(5); {
		case k == 0 && !must:
			s.Steps = append(s.Steps, nil)
		case k == 1 && t > 0 && !must:
			s.Steps = append(s.Steps, s.Steps[r.IntN(t)])
		default:
			shown := cortex.Shown{{Frame: r.IntN(mostFrames), Gain: []float64{1, 0.5, 0.3}[r.IntN(3)]}}
			if r.IntN(2) == 0 {
				shown = append(shown, cortex.Part{Frame: (shown[0].Frame + 1 + r.IntN(mostFrames-1)) % mostFrames, Gain: []float64{1, 0.5, 0.7}[r.IntN(3)]})
			}
			s.Steps = append(s.Steps, shown)
		}
	}
	return s
}

// framesOf returns the frames of images of one pixel, of which those values are the first.
func framesOf(images ...float64) map[string]nn.Array {
	in := map[string]nn.Array{}
	for f := range mostFrames {
		a := nn.NewArray(nn.Shape{len(images), 1, 1, 1})
		for i, x := range images {
			a.Data[i] = frameOf(x, f)
		}
		in[cortex.FramePort(f)] = a
	}
	return in
}

// screened returns the network of windows, which keeps much in flight, under a random
// screen, with answers that are judged by random labels.
func screened(t *testing.T, r *rand.Rand) *cortex.Graph {
	t.Helper()
	spec := windowedGraph()
	spec.Screen = randomScreen(r, spec.Steps)
	for range spec.Steps {
		spec.Screen.Answers = append(spec.Screen.Answers, r.IntN(4)-1)
	}
	spec.Screen.Answers[8] = r.IntN(3)
	spec.Readout.Cumulative = []string{"none", "mean", "sum"}[r.IntN(3)]
	spec.Readout.Train, spec.Readout.Test = at("4..8"), at("4..8")
	return network(t, spec)
}

// TestRandomScreens trains a network under random screens. The loss is the mean over
// images of log Σ exp(z) - z of the class that is right at each step, by the labels that
// the screen says; the gradient by every frame is that of differences; the default engine
// agrees with the oracle; and windows of steps equal the whole.
func TestRandomScreens(t *testing.T) {
	count := 12
	if testing.Short() {
		count = 4
	}
	differing, judged := 0, 0
	for seed := range uint64(count) {
		r := rand.New(rand.NewPCG(seed, 11))
		g := screened(t, r)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			const batch = 3
			b := nn.NewBuilder()
			u := g.Unroll(b, cortex.Options{Batch: batch, Train: true, Logits: g.TrainSteps()})
			total, each := cortex.Loss(g, b, u, batch)
			b.Output("loss", total)
			for k, s := range g.TrainSteps() {
				b.Output(cortex.LossName(s), each[k])
				b.Output(cortex.LogitsName(s), u.Logits[s])
			}
			var wrt []nn.Value
			var names []string
			for f := range mostFrames {
				if v, ok := u.Frames[f]; ok {
					wrt, names = append(wrt, v), append(names, cortex.FramePort(f))
				}
			}
			for _, v := range b.Vars() {
				if v.Trainable {
					wrt, names = append(wrt, v.Value), append(names, v.Name)
				}
			}
			for i, d := range b.Gradient(total, wrt) {
				if d != nn.None {
					b.Output("grad/"+names[i], d)
				}
			}
			u.Stats.Finish(b)
			p := hold(t, b, u)
			in := map[string]nn.Array{}
			for f := range mostFrames {
				a := nn.NewArray(nn.Shape{batch, 4, 4, 2})
				for i := range a.Data {
					a.Data[i] = r.NormFloat64()
				}
				in[cortex.FramePort(f)] = a
			}
			for which := range 3 {
				a := nn.NewArray(nn.Shape{batch, 1, 1, 3})
				for i := range batch {
					a.Data[3*i+r.IntN(3)] = 1
				}
				in[cortex.AnswerPort(which)] = a
			}
			out := p.run(t, in)
			sum := 0.0
			used := map[int]bool{}
			for _, s := range g.TrainSteps() {
				which, mean := g.Screen.Answers[s], 0.0
				used[which] = true
				if which < 0 {
					t.Fatalf("step %d is trained without labels", s)
				}
				z, y := out[cortex.LogitsName(s)].Data, in[cortex.AnswerPort(which)].Data
				for i := range batch {
					e := 0.0
					for c := range 3 {
						e += math.Exp(z[3*i+c])
						mean -= y[3*i+c] * z[3*i+c] / batch
					}
					mean += math.Log(e) / batch
				}
				near(t, cortex.LossName(s), out[cortex.LossName(s)].Data, []float64{mean}, 1e-12)
				sum += mean
			}
			near(t, "loss", out["loss"].Data, []float64{sum}, 1e-12)
			if judged++; len(used) > 1 {
				differing++
			}
			for f := range mostFrames {
				d, ok := out["grad/"+cortex.FramePort(f)]
				if !ok {
					continue
				}
				a, along, want := in[cortex.FramePort(f)], 0.0, [2]float64{}
				direction := make([]float64, len(a.Data))
				for i := range direction {
					direction[i] = r.NormFloat64()
					along += direction[i] * d.Data[i]
				}
				const distance = 1e-6
				for side, sign := range []float64{1, -1} {
					moved := nn.NewArray(a.Shape)
					for i := range moved.Data {
						moved.Data[i] = a.Data[i] + sign*distance*direction[i]
					}
					other := map[string]nn.Array{}
					for name, x := range in {
						other[name] = x
					}
					other[cortex.FramePort(f)] = moved
					want[side] = p.run(t, other)["loss"].Data[0]
				}
				// Rounding of the losses over the distance, and a relu that may turn.
				near(t, "gradient by "+cortex.FramePort(f), []float64{along}, []float64{(want[0] - want[1]) / (2 * distance)}, 1e-5)
			}
			onEngine(t, p, in, out)
			equalWhole(t, g, [][]int{{0, 1 + r.IntN(8)}, {0, 2, 5}, {0, 1, 2, 3, 4, 5, 6, 7, 8}})
		})
	}
	t.Logf("%d of %d are judged by several labels", differing, judged)
	if judged == count && differing < count/4 {
		t.Errorf("only %d of %d are judged by several labels", differing, judged)
	}
}

// TestRandomChanges compares what a graph says of the screen's changes and of their
// onsets with networks in which the screen is different from a step on.
func TestRandomChanges(t *testing.T) {
	tried := 0
	for seed := uint64(0); tried < 40; seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		spec := randomGraph(r)
		if spec.Screen == nil || zeroDelayCycle(spec) {
			continue
		}
		g, err := try(spec)
		if err != nil || !bounded(g) {
			continue
		}
		tried++
		var changes []int
		for s := range g.Steps {
			var now, before cortex.Shown
			if s < len(g.Screen.Steps) {
				now = g.Screen.Steps[s]
			}
			if s > 0 && s <= len(g.Screen.Steps) {
				before = g.Screen.Steps[s-1]
			}
			if fmt.Sprint(now) != fmt.Sprint(before) && s < len(g.Screen.Steps) {
				changes = append(changes, s)
			}
		}
		if got := cortex.Changes(g); fmt.Sprint(got) != fmt.Sprint(changes) {
			t.Errorf("seed %d: got changes at %v, want %v", seed, got, changes)
		}
		for _, from := range changes {
			// Frames of their own from that step on, so that what depends on them can be told.
			other := *g.Screen
			other.Steps = nil
			for s, shown := range g.Screen.Steps {
				var moved cortex.Shown
				for _, p := range shown {
					if s >= from {
						p.Gain *= 1.37
					}
					moved = append(moved, p)
				}
				other.Steps = append(other.Steps, moved)
			}
			x, y := simulate(g, 0.3), simulate(g, 0.3)
			changed := *g
			changed.Screen = &other
			y.g = &changed
			for i, got := range cortex.OnsetsOf(g, from) {
				want := -1
				for s := g.Steps - 1; s >= 0; s-- {
					if a, b := x.state(i, s), y.state(i, s); a != nil && *a != *b {
						want = s
					}
				}
				if got != want {
					t.Errorf("seed %d: what is shown from step %d on reaches %s at %d, want %d", seed, from, g.Areas[i].Name, got, want)
				}
			}
		}
	}
}
