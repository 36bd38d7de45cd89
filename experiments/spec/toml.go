package spec

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/spec/lesions"
	"ventral/nn"
)

// written counts calls of TOML, so that a test can hold that texts are written once.
var written atomic.Int64

// Written returns how many experiments this process has written out as text.
func Written() int64 { return written.Load() }

// TOML returns the experiment as a file with every default written out: each
// connection by itself, without patterns, roles and named kinds. Reading it
// gives the same experiment.
func (e *Experiment) TOML() string {
	written.Add(1)
	w := &writer{}
	head := e.Head
	head.Control = nil // variants are not in the resolved file
	w.fields(&head)
	var names []string
	for _, a := range e.Areas {
		names = append(names, a.Name)
	}
	w.pair("areas", names)

	w.head("stimuli")
	w.pair("kind", e.Stimuli.Kind)
	w.fields(e.Stimuli.Settings)
	w.fields(&e.Stimuli)

	w.protocols(e.Protocols)
	w.head("input")
	if len(e.Showing.Protocol) > 0 {
		w.fields(&e.Showing)
		w.but(&e.Input, "steps")
	} else {
		w.fields(&e.Input)
	}
	w.net(e.Input.Net)
	w.streams(e.Streams)

	for _, a := range e.Areas {
		w.head("area", a.Name)
		w.pair("kind", a.Dynamics.Kind())
		w.pair("shape", a.Shape)
		w.fields(a.Dynamics)
		w.functions(a, e.Functions[a.Name])
	}
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		w.head("connection", c.Name)
		w.pair("kind", c.Transform.Kind())
		w.fields(c.Transform)
		w.fields(c)
	}
	w.head("sharing")
	sh := e.Matrix.Sharing
	w.pair("time", sh.Time)
	w.pair("between", sh.Between)
	for _, set := range sh.Sets {
		var members []string
		for _, m := range set.Members {
			members = append(members, m.Text)
		}
		w.pair("sets."+decode.Quoted(set.Name), members)
	}
	w.head("readout")
	w.fields(&e.Readout)
	w.fields(&e.Judging)
	w.net(e.Readout.Net)

	w.head("train")
	w.fields(&e.Train)
	w.fields(e.Train.Rule)

	if len(e.Testing.Condition) > 0 {
		w.head("test")
		w.fields(&e.Testing)
	}
	w.head("record")
	w.fields(&e.Record)
	w.analyses(e.Analyses)
	w.lesions(e.Lesions)
	w.conditions(e.Conditions, e.Contrasts)
	return w.b.String()
}

// writer writes TOML.
type writer struct{ b strings.Builder }

// head begins a table.
func (w *writer) head(path ...string) {
	for i := range path {
		path[i] = decode.Quoted(path[i])
	}
	fmt.Fprintf(&w.b, "\n[%s]\n", strings.Join(path, "."))
}

func (w *writer) pair(key string, v any) {
	if s, ok := Literal(reflect.ValueOf(v)); ok {
		fmt.Fprintf(&w.b, "%s = %s\n", key, s)
	}
}

// fields writes the keys of a struct; lists with the tag omit:"empty" that are
// empty are left out.
func (w *writer) fields(x any) { w.but(x, "") }

// but is fields without one key.
func (w *writer) but(x any, except string) {
	decode.Fields(decode.ValueOf(x), func(key string, f decode.Field) {
		if key == except {
			return
		}
		if f.Tag.Get("omit") == "empty" && f.Value.Len() == 0 {
			return
		}
		if s, ok := Literal(f.Value); ok {
			fmt.Fprintf(&w.b, "%s = %s\n", key, s)
		}
	})
}

// Literal writes a value as TOML; ok is false where there is nothing to write: an empty
// text that means a default, or layers, which net writes.
func Literal(v reflect.Value) (s string, ok bool) {
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case []cortex.Layer:
			return "", false
		case lesions.Levels:
			if len(x) == 1 {
				return Literal(v.Index(0))
			}
		case nn.Norm:
			return norm(x), true
		case encoding.TextMarshaler:
			b, err := x.MarshalText()
			return decode.Text(string(b)), err == nil && len(b) > 0
		}
	}
	switch v.Kind() {
	case reflect.String:
		return decode.Text(v.String()), v.String() != ""
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10), true
	case reflect.Float64:
		s := strconv.FormatFloat(v.Float(), 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s, true
	case reflect.Slice, reflect.Array:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i], _ = Literal(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case reflect.Struct:
		var parts []string
		decode.Fields(v, func(key string, f decode.Field) {
			if s, ok := Literal(f.Value); ok && (f.Tag.Get("omit") != "empty" || f.Value.Len() > 0) {
				parts = append(parts, key+" = "+s)
			}
		})
		if kind, ok := strings.CutPrefix(strings.Join(parts, ", "), "kind = "); ok && len(parts) == 1 {
			return kind, true
		}
		return "{ " + strings.Join(parts, ", ") + " }", true
	}
	return "", false
}

// norm writes the keys of a norm that its kind reads.
func norm(n nn.Norm) string {
	keys := map[string][]string{
		"none": {"kind"}, "": {"kind"},
		"batch": {"kind", "statistics", "affine", "eps", "momentum", "divisor", "untrained"},
		"lrn":   {"kind", "radius", "alpha", "alpha_divided", "beta", "c"},
	}[n.Kind]
	var parts []string
	decode.Fields(decode.ValueOf(&n), func(key string, f decode.Field) {
		if s, ok := Literal(f.Value); ok && slices.Contains(keys, key) {
			parts = append(parts, key+" = "+s)
		}
	})
	return "{ " + strings.Join(parts, ", ") + " }"
}

// net writes layers, each with the keys that its kind reads.
func (w *writer) net(net []cortex.Layer) {
	if len(net) == 0 {
		w.b.WriteString("net = []\n")
		return
	}
	w.b.WriteString("net = [\n")
	for _, l := range net {
		fmt.Fprintf(&w.b, "  %s,\n", layer(l))
	}
	w.b.WriteString("]\n")
}

func layer(l cortex.Layer) string {
	keys := cortex.LayerKeys(l.Kind)
	if len(keys) == 0 {
		return decode.Text(l.Kind)
	}
	parts := []string{"kind = " + decode.Text(l.Kind)}
	decode.Fields(decode.ValueOf(&l), func(key string, f decode.Field) {
		if s, ok := Literal(f.Value); ok && slices.Contains(keys, key) {
			parts = append(parts, key+" = "+s)
		}
	})
	return "{ " + strings.Join(parts, ", ") + " }"
}
