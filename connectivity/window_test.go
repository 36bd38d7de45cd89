package connectivity_test

import (
	"strings"
	"testing"

	"ventral/connectivity"
)

// windowCase is a window and what it means, by hand.
type windowCase struct {
	text string
	has  string // one character for each step 0 to 7: x or .
	out  string // how it is written
}

var windows = []windowCase{
	{"2..4", "..xxx...", "2..4"}, {"3", "...x....", "3"}, {"5..", ".....xxx", "5.."}, {"..2", "xxx.....", "0..2"},
	{"0..", "xxxxxxxx", "0.."}, {"7..7", ".......x", "7"}, {"0..2,6..", "xxx...xx", "0..2,6.."}, {"6, 1..2,0", "xxx...x.", "0..2,6"}, {"5..,3", "...x.xxx", "3,5.."}, {"2..5,4..", "..xxxxxx", "2.."}, {" 1..2 ", ".xx.....", "1..2"}, {"9..12", "........", "9..12"},
}

func TestWindow(t *testing.T) {
	for _, c := range windows {
		w, err := connectivity.ParseWindow(c.text)
		if err != nil {
			t.Fatal(err)
		}
		for s := range 8 {
			if w.Has(s) != (c.has[s] == 'x') {
				t.Errorf("%q has step %d: got %v", c.text, s, w.Has(s))
			}
		}
		if w.String() != c.out {
			t.Errorf("%q is written %q, want %q", c.text, w, c.out)
		}
		from, to, ok := w.Cut(8)
		if first, last := strings.Index(c.has, "x"), strings.LastIndex(c.has, "x"); ok != (first >= 0) || ok && (from != first || to != last) {
			t.Errorf("%q cut to 8 steps: got %d..%d, %v", c.text, from, to, ok)
		}
		for _, d := range windows {
			v, _ := connectivity.ParseWindow(d.text)
			meet := c.out == d.out
			for s := range 8 {
				meet = meet || c.has[s] == 'x' && d.has[s] == 'x'
			}
			// 9..12 and the open windows meet beyond step 7.
			meet = meet || c.text == "9..12" && v.Has(9) || d.text == "9..12" && w.Has(9)
			if w.Meets(v) != meet {
				t.Errorf("%q meets %q: got %v, want %v", c.text, d.text, w.Meets(v), meet)
			}
		}
	}
	var zero connectivity.Window
	always, between := connectivity.Always(), connectivity.Between(2, 3)
	if !zero.Has(0) || !zero.Has(99) || !zero.Meets(between) || !between.Meets(zero) || zero.String() != "0.." || always.String() != "0.." {
		t.Errorf("the zero window %v is not every step", zero)
	}
	if from, to, ok := zero.Cut(5); from != 0 || to != 4 || !ok {
		t.Errorf("the zero window of 5 steps: got %d..%d", from, to)
	}
}

func TestWindowErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": `found window ""`, "a..b": `found window "a..b"`, "-1..2": "whole steps from 0", "1..-2": "whole steps from 0",
		"1.5": "whole steps", "1..2..3": "found window", "9..2": `ends before it begins; want "2..9"`, "99999999999": "whole steps", "1,": "found window",
	} {
		if w, err := connectivity.ParseWindow(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %q", text, w, err, want)
		}
	}
	var w connectivity.Window
	if err := w.UnmarshalText([]byte("2..5")); err != nil || w.String() != "2..5" {
		t.Errorf("got %v, %v", w, err)
	}
	if text, err := w.MarshalText(); err != nil || string(text) != "2..5" {
		t.Errorf("got %s, %v", text, err)
	}
}
