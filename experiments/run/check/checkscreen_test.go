package check_test

import (
	"reflect"
	"strings"
	"testing"

	"ventral/experiments/run/check"
)

// What is shown from a change on arrives later by the delays on its way: in the cortex
// drawn by hand V1 at once, V2 two steps and IT three steps after the change, and never
// in what the trial is too short for.
func TestCheckScreen(t *testing.T) {
	masked := strings.Replace(hand, `steps = "0.."`, `protocol = "masked"`, 1) + `
[protocol.masked]
show = [{ for = 2, image = true, contrast = "0.5..1" }, { for = 3, mask = "tiles" }, { for = "rest", blank = "absent" }]
`
	c := checked(t, masked)
	if want := "0..1 image, contrast 0.5 to 1; 2..4 mask: tiles; 5.. no input"; c.Screen != want {
		t.Errorf("screen is %q, want %q", c.Screen, want)
	}
	want := []check.ChangeCheck{
		{Step: 0, Shown: "image, contrast 0.5 to 1", Onsets: []int{0, 2, 3, -1}, Answer: 6},
		{Step: 1, Shown: "image, contrast 0.5 to 1", Onsets: []int{1, 3, 4, -1}, Answer: 6},
		{Step: 2, Shown: "mask: tiles", Onsets: []int{2, 4, 5, -1}, Answer: 6},
	}
	if !reflect.DeepEqual(c.Changes, want) {
		t.Errorf("changes are %+v, want %+v", c.Changes, want)
	}
	var b strings.Builder
	c.Print(&b)
	for _, line := range []string{"screen: " + c.Screen, "from step  shown                     reaches V1  V2  IT  top    first answer", "2          mask: tiles               2           4   5   never  6"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("found no %q in\n%s", line, b.String())
		}
	}
	b.Reset()
	checked(t, hand).Print(&b)
	if !strings.Contains(b.String(), "screen: 0.. image\n") || strings.Contains(b.String(), "from step") {
		t.Errorf("an unchanging screen is\n%s", b.String())
	}
}

// A blank before the image arrives before it does: answers until then are told.
func TestCheckBlank(t *testing.T) {
	for shown, want := range map[string]string{
		`[{ for = 3, blank = "grey" }, { for = "rest", image = true }]`:                                "want steps from 6 on",
		`[{ for = 1, blank = "absent" }, { for = 2, blank = "mean" }, { for = "rest", image = true }]`: "want steps from 6 on",
		`[{ for = 4, blank = "grey" }, { for = "rest", image = true }]`:                                "want more steps, or the image earlier",
		`[{ for = 1, blank = "grey" }, { for = "rest", image = true }]`:                                "", // the image has arrived at step 4
		`[{ for = 1, blank = "absent" }, { for = "rest", image = true }]`:                              "", // nothing has before
		`[{ for = 2, image = true }, { for = "rest", blank = "grey" }]`:                                "",
	} {
		text := strings.Replace(hand, `steps = "0.."`, `protocol = "late"`, 1) + "\n[protocol.late]\nshow = " + shown + "\n"
		text = strings.Replace(text, `train = "6"`, `train = "5"`, 1)
		got := strings.Join(checked(t, text).Warnings, "\n")
		if told := strings.Contains(got, "readout.train: at step 5 only the blank has arrived at IT"); told != (want != "") || !strings.Contains(got, want) {
			t.Errorf("%s: want the warning %q in\n%s", shown, want, got)
		}
	}
}
