package plots

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/wiring"
)

// A caption speaks of what is drawn: of intervals, chance, points, boxes and hatches
// only where there are some.
func TestCaptionsOfWhatIsThere(t *testing.T) {
	check := func(f *canvas.Figure, err error, has, lacks []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range has {
			if !strings.Contains(f.Caption, s) {
				t.Errorf("%s lacks %q: %s", f.Name, s, f.Caption)
			}
		}
		for _, s := range lacks {
			if strings.Contains(f.Caption, s) {
				t.Errorf("%s speaks of %q: %s", f.Name, s, f.Caption)
			}
		}
	}
	summary, runs, speed, differences := comparedFrames(3)
	f, err := Speed(speed, 0, canvas.Light())
	check(f, err, []string{"bars: 95 % t interval", "Curves: ", "single points: "}, []string{"no interval", "Dashed: chance"}) // answers are 62 to 79 %
	f, err = Comparison(summary, runs, canvas.Light())
	check(f, err, nil, []string{"Dashed: chance"})
	f, err = Differences(differences, places(1, len(differences)), len(differences)+1, 0, canvas.Light())
	check(f, err, []string{"Welch's 95 % interval", "Boxes below"}, nil) // p is 0.2/7 at last

	blank := func(f *analysis.Frame, column string, v float64) {
		labels := f.Axis("statistic").Labels
		for i := range f.Data {
			if labels[i%len(labels)] == column {
				f.Data[i] = v
			}
		}
	}
	for i := range speed {
		blank(&speed[i], "low", math.NaN())
		blank(&speed[i], "high", math.NaN())
		blank(&speed[i], "chance", 70)
	}
	blank(&summary, "chance", 75)
	for i := range differences {
		blank(&differences[i], "low", math.NaN())
		blank(&differences[i], "high", math.NaN())
		blank(&differences[i], "p", 0.2)
	}
	f, err = Speed(speed[1:], 0, canvas.Light())
	check(f, err, []string{"no interval over runs is known", "Curves: ", "Dashed: chance"}, []string{"bars: ", "single points"})
	f, err = Speed(speed[:1], 0, canvas.Light())
	check(f, err, []string{"Single points: "}, []string{"urves: "})
	f, err = Comparison(summary, runs, canvas.Light())
	check(f, err, []string{"Dashed: chance"}, nil)
	f, err = Differences(differences, places(1, len(differences)), len(differences)+1, 0, canvas.Light())
	check(f, err, nil, []string{"Welch", "band", "bars", "Boxes"})

	for _, dead := range []bool{false, true} {
		an := *blt.anatomy()
		an.Connections = append([]recording.AnatomyConnection{}, an.Connections...)
		for i := range an.Connections {
			an.Connections[i].Dead = dead && i == 0
		}
		f, err = wiring.Matrices([]*recording.Anatomy{&an}, canvas.Light())
		if dead {
			check(f, err, []string{"Hatched"}, nil)
		} else {
			check(f, err, nil, []string{"atched"})
		}
	}
}

// Learning curves of one epoch are points, and key and caption say so.
func TestLearningOfOneEpoch(t *testing.T) {
	for last, has := range map[int]string{1: "of epoch 1 alone. Filled: validation; hollow: training", 2: "over epochs. Solid: validation; dashed: training"} {
		var log []analysis.Epoch
		for e := 1; e <= last; e++ {
			log = append(log, analysis.Epoch{Epoch: float64(e), TrainingLoss: 2, ValidationLoss: 2.1, TrainingAccuracy: 30, ValidationAccuracy: 20, Rate: 0.1})
		}
		f, err := Make("learning", Data{Anatomy: blt.anatomy(), Frames: []analysis.Frame{analysis.Learning(log, "loss", 10, "")}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(f.Caption, has) {
			t.Errorf("%d epochs: caption %q, want %q", last, f.Caption, has)
		}
		var svg bytes.Buffer
		if err := canvas.Save(&svg, "svg", f, 0, 0); err != nil {
			t.Fatal(err)
		}
		// One dashed line is that of chance; a key of lines and the curves have others.
		if n := strings.Count(svg.String(), "stroke-dasharray"); (n == 1) != (last == 1) {
			t.Errorf("%d epochs: %d dashed lines", last, n)
		}
	}
}

// A variant has the same mark in the figures Comparison and Speed: filled shapes of
// its colour have as many corners, and those of variants differ.
func TestMarksOfVariants(t *testing.T) {
	summary, runs, speed, _ := comparedFrames(3)
	corners := func(f *canvas.Figure, err error) map[color.NRGBA]string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		found := map[color.NRGBA]map[int]bool{}
		for _, m := range marks(t, f) {
			if m.kind == "fill" {
				if found[m.colour] == nil {
					found[m.colour] = map[int]bool{}
				}
				found[m.colour][len(m.points)] = true
			}
		}
		shapes := map[color.NRGBA]string{}
		for c, n := range found {
			shapes[c] = fmt.Sprint(n)
		}
		return shapes
	}
	one, other := corners(Comparison(summary, runs, canvas.Light())), corners(Speed(speed, 0, canvas.Light()))
	seen := map[string]bool{}
	for i := range 3 {
		c, _ := canvas.Light().Variant(i, 3)
		k := color.NRGBAModel.Convert(c).(color.NRGBA)
		if one[k] == "" || one[k] != other[k] || seen[one[k]] {
			t.Errorf("variant %d: shapes with %s corners in Comparison, %s in Speed", i, one[k], other[k])
		}
		seen[one[k]] = true
	}
}
