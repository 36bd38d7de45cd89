package spec

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/spec/lesions"
)

// cortexOf is the cortex that lesions are of.
func cortexOf(s *decode.Source, e *Experiment) lesions.Known {
	return lesions.Known{Areas: e.Areas, Connections: e.Matrix.Connections, Lesions: e.Lesions, Hint: Meant,
		Idle: func(name, selector string) bool { return idleLesion(s, e, name, selector) }}
}

// idleLesion reports whether a selector of the file's lesion lies idle, and notes it:
// a variant or --set has changed which connections there are.
func idleLesion(s *decode.Source, e *Experiment, name, selector string) bool {
	most := byFile
	for _, key := range []string{"pattern", "matrix", "connection", "without"} {
		most = max(most, rank(s, key))
	}
	if most <= rank(s, "lesion", name) {
		return false
	}
	e.note("lesion.%s lies idle: %s leaves no connection that %q selects", name, changer(e, most), selector)
	return true
}

// ParseLesion reads a lesion as [lesions.Parse] does.
func (e *Experiment) ParseLesion(text string) (lesions.Lesion, error) {
	return lesions.Parse(text, cortexOf(e.Src, e))
}

// LesionsOf returns the lesions that a text stands for, as [lesions.Variants] does.
func LesionsOf(e *Experiment, text string) ([]lesions.Variant, error) {
	if name, _, _ := strings.Cut(strings.TrimSpace(text), " "); name != "" {
		if e.Src.Given([]string{"lesion", name}) && !slices.ContainsFunc(e.Lesions, func(l lesions.Lesion) bool { return l.Name == name }) {
			return nil, fmt.Errorf("lesion.%s lies idle: of the connections that it selects none is left; want another lesion in the variant's condition, as in [variant.NAME] \"condition.NAME.lesion\" = \"none\", or no such condition in the file: cortex test RUN --condition NAME --with FILE tests a trained run in it", name)
		}
	}
	return lesions.Variants(text, cortexOf(e.Src, e))
}

// Lesioned returns a graph of the experiment with lesions, and whether statistics of norms
// are estimated under them.
func Lesioned(e *Experiment, g *cortex.Graph, texts []string) (*cortex.Graph, bool, error) {
	again := false
	for _, text := range texts {
		l, err := e.ParseLesion(text)
		if err != nil {
			return nil, false, err
		}
		if g, err = g.Lesion(l.Lesion); err != nil {
			if x := (*cortex.Error)(nil); errors.As(err, &x) {
				err = fmt.Errorf("%s: %w", decode.Dotted(x.Path), err)
			}
			return nil, false, fmt.Errorf("lesion %q: %w", text, err)
		}
		again = again || l.Reestimates()
	}
	return g, again, nil
}

// checkLesions notes lesions of the file that change nothing at its steps, and reports
// faults that no other steps mend.
func checkLesions(e *Experiment, g *cortex.Graph) error {
	for _, l := range e.Lesions {
		_, err := g.Lesion(l.Lesion)
		if x := (*cortex.Error)(nil); errors.As(err, &x) && (x.Path[0] == "channels" || x.Path[0] == "at") {
			return e.Src.Wrap([]string{"lesion", l.Name}, err)
		}
		if err != nil {
			e.note("lesion.%s changes nothing: %v", l.Name, err)
		}
	}
	return nil
}

// Sides returns the lesions of a condition as one of two: with the statistics of norms as
// they were trained, "keep", and estimated under the lesions, "reestimate". It is nil where
// the lesions decide for themselves.
func Sides(e *Experiment, texts []string, norms string) (sides []string) {
	undecided := false
	for _, text := range texts {
		l, err := e.ParseLesion(text)
		if err == nil && l.Norms == "both" {
			undecided, text = true, text+" norms="+norms
		}
		sides = append(sides, text)
	}
	if !undecided {
		return nil
	}
	return sides
}

// lesions writes them.
func (w *writer) lesions(list []lesions.Lesion) {
	for _, l := range list {
		w.head("lesion", l.Name)
		for _, keys := range []any{&l.Lesion, &l.Keys} {
			decode.Fields(decode.ValueOf(keys), func(key string, f decode.Field) {
				if text, ok := Literal(f.Value); ok && l.Reads(key) && (f.Tag.Get("omit") != "empty" || f.Value.Len() > 0) {
					w.b.WriteString(key + " = " + text + "\n")
				}
			})
		}
	}
}
