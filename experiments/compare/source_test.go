package compare

import (
	"strings"
	"testing"

	"ventral/experiments/spec"
)

func builtin(t *testing.T, name string, set ...string) Source {
	t.Helper()
	b, _, ok := spec.FindBuiltin(name)
	if !ok {
		t.Fatalf("no built-in experiment %s", name)
	}
	return Source{File: name + ".toml", Text: b.Text, Folder: ".", Set: set}
}

func named(t *testing.T, s Source, names ...string) []*Variant {
	t.Helper()
	list, err := s.Own(names)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestVariantsOfAFile(t *testing.T) {
	names := func(list []*Variant) string {
		var s []string
		for _, v := range list {
			s = append(s, v.Name)
		}
		return strings.Join(s, " ")
	}
	if got := names(named(t, builtin(t, "Spoerer_2017"))); got != "B BT BL BLT B-K B-F" {
		t.Errorf("got %s: the file as it stands is BLT", got)
	}
	if got := names(named(t, builtin(t, "debris"))); got != "debris feedforward" {
		t.Errorf("got %s", got)
	}
}
