package connectivity

import (
	"strings"
	"testing"
)

// FuzzParseWindow reads any text as a window: what is accepted is written as a
// text that means the same steps.
func FuzzParseWindow(f *testing.F) {
	for _, text := range []string{"", "3", "2..8", "4..", "..7", "..", " 5 ", "8..2", "-1", "0..2,6..", "3,1,2", "4..,2", "1...3", "0x2", "99999999999999999999", "1..99999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ParseWindow(text)
		if err != nil {
			return
		}
		v, err := ParseWindow(w.String())
		if err != nil {
			t.Fatalf("%q is written %q: %v", text, w, err)
		}
		if v.String() != w.String() {
			t.Errorf("%q is %+v, and %q is %+v", text, w, w.String(), v)
		}
		const steps = 20
		from, to, ok := w.Cut(steps)
		if ok && !(w.Has(from) && w.Has(to)) {
			t.Errorf("%q is cut to %d..%d, whose ends it has not", text, from, to)
		}
		for s := range steps {
			if inside := ok && from <= s && s <= to; w.Has(s) && !inside {
				t.Errorf("%q: step %d is in %d..%d: %v, Has: %v", text, s, from, to, inside, w.Has(s))
			}
			if w.Has(s) != w.Meets(Between(s, s)) {
				t.Errorf("%q: step %d: Has %v, Meets %v", text, s, w.Has(s), !w.Has(s))
			}
		}
	})
}

// FuzzParseName splits any text as the name of a connection: the parts of what
// is accepted join to it again.
func FuzzParseName(f *testing.F) {
	for _, name := range []string{"V1->V2", "V2->V1 late", "a->b  c", "->", "a->", "->b", "a->b->c", " a->b", "a ->b", "a-> b", "é->ß x"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		from, to, suffix, err := ParseName(name)
		if err != nil {
			return
		}
		again := from + "->" + to
		if strings.Contains(name, again+" ") {
			again += " " + suffix
		}
		if again != name {
			t.Errorf("%q is %q, %q, %q", name, from, to, suffix)
		}
		if from == "" || to == "" || strings.ContainsAny(to, " ") {
			t.Errorf("%q has the ends %q and %q", name, from, to)
		}
	})
}

// FuzzParseSelector reads any text as a selector: what is accepted is one of
// name, role and area, and reads back from its text.
func FuzzParseSelector(f *testing.F) {
	for _, text := range []string{"V1->V2", "V1->V2 late", "V1->V2@2..8", "role:feedback@3..6", "area:IT", "role:", "area:", "role:x", "@3", "V1->V2@", "V1->V2@3@4", "area:@1", "x:y->z"} {
		f.Add(text)
	}
	c := NewConnection()
	c.Name, c.From, c.To, c.Role = "V1->V2", "V1", "V2", Feedforward
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err != nil {
			return
		}
		said := 0
		for _, x := range []string{s.Name, s.Role, s.Area} {
			if x != "" {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%q selects by %q, %q and %q", text, s.Name, s.Role, s.Area)
		}
		b, err := s.MarshalText()
		if err != nil || string(b) != text {
			t.Errorf("%q is written %q, %v", text, b, err)
		}
		s.Selects(&c)
	})
}
