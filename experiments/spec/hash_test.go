package spec

import "testing"

// TestContentOfCircumstances: circumstances in which a run is tested afterwards do not
// change what it computes, and the protocol that it trains under does.
func TestContentOfCircumstances(t *testing.T) {
	const masked = "\n[protocol.masked]\nmask = [1, 2]\nshow = [{ for = \"mask\", image = true }, { for = \"rest\", mask = \"tiles\" }]\n"
	content := func(input, more string) string {
		t.Helper()
		text, err := read(t, chainOf(input, `train = "6"`, more), Overrides{}).Content("", "")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	plain := content(`steps = "0.."`, "")
	for _, more := range []string{
		"\n[condition.x]\nprotocol = \"backward_masking\"\n",
		"\n[test]\ncondition = \"backward_masking\"\n[record]\ncondition = \"durations\"\n",
		masked,
		masked + "[condition.x]\nprotocol = \"masked\"\n[contrast]\nlate = \"x[mask=2] - x[mask=1]\"\n",
	} {
		if content(`steps = "0.."`, more) != plain {
			t.Errorf("%s changes the content", more)
		}
	}
	one, both := content(`protocol = "masked[mask=1]"`, masked), content(`protocol = "masked"`, masked)
	stream := content(`steps = "0.."`, "[input.cue]\nto = \"V1\"\nprotocol = \"masked\"\n"+masked)
	other := content(`steps = "0.."`, "[input.cue]\nto = \"V1\"\nprotocol = \"masked\"\n"+masked[:len(masked)-len(`"tiles" }]`)-1]+"\"noise\" }]\n")
	if one == plain || one == both || stream == plain || stream == other {
		t.Error("a protocol that the run shows images under does not change the content")
	}
}
