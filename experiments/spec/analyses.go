package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/decode"
)

// readAnalyses reads [analysis.NAME] of a cortex with the named areas. The default
// analyses come first, as their tables change them or false takes them away; the
// others follow in the order of the file.
func readAnalyses(s *decode.Source, v any, names []string) ([]analysis.Request, error) {
	list, path := analysis.Defaults(), []string{"analysis"}
	if v == nil {
		return list, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return nil, err
	}
	for _, name := range s.Keys(path, m) {
		at := decode.Below(path, name)
		if !decode.FileName(name) {
			return nil, s.FaultKey(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		i := slices.IndexFunc(list, func(q analysis.Request) bool { return q.Name == name })
		if m[name] == false {
			if i < 0 {
				return nil, s.Fault(at, "found false, but %q is no analysis that is made by default; those are %s", name, strings.Join(defaultAnalyses(), ", "))
			}
			list = slices.Delete(list, i, i+1)
			continue
		}
		q, err := readAnalysis(s, at, name, m[name], names)
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			list[i] = q
		} else {
			list = append(list, q)
		}
	}
	return list, nil
}

// readAnalysis reads one table. Its name is its kind where that is the name of one.
func readAnalysis(s *decode.Source, at []string, name string, v any, names []string) (analysis.Request, error) {
	q := analysis.Request{Name: name, Kind: name}
	m, err := s.Table(at, v)
	if err != nil {
		return q, err
	}
	_, named := analysis.Find(name)
	if err := kindMissing(s, at, m, append(allAnalysisKeys(), "areas", "conditions")); err != nil {
		return q, err
	}
	switch kind, ok := m["kind"].(string); {
	case ok && named && kind != name:
		return q, s.Fault(decode.Below(at, "kind"), "found %q, but %q is a kind itself; want another name of the table, such as [analysis.my_%s]", kind, name, kind)
	case ok:
		q.Kind = kind
	case m["kind"] != nil:
		return q, s.Fault(decode.Below(at, "kind"), "found %s, want one of %s", decode.Described(m["kind"]), strings.Join(analysisKinds(), ", "))
	case !named:
		return q, s.FaultKey(at, "the key \"kind\" is missing, and %q is no kind itself; kinds: %s%s", name, strings.Join(analysisKinds(), ", "), Near(name, analysisKinds()))
	}
	k, ok := analysis.Find(q.Kind)
	if !ok {
		return q, s.Fault(decode.Below(at, "kind"), "found %q, want one of %s%s", q.Kind, strings.Join(analysisKinds(), ", "), Near(q.Kind, analysisKinds()))
	}
	q.Settings = k.New()
	err = s.Bind(at, m, map[string]decode.Hook{
		"kind": kindHook,
		"areas": func(at []string, v any) (err error) {
			if !readsAreas(q.Settings) {
				return s.FaultKey(at, "an analysis of kind %q reads no areas", q.Kind)
			}
			if q.Areas, err = someAreas(s, at, v, names); err == nil && len(q.Areas) == 0 {
				return s.Fault(at, "found an empty list, want names of areas; without the key all are analysed")
			}
			return err
		},
		"conditions": func(at []string, v any) (err error) {
			if q.Of, err = s.Texts(at, v); err == nil && len(q.Of) == 0 {
				return s.Fault(at, "found an empty list, want names of conditions, such as [\"as trained\", \"cut\"], or [\"all\"]; without the key the run itself is analysed")
			}
			return err
		},
	}, q.Settings)
	if err != nil {
		return q, err
	}
	for _, n := range q.Settings.Needs() {
		if n.Of == analysis.Areas {
			if err := checkSignal(s, decode.Below(at, "signal"), n.Signal); err != nil {
				return q, err
			}
		}
	}
	return q, nil
}

// checkSignal reports a signal that no kind of areas offers.
func checkSignal(s *decode.Source, at []string, signal string) error {
	if known := append(areas.Signals(), recording.Drive); !slices.Contains(known, signal) && !cortex.IsDrive(signal) {
		return s.Fault(at, "found %q, want one of %s%s", signal, strings.Join(known, ", "), Near(signal, known))
	}
	return nil
}

// readsAreas reports whether an analysis reads a signal of areas.
func readsAreas(s analysis.Settings) bool {
	return slices.ContainsFunc(s.Needs(), func(n analysis.Need) bool { return n.Of == analysis.Areas })
}

func analysisKinds() (names []string) {
	for _, k := range analysis.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

func defaultAnalyses() (names []string) {
	for _, q := range analysis.Defaults() {
		names = append(names, q.Name)
	}
	return names
}

// allAnalysisKeys are the settings of analyses of any kind.
func allAnalysisKeys() (keys []string) {
	for _, k := range analysis.Kinds() {
		keys = append(keys, decode.KeysOf(k.New())...)
	}
	return keys
}

// analyses writes them, with false for each default that is taken away.
func (w *writer) analyses(list []analysis.Request) {
	has := func(name string) bool {
		return slices.ContainsFunc(list, func(q analysis.Request) bool { return q.Name == name })
	}
	if gone := slices.DeleteFunc(defaultAnalyses(), has); len(gone) > 0 {
		w.head("analysis")
		for _, name := range gone {
			w.pair(name, false)
		}
	}
	for _, q := range list {
		w.head("analysis", q.Name)
		w.pair("kind", q.Kind)
		if len(q.Areas) > 0 {
			w.pair("areas", q.Areas)
		}
		if len(q.Of) > 0 {
			w.pair("conditions", q.Of)
		}
		w.fields(q.Settings)
	}
}

// CheckSignal reports a signal that no recording of the experiment can have.
func CheckSignal(e *Experiment, signal string) error {
	known := append(areas.Signals(), recording.Drive)
	if slices.Contains(known, signal) {
		return nil
	}
	if cortex.IsDrive(signal) {
		known = []string{cortex.Drive{From: cortex.ImagePort, Port: areas.Drive}.Signal()}
		for _, x := range e.Streams {
			known = append(known, cortex.Drive{From: x.Name, Port: areas.Drive}.Signal())
		}
		for _, c := range e.Matrix.Connections {
			known = append(known, cortex.Drive{From: c.Name, Port: areas.Drive}.Signal())
		}
		if slices.Contains(known, signal) {
			return nil
		}
	}
	return fmt.Errorf("found %q, want one of %s, or of one source \"drive:CONNECTION\"%s", signal, strings.Join(known, ", "), Near(signal, known))
}
