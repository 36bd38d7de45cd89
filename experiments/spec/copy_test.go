package spec

import (
	"reflect"
	"testing"
)

// A copy says the same, and a change of it, however deep, leaves the original alone.
func TestCopy(t *testing.T) {
	for _, b := range Builtins() {
		e, err := Read(b.Name, b.Text, Overrides{})
		if err != nil {
			t.Fatal(err)
		}
		was := e.TOML()
		c := e.Copy()
		if got := c.TOML(); got != was {
			t.Fatalf("%s: the copy says\n%s\nwant\n%s", b.Name, got, was)
		}
		if n := spoil(reflect.ValueOf(c).Elem()); n < 50 {
			t.Errorf("%s: only %d numbers and texts of the copy were changed", b.Name, n)
		}
		if got := e.TOML(); got != was {
			t.Errorf("%s: a change of the copy changed the original, which says\n%s", b.Name, got)
		}
	}
}

// spoil changes every number and text that v leads to, in place, and counts them. It
// does not look into the source of the text.
func spoil(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n += spoil(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			n += spoil(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Src" {
				n += spoil(v.Field(i))
			}
		}
	case reflect.Int, reflect.Int64:
		if v.CanSet() {
			v.SetInt(v.Int() + 1)
			n++
		}
	case reflect.Float64:
		if v.CanSet() {
			v.SetFloat(v.Float() + 1)
			n++
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(v.String() + "x")
			n++
		}
	}
	return n
}
