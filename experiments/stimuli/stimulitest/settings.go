package stimulitest

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// types are those of fields that a table decodes into.
var types = []reflect.Type{
	reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[bool](), reflect.TypeFor[string](),
	reflect.TypeFor[[]string](), reflect.TypeFor[[]int](), reflect.TypeFor[[]float64](),
}

// settings checks what a binder of settings relies on: tags and types of fields,
// and defaults that are right but for what a user must give.
func settings(t *testing.T, s stimuli.Set) {
	kind := s.New()
	typ := reflect.TypeOf(kind)
	if typ.Kind() != reflect.Pointer || typ.Elem().Kind() != reflect.Struct {
		t.Fatalf("settings are %v, want a pointer to a struct", typ)
	}
	if other := s.New(); other == kind || !reflect.DeepEqual(other, kind) {
		t.Error("New gives the same settings twice, or others")
	}
	var keys []string
	for _, f := range reflect.VisibleFields(typ.Elem()) {
		if !f.IsExported() {
			continue
		}
		key, doc := f.Tag.Get("toml"), f.Tag.Get("doc")
		if key == "" || key != strings.ToLower(key) || slices.Contains(keys, key) || doc == "" || strings.Contains(doc, "\n") {
			t.Errorf("field %s: key %q, doc %q, want a key of its own in small letters and a line of help", f.Name, key, doc)
		}
		if slices.Contains([]string{"kind", "seed", "normalise", "augment"}, key) {
			t.Errorf("field %s: key %q is one of every data set", f.Name, key)
		}
		keys = append(keys, key)
		if !slices.Contains(types, f.Type) {
			t.Errorf("field %s has type %v, want one of %v", f.Name, f.Type, types)
		}
	}
	if _, err := kind.Describe(stimuli.Env{Folder: t.TempDir()}); err != nil && !beginsWith(err, keys) {
		t.Errorf("defaults: %v, want an error that begins with a key", err)
	}
}

// beginsWith tells whether an error begins with one of the keys.
func beginsWith(err error, keys []string) bool {
	key, _, ok := strings.Cut(err.Error(), ": ")
	return ok && slices.Contains(keys, key)
}

// keysOf lists the keys of settings.
func keysOf(k stimuli.Kind) (keys []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeOf(k).Elem()) {
		if f.IsExported() {
			keys = append(keys, f.Tag.Get("toml"))
		}
	}
	return keys
}
