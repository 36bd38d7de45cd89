package independent

import "testing"

// TestCases compares files in which parts of the language meet.
func TestCases(t *testing.T) {
	head := func(more table) table {
		f := table{"format": 2, "steps": 6, "areas": []any{"V1", "V2"},
			"area":    table{"V1": table{"shape": []any{8, 8, 3}}, "V2": table{"shape": []any{4, 4, 3}}},
			"input":   table{"steps": "0.."},
			"stimuli": table{"kind": "digits", "size": 8, "canvas": 128, "fragment_min": 2, "fragment_max": 3, "train": 16, "validation": 4, "test": 4},
			"train":   table{"batch": 3, "epochs": 1}}
		return f.put(more)
	}
	rows := func(v1, v2 []any) table { return table{"to": []any{"V1", "V2"}, "V1": v1, "V2": v2} }
	blocked := table{"to": []any{"V1"}, "V2": []any{""}}
	up := []any{"brd", "conv"}
	for _, c := range []struct {
		name, variant string
		file          table
	}{
		{"a cell whose kind has a window is blocked", "", head(table{
			"kind":   table{"late": table{"kind": "brd", "window": "2.."}},
			"matrix": rows([]any{"", "conv"}, []any{"late", "conv"}).put(table{"3..4": blocked})})},
		{"a branch and a convolution in one set", "", head(table{
			"matrix":  rows([]any{"brc", "conv"}, up),
			"sharing": table{"sets": table{"x": []any{"V1->V1", "V1->V2"}}}})},
		{"a branch and its adjoint in one set", "", head(table{
			"kind":    table{"two": table{"kind": "brc", "times": 2, "width": 2}, "back": table{"kind": "brd", "times": 2, "width": 2}},
			"matrix":  rows([]any{"", "two"}, []any{"back", "conv"}),
			"default": table{"area": table{"bias": "connection"}},
			"sharing": table{"sets": table{"x": []any{"V1->V2", "V2->V1"}}}})},
		{"kernels of two sizes in one set", "", head(table{
			"kind":    table{"back": table{"kind": "brd", "times": 2, "width": 2}},
			"matrix":  rows([]any{"", "brc"}, []any{"back", "conv"}),
			"sharing": table{"sets": table{"x": []any{"V1->V2", "V2->V1"}}}})},
		{"the second norm of a branch that is blocked", "", head(table{
			"kind":    table{"two": table{"kind": "brd", "times": 2}},
			"default": table{"norm": table{"statistics": "shared", "affine": "shared"}},
			"matrix":  rows([]any{"", "conv"}, []any{"two", "conv"}).put(table{"3": blocked})})},
		{"a lateral connection goes with its shortcut", "", head(table{
			"pattern": []any{"feedforward", "lateral"}, "without": "role:lateral",
			"role": table{"lateral": table{"kind": "brc", "plus": "identity"}}})},
		{"a variant's pattern leaves out what the file refined", "forward", head(table{
			"pattern": []any{"feedforward", "lateral"}, "connection": table{"V1->V1": table{"kernel": 5}},
			"variant": table{"forward": table{"pattern": []any{"feedforward"}}}})},
		{"a role's keys hold for another kind", "", head(table{
			"pattern": []any{"feedforward", "lateral"}, "connection": table{"V1->V1": table{"kind": "brc"}},
			"role": table{"lateral": table{"kind": "conv", "kernel": 5, "plus": "identity"}}})},
		{"a readout's norm is borrowed", "", head(table{
			"pattern": []any{"feedforward", "lateral"}, "default": table{"norm": table{"untrained": "last"}},
			"readout": table{"train": "3", "test": "2..", "net": []any{"batch", "average", "dense"}}})},
		{"a readout's norm is not there", "", head(table{
			"pattern": []any{"feedforward", "lateral"}, "default": table{"area": table{"norm": table{"kind": "none"}}, "norm": table{"untrained": "error"}},
			"readout": table{"train": "3", "test": "2..", "net": []any{"batch", "average", "dense"}}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fileText(1, c.file)
			n, refusal := resolve(c.file, c.variant)
			if err := compare(1, text, c.variant, n, refusal); err != nil {
				t.Errorf("%v\nvariant %q of\n%s", err, c.variant, text)
			}
		})
	}
}
