package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// inCondition is a condition whose accuracy rises to last over eight steps from the onset on.
func inCondition(last float64, of string, strip []recording.Segment, values ...[2]string) Condition {
	c := Condition{Name: of, Of: of, Values: values}
	if text := c.others(); text != "" {
		c.Name += "[" + strings.ReplaceAll(text, ", ", ",") + "]"
	}
	an := *blt.anatomy()
	an.Strip = strip
	c.Anatomy = &an
	f := analysis.Frame{Name: "accuracy", Unit: "%", Axes: []analysis.Axis{{Name: "step"}, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "chance"}}}}
	for t := an.ReadoutOnset(); t < an.Steps; t++ {
		mean := 10 + (last-10)*float64(t)/float64(an.Steps-1)
		f.Axes[0].Values = append(f.Axes[0].Values, float64(t))
		f.Data = append(f.Data, mean, mean-4, mean+4, 200, 10)
	}
	c.Accuracy = f
	return c
}

// shownFor is an image for a few steps, and a mask.
func shownFor(steps int) []recording.Segment {
	return []recording.Segment{{From: 0, To: steps - 1, Kind: "image", Text: "image"}, {From: steps, To: 7, Kind: "mask", Text: "mask: tiles"}}
}

func masking() (list []Condition) {
	list = append(list, inCondition(80, "as trained", shownFor(8)[:1]))
	for i, soa := range []int{4, 1, 2, 6} {
		for j, lesion := range []string{"none", "fb"} {
			list = append(list, inCondition(float64(20+10*i+3*j), "mask", shownFor(soa), [2]string{"soa", fmt.Sprint(soa)}, [2]string{"lesion", lesion}))
		}
	}
	return list
}

func grid() (list []Condition) {
	for i := range 5 {
		for j := range 4 {
			list = append(list, inCondition(float64(12+4*i+3*j), "grid", shownFor(i+1), [2]string{"duration", fmt.Sprint(i + 1)}, [2]string{"contrast", fmt.Sprint(0.1 * float64(j+1))}))
		}
	}
	return list
}

// Figures of conditions have a panel for each list of numbers, or one for two, and are
// tidy.
func TestConditionsFigure(t *testing.T) {
	words := []Condition{inCondition(60, "intact", shownFor(3)), inCondition(50, "cut", shownFor(3)), inCondition(30, "a_condition_with_a_name_of_some_forty_signs", shownFor(5))}
	for _, x := range []struct {
		name  string
		list  []Condition
		texts []string
		not   string
		says  string
	}{
		{"masking", masking(), []string{"a", "b", "soa=1", "soa=2", "soa", "mask", "lesion=none", "lesion=fb", "mask[soa=4,lesion=none]", "as trained", "chance"}, "c", "(b) Accuracy at the last step of mask against soa"},
		{"grid", grid(), []string{"a", "b", "duration", "contrast", "40"}, "c", "against duration and contrast"},
		{"words", words, []string{"intact", "cut", "mask: tiles"}, "a", "in 3 conditions of one network"},
		{"alone", words[:1], []string{"accuracy (%)"}, "a", "n = 200 images"},
	} {
		for _, style := range []canvas.Style{canvas.Light(), canvas.Dark()} {
			t.Run(x.name+" "+style.Name, func(t *testing.T) {
				f, err := Conditions(x.list, style)
				if err != nil {
					t.Fatal(err)
				}
				tidy(t, f)
				var texts []string
				for _, m := range marks(t, f) {
					if m.kind == "text" {
						texts = append(texts, m.text)
					}
				}
				for _, want := range x.texts {
					if !slices.Contains(texts, want) {
						t.Errorf("found no text %q among %q", want, texts)
					}
				}
				if slices.Contains(texts, x.not) {
					t.Errorf("found the text %q", x.not)
				}
				if !strings.Contains(f.Caption, x.says) {
					t.Errorf("caption %q has no %q", f.Caption, x.says)
				}
			})
		}
	}
	if _, err := Conditions(nil, canvas.Light()); err == nil {
		t.Error("a figure of no condition is no error")
	}
}

// The panels have the accuracies of the last step at their values, rising whatever the
// order of the conditions.
func TestConditionPanels(t *testing.T) {
	p := conditionPanels(masking())
	if len(p) != 1 || p[0].across != "soa" || p[0].up != "" || len(p[0].lines) != 2 {
		t.Fatalf("panels are %+v", p)
	}
	if l := p[0].lines[1]; l.name != "lesion=fb" || !slices.Equal(l.x, []float64{1, 2, 4, 6}) || !slices.Equal(l.mean, []float64{33, 43, 23, 53}) || l.low[0] != 29 {
		t.Errorf("the second line is %+v", l)
	}
	p = conditionPanels(grid()[:19])
	if len(p) != 1 || p[0].up != "contrast" || len(p[0].cells) != 20 || p[0].cells[0] != 12 || p[0].cells[1] != 16 || p[0].cells[5] != 15 || !math.IsNaN(p[0].cells[19]) {
		t.Errorf("the map is %+v", p)
	}
	if p := conditionPanels([]Condition{inCondition(1, "a", nil, [2]string{"kind", "x"}), inCondition(1, "a", nil, [2]string{"kind", "y"})}); len(p) != 0 {
		t.Errorf("a list of words makes the panels %+v", p)
	}
}
