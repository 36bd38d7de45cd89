package plots

import (
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/screen"
)

// masked is a strip of every kind, over eight steps.
var masked = []recording.Segment{
	{From: 0, To: 2, Kind: "image", Text: "image, contrast 0.25 to 0.75"},
	{From: 3, To: 3, Kind: "blank", Text: "grey"},
	{From: 4, To: 6, Kind: "mask", Text: "mask: tiles"},
	{From: 7, To: 7, Kind: "absent", Text: "no input"},
}

// drawnStrip draws a strip of eight steps, 20 points each, and returns what was drawn.
func drawnStrip(t *testing.T, list []recording.Segment) []mark {
	t.Helper()
	return marks(t, &canvas.Figure{Width: 200, Height: 40, Style: canvas.Light(), Paint: func(p *canvas.Pen, _, _ canvas.Pt) error {
		screen.DrawStrip(p, canvas.Edges(20, 10, 180, 15), list, 8)
		return nil
	}})
}

// Each kind of segment stands over its steps and looks otherwise than the others: an
// image is as dark as its contrast, a blank half as high, a mask hatched, nothing bare.
func TestStripShowsWhatIsOnTheScreen(t *testing.T) {
	all := drawnStrip(t, masked)
	at := func(step float64) (fills, lines []mark) {
		x := canvas.Pt(30 + 20*step)
		for _, m := range all {
			if m.box.L < x && x < m.box.R && m.kind == "fill" {
				fills = append(fills, m)
			}
			if m.box.L < x && x < m.box.R && m.kind == "line" && m.box.W() < 155 {
				lines = append(lines, m)
			}
		}
		return fills, lines
	}
	var before uint8 = 255
	for step := range 3 {
		fills, _ := at(float64(step))
		last := fills[len(fills)-1]
		if last.colour.R >= before || last.box.H() < 4.9 {
			t.Errorf("step %d: the image has %v, %.1f high, want darker than the step before (%d) and 5 high", step, last.colour, last.box.H(), before)
		}
		before = last.colour.R
	}
	if fills, _ := at(3); len(fills) != 1 || fills[0].box.H() > 2.6 || fills[0].colour.R != 0x80 {
		t.Errorf("the blank is %v, want one grey bar half as high", fills)
	}
	if fills, lines := at(5); len(fills) != 0 || len(lines) < 3 {
		t.Errorf("the mask has %d fills and %d lines, want a frame and a hatch", len(fills), len(lines))
	}
	if fills, lines := at(7); len(fills)+len(lines) != 0 {
		t.Errorf("no input is drawn as %v, %v", fills, lines)
	}
	var texts []string
	for _, m := range all {
		if m.kind == "text" {
			texts = append(texts, m.text)
			if m.box.B < 15 {
				t.Errorf("%q lies over the strip", m.text)
			}
		}
	}
	if want := []string{"image", "grey", "mask: tiles"}; !slices.Equal(texts, want) {
		t.Errorf("words are %q, want %q: those that fit", texts, want)
	}
}

// A file that does not say what is shown has the image at the steps at which it arrives.
func TestStripOfAnOlderFile(t *testing.T) {
	an := &recording.Anatomy{Steps: 6, Input: "picture", InputSteps: []int{1, 2, 3}}
	want := []recording.Segment{{From: 0, To: 0, Kind: "absent", Text: "no input"}, {From: 1, To: 3, Kind: "image", Text: "picture"}, {From: 4, To: 5, Kind: "absent", Text: "no input"}}
	if got := screen.Of(an); !slices.Equal(got, want) {
		t.Errorf("strip is %v, want %v", got, want)
	}
}

// Variants with other screens have a strip each, with their names; the same screen for
// longer is one.
func TestScreensThatDiffer(t *testing.T) {
	always := func(steps int) *recording.Anatomy {
		return &recording.Anatomy{Steps: steps, Strip: []recording.Segment{{From: 0, To: steps - 1, Kind: "image", Text: "image"}}}
	}
	d := Data{Anatomy: always(8), Variants: map[string]*recording.Anatomy{"long": always(12), "short": always(8), "masked": {Steps: 8, Strip: masked}}}
	list := d.screens([]series{{variant: "short"}, {variant: "long"}, {variant: "masked"}})
	if len(list) != 2 || !slices.Equal(list[0].Names, []string{"short", "long"}) || list[0].List[0].To != 11 || !slices.Equal(list[1].List, masked) {
		t.Fatalf("screens are %v", list)
	}
	if got, want := screen.Said(list), "short, long: image at all steps; masked: image, contrast 0.25 to 0.75 at steps 0–2, grey at step 3, mask: tiles at steps 4–6, no input at step 7"; !strings.Contains(got, want) {
		t.Errorf("caption says %q, want %q in it", got, want)
	}
	if got := (screen.Strip{List: masked}).At([]float64{0, 2, 4, 6}).List; len(got) != 2 || got[0].To != 1 || got[1].From != 2 || got[1].To != 3 {
		t.Errorf("every second step shows %v", got)
	}
}

// Every figure over time has the strip, and its caption says what it shows.
func TestFiguresOverTimeHaveTheStrip(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	d.Anatomy.Strip = masked
	figures, err := All(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		if slices.Contains([]string{"learning", "confusion", "anatomy", "matrix"}, f.Name) {
			continue
		}
		found := slices.ContainsFunc(marks(t, f), func(m mark) bool { return m.kind == "text" && (strings.HasPrefix(m.text, "mask") || m.text == "tiles") }) // the kind alone where there is room for no more
		if !found || !strings.Contains(f.Caption, "mask: tiles at steps 4–6") {
			t.Errorf("%s: strip drawn: %v; caption %q", f.Name, found, f.Caption)
		}
	}
}
