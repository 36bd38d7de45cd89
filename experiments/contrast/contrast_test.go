package contrast

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestConditionName takes names apart as the reader of experiments puts them together.
func TestConditionName(t *testing.T) {
	for _, x := range []struct {
		name, of string
		values   []Value
	}{
		{"intact", "intact", nil},
		{"mask[soa=1,lesion=none]", "mask", []Value{{"soa", "1"}, {"lesion", "none"}}},
		{"mask[soa=1]+steps=12", "mask+steps=12", []Value{{"soa", "1"}}},
		{"mask[soa=1]+cut[gain=0.5,norms=keep]", "mask+cut", []Value{{"soa", "1"}, {"gain", "0.5"}, {"norms", "keep"}}},
		{"mask[soa=1", "mask[soa=1", nil},
		{"cut[lesion=V4#[3,17]_gain=0.5]", "cut", []Value{{"lesion", "V4#[3,17]_gain=0.5"}}},
	} {
		of, values := NameOf(x.name)
		if of != x.of || !slices.Equal(values, x.values) {
			t.Errorf("%s is of %q with %v, want %q with %v", x.name, of, values, x.of, x.values)
		}
	}
}

// TestContrastText reads differences, brackets included, and refuses what is none.
func TestContrastText(t *testing.T) {
	for _, x := range []struct {
		text  string
		names []string
		signs []float64
	}{
		{"intact - cut", []string{"intact", "cut"}, []float64{1, -1}},
		{"(a - b) - (c - d[soa=1,lesion=fb])", []string{"a", "b", "c", "d[soa=1,lesion=fb]"}, []float64{1, -1, -1, 1}},
		{"a - (b - c)", []string{"a", "b", "c"}, []float64{1, -1, 1}},
		{"as trained - IT->V4-gain=0", []string{"as trained", "IT->V4-gain=0"}, []float64{1, -1}},
	} {
		got, err := parse(x.text)
		if err != nil {
			t.Fatal(err)
		}
		if names, signs := got.leaves(1); !slices.Equal(names, x.names) || !slices.Equal(signs, x.signs) || got.String() != x.text {
			t.Errorf("%q is %q with signs %v", x.text, names, signs)
		}
	}
	for text, want := range map[string]string{
		"a - b - c": "two differences", "(a - b": "that nothing closes", "a) - b": "that nothing opens", "a - ": "want the name of a condition", "(a) b": "want the name",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: found the error %v, want %q in it", text, err, want)
		}
	}
}

// TestRows: names stand for all conditions of theirs that agree in the values which both
// have. One without a list stands beside each of its values; one of a list of which a
// condition has no value is not paired with those that have one.
func TestRows(t *testing.T) {
	four := []string{AsTrained, "mask[soa=1,lesion=none]", "mask[soa=1,lesion=fb]", "mask[soa=2,lesion=none]", "mask[soa=2,lesion=fb]"}
	for _, x := range []struct {
		names        []string
		suffix, of   string
		want, refuse string
	}{
		{four, "", "mask[lesion=none] - mask[lesion=fb]", "x[soa=1]: mask[soa=1,lesion=none] - mask[soa=1,lesion=fb]; x[soa=2]: mask[soa=2,lesion=none] - mask[soa=2,lesion=fb]", ""},
		{four, "", "as trained - mask[lesion=fb]", "x[soa=1]: as trained - mask[soa=1,lesion=fb]; x[soa=2]: as trained - mask[soa=2,lesion=fb]", ""},
		{four, "", "as trained - mask[soa=1,lesion=fb]", "x: as trained - mask[soa=1,lesion=fb]", ""},
		{append(four, "long[soa=2]"), "", "mask[lesion=none] - long", "x[soa=2]: mask[soa=2,lesion=none] - long[soa=2]", ""},
		{append(four, "short[soa=5]"), "", "mask - short", "", "no conditions of mask and short have equal values; there are as trained, mask[soa=1|2,lesion=none|fb], short[soa=5]"},
		{append(four, "mask[lesion=none]"), "", "mask[lesion=none] - mask[soa=1,lesion=fb]", "x[soa=1]: mask[soa=1,lesion=none] - mask[soa=1,lesion=fb]; x[soa=2]: mask[soa=2,lesion=none] - mask[soa=1,lesion=fb]; x: mask[lesion=none] - mask[soa=1,lesion=fb]", ""},
		{append(four, "mask[lesion=none]"), "", "mask[lesion=none] - mask[lesion=fb]", "x[soa=1]: mask[soa=1,lesion=none] - mask[soa=1,lesion=fb]; x[soa=2]: mask[soa=2,lesion=none] - mask[soa=2,lesion=fb]", ""},
		{[]string{AsTrained, "mask[soa=1]+steps=9", "cut+steps=9"}, "+steps=9", "mask - cut", "x[soa=1]: mask[soa=1]+steps=9 - cut+steps=9", ""},
		{[]string{AsTrained, "mask[soa=1]+steps=9", "cut+steps=9"}, "+steps=9", "mask+steps=9 - cut", "x[soa=1]: mask[soa=1]+steps=9 - cut+steps=9", ""},
		{four, "", "mask[lesion=none] - mask[lesion=fc]", "", "no condition \"mask[lesion=fc]\" is there; the values of lesion are none, fb"},
		{four, "", "mask[lesion=none] - mask[sao=1]", "", "mask has no sao, its lists are mask[soa=1|2,lesion=none|fb]"},
		{four, "", "mask[lesion=none] - masc", "", "did you mean \"mask\"?"},
		{four, "", "mask[lesion=none] - unknown", "", "there are as trained, mask[soa=1|2,lesion=none|fb]"},
		{four, "", "mask", "", "want a difference of conditions"},
	} {
		rows, err := Conditions{x.names, x.suffix}.Rows(Contrast{"x", x.of})
		var got []string
		for _, r := range rows {
			got = append(got, r.Name+": "+r.Of)
		}
		if text := strings.Join(got, "; "); text != x.want {
			t.Errorf("%s: found %q, want %q", x.of, text, x.want)
		}
		if (err != nil) != (x.refuse != "") || err != nil && !strings.Contains(err.Error(), x.refuse) {
			t.Errorf("%s: found the error %v, want %q in it", x.of, err, x.refuse)
		}
		if errors.As(err, &Foreign{}) {
			t.Errorf("%s: conditions of it are there, but it counts as one of others", x.of)
		}
	}
	_, err := Conditions{four, ""}.Rows(Contrast{"x", "as trained - cut"})
	if !errors.As(err, &Foreign{}) {
		t.Errorf("found the error %v of a contrast of other conditions", err)
	}
}
