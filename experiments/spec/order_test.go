package spec

import (
	"strings"
	"testing"
)

// TestOrderOfLists: names of conditions and protocols have their values in the order of the
// text that they stand in: a file, a variant, or --set.
func TestOrderOfLists(t *testing.T) {
	b, _, _ := FindBuiltin("debris")
	const table = `{ steps = [20, 30], lesion = ["none", "role:feedback"] }`
	const shown = `{ soa = [1, 2], delay = [3, 4], show = [{ for = "delay", blank = "grey" }, { for = "soa", image = true, luminance = [0.5, 1.0], contrast = [0.2, 1.0] }] }`
	for name, x := range map[string]struct {
		text string
		o    Overrides
	}{
		"a file":          {"[condition]\nc = " + table + "\n[protocol]\np = " + shown, Overrides{}},
		"--set":           {"", Overrides{Set: []string{"condition.c=" + table, "protocol.p=" + shown}}},
		"--set, by key":   {"", Overrides{Set: []string{"condition.c.steps=[20, 30]", `condition.c.lesion=["none", "role:feedback"]`, "protocol.p=" + shown}}},
		"a variant":       {"[variant.v]\n\"condition.c\" = " + table + "\n\"protocol.p\" = " + shown, Overrides{Variant: "v"}},
		"a variant table": {"[variant.v]\ncondition.c = " + table + "\nprotocol.p = " + shown, Overrides{Variant: "v"}},
	} {
		e, err := Read("x.toml", b.Text+"\n"+x.text+"\n", x.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := e.Conditions[0].List[0].Name; got != "c[steps=20,lesion=none]" {
			t.Errorf("%s: the first condition is %s", name, got)
		}
		if got, want := e.Protocols[0].Conditions[0].Name, "p[soa=1,delay=3,luminance=0.5,contrast=0.2]"; got != want {
			t.Errorf("%s: the first of the protocol is %s, want %s", name, got, want)
		}
		again, err := Read("again.toml", e.TOML(), Overrides{})
		if err != nil || again.Conditions[0].List[1].Name != e.Conditions[0].List[1].Name || !strings.HasPrefix(again.Protocols[0].Conditions[1].Name, "p[soa=1,delay=3,luminance=0.5,contrast=1") {
			t.Errorf("%s: the resolved file reads as %v", name, err)
		}
	}
}
