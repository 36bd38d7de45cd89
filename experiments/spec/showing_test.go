package spec

import (
	"slices"
	"strings"
	"testing"

	"ventral/experiments/protocol"
)

// chainOf is a chain of three areas, of which the last is reached two steps after the
// first, with more lines and tables.
func chainOf(input, readout, more string) string {
	return `format = 2
steps = 7
areas = ["V1", "V2", "IT"]
pattern = ["feedforward", "lateral"]
stimuli = { kind = "digits", train = 32, validation = 16, test = 16 }
area.V1 = { shape = [8, 8, 2] }
area.V2 = { shape = [4, 4, 2] }
area.IT = { shape = [2, 2, 2] }
input = { ` + input + ` }
readout = { ` + readout + ` }
train = { batch = 16, epochs = 1 }
` + more
}

const pair = `
[protocol.pair]
show = [{ for = 1, blank = "absent" }, { for = 2, image = true }, { for = 2, image = 1 }, { for = "rest", blank = "grey" }]
`

// TestLag judges answers by what was on the screen as many steps before as it takes to
// the readout, or as the file says; steps without are not trained.
func TestLag(t *testing.T) {
	for _, c := range []struct {
		name, text     string
		answers, train []int
	}{
		{"as long as the image takes", chainOf(`protocol = "pair"`, `labels = "shown", train = "0.."`, pair), []int{-1, -1, -1, 0, 0, 1, 1}, []int{3, 4, 5, 6}},
		{"some steps", chainOf(`protocol = "pair"`, `labels = "shown", train = "0, 4..5"`, pair), []int{-1, -1, -1, 0, 0, 1, 1}, []int{4, 5}},
		{"weights", chainOf(`protocol = "pair"`, `labels = "shown", train = "0, 4..5", weights = [1.0, 2.0, 3.0], cumulative = "mean"`, pair), []int{-1, -1, -1, 0, 0, 1, 1}, []int{4, 5}},
		{"none", chainOf(`protocol = "pair"`, `labels = "shown", lag = 0, train = "3.."`, pair), []int{-1, 0, 0, 1, 1, -1, -1}, []int{3, 4}},
		{"more", chainOf(`protocol = "pair"`, `labels = "shown", lag = 4, train = "3.."`, pair), []int{-1, -1, -1, -1, -1, 0, 0}, []int{5, 6}},
		{"an image at the steps of the input", chainOf(`steps = "0..1"`, `labels = "shown", train = "2.."`, ""), []int{-1, -1, 0, 0, -1, -1, -1}, []int{2, 3}},
		{"a delay of the input", chainOf(`steps = "0..1", delay = 1`, `labels = "shown", train = "3"`, ""), []int{-1, -1, -1, 0, 0, -1, -1}, []int{3}},
		{"the label of the trial", chainOf(`protocol = "pair"`, `lag = 3, train = "3.."`, pair+"label = 1"), nil, []int{3, 4, 5, 6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := Read("x.toml", c.text, Overrides{})
			if err != nil {
				t.Fatalf("%v in\n%s", err, c.text)
			}
			g, err := e.Graph()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(g.Screen.Answers, c.answers) || !slices.Equal(g.TrainSteps(), c.train) {
				t.Errorf("got answers %v, trained steps %v, want %v and %v", g.Screen.Answers, g.TrainSteps(), c.answers, c.train)
			}
			resolved := e.TOML()
			again, err := Read("resolved.toml", resolved, Overrides{})
			if err != nil {
				t.Fatalf("%v\n%s", err, resolved)
			}
			if again.TOML() != resolved {
				t.Errorf("the resolved file reads back differently:\n%s\nwant\n%s", again.TOML(), resolved)
			}
		})
	}
}

// TestProtocolOrSteps: of a protocol and input.steps the later change counts; side by
// side they are refused.
func TestProtocolOrSteps(t *testing.T) {
	shown := chainOf(`protocol = "masked"`, `train = "6"`, "\n[protocol.masked]\nshow = [{ for = 2, image = true }, { for = \"rest\", mask = \"tiles\" }]\n")
	steps := strings.Replace(shown, `protocol = "masked"`, `steps = "0..1"`, 1)
	for _, c := range []struct {
		name, text, variant string
		set                 []string
		want                string
	}{
		{"protocol", shown, "", nil, "0..1 image; 2.. mask: tiles"},
		{"steps", steps, "", nil, "0..1 image; 2.. no input"},
		{"set steps", shown, "", []string{`input.steps="0..3"`}, "0..3 image; 4.. no input"},
		{"set a protocol", steps, "", []string{"input.protocol=masked"}, "0..1 image; 2.. mask: tiles"},
		{"set none", shown, "", []string{"input.protocol=[]"}, "0 image; 1.. no input"},
		{"set a condition of a built-in one", steps, "", []string{`input.protocol="backward_masking[soa=3]"`}, "0..2 image; 3.. mask: tiles"},
		{"a variant's protocol", steps + "\n[variant.m]\ninput.protocol = \"masked\"\n", "m", nil, "0..1 image; 2.. mask: tiles"},
		{"a variant's steps", shown + "\n[variant.s]\ninput.steps = \"2\"\n", "s", nil, "0..1 no input; 2 image; 3.. no input"},
		{"both", strings.Replace(shown, "input = {", `input = { steps = "0",`, 1), "", nil, "found a protocol beside input.steps"},
		{"unknown", shown, "", []string{"input.protocol=maskd"}, `no protocol is called "maskd"; did you mean "masked"?`},
		{"unknown condition", shown, "", []string{`input.protocol="backward_masking[soa=5]"`}, "is none of the conditions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := Read("x.toml", c.text, Overrides{Variant: c.variant, Set: c.set})
			got := ""
			if err != nil {
				got = err.Error()
			} else if g, err := e.Graph(); err != nil {
				got = err.Error()
			} else {
				got = protocol.Line(g.Screen.Strip)
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
