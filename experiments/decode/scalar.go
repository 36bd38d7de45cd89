package decode

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

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

// unmarshal hands a text or a whole number to a type that reads its own text, and
// other numbers to one that has a method Fractions.
func unmarshal(v any, u encoding.TextUnmarshaler) error {
	switch v := v.(type) {
	case string:
		return u.UnmarshalText([]byte(v))
	case int64:
		return u.UnmarshalText([]byte(strconv.FormatInt(v, 10)))
	case float64:
		if _, ok := u.(interface{ Fractions() }); ok {
			return u.UnmarshalText([]byte(strconv.FormatFloat(v, 'g', -1, 64)))
		}
	}
	want := "text"
	if w, ok := u.(interface{ Want() string }); ok {
		want = w.Want()
	}
	return fmt.Errorf("found %s, want %s", Described(v), want)
}

// setText sets a text, of which words are the ones it may be; none are any.
func setText(x reflect.Value, v any, words []string, near func(string, []string) string) error {
	text, ok := v.(string)
	switch {
	case !ok && len(words) > 0:
		return fmt.Errorf("found %s, want one of %s%s", Described(v), strings.Join(words, ", "), yesOrNo(v, words))
	case !ok:
		return fmt.Errorf("found %s, want text", Described(v))
	case len(words) > 0 && !slices.Contains(words, text):
		return fmt.Errorf("found %q, want one of %s%s", text, strings.Join(words, ", "), nearWord(text, words, near))
	}
	x.SetString(text)
	return nil
}

func setBool(x reflect.Value, v any) error {
	on, ok := v.(bool)
	if !ok {
		return fmt.Errorf("found %s, want true or false", Described(v))
	}
	x.SetBool(on)
	return nil
}

// setWhole sets a whole number within the range of its tags.
func setWhole(x reflect.Value, v any, tag reflect.StructTag) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("found %s, want a whole number", Described(v))
	}
	if err := InRange(float64(n), Described(v), tag); err != nil {
		return err
	}
	if n > math.MaxInt32 || n < math.MinInt32 {
		return fmt.Errorf("found %d, want at most %d", n, math.MaxInt32)
	}
	x.SetInt(n)
	return nil
}

// setNumber sets a finite number, whole or not, within the range of its tags.
func setNumber(x reflect.Value, v any, tag reflect.StructTag) error {
	n, ok := v.(float64)
	if whole, isWhole := v.(int64); isWhole {
		n, ok = float64(whole), true
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return fmt.Errorf("found %s, want a finite number", Described(v))
	}
	if err := InRange(n, Described(v), tag); err != nil {
		return err
	}
	x.SetFloat(n)
	return nil
}
