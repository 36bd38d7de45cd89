package sets

import (
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// read reads an image and its label.
func read(t testing.TB, d stimuli.Data, s stimuli.Split, i int, image, label []float32) {
	t.Helper()
	if err := d.Read(s, i, 0, image); err != nil {
		t.Fatal(err)
	}
	if err := d.Target(s, i, 0, stimuli.Label, label); err != nil {
		t.Fatal(err)
	}
}

// checkError wants an error with all the parts.
func checkError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not contain %q", err, part)
		}
	}
}
