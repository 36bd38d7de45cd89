package spec

import (
	"reflect"
	"strings"
	"testing"
)

// TestStreams reads further inputs, writes them out and reads them again, and names
// what is wrong with one.
func TestStreams(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	for set, want := range map[string]string{
		`input.cue={to="IT", vector="label", ports=["gain"], steps="2.."}`:   "",
		`input.flank={to=["V1", "IT"], of=1, net=[{kind="conv", stride=2}]}`: "the layers lead from 32×32 to 16×16",
		`input.flank={to="V1", protocol="backward_masking[soa=2]"}`:          "",
		`input.cue={vector="label"}`:                                         "the key \"to\" is missing",
		`input.cue={to="IT", vector="colour"}`:                               "the data set tells label",
		`input.cue={to="IT", vector="label", protocol="clutter"}`:            "found a protocol beside vector",
		`input.cue={to="IT", vector="label", ports=["lid"]}`:                 `found port "lid"`,
		`input.cue={to="IT", vector="label", steps="40"}`:                    "the experiment has steps",
		`input.a@b={to="IT"}`:                                                "",
	} {
		if strings.Contains(set, "a@b") {
			set, want = `input."a@b"={to="IT"}`, "without @ and dots"
		}
		e, err := Read("debris.toml", b.Text, Overrides{Set: []string{set}})
		switch {
		case want != "":
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", set, err, want)
			}
		case err != nil:
			t.Errorf("%s: %v", set, err)
		default:
			again, err := Read("again.toml", e.TOML(), Overrides{})
			if err != nil {
				t.Fatalf("%s: the resolved file is refused: %v", set, err)
			}
			again.Name = e.Name
			if again.TOML() != e.TOML() {
				t.Errorf("%s: the resolved file reads as another experiment", set)
			}
		}
	}
}

// TestShowing: of a protocol and input.steps the one that is said later holds, and a
// file that says both is refused.
func TestShowing(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	for _, c := range []struct {
		text string
		set  []string
		want string // protocol in force; "!" an error
	}{
		{"", nil, ""},
		{"", []string{`input.protocol="clutter[fraction=0.2]"`}, "clutter[fraction=0.2]"},
		{"[variant.masked]\n\"input.protocol\" = \"backward_masking\"\n", nil, ""},
		{"", []string{`input.protocol="clutter"`, `input.steps="0"`}, "!"},
		{"", []string{`input.protocol="clutter[fraction=9]"`}, "!"},
		{"", []string{`input.protocol="clutter[soa=9]"`}, "!"},
		{"", []string{`readout.labels="shown"`}, ""},
	} {
		e, err := Read("debris.toml", b.Text+c.text, Overrides{Set: c.set})
		if c.want == "!" {
			if err == nil {
				t.Errorf("%v: no error", c.set)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", c.set, err)
			continue
		}
		if got := strings.Join(e.Showing.Protocol, " "); got != c.want {
			t.Errorf("%v: shown under %q, want %q", c.set, got, c.want)
		}
		if again, err := Read("again.toml", e.TOML(), Overrides{}); err != nil || strings.Join(again.Showing.Protocol, " ") != c.want {
			t.Errorf("%v: the resolved file: %v", c.set, err)
		}
	}
}

// TestConditions crosses lists of a condition, each of which has a name and changes
// that --set and --lesion could make.
func TestConditions(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	text := b.Text + `
[protocol.brief]
soa = [1, 2]
show = [{ for = "soa", image = true }, { for = "rest", blank = "grey" }]
[lesion.fb]
connections = ["role:feedback"]
[condition.intact]
lesion = "none"
[condition.cut]
protocol = "brief"
lesion = ["none", "fb"]
[condition.both]
lesion = "fb + role:lateral gain=0.5"
stimuli = { fragments = [10, 30], seed = 4 }
steps = 9
[condition.half]
lesion = ["none", "V1->V2 gain=0.5", "role:feedback gain=0"]
[condition.grid]
stimuli = { fragments = [10, 30], canvas = [80, 90] }
[contrast]
feedback = "cut[lesion=none] - cut[lesion=fb]"
`
	e, err := Read("debris.toml", text, Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	list, err := e.FindConditions([]string{"all"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		got[c.Name] = strings.Join(c.Set, " ") + " | " + strings.Join(c.Lesions, ", ")
	}
	for name, want := range map[string]string{
		"intact":                      " | ",
		"cut[soa=1,lesion=none]":      `input.protocol="brief[soa=1]" | `,
		"cut[soa=2,lesion=fb]":        `input.protocol="brief[soa=2]" | fb`,
		"half[lesion=V1-V2_gain=0.5]": ` | V1->V2 gain=0.5`,
		"both[fragments=30]":          `stimuli.fragments=30 stimuli.seed=4 steps=9 | fb, role:lateral gain=0.5`,
	} {
		if sorted(got[name]) != sorted(want) {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
	if len(list) != 14 {
		t.Errorf("got %d conditions, want 14", len(list))
	}
	again, err := Read("debris.toml", e.TOML(), Overrides{})
	if err != nil || again.TOML() != e.TOML() {
		t.Fatalf("the resolved file reads as another experiment: %v", err)
	}
	if named, err := again.FindConditions([]string{"all"}); err != nil || !reflect.DeepEqual(named, list) {
		t.Errorf("the conditions of the resolved file are %v, %v, want %v", named, err, list)
	}
	for name, want := range map[string]int{"durations": 11, "cut": 4, "cut[soa=1,lesion=fb]": 1, "both": 2} {
		if list, err := e.FindConditions([]string{name}); err != nil || len(list) != want {
			t.Errorf("%s: got %d conditions, want %d; %v", name, len(list), want, err)
		}
	}
	if _, err := e.FindConditions([]string{"cot"}); err == nil || !strings.Contains(err.Error(), `did you mean "cut"`) {
		t.Errorf("got %v", err)
	}
	for add, want := range map[string]string{
		"[condition.x]\nprotocol = \"bref\"\n":              "no protocol is called \"bref\"",
		"[condition.x]\nlesion = [\"none\", \"nothing\"]\n": "nothing",
		"[condition.x]\nstimuli = { fragmants = 3 }\n":      "fragmants",
		"[condition.x]\nprotocoll = \"brief\"\n":            "unknown key",
		"[condition.x]\nlesion = [\"fb\", \"fb\"]\n":        "makes two conditions called \"x[lesion=fb]\"",
		"[condition.x]\nlesion = [\"none\", \"V1->V2 gain=0.5 + V1->V2 gain=0.25 + V1->V2 gain=0.75 + role:feedback gain=0 + role:lateral gain=0\"]\n": "at most 100 bytes",
		"[condition.all]\n":                                "not \"all\"",
		"[condition.\"a=b\"]\n":                            "a name that a file can have",
		"[condition.x]\nstimuli = { kind = \"digitz\" }\n": "digitz",
	} {
		if _, err := Read("debris.toml", text+add, Overrides{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", add, err, want)
		}
	}
}

// TestTesting reads the conditions that a run tests and records, and names one that is
// not there.
func TestTesting(t *testing.T) {
	b, _, _ := FindBuiltin("masking")
	for set, want := range map[string]string{
		`test.condition="all"`:                       "",
		`test.condition=["mask", "durations"]`:       "",
		`record.condition="mask[soa=2,lesion=none]"`: "",
		`test.condition="msk"`:                       `did you mean "mask"?`,
		`record.condition=["mask", "mask[soa=9]"]`:   "mask[soa=9]",
		`test.conditions="mask"`:                     "unknown key",
	} {
		e, err := Read("masking.toml", b.Text, Overrides{Set: []string{set}})
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", set, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		again, err := Read("masking.toml", e.TOML(), Overrides{})
		if err != nil || again.TOML() != e.TOML() {
			t.Errorf("%s: the resolved file reads as another experiment: %v", set, err)
		}
	}
}

// sorted puts the words of a text in order, since keys of a table have none.
func sorted(text string) string {
	words := strings.Fields(text)
	for i := range words {
		for j := i; j > 0 && words[j] < words[j-1]; j-- {
			words[j], words[j-1] = words[j-1], words[j]
		}
	}
	return strings.Join(words, " ")
}

// TestStreamMixture: a stream has no labels, so that conditions of it may show images at
// different steps.
func TestStreamMixture(t *testing.T) {
	text := chainOf(`steps = "0.."`, `train = "6"`, "[input.cue]\nto = \"V1\"\nprotocol = \"brief\"\n[protocol.brief]\nsoa = [1, 2]\nshow = [{ for = \"soa\", image = true }, { for = \"rest\", blank = \"grey\" }]\n")
	if _, err := read(t, text, Overrides{}).Graph(); err != nil {
		t.Error(err)
	}
}

// TestStreamConditions: a stream that could not follow the conditions of the image is
// refused, and so is a split with fewer images than a trial shows.
func TestStreamConditions(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	for _, c := range []struct {
		set  []string
		want string
	}{
		{[]string{`input.protocol="noise_levels"`, `input.flank={to="V1", protocol="moving_noise"}`}, ""},
		{[]string{`input.flank={to="V1", protocol="moving_noise"}`}, ""},
		{[]string{`input.protocol="noise_levels"`, `input.flank={to="V1", protocol="clutter"}`}, "input.flank.protocol: found 7 conditions, but the image is shown in 8; a stream shows the one that the image has, so want as many, or one"},
		{[]string{`input.protocol="clutter[fraction=0.2]"`, "stimuli.test=1"}, "found 1 test images, but a trial shows 2 of one split, as its own, others or masks; want 2 or more"},
		{[]string{`input.flank={to="V1", of=2}`, "stimuli.validation=2"}, "found 2 validation images, but a trial shows 3 of one split"},
		{[]string{`input.protocol="clutter[fraction=0.2]"`, "stimuli.test=0"}, ""},
	} {
		_, err := Read("debris.toml", b.Text, Overrides{Set: c.set})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: got %v, want %q", c.set, err, c.want)
		}
	}
}
