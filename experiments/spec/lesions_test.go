package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/spec/lesions"
)

const lesioned = `format = 2
steps = 4
areas = ["V1", "IT"]
pattern = ["feedforward", "lateral", "feedback"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
area.V1 = { shape = [8, 8, 4] }
area.IT = { shape = [4, 4, 6] }
readout = { train = "2..3" }

[lesion.cut]
connections = ["role:feedback@2..", "V1->V1"]

[lesion.cooled]
connections = ["IT->V1"]
steps = "3.."
gain = 0.5
`

// Lesions are read, written out and read again.
func TestLesions(t *testing.T) {
	e, err := Read("x.toml", lesioned, Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if len(e.Lesions) != 2 {
			t.Fatalf("found %d lesions", len(e.Lesions))
		}
		cut, cooled := e.Lesions[0], e.Lesions[1]
		if cut.Name != "cut" || cut.Gain != 0 || len(cut.Connections) != 2 || cut.Connections[0].Window.Has(1) || !cut.Connections[0].Window.Has(2) || !cut.Steps.Has(0) {
			t.Errorf("cut is %+v", cut)
		}
		if cooled.Name != "cooled" || cooled.Gain != 0.5 || cooled.Steps.Has(2) || !cooled.Steps.Has(3) || cooled.Connections[0].Text != "IT->V1" {
			t.Errorf("cooled is %+v", cooled)
		}
		if e, err = Read("y.toml", e.TOML(), Overrides{}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLesionFaults(t *testing.T) {
	for _, c := range [][3]string{
		{"gain = 0.5", "gian = 0.5", `lesion.cooled.gian: unknown key; did you mean "gain"?`},
		{`"IT->V1"`, `"IT->V2"`, `lesion.cooled.connections[0]: "IT->V2" selects no connection; did you mean "IT->V1"?`},
		{`steps = "3.."`, `steps = "3--"`, `lesion.cooled.steps`},
		{`connections = ["IT->V1"]`, `connections = []`, `lesion.cooled: the key "connections" is missing or empty, want connections such as ["role:feedback"]`},
		{"[lesion.cut]", "[lesion.\"a b\"]", `want a name that a file can have`},
		{"[lesion.cut]", "[lesion.all]", `none of none, all, connections, roles`},
		{"gain = 0.5", "gain = [0.5, 1, 0.5]", `lesion.cooled.gain[2]: found 0.5 twice, want each once`},
		{"gain = 0.5", "gain = []", `lesion.cooled.gain: found an empty list, want a number`},
		{"gain = 0.5", `gain = ["x"]`, `lesion.cooled.gain[0]: found "x", want a number`},
		{"gain = 0.5", "sd = 0.5", `lesion.cooled.sd: kind = "scale" does not read it, kind = "noise" does`},
		{"gain = 0.5", "kind = \"noise\"\nsd = [1, -1]", `lesion.cooled.sd[1]: found -1, want 0 or more`},
		{"gain = 0.5", "kind = \"frieze\"", `lesion.cooled.kind: found "frieze", want one of scale, noise, freeze, shuffle; did you mean "freeze"?`},
		{"gain = 0.5", "kind = \"freeze\"\nat = \"late\"", `lesion.cooled.at: found "late", want a step, such as 2, or "mean"`},
		{"gain = 0.5", "norms = \"none\"", `lesion.cooled.norms: found "none", want one of both, keep, reestimate`},
		{"gain = 0.5", "controls = 5", `lesion.cooled.controls: found 5, want 0, or 20 or more`},
		{"gain = 0.5", "controls = 20\nchannels = [\"V1#0\"]", `lesion.cooled.controls: found 20 beside channels`},
		{"gain = 0.5", "channels = [\"V2#0\"]", `lesion.cooled.channels[0]: "V2#0": no area is called "V2"; did you mean "V1"?`},
		{"gain = 0.5", "channels = [\"V1#x\"]", `lesion.cooled.channels[0]: found channels "V1#x", want numbers from 0`},
	} {
		_, err := Read("x.toml", strings.Replace(lesioned, c[0], c[1], 1), Overrides{})
		if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: got %v, want %s", c[1], err, c[2])
		}
	}
}

// A lesion on the command line is a name, or selectors with a gain and a window.
func TestParseLesion(t *testing.T) {
	e, err := Read("x.toml", lesioned, Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := e.ParseLesion("cooled"); err != nil || l.Name != "cooled" || l.Gain != 0.5 {
		t.Errorf("cooled: %+v, %v", l, err)
	}
	l, err := e.ParseLesion("IT->V1@2.., role:lateral gain=0.25 steps=1..3")
	if err != nil || l.Gain != 0.25 || l.Steps.Has(0) || l.Steps.Has(4) || len(l.Connections) != 2 || l.Connections[0].Text != "IT->V1@2.." {
		t.Errorf("got %+v, %v", l, err)
	}
	if l, err = e.ParseLesion("role:feedback"); err != nil || l.Gain != 0 || !l.Steps.Has(0) {
		t.Errorf("got %+v, %v", l, err)
	}
	for text, want := range map[string]string{
		"":                         "found no connections",
		"gain=0":                   "found no connections",
		"IT->V3":                   "lesions of the experiment: cut, cooled",
		"IT->V1 gain=x":            `gain: found "x", want a finite number`,
		"IT->V1 gain=nan":          `gain: found "nan", want a finite number`,
		"IT->V1 gain=-Inf":         `gain: found "-Inf", want a finite number`,
		"IT->V1 steps=x":           "steps",
		"IT->V1 again=1":           `found "again=1", want gain=G, steps=WINDOW, or one of kind`,
		"role:feedbock gain = 0.5": "want one of feedforward",
	} {
		if _, err := e.ParseLesion(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// A text may name a table and change its keys, have channels, quotes and kinds.
func TestLesionTexts(t *testing.T) {
	e, err := Read("x.toml", lesioned+"\n[lesion.noisy]\nkind = \"noise\"\nchannels = [\"V1.response#0,2\"]\nsd = [0.5, 2]\nnorms = \"keep\"\n", Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if e, err = Read("y.toml", e.TOML(), Overrides{}); err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]func(l lesions.Lesion) bool{
		"cooled gain=0.125 norms=keep": func(l lesions.Lesion) bool {
			return l.Gain == 0.125 && len(l.Connections) == 1 && !l.Steps.Has(2) && l.Norms == "keep"
		},
		"noisy sd=3": func(l lesions.Lesion) bool {
			return l.SD == 3 && l.Kind == "noise" && l.Channels[0].Area == "V1" && l.Channels[0].Signal == "response"
		},
		"V1#0,3 gain=1.5": func(l lesions.Lesion) bool {
			return len(l.Channels) == 1 && len(l.Channels[0].Ranges) == 2 && l.Gain == 1.5
		},
		"IT@2..": func(l lesions.Lesion) bool {
			return len(l.Channels) == 1 && l.Channels[0].Ranges == nil && !l.Channels[0].Window.Has(1)
		},
		`"connection:V1->IT", role:feedback kind=freeze at=1 steps=2..`: func(l lesions.Lesion) bool {
			return len(l.Connections) == 2 && l.Connections[0].Only && l.At == 1 && l.Kind == "freeze"
		},
		"role:feedback,role:lateral": func(l lesions.Lesion) bool { return len(l.Connections) == 2 },
	} {
		if l, err := e.ParseLesion(text); err != nil || !ok(l) {
			t.Errorf("%s: got %+v, %v", text, l, err)
		}
	}
	for text, want := range map[string]string{
		"noisy gain=1":             `gain: kind = "noise" does not read it`,
		"role:feedback norms=none": `norms: found "none", want one of both, keep, reestimate`,
		"V1#9..":                   `found channels "V1#9..", want numbers`,
		`"role:feedback`:           `found a quote that nothing closes`,
		"cooled controls=3":        `controls: found 3, want 0, or 20 or more`,
		"cooled at=x":              `at: found "x", want a step`,
	} {
		if _, err := e.ParseLesion(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"noisy":               "[{sd=0.5 noisy sd=0.5} {sd=2 noisy sd=2}]",
		"cooled":              "[{ cooled}]",
		"roles gain=0.5":      "[{role=feedforward role:feedforward gain=0.5} {role=lateral role:lateral gain=0.5} {role=feedback role:feedback gain=0.5}]",
		"connections":         `[{connection=V1-V1 "connection:V1->V1"} {connection=IT-V1 "connection:IT->V1"} {connection=V1-IT "connection:V1->IT"} {connection=IT-IT "connection:IT->IT"}]`,
		"role:lateral gain=1": "[{ role:lateral gain=1}]",
	} {
		if got, err := LesionsOf(e, text); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: got %v, %v, want %s", text, got, err, want)
		}
	}
	if all, err := LesionsOf(e, "all"); err != nil || len(all) != 7 {
		t.Errorf("got %v, %v", all, err)
	}
	if got := Sides(e, []string{"cooled", "noisy"}, "reestimate"); fmt.Sprint(got) != "[cooled norms=reestimate noisy]" {
		t.Errorf("got %q", got)
	}
	if got := Sides(e, []string{"noisy"}, "keep"); got != nil {
		t.Errorf("got %q", got)
	}
}

// A condition of a lesion with lists is one for each value, crossed with the others.
func TestLesionConditions(t *testing.T) {
	e, err := Read("x.toml", lesioned+`
[lesion.curve]
connections = ["role:lateral"]
gain = [1, 0.5]

[condition.c]
lesion = "curve"

[condition.two]
lesion = ["none", "curve + cut"]
steps = [4, 5]

[condition.each]
lesion = "roles"
`, Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range e.Conditions {
		for _, c := range table.List {
			names = append(names, c.Name)
		}
	}
	want := "c[gain=1] c[gain=0.5] two[lesion=none,steps=4] two[lesion=none,steps=5] two[lesion=curve_+_cut,gain=1,steps=4] two[lesion=curve_+_cut,gain=1,steps=5] " +
		"two[lesion=curve_+_cut,gain=0.5,steps=4] two[lesion=curve_+_cut,gain=0.5,steps=5] each[role=feedforward] each[role=lateral] each[role=feedback]"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A condition with a lesion that lies idle in a variant says so, and what would do; what it
// proposes does.
func TestIdleCondition(t *testing.T) {
	text := strings.Replace(lesioned, "pattern =", "input = { steps = \"0..\" }\npattern =", 1) + "\n[condition.without]\nlesion = \"cooled\"\n[variant.forward]\npattern = [\"feedforward\"]\n"
	_, err := Read("x.toml", text, Overrides{Variant: "forward"})
	if want := `condition.without.lesion: lesion.cooled lies idle: of the connections that it selects none is left; want another lesion in the variant's condition, as in [variant.NAME] "condition.NAME.lesion" = "none"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if _, err := Read("x.toml", text+"\"condition.without.lesion\" = \"none\"\n", Overrides{Variant: "forward"}); err != nil {
		t.Errorf("with no lesion in the variant: %v", err)
	}
}

// A lesion of connections that a variant or --set takes away lies idle, and is noted;
// one that the variant has itself must select some, and a misspelt one is a fault.
func TestIdleLesions(t *testing.T) {
	lesioned := strings.Replace(lesioned, "pattern =", "input = { steps = \"0..\" }\npattern =", 1)
	const forward = "\n[variant.forward]\npattern = [\"feedforward\"]\n"
	for _, c := range []struct {
		text string
		o    Overrides
		note string
	}{
		{lesioned + forward, Overrides{Variant: "forward"}, `lesion.cut lies idle: variant forward leaves no connection that "role:feedback@2.." selects`},
		{lesioned, Overrides{Set: []string{`pattern=["feedforward"]`}}, `lesion.cut lies idle: --set leaves no connection that "V1->V1" selects`},
		{lesioned, Overrides{Set: []string{`without="IT->V1"`}}, `lesion.cooled lies idle: --set leaves no connection that "IT->V1" selects`},
	} {
		e, err := Read("x.toml", c.text, c.o)
		if err != nil {
			t.Errorf("%+v: %v", c.o, err)
			continue
		}
		if !slices.Contains(e.Notes, c.note) {
			t.Errorf("notes %q, want %q", e.Notes, c.note)
		}
		for _, l := range e.Lesions {
			if l.Name == "cooled" || len(l.Connections) != 1 || l.Connections[0].Text != "V1->V1" {
				t.Errorf("%s has %+v left", l.Name, l.Connections)
			}
		}
		if _, err := Read("y.toml", e.TOML(), Overrides{}); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{
		lesioned + forward + "lesion.own.connections = [\"IT->V1\"]\n",
		strings.Replace(lesioned, "role:feedback@", "role:feedbak@", 1) + forward,
	} {
		if _, err := Read("x.toml", text, Overrides{Variant: "forward"}); err == nil || !strings.Contains(err.Error(), "connections[0]") {
			t.Errorf("got %v, want a fault", err)
		}
	}
}

// A lesion after the last step changes nothing, which is noted: a condition with more
// steps may reach it.
func TestLateLesions(t *testing.T) {
	for steps, want := range map[string]int{"4": 1, "8": 0} {
		e, err := Read("x.toml", strings.Replace(lesioned, `"3.."`, `"6.."`, 1), Overrides{Set: []string{"steps=" + steps}})
		if err != nil {
			t.Fatal(err)
		}
		late := 0
		for _, n := range e.Notes {
			if strings.HasPrefix(n, `lesion.cooled changes nothing: "IT->V1" selects no connection that delivers at steps 6..`) {
				late++
			}
		}
		if late != want {
			t.Errorf("%s steps: notes %q", steps, e.Notes)
		}
	}
}
