package sweepfile

import (
	"errors"
	"strings"
	"testing"

	"ventral/experiments/decode"
)

// FuzzSweep reads any text as a sweep file: an error names a place of it.
func FuzzSweep(f *testing.F) {
	f.Add("experiment = \"debris\"\nseeds = 2\n")
	f.Add("experiment = [\"debris\", \"W5\"]\nseeds = [1, 3]\nset = { \"train.epochs\" = 1 }\n[grid]\n\"train.rate\" = [0.1, 0.2]\n[[list]]\nseed = 3\n")
	f.Add("experiment = \"debris\"\n[grid]\nvariant = [\"\", \"feedforward\"]\n")
	f.Add("x = " + strings.Repeat("[", 2000))
	f.Fuzz(func(t *testing.T, text string) {
		_, err := ReadSweep("x.toml", text)
		if err == nil {
			return
		}
		var fault *decode.Fault
		if !errors.As(err, &fault) {
			t.Fatalf("%T is no fault: %v", err, err)
		}
		if fault.Line < 1 || fault.Line > strings.Count(text, "\n")+1 || fault.Message == "" || strings.Contains(fault.Message, "\n") {
			t.Errorf("fault %v has no place in the text, or no line of message", err)
		}
	})
}
