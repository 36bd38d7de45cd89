package decode

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Field is a struct field that a key decodes into.
type Field struct {
	Value reflect.Value
	Tag   reflect.StructTag
}

// Fields calls f for every field of a struct that has a key, embedded structs included.
func Fields(v reflect.Value, f func(key string, x Field)) {
	for i := range v.NumField() {
		t := v.Type().Field(i)
		if t.Anonymous && v.Field(i).Kind() == reflect.Struct {
			Fields(v.Field(i), f)
			continue
		}
		if key := t.Tag.Get("toml"); key != "" && t.IsExported() {
			f(key, Field{v.Field(i), t.Tag})
		}
	}
}

// FieldOf returns the field of a struct that has a key.
func FieldOf(v reflect.Value, key string) (found Field, ok bool) {
	if v.Kind() != reflect.Struct {
		return Field{}, false
	}
	Fields(v, func(k string, x Field) {
		if k == key && !ok {
			found, ok = x, true
		}
	})
	return found, ok
}

// Words returns the words that a field's text, or each text of its list, may be:
// those that its type names by a method Words, or else its tag oneof. Any text
// will do where there are none.
func (f Field) Words() []string {
	t := f.Value.Type()
	if k := t.Kind(); k == reflect.Slice || k == reflect.Array {
		t = t.Elem()
	}
	if w, ok := reflect.Zero(t).Interface().(interface{ Words() []string }); ok {
		return w.Words()
	}
	return strings.Fields(f.Tag.Get("oneof"))
}

// ValueOf is the struct that x points to.
func ValueOf(x any) reflect.Value { return reflect.ValueOf(x).Elem() }

// KeysOf returns the keys of the structs that into points to.
func KeysOf(into ...any) []string {
	var keys []string
	for _, x := range into {
		if v := ValueOf(x); v.Kind() == reflect.Struct {
			Fields(v, func(k string, _ Field) { keys = append(keys, k) })
		}
	}
	return keys
}

// InRange checks a number against the tags of its field.
func InRange(n float64, found string, tag reflect.StructTag) error {
	var want []string
	bad := false
	for _, r := range []struct {
		name, text string
		ok         func(limit float64) bool
	}{
		{"min", "at least", func(l float64) bool { return n >= l }},
		{"above", "above", func(l float64) bool { return n > l }},
		{"max", "at most", func(l float64) bool { return n <= l }},
		{"below", "below", func(l float64) bool { return n < l }},
	} {
		text := tag.Get(r.name)
		if text == "" {
			continue
		}
		limit, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic("decode: tag " + r.name + " is no number")
		}
		want = append(want, r.text+" "+text)
		bad = bad || !r.ok(limit)
	}
	switch {
	case !bad:
		return nil
	case tag.Get("min") != "" && tag.Get("min") == tag.Get("max"):
		return fmt.Errorf("found %s, want %s%s", found, tag.Get("min"), tag.Get("hint"))
	}
	return fmt.Errorf("found %s, want %s", found, strings.Join(want, " and "))
}
