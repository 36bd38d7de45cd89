package figures

import (
	"image/color"
	"strings"
	"testing"

	"ventral/plots/canvas"
)

// A style file changes what it names, and nothing else.
func TestReadStyle(t *testing.T) {
	s, err := ReadStyle("nature.toml", "font = \"serif\"\ntext = 6\nwidth = \"89mm\"\nletters = false\nvariants = [\"#112233\"]\n[roles]\nfeedback = \"#ff0000\"\n")
	if err != nil {
		t.Fatal(err)
	}
	c := s.Canvas()
	if c.Face != "Serif" || c.Text != 6 || c.Line != canvas.Light().Line || c.Letters != canvas.NoLetters || c.Variants[0] != (color.NRGBA{0x11, 0x22, 0x33, 255}) ||
		c.Roles["feedback"] != (color.NRGBA{255, 0, 0, 255}) || c.Roles["lateral"] != nil || c.Ink != canvas.Light().Ink {
		t.Errorf("got %+v", c)
	}
	if mm := float64(s.Width) / 72 * 25.4; mm < 88.99 || mm > 89.01 {
		t.Errorf("width %g mm, want 89", mm)
	}
	for text, want := range map[string]string{
		"texte = 6":                       `texte: unknown key; did you mean "text"?`,
		"text = 60":                       "text: found 60",
		"font = \"comic\"":                `font: found "comic"`,
		"width = 85":                      `width: found "85", want a length with its unit`,
		"width = \"85\"":                  `width: found "85", want a length with its unit`,
		"width = \"2mm\"":                 `width: found "2mm", want a width of 30mm to 500mm`,
		"variants = [\"red\"]":            `found "red", want a colour, such as "#0072b2"`,
		"[roles]\nfeedbak = \"#ff0000\"":  `roles.feedbak: unknown key; did you mean "feedback"?`,
		"[roles]\nfeedback = \"#ff00\"\n": `roles.feedback: found "#ff00"`,
	} {
		if _, err := ReadStyle("nature.toml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
}

// A plate file names its panels; each fault has its place.
func TestReadPlate(t *testing.T) {
	p, err := ReadPlate("/papers/plate.toml", "width = \"100mm\"\nrows = [[\"a\", \"b\"], \"c\"]\n[panel.a]\nruns = [\"r\"]\n[panel.b]\nruns = [\"r\", \"/s\"]\nfigure = \"rdm\"\nareas = [\"IT\"]\nsteps = \"2..8\"\nshare = 2\n[panel.c]\nruns = [\"r\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "plate" || len(p.Rows) != 2 || p.Rows[1][0] != "c" || p.Panels["a"].Figure != "a" || p.Panels["b"].Figure != "rdm" || p.Panels["b"].Share != 2 {
		t.Errorf("got %+v", p)
	}
	if p.path("r") != "/papers/r" || p.path("/s") != "/s" {
		t.Errorf("paths %s, %s", p.path("r"), p.path("/s"))
	}
	for text, want := range map[string]string{
		"":                          "found no panel",
		"[panel.a]\nfigure = \"x\"": `panel.a: the key "runs" is missing`,
		"[panel.a]\nrun = [\"r\"]":  `panel.a.run: unknown key; did you mean "runs"?`,
		"[panel.a]\nruns = [\"r\"]\nsteps = \"8..2\"":   `panel.a.steps: found "8..2", want steps, such as 2..8`,
		"rows = [[\"aa\"]]\n[panel.a]\nruns = [\"r\"]":  `found "aa", want a panel; did you mean "a"?`,
		"rows = \"a\"\n[panel.a]\nruns = [\"r\"]":       `rows: found "a", want a list of rows`,
		"width = \"1000mm\"\n[panel.a]\nruns = [\"r\"]": "want a width of 30mm to 500mm",
	} {
		if _, err := ReadPlate("plate.toml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", text, err, want)
		}
	}
}

func TestParseSteps(t *testing.T) {
	for text, want := range map[string]Steps{"2..8": {2, 8}, "3": {3, 3}, "2..": {2, 1 << 30}} {
		if got, err := ParseSteps(text); err != nil || *got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "..", "8..2", "-1..2", "a"} {
		if _, err := ParseSteps(text); err == nil {
			t.Errorf("%q: want an error", text)
		}
	}
}
