package probe

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"ventral/cortex/analysis"
)

// model are the numbers of testdata/model.py: by image, or by area, image and step.
type model struct {
	Loss, All           []float64
	Cosine, Ratio, Size map[string][][]*float64
	Right               map[string][][]*float64
	Without             [][]*float64
	Jacobian            []struct {
		Speed, Size float64
		Real, Imag  []float64
	}
}

func readModel(t *testing.T) (m model) {
	t.Helper()
	text, err := os.ReadFile("testdata/model.json")
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// measure measures with a probe, and returns its frames by name.
func measure(t *testing.T, s *Subject, p Probe) map[string]analysis.Frame {
	t.Helper()
	frames, err := p.Measure(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]analysis.Frame{}
	for _, f := range frames {
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		by[f.Name] = f
	}
	return by
}

// agree compares a number with one of the model, nil where there is none.
func agree(t *testing.T, what string, got float64, want *float64, within float64) {
	t.Helper()
	if want == nil {
		if !math.IsNaN(got) {
			t.Errorf("%s: %v, want none", what, got)
		}
		return
	}
	if !(math.Abs(got-*want) <= within*(1+math.Abs(*want))) {
		t.Errorf("%s: %v, want %v", what, got, *want)
	}
}

// agreeByNode compares a frame [area, step, image] with the model.
func agreeByNode(t *testing.T, f analysis.Frame, want map[string][][]*float64, within float64) {
	t.Helper()
	if f.Name == "" {
		t.Fatal("the frame is missing")
	}
	for a, area := range f.Axes[0].Labels {
		for image := range want[area] {
			for step, w := range want[area][image] {
				agree(t, f.Name+" of "+area, f.At(a, step, image), w, within)
			}
		}
	}
}

// The gradient is that of a NumPy model in float64 by central differences. The engine
// computes in float32: 2⁻²⁴ an operation, some hundred of them in six steps, and
// differences of neighbouring states lose a digit.
func TestGradientAgreesWithNumPy(t *testing.T) {
	s, m := twoAreas(t), readModel(t)
	frames := measure(t, s, &Gradient{})
	agreeByNode(t, frames["update cosine"], m.Cosine, 2e-5)
	agreeByNode(t, frames["update ratio"], m.Ratio, 2e-5)
	agreeByNode(t, frames["gradient size"], m.Size, 2e-5)
	for i, w := range m.Loss {
		agree(t, "loss", frames["loss"].Data[i], &w, 1e-5)
	}
}

// Where steps have equal states, each has a gradient of its own.
func TestGradientOfEqualStates(t *testing.T) {
	s := still(t, 1)
	frames := measure(t, s, &Gradient{})
	size := frames["gradient size"]
	// The same state A is read by B at steps 1 and 2, of which the loss reads both: each
	// way carries its own share, and at the last step there is none.
	if a, b := size.At(0, 0, 0), size.At(0, 1, 0); !(a > 0 && b > 0) || !math.IsNaN(size.At(0, 2, 0)) {
		t.Errorf("gradient sizes of A are %v, %v and %v, want two numbers and none", a, b, size.At(0, 2, 0))
	}
	// The loss is the sum of two equal losses of equal states, so that the gradients of the
	// two steps are equal.
	if a, b := size.At(0, 0, 0), size.At(0, 1, 0); math.Abs(a-b) > 1e-6*a {
		t.Errorf("gradient sizes are %v and %v, want equal ones", a, b)
	}
	if c := frames["update cosine"].At(0, 1, 0); !math.IsNaN(c) {
		t.Errorf("the cosine of no update is %v, want none", c)
	}
	if r := frames["update ratio"].At(0, 1, 0); r != 0 {
		t.Errorf("the ratio of no update is %v, want 0", r)
	}
}

func TestGradientWithoutALoss(t *testing.T) {
	s := twoAreas(t)
	s.Unlabelled = true
	if _, err := (&Gradient{}).Measure(context.Background(), s); err == nil || !strings.Contains(err.Error(), "no labels") {
		t.Errorf("without labels: %v", err)
	}
	s = twoAreas(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := (&Gradient{}).Measure(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
