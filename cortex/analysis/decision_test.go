package analysis_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// timed is a network of two classes that is sure of image i, and right unless i is a
// multiple of 5, from step when(i) on; before it has no idea.
func timed(images, steps int, when func(i int) int) *analysistest.Files {
	an := &recording.Anatomy{Format: recording.Format, Steps: steps, Readout: "IT", Classes: []string{"a", "b"},
		Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 1}, Kind: "rate"}}}
	f := analysistest.NewFiles(an)
	for _, split := range []string{"", analysis.Validation} {
		var data []float32
		var ids, labels []int
		l := recording.Logits{Classes: 2}
		for s := range steps {
			l.Steps = append(l.Steps, s)
		}
		for i := range images {
			class := i % 2
			for s := range steps {
				z := [2]float32{}
				if s >= when(i) {
					if i%5 == 0 {
						z[1-class] = 4
					} else {
						z[class] = 4
					}
				}
				data = append(data, z[:]...)
			}
			ids, labels = append(ids, 50+i), append(labels, class)
		}
		f.PutAnswersOf(split, l, ids, labels, nil, data)
	}
	return f
}

func decide(t *testing.T, f *analysistest.Files, d analysis.Decision) (map[string]analysis.Frame, error) {
	t.Helper()
	frames, err := analysis.Run(f, []analysis.Request{{Name: "decision", Kind: "decision", Settings: &d}})
	by := map[string]analysis.Frame{}
	for _, x := range frames {
		by[x.Name] = x
	}
	return by, err
}

// Planted reaction times are recovered under every criterion, with the threshold that
// validation images give and with one that is given.
func TestDecision(t *testing.T) {
	when := func(i int) int { return 1 + i%4 } // of five steps; 4 is the last
	f := timed(40, 5, when)
	for _, c := range []analysis.Decision{
		{Criterion: "entropy", Threshold: "validation", Within: 1, Never: "censored"},
		{Criterion: "entropy", Threshold: "0.3", Never: "censored"},
		{Criterion: "confidence", Threshold: "0.9", Never: "censored"},
		{Criterion: "evidence", Threshold: "3.9", Never: "censored"},
	} {
		by, err := decide(t, f, c)
		if err != nil {
			t.Fatal(err)
		}
		times := by["reaction time by image"]
		for i, v := range times.Data {
			if v != float64(when(i)) {
				t.Fatalf("%+v: image %d is decided at %v, want %d", c, i, v, when(i))
			}
		}
		// Ten images at each of steps 1 to 4; of each ten two are multiples of 5.
		if got := by["reaction times"].Data; fmt.Sprint(got) != fmt.Sprint([]float64{0, 8, 8, 8, 8, 0, 2, 2, 2, 2, 0, 0, 0, 0, 0}) {
			t.Errorf("%+v: counts %v", c, got)
		}
		if u := by["undecided"].Column("mean"); u[1] != 75 || u[4] != 0 || !strings.Contains(by["undecided"].Note, "median reaction time is step 2") {
			t.Errorf("%+v: undecided %v, %s", c, u, by["undecided"].Note)
		}
	}
	// The entropy of e⁴ against 1 is 0.13 bits: no image is that sure.
	by, err := decide(t, f, analysis.Decision{Criterion: "entropy", Threshold: "0.05", Never: "censored"})
	if err != nil {
		t.Fatal(err)
	}
	if v := by["reaction time by image"].Data[3]; !math.IsNaN(v) || !strings.Contains(by["undecided"].Note, "40 of 40 images never are; the median reaction time is not reached") {
		t.Errorf("never: %v, %s", v, by["undecided"].Note)
	}
	if by, _ = decide(t, f, analysis.Decision{Criterion: "entropy", Threshold: "0.05", Never: "last"}); by["reaction time by image"].Data[3] != 4 {
		t.Error("never = last is not the last step")
	}
}

// People who take longer where the network does agree with it; wrong files are told of.
func TestDecisionPeople(t *testing.T) {
	when := func(i int) int { return 1 + i%4 }
	f := timed(40, 5, when)
	text := "subject,image_id,rt\n"
	for i := range 40 {
		for s := range 2 {
			text += fmt.Sprintf("%d,%d,%d\n", s, 50+i, 400+50*when(i)+s*20+i%3)
		}
	}
	f.PutFile("people.csv", []byte(text+"0,999,300\n"))
	d := analysis.Decision{Criterion: "entropy", Threshold: "0.3", Never: "censored", People: "people.csv", Time: "rt", ID: "image_id"}
	by, err := decide(t, f, d)
	if err != nil {
		t.Fatal(err)
	}
	a := by["agreement"]
	if c, p := a.Column("mean")[0], a.Column("p")[0]; c != 1 || p > 0.001 {
		t.Errorf("concordance %v, p %v", c, p)
	}
	if !strings.Contains(a.Note, "40 images; 0 of those tested have no time of people, 1 times are of other images") {
		t.Errorf("note %s", a.Note)
	}
	if x := by["people"]; x.Data[0] != 1 || x.Data[1] != 400+50+10 {
		t.Errorf("image 50: %v", x.Data[:2])
	}
	for _, c := range [][2]string{
		{"subject,image_id,time\n", `has the columns ["subject" "image_id" "time"], want "image_id", which names images, and "rt"`},
		{"image_id,rt\n50,slow\n", `row 2: found "slow" as rt, want a number`},
		{"image_id,rt\n50\n", "row 2 has 1 cells of 2"},
		{"image_id,rt\n1,5\n2,6\n", "0 images of people.csv are among those tested, want 3 or more"},
		{"", "people.csv: EOF"},
	} {
		f.PutFile("people.csv", []byte(c[0]))
		if _, err := decide(t, f, d); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%q: got %v, want %s", c[0], err, c[1])
		}
	}
	d.People, d.Threshold = "", "often"
	if _, err := decide(t, f, d); err == nil || !strings.Contains(err.Error(), `threshold: found "often"`) {
		t.Errorf("got %v", err)
	}
}
