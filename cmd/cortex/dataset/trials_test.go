package dataset

import (
	"strings"
	"testing"

	"ventral/cmd/cortex/flags"
	"ventral/experiments/stimuli"
)

// TestTrials draws a row for each condition of a protocol, or for each image of one,
// with nothing where no input arrives.
func TestTrials(t *testing.T) {
	c := flags.Choice{Set: []string{"stimuli.train=70", "stimuli.validation=3", "stimuli.test=20"}}
	d, err := Choose(&c, "debris", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct {
		rows  int
		label string
		empty bool // at the last step
	}{
		"backward_masking":        {5, "soa=1", false},
		"backward_masking[soa=2]": {8, "image 0", false},
		"durations":               {7, "duration=1", false},
	} {
		s, err := d.Trials(Preview{Split: stimuli.Test}, name)
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Rows) != want.rows || s.Rows[0].Label != want.label || len(s.Rows[0].Pictures) != 8 {
			t.Errorf("%s: %d rows, the first %q of %d steps; want %d, %q, 8", name, len(s.Rows), s.Rows[0].Label, len(s.Rows[0].Pictures), want.rows, want.label)
		}
		if err := s.Save(t.TempDir() + "/sheet.png"); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Trials(Preview{Split: stimuli.Test}, "masks"); err == nil || !strings.Contains(err.Error(), "no protocol is called") {
		t.Errorf("got %v", err)
	}
}
