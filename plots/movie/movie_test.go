package movie

import (
	"math"
	"reflect"
	"testing"

	"ventral/cortex/analysis"
)

func axis(name string, values ...float64) analysis.Axis {
	return analysis.Axis{Name: name, Values: values}
}

func named(name string, labels ...string) analysis.Axis {
	return analysis.Axis{Name: name, Labels: labels}
}

// Every number of a frame of feature maps is in the panel of its area, image and channel,
// at its step.
func TestFeatureMaps(t *testing.T) {
	f := analysis.Frame{Name: "feature maps", Unit: "a.u.", Title: "V1", Axes: []analysis.Axis{named("area", "V1"), {Name: "image", Values: []float64{4, 9}, Labels: []string{"4 (a)", "9 (b)"}},
		axis("step", 2, 3, 5), axis("channel", 7, 1), axis("y", 0, 1), axis("x", 0, 1, 2)}}
	for i := range 2 * 3 * 2 * 2 * 3 {
		f.Data = append(f.Data, float64(i))
	}
	list := Of([]analysis.Frame{f})
	if len(list) != 1 || len(list[0].Panels) != 4 || !reflect.DeepEqual(list[0].Steps, []int{2, 3, 5}) || list[0].Title != "Feature maps" {
		t.Fatalf("got %+v", list)
	}
	for _, p := range list[0].Panels {
		image := map[int]int{4: 0, 9: 1}[p.Image]
		channel := map[string]int{"channel 7": 0, "channel 1": 1}[p.Name]
		for s, data := range p.Data {
			for y := range 2 {
				for x := range 3 {
					if got, want := data[y*3+x], f.At(0, image, s, channel, y, x); got != want {
						t.Errorf("image %d, %s, step %d, (%d, %d): got %g, want %g", p.Image, p.Name, s, y, x, got, want)
					}
				}
			}
		}
		if p.Scale.Lo != 0 || p.Scale.Hi != 71 {
			t.Errorf("scale %v, want 0 to 71, that of the area", p.Scale)
		}
	}
}

// Matrices of images have no diagonal; steps without numbers have no picture; the last
// area is on top.
func TestMatrices(t *testing.T) {
	nan := math.NaN()
	f := analysis.Frame{Name: "rdm", Axes: []analysis.Axis{named("area", "V1", "V2"), axis("step", 0, 1), named("image", "a", "b"), named("image", "a", "b")},
		Data: []float64{0, 1, 1, 0, 0, 2, 2, 0, nan, nan, nan, nan, 0, 4, 4, 0}}
	m := Of([]analysis.Frame{f.With("condition", "cut")})[0]
	if got, want := m.Areas(), []string{"cut, V2", "cut, V1"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("areas %v, want %v", got, want)
	}
	v2 := m.Panels[0]
	if v2.Data[0] != nil || v2.Data[1][1] != 4 || !math.IsNaN(v2.Data[1][0]) || !math.IsNaN(v2.Data[1][3]) {
		t.Errorf("V2 has %v", v2.Data)
	}
	if f.Data[4] != 0 {
		t.Error("the frame has changed")
	}
}

// A map that is larger than a page can hold is averaged in blocks; NaN is left out.
func TestShrink(t *testing.T) {
	n := MostCells + 2
	p := Panel{Rows: positions(analysis.Axis{Values: make([]float64, n)}), Columns: positions(analysis.Axis{Values: make([]float64, n)})}
	data := make([]float64, n*n)
	for i := range data {
		data[i] = float64(i / n)
	}
	data[0], data[n*n-1] = math.NaN(), math.NaN()
	p.Data = [][]float64{data, nil}
	if by := p.shrink(); by != 2 || len(p.Rows.Names) != n/2 {
		t.Fatalf("blocks of %d, %d rows", by, len(p.Rows.Names))
	}
	if got := p.Data[0]; len(got) != n*n/4 || math.Abs(got[0]-2.0/3) > 1e-12 || got[1] != 0.5 || got[n/2] != 2.5 {
		t.Errorf("got %v", got[:n/2+1])
	}
	if p.Data[1] != nil {
		t.Error("a step without numbers has some")
	}
}

// Frames of other axes have no pictures of single steps.
func TestOthers(t *testing.T) {
	for _, axes := range [][]analysis.Axis{
		{named("area", "V1"), axis("step", 0), named("statistic", "mean")},
		{named("area", "V1"), axis("step", 0), axis("image", 1), named("statistic", "mean")},
		{named("true", "a"), named("chosen", "a")},
	} {
		f := analysis.Frame{Name: "f", Axes: axes, Data: []float64{1}}
		if got := Of([]analysis.Frame{f}); len(got) != 0 {
			t.Errorf("%v: got %v", axes, got)
		}
	}
}

// Paths have the two coordinates of each step; curves the numbers of each step with their
// interval.
func TestLines(t *testing.T) {
	nan := math.NaN()
	path := analysis.Frame{Name: "trajectory", Axes: []analysis.Axis{named("area", "IT"), named("class", "a", "b"), axis("step", 0, 1), axis("component", 1, 2, 3)},
		Data: []float64{nan, nan, nan, 1, 2, 9, nan, nan, nan, 3, 4, 9}}
	curve := analysis.Frame{Name: "calibration", Unit: "%", Axes: []analysis.Axis{axis("step", 4, 5), axis("confidence", 0.25, 0.75), named("statistic", "mean", "low", "high")},
		Data: []float64{1, 0, 2, 3, 2, 4, 5, 4, 6, 7, 6, 8}}
	list := Of([]analysis.Frame{path, curve})
	if len(list) != 2 {
		t.Fatalf("got %d movies", len(list))
	}
	p := list[0].Panels[0]
	if !p.Paths || len(p.Lines) != 2 || !reflect.DeepEqual(p.Lines[1].Y[1], []float64{3, 4}) || !math.IsNaN(p.Lines[0].Y[0][1]) {
		t.Errorf("paths %+v", p.Lines)
	}
	l := list[1].Panels[0].Lines[0]
	if !reflect.DeepEqual(l.Y, [][]float64{{1, 3}, {5, 7}}) || !reflect.DeepEqual(l.Low, [][]float64{{0, 2}, {4, 6}}) || !reflect.DeepEqual(l.High, [][]float64{{2, 4}, {6, 8}}) ||
		!reflect.DeepEqual(l.At, []float64{0.25, 0.75}) || list[1].Panels[0].Axes != [2]string{"confidence", "calibration (%)"} || !reflect.DeepEqual(list[1].Steps, []int{4, 5}) {
		t.Errorf("curves %+v", list[1])
	}
}
