package protocol_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
)

// FuzzProtocol reads any text: an error has a place in it, and what is read is read
// again from what is kept of it as text, has names by which each condition is found,
// and is laid out or refused with the item at fault.
func FuzzProtocol(f *testing.F) {
	f.Add(protocol.BuiltinText)
	for _, text := range shows {
		f.Add("[protocol.p]\n" + text)
	}
	for _, text := range []string{
		"[protocol.p]\nsoa = [1, \"20ms\"]\nshow = [{ for = \"soa\", image = true }, { for = \"rest\", mask = \"tiles\", tiles = [2, 4] }]",
		"[protocol.p]\nshow = [{ steps = \"0,2\", image = true }, { steps = [\"1\", \"3..\"], blank = \"absent\" }]",
		"[protocol.p]\nlabel = 1\nground = \"grey\"\nshow = [{ for = 2, image = 1, shift = [[1, 0], [0, 1]], noise = [\"uniform\", { kind = \"gaussian\", sd = 0.2 }] }]",
		"[[protocol.p.show]]\nfor = 3\nframe = \"step\"\nevery = 2\n[protocol.q]\nshow = []",
		"[protocol]\np = 3",
		"protocol.p.show = [{ for = 1e3, image = 1, blur = \"nan..2\" }]",
		"[protocol.p]\nx = \"x\"\nshow = [{ for = \"x\", image = true }]",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // no TOML: the decoder's own tests see to it
		}
		list, err := read(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		var again strings.Builder
		for _, p := range list {
			again.WriteString("[protocol." + decode.Quoted(p.Name) + "]\n")
			for _, kv := range p.Text {
				again.WriteString(decode.Quoted(kv[0]) + " = " + kv[1] + "\n")
			}
		}
		second, err := read(again.String())
		if err != nil || !reflect.DeepEqual(list, second) {
			t.Fatalf("read again: %v, in\n%s", err, again.String())
		}
		for _, p := range list {
			for i, c := range p.Conditions {
				found, err := protocol.Find(list, c.Name)
				if err != nil || len(found) != 1 || found[0].Name != c.Name || !reflect.DeepEqual(found[0].Values, c.Values) {
					t.Fatalf("condition %q is found as %s, %v", c.Name, protocol.Names(found), err)
				}
				show, err := protocol.New(p.Conditions[i:i+1], protocol.Options{Steps: 7, MSPerStep: 10, Frames: 2, Labels: "shown", Lag: 1})
				var fault *protocol.Error
				switch {
				case err != nil && !errors.As(err, &fault):
					t.Fatalf("%v is no *protocol.Error", err)
				case err == nil:
					checkScreen(t, show)
				}
			}
		}
	})
}

// checkScreen holds a screen to what programs take for granted.
func checkScreen(t *testing.T, show *protocol.Show) {
	t.Helper()
	if len(show.Screen.Steps) != 7 || len(show.Screen.Answers) != 7 {
		t.Fatalf("%d steps and %d answers, want 7", len(show.Screen.Steps), len(show.Screen.Answers))
	}
	next := 0
	for _, s := range show.Screen.Strip {
		if s.From != next || s.To < s.From {
			t.Fatalf("the strip %v has a hole or an overlap", show.Screen.Strip)
		}
		for step := s.From; step <= s.To; step++ {
			if (len(show.Screen.Steps[step]) == 0) != (s.Kind == "absent") {
				t.Fatalf("step %d shows %v, and the strip says %s", step, show.Screen.Steps[step], s.Kind)
			}
		}
		next = s.To + 1
	}
	if next != 7 {
		t.Fatalf("the strip %v ends early", show.Screen.Strip)
	}
	for step, shown := range show.Screen.Steps {
		total := 0.0
		for _, p := range shown {
			if p.Frame < 0 || p.Frame >= show.Frames() || !(p.Gain > 0) {
				t.Fatalf("step %d shows %v of %d frames", step, shown, show.Frames())
			}
			total += p.Gain
		}
		if len(shown) > 0 && (total < 1-1e-12 || total > 1+1e-12) {
			t.Fatalf("the gains %v of step %d are not 1 together", shown, step)
		}
	}
}

// checkFault wants an error with a place in the text.
func checkFault(t *testing.T, text string, err error) {
	t.Helper()
	var fault *decode.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("%T is no fault: %v", err, err)
	}
	lines := strings.Split(text, "\n")
	if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > utf8.RuneCountInString(lines[fault.Line-1])+1 {
		t.Fatalf("place %d:%d is not in the text: %v", fault.Line, fault.Column, err)
	}
	if strings.Contains(fault.Message, "\n") || fault.Message == "" {
		t.Errorf("message %q is not one line", fault.Message)
	}
}
