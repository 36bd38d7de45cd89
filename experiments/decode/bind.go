package decode

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// Hook decodes the value of a key that no struct field takes.
type Hook func(path []string, value any) error

// Bind decodes table m at path into the structs that into points to, each key
// into the first field that has it. Keys of hooks go there. Any other key is a
// fault that names the nearest known one. Fields carry tags:
//
//	toml    the key
//	doc     its help
//	oneof   the words it may be; a type that has Words says them itself
//	min, max, above, below   the range it may have; above and below exclude the end
//	hint    what the message goes on with where only one number may be, and it is another
func (s *Source) Bind(path []string, m map[string]any, hooks map[string]Hook, into ...any) error {
	for _, key := range s.Keys(path, m) {
		at := Below(path, key)
		if h, ok := hooks[key]; ok {
			if err := h(at, m[key]); err != nil {
				return err
			}
			continue
		}
		done := false
		for _, x := range into {
			f, ok := FieldOf(ValueOf(x), key)
			if !ok {
				continue
			}
			if err := s.set(at, m[key], f); err != nil {
				return err
			}
			done = true
			break
		}
		if !done {
			known := KeysOf(into...)
			for k := range hooks {
				known = append(known, k)
			}
			return s.FaultKey(at, "unknown key%s", s.hints.Unknown(path, key, known))
		}
	}
	return nil
}

// set decodes one value.
func (s *Source) set(at []string, v any, f Field) error {
	x := f.Value
	u, ok := x.Addr().Interface().(encoding.TextUnmarshaler)
	switch k := x.Kind(); {
	case !ok && (k == reflect.Slice || k == reflect.Array):
		return s.setList(at, v, f)
	case !ok && k == reflect.Struct:
		return s.SetStruct(at, v, x)
	}
	var err error
	switch {
	case ok:
		err = unmarshal(v, u)
	case x.Kind() == reflect.String:
		err = setText(x, v, f.Words(), s.hints.Near)
	case x.Kind() == reflect.Bool:
		err = setBool(x, v)
	case x.Kind() == reflect.Int:
		err = setWhole(x, v, f.Tag)
	case x.Kind() == reflect.Float64:
		err = setNumber(x, v, f.Tag)
	default:
		panic("decode: key " + Dotted(at) + " has a field of an unknown type")
	}
	if err != nil {
		return s.Fault(at, "%v", err)
	}
	return nil
}

func (s *Source) setList(at []string, v any, f Field) error {
	x := f.Value
	list, ok := v.([]any)
	if err := s.Unread(at, v); err != nil {
		return err
	}
	if !ok {
		want := "a list"
		if x.Kind() == reflect.Array {
			want = fmt.Sprintf("a list of %d %s", x.Len(), numbers(x))
		} else if text, ok := v.(string); ok && x.Type().Elem().Kind() == reflect.String {
			want = fmt.Sprintf("a list, such as [%q]", text)
		}
		if v == false && x.Kind() == reflect.Slice {
			want += "; [] is the empty one"
		}
		return s.Fault(at, "found %s, want %s", Described(v), want)
	}
	if x.Kind() == reflect.Array {
		if len(list) != x.Len() {
			return s.Fault(at, "found a list of %d, want %d %s", len(list), x.Len(), numbers(x))
		}
	} else {
		x.Set(reflect.MakeSlice(x.Type(), len(list), len(list)))
	}
	for i, v := range list {
		if err := s.set(Element(at, i), v, Field{x.Index(i), f.Tag}); err != nil {
			return err
		}
	}
	return nil
}

// numbers says what an array holds.
func numbers(x reflect.Value) string {
	if x.Type().Elem().Kind() == reflect.Float64 {
		return "numbers"
	}
	return "whole numbers"
}

// SetStruct decodes a table, or the text of a struct's key "kind".
func (s *Source) SetStruct(at []string, v any, x reflect.Value) error {
	if err := s.Unread(at, v); err != nil {
		return err
	}
	switch v := v.(type) {
	case map[string]any:
		return s.Bind(at, v, nil, x.Addr().Interface())
	case string:
		if kind, ok := FieldOf(x, "kind"); ok {
			return s.set(at, v, kind)
		}
	case bool:
		if kind, ok := FieldOf(x, "kind"); ok {
			words := kind.Words()
			return s.Fault(at, "found %v, want a table, or one of %s%s", v, strings.Join(words, ", "), yesOrNo(v, words))
		}
	}
	if kind, ok := FieldOf(x, "kind"); ok && len(kind.Words()) > 0 {
		return s.Fault(at, "found %s, want a table, or one of %s", Described(v), strings.Join(kind.Words(), ", "))
	}
	return s.Fault(at, "found %s, want a table", Described(v))
}

// Texts reads a text or a list of texts.
func (s *Source) Texts(at []string, v any) ([]string, error) {
	if err := s.Unread(at, v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case string:
		return []string{v}, nil
	case []any:
		var list []string
		for i, x := range v {
			text, ok := x.(string)
			if !ok {
				return nil, s.Fault(Element(at, i), "found %s, want text", Described(x))
			}
			list = append(list, text)
		}
		return list, nil
	}
	return nil, s.Fault(at, "found %s, want a list of texts", Described(v))
}

// Table reads a table.
func (s *Source) Table(at []string, v any) (map[string]any, error) {
	if err := s.Unread(at, v); err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, s.Fault(at, "found %s, want a table", Described(v))
	}
	return m, nil
}
