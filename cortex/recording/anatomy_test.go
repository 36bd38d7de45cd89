package recording

import (
	"bytes"
	"strings"
	"testing"
)

// TestRecurrent tells a cycle of connections, whatever their roles and whether
// they are dead, and an area that keeps its state, from what is neither.
func TestRecurrent(t *testing.T) {
	areas := []AnatomyArea{{Name: "V1"}, {Name: "V2"}, {Name: "IT"}}
	link := func(pairs ...string) (list []AnatomyConnection) {
		for _, p := range pairs {
			from, to, _ := strings.Cut(p, "→")
			list = append(list, AnatomyConnection{From: from, To: to, Dead: true})
		}
		return list
	}
	for _, c := range []struct {
		connections []AnatomyConnection
		carries     bool
		want        bool
	}{
		{nil, false, false},
		{link("V1→V2", "V2→IT", "V1→IT"), false, false},
		{link("V1→V2", "V2→IT"), true, true},
		{link("V1→V2", "V2→IT", "V2→V2"), false, true},
		{link("V1→V2", "V2→IT", "IT→V1"), false, true},
		{link("IT→V2", "IT→V1"), false, false}, // backwards, and back to nowhere
	} {
		a := Anatomy{Areas: append([]AnatomyArea(nil), areas...), Connections: c.connections}
		a.Areas[1].Carries = c.carries
		if got := a.Recurrent(); got != c.want {
			t.Errorf("%+v, carries %v: got %v", c.connections, c.carries, got)
		}
	}
}

// TestAnatomyOfOld: a file without Carries is read, and is recurrent by its
// connections alone.
func TestAnatomyOfOld(t *testing.T) {
	a := Anatomy{Name: "x", Steps: 1, Areas: []AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, 1}, Carries: true}}}
	var b bytes.Buffer
	if err := WriteAnatomy(&b, a); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadAnatomy(bytes.NewReader(b.Bytes())); err != nil || !got.Recurrent() {
		t.Errorf("got %+v, %v, want an area that carries its state", got, err)
	}
	old := strings.Replace(b.String(), `,
      "Carries": true`, "", 1)
	if got, err := ReadAnatomy(strings.NewReader(old)); err != nil || len(old) == b.Len() || got.Recurrent() {
		t.Errorf("got %+v, %v of\n%s", got, err, old)
	}
}
