package plots

import (
	"bytes"
	"image/png"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// TestStimuli looks for the colours of the images shown in the picture.
func TestStimuli(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	pixels := func(d Data) (blue, white bool) {
		f, err := Make("feature-maps", d)
		if err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(f.Caption, "image that was shown"); said != (len(d.frames("stimuli")) > 0) {
			t.Errorf("caption %q", f.Caption)
		}
		var b bytes.Buffer
		if err := canvas.Save(&b, "png", f, 0, 0); err != nil {
			t.Fatal(err)
		}
		p, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		for y := range p.Bounds().Dy() {
			for x := range p.Bounds().Dx() {
				r, g, b, _ := p.At(x, y).RGBA()
				blue = blue || r == 0 && g == 0 && b == 0xffff             // the first pixel
				white = white || r == 0xffff && g == 0xffff && b == 0xffff // the last one, and paper
			}
		}
		return blue, white
	}
	if blue, white := pixels(d); !blue || !white {
		t.Errorf("corners of the stimulus: blue %v, white %v", blue, white)
	}
	var without []analysis.Frame
	for _, f := range d.Frames {
		if f.Name != "stimuli" {
			without = append(without, f)
		}
	}
	d.Frames = without
	if blue, _ := pixels(d); blue {
		t.Error("blue without stimuli")
	}
}

// TestRecorded says which norms of a recording were re-estimated, and where it
// has no numbers.
func TestRecorded(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	d.Anatomy.RecordedAnew = []string{"V1@5", "V1@6", "V2@6", "V1@7", "V1@7"}
	d.Anatomy.Unrecorded = []string{"V4@7"}
	for _, name := range []string{"activity", "active-units", "state-change", "feature-maps"} {
		f, err := Make(name, d)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"re-estimated, from training images, of V1@5–7; V2@6", "never reached the weights: V4@7"} {
			if !strings.Contains(f.Caption, want) {
				t.Errorf("%s: %q is not in the caption\n%s", name, want, f.Caption)
			}
		}
	}
}
