package run_test

import (
	"slices"
	"testing"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// TestDifferences wants the keys of resolved experiments that differ, whatever
// made them, with both values.
func TestDifferences(t *testing.T) {
	a, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{})
	if d := spec.Differences(a, a); len(d) > 0 {
		t.Errorf("an experiment differs from itself: %v", d)
	}
	b, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.rate=0.5", `default.area.lambda=0.5`, `readout.net=["max", "dense"]`}})
	var got []string
	for _, d := range spec.Differences(a, b) {
		got = append(got, d.String())
	}
	want := []string{
		"area.V1.lambda is 0.5, was 1.0", "area.IT.lambda is 0.5, was 1.0",
		`readout.net is [ "max", { kind = "dense", channels = 0, bias = "auto", init = "he_normal" }, ], was [ "average", { kind = "dense", channels = 0, bias = "auto", init = "he_normal" }, ]`,
		"train.rate is 0.5, was 0.01",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	// A connection that only one has is all of its keys.
	var gone []decode.Difference
	for _, d := range spec.Differences(a, controls[0]) {
		if d.Is == "" {
			gone = append(gone, d)
		}
	}
	if !slices.ContainsFunc(gone, func(d decode.Difference) bool { return d.Key == `connection."IT->V1".delay` && d.Was == "1" }) {
		t.Errorf("got %v, want the feedback connection's delay among what is gone", gone)
	}
	if s := (decode.Difference{Key: "x", Is: "1"}).String(); s != "x is 1, was not there" {
		t.Errorf("got %q", s)
	}
}
