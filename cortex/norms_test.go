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
	"ventral/nn/engine/ref"
)

// column is one area of one unit with an identity and a single norm, relu,
// convolution: s(0) = k·x + c, s(t) = s(t-1) + w·relu(norm(s(t-1))) + b. It is
// simple enough to be computed in place, over the images of a batch.
type column struct{ k, c, w, b float64 }

var theColumn = column{k: 1.25, c: -0.5, w: -0.75, b: 0.25}

func columnGraph(t testing.TB, n nn.Norm, steps int, train, test string) *cortex.Graph {
	g, err := tryColumn(n, steps, train, test)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func tryColumn(n nn.Norm, steps int, train, test string) (*cortex.Graph, error) {
	post := layers("batch", "dense")
	post[0].Norm = n
	post[0].Norm.Affine = "absent"
	return try(cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: steps,
		Input: cortex.Input{To: []string{"S"}, Steps: at("0"), Net: layers("conv")},
		Areas: []areas.Area{area("S", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm = n }))},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("S->S identity", "identity"), connect("S->S", "brc", as(func(b *connectivity.BRC) { b.Norm = n })),
		}},
		Readout: cortex.Readout{From: "S", Net: post, Train: at(train), Test: at(test)},
	})
}

// values gives the column's weights; the readout passes the normalised state on
// to the first class.
func (c column) values(set func(name string, middle float64)) {
	set("input/conv/kernel", c.k)
	set("input/conv/bias", c.c)
	set("S->S/1/kernel", c.w)
	set("S->S/1/bias", c.b)
}

func (c column) set(p *program) {
	c.values(func(name string, x float64) {
		if a, ok := p.home.Get(name); ok {
			a.Data[len(a.Data)/2] = x
		}
	})
	if a, ok := p.home.Get("readout/dense/kernel"); ok {
		a.Data[0], a.Data[1] = 1, 0
	}
}

func (c column) first(x []float64) []float64 {
	s := make([]float64, len(x))
	for i := range x {
		s[i] = c.k*x[i] + c.c
	}
	return s
}

func (c column) next(s []float64, mean, variance float64) []float64 {
	y := make([]float64, len(s))
	for i := range s {
		y[i] = s[i] + c.w*max((s[i]-mean)/math.Sqrt(variance+1e-5), 0) + c.b
	}
	return y
}

// momentsOf returns the mean and the variance that divides by n, and by n-1.
func momentsOf(s ...float64) (mean, biased, unbiased float64) {
	for _, x := range s {
		mean += x / float64(len(s))
	}
	for _, x := range s {
		biased += (x - mean) * (x - mean) / float64(len(s))
	}
	return mean, biased, biased * float64(len(s)) / float64(len(s)-1)
}

// images of one pixel, two batches of four.
var onePixel = []float64{0.5, -1, 2, 0.25, -0.75, 1.5, 3, -2}

func pixelBatch(x []float64) map[string]nn.Array {
	return map[string]nn.Array{"image": {Shape: nn.Shape{len(x), 1, 1, 1}, Data: x}, "label": oneHot(len(x), 2)}
}

// TestRunningStatistics trains two batches and compares every running mean and
// variance with those of a computation by hand.
func TestRunningStatistics(t *testing.T) {
	for _, c := range []struct {
		statistics, divisor string
	}{{"per_step", "unbiased"}, {"per_step", "biased"}, {"shared", "unbiased"}, {"shared", "biased"}, {"running", "unbiased"}, {"running", "biased"}} {
		t.Run(c.statistics+" "+c.divisor, func(t *testing.T) {
			n := nn.DefaultNorm()
			n.Statistics, n.Divisor, n.Momentum = c.statistics, c.divisor, 0.2
			p := loss(t, columnGraph(t, n, 4, "3", "3"), 4, cortex.Options{})
			theColumn.set(p)
			type pair struct{ mean, variance float64 }
			want := map[string]pair{}
			move := func(name string, s []float64) {
				old, ok := want[name]
				if !ok {
					old = pair{0, 1}
				}
				mean, biased, unbiased := momentsOf(s...)
				if c.divisor == "biased" {
					unbiased = biased
				}
				want[name] = pair{0.8*old.mean + 0.2*mean, 0.8*old.variance + 0.2*unbiased}
			}
			for _, x := range [][]float64{onePixel[:4], onePixel[4:]} {
				p.run(t, pixelBatch(x))
				// The states 0 to 2 are normalised by the branch, 3 by the readout.
				var all []float64
				s := theColumn.first(x)
				for step := range 4 {
					if step > 0 {
						mean, variance, _ := momentsOf(s...)
						if c.statistics == "running" { // those of the batches before
							mean, variance = 0, 1
							if old, ok := want["S/norm"]; ok {
								mean, variance = old.mean, old.variance
							}
						}
						s = theColumn.next(s, mean, variance)
					}
					all = append(all, s...)
					if c.statistics == "per_step" {
						move(fmt.Sprintf("S/norm@%d", step), s)
					}
				}
				if c.statistics != "per_step" {
					move("S/norm", all) // one pair, moved once by what all steps saw
				}
			}
			found := 0
			for _, v := range p.Vars {
				name, isMean := strings.CutSuffix(v.Name, "/mean")
				if !isMean {
					continue
				}
				found++
				mean, _ := p.home.Get(v.Name)
				variance, _ := p.home.Get(name + "/variance")
				near(t, name+" mean and variance", []float64{mean.Data[0], variance.Data[0]}, []float64{want[name].mean, want[name].variance}, 1e-12)
			}
			if found != len(want) {
				t.Errorf("got %d running means, want %d", found, len(want))
			}
		})
	}
}

// TestRunningTrainsAsItTests: with running statistics a program that trains
// gives the logits of one that answers, and keeps the mean of a step; with those
// of the batch it removes it.
func TestRunningTrainsAsItTests(t *testing.T) {
	logits := func(statistics string, train bool) []float64 {
		n := nn.DefaultNorm()
		n.Statistics = statistics
		g := columnGraph(t, n, 4, "3", "3")
		b := nn.NewBuilder()
		u := g.Unroll(b, cortex.Options{Batch: 4, Train: train, Logits: []int{3}})
		b.Output("logits", u.Logits[3])
		p := hold(t, b, u)
		theColumn.set(p)
		for name, x := range map[string]float64{"mean": -0.4, "variance": 1.7} {
			if a, ok := p.home.Get("S/norm/" + name); ok {
				a.Data[0] = x
			}
		}
		out := p.run(t, map[string]nn.Array{"image": pixelBatch(onePixel[:4])["image"]})["logits"].Data
		return []float64{out[0], out[2], out[4], out[6]} // of the first class
	}
	near(t, "logits in training", logits("running", true), logits("running", false), 1e-15)
	if mean, _, _ := momentsOf(logits("running", true)...); math.Abs(mean) < 0.1 {
		t.Errorf("running statistics leave a mean of %g over images", mean)
	}
	for _, statistics := range []string{"shared", "per_step"} {
		if mean, _, _ := momentsOf(logits(statistics, true)...); math.Abs(mean) > 1e-12 {
			t.Errorf("%s statistics leave a mean of %g over images", statistics, mean)
		}
	}
}

// pixelSource shows the images of onePixel in two batches of four, the last of
// which has but three real ones where short.
type pixelSource struct{ short bool }

func (pixelSource) Batches() int { return 2 }

func (pixelSource) Images(batch, _ int, images []float32) error {
	for i := range images {
		images[i] = float32(onePixel[4*batch+i])
	}
	return nil
}

func (pixelSource) Labels(batch, _ int, labels []float32) error {
	for i := range labels {
		labels[i] = float32(10*batch + i)
	}
	return nil
}

func (s pixelSource) Valid(batch int) int {
	if s.short && batch == 1 {
		return 3
	}
	return 4
}

// trainedColumn returns variables as after training at step 2: the column's
// weights, and statistics of their own for steps 0 to 2.
func trainedColumn(t *testing.T, g *cortex.Graph) *nn.Variables {
	t.Helper()
	b := nn.NewBuilder()
	u := g.Unroll(b, cortex.Options{Batch: 4, Train: true, Logits: g.TrainSteps()})
	u.Stats.Finish(b)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	theColumn.values(func(name string, x float64) {
		a, _ := v.Get(name)
		a.Data[len(a.Data)/2] = float32(x)
	})
	a, _ := v.Get("readout/dense/kernel")
	a.Data[0], a.Data[1] = 1, 0
	for s := range 3 {
		for name, x := range map[string]float64{"mean": trainedMean(s), "variance": trainedVariance(s)} {
			if a, ok := v.Get(fmt.Sprintf("S/norm@%d/%s", s, name)); ok {
				a.Data[0] = float32(x)
			}
		}
	}
	return v
}

func trainedMean(step int) float64     { return 0.125 * float64(step+1) }
func trainedVariance(step int) float64 { return 1.5 + 0.25*float64(step) }

// TestUntrainedSteps trains a column at step 2 and asks for steps 3 and 4.
func TestUntrainedSteps(t *testing.T) {
	ask := func(t *testing.T, g *cortex.Graph, v *nn.Variables, n *cortex.Norms) ([][]float64, error) {
		got := make([][]float64, 3)
		err := cortex.Record(g, ref.Engine{}, v, n, pixelSource{}, 4, []int{2, 3, 4}, nil, func(a cortex.Answer) error {
			for k := range got {
				for i := range 4 {
					got[k] = append(got[k], float64(a.Logits[k][2*i]))
				}
			}
			return nil
		})
		return got, err
	}
	// logits of the column at steps 2, 3 and 4, given mean and variance of each.
	direct := func(mean, variance func(step int, s []float64) float64) (out [][]float64) {
		s := theColumn.first(onePixel)
		for step := range 5 {
			m, q := mean(step, s), variance(step, s)
			if step >= 2 {
				z := make([]float64, len(s))
				for i := range s {
					z[i] = (s[i] - m) / math.Sqrt(q+1e-5)
				}
				out = append(out, z)
			}
			s = theColumn.next(s, m, q)
		}
		return out
	}
	compare := func(t *testing.T, got, want [][]float64) {
		t.Helper()
		for k := range want {
			near(t, fmt.Sprintf("logits@%d", 2+k), got[k], want[k], 1e-5) // float32 ports and statistics
		}
	}

	t.Run("error", func(t *testing.T) {
		n := nn.DefaultNorm()
		n.Untrained = "error"
		g := columnGraph(t, n, 5, "2", "0..")
		v := trainedColumn(t, g)
		norms, err := cortex.TrainedNorms(g)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ask(t, g, v, norms)
		if err == nil || !strings.Contains(err.Error(), "S at step 3") {
			t.Errorf("record: got %v, want an error about S at step 3", err)
		}
		err = cortex.CheckTested(g, norms)
		if err == nil || !strings.Contains(err.Error(), "step 3") || !strings.Contains(err.Error(), "S at step 3") {
			t.Errorf("check: got %v, want an error about step 3", err)
		}
	})
	t.Run("error in the readout's net", func(t *testing.T) {
		post := layers("norm", "dense")
		post[0].Norm.Untrained = "error"
		g := network(t, cortex.Graph{
			Image: [3]int{1, 1, 1}, Classes: 2, Steps: 5,
			Input:   cortex.Input{To: []string{"A"}, Steps: at("0.."), Net: layers("conv")},
			Areas:   []areas.Area{area("A", 1, 1, 1, rate(func(d *areas.Rate) { d.Norm.Kind = "none" }))},
			Readout: cortex.Readout{From: "A", Net: post, Train: at("2"), Test: at("1..4")},
		})
		norms, err := cortex.TrainedNorms(g)
		if err != nil {
			t.Fatal(err)
		}
		if err := cortex.CheckTested(g, norms); err == nil || !strings.Contains(err.Error(), "found step 1, but training never filled the statistics of readout at step 1") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("last", func(t *testing.T) {
		n := nn.DefaultNorm()
		n.Untrained = "last"
		g := columnGraph(t, n, 5, "2", "0..")
		norms, err := cortex.TrainedNorms(g)
		if err != nil {
			t.Fatal(err)
		}
		if err := cortex.CheckTested(g, norms); err != nil {
			t.Error(err)
		}
		got, err := ask(t, g, trainedColumn(t, g), norms)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, direct(
			func(step int, _ []float64) float64 { return trainedMean(min(step, 2)) },
			func(step int, _ []float64) float64 { return trainedVariance(min(step, 2)) }))
	})
	for _, divisor := range []string{"unbiased", "biased"} {
		t.Run("reestimate "+divisor, func(t *testing.T) {
			n := nn.DefaultNorm()
			n.Divisor = divisor
			g := columnGraph(t, n, 5, "2", "0..")
			norms, err := cortex.TrainedNorms(g)
			if err != nil {
				t.Fatal(err)
			}
			v := trainedColumn(t, g)
			before := v.Clone()
			places, err := cortex.Reestimate(g, ref.Engine{}, v, norms, pixelSource{}, 4, []int{2, 3, 4}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var order []string
			for _, p := range places {
				order = append(order, p.Statistics)
			}
			if want := []string{"S/norm@3", "S/norm@4"}; !slices.Equal(order, want) {
				t.Errorf("re-estimated %v, want %v", order, want)
			}
			for _, name := range before.Names() {
				old, _ := before.Get(name)
				now, _ := v.Get(name)
				if !slices.Equal(old.Data, now.Data) {
					t.Errorf("re-estimation changed %s, which training had filled", name)
				}
			}
			got, err := ask(t, g, v, norms)
			if err != nil {
				t.Fatal(err)
			}
			// All eight images at once; step 4 follows from step 3's new statistics.
			compare(t, got, direct(func(step int, s []float64) float64 {
				if step <= 2 {
					return trainedMean(step)
				}
				mean, _, _ := momentsOf(s...)
				return mean
			}, func(step int, s []float64) float64 {
				if step <= 2 {
					return trainedVariance(step)
				}
				_, biased, unbiased := momentsOf(s...)
				if divisor == "biased" {
					return biased
				}
				return unbiased
			}))
		})
	}
	t.Run("shared", func(t *testing.T) {
		n := nn.DefaultNorm()
		n.Statistics, n.Untrained = "shared", "error"
		g := columnGraph(t, n, 5, "2", "0..")
		v := trainedColumn(t, g)
		v.Set("S/norm/mean", nn.Tensor{Shape: nn.Shape{1}, Data: []float32{0.25}})
		v.Set("S/norm/variance", nn.Tensor{Shape: nn.Shape{1}, Data: []float32{1.75}})
		norms, err := cortex.TrainedNorms(g)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ask(t, g, v, norms)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, direct(func(int, []float64) float64 { return 0.25 }, func(int, []float64) float64 { return 1.75 }))
	})
}

// TestReestimateShared estimates a shared place that training never executed:
// its pair is that of all steps together.
func TestReestimateShared(t *testing.T) {
	shared := nn.DefaultNorm()
	shared.Statistics = "shared"
	g := network(t, cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 3,
		Input: cortex.Input{To: []string{"A"}, Steps: at("0"), Net: layers("conv")},
		Areas: []areas.Area{area("A", 1, 1, 1, sum(func(d *areas.Sum) { d.Norm, d.Biased = shared, "area" }))},
		Matrix: connectivity.Matrix{Connections: []connectivity.Connection{
			connect("A->A", "conv", reads(areas.State))}},
		Readout: cortex.Readout{From: "A", Net: layers("dense"), Train: at("2")},
	})
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(3)
	var taps []cortex.Tap
	for s := range 3 {
		taps = append(taps, cortex.Tap{Area: 0, Signal: areas.Response, Step: s})
	}
	places, err := cortex.Reestimate(g, ref.Engine{}, v, norms, pixelSource{}, 4, nil, taps)
	if err != nil {
		t.Fatal(err)
	}
	if len(places) != 3 {
		t.Errorf("re-estimated %d places, want 3", len(places))
	}
	middle := func(name string) float64 {
		a, ok := v.Get(name)
		if !ok {
			t.Fatalf("no variable %s", name)
		}
		return float64(a.Data[len(a.Data)/2])
	}
	var all []float64
	s := slices.Clone(onePixel)
	for step := range 3 {
		for i := range s {
			if step == 0 {
				s[i] = middle("input/conv/kernel")*s[i] + middle("A/bias")
			} else {
				s[i] = middle("A->A/kernel")*s[i] + middle("A/bias")
			}
		}
		all = append(all, s...)
	}
	mean, _, variance := momentsOf(all...)
	near(t, "mean and variance", []float64{middle("A/norm/mean"), middle("A/norm/variance")}, []float64{mean, variance}, 1e-6)
}
