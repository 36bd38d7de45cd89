package probe

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/decode"
)

// Request asks for a probe with settings.
type Request struct {
	Kind
	Probe
	Images int // that it is shown, at most
}

// Parse reads a request: the name of a kind, then settings of it and "images", as in
// "jacobian steps=200 images=8".
func Parse(text string) (Request, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return Request{}, fmt.Errorf("found %q, want one of %s", text, strings.Join(Names(), ", "))
	}
	all := Kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == words[0] })
	if i < 0 {
		return Request{}, fmt.Errorf("found %q, want one of %s", words[0], strings.Join(Names(), ", "))
	}
	q := Request{all[i], all[i].New(), all[i].Images}
	for _, word := range words[1:] {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return q, fmt.Errorf("%s: found %q, want key=value, with one of the keys %s", q.Name, word, strings.Join(keysOf(q), ", "))
		}
		if err := q.set(key, value); err != nil {
			return q, fmt.Errorf("%s: %s: %w", q.Name, key, err)
		}
	}
	return q, nil
}

// keysOf lists the keys of a request.
func keysOf(q Request) []string { return append([]string{"images"}, decode.KeysOf(q.Probe)...) }

// set sets a key.
func (q *Request) set(key, value string) error {
	f, ok := decode.FieldOf(decode.ValueOf(q.Probe), key)
	if key == "images" {
		f, ok = decode.Field{Value: reflect.ValueOf(&q.Images).Elem(), Tag: `min:"1"`}, true
	}
	if !ok {
		return fmt.Errorf("unknown key, want one of %s", strings.Join(keysOf(*q), ", "))
	}
	switch f.Value.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("found %q, want a whole number", value)
		}
		f.Value.SetInt(int64(n))
		return decode.InRange(float64(n), value, f.Tag)
	case reflect.Float64:
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || x-x != 0 {
			return fmt.Errorf("found %q, want a finite number", value)
		}
		f.Value.SetFloat(x)
		return decode.InRange(x, value, f.Tag)
	}
	if words := f.Words(); len(words) > 0 && !slices.Contains(words, value) {
		return fmt.Errorf("found %q, want one of %s", value, strings.Join(words, ", "))
	}
	f.Value.SetString(value)
	return nil
}
