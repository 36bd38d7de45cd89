package decode

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"
	"strconv"
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
//	oneof   the words it may be
//	min, max, above, below   the range it may have; above and below exclude the end
func (s *Source) Bind(path []string, m map[string]any, hooks map[string]Hook, into ...any) error {
	for _, key := range s.Keys(path, m) {
		at := append(append([]string(nil), path...), key)
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

// Keys returns the keys of a table in the order of the file.
func (s *Source) Keys(path []string, m map[string]any) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	where := func(k string) int {
		if p, ok := s.spots[Joined(append(append([]string(nil), path...), k))]; ok {
			return p.key
		}
		return math.MaxInt
	}
	sort.Slice(list, func(i, j int) bool {
		if x, y := where(list[i]), where(list[j]); x != y {
			return x < y
		}
		return list[i] < list[j]
	})
	return list
}

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

// Described says what was found, as a user would.
func Described(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case int64, float64, bool:
		return fmt.Sprint(v)
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "a list"
	}
	return fmt.Sprintf("%v", v)
}

// set decodes one value.
func (s *Source) set(at []string, v any, f Field) error {
	x := f.Value
	if u, ok := x.Addr().Interface().(encoding.TextUnmarshaler); ok {
		text, ok := v.(string)
		if n, whole := v.(int64); whole {
			text, ok = strconv.FormatInt(n, 10), true
		}
		if !ok {
			want := "text"
			if w, ok := u.(interface{ Want() string }); ok {
				want = w.Want()
			}
			return s.Fault(at, "found %s, want %s", Described(v), want)
		}
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return s.Fault(at, "%v", err)
		}
		return nil
	}
	switch x.Kind() {
	case reflect.String:
		text, ok := v.(string)
		words := strings.Fields(f.Tag.Get("oneof"))
		if !ok && len(words) > 0 {
			return s.Fault(at, "found %s, want one of %s%s", Described(v), strings.Join(words, ", "), yesOrNo(v, words))
		}
		if !ok {
			return s.Fault(at, "found %s, want text", Described(v))
		}
		if len(words) > 0 && !slices.Contains(words, text) {
			return s.Fault(at, "found %q, want one of %s%s", text, strings.Join(words, ", "), nearWord(text, words, s.hints.Near))
		}
		x.SetString(text)
	case reflect.Bool:
		on, ok := v.(bool)
		if !ok {
			return s.Fault(at, "found %s, want true or false", Described(v))
		}
		x.SetBool(on)
	case reflect.Int:
		n, ok := v.(int64)
		if !ok {
			return s.Fault(at, "found %s, want a whole number", Described(v))
		}
		if err := InRange(float64(n), strconv.FormatInt(n, 10), f.Tag); err != nil {
			return s.Fault(at, "%v", err)
		}
		if n > math.MaxInt32 || n < math.MinInt32 {
			return s.Fault(at, "found %d, want at most %d", n, math.MaxInt32)
		}
		x.SetInt(n)
	case reflect.Float64:
		n, ok := number(v)
		if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
			return s.Fault(at, "found %s, want a finite number", Described(v))
		}
		if err := InRange(n, Described(v), f.Tag); err != nil {
			return s.Fault(at, "%v", err)
		}
		x.SetFloat(n)
	case reflect.Slice, reflect.Array:
		return s.setList(at, v, f)
	case reflect.Struct:
		return s.SetStruct(at, v, x)
	default:
		panic("decode: key " + Dotted(at) + " has a field of an unknown type")
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
			want = fmt.Sprintf("a list of %d whole numbers", x.Len())
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
			return s.Fault(at, "found a list of %d, want %d whole numbers", len(list), x.Len())
		}
	} else {
		x.Set(reflect.MakeSlice(x.Type(), len(list), len(list)))
	}
	for i, v := range list {
		if err := s.set(append(append([]string(nil), at...), fmt.Sprintf("#%d", i)), v, Field{x.Index(i), f.Tag}); err != nil {
			return err
		}
	}
	return nil
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
			words := strings.Fields(kind.Tag.Get("oneof"))
			return s.Fault(at, "found %v, want a table, or one of %s%s", v, strings.Join(words, ", "), yesOrNo(v, words))
		}
	}
	return s.Fault(at, "found %s, want a table", Described(v))
}

// number reads a whole or broken number.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
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
		return fmt.Errorf("found %s, want %s", found, tag.Get("min"))
	}
	return fmt.Errorf("found %s, want %s", found, strings.Join(want, " and "))
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
				return nil, s.Fault(append(at, fmt.Sprintf("#%d", i)), "found %s, want text", Described(x))
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
