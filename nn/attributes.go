package nn

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Attribute is a field of an operation under the name that it has in programs.
type Attribute struct {
	Name  string
	Value any // int, float64, bool or string
}

// Attributes returns the attributes of op in the order of its fields. The name
// of field "Stride" is "stride".
func Attributes(op Op) []Attribute {
	v := reflect.ValueOf(op)
	as := make([]Attribute, v.NumField())
	for i := range as {
		as[i] = Attribute{strings.ToLower(v.Type().Field(i).Name), v.Field(i).Interface()}
	}
	return as
}

// checkOp panics unless op is a struct whose fields are attributes.
func checkOp(op Op) {
	t := reflect.TypeOf(op)
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("nn: operation %s: found a %s, want a struct", op.Name(), t.Kind()))
	}
	for i := range t.NumField() {
		switch f := t.Field(i); f.Type {
		case reflect.TypeFor[int](), reflect.TypeFor[float64](), reflect.TypeFor[bool](), reflect.TypeFor[string]():
			if f.IsExported() {
				continue
			}
			fallthrough
		default:
			panic(fmt.Sprintf("nn: operation %s: found field %s of type %s, want an exported int, float64, bool or string", op.Name(), f.Name, f.Type))
		}
	}
}

// newOp returns the operation called name whose attributes set gives: set is
// called once for each with a pointer to its field.
func newOp(name string, set func(attribute string, field any) error) (Op, error) {
	known, ok := ops.get(name)
	if !ok {
		var names []string
		for _, op := range Ops() {
			names = append(names, op.Name())
		}
		slices.Sort(names)
		return nil, fmt.Errorf("found operation %q, want one of %s", name, strings.Join(names, ", "))
	}
	typ := reflect.TypeOf(known)
	v := reflect.New(typ).Elem()
	for i := range v.NumField() {
		if err := set(strings.ToLower(typ.Field(i).Name), v.Field(i).Addr().Interface()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return v.Interface().(Op), nil
}

// maxAxis bounds axes and integer attributes, and maxElements the size of one
// value, so that no product of them overflows.
const (
	maxAxis     = math.MaxInt32
	maxElements = 1 << 40
)

// checkAttributes returns an error unless op's numbers are finite and in range.
func checkAttributes(op Op) error {
	v := reflect.ValueOf(op)
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Float64:
			if x := f.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("found %s %v, want a finite number", strings.ToLower(v.Type().Field(i).Name), x)
			}
		case reflect.Int:
			if n := f.Int(); n < 0 || n > maxAxis {
				return fmt.Errorf("found %s %d, want 0 to %d", strings.ToLower(v.Type().Field(i).Name), n, maxAxis)
			}
		}
	}
	return nil
}

// checkShape returns an error unless s is valid and of a size that can be counted.
func checkShape(s Shape) error {
	n := 1
	for i, k := range s {
		switch {
		case k < 0 || k > maxAxis:
			return fmt.Errorf("found shape %v, want axes of 1 to %d", [4]int(s), maxAxis)
		case k > 0 && i > 0 && s[i-1] == 0:
			return fmt.Errorf("found shape %v, want absent axes last", [4]int(s))
		case k > 0 && n > maxElements/k:
			return fmt.Errorf("found shape %v, want at most %d elements", s, maxElements)
		case k > 0:
			n *= k
		}
	}
	return nil
}
