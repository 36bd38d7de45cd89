package reference

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/probe"
	"ventral/experiments/spec"
	"ventral/experiments/spec/sweepfile"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

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

	"feedforward": "each area to the next", "feedback": "each area to the one before", "lateral": "each area to itself",
	"bypass": "forward past one or more areas", "adjacent": "feedforward, lateral and feedback", "full": "every pair, with each area to itself",
}

func builtins() (built []Entry) {
	for _, b := range spec.Builtins() {
		e, err := spec.Read(b.Name+".toml", b.Text, spec.Overrides{})
		if err != nil {
			panic(err) // TestBuiltins of spec reads them all
		}
		x := Entry{Name: b.Name, About: e.About}
		if len(e.Variants) > 0 {
			x.About += " Variants: " + strings.Join(e.Variants, ", ") + "."
		}
		built = append(built, x)
	}
	return built
}

func dynamics() (list []Entry) {
	for _, k := range areas.Kinds() {
		d, _ := areas.New(k)
		list = append(list, Entry{k, aboutDynamics(d.Layout()), keysOfDynamics(d)})
	}
	shape := Key{Name: "shape", Type: "list of numbers", Range: "[height, width, channels]", About: "units of the area; required"}
	return append(list, Entry{"every kind", "[area.NAME], and [default.area] for all of them; kind defaults to \"rate\"", []Key{shape}})
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
		keys = append(keys, Key{f.Name, "text or table", fmt.Sprintf("%q", cortex.NewFunction().Kind()), strings.Join(connectivity.Kinds(), ", "), f.About})
	}
	return keys
}

func connections() []Entry {
	c := connectivity.NewConnection()
	list := []Entry{{"every connection", `[connection."FROM->TO"], [role.ROLE] for all of a role, [kind.NAME] for a kind of your own; false removes a connection; plus = "identity" adds a shortcut`, keysWith(&c)}}
	for _, k := range connectivity.Kinds() {
		t, _ := connectivity.New(k)
		list = append(list, Entry{k, about[k], keysWith(t)})
	}
	return list
}

func patterns() (list []Entry) {
	for _, p := range connectivity.Patterns {
		list = append(list, Entry{Name: p, About: about[p]})
	}
	return list
}

func layers() (list []Entry) {
	conv, _ := cortex.NewLayer("conv", nn.DefaultNorm())
	for _, k := range cortex.LayerKinds() {
		e := Entry{Name: k}
		for _, key := range keysWith(&conv) {
			if slices.Contains(cortex.LayerKeys(k), key.Name) {
				e.Keys = append(e.Keys, key)
			}
		}
		list = append(list, e)
	}
	return list
}

func images() (list []Entry) {
	for _, s := range stimuli.Sets() {
		list = append(list, Entry{s.Name, s.About + " (" + s.Source + ")", keysWith(s.New())})
	}
	x := spec.NewStimuli()
	return append(list, Entry{"every kind", "", keysWith(&x)})
}

func training() []Entry {
	t := spec.NewTraining()
	list := []Entry{{"train", "", keysWith(&t)}}
	for _, k := range optim.Kinds() {
		o, _ := optim.New(k)
		list = append(list, Entry{k, about[k], keysWith(o)})
	}
	return list
}

func analyses() []Entry {
	var list []Entry
	var kinds []string
	for _, k := range analysis.Kinds() {
		kinds = append(kinds, k.Name)
		e := Entry{Name: k.Name, About: k.About + "; definition: " + k.Source, Keys: within(keysWith(k.New()), "signal", areas.Signals())}
		if k.Default {
			e.About += "; made by default"
		}
		list = append(list, e)
	}
	return append(list, Entry{"every kind", "", []Key{
		{Name: "kind", Type: "text", Range: strings.Join(kinds, ", "), About: "kind of analysis; by default the table's name"},
		{Name: "areas", Type: "list of texts", About: "areas that are analysed, of kinds that read areas; all by default"},
		{Name: "conditions", Type: "list of texts", About: "conditions of the run that are analysed together, by their names; \"as trained\" is the run itself, \"all\" every one that is there; by default the run itself alone"},
	}})
}

func probes() (list []Entry) {
	for _, k := range probe.Kinds() {
		images := Key{Name: "images", Type: "whole number", Default: strconv.Itoa(k.Images), Range: "≥ 1", About: "images of record.split that are shown, from the first on"}
		list = append(list, Entry{k.Name, k.About + "; definition: " + k.Source, append([]Key{images}, keysWith(k.New())...)})
	}
	return list
}

func comparison() []Entry {
	c, match := spec.NewComparison(), spec.NewMatch()
	tune := Key{"tune.KEY", "list of values", "", "", "values of a key that are tried for every variant alike; the best on validation images is taken"}
	return []Entry{{"compare", "", append(keysWith(&c), tune)},
		{"match", "match = { quantity = \"parameters\", to = \"NAME\", by = \"channels\" }", keysWith(&match)}}
}

func sweep() []Entry {
	head := sweepfile.SweepHead{Format: spec.Format}
	return []Entry{{"sweep", "a file of its own", append(keysWith(&head),
		Key{"experiment", "text or list of texts", "", "", "built-in experiments, or files, whose paths start from the sweep file's folder"},
		Key{"seeds", "whole number or list of whole numbers", "", "", "a number of seeds, as 6 for the seeds 1 to 6, or the seeds"},
		Key{"set.KEY", "value", "", "", "a key of every experiment"},
		Key{"grid.KEY", "list of values", "", "", "values of a key, in every combination with those of the other keys"},
		Key{"list", "list of tables", "", "", "[[list]] tables of keys that change together"})}}
}
