package spec

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/experiments/decode"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

// Overrides change a file while it is read.
type Overrides struct {
	Variant string   // applied first
	Set     []string // "key=value", in order
	Auto    string   // what precision = "auto" is on the engine at hand; "" is float32

	Elsewhere *stimuli.Elsewhere // what stimuli of an unknown kind are, of a run that is only looked at; nil makes them a fault
}

// Read reads an experiment file. File is its name in messages. Every error is a
// *Fault. One that stands in the file but that --set makes says so, and one that a
// variant makes outside of its own table names the variant.
func Read(file, text string, o Overrides) (*Experiment, error) {
	e, err := readFile(file, text, o)
	f, ok := err.(*decode.Fault)
	if !ok || f.File != file {
		return e, err
	}
	for n := len(o.Set) - 1; n >= 0; n-- {
		less := o
		less.Set = o.Set[:n]
		if _, err := readFile(file, text, less); err == nil {
			f.Message += fmt.Sprintf("; the file is right without --set %s", o.Set[n])
			break
		}
	}
	if o.Variant != "" {
		plain := o
		plain.Variant = ""
		if _, err := readFile(file, text, plain); err == nil {
			decode.OfVariant(f, o.Variant)
		}
	}
	return nil, f
}

// readFile is Read without what is said of --set: a sweep names its own settings.
func readFile(file, text string, o Overrides) (*Experiment, error) {
	s := decode.New(file, text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	r := &reader{Source: s, e: &Experiment{Src: s, Variant: o.Variant, auto: o.Auto}, elsewhere: o.Elsewhere, use: roleUse{map[[2]string]bool{}, map[[2]string]bool{}}, shortcut: map[string]string{}, never: map[string]error{}, used: map[string]bool{}}
	if err := r.overlay(root, o); err != nil {
		return nil, err
	}
	if err := r.root(root); err != nil {
		return nil, err
	}
	return r.e, nil
}

// reader fills an experiment.
type reader struct {
	*decode.Source
	e    *Experiment
	norm nn.Norm // default.norm

	elsewhere *stimuli.Elsewhere // as in Overrides
	area      map[string]any
	kind      map[string]map[string]any // named kinds
	role      map[string]map[string]any
	use       roleUse

	links        []*link           // that connections are made of
	matrixOfFile map[string]any    // as it was before a variant or --set changed it, nil where there is none
	made         []string          // connections that it makes, where it was changed
	never        map[string]error  // connections without a slice at which they could deliver, with what is wrong
	used         map[string]bool   // tables [role.ROLE] and [kind.NAME] that some connection follows
	shortcut     map[string]string // identities made by plus = "identity", with the connections that they belong to
}

// tablesInOrder are decoded in this order: later ones need earlier ones.
var tablesInOrder = []string{"areas", "default", "kind", "role", "area", "stimuli", "input", "pattern", "matrix", "connection", "without", "sharing", "readout", "train", "record", "analysis", "compare", "variant"}

func (r *reader) root(root map[string]any) error {
	e := r.e
	e.Head = Head{Format: Format, Name: strings.TrimSuffix(filepath.Base(r.File), ".toml"), Seed: 1, Precision: "auto", Statistics: "needed"}
	skip := map[string]decode.Hook{}
	for _, k := range tablesInOrder {
		skip[k] = func([]string, any) error { return nil }
	}
	if err := r.Bind(nil, root, skip, &e.Head); err != nil {
		return err
	}
	for i, name := range e.Control {
		if !slices.Contains(e.Variants, name) && len(e.Variants) == 0 {
			return r.Fault([]string{"control", fmt.Sprintf("#%d", i)}, "no variant is called %q, the file has no variants; want one such as [variant.%s]", name, name)
		}
		if !slices.Contains(e.Variants, name) {
			return r.Fault([]string{"control", fmt.Sprintf("#%d", i)}, "no variant is called %q%s", name, Meant(name, e.Variants))
		}
	}
	if e.Variant != "" {
		e.Name += " " + e.Variant
		e.Control = nil
	}
	if e.Steps == 0 {
		return r.Fault(nil, "the key \"steps\" is missing, want the number of time slices, such as steps = 5")
	}
	steps := []struct {
		key  string
		read func(path []string, v any) error
	}{
		{"default", r.defaults}, {"kind", r.kinds}, {"role", r.roles}, {"areas", r.areas},
		{"stimuli", r.stimuli}, {"input", r.input},
	}
	for _, x := range steps {
		v, ok := root[x.key]
		if !ok {
			v = nil
		}
		if err := x.read([]string{x.key}, v); err != nil {
			return err
		}
		if x.key == "areas" {
			if err := r.areaTables(root["area"]); err != nil {
				return err
			}
		}
	}
	if err := r.connections(root); err != nil {
		return err
	}
	for _, x := range []struct {
		key  string
		read func(path []string, v any) error
	}{{"sharing", r.sharing}, {"readout", r.readout}, {"train", r.train}, {"record", r.record}, {"analysis", r.analyses}, {"compare", r.compare}} {
		if err := x.read([]string{x.key}, root[x.key]); err != nil {
			return err
		}
	}
	if err := r.images(); err != nil {
		return err
	}
	if _, ok := e.Stimuli.Settings.(*stimuli.Elsewhere); ok {
		return nil // without the size of the images there is no graph
	}
	_, err := e.Graph()
	return err
}

func (r *reader) defaults(path []string, v any) error {
	r.norm = nn.DefaultNorm()
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	return r.Bind(path, m, map[string]decode.Hook{
		"area": func(at []string, v any) (err error) { r.area, err = r.Table(at, v); return err },
		"norm": func(at []string, v any) error { return r.SetStruct(at, v, decode.ValueOf(&r.norm)) },
	}, &struct{}{})
}

func (r *reader) stimuli(path []string, v any) error {
	if v == nil {
		return r.Fault(nil, "the table \"stimuli\" is missing, want one such as stimuli = { kind = \"digits\" }; kinds: %s", strings.Join(stimuli.Kinds(), ", "))
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	x := &r.e.Stimuli
	x.Seed, x.Normalise = -1, "mean-std"
	kind, ok := m["kind"].(string)
	if err := r.kindMissing(path, m, allStimuliKeys()); err != nil {
		return err
	}
	if !ok {
		if m["kind"] == nil {
			return r.Fault(append(path, "kind"), "the key is missing, want one of %s", strings.Join(stimuli.Kinds(), ", "))
		}
		return r.Fault(append(path, "kind"), "found %s, want one of %s", decode.Described(m["kind"]), strings.Join(stimuli.Kinds(), ", "))
	}
	x.Kind = kind
	if r.elsewhere != nil && !slices.Contains(stimuli.Kinds(), kind) {
		r.elsewhere.Kind, x.Settings = kind, r.elsewhere
		own := map[string]any{}
		for _, k := range decode.KeysOf(x) {
			if v, ok := m[k]; ok && k != "augment" {
				own[k] = v
			}
		}
		return r.Bind(path, own, nil, x)
	}
	if x.Settings, err = stimuli.New(kind); err != nil {
		return r.Fault(append(path, "kind"), "found %q, want one of %s%s", kind, strings.Join(stimuli.Kinds(), ", "), Near(kind, stimuli.Kinds()))
	}
	err = r.Bind(path, m, map[string]decode.Hook{
		"kind": func([]string, any) error { return nil },
		"augment": func(at []string, v any) error {
			name, ok := v.(string)
			if v == false {
				return r.Fault(at, "found false, want \"none\", \"he2015\" or { pad = N, flip = true }; \"none\" is the word for false")
			}
			if !ok {
				return r.SetStruct(at, v, decode.ValueOf(&x.Augment))
			}
			a, err := stimuli.NewAugment(name)
			if err != nil {
				return r.Fault(at, "found %q, want \"none\", \"he2015\" or { pad = N, flip = true }", name)
			}
			x.Augment = a
			return nil
		},
	}, x.Settings, x)
	if err != nil {
		return err
	}
	if err := x.Settings.Check(); err != nil {
		return r.Wrap(path, err)
	}
	if err := x.Settings.Describe().Check(); err != nil {
		return r.Wrap(path, err)
	}
	return r.Wrap(append(path, "augment"), x.Augment.Check())
}

// kindMissing reports, of a table without "kind", the key that may be a
// misspelling of it: none of the known ones, and near. Nil where there is none.
func (r *reader) kindMissing(path []string, m map[string]any, known []string) error {
	if _, ok := m["kind"]; ok {
		return nil
	}
	for _, k := range r.Keys(path, m) {
		if _, text := m[k].(string); text && !slices.Contains(known, k) && Near(k, []string{"kind"}) != "" {
			return r.FaultKey(append(append([]string(nil), path...), k), "unknown key%s", Near(k, []string{"kind"}))
		}
	}
	return nil
}

// allStimuliKeys are the keys of stimuli of any kind.
func allStimuliKeys() []string {
	known := decode.KeysOf(&Stimuli{})
	for _, k := range stimuli.Kinds() {
		s, _ := stimuli.New(k)
		known = append(known, decode.KeysOf(s)...)
	}
	return known
}

func (r *reader) train(path []string, v any) error {
	t := &r.e.Train
	*t = newTraining()
	m := map[string]any{}
	if v != nil {
		var err error
		if m, err = r.Table(path, v); err != nil {
			return err
		}
	}
	if k, ok := m["optimiser"].(string); ok {
		t.Optimiser = k
	}
	rule, err := optim.New(t.Optimiser)
	if err != nil {
		return r.Fault(append(path, "optimiser"), "found %q, want one of %s%s", t.Optimiser, strings.Join(optim.Kinds(), ", "), Near(t.Optimiser, optim.Kinds()))
	}
	t.Rule = rule
	if err := r.Bind(path, m, nil, t, rule); err != nil {
		return err
	}
	if err := t.Schedule.Check(t.Epochs); err != nil {
		return r.Wrap(path, err)
	}
	if n := r.e.Stimuli.Settings.Describe().Images[stimuli.Train]; t.Batch > n {
		return r.Fault(append(path, "batch"), "found %d, want at most the %d training images", t.Batch, n)
	} else if all := n / t.Batch * t.Epochs; t.Accumulate > all {
		return r.Fault(append(path, "accumulate"), "found %d, want at most the %d batches of all epochs", t.Accumulate, all)
	}
	return nil
}

func (r *reader) record(path []string, v any) error {
	x := &r.e.Record
	*x = Recording{Images: 100, Split: "test", Signals: []string{areas.Response}}
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	if err := r.Bind(path, m, nil, x); err != nil {
		return err
	}
	for i, signal := range x.Signals {
		if known := areas.Signals(); !slices.Contains(known, signal) {
			return r.Fault(append(path, "signals", fmt.Sprintf("#%d", i)), "found %q, want one of %s%s", signal, strings.Join(known, ", "), Near(signal, known))
		}
	}
	return nil
}

// images reports a split that is asked for and holds nothing.
func (r *reader) images() error {
	n := r.e.Stimuli.Settings.Describe().Images
	if n[stimuli.Test]+n[stimuli.Validation] == 0 {
		return r.Fault([]string{"stimuli", "test"}, "found 0 and validation = 0, want images to test on")
	}
	split := r.e.Record.Split
	if n[Splits[split]] > 0 {
		return nil
	}
	if at := []string{"record", "split"}; r.Given(at) {
		return r.Fault(at, "found %q, but stimuli.%s = 0; want another split", split, split)
	}
	r.e.Record.Split = "validation" // there is nothing else that training has not seen
	return nil
}
