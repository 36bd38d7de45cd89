package protocol_test

import (
	"strings"
	"testing"

	"ventral/experiments/protocol"
)

// TestRampText: two dots make a ramp; a third is no decimal point.
func TestRampText(t *testing.T) {
	for text, want := range map[string]protocol.Ramp{"0.5": {From: 0.5, To: 0.5}, ".5": {From: 0.5, To: 0.5}, "0.2..1": {From: 0.2, To: 1}, "1..0.5": {From: 1, To: 0.5}} {
		var r protocol.Ramp
		if err := r.UnmarshalText([]byte(text)); err != nil || r != want {
			t.Errorf("%s: found %v, %v, want %v", text, r, err, want)
		}
	}
	var r protocol.Ramp
	if err := r.UnmarshalText([]byte("0.2...1")); err == nil || !strings.Contains(err.Error(), "three dots") {
		t.Errorf("0.2...1: found %v, %v", r, err)
	}
}
