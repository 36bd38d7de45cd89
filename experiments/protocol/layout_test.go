package protocol_test

import (
	"errors"
	"strings"
	"testing"

	"ventral/experiments/protocol"
)

// TestDurations lays out durations in steps and in milliseconds, and tells those that
// are no whole number of steps.
func TestDurations(t *testing.T) {
	line := func(text string, steps int, ms float64) string {
		list, err := read("[protocol.p]\n" + text)
		if err != nil {
			return err.Error()
		}
		show, err := protocol.New(list[0].Conditions, protocol.Options{Steps: steps, MSPerStep: ms, Frames: 1, Labels: "trial"})
		if err != nil {
			return err.Error()
		}
		return protocol.Line(show.Screen.Strip)
	}
	for _, c := range []struct {
		text string
		ms   float64
		want string
	}{
		{`show = [{ for = 2, image = true }, { for = "rest", blank = "grey" }]`, 0, "0..1 image; 2.. grey"},
		{`show = [{ for = "20ms", image = true }, { for = "rest", blank = "grey" }]`, 10, "0..1 image; 2.. grey"},
		{`show = [{ for = "5ms", image = true }, { for = "rest", blank = "grey" }]`, 2.5, "0..1 image; 2.. grey"},
		{`show = [{ for = "0.3ms", image = true }, { for = "rest", blank = "grey" }]`, 0.1, "0..2 image; 3.. grey"},
		{`show = [{ for = "25ms", image = true }]`, 10, "found 25ms, which is no whole number of steps of 10 ms; the nearest is 30ms"},
		{`show = [{ for = "24ms", image = true }]`, 10, "the nearest is 20ms"},
		{`show = [{ for = "1ms", image = true }]`, 10, "the nearest is 10ms"},
		{`show = [{ for = "20ms", image = true }]`, 0, "set ms_per_step"},
		{`show = [{ for = 3, image = true }, { for = 2, blank = "absent" }, { for = 1, blank = "white" }]`, 0, "0..2 image; 3..4 no input; 5 white; 6.. no input"},
		{`show = [{ steps = "1,3", image = true }, { for = 2, blank = "black" }]`, 0, "0 no input; 1 image; 2 no input; 3 image; 4..5 black; 6.. no input"},
		{`show = [{ for = 100, image = true }]`, 0, "item 1 of p asks for 100 steps from step 0 on, but the trial has 8 steps; want at most 8 or \"rest\" or steps = 100"},
		{`show = [{ for = 1, blank = "grey" }, { for = 8, image = true }]`, 0, "item 2 of p asks for 8 steps from step 1 on, but the trial has 8 steps, of which 7 are left; want at most 7 or \"rest\" or steps = 9"},
		{`show = [{ for = 1, blank = "grey" }, { for = 9223372036854775807, image = true }]`, 0, "of which 7 are left; want at most 7 or \"rest\""},
		{`show = [{ for = 1, blank = "grey" }, { for = "1e300ms", image = true }]`, 10, "of which 7 are left; want at most 7 or \"rest\""},
		{`show = [{ for = 8, image = true }, { for = "rest", mask = "tiles" }]`, 0, "item 2 of p is shown for the rest from step 8 on, but the trial has 8 steps; want shorter items before it or steps = 9"},
		{`show = [{ for = 8, image = true }, { for = "rest", blank = "grey" }]`, 0, "0.. image"},
		{`show = [{ for = 8, image = true }, { for = 1, blank = "grey" }]`, 0, "item 2 of p asks for 1 step from step 8 on, but the trial has 8 steps; want shorter items before it or steps = 9"},
		{`show = [{ steps = "0..9", image = true }]`, 0, "8"},
		{`show = [{ steps = "8..", image = true }]`, 0, "8"},
		{`show = [{ steps = "0..3", image = true }, { steps = "3..4", blank = "grey" }]`, 0, "step 3 is shown by item 1 already"},
		{`show = [{ steps = "2..3", image = true }, { steps = "0", blank = "grey" }, { for = 3, blank = "white" }]`, 0, "step 2 is shown by item 1 already"},
		{`show = [{ for = "rest", blank = "grey" }]`, 0, "shows no image within steps 0..7"},
		{`show = [{ for = "rest", mask = "noise" }]`, 0, "shows no image within steps 0..7"},
		{`show = [{ for = 8, frame = 1 }]`, 0, "found 1, an image of the data set has 1 frames"},
		{`show = [{ for = 4, image = true }, { for = 4, image = 1 }]`, 0, "want label = 0 or another to say whose label"},
		{"label = 2\n" + `show = [{ for = 4, image = true }, { for = 4, image = 1 }]`, 0, "found 2, but image 2 is not shown"},
		{"label = 1\n" + `show = [{ for = 4, image = true }, { for = 4, image = 1 }]`, 0, "0..3 image; 4.. image 2"},
		{`show = [{ for = 8, image = 1 }]`, 0, "0.. image 2"},
	} {
		if got := line(c.text, 8, c.ms); !strings.Contains(got, c.want) {
			t.Errorf("%s, %g ms a step: got %q, want %q", c.text, c.ms, got, c.want)
		}
	}
}

// TestFaultsOfLayout: a fault leads to its item, so that a file can show where.
func TestFaultsOfLayout(t *testing.T) {
	c := conditions(t, `show = [{ steps = "0..3", image = true }, { steps = "3..4", blank = "grey" }]`)
	_, err := protocol.New(c, protocol.Options{Steps: 8, Frames: 1, Labels: "trial"})
	var e *protocol.Error
	if !errors.As(err, &e) || strings.Join(e.Path, "/") != "protocol/p/show/#1/steps" {
		t.Errorf("got %v, want a fault at protocol/p/show/#1/steps", err)
	}
}

// TestMixtureSteps: conditions that are shown in turn show something at the same steps.
func TestMixtureSteps(t *testing.T) {
	o := protocol.Options{Steps: 8, Frames: 1, Labels: "trial"}
	one := conditions(t, `show = [{ for = 4, image = true }, { for = "rest", blank = "absent" }]`)
	for text, want := range map[string]string{
		`show = [{ for = 4, image = true }]`:                                         "",
		`show = [{ for = 2, image = true }, { for = 2, mask = "tiles" }]`:            "",
		`show = [{ for = 5, image = true }]`:                                         "at step 4 one of them shows something and the other has no input at all",
		`show = [{ for = 3, image = true }]`:                                         "at step 3 one of them",
		`show = [{ for = 3, image = true }, { for = 1, blank = "absent" }]`:          "at step 3 one of them",
		`show = [{ steps = "1..3", image = true }, { steps = "0", blank = "mean" }]`: "",
	} {
		_, err := protocol.New(append(one[:1:1], conditions(t, text)...), o)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s beside 4 steps: got %v, want %q", text, err, want)
		}
	}
}

// TestFitting: of a built-in protocol those conditions are left out that do not fit the
// trial: durations beyond it, and masks that would never show. One that is named fits or
// is a fault, and so are those of a protocol of the file's own.
func TestFitting(t *testing.T) {
	for _, x := range []struct {
		name  string
		steps int
		fit   int
		left  string
	}{
		{"durations", 6, 6, "left out, since they do not fit the trial: durations[duration=8], durations[duration=10], durations[duration=12], durations[duration=15], durations[duration=20]; item 1 of durations[duration=8] asks for 8 steps"},
		{"durations", 20, 11, ""},
		{"backward_masking", 6, 4, "left out, since they do not fit the trial: backward_masking[soa=6], backward_masking[soa=8]; item 2 of backward_masking[soa=6] is shown for the rest from step 6 on"},
		{"backward_masking", 8, 5, "left out, since it does not fit the trial: backward_masking[soa=8]; item 2"},
		{"intervals", 6, 3, "intervals[interval=4]"},
		{"noise_levels", 1, 8, ""},
		{"durations[duration=20]", 6, 1, ""},
	} {
		base, _, _ := strings.Cut(x.name, "[")
		p, _ := protocol.FindBuiltin(base)
		list, err := protocol.Find([]protocol.Protocol{p}, x.name)
		if err != nil {
			t.Fatal(err)
		}
		fit, left := protocol.Fitting(x.name, list, x.steps, 0)
		if got := protocol.LeftOut(left); len(fit) != x.fit || !strings.HasPrefix(got, x.left) && !strings.Contains(got, x.left) || (x.left == "") != (got == "") {
			t.Errorf("%s in %d steps: %d fit, %q; want %d, %q", x.name, x.steps, len(fit), got, x.fit, x.left)
		}
	}
	own := conditions(t, "d = [2, 9]\nshow = [{ for = \"d\", image = true }]")
	if fit, left := protocol.Fitting("p", own, 4, 0); len(fit) != 2 || len(left) != 0 {
		t.Errorf("of a protocol of its own %d fit and %d are left out, want 2 and 0", len(fit), len(left))
	}
	err := protocol.Fits(&own[1], 4, 0)
	var e *protocol.Error
	if !errors.As(err, &e) || !errors.As(err, new(*protocol.Misfit)) || strings.Join(e.Path, "/") != "protocol/p/show/#0/for" {
		t.Errorf("got %v, want a misfit at protocol/p/show/#0/for", err)
	}
}

// TestBuiltinRead: a built-in protocol that is written into a file stays one.
func TestBuiltinRead(t *testing.T) {
	for _, b := range protocol.Builtins() {
		text := "[protocol." + b.Name + "]\n"
		for _, kv := range b.Text {
			text += kv[0] + " = " + kv[1] + "\n"
		}
		list, err := read(text)
		if err != nil || !list[0].Conditions[0].Builtin {
			t.Errorf("%s: read again it is none that is built in (%v)", b.Name, err)
		}
		if list, err = read(text + "extra = 1\n"); err == nil && list[0].Conditions[0].Builtin {
			t.Errorf("%s: with another key it is one that is built in", b.Name)
		}
	}
}
