package reference

import (
	"encoding"
	"reflect"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// keysWith lists the keys of a struct with the values it has as defaults.
func keysWith(x any) []Key {
	var keys []Key
	decode.Fields(decode.ValueOf(x), func(name string, f decode.Field) {
		k := Key{Name: name, Type: typeOf(f.Value), About: f.Tag.Get("doc")}
		k.Default, _ = spec.Literal(f.Value)
		if k.Default == "[]" || k.Default == `""` {
			k.Default = ""
		}
		if words := f.Words(); len(words) > 0 {
			k.Range = strings.Join(words, ", ")
		}
		var limits []string
		for _, l := range []struct{ tag, sign string }{{"min", "≥"}, {"above", ">"}, {"max", "≤"}, {"below", "<"}} {
			if v := f.Tag.Get(l.tag); v != "" {
				limits = append(limits, l.sign+" "+v)
			}
		}
		if len(limits) > 0 {
			k.Range = strings.Join(limits, ", ")
		}
		if limit := f.Tag.Get("min"); limit != "" && limit == f.Tag.Get("max") {
			k.Range = limit
		}
		if n, ok := numeric(f.Value); ok && decode.InRange(n, "", f.Tag) != nil { // no default would do
			k.Default, k.Range = "", k.Range+"; required"
		}
		keys = append(keys, k)
	})
	return keys
}

// numeric returns a number field's value.
func numeric(v reflect.Value) (float64, bool) {
	switch v.Kind() {
	case reflect.Int:
		return float64(v.Int()), true
	case reflect.Float64:
		return v.Float(), true
	}
	return 0, false
}

func typeOf(v reflect.Value) string {
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return "text"
	}
	switch v.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Slice, reflect.Array:
		if _, ok := reflect.New(v.Type().Elem()).Interface().(encoding.TextUnmarshaler); ok {
			return "list of texts"
		}
		switch v.Type().Elem().Kind() {
		case reflect.String:
			return "list of texts"
		case reflect.Struct:
			return "list of layers"
		}
		return "list of numbers"
	}
	return "table"
}

// within gives the key that is called name a range of words.
func within(keys []Key, name string, words []string) []Key {
	for i := range keys {
		if keys[i].Name == name {
			keys[i].Range = strings.Join(words, ", ")
		}
	}
	return keys
}
