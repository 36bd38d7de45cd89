package spec

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/lesions"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// Overrides change a file while it is read, and say where it is read.
type Overrides struct {
	Variant string   // applied first
	Set     []string // "key=value", in order
	Auto    string   // what precision = "auto" is on the engine at hand; "" is float32
	Folder  string   // that relative paths of the file start from; "" is the working directory
	Cache   string   // where what is found out of images is kept; "" is nowhere

	// Images are what a run of the experiment found of its images, which are not
	// looked at again; nil to look. They are not those of another Variant, nor of
	// a Set that changes stimuli.
	Images *stimuli.Description

	// Labels are those of a cortex that was trained before: images need not have any.
	Labels *stimuli.Target

	// Unjudged takes images of other classes than Labels for images without labels.
	Unjudged bool

	// Look says that the images are looked at and nothing is learnt from them: they may
	// be less than a batch.
	Look bool
}

// images returns o.Images, nil where they may be others.
func (o Overrides) images() *stimuli.Description {
	if o.Variant != "" || slices.ContainsFunc(o.Set, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "stimuli") }) {
		return nil
	}
	return o.Images
}

// Read reads an experiment file. File is its name in messages. Every error is a
// *Fault. One that stands in the file but that --set makes says so, and one that a
// variant makes outside of its own table names the variant.
func Read(file, text string, o Overrides) (*Experiment, error) {
	e, err := ReadPlain(file, text, o)
	f, ok := err.(*decode.Fault)
	if !ok || f.File != file {
		return e, err
	}
	for n := len(o.Set) - 1; n >= 0; n-- {
		less := o
		less.Set = o.Set[:n]
		if _, err := ReadPlain(file, text, less); err == nil {
			f.Message += fmt.Sprintf("; the file is right without --set %s", o.Set[n])
			break
		}
	}
	if o.Variant != "" {
		plain := o
		plain.Variant = ""
		if _, err := ReadPlain(file, text, plain); err == nil {
			decode.OfVariant(f, o.Variant)
		}
	}
	return nil, f
}

// ReadPlain is Read without what is said of --set: a sweep names its own settings.
func ReadPlain(file, text string, o Overrides) (*Experiment, error) {
	s := decode.New(file, text, Hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	e := &Experiment{Judging: NewJudging(), Src: s, Variant: o.Variant, auto: o.Auto}
	var matrix map[string]any // as the file has it
	if m, ok := root["matrix"].(map[string]any); ok {
		matrix = copied(m)
	}
	if e.Variants, err = overlay(s, root, o); err != nil {
		return nil, err
	}
	if err := readHead(s, root, e); err != nil {
		return nil, err
	}
	if err := readTables(s, root, e, o, matrix); err != nil {
		return nil, err
	}
	return e, nil
}

// Tables are all tables of an experiment file: later ones need earlier ones.
var Tables = []string{"areas", "default", "kind", "role", "area", "stimuli", "protocol", "input", "pattern", "matrix", "connection", "without", "sharing", "readout", "train", "test", "record", "analysis", "lesion", "condition", "contrast", "compare", "variant"}

// readHead reads the keys at the top of a file.
func readHead(s *decode.Source, root map[string]any, e *Experiment) error {
	e.Head = NewHead()
	e.Name = strings.TrimSuffix(filepath.Base(s.File), ".toml")
	skip := map[string]decode.Hook{}
	for _, k := range Tables {
		skip[k] = func([]string, any) error { return nil }
	}
	if err := s.Bind(nil, root, skip, &e.Head); err != nil {
		return err
	}
	for i, name := range e.Control {
		at := decode.Element([]string{"control"}, i)
		if !slices.Contains(e.Variants, name) && len(e.Variants) == 0 {
			return s.Fault(at, "no variant is called %q, the file has no variants; want one such as [variant.%s]", name, name)
		}
		if !slices.Contains(e.Variants, name) {
			return s.Fault(at, "no variant is called %q%s", name, Meant(name, e.Variants))
		}
	}
	if e.Variant != "" {
		e.Name += " " + e.Variant
		e.Control = nil
	}
	if e.Steps == 0 {
		return s.Fault(nil, "the key \"steps\" is missing, want the number of time steps, such as steps = 5")
	}
	return nil
}

// readTables reads the tables of a file into e. Matrix is the table as it was
// before a variant or --set changed it.
func readTables(s *decode.Source, root map[string]any, e *Experiment, o Overrides, matrix map[string]any) (err error) {
	general, err := readDefaults(s, root["default"])
	if err != nil {
		return err
	}
	transforms := &transformTables{Source: s}
	if err := transforms.read(root["kind"], root["role"]); err != nil {
		return err
	}
	if e.Areas, err = readAreas(s, root["areas"]); err != nil {
		return err
	}
	if e.Functions, err = readAreaTables(s, root["area"], e.Areas, general); err != nil {
		return err
	}
	if err = readStimuli(s, root["stimuli"], e, o); err != nil {
		return err
	}
	if e.Protocols, err = protocol.Read(s, root["protocol"]); err != nil {
		return err
	}
	if e.Input, err = readInput(s, root["input"], e, general.norm); err != nil {
		return err
	}
	c := &connectionReader{Source: s, e: e, transforms: transforms, norm: general.norm, matrixOfFile: matrix, shortcuts: map[string]string{}, never: map[string]error{}}
	if err := c.read(root); err != nil {
		return err
	}
	if e.Matrix.Sharing, err = readSharing(s, root["sharing"], e); err != nil {
		return err
	}
	if e.Readout, err = readReadout(s, root["readout"], e, general.norm); err != nil {
		return err
	}
	images := e.Stimuli.Described.Images
	learnt := images[stimuli.Train]
	if o.Labels != nil || o.Look {
		learnt = math.MaxInt32 // nothing is learnt from these
	}
	if learnt == 0 {
		return s.Fault([]string{"stimuli"}, "found %d validation and %d test images, and none to learn from; want training images, too", images[stimuli.Validation], images[stimuli.Test])
	}
	if e.Train, err = readTraining(s, root["train"], learnt); err != nil {
		return err
	}
	if e.Record, err = readRecording(s, root["record"]); err != nil {
		return err
	}
	if e.Analyses, err = readAnalyses(s, root["analysis"], areaNames(e.Areas)); err != nil {
		return err
	}
	if e.Lesions, err = lesions.Read(s, root["lesion"], cortexOf(s, e)); err != nil {
		return err
	}
	if e.Conditions, e.Contrasts, err = conditions.Read(s, root, known(e)); err != nil {
		return err
	}
	if err := readTesting(s, root["test"], e); err != nil {
		return err
	}
	if e.Compare, err = readComparison(s, root["compare"]); err != nil {
		return err
	}
	if err := checkSplit(s, images, &e.Record); err != nil {
		return err
	}
	g, err := e.Graph()
	if err != nil {
		return err
	}
	for i, signal := range e.Record.Signals {
		if err := CheckSignal(e, signal); err != nil {
			return s.Fault(decode.Element([]string{"record", "signals"}, i), "%v", err)
		}
	}
	return checkLesions(e, g)
}

// general is the table [default]: what holds where a more special table says
// nothing.
type general struct {
	norm nn.Norm
	area map[string]any
}

func readDefaults(s *decode.Source, v any) (general, error) {
	g := general{norm: nn.DefaultNorm()}
	if v == nil {
		return g, nil
	}
	path := []string{"default"}
	m, err := s.Table(path, v)
	if err != nil {
		return g, err
	}
	err = s.Bind(path, m, map[string]decode.Hook{
		"area": func(at []string, v any) (err error) { g.area, err = s.Table(at, v); return err },
		"norm": func(at []string, v any) error { return s.SetStruct(at, v, decode.ValueOf(&g.norm)) },
	}, &struct{}{})
	return g, err
}

// setNorm sets the key norm of a kind, where it has one, to the general norm.
func setNorm(kind any, norm nn.Norm) {
	if n, ok := decode.FieldOf(decode.ValueOf(kind), "norm"); ok {
		n.Value.Set(decode.ValueOf(&norm))
	}
}

// kindHook passes over the key kind, which decides what the others decode into.
func kindHook([]string, any) error { return nil }

// kindMissing reports, of a table without "kind", the key that may be a
// misspelling of it: none of the known ones, and near. Nil where there is none.
func kindMissing(s *decode.Source, path []string, m map[string]any, known []string) error {
	if _, ok := m["kind"]; ok {
		return nil
	}
	for _, k := range s.Keys(path, m) {
		if _, text := m[k].(string); text && !slices.Contains(known, k) && Near(k, []string{"kind"}) != "" {
			return s.FaultKey(decode.Below(path, k), "unknown key%s", Near(k, []string{"kind"}))
		}
	}
	return nil
}
