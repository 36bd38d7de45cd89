package terminal

import "testing"

// TestShown: control characters are written as text; everything else stays.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"plain\tand\nµ→é": "plain\tand\nµ→é", "a\x1b[31mb": `a\x1b[31mb`, "\r": `\x0d`, "\x7f\x00": `\x7f\x00`, "x\u009bm": `x\x9bm`, "Â\u00a0": "Â\u00a0", "": "",
	} {
		if got := string(shown([]byte(text))); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
