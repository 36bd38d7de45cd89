package plots

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/plots/canvas"
	"ventral/plots/plotstest"
)

// axis is one of numbers from 0 on.
func axis(name string, n int) analysis.Axis {
	a := analysis.Axis{Name: name}
	for i := range n {
		a.Values = append(a.Values, float64(i))
	}
	return a
}

// filled gives a frame numbers that differ along every axis.
func filled(f analysis.Frame, at func(index []int) float64) analysis.Frame {
	n := 1
	for _, a := range f.Axes {
		n *= a.Len()
	}
	for i := range n {
		index, rest := make([]int, len(f.Axes)), i
		for k := len(f.Axes) - 1; k >= 0; k-- {
			index[k] = rest % f.Axes[k].Len()
			rest /= f.Axes[k].Len()
		}
		f.Data = append(f.Data, at(index))
	}
	return f
}

// charts are frames of every form that a chart has.
func charts() map[string][]analysis.Frame {
	area := analysis.Axis{Name: "area", Labels: []string{"V1", "V4", "IT"}}
	interval := analysis.Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "p"}}
	orientation := analysis.Axis{Name: "orientation", Unit: "°", Values: []float64{0, 22.5, 45, 67.5, 90, 112.5, 135, 157.5}}
	contrast := analysis.Axis{Name: "contrast", Values: []float64{0.01, 0.03, 0.1, 0.3, 1}}
	wave := func(index []int) float64 {
		n := len(index)
		v := 0.4 + 0.2*math.Sin(float64(index[n-2])/1.5+float64(index[0])) + 0.05*float64(index[max(0, n-3)])
		return []float64{v, v - 0.05, v + 0.06, 100, math.Abs(v - 0.4)}[index[n-1]]
	}
	tuned := filled(analysis.Frame{Name: "response", Unit: "a.u.", Title: "Tuning to orientation", Note: "mean over units, 95 % t interval", Axes: []analysis.Axis{area, axis("step", 6), orientation, interval}}, wave)
	byArea := filled(analysis.Frame{Name: "response", Note: "mean over units", Axes: []analysis.Axis{area, contrast, interval}}, wave)
	names := filled(analysis.Frame{Name: "accuracy lost", Unit: "points", Note: "accuracy when a connection is cut, minus that of the intact network; 95 % interval over images",
		Axes: []analysis.Axis{{Name: "connection", Labels: []string{"V1->V2", "V2->V4", "V4->IT", "IT->V4", "V4->V1 lateral-and-long-name", "IT->IT"}}, interval}}, wave)
	bins := filled(analysis.Frame{Name: "images", Title: "Reaction times", Note: "right, wrong and never", Axes: []analysis.Axis{{Name: "answer", Labels: []string{"right", "wrong"}}, axis("step", 8), {Name: "statistic", Labels: []string{"count"}}}},
		func(i []int) float64 { return float64((i[0] + 1) * (8 - i[1])) })
	single := filled(analysis.Frame{Name: "r", Note: "correlation with people", Axes: []analysis.Axis{axis("step", 5), {Name: "statistic", Labels: []string{"mean", "low", "high", "ceiling low", "ceiling high", "chance"}}}},
		func(i []int) float64 { return []float64{0.3 + 0.05*float64(i[0]), 0.2, 0.6, 0.7, 0.8, 0}[i[1]] })
	matrix := filled(analysis.Frame{Name: "similarity", Note: "linear CKA", Axes: []analysis.Axis{area, area}}, func(i []int) float64 { return 1 / (1 + math.Abs(float64(i[0]-i[1]))) })
	brain := filled(analysis.Frame{Name: "similarity to the brain", Unit: "r", Note: "Spearman's ρ of RDMs", Axes: []analysis.Axis{area, axis("step", 8), {Name: "time", Unit: "ms", Values: []float64{0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240, 260, 280, 300}}}},
		func(i []int) float64 {
			return math.Exp(-math.Pow(float64(i[2])-4-float64(i[1])-float64(i[0]), 2) / 8)
		})
	fields := filled(analysis.Frame{Name: "effective field", Note: "mean of |∂ centre unit / ∂ image|", Axes: []analysis.Axis{area, axis("step", 4), axis("y", 9), axis("x", 9)}},
		func(i []int) float64 {
			if i[1] < i[0] {
				return math.NaN()
			}
			return math.Exp(-(math.Pow(float64(i[2])-4, 2) + math.Pow(float64(i[3])-4, 2)) / (1 + 2*float64(i[0]+i[1])))
		})
	people := filled(analysis.Frame{Name: "times", Title: "Reaction times of people and network", Note: "Harrell's concordance 0.61", Axes: []analysis.Axis{axis("image", 60), {Name: "quantity", Labels: []string{"network (step)", "people (ms)"}}}},
		func(i []int) float64 { return float64((i[0]*37)%11) + float64(i[1])*(300+float64((i[0]*i[0])%50)) })
	walks := filled(analysis.Frame{Name: "trajectory", Title: "Trajectories", Note: "mean response of the images of each class on principal components", Axes: []analysis.Axis{area, {Name: "class", Labels: []string{"cat", "dog", "a long name of a class"}}, axis("step", 7), {Name: "component", Values: []float64{1, 2, 3}}}},
		func(i []int) float64 {
			if i[2] < i[0] {
				return math.NaN()
			}
			return float64(i[2]) * math.Sin(float64(2*i[1]+3*i[3])+0.2*float64(i[2])) / (1 + float64(i[0]))
		})
	conditions := []analysis.Frame{byArea.With("condition", "as trained"), byArea.With("condition", "cut[gain=0]")}
	var runs []analysis.Frame
	for i := range 3 {
		f := single
		f.Data = append([]float64(nil), f.Data...)
		for k := range f.Data {
			f.Data[k] += 0.02 * float64(i)
		}
		runs = append(runs, f.With("run", fmt.Sprint(i)))
	}
	return map[string][]analysis.Frame{"a panel an area, a curve a step": {tuned}, "a curve an area, log": {byArea}, "names": {names}, "counts": {bins}, "ceiling": {single},
		"matrix": {matrix}, "map of step and time": {brain}, "fields": {fields}, "scatter": {people}, "paths": {walks}, "conditions": conditions, "runs": runs}
}

// Every form of chart is drawn, without texts that overlap, in light and dark.
func TestCharts(t *testing.T) {
	for name, frames := range charts() {
		t.Run(name, func(t *testing.T) {
			for _, s := range []canvas.Style{canvas.Light(), canvas.Dark()} {
				figures, err := byAxes(Data{Anatomy: analysistest.Synthetic(1, 0).Anatomy(), Frames: frames, Style: s})
				if err != nil || len(figures) != 1 {
					t.Fatalf("%d figures, %v", len(figures), err)
				}
				look(t, figures[0])
				if !strings.Contains(figures[0].Caption, "Precision") {
					t.Errorf("caption %q", figures[0].Caption)
				}
			}
		})
	}
}

// A curve goes through its numbers: of 0.3 and 0.5 at two steps the second is higher,
// and where a step has no number the line is broken.
func TestChartDrawsNumbers(t *testing.T) {
	f := analysis.Frame{Name: "r", Axes: []analysis.Axis{axis("step", 3), {Name: "statistic", Labels: []string{"mean"}}}, Data: []float64{0.3, math.NaN(), 0.5}}
	figures, err := byAxes(Data{Anatomy: analysistest.Synthetic(1, 0).Anatomy(), Frames: []analysis.Frame{f}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(plotstest.Marks(t, figures[0])); n == 0 {
		t.Error("nothing is drawn")
	}
}
