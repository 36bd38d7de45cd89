package probe

import (
	"context"
	"errors"
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

// linear is a cortex of one area, x(t) = W·x(t-delay) + V·image + b, without a
// nonlinearity. W is by rows, what a unit receives.
func linear(t *testing.T, w [][]float64, delay int) *Subject {
	n := len(w)
	g := cortex.Graph{
		Image: [3]int{1, 1, 2}, Classes: 2, Steps: 4,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0.."), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{rate("A", [3]int{1, 1, n}, 1)},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect(t, "A->A", "conv", delay)}},
		Readout: cortex.Readout{From: "A", Net: []cortex.Layer{layer(t, "dense")}, Train: steps(t, "2..3"), Test: steps(t, "2..3"), Loss: "softmax", Over: "sum"},
	}
	s := subjectOf(t, g, []string{"input/conv/kernel", "A/bias", "A->A/kernel", "readout/dense/kernel", "readout/dense/bias"}, 3, cortex.NewGraph)
	k, _ := s.Variables.Get("A->A/kernel")
	for to := range n {
		for from := range n {
			k.Data[from*n+to] = float32(w[to][from])
		}
	}
	return s
}

// turned is a rotation by an angle times a radius, in coordinates that are not at right
// angles, so that the matrix is not normal.
func turned(radius, angle float64) [][]float64 {
	c, s := radius*math.Cos(angle), radius*math.Sin(angle)
	// P·R·P⁻¹ with P = [[1, 2], [0, 1]]
	return [][]float64{{c + 2*s, -s - 4*s}, {s, c - 2*s}}
}

// Linear maps of known radius get their verdicts, and the eigenvalues at their fixed point
// to 10⁻³: those that settle, turn and explode, with and without delay lines.
func TestJacobianOfLinearMaps(t *testing.T) {
	for name, c := range map[string]struct {
		w       [][]float64
		delay   int
		verdict int
		values  []complex128
		growth  float64
	}{
		"radius 0.9":          {[][]float64{{0.9, 5}, {0, 0.5}}, 1, Converged, []complex128{0.9, 0.5}, 0.9},
		"spiral of 0.9":       {turned(0.9, 1), 1, Converged, []complex128{cmplx.Rect(0.9, 1), cmplx.Rect(0.9, -1)}, 0.9},
		"rotation":            {turned(1, 1), 1, Cycling, []complex128{cmplx.Rect(1, 1), cmplx.Rect(1, -1)}, 1},
		"radius 1.1":          {[][]float64{{1.1, 2}, {0, -0.3}}, 1, Exploding, []complex128{1.1, -0.3}, 1.1},
		"spiral of 1.1":       {turned(1.1, 2), 1, Exploding, []complex128{cmplx.Rect(1.1, 2), cmplx.Rect(1.1, -2)}, 1.1},
		"0.81 after 2 steps":  {[][]float64{{0.81}}, 2, Converged, []complex128{0.9, -0.9}, 0.9},
		"-1.21 after 2 steps": {[][]float64{{-1.21}}, 2, Exploding, []complex128{1.1i, -1.1i}, 1.1},
		"0.729 after 3 steps": {[][]float64{{0.729}}, 3, Converged, []complex128{0.9, cmplx.Rect(0.9, 2*math.Pi/3), cmplx.Rect(0.9, -2*math.Pi/3)}, 0.9},
	} {
		t.Run(name, func(t *testing.T) {
			frames := measure(t, linear(t, c.w, c.delay), New())
			verdict, values, point := frames["verdict"], frames["eigenvalues"], frames["fixed point"]
			for image := range 3 {
				if got := verdictOf(verdict, 0, image); got != c.verdict {
					t.Errorf("image %d: verdict %d, want %s", image, got, Verdicts[c.verdict])
				}
				for k, want := range c.values {
					found := false
					for j := range c.values {
						found = found || cmplx.Abs(complex(values.At(image, j, 0), values.At(image, j, 1))-want) < 1e-3
					}
					if !found {
						t.Errorf("image %d: eigenvalue %d, %v, is not among %v", image, k, want, values.Data[image*24:][:24])
					}
				}
				// Where the coordinates are not at right angles, a vector that turns is up to 5.83
				// times longer at one moment than at another: 3.6 % a step over 50 steps.
				if got := point.At(image, 4); math.Abs(got-c.growth) > 0.036*c.growth {
					t.Errorf("image %d: growth %v a step, want %v", image, got, c.growth)
				}
				if share := point.At(image, 2); !(share < 1e-3) {
					t.Errorf("image %d: the speed at the fixed point is %v of the state", image, share)
				}
			}
		})
	}
}

// verdictOf is the place of a verdict in Verdicts, the number of these where it is none.
func verdictOf(f analysis.Frame, area, image int) int {
	for k := range Verdicts {
		if f.At(area, image, k) == 1 {
			return k
		}
	}
	return len(Verdicts)
}

// New is the probe with its defaults.
func New() *Jacobian { return jacobianKind.New().(*Jacobian) }

// Distances between steps of x(t) = 0.9·x(t-1) + b are 0.9ᵗ·|x(1)-x(0)|.
func TestDistancesOfALinearMap(t *testing.T) {
	frames := measure(t, linear(t, [][]float64{{0.9}}, 1), New())
	d := frames["distance between steps"]
	if n := d.Axes[1].Len(); n != 200 {
		t.Fatalf("%d steps, want 200", n)
	}
	for image := range 3 {
		// x(t) = b·(1-0.9^(t+1))/0.1, so that |x(t)-x(t-1)|/|x(t-1)| = 0.1·0.9ᵗ/(1-0.9ᵗ)
		for _, step := range []int{1, 2, 10, 40} {
			want := 0.1 * math.Pow(0.9, float64(step)) / (1 - math.Pow(0.9, float64(step)))
			agree(t, "distance", d.At(0, step, image), &want, 1e-5)
		}
		rate := 0.9
		agree(t, "rate", frames["rate"].At(0, image), &rate, 1e-3)
	}
}

// The eigenvalues of a nonlinear cortex at its fixed point are those of a dense Jacobian by
// central differences in NumPy.
func TestJacobianAgreesWithNumPy(t *testing.T) {
	s, m := twoAreas(t), readModel(t)
	for _, name := range []string{"A->A", "A->B", "B->A", "B->B"} {
		w, _ := s.Variables.Get(name + "/kernel")
		for i := range w.Data {
			w.Data[i] /= 2
		}
	}
	p := New()
	p.Eigenvalues = 10
	frames := measure(t, s, p)
	values, compared := frames["eigenvalues"], 0
	for image, want := range m.Jacobian {
		for k := range want.Real {
			x := complex(want.Real[k], want.Imag[k])
			if cmplx.Abs(x) < 0.01 { // the rest are zeros of a Jordan block, whose roots rounding spreads
				continue
			}
			nearest := math.Inf(1)
			for j := range 10 {
				if d := cmplx.Abs(complex(values.At(image, j, 0), values.At(image, j, 1)) - x); d < nearest {
					nearest = d
				}
			}
			if !(nearest < 1e-4) {
				t.Errorf("image %d: the nearest to the eigenvalue %v is %v away", image, x, nearest)
			}
			compared++
		}
		for a := range 2 {
			if got := verdictOf(frames["verdict"], a, image); got != Converged {
				t.Errorf("image %d: area %d has the verdict %d", image, a, got)
			}
		}
		// The growth along a path at rest is the largest modulus.
		if got, top := frames["fixed point"].At(image, 4), math.Hypot(want.Real[0], want.Imag[0]); math.Abs(got-top) > 0.03*top {
			t.Errorf("image %d: growth %v, want about %v", image, got, top)
		}
	}
	if compared < 20 {
		t.Errorf("%d eigenvalues were compared", compared)
	}
}

// The steps of a stepper are those of the cortex in one piece.
func TestStepperAgreesWithTheWhole(t *testing.T) {
	s := twoAreas(t)
	long, err := s.Longer(9)
	if err != nil {
		t.Fatal(err)
	}
	x, err := newStepper(long, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	src, err := s.Show(4)
	if err != nil {
		t.Fatal(err)
	}
	batch := 0
	err = cortex.Record(s.Graph, s.Engine, s.Variables, s.Norms, src, 4, nil, s.Taps, func(a cortex.Answer) error {
		x.begin(batch)
		batch++
		for step := range s.Graph.Steps {
			if err := x.step(step); err != nil {
				return err
			}
		}
		for k, tap := range s.Taps {
			for i, want := range a.Taps[k] {
				if got := x.states[place{tap.Area, tap.Step, 0}][i]; got != want {
					t.Fatalf("%s: number %d is %v, want %v", s.Graph.TapName(tap), i, got, want)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Steps 2 and later have one program: B reads itself two steps before.
	if n := len(x.windows); n > 4 {
		t.Errorf("%d programs were compiled for %d steps", n, s.Graph.Steps)
	}
}

// Of a cortex without loops the whole state is forgotten after some steps.
func TestJacobianWithoutLoops(t *testing.T) {
	frames := measure(t, still(t, 1), New())
	if got := verdictOf(frames["verdict"], 1, 0); got != Converged {
		t.Errorf("the verdict is %v", got)
	}
	if got := frames["eigenvalues"].At(0, 0, 2); got != 0 {
		t.Errorf("the largest eigenvalue is %v, want 0", got)
	}
}

func TestJacobianWronglyAsked(t *testing.T) {
	p := New()
	p.Steps = 3
	if _, err := p.Measure(context.Background(), twoAreas(t)); err == nil || !strings.Contains(err.Error(), "steps: found 3, want at least those of the cortex, 6") {
		t.Errorf("too few steps: %v", err)
	}
	if _, err := New().Measure(context.Background(), still(t, 0)); err == nil || !strings.Contains(err.Error(), "no recurrence") {
		t.Errorf("without recurrence: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := New().Measure(ctx, twoAreas(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// tired is a cell of two states, u(t) = drive - a(t-1) and a(t) = a(t-1)/2 + 3/10·u(t-1).
type tired struct{}

func (tired) Kind() string { return "tired" }
func (tired) Check() error { return nil }
func (tired) Layout() areas.Layout {
	return areas.Layout{
		About: "tires", States: []string{"u", "a"}, Signals: []areas.Signal{{Name: areas.State, State: "u"}, {Name: areas.Response, State: "u"}},
		Ports: []areas.Port{{Name: areas.Drive, About: "added", Wakes: true}}, Silence: areas.Lasting, Carries: true, Bias: "absent", Readout: areas.Response,
	}
}
func (tired) Step(s nn.Scope, a areas.Area, prev []nn.Value, in areas.Drives) []nn.Value {
	drive := in.Sum(s, a, areas.Drive)
	if prev == nil {
		return []nn.Value{drive, s.One(nn.Linear{}, drive)}
	}
	return []nn.Value{s.Sum(drive, s.One(nn.Linear{A: -1}, prev[1])), s.Sum(s.One(nn.Linear{A: 0.5}, prev[1]), s.One(nn.Linear{A: 0.3}, prev[0]))}
}
func (tired) Read(_ nn.Scope, states []nn.Value, _ string) nn.Value { return states[0] }

// All states of a cell belong to the state: the map of u and a is [[w, -1], [0.3, 0.5]], of
// eigenvalues 0.5 ± i·√0.3 where w is 0.5. The stepper moves as the whole cortex does.
func TestJacobianOfTwoStates(t *testing.T) {
	g := cortex.Graph{
		Image: [3]int{1, 1, 2}, Classes: 2, Steps: 5,
		Input:   cortex.Input{To: []string{"A"}, Steps: steps(t, "0.."), Net: []cortex.Layer{layer(t, "conv")}},
		Areas:   []areas.Area{{Name: "A", Shape: [3]int{1, 1, 1}, Dynamics: tired{}}},
		Matrix:  connectivity.Matrix{Connections: []connectivity.Connection{connect(t, "A->A", "conv", 1)}},
		Readout: cortex.Readout{From: "A", Net: []cortex.Layer{layer(t, "dense")}, Train: steps(t, "2..4"), Test: steps(t, "2..4"), Loss: "softmax", Over: "sum"},
	}
	s := subjectOf(t, g, []string{"input/conv/kernel", "input/conv/bias", "A->A/kernel", "readout/dense/kernel", "readout/dense/bias"}, 3, cortex.NewGraph)
	w, _ := s.Variables.Get("A->A/kernel")
	w.Data[0] = 0.5
	frames, ratio := measure(t, s, New()), measure(t, s, &Gradient{})["update ratio"]
	for image := range 3 {
		for k, want := range []float64{math.Sqrt(0.3), -math.Sqrt(0.3)} {
			values := frames["eigenvalues"]
			if got := complex(values.At(image, k, 0), values.At(image, k, 1)); cmplx.Abs(got-complex(0.5, want)) > 1e-4 {
				t.Errorf("image %d: eigenvalue %v, want 0.5 %+v i", image, got, want)
			}
		}
		for step := 1; step < 5; step++ {
			want := ratio.At(0, step, image)
			agree(t, "distance", frames["distance between steps"].At(0, step, image), &want, 1e-6)
		}
	}
}
