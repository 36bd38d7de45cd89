package conditions_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/contrast"
	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/lesions"
	"ventral/experiments/stimuli"
)

// hints propose what a wrong word may mean.
var hints = decode.Hints{
	Near:    decode.Nearest,
	Unknown: func(_ []string, key string, known []string) string { return decode.Meant(key, known) },
	Bare:    func(string, int) (word, message string, from int) { return "", "", 0 },
}

// images are the settings of a data set.
type images struct {
	Clutter int   `toml:"clutter"`
	Sizes   []int `toml:"sizes"`
}

func (*images) Describe(stimuli.Env) (stimuli.Description, error) { return stimuli.Description{}, nil }
func (*images) Open(stimuli.Env) (stimuli.Data, error)            { return nil, nil }

// known are an experiment's protocols, images of the kind shapes, and any lesion but "odd".
func known(protocols []protocol.Protocol) conditions.Known {
	return conditions.Known{
		Kind: "shapes", Settings: &images{}, EveryKind: []string{"seed"},
		Protocol: func(name string) ([]protocol.Condition, error) {
			base, _, _ := strings.Cut(name, "[")
			if b, ok := protocol.FindBuiltin(base); ok {
				return protocol.Find([]protocol.Protocol{b}, name)
			}
			return protocol.Find(protocols, name)
		},
		Lesions: func(text string) ([]lesions.Variant, error) {
			if text == "odd" {
				return nil, errors.New("no lesion is called odd")
			}
			return []lesions.Variant{{Text: text}}, nil
		},
	}
}

// read reads the conditions and protocols of a file.
func read(text string) ([]conditions.Table, []contrast.Contrast, conditions.Known, error) {
	s := decode.New("file.toml", text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil, nil, conditions.Known{}, err
	}
	protocols, err := protocol.Read(s, root["protocol"])
	if err != nil {
		return nil, nil, conditions.Known{}, err
	}
	k := known(protocols)
	list, contrasts, err := conditions.Read(s, root, k)
	return list, contrasts, k, err
}

// masking are protocols that conditions name.
const masking = `
[protocol.masking]
soa = [1, 2]
show = [{ for = "soa", image = true }, { for = "rest", blank = "grey" }]

[protocol.plain]
show = [{ for = "rest", image = true }]

`

// names are those of all conditions.
func names(list []conditions.Table) (all []string) {
	for _, t := range list {
		for _, c := range t.List {
			all = append(all, c.Name)
		}
	}
	return all
}

// TestRead: lists make conditions, which cross in the order of the file; each has the
// settings and lesions of its values.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		`[condition.c]` + "\n" + `protocol = "masking"`:                                   "c[soa=1] c[soa=2]",
		`[condition.c]` + "\n" + `protocol = "masking[soa=2]"`:                            "c",
		`[condition.c]` + "\n" + `protocol = ["plain", "masking"]`:                        "c[protocol=plain] c[protocol=masking,soa=1] c[protocol=masking,soa=2]",
		`[condition.c]` + "\n" + `lesion = ["none", "role:feedback gain=0.5"]`:            "c[lesion=none] c[lesion=role-feedback_gain=0.5]",
		`[condition.c]` + "\n" + `lesion = "none"`:                                        "c",
		`[condition.c]` + "\n" + "steps = [4, 8]\n" + `lesion = ["none", "x"]`:            "c[steps=4,lesion=none] c[steps=4,lesion=x] c[steps=8,lesion=none] c[steps=8,lesion=x]",
		`[condition.c]` + "\n" + `lesion = ["none", "x"]` + "\nsteps = [4, 8]":            "c[lesion=none,steps=4] c[lesion=none,steps=8] c[lesion=x,steps=4] c[lesion=x,steps=8]",
		`[condition.c]` + "\n" + `stimuli = { seed = [1, 2], clutter = [3] }`:             "c[seed=1,clutter=3] c[seed=2,clutter=3]",
		`[condition.c]` + "\n" + `stimuli = { sizes = [1, 2] }`:                           "c",
		"[condition.b]\nsteps = 4\n[condition.a]\nsteps = 5":                              "b a",
		"[condition.c]\nset = { 'readout.test' = '1..2' }\nabout = \"later\"\nsteps = 3":  "c",
		"[condition.c]\nprotocol = \"noise_levels\"\nlesion = [\"none\"]\nsteps = [9, 7]": "c[sd=0,lesion=none,steps=9] c[sd=0,lesion=none,steps=7] c[sd=0.05,lesion=none,steps=9]",
	} {
		list, _, _, err := read(masking + text)
		got := strings.Join(names(list), " ")
		if err != nil || got != want && !strings.HasPrefix(got, want+" c[sd=") {
			t.Errorf("%s: got %q, %v, want %q", text, got, err, want)
		}
	}
	list, contrasts, _, err := read(masking + `[condition.c]
protocol = "masking"
lesion = ["none", "a + b"]
steps = 6
stimuli = { clutter = 3 }

[contrast]
second = "c[soa=2] - c[soa=1]"
first = "as trained - c[soa=1]"
`)
	if err != nil {
		t.Fatal(err)
	}
	last := list[0].List[3]
	if want := []string{`input.protocol="masking[soa=2]"`, "steps=6", "stimuli.clutter=3"}; !slices.Equal(last.Set, want) || !slices.Equal(last.Lesions, []string{"a", "b"}) || last.Protocol != "masking[soa=2]" || last.Optional {
		t.Errorf("%s has %q with the lesions %q under %q, want %q", last.Name, last.Set, last.Lesions, last.Protocol, want)
	}
	if want := []contrast.Contrast{{Name: "second", Of: "c[soa=2] - c[soa=1]"}, {Name: "first", Of: "as trained - c[soa=1]"}}; !slices.Equal(contrasts, want) {
		t.Errorf("contrasts %v, want %v", contrasts, want)
	}
}

// TestOptional: conditions of a built-in protocol may be left out where they do not fit, if
// it is named whole.
func TestOptional(t *testing.T) {
	list, _, k, err := read("[condition.every]\nprotocol = \"durations\"\n[condition.one]\nprotocol = \"durations[duration=20]\"")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		for _, c := range x.List {
			if c.Optional != (x.Name == "every") {
				t.Errorf("%s: optional %v", c.Name, c.Optional)
			}
		}
	}
	for name, optional := range map[string]bool{"durations": true, "durations[duration=20]": false} {
		found, err := conditions.Find(list, []string{name}, k, nil)
		if err != nil || found[0].Optional != optional {
			t.Errorf("%s: found %+v, %v, want optional %v", name, found, err, optional)
		}
	}
}

// TestFind: names are those of tables, of their conditions, of protocols, or all.
func TestFind(t *testing.T) {
	list, _, k, err := read(masking + "[condition.c]\nprotocol = \"masking\"\n[condition.d]\nsteps = 4")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"all": "c[soa=1] c[soa=2] d", "c": "c[soa=1] c[soa=2]", "c[soa=2]": "c[soa=2]", "masking": "masking[soa=1] masking[soa=2]", "masking[soa=1]": "masking[soa=1]",
		"e": "no condition and no protocol is called \"e\"", "c[soa=3]": "no condition is called \"c[soa=3]\"; the values of soa are 1, 2", "c[soa=1": "no condition is called \"c[soa=1\"; want values in brackets", "masking[soa=3]": "found \"masking[soa=3]\", which is none of the conditions masking[soa=1]",
	} {
		found, err := conditions.Find(list, []string{name}, k, []string{"masking"})
		got := strings.Join(names([]conditions.Table{{List: found}}), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want && !strings.HasPrefix(got, want+",") && !strings.HasPrefix(got, want+";") {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, err := conditions.Find(nil, []string{"all"}, k, nil); err == nil || !strings.Contains(err.Error(), "the experiment has no conditions") {
		t.Errorf("all of none: %v", err)
	}
}

// TestFaults: what is wrong stands at its place, with what would do.
func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"[condition.all]\nsteps = 4":                                `condition.all: found "all", want a name that a file can have`,
		"[condition.'a,b']\nsteps = 4":                              `want a name that a file can have`,
		"[condition]\nc = 4":                                        "condition.c: found 4",
		"[condition.c]\nstep = 4":                                   "condition.c.step: unknown key",
		"[condition.c]\nprotocol = \"maskin\"":                      `file.toml:10:12: condition.c.protocol: no protocol is called "maskin"`,
		"[condition.c]\nprotocol = [\"plain\", \"maskin\"]":         `no protocol is called "maskin"`,
		"[condition.c]\nlesion = [\"none\", \"odd\"]":               "no lesion is called odd",
		"[condition.c]\nsteps = [4, 4]":                             `condition.c: makes two conditions called "c[steps=4]", want each value once`,
		"[condition.c]\nstimuli = { colour = 3 }":                   "condition.c.stimuli.colour: unknown key",
		"[condition.c]\nstimuli = { kind = \"unheard\" }":           `condition.c.stimuli.kind: found "unheard"`,
		"[contrast]\nx = 4":                                         "contrast.x: found 4, want a difference of conditions",
		"[condition.c]\nsteps = [" + strings.Repeat("9", 120) + "]": "",
	} {
		_, _, _, err := read(masking + text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestCircumstances: the tables of another file as settings keep the order of its keys, which
// is that of the conditions' names; other tables are passed over.
func TestCircumstances(t *testing.T) {
	sets, err := conditions.Circumstances("with.toml", masking+"steps = 4\n[condition.c]\nlesion = [\"none\", \"x\"]\nprotocol = \"masking\"\n[train]\nrate = 1\n[contrast]\nd = \"a - b\"", hints)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`protocol.masking={ soa = [1, 2], show = [{ for = "soa", image = true }, { for = "rest", blank = "grey" }] }`,
		`protocol.plain={ show = [{ for = "rest", image = true }], steps = 4 }`,
		`condition.c={ lesion = ["none", "x"], protocol = "masking" }`, `contrast.d="a - b"`,
	}
	if !slices.Equal(sets, want) {
		t.Errorf("got %q, want %q", sets, want)
	}
	if _, err := conditions.Circumstances("with.toml", "steps = 4", hints); err == nil || !strings.Contains(err.Error(), "has none of the tables") {
		t.Errorf("a file without tables: %v", err)
	}
}
