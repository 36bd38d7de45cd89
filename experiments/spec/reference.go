package spec

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

// ReferencePages is all that an experiment file may say.
type ReferencePages struct {
	Format int     `json:"format"`
	Topics []Topic `json:"topics"`
}

// Topic is a group of entries.
type Topic struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	Entries []Entry `json:"entries"`
}

// Entry is a table of a file, or one kind of something.
type Entry struct {
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
	Keys  []Key  `json:"keys,omitempty"`
}

// Key is a key with its default.
type Key struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
	Range   string `json:"range,omitempty"`
	About   string `json:"about"`
}

// about says in a line what a kind is; its Go documentation has the equations.
var about = map[string]string{
	"identity":        "passes the source's state on unchanged",
	"conv":            "convolution; the stride follows from the sizes",
	"transposed_conv": "transposed convolution, to a larger map",
	"pool_conv":       "pooling to the target's size, then a convolution",
	"resize_conv":     "nearest-neighbour enlargement, then a convolution",
	"brc":             "norm, relu, convolution, once or more",
	"brd":             "norm, relu, transposed convolution, once or more",

	"sgd":   "gradient descent with momentum: v = momentum·v + g; w = w - rate·v",
	"adam":  "Kingma and Ba 2015",
	"adamw": "Adam with decoupled weight decay (Loshchilov and Hutter 2019)",

	"digits":  "generated digits under debris or among others (Spoerer et al. 2017)",
	"cifar10": "CIFAR-10 in its binary layout (Krizhevsky 2009)",

	"feedforward": "each area to the next", "feedback": "each area to the one before", "lateral": "each area to itself",
	"bypass": "forward past one or more areas", "adjacent": "feedforward, lateral and feedback", "full": "every pair, with each area to itself",
}

// topics makes every topic.
func topics() []Topic {
	var list []Topic
	add := func(name, about string, entries ...Entry) { list = append(list, Topic{name, about, entries}) }

	var built []Entry
	for _, b := range Builtins() {
		e, err := Read(b.Name+".toml", b.Text, Overrides{})
		if err != nil {
			panic(err) // TestBuiltins reads them all
		}
		x := Entry{Name: b.Name, About: e.About}
		if len(e.Variants) > 0 {
			x.About += " Variants: " + strings.Join(e.Variants, ", ") + "."
		}
		built = append(built, x)
	}
	add("experiments", "Experiments that travel with the program: cortex run NAME, cortex new NAME.", built...)
	head := Head{Format: Format, Seed: 1, Precision: "auto", Statistics: "needed"}
	add("top", "Keys at the top of a file; areas = [\"V1\", …] names the areas from the lowest to the highest.", Entry{Name: "top", Keys: keysWith(&head)})

	var kinds []Entry
	for _, k := range areas.Kinds() {
		d, _ := areas.New(k)
		kinds = append(kinds, Entry{k, aboutDynamics(d.Layout()), keysOfDynamics(d)})
	}
	shape := Key{Name: "shape", Type: "list of numbers", Range: "[height, width, channels]", About: "units of the area; required"}
	kinds = append(kinds, Entry{"every kind", "[area.NAME], and [default.area] for all of them; kind defaults to \"rate\"", []Key{shape}})
	add("areas", "Dynamics of areas: what an area does with its drives.", kinds...)

	c := connectivity.NewConnection()
	common := Entry{"every connection", `[connection."FROM->TO"], [role.ROLE] for all of a role, [kind.NAME] for a kind of your own; false removes a connection; plus = "identity" adds a shortcut`, keysWith(&c)}
	transforms := []Entry{common}
	for _, k := range connectivity.Kinds() {
		t, _ := connectivity.New(k)
		transforms = append(transforms, Entry{k, about[k], keysWith(t)})
	}
	add("connections", "Connections and their transforms.", transforms...)
	var patterns []Entry
	for _, p := range connectivity.Patterns {
		patterns = append(patterns, Entry{Name: p, About: about[p]})
	}
	add("patterns", `pattern = ["feedforward", …] makes connections; without = "role:lateral" takes some away; [matrix] writes them as a table of cells, and [matrix."5..9"] replaces cells in a window.`, patterns...)
	add("sharing", "Which weights are one variable.", Entry{"sharing", "", []Key{
		{"time", "text", `"tied"`, `"tied", "untied" or "tied ..k"`, "weights are the same at every slice, differ, or are the same up to slice k"},
		{"between", "text", `"none"`, `"none" or "shape"`, "all kernels of one shape are one variable"},
		{"sets.NAME", "list of selectors", "", `"V1->V2", "V1->V2@2..8", "role:feedback@3..6", "area:IT"`, "what has its weights in common; a convolution and a transposed one are adjoints"},
	}})
	n := nn.DefaultNorm()
	add("norms", "Normalisation: norm of an area, of brc and brd, of layers; [default.norm] for all.", Entry{"norm", "", keysWith(&n)})

	conv, _ := cortex.NewLayer("conv", n)
	var layers []Entry
	for _, k := range cortex.LayerKinds() {
		e := Entry{Name: k}
		for _, key := range keysWith(&conv) {
			if slices.Contains(cortex.LayerKeys(k), key.Name) {
				e.Keys = append(e.Keys, key)
			}
		}
		layers = append(layers, e)
	}
	add("layers", "Layers of input.net and readout.net: a name, or a table with kind and keys.", layers...)
	in := cortex.Input{Steps: cortex.At(0)}
	add("input", "How the image enters: as a drive of one or more areas.", Entry{"input", "to defaults to the first area, net to one 3×3 convolution", keysWith(&in)})
	ro := cortex.Readout{Loss: "softmax", Over: "sum", Decide: "auto"}
	add("readout", "How the cortex answers.", Entry{"readout", "from defaults to the last area, train to the last slice, test to train, net to [\"average\", \"dense\"]", keysWith(&ro)})

	var data []Entry
	for _, k := range stimuli.Kinds() {
		s, _ := stimuli.New(k)
		data = append(data, Entry{k, about[k], keysWith(s)})
	}
	st := Stimuli{Seed: -1, Normalise: "mean-std"}
	data = append(data, Entry{"every kind", "", keysWith(&st)})
	add("stimuli", "The images.", data...)

	t := newTraining()
	rules := []Entry{{"train", "", keysWith(&t)}}
	for _, k := range optim.Kinds() {
		o, _ := optim.New(k)
		rules = append(rules, Entry{k, about[k], keysWith(o)})
	}
	add("train", "How weights are learnt.", rules...)
	rec := Recording{Images: 100, Split: "test", Signals: []string{areas.Response}}
	recorded := keysWith(&rec)
	for i := range recorded {
		if recorded[i].Name == "signals" {
			recorded[i].Range = strings.Join(areas.Signals(), ", ")
		}
	}
	add("record", "What is recorded of the trained cortex.", Entry{"record", "", recorded})
	add("analyses", "[analysis.NAME]: analyses of what was recorded. Tables add to those made by default, or change them; [analysis] NAME = false takes one away.", analysisEntries()...)
	comparison, match := NewComparison(), NewMatch()
	add("compare", "How cortex compare compares the variants of a file.", Entry{"compare", "", append(keysWith(&comparison), Key{"tune.KEY", "list of values", "", "", "values of a key that are tried for every variant alike; the best on validation images is taken"})},
		Entry{"match", "match = { quantity = \"parameters\", to = \"NAME\", by = \"channels\" }", keysWith(&match)})
	sweep := SweepHead{Format: Format}
	add("sweep", "A sweep file says which experiments cortex sweep carries out: every experiment, variant and [[list]] table, with every combination of the grid and every seed.",
		Entry{"sweep", "a file of its own", append(keysWith(&sweep),
			Key{"experiment", "text or list of texts", "", "", "built-in experiments, or files, whose paths start from the sweep file's folder"},
			Key{"seeds", "whole number or list of whole numbers", "", "", "a number of seeds, as 6 for the seeds 1 to 6, or the seeds"},
			Key{"set.KEY", "value", "", "", "a key of every experiment"},
			Key{"grid.KEY", "list of values", "", "", "values of a key, in every combination with those of the other keys"},
			Key{"list", "list of tables", "", "", "[[list]] tables of keys that change together"})})
	add("variant", `[variant.NAME] holds keys that replace those of the file, as in "readout.train" = "15"; cortex run FILE --variant NAME.`)
	return list
}

// Reference returns what may be written about a topic; "" is everything.
func Reference(topic string) (ReferencePages, error) {
	all := topics()
	if topic == "" {
		return ReferencePages{Format, all}, nil
	}
	var names []string
	for _, t := range all {
		if t.Name == topic {
			return ReferencePages{Format, []Topic{t}}, nil
		}
		names = append(names, t.Name)
	}
	return ReferencePages{}, fmt.Errorf("there is no topic %q%s", topic, Meant(topic, names))
}

// keysWith lists the keys of a struct with the values it has as defaults.
func keysWith(x any) []Key {
	var keys []Key
	decode.Fields(decode.ValueOf(x), func(name string, f decode.Field) {
		k := Key{Name: name, Type: typeOf(f.Value), About: f.Tag.Get("doc")}
		k.Default, _ = value(f.Value)
		if k.Default == "[]" || k.Default == `""` {
			k.Default = ""
		}
		if words := f.Words(); len(words) > 0 {
			k.Range = strings.Join(words, ", ")
		}
		var limits []string
		for _, l := range []struct{ tag, sign string }{{"min", "≥"}, {"above", ">"}, {"max", "≤"}, {"below", "<"}} {
			if v := f.Tag.Get(l.tag); v != "" {
				limits = append(limits, l.sign+" "+v)
			}
		}
		if len(limits) > 0 {
			k.Range = strings.Join(limits, ", ")
		}
		if limit := f.Tag.Get("min"); limit != "" && limit == f.Tag.Get("max") {
			k.Range = limit
		}
		if n, ok := numeric(f.Value); ok && decode.InRange(n, "", f.Tag) != nil { // no default would do
			k.Default, k.Range = "", k.Range+"; required"
		}
		keys = append(keys, k)
	})
	return keys
}

// aboutDynamics says in a line what a kind of areas is, and what it has.
func aboutDynamics(l areas.Layout) string {
	var ports []string
	for _, p := range l.Ports {
		ports = append(ports, fmt.Sprintf("%s (%s)", p.Name, p.About))
	}
	return fmt.Sprintf("%s. Ports: %s. Signals: %s", l.About, strings.Join(ports, ", "), strings.Join(l.SignalNames(), ", "))
}

// keysOfDynamics lists the keys of a kind of areas, its functions among them.
func keysOfDynamics(d areas.Dynamics) []Key {
	keys := keysWith(d)
	for _, f := range d.Layout().Functions {
		keys = append(keys, Key{f.Name, "text or table", text(cortex.NewFunction().Kind()), strings.Join(connectivity.Kinds(), ", "), f.About})
	}
	return keys
}

// numeric returns a number field's value.
func numeric(v reflect.Value) (float64, bool) {
	switch v.Kind() {
	case reflect.Int:
		return float64(v.Int()), true
	case reflect.Float64:
		return v.Float(), true
	}
	return 0, false
}

func typeOf(v reflect.Value) string {
	if _, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return "text"
	}
	switch v.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	case reflect.Float64:
		return "number"
	case reflect.Slice, reflect.Array:
		switch v.Type().Elem().Kind() {
		case reflect.String:
			return "list of texts"
		case reflect.Struct:
			return "list of layers"
		}
		return "list of numbers"
	}
	return "table"
}

// Text returns the pages for a terminal.
func (r ReferencePages) Text() string {
	var b strings.Builder
	for i, t := range r.Topics {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n  %s\n", strings.ToUpper(t.Name), t.About)
		for _, e := range t.Entries {
			fmt.Fprintf(&b, "  %s", e.Name)
			if e.About != "" {
				fmt.Fprintf(&b, ": %s", e.About)
			}
			b.WriteByte('\n')
			for _, k := range e.Keys {
				fmt.Fprintf(&b, "    %-14s", k.Name)
				if k.Default != "" {
					fmt.Fprintf(&b, " = %s", k.Default)
				}
				fmt.Fprintf(&b, "  %s", k.About)
				if k.Range != "" {
					fmt.Fprintf(&b, " (%s)", k.Range)
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// Markdown returns the pages as docs/reference.md.
func (r ReferencePages) Markdown() string {
	var b strings.Builder
	b.WriteString("# Reference: what an experiment file may say\n\nMade by `cortex list --markdown`; a test holds it to the code. Text is in quotes, as in TOML.\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	for _, t := range r.Topics {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", t.Name, t.About)
		for _, e := range t.Entries {
			fmt.Fprintf(&b, "\n**%s**", e.Name)
			if e.About != "" {
				fmt.Fprintf(&b, " — %s", e.About)
			}
			b.WriteString("\n")
			if len(e.Keys) == 0 {
				continue
			}
			b.WriteString("\n| key | type | default | range | meaning |\n|---|---|---|---|---|\n")
			for _, k := range e.Keys {
				def := k.Default
				if def != "" {
					def = "`" + def + "`"
				}
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Name, k.Type, cell(def), cell(k.Range), cell(k.About))
			}
		}
	}
	return b.String()
}
