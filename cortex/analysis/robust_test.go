package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"ventral/cortex/recording"
)

// Fits are the maximum-likelihood fits of SciPy (testdata/robust.py): the likelihood to
// 1e-3, of which the weak hold is the most, and the middle of the curve to 1e-2.
func TestPsychometric(t *testing.T) {
	text, err := os.ReadFile("testdata/robust.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Levels        []float64
		Right, N      []int
		Chance        float64
		Minus, Middle float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		p := fitPsychometric(c.Levels, c.Right, c.N, c.Chance)
		v, ok := p.threshold(0.5)
		if !ok || math.Abs(p.likelihood-c.Minus) > 2e-3 || math.Abs(v-c.Middle) > 1e-2 {
			t.Errorf("case %d: threshold %v, -log likelihood %v; SciPy %v, %v", i, v, p.likelihood, c.Middle, c.Minus)
		}
		low, high := p.bootstrap(0.5, 100, 1)
		if !(low < v && v < high) {
			t.Errorf("case %d: %v is not within %v to %v", i, v, low, high)
		}
	}
	flat := fitPsychometric([]float64{1, 2, 3, 4}, []int{10, 9, 11, 10}, []int{100, 100, 100, 100}, 0.1)
	if v, ok := flat.threshold(0.5); ok {
		t.Errorf("answers at chance have the threshold %v", v)
	}
}

// Conditions that differ in a number are laid out by it; a planted threshold is found,
// within four standard errors of its bootstrap.
func TestRobust(t *testing.T) {
	var on []Subject
	levels := []float64{0.2, 1, 0.4, 0.6, 0.8}
	for _, l := range levels {
		for _, noise := range []string{"a", "b"} {
			on = append(on, Subject{Name: fmt.Sprintf("contrast[contrast=%g,kind=%s]", l, noise), Anatomy: &recording.Anatomy{}})
		}
	}
	on = append(on, Subject{Name: "as trained", Anatomy: &recording.Anatomy{}})
	a := (&Robust{Level: "auto", Threshold: 0.5, Draws: 100, Seed: 3}).StartJoint(on)
	r := rand.New(rand.NewPCG(4, 4))
	const images = 400
	ids := make([]int, images)
	for _, s := range on {
		_, _, values, rest := levelsOf(s.Name)
		shift := map[string]float64{"kind=a": 0.5, "kind=b": 0.7, "": 0}[rest]
		var data []float32
		for range images {
			right := r.Float64() < 0.5+0.5/(1+math.Exp(-20*(values["contrast"]-shift)))
			z := float32(1)
			if !right {
				z = -1
			}
			data = append(data, nan, nan, z, 0)
		}
		b := whole("", []int{0, 1}, [3]int{1, 1, 2}, ids, data)
		b.From = s.Name
		if err := a.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	frames, err := a.Frames()
	if err != nil {
		t.Fatal(err)
	}
	if len(frames) != 4 {
		t.Fatalf("%d frames", len(frames))
	}
	for i, want := range []float64{0.5, 0.7} {
		f, x := frames[2*i], frames[2*i+1]
		if f.Label("condition") != []string{"contrast[kind=a]", "contrast[kind=b]"}[i] || f.Axis("contrast").Values[0] != 0.2 || f.Axis("contrast").Len() != 5 {
			t.Errorf("got %+v", f.Axes)
		}
		if c := f.Column("chance")[0]; c != 50 {
			t.Errorf("chance %v", c)
		}
		at, low, high := x.Column("mean"), x.Column("low"), x.Column("high")
		if !math.IsNaN(at[0]) || math.Abs(at[1]-want) > 2*(high[1]-low[1]) || high[1]-low[1] > 0.2 {
			t.Errorf("thresholds %v, %v to %v, planted %v", at, low, high, want)
		}
	}
	lone := (&Robust{Level: "auto", Threshold: 0.5}).StartJoint(on[:1])
	if _, err := lone.Frames(); err == nil || !strings.Contains(err.Error(), "found one condition, want several that differ in a number") {
		t.Errorf("one condition: %v", err)
	}
	alike := (&Robust{Level: "auto", Threshold: 0.5}).StartJoint(on[:2])
	if _, err := alike.Frames(); err == nil || !strings.Contains(err.Error(), "found no number in which the conditions") {
		t.Errorf("conditions of one level: %v", err)
	}
}
