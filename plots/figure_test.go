package plots

import (
	"bytes"
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

var (
	update   = flag.Bool("update", false, "write the golden pictures anew")
	pictures = flag.String("pictures", "", "write every figure of the tests into this folder, to look at")
)

// each runs a check on every figure of every sample.
func each(t *testing.T, styles []canvas.Style, check func(t *testing.T, d Data, f *canvas.Figure)) {
	for _, s := range samples() {
		for _, style := range styles {
			d, err := s.make(style)
			if err != nil {
				t.Fatal(err)
			}
			figures, err := All(d)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			for _, f := range figures {
				t.Run(s.name+"/"+style.Name+"/"+f.Name, func(t *testing.T) { check(t, d, f) })
			}
		}
	}
}

// Every kind is drawn from one synthetic net, in light and dark, twice with
// the same bytes.
func TestKinds(t *testing.T) {
	for _, s := range []canvas.Style{canvas.Light(), canvas.Dark()} {
		for _, k := range Kinds() {
			t.Run(s.Name+"/"+k.Name, func(t *testing.T) {
				var saved []map[string]string
				for range 2 {
					d, err := blt.data(s)
					if err != nil {
						t.Fatal(err)
					}
					f, err := Make(k.Name, d)
					if err != nil {
						t.Fatal(err)
					}
					bytesOf := map[string]string{}
					for _, format := range canvas.Formats {
						var b bytes.Buffer
						if err := canvas.Save(&b, format, f, 0, 0); err != nil {
							t.Fatal(err)
						}
						bytesOf[format] = b.String()
					}
					saved = append(saved, bytesOf)
				}
				for _, format := range canvas.Formats {
					if saved[0][format] != saved[1][format] {
						t.Errorf("%s: two drawings differ", format)
					}
				}
				m, err := png.Decode(strings.NewReader(saved[0]["png"]))
				if err != nil {
					t.Fatal(err)
				}
				b, paper := m.Bounds(), color.NRGBAModel.Convert(s.Paper)
				for _, at := range [][2]int{{0, 0}, {b.Dx() - 1, 0}, {0, b.Dy() - 1}, {b.Dx() - 1, b.Dy() - 1}} {
					if got := color.NRGBAModel.Convert(m.At(at[0], at[1])); got != paper {
						t.Errorf("PNG has %v in a corner, want paper %v", got, paper)
					}
				}
			})
		}
	}
}

// Texts and lines lie on the canvas and texts do not touch.
func TestNothingClippedOrOverlapping(t *testing.T) {
	each(t, []canvas.Style{canvas.Light()}, func(t *testing.T, d Data, f *canvas.Figure) {
		if *pictures != "" {
			name := strings.NewReplacer("TestNothingClippedOrOverlapping/", "", "/", "-", " ", "_", ",", "").Replace(t.Name())
			for _, format := range canvas.Formats {
				var b bytes.Buffer
				if err := canvas.Save(&b, format, f, 0, 0); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*pictures, name+"."+format), b.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
		tidy(t, f)
	})
}

// tidy wants texts and lines on the canvas, and texts that do not touch.
func tidy(t *testing.T, f *canvas.Figure) {
	t.Helper()
	var texts []mark
	for _, m := range marks(t, f) {
		if m.box.L < -0.1 || m.box.B < -0.1 || m.box.R > f.Width+0.1 || m.box.T > f.Height+0.1 {
			t.Errorf("%s %q at %.1f lies beyond %.1f × %.1f", m.kind, m.text, m.box, f.Width, f.Height)
		}
		if m.kind != "text" {
			continue
		}
		for _, o := range texts {
			if meets(m.box, o.box, 0.2) {
				t.Errorf("texts %q at %.1f and %q at %.1f overlap", m.text, m.box, o.text, o.box)
			}
		}
		texts = append(texts, m)
	}
	if len(texts) == 0 {
		t.Error("no text at all")
	}
}

// data reports whether a mark of a figure over steps or epochs is data: all
// lines but axes and levels, which have the style's width, and all bands.
func (m mark) data(s canvas.Style) bool {
	switch m.kind {
	case "line":
		return m.width != s.Line && m.width > 0.3 && m.width != 0.4 && len(m.points) > 2
	case "fill":
		return m.colour.A < 255
	}
	return false
}

// No text, of a key or a level, lies over lines or bands.
func TestNoTextOverData(t *testing.T) {
	each(t, []canvas.Style{canvas.Light()}, func(t *testing.T, d Data, f *canvas.Figure) {
		switch f.Name {
		case "learning", "accuracy", "activity", "active-units", "state-change":
		default:
			return
		}
		all := marks(t, f)
		for _, text := range all {
			if text.kind != "text" {
				continue
			}
			for _, m := range all {
				if m.data(d.style()) && meets(m.box, text.box, 0) && crosses(m.points, text.box) {
					t.Errorf("%q at %.1f lies over data", text.text, text.box)
					break
				}
			}
		}
	})
}

// onset returns where a figure has the number of a step on its axis.
func onset(t *testing.T, all []mark, step int) canvas.Pt {
	t.Helper()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].kind == "text" && all[i].text == strconv.Itoa(step) {
			return all[i].box.CX()
		}
	}
	t.Fatalf("no number %d on the axis", step)
	return 0
}

// Rows of areas have no mark in the colour of an area before its onset, and
// have some from there on.
func TestNothingBeforeOnset(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"activity", "active-units", "state-change"} {
		t.Run(name, func(t *testing.T) {
			f, err := Make(name, d)
			if err != nil {
				t.Fatal(err)
			}
			all := marks(t, f)
			var axis []mark
			for _, m := range all {
				if m.kind == "text" && m.box.T < 28 && (name != "activity" || m.box.R < f.Width/2) {
					axis = append(axis, m)
				}
			}
			for i, area := range d.Anatomy.Areas {
				c := color.NRGBAModel.Convert(d.style().Area(i, len(d.Anatomy.Areas))).(color.NRGBA)
				from, first := canvas.Pt(math.Inf(1)), onset(t, axis, area.Onset)
				if name == "state-change" { // needs two states
					first = onset(t, axis, area.Onset+1)
				}
				for _, m := range all {
					same := m.colour.R == c.R && m.colour.G == c.G && m.colour.B == c.B
					if same && (m.kind == "line" || m.kind == "fill" && m.colour.A < 255) {
						for _, p := range m.points {
							from = min(from, p.X)
						}
					}
				}
				if math.Abs(float64(from-first)) > 0.1 {
					t.Errorf("%s: drawn from x = %.2f, its onset is at %.2f", area.Name, from, first)
				}
			}
		})
	}
	t.Run("accuracy", func(t *testing.T) {
		f, err := Make("accuracy", d)
		if err != nil {
			t.Fatal(err)
		}
		all := marks(t, f)
		on := d.Anatomy.ReadoutOnset()
		left, right := []mark{}, []mark{}
		for _, m := range all {
			if m.kind == "text" && m.box.T < 28 {
				if m.box.R < f.Width/2 {
					left = append(left, m)
				} else {
					right = append(right, m)
				}
			}
		}
		n := 0
		for _, m := range all {
			if !m.data(d.style()) {
				continue
			}
			n++
			want := onset(t, left, on)
			if m.box.CX() > f.Width/2 {
				want = onset(t, right, on)
			}
			if m.points[0].X < want-0.1 {
				t.Errorf("%s from x = %.2f, the onset is at %.2f", m.kind, m.points[0].X, want)
			}
		}
		if n != 4 { // a line and a band in each panel
			t.Errorf("%d lines and bands, want 4", n)
		}
	})
	t.Run("feature-maps", func(t *testing.T) {
		f, err := Make("feature-maps", d)
		if err != nil {
			t.Fatal(err)
		}
		got, want := 0, len(d.Anatomy.Areas)+3 // colour bars, and the images shown
		for _, m := range marks(t, f) {
			if m.kind == "image" {
				got++
			}
		}
		for _, a := range d.Anatomy.Areas {
			want += 3 * 3 * (d.Anatomy.Steps - a.Onset) // images, channels
		}
		if got != want {
			t.Errorf("%d pictures, want %d: one for each image, channel and step from onset on", got, want)
		}
	})
}

// Chance is drawn even where nothing gets near it.
func TestChanceIsDrawn(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range d.Frames {
		if f.Name == "accuracy" {
			d.Frames[i].Data = append([]float64(nil), f.Data...)
			for k := range f.Data {
				if k%6 < 3 { // mean, low, high
					d.Frames[i].Data[k] /= 50
				}
			}
		}
	}
	f, err := Make("accuracy", d)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	dashed := 0
	for _, m := range marks(t, f) {
		if m.kind == "text" {
			names = append(names, m.text)
		}
		if m.kind == "line" && m.colour == canvas.Grey(0x59) && m.points[0].Y == m.points[1].Y && m.box.W() > 100 {
			dashed++
		}
	}
	if joined := strings.Join(names, " "); dashed != 2 || !strings.Contains(joined, "chance") || !strings.Contains(joined, "uniform") {
		t.Errorf("%d levels, texts %q; want chance and uniform", dashed, names)
	}
}

func TestCaptions(t *testing.T) {
	each(t, []canvas.Style{canvas.Light()}, func(t *testing.T, d Data, f *canvas.Figure) {
		// A page prints the title before the caption.
		if first := strings.TrimPrefix(f.Caption, "(a) "); strings.HasPrefix(strings.ToLower(first), strings.ToLower(f.Title)) {
			t.Errorf("the caption repeats the title %q: %q", f.Title, f.Caption)
		}
		if strings.Contains(f.Caption, "..") || strings.Contains(f.Caption, "NaN") || !strings.HasSuffix(f.Caption, ".") {
			t.Errorf("caption %q", f.Caption)
		}
		var want []string
		switch f.Name {
		case "anatomy", "matrix":
			want = []string{fmt.Sprintf("%d connection", len(d.Anatomy.Connections)), fmt.Sprintf("%d time step", d.Anatomy.Steps)}
		case "confusion":
			want = []string{"n = ", "Precision: float32", "one network"}
		case "rdm":
			want = []string{"n = ", "one network", "from top", "Precision: float32"}
		case "feature-maps":
			want = []string{"one network", "no average", "Precision: float32"}
		case "learning", "accuracy", "activity", "active-units", "state-change":
			want = []string{"n", "interval", "Precision: "}
		default: // drawn by its axes
			want = []string{"Precision: "}
		}
		for _, w := range want {
			if !strings.Contains(f.Caption, w) {
				t.Errorf("caption %q does not say %q", f.Caption, w)
			}
		}
	})
	d, err := controls(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	f, err := Make("accuracy", d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one network for each variant", "BLT: steps 4–7, B: step 0, BL, twelve steps: steps 6–11",
		"The image reaches the readout at BLT: IT, step 3, B: IT, step 0", "Precision: BLT: float32, B: split"} {
		if !strings.Contains(f.Caption, want) {
			t.Errorf("caption %q does not say %q", f.Caption, want)
		}
	}
	d, err = blt.compared(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	f, err = Make("accuracy", d)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"confusion": "one network, tied, run 0, n = 40 images", "feature-maps": "(one network, tied, run 0, no average)"} {
		f, err := Make(name, d)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(f.Caption, want) {
			t.Errorf("caption %q does not say %q", f.Caption, want)
		}
	}
	for _, want := range []string{"n = 3 runs, each on 40 to 60 images", "95 % t interval over runs", "chance (10 %)", "were re-estimated at step 3"} {
		if !strings.Contains(f.Caption, want) {
			t.Errorf("caption %q does not say %q", f.Caption, want)
		}
	}
}

// Golden pictures hold what the eye has approved.
func TestGolden(t *testing.T) {
	small := net{areas: 4, steps: 8, delay: 1, seed: 1}
	for _, name := range []string{"anatomy", "matrix"} {
		f, err := Make(name, Data{Anatomy: small.anatomy()})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := canvas.Save(&b, "svg", f, 0, 0); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".svg")
		if *update {
			if err := os.WriteFile(golden, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s differs from %s; look at it, then run with -update", name, golden)
		}
	}
}

func TestErrors(t *testing.T) {
	good := blt.anatomy()
	bad := *good
	bad.Steps = 0
	for _, c := range []struct {
		name, figure, want string
		d                  Data
	}{
		{"unknown figure", "pie", "known are learning, accuracy", Data{Anatomy: good}},
		{"no anatomy", "accuracy", "needs an anatomy", Data{}},
		{"bad anatomy", "anatomy", "0 steps", Data{Anatomy: &bad}},
		{"no frames", "accuracy", "nothing to draw", Data{Anatomy: good}},
		{"short frame", "accuracy", "has 1 numbers", Data{Anatomy: good, Frames: []analysis.Frame{{Name: "accuracy", Axes: []analysis.Axis{{Name: "step", Values: []float64{0, 1}}}, Data: []float64{1}}}}},
		{"no areas", "matrix", "nothing to draw", Data{Anatomy: &recording.Anatomy{Format: recording.Format, Steps: 1}}},
	} {
		if _, err := Make(c.figure, c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
	}
	f, err := Make("anatomy", Data{Anatomy: good})
	if err != nil {
		t.Fatal(err)
	}
	if err := canvas.Save(&bytes.Buffer{}, "gif", f, 0, 0); err == nil || !strings.Contains(err.Error(), "svg, png") {
		t.Errorf("format gif: %v, want an error that lists formats", err)
	}
}
