package reference

import (
	"fmt"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/spec"
	"ventral/experiments/spec/lesions"
	"ventral/nn"
)

// Of returns what may be written about a topic; "" is everything.
func Of(topic string) (Pages, error) {
	all := topics()
	if topic == "" {
		return Pages{spec.Format, all}, nil
	}
	var names []string
	for _, t := range all {
		if t.Name == topic {
			return Pages{spec.Format, []Topic{t}}, nil
		}
		names = append(names, t.Name)
	}
	return Pages{}, fmt.Errorf("there is no topic %q%s", topic, spec.Meant(topic, names))
}

// topics makes every topic, in the order of docs/reference.md.
func topics() []Topic {
	head, in, ro, rec := spec.NewHead(), cortex.Input{Steps: cortex.At(0)}, spec.NewReadout(), spec.NewRecording()
	norm, lesion, judging, stream := nn.DefaultNorm(), lesions.New(), spec.NewJudging(), spec.NewStream()
	return []Topic{
		{"experiments", "Experiments that travel with the program: cortex run NAME, cortex new NAME.", builtins()},
		{"top", "Keys at the top of a file; areas = [\"V1\", …] names the areas from the lowest to the highest.",
			[]Entry{{Name: "top", Keys: keysWith(&head)}}},
		{"areas", "Dynamics of areas: what an area does with its drives.", dynamics()},
		{"connections", "Connections and their transforms.", connections()},
		{"patterns", `pattern = ["feedforward", …] makes connections; without = "role:lateral" takes some away; [matrix] writes them as a table of cells, and [matrix."5..9"] replaces cells in a window.`,
			patterns()},
		{"sharing", "Which weights are one variable.", []Entry{{"sharing", "", []Key{
			{"time", "text", `"tied"`, `"tied", "untied" or "tied ..k"`, "weights are the same at every step, differ, or are the same up to step k"},
			{"between", "text", `"none"`, `"none" or "shape"`, "all kernels of one shape are one variable"},
			{"sets.NAME", "list of selectors", "", `"V1->V2", "V1->V2@2..8", "role:feedback@3..6", "area:IT"`, "connections that share weights; a convolution and a transposed one are adjoints"},
		}}}},
		{"norms", "Normalisation: norm of an area, of brc and brd, of layers; [default.norm] for all.", []Entry{{"norm", "", keysWith(&norm)}}},
		{"layers", "Layers of input.net and readout.net: a name, or a table with kind and keys.", layers()},
		{"input", "How the image enters: as a drive of one or more areas.",
			[]Entry{{"input", "to defaults to the first area, net to one 3×3 convolution", append(keysWith(&in), keysWith(&spec.Showing{})...)},
				{"input.NAME", "a further input: other images, or a vector", keysWith(&stream)}}},
		{"protocols", "[protocol.NAME]: what is on the screen at which steps of a trial. Every key that is a list, of the protocol or of an item, makes a condition of each of its values, and lists cross: NAME[soa=2,sd=0.1]. Those that travel with the program need no table.", protocols()},
		{"readout", "How the cortex answers.",
			[]Entry{{"readout", "from defaults to the last area, train to the last step, test to train, net to [\"average\", \"dense\"]", append(keysWith(&ro), keysWith(&judging)...)}}},
		{"stimuli", "The images.", images()},
		{"train", "How weights are learnt.", training()},
		{"test", "What the trained cortex is tested in besides its own circumstances.", []Entry{{"test", "", keysWith(&spec.Testing{})}}},
		{"record", "Recordings of the trained cortex.", []Entry{{"record", "", within(keysWith(&rec), "signals", append(areas.Signals(), recording.Drive))}}},
		{"analyses", "[analysis.NAME]: analyses of recordings and answers. Tables add to those made by default, or change them; [analysis] NAME = false takes one away.", analyses()},
		{"probes", `Measurements of a trained cortex with the engine, which analyses read: cortex record RUN --probe "NAME key=value", record.probe = ["NAME key=value"].`, probes()},
		{"lesions", "[lesion.NAME]: lesions with which a trained cortex can be tested, by cortex test RUN --lesion NAME. They change nothing of training. connections, roles and all stand for many lesions: each connection alone, each role, both.", []Entry{{"lesion.NAME", "", append(keysWith(&lesion.Lesion), keysWith(&lesion.Keys)...)}}},
		{"conditions", "[condition.NAME]: circumstances in which a trained cortex is tested, by cortex test RUN --condition NAME. [contrast] NAME = \"intact - cut\" is a difference of conditions over the same images, \"(a - b) - (c - d)\" one of differences; conditions that lists make are paired where they have equal values.", circumstances()},
		{"compare", "How cortex compare compares the variants of a file.", comparison()},
		{"sweep", "A sweep file says which experiments cortex sweep carries out: every experiment, variant and [[list]] table, with every combination of the grid and every seed.", sweep()},
		{"variant", `[variant.NAME] holds keys that replace those of the file, as in "readout.train" = "15"; cortex run FILE --variant NAME.`, nil},
	}
}
