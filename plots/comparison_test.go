package plots

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/wiring"
)

// comparedFrames are six runs of n variants, the last with two runs alone and the
// first without recurrence.
func comparedFrames(n int) (summary, runs analysis.Frame, speed, differences []analysis.Frame) {
	nan := math.NaN()
	variants := analysis.Axis{Name: "variant"}
	statistic := func(labels ...string) analysis.Axis { return analysis.Axis{Name: "statistic", Labels: labels} }
	for i := range n {
		variants.Labels = append(variants.Labels, []string{"feedforward", "lateral", "adjacent", "full", "a variant with a long name", "f", "g", "h"}[i])
	}
	summary = analysis.Frame{Name: "comparison", Title: "accuracy at the last step", Unit: "%", Note: "Precision: float32",
		Axes: []analysis.Axis{variants, statistic("mean", "low", "high", "parameters", "multiply-adds", "chance")}}
	runs = analysis.Frame{Name: "runs", Axes: []analysis.Axis{variants, {Name: "run", Values: []float64{0, 1, 2, 3, 4, 5}}}}
	for i := range n {
		mean := 70 + 4*float64(i)
		summary.Data = append(summary.Data, mean, mean-1.5, mean+1.5, 86_000*(1+0.25*float64(i)), 4e5*float64(1+3*i), 10)
		for k := range 6 {
			v := mean + 1.2*float64((k*7+i)%5-2)
			if i == n-1 && k > 1 {
				v = nan
			}
			runs.Data = append(runs.Data, v)
		}
		s := analysis.Frame{Name: "speed", Title: variants.Labels[i], Unit: "%", Note: "Precision: float32",
			Axes: []analysis.Axis{{Name: "step"}, statistic("mean", "low", "high", "multiply-adds", "chance")}}
		d := analysis.Frame{Name: "difference", Title: variants.Labels[i] + " − feedforward", Note: "Each variant minus feedforward",
			Axes: []analysis.Axis{{Name: "step"}, statistic("mean", "low", "high", "p")}}
		for t := 3; t < 8; t++ {
			if i == 0 && t > 3 {
				break
			}
			v := mean - 8/float64(t-2)
			s.Axes[0].Values = append(s.Axes[0].Values, float64(t))
			s.Data = append(s.Data, v, v-1, v+1, 1e5*float64((1+i)*t), 10)
			d.Axes[0].Values = append(d.Axes[0].Values, float64(t))
			d.Data = append(d.Data, v-70, v-72, v-68, 0.2/float64(t))
		}
		speed = append(speed, s)
		if i > 0 {
			differences = append(differences, d)
		}
	}
	return summary, runs, speed, differences
}

// TestComparisonFigures draws the figures of a comparison in both styles, twice
// with the same bytes, every name and unit in them.
func TestComparisonFigures(t *testing.T) {
	for _, n := range []int{2, 4, 8} {
		summary, runs, speed, differences := comparedFrames(n)
		for _, style := range []canvas.Style{canvas.Light(), canvas.Dark()} {
			for _, c := range []struct {
				words []string
				make  func() (*canvas.Figure, error)
			}{
				{[]string{"feedforward", "lateral", "parameters, log scale", "multiply-adds an image, log scale", "accuracy at the last step (%)"}, func() (*canvas.Figure, error) { return Comparison(summary, runs, style) }},
				{[]string{"feedforward", "lateral", "accuracy (%)", "time step of the answer"}, func() (*canvas.Figure, error) { return Speed(speed, 0, style) }},
				{[]string{"lateral", "difference from feedforward", "accuracy difference (points)", "time step"}, func() (*canvas.Figure, error) {
					return Differences(differences, places(1, len(differences)), len(differences)+1, 0, style)
				}},
			} {
				f, err := c.make()
				if err != nil {
					t.Fatal(err)
				}
				for _, format := range canvas.Formats {
					var a, b bytes.Buffer
					if err := canvas.Save(&a, format, f, 0, 0); err != nil {
						t.Fatal(err)
					}
					if err := canvas.Save(&b, format, f, 0, 0); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
						t.Errorf("%s as %s: other bytes the second time (%v)", f.Name, format, err)
					}
					if *pictures != "" && format == "png" {
						if err := os.WriteFile(filepath.Join(*pictures, fmt.Sprintf("%s-%d-%s.png", f.Name, n, style.Name)), a.Bytes(), 0o666); err != nil {
							t.Fatal(err)
						}
					}
					for _, word := range c.words {
						if format == "svg" && !strings.Contains(a.String(), ">"+word+"<") {
							t.Errorf("%s of %d variants lacks %q", f.Name, n, word)
						}
					}
				}
				if strings.Contains(f.Caption, "..") || !strings.HasSuffix(f.Caption, ".") {
					t.Errorf("%s: caption %q", f.Name, f.Caption)
				}
			}
		}
	}
	summary, runs, _, _ := comparedFrames(2)
	summary.Axes[1].Labels[3] = "other"
	if _, err := Comparison(summary, runs, canvas.Light()); err == nil {
		t.Error("a frame without parameters is drawn")
	}
}

// TestMatchedCosts: an outcome is drawn against what differs, and the caption says
// what is alike.
func TestMatchedCosts(t *testing.T) {
	for _, c := range []struct {
		parameters, multiplyAdds float64 // of the second variant; the first has 86,000 and 4e5
		panels                   string
		caption                  string
	}{
		{172_000, 8e5, "parameters, log scale; multiply-adds an image, log scale", "against (b) parameters and (c) multiply-adds an image"},
		{87_000, 8e5, "multiply-adds an image, log scale", "All have 86 k to 87 k parameters"},
		{86_000, 4e5, "", "All have 400 k multiply-adds an image."},
	} {
		summary, runs, _, _ := comparedFrames(2)
		copy(summary.Data[3:], []float64{86_000, 4e5})
		copy(summary.Data[9:], []float64{c.parameters, c.multiplyAdds})
		f, err := Comparison(summary, runs, canvas.Light())
		if err != nil {
			t.Fatal(err)
		}
		var axes []string
		for _, m := range marks(t, f) {
			if strings.HasSuffix(m.text, "log scale") {
				axes = append(axes, m.text)
			}
		}
		if got := strings.Join(axes, "; "); got != c.panels || !strings.Contains(f.Caption, c.caption) {
			t.Errorf("panels against %q, want %q; caption %q, want %q in it", got, c.panels, f.Caption, c.caption)
		}
	}
}

// TestLongNames: names of forty characters meet nothing and stay on the canvas, in
// figures of comparisons, and names that differ at their ends stay different.
func TestLongNames(t *testing.T) {
	for _, n := range []int{2, 4, 8} {
		summary, runs, speed, differences := comparedFrames(n)
		var list []*recording.Anatomy
		for i := range n {
			name := fmt.Sprintf("a_variant_with_a_name_of_some_%d0_characters", i+1)
			summary.Axes[0].Labels[i], speed[i].Title = name, name
			if i > 0 {
				differences[i-1].Title = name + " − " + summary.Axes[0].Labels[0]
			}
			an := *blt.anatomy()
			an.Name = name
			list = append(list, &an)
		}
		for _, ms := range []float64{0, 10} {
			for _, make := range []func() (*canvas.Figure, error){
				func() (*canvas.Figure, error) { return Comparison(summary, runs, canvas.Light()) },
				func() (*canvas.Figure, error) { return Speed(speed, ms, canvas.Light()) },
				func() (*canvas.Figure, error) { return Differences(differences, places(1, n-1), n, ms, canvas.Light()) },
				func() (*canvas.Figure, error) { return wiring.Matrices(list, canvas.Light()) },
			} {
				f, err := make()
				if err != nil {
					t.Fatal(err)
				}
				t.Run(fmt.Sprintf("%s of %d, %g ms", f.Name, n, ms), func(t *testing.T) {
					tidy(t, f)
					has := slices.ContainsFunc(marks(t, f), func(m mark) bool { return m.text == "time (ms)" })
					if over := f.Name == "speed" || f.Name == "differences"; has != (over && ms > 0) {
						t.Errorf("an axis of milliseconds: %t", has)
					}
				})
			}
		}
	}
	p := &canvas.Pen{Style: canvas.Light()}
	areas := []string{"area_V1_of_the_cortex_of_the_left_hemisphere", "area_V2_of_the_cortex_of_the_left_hemisphere"}
	if s := canvas.FitAll(p, areas, 60, canvas.TextStyle{}); s[0] == s[1] || max(p.Width(s[0]), p.Width(s[1])) > 60 {
		t.Errorf("%q", s)
	}
	a, b := canvas.Fit(p, "posterior_inferotemporal_cortex_dorsal", 60), canvas.Fit(p, "posterior_inferotemporal_cortex_ventral", 60)
	if a == b || p.Width(a) > 60 || !strings.Contains(a, "…") {
		t.Errorf("%q and %q", a, b)
	}
}

// TestShapesOfMeans: variants are told apart without colours, by the outlines of
// their means, which are as wide as each other.
func TestShapesOfMeans(t *testing.T) {
	seen := map[string]int{}
	for i := range 12 {
		f := &canvas.Figure{Width: 10, Height: 10, Style: canvas.Light()}
		f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error { p.Marker(i, 5, 5, 2.4, p.Style.Ink); return nil }
		all, shape := marks(t, f), ""
		for _, m := range all {
			shape += m.kind + fmt.Sprint(m.colour) + fmt.Sprintf("%.2f", m.points)
			if w := float64(m.box.W()); m.kind == "fill" && math.Abs(w-4.8) > 0.5 {
				t.Errorf("shape %d is %.2f wide", i, w)
			}
		}
		if before, ok := seen[shape]; ok {
			t.Errorf("shapes %d and %d are alike", before, i)
		}
		seen[shape] = i
	}
}

// TestWideIntervals: an axis of accuracy stays within 0 and 100, and about the runs
// where intervals over two of them go far beyond; arrows say so. A variant
// stands at its own number, above one that has the same.
func TestWideIntervals(t *testing.T) {
	summary, runs, speed, _ := comparedFrames(3)
	copy(summary.Data, []float64{40, -37, 117, 86_000, 4e5, 10, 46, 20, 72, 86_000, 4e6, 10})
	copy(runs.Data, []float64{34, 46, math.NaN(), math.NaN(), math.NaN(), math.NaN(), 44, 48})
	speed[1].Data[1], speed[1].Data[2] = -50, 150
	for _, c := range []struct {
		make  func() (*canvas.Figure, error)
		lines int // of arrows, two each
	}{
		{func() (*canvas.Figure, error) { return Comparison(summary, runs, canvas.Light()) }, 3 * 4},
		{func() (*canvas.Figure, error) { return Speed(speed, 0, canvas.Light()) }, 2 * 4},
	} {
		f, err := c.make()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(f.Caption, "Arrow: the interval goes on beyond the scale.") {
			t.Errorf("%s: caption %q", f.Name, f.Caption)
		}
		slanted := 0
		for _, m := range marks(t, f) {
			var v float64
			if n, _ := fmt.Sscanf(strings.Replace(m.text, "−", "-", 1), "%g", &v); m.kind == "text" && n == 1 && !strings.Contains(m.text, "k") && !strings.Contains(m.text, "M") && (v < 0 || v > 100) {
				t.Errorf("%s: an axis has %s", f.Name, m.text)
			}
			if m.kind == "line" && len(m.points) == 2 && m.points[0].X != m.points[1].X && m.points[0].Y != m.points[1].Y && m.box.W() < 10 && m.box.H() < 7 {
				slanted++
			}
		}
		if f.Name == "comparison" {
			column := map[canvas.Pt]int{} // means by their place, those of the same number of parameters
			for _, m := range marks(t, f) {
				if m.kind == "fill" && math.Abs(float64(m.box.W()-4.4)) < 1 {
					column[canvas.Pt(math.Round(float64(m.box.L+m.box.R)))]++
				}
			}
			if !slices.ContainsFunc(slices.Collect(maps.Values(column)), func(n int) bool { return n == 2 }) {
				t.Errorf("two means of 86,000 parameters stand at %v", column)
			}
		}
		if slanted < c.lines {
			t.Errorf("%s: %d slanted lines, want %d", f.Name, slanted, c.lines)
		}
	}
	for _, c := range []struct {
		values, ends []float64
		reach        float64
		first, last  float64
	}{
		{[]float64{70, 72}, []float64{69, 73}, 2, 69, 73},
		{[]float64{34, 48}, []float64{-37, 117}, 14, 20, 80},
		{[]float64{99, 100}, []float64{95, 104}, 100, 94, 100},
		{[]float64{0, 1}, []float64{-3, 4}, 100, 0, 4},
		{[]float64{0}, nil, 100, 0, 1},
	} {
		ticks := bounded(c.values, c.ends, c.reach, "%", 4)
		if ticks[0] != c.first || ticks[len(ticks)-1] != c.last {
			t.Errorf("%v: ticks %v, want %g to %g", c.values, ticks, c.first, c.last)
		}
	}
}

// TestEqualRuns: each of up to twelve runs that all agree has a dot of its own in
// its variant's row, and none reaches the next.
func TestEqualRuns(t *testing.T) {
	for n := 1; n <= 12; n++ {
		summary, runs, _, _ := comparedFrames(8)
		runs.Axes[1].Values, runs.Data = nil, nil
		for k := range n {
			runs.Axes[1].Values = append(runs.Axes[1].Values, float64(k))
		}
		for i := range 8 {
			for range n {
				runs.Data = append(runs.Data, 70+4*float64(i))
			}
		}
		f, err := Comparison(summary, runs, canvas.Light())
		if err != nil {
			t.Fatal(err)
		}
		// Dots stand above each other over the eight means, those of panel (a).
		at := map[int]map[int]bool{} // heights by place, in hundredths
		dots := 0
		for _, m := range marks(t, f) {
			if m.kind == "fill" && math.Abs(float64(m.box.W())-2.2) < 0.1 && m.box.R < f.Width/2 {
				x := int(math.Round(100 * float64(m.box.CX())))
				if at[x] == nil {
					at[x] = map[int]bool{}
				}
				at[x][int(math.Round(100*float64(m.box.CY())))] = true
				dots++
			}
		}
		if dots != 8*n || len(at) != 8 {
			t.Fatalf("%d runs: %d dots at %d places, want %d at 8", n, dots, len(at), 8*n)
		}
		for x, heights := range at {
			if len(heights) != n {
				t.Errorf("%d runs at %d have dots at %d heights", n, x, len(heights))
			}
			list := slices.Sorted(maps.Keys(heights))
			if reach := list[len(list)-1] - list[0]; reach > 2*(750-110) {
				t.Errorf("%d runs reach over %d hundredths of a point, beyond a row of 15", n, reach)
			}
		}
	}
}

// TestMatrices draws a matrix under the name of every variant.
func TestMatrices(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	var list []*recording.Anatomy
	for _, name := range []string{"one", "two", "three"} {
		a := *d.Anatomy
		a.Name = name
		list = append(list, &a)
	}
	f, err := wiring.Matrices(list, canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := canvas.Save(&b, "svg", f, 0, 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two", "three"} {
		if !strings.Contains(b.String(), ">"+name+"<") {
			t.Errorf("no matrix of %s", name)
		}
	}
	if f.Width > canvas.TwoColumns+0.01 {
		t.Errorf("%g pt wide, want at most %g", f.Width, canvas.TwoColumns)
	}
}

// TestLogTicks holds that an axis has numbers, few and many decades alike.
func TestLogTicks(t *testing.T) {
	for _, c := range [][2]float64{{86e3, 89e3}, {10, 1e7}, {1e5, 4e5}, {37_000, 37_900}} {
		lo, hi := math.Log10(c[0]), math.Log10(c[1])
		if got := canvas.LogTicks(lo, hi); len(got) < 1 || len(got) > 12 {
			t.Errorf("%v: ticks %v", c, got)
		}
	}
	for v, want := range map[float64]string{500: "500", 37_000: "37 k", 1.5e6: "1.5 M"} {
		if got := canvas.Quantity(v); got != want {
			t.Errorf("%g is written %q, want %q", v, got, want)
		}
	}
}

// places are n numbers from first on.
func places(first, n int) (of []int) {
	for i := range n {
		of = append(of, first+i)
	}
	return of
}
