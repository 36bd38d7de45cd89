package plots

import (
	"bytes"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// An analysis from a test alone: how alike the mean response to all images is at
// two steps.

var timeByTimeKind = analysis.Kind{
	Name:   "time_by_time",
	About:  "correlation of the mean response at a step with that at another",
	Source: "own definition",
	New:    func() analysis.Settings { return &TimeByTime{} },
}

// TimeByTime gives the frame "time by time" [area, step, step]: Pearson's
// correlation over units of the mean responses to all images at two steps. NaN
// where either step precedes onset.
type TimeByTime struct{}

func (*TimeByTime) Needs() []analysis.Need {
	return []analysis.Need{analysis.SignalOf(recording.Response)}
}
func (*TimeByTime) Start(analysis.Subject) analysis.Analysis { return &timeByTimeOf{} }

type timeByTimeOf struct {
	of   []*analysis.Recording
	sums [][]float64 // of each area, [step, unit]
}

func (a *timeByTimeOf) Add(b analysis.Batch) error {
	if k := len(a.of); k == 0 || a.of[k-1].Area != b.Area {
		a.of, a.sums = append(a.of, b.Recording), append(a.sums, make([]float64, b.PerImage()))
	}
	sums := a.sums[len(a.sums)-1]
	for i, v := range b.Data {
		sums[i%len(sums)] += float64(v)
	}
	return nil
}

func (a *timeByTimeOf) Frames() ([]analysis.Frame, error) {
	f := analysis.Frame{Name: "time by time", Unit: "r", Note: "correlation over units of the mean responses to all images"}
	area, step := analysis.Axis{Name: "area"}, analysis.Axis{Name: "step"}
	for _, s := range a.of[0].Steps {
		step.Values = append(step.Values, float64(s))
	}
	for k, r := range a.of {
		area.Labels = append(area.Labels, r.Area)
		n := r.Units()
		for i := range r.Steps {
			for j := range r.Steps {
				f.Data = append(f.Data, pearson(a.sums[k][i*n:(i+1)*n], a.sums[k][j*n:(j+1)*n]))
			}
		}
	}
	f.Axes = []analysis.Axis{area, step, step}
	return []analysis.Frame{f}, nil
}

func pearson(x, y []float64) float64 {
	var sx, sy, sxx, syy, sxy float64
	n := float64(len(x))
	for i := range x {
		sx, sy, sxx, syy, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

// The analysis has frames, CSV, JSON and a figure as those that are built in.
func TestAnalysisFromOutside(t *testing.T) {
	analysistest.Register(t, timeByTimeKind)
	analysistest.Conform(t, timeByTimeKind)
	files := analysistest.Synthetic(1, 0)
	frames, err := analysis.Run(files, []analysis.Request{analysistest.Request(timeByTimeKind)})
	if err != nil {
		t.Fatal(err)
	}
	f := frames[0]
	if !slices.Equal(f.Shape(), []int{3, 5, 5}) || math.Abs(f.At(1, 2, 2)-1) > 1e-12 || f.At(1, 2, 4) != f.At(1, 4, 2) || !math.IsNaN(f.At(1, 0, 4)) {
		t.Errorf("shape %v, r of V4 at 2 and 2, 2 and 4, 0 and 4: %v, %v, %v", f.Shape(), f.At(1, 2, 2), f.At(1, 2, 4), f.At(1, 0, 4))
	}
	var csv bytes.Buffer
	if err := f.WriteCSV(&csv); err != nil || !strings.HasPrefix(csv.String(), "area,step,step 2,time by time (r)\nV1,0,0,") {
		t.Errorf("%v, CSV begins %.60q", err, csv.String())
	}
	figure := only(t, Data{Anatomy: files.Anatomy(), Frames: frames})
	if figure.Name != "time-by-time" || !strings.Contains(figure.Caption, "orrelation over units of the mean responses to all images, at one time step (upwards)") {
		t.Errorf("figure %q: %s", figure.Name, figure.Caption)
	}
	images := 0
	for _, m := range marks(t, figure) {
		if m.kind == "image" {
			images++
		}
	}
	if images != 4 { // three areas and the bar
		t.Errorf("%d pictures, want a matrix for each of three areas and a bar", images)
	}
}

// only makes the figures of data and wants one besides those of the anatomy.
func only(t *testing.T, d Data) *canvas.Figure {
	t.Helper()
	figures, err := All(d)
	if err != nil {
		t.Fatal(err)
	}
	figures = slices.DeleteFunc(figures, func(f *canvas.Figure) bool { return f.Name == "anatomy" || f.Name == "matrix" })
	if len(figures) != 1 {
		t.Fatalf("%d figures, want one", len(figures))
	}
	look(t, figures[0])
	return figures[0]
}

// look writes a figure into the folder of pictures, and wants it tidy and the
// same bytes twice.
func look(t *testing.T, f *canvas.Figure) {
	t.Helper()
	tidy(t, f)
	for _, format := range canvas.Formats {
		var once, twice bytes.Buffer
		if err := canvas.Save(&once, format, f, 0, 0); err != nil {
			t.Fatal(err)
		}
		if err := canvas.Save(&twice, format, f, 0, 0); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("%s of %s: two drawings differ", format, f.Name)
		}
		if *pictures != "" {
			name := strings.NewReplacer("/", "-", " ", "_").Replace(t.Name() + "-" + f.Name + "." + format)
			if err := os.WriteFile(filepath.Join(*pictures, name), once.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Every kind of analysis has a figure, under a name of its own, too.
func TestEveryAnalysisIsDrawn(t *testing.T) {
	for _, k := range analysis.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			files := analysistest.Synthetic(1, 0)
			q := analysistest.Request(k)
			for _, name := range []string{k.Name, "mine"} {
				q.Name = name
				frames, err := analysistest.Run(q, 0)
				if err != nil {
					t.Fatal(err)
				}
				figures, err := All(Data{Anatomy: files.Anatomy(), Frames: frames})
				if err != nil {
					t.Fatal(err)
				}
				drawn := 0
				for _, f := range figures {
					if f.Name == "anatomy" || f.Name == "matrix" {
						continue
					}
					drawn++
					look(t, f)
					if mine := strings.HasPrefix(f.Name, "mine-") && strings.HasSuffix(f.Title, " (mine)"); mine != (name == "mine") {
						t.Errorf("figure %q, %q of the analysis %q", f.Name, f.Title, name)
					}
				}
				if drawn == 0 {
					t.Errorf("no figure of %q", name)
				}
			}
		})
	}
}

// A frame of all areas over steps has a row of curves for each.
func TestCurvesByAxes(t *testing.T) {
	files := analysistest.Synthetic(1, 0)
	f := analysis.Frame{Name: "sparseness", Note: "lifetime sparseness, mean over units", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1", "IT"}},
		{Name: "step", Values: []float64{0, 1, 2, 3, 4}}, {Name: "statistic", Labels: []string{"mean", "n"}}}}
	for k := range 2 {
		for s := range 5 {
			v := 0.2 + 0.1*float64(s*(k+1))
			if k == 1 && s < 3 {
				v = math.NaN()
			}
			f.Data = append(f.Data, v, 12)
		}
	}
	figure := only(t, Data{Anatomy: files.Anatomy(), Frames: []analysis.Frame{f}})
	if figure.Title != "Sparseness" || !strings.Contains(figure.Caption, "Lifetime sparseness, mean over units (IT, V1, from top)") || !strings.Contains(figure.Caption, "n = 12 images") {
		t.Errorf("%q: %s", figure.Title, figure.Caption)
	}
}

// Chance and small p values of a frame are drawn and said; a frame without has neither.
func TestCurvesHaveChanceAndP(t *testing.T) {
	files := analysistest.Synthetic(1, 0)
	draw := func(with bool) (level, squares int, caption string) {
		f := analysis.Frame{Name: "decoding", Unit: "%", Note: "per cent right", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1"}},
			{Name: "step", Values: []float64{0, 1, 2, 3, 4}}, {Name: "statistic", Labels: []string{"mean", "n"}}}}
		if with {
			f.Axes[2].Labels = append(f.Axes[2].Labels, "chance", "p")
		}
		for s := range 5 {
			f.Data = append(f.Data, 40+10*float64(s), 12)
			if with {
				f.Data = append(f.Data, 33, []float64{0.4, 0.051, 0.05, 0.01, 0.01}[s])
			}
		}
		figure := only(t, Data{Anatomy: files.Anatomy(), Frames: []analysis.Frame{f}})
		style := canvas.Light()
		for _, m := range marks(t, figure) {
			if m.kind == "line" && len(m.points) == 2 && m.colour == color.NRGBAModel.Convert(style.Muted) && m.points[0].Y == m.points[1].Y {
				level++
			}
			if m.kind == "fill" && math.Abs(float64(m.box.W()-2.4)) < 1e-6 && math.Abs(float64(m.box.H()-1.6)) < 1e-6 {
				squares++
			}
		}
		return level, squares, figure.Caption
	}
	level, squares, caption := draw(true)
	if level != 1 || squares != 3 || !strings.Contains(caption, "Dashed: chance") || !strings.Contains(caption, "p ≤ 0.05, corrected") {
		t.Errorf("%d levels and %d squares, want 1 and 3: %s", level, squares, caption)
	}
	level, squares, caption = draw(false)
	if level != 0 || squares != 0 || strings.Contains(caption, "chance") || strings.Contains(caption, "0.05") {
		t.Errorf("%d levels and %d squares, want none: %s", level, squares, caption)
	}
}

// Frames whose axes no drawer knows are left to CSV and JSON: numbers by image, and more
// axes than a page has.
func TestOtherAxesAreNotDrawn(t *testing.T) {
	area, step, image := analysis.Axis{Name: "area", Labels: []string{"V1"}}, analysis.Axis{Name: "step", Values: []float64{0}}, analysis.Axis{Name: "image", Values: []float64{1, 2}}
	figures, err := All(Data{Anatomy: analysistest.Synthetic(1, 0).Anatomy(), Frames: []analysis.Frame{
		{Name: "by image", Axes: []analysis.Axis{area, step, image}, Data: []float64{1, 2}},
		{Name: "many", Axes: []analysis.Axis{area, step, step, step, image}, Data: []float64{1, 2}},
		{Name: "none", Axes: []analysis.Axis{{Name: "lag"}, {Name: "statistic", Labels: []string{"mean"}}}},
	}})
	if err != nil || len(figures) != 2 { // of the anatomy
		t.Errorf("%d figures, %v", len(figures), err)
	}
}
