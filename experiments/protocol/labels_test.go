package protocol_test

import (
	"slices"
	"strings"
	"testing"

	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// answered returns the class by which the answer at each step is judged, by image; -1
// at a step without.
func answered(t *testing.T, d *film, show *protocol.Show, s stimuli.Split) (classes [][]int) {
	t.Helper()
	l := protocol.NewLoader(d, s, options(d, s), show, protocol.Trials{Seed: 3})
	_, n := l.Sizes()
	labels, each := make([]float32, n), n/d.about.Images[s]
	for _, which := range show.Screen.Answers {
		var list []int
		if which >= 0 {
			if err := l.Labels(0, which, labels); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < n; i += each {
				list = append(list, slices.Index(labels[i:i+each], 1))
				if ones := slices.Max(labels[i : i+each]); ones != 1 || slices.IndexFunc(labels[i:i+each], func(v float32) bool { return v != 0 && v != 1 }) >= 0 {
					t.Errorf("labels %v", labels[i:i+each])
				}
			}
		}
		classes = append(classes, list)
	}
	return classes
}

// TestShownLabels: an answer is judged by what was on the screen some steps before.
// Blanks, masks and steps before the first have no label.
func TestShownLabels(t *testing.T) {
	d := newFilm(4, 4, 1, 1, 12, 4)
	text := `show = [{ for = 2, image = true }, { for = 1, blank = "grey" }, { for = 2, image = 1 }, { for = 1, mask = "image" }, { for = 1, blank = "absent" }, { for = 1, image = 2 }, { for = 1, image = true, contrast = 0.2 }]`
	shown := []int{0, 0, -1, 1, 1, -1, -1, 2, 0, -1} // image by step; nothing is shown at the last
	for _, lag := range []int{0, 1, 3, 12} {
		show := lay(t, conditions(t, text), protocol.Options{Steps: 10, Frames: 1, Labels: "shown", Lag: lag})
		got := answered(t, d, show, stimuli.Validation)
		pictures := shownOf(t, d, text, 10, protocol.Trials{Seed: 3}) // of the test split
		test := answered(t, d, show, stimuli.Test)
		for step := range 10 {
			want := -1
			if step >= lag {
				want = shown[step-lag]
			}
			if (want < 0) != (got[step] == nil) {
				t.Errorf("lag %d: step %d has labels %v, want those of image %d", lag, step, got[step], want)
				continue
			}
			if want < 0 {
				continue
			}
			if len(got[step]) != 12 {
				t.Fatalf("lag %d: step %d has %d labels", lag, step, len(got[step]))
			}
			for i, class := range got[step] {
				if own := d.classOf(i, 0); (class == own) != (want == 0) {
					t.Errorf("lag %d: step %d: image %d of class %d has class %d, shown is %d", lag, step, i, own, class, want)
				}
			}
			for i, class := range test[step] { // the label is that of the pixels
				if want == 0 {
					continue
				}
				found := false
				for k := range 12 {
					found = found || d.classOf(k, 0) == class && alike(pictures[step-lag][i], d.pixels(k))
				}
				if !found {
					t.Errorf("lag %d: step %d: image %d is shown a picture that is not of class %d", lag, step, i, class)
				}
			}
		}
		// Steps that are judged alike are judged by one port.
		if lag == 0 && (len(show.Screen.Answers) != 10 || show.Screen.Answers[0] != show.Screen.Answers[1] || show.Screen.Answers[0] != show.Screen.Answers[8] || slices.Max(show.Screen.Answers) != 2) {
			t.Errorf("lag %d: answers %v", lag, show.Screen.Answers)
		}
	}
}

// TestFrameLabels: an answer is judged by the frame of a clip.
func TestFrameLabels(t *testing.T) {
	d := newFilm(4, 4, 1, 4, 6, 5)
	show := lay(t, conditions(t, `show = [{ for = 5, frame = "step", every = 2 }, { for = 1, blank = "grey" }, { for = 2, frame = 3 }, { for = 1, frame = 1, image = 1 }]`), protocol.Options{Steps: 9, Frames: 4, Labels: "frame", Lag: 1})
	got := answered(t, d, show, stimuli.Train)
	for step, frame := range []int{-1, 0, 0, 1, 1, 2, -1, 3, 3} {
		if (frame < 0) != (got[step] == nil) {
			t.Errorf("step %d has labels %v, want those of frame %d", step, got[step], frame)
			continue
		}
		for i, class := range got[step] {
			if want := d.classOf(i, frame); class != want {
				t.Errorf("step %d: image %d has class %d, want %d of frame %d", step, i, class, want, frame)
			}
		}
	}
	usual := lay(t, []protocol.Condition{protocol.Usual("0..", 4)}, protocol.Options{Steps: 6, Frames: 4, Labels: "frame"})
	got = answered(t, d, usual, stimuli.Train)
	for step, frame := range []int{0, 1, 2, 3, 3, 3} { // a clip stays at its last frame
		if class := got[step][2]; class != d.classOf(2, frame) {
			t.Errorf("without a protocol: step %d has class %d, want %d", step, class, d.classOf(2, frame))
		}
	}
}

// TestTrialLabels: the label of a trial is that of its image, or of the one that the
// protocol names, at every step.
func TestTrialLabels(t *testing.T) {
	d := newFilm(4, 4, 1, 1, 12, 4)
	two := `show = [{ for = 3, image = true }, { for = "rest", image = 1 }]`
	for text, own := range map[string]bool{two + "\nlabel = 0": true, two + "\nlabel = 1": false, `show = [{ for = 4, image = true }]`: true, `show = [{ for = 3, image = true }, { for = 2, mask = "image" }]`: true, `show = [{ for = 2, mask = "tiles" }, { for = "rest", image = 1 }]`: false} {
		text = strings.Join(reversed(strings.Split(text, "\n")), "\n")
		show := lay(t, conditions(t, text), protocol.Options{Steps: 6, Frames: 1, Labels: "trial", Lag: 2})
		if show.Screen.Answers != nil {
			t.Errorf("%s: answers %v, want one label for all steps", text, show.Screen.Answers)
		}
		show.Screen.Answers = []int{0}
		for i, class := range answered(t, d, show, stimuli.Test)[0] {
			if (class == d.classOf(i, 0)) != own {
				t.Errorf("%s: image %d has class %d", text, i, class)
			}
		}
	}
}

func reversed(list []string) []string { slices.Reverse(list); return list }

// TestMixtureLabels: conditions that are shown in turn have labels at the same steps,
// each that of what it shows itself.
func TestMixtureLabels(t *testing.T) {
	d := newFilm(4, 4, 1, 1, 40, 4)
	list := append(conditions(t, `show = [{ for = 2, image = true }, { for = 2, image = 1 }]`), conditions(t, `show = [{ for = 2, image = 1 }, { for = 2, image = true }]`)...)
	show := lay(t, list, protocol.Options{Steps: 4, Frames: 1, Labels: "shown"})
	l := protocol.NewLoader(d, stimuli.Test, options(d, stimuli.Test), show, protocol.Trials{Seed: 3})
	got := answered(t, d, show, stimuli.Test)
	for i := range 40 {
		first := got[0][i] == d.classOf(i, 0)
		if first != (l.Condition(0, i) == 0) || first == (got[2][i] == d.classOf(i, 0)) {
			t.Errorf("image %d, class %d, has condition %d and the labels %d, %d", i, d.classOf(i, 0), l.Condition(0, i), got[0][i], got[2][i])
		}
	}
	_, err := protocol.New(append(list[:1:1], conditions(t, `show = [{ for = 3, image = true }, { for = 1, blank = "grey" }]`)...), protocol.Options{Steps: 4, Frames: 1, Labels: "shown"})
	if want := "at step 3 only one of them shows an image with a label"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
