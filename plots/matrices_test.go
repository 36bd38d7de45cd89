package plots

import (
	"bytes"
	"image/color"
	"image/png"
	"math"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// two areas of which the image reaches the second at step 1.
func twoAreas() *recording.Anatomy {
	return &recording.Anatomy{Format: recording.Format, Steps: 2, Precision: "float32", Areas: []recording.AnatomyArea{
		{Name: "V1", Shape: [3]int{2, 2, 1}}, {Name: "IT", Shape: [3]int{1, 1, 4}, Onset: 1}}}
}

// reader returns the colour of a figure's PNG at a place, in points.
func reader(t *testing.T, f *canvas.Figure) func(x, y canvas.Pt) color.NRGBA {
	t.Helper()
	var b bytes.Buffer
	if err := canvas.Save(&b, "png", f, 0, 0); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return func(x, y canvas.Pt) color.NRGBA {
		at := func(v canvas.Pt) int { return int(float64(v) * 300 / 72) }
		return color.NRGBAModel.Convert(m.At(at(x), m.Bounds().Dy()-at(y))).(color.NRGBA)
	}
}

// near reports whether colours are the same but for what a renderer smooths.
func near(a, b color.Color) bool {
	x, y := color.NRGBAModel.Convert(a).(color.NRGBA), color.NRGBAModel.Convert(b).(color.NRGBA)
	d := func(p, q uint8) bool { return math.Abs(float64(p)-float64(q)) <= 3 }
	return d(x.R, y.R) && d(x.G, y.G) && d(x.B, y.B)
}

// The cells of a row of matrices have the colours of their numbers: the last area
// on top, steps to the right, the first image at the upper left corner, nothing on
// the diagonal, and no picture before onset.
func TestMatrixRowsShowNumbers(t *testing.T) {
	image := analysis.Axis{Name: "image", Values: []float64{5, 6, 7}, Groups: []string{"cat", "cat", "dog"}}
	f := analysis.Frame{Name: "rdm", Title: "Dissimilarity", Note: "distance of images", Unit: "1 − r",
		Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1", "IT"}}, {Name: "step", Values: []float64{0, 1}}, image, image}}
	value := func(area, step, i, j int) float64 {
		if area == 1 && step == 0 {
			return math.NaN() // before onset
		}
		if area == 0 && step == 1 && i+j == 3 {
			return math.NaN() // not defined
		}
		return float64(area)*0.5 + float64(step)*0.2 + 0.05*float64(2*i+j)
	}
	for area := range 2 {
		for step := range 2 {
			for i := range 3 {
				for j := range 3 {
					f.Data = append(f.Data, value(area, step, i, j))
				}
			}
		}
	}
	figure := only(t, Data{Anatomy: twoAreas(), Frames: []analysis.Frame{f}})
	var pictures []mark
	for _, m := range marks(t, figure) {
		if m.kind == "image" {
			pictures = append(pictures, m)
		}
	}
	order := [][2]int{{1, 1}, {0, 0}, {0, 1}} // area and step, in the order of drawing
	if len(pictures) != len(order)+1 {
		t.Fatalf("%d pictures, want three matrices and a bar", len(pictures))
	}
	if it, v1 := pictures[0].box, pictures[2].box; it.B <= v1.T || math.Abs(float64(it.L-v1.L)) > 0.1 || pictures[1].box.R >= v1.L {
		t.Errorf("IT at 1 is at %.1f, V1 at 0 at %.1f, V1 at 1 at %.1f", it, pictures[1].box, v1)
	}
	at := reader(t, figure)
	scale := canvas.Scale{Hi: value(1, 1, 2, 1)} // the largest off the diagonal
	for k, o := range order {
		box := pictures[k].box
		for i := range 3 {
			for j := range 3 {
				v := value(o[0], o[1], i, j)
				var want color.Color
				switch {
				case i == j:
					want = canvas.Light().Paper
				case math.IsNaN(v):
					want = canvas.Light().Shade
				default:
					want = scale.Colour(v)
				}
				got := at(box.L+(canvas.Pt(j)+0.5)*box.W()/3, box.T-(canvas.Pt(i)+0.5)*box.H()/3)
				if !near(got, want) {
					t.Errorf("area %d, step %d, images %d and %d: %v, want %v", o[0], o[1], i, j, got, want)
				}
			}
		}
	}
}

// The first step of a matrix of time by time rises from the lower left corner, the
// second goes to the right.
func TestTimeByTimeShowsNumbers(t *testing.T) {
	step := analysis.Axis{Name: "step", Values: []float64{0, 1}}
	f := analysis.Frame{Name: "transfer", Note: "accuracy above chance", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1"}}, step, step}, Data: []float64{1, 0.25, -0.5, 0.75}}
	figure := only(t, Data{Anatomy: twoAreas(), Frames: []analysis.Frame{f}})
	at, scale := reader(t, figure), canvas.Scale{Lo: -1, Hi: 1}
	for _, m := range marks(t, figure) {
		if m.kind != "image" {
			continue
		}
		for i := range 2 {
			for j := range 2 {
				x, y := m.box.L+(canvas.Pt(j)+0.3)*m.box.W()/2, m.box.B+(canvas.Pt(i)+0.6)*m.box.H()/2
				if got, want := at(x, y), scale.Colour(f.Data[2*i+j]); !near(got, want) {
					t.Errorf("at %d and %d: %v, want %v", i, j, got, want)
				}
			}
		}
		return // the first is the matrix
	}
	t.Error("no matrix")
}

// Areas whose numbers differ much have scales of their own.
func TestScalesOfAreas(t *testing.T) {
	scales, alike := alikeScales([][]float64{{0, 1}, {0, 0.3}, {math.NaN()}})
	if !alike || scales[1] != scales[0] {
		t.Errorf("1 and 0.3: %v, alike %v", scales, alike)
	}
	scales, alike = alikeScales([][]float64{{0, 1}, {0, 0.2}})
	if alike || scales[1] != (canvas.Scale{Hi: 0.2}) {
		t.Errorf("1 and 0.2: %v, alike %v", scales, alike)
	}
}
