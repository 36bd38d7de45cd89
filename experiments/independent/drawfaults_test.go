package independent

import "strings"

// A mistake is one that a user could make in any file. It is written at path,
// whose parts are divided by "/"; the connection "V1->V1 odd" is one of its own.
type mistake struct {
	path  string
	value any
}

var mistakes = []mistake{
	{"step", 3}, {"steps", 0}, {"steps", 2001}, {"steps", "4"}, {"steps", 2.5}, {"format", 1}, {"seed", -1}, {"precision", "double"},
	{"areas", []any{}}, {"areas", []any{"V1", "V1"}}, {"areas", []any{"V1", "V9"}}, {"area/V9", table{"shape": []any{1, 1, 1}}},
	{"area/V1/shape", []any{8, 8}}, {"area/V1/shape", []any{8, 8, 0}}, {"area/V1/shape", []any{8, -8, 2}}, {"area/V1/shape", "8x8x2"},
	{"area/V1/shap", 3}, {"area/V1/kind", "lif"}, {"area/V1/bias", "maybe"}, {"area/V1/silent", true},
	{"area/V1/norm", table{"kind": "layer"}}, {"area/V1/norm", table{"epsilon": 0.1}}, {"area/V1/norm", table{"eps": -0.1}},
	{"area/V1/norm", table{"momentum": 1.5}}, {"area/V1", table{"kind": "rate", "lambda": 0.0}}, {"area/V1", table{"kind": "rate", "lambda": 1.5}},
	{"area/V1", table{"kind": "rate", "order": []any{"norm", "norm"}}}, {"area/V1", table{"kind": "rate", "order": []any{"relu", "tanh"}}},
	{"default/area/kind", "spiking"}, {"default/norm/kind", "group"}, {"default/norm/statistics", "per_image"}, {"default/norm/affine", true},
	{"default/role", table{}}, {"default/norm/radius", -1}, {"defaults", table{}},
	{"connection/V1->V9", table{}}, {"connection/V1-V1", table{}}, {"connection/V9->V1", false}, {"connection/V1->V1 odd", true},
	{"connection/V1->V1 odd/kind", "convolution"}, {"connection/V1->V1 odd/kernel", 0}, {"connection/V1->V1 odd/kernel", 2.5},
	{"connection/V1->V1 odd/kernel", "3"}, {"connection/V1->V1 odd/kernal", 3}, {"connection/V1->V1 odd/delay", -1},
	{"connection/V1->V1 odd/delay", "1"}, {"connection/V1->V1 odd/window", "3..1"}, {"connection/V1->V1 odd/window", "a..b"},
	{"connection/V1->V1 odd/window", "-1"}, {"connection/V1->V1 odd/merge", "subtract"}, {"connection/V1->V1 odd/ports", []any{"reset"}},
	{"connection/V1->V1 odd/state", "potential"}, {"connection/V1->V1 odd/gain", "big"}, {"connection/V1->V1 odd/bias", true},
	{"connection/V1->V1 odd/plus", "conv"}, {"connection/V1->V1 odd/role", "sideways"}, {"connection/V1->V1 odd/time", "sometimes"},
	{"connection/V1->V1 odd/init", "zeros"}, {"connection/V1->V1 odd", table{"kind": "brc", "times": 10}},
	{"connection/V1->V1 odd", table{"kind": "brc", "times": 0}}, {"connection/V1->V1 odd", table{"kind": "brc", "width": -1}},
	{"connection/V1->V1 odd", table{"kind": "brc", "stride_at": "middle"}}, {"connection/V1->V1 odd", table{"kind": "pool_conv", "pool": "median"}},
	{"connection/V1->V1 odd", table{"kind": "pool_conv", "pool_size": -1}}, {"connection/V1->V1 odd", table{"kind": "conv", "times": 2}},
	{"role/sideways", table{"delay": 1}}, {"kind/conv", table{"kind": "brc"}}, {"kind/odd", table{"kind": "odd"}}, {"kind/odd", table{"times": 2}},
	{"pattern", []any{"sideways"}}, {"pattern", 3}, {"without", "V1->V9"}, {"without", "role:sideways"}, {"without", "area:V9"},
	{"matrix", table{"to": []any{"V1"}, "V1": []any{"conv", "conv"}}}, {"matrix", table{"to": []any{"V9"}, "V1": []any{"conv"}}},
	{"matrix", table{"to": []any{"V1"}, "V9": []any{"conv"}}}, {"matrix", table{"to": []any{"V1"}, "V1": []any{"odd"}}},
	{"sharing/time", "sometimes"}, {"sharing/time", "tied 3.."}, {"sharing/between", "sets"}, {"sharing/sets", []any{"V1->V1"}},
	{"sharing/sets", table{"x": []any{"V1->V9"}}}, {"sharing/sets", table{"x": []any{"role:sideways"}}}, {"sharing/set", table{}},
	{"input/to", "V9"}, {"input/steps", "99"}, {"input/steps", "now"}, {"input/delay", -1}, {"input/net", []any{"convolution"}},
	{"input/net", []any{table{"kernel": 3}}}, {"input/net", []any{table{"kind": "conv", "kernel": 0}}}, {"input/show", "0"},
	{"input/protocol", "nobody"}, {"input/protocol", 3}, {"protocol/odd", table{}}, {"protocol/odd/show", []any{}}, {"protocol/odd/show", "image"},
	{"protocol/odd/show", []any{table{"image": true}}}, {"protocol/odd/show", []any{table{"for": 0, "image": true}}}, {"protocol/odd/show", []any{table{"for": 2}}},
	{"protocol/odd/show", []any{table{"for": 2, "image": true, "blank": "grey"}}}, {"protocol/odd/show", []any{table{"for": 2, "steps": "0", "image": true}}},
	{"protocol/odd/show", []any{table{"for": "rest", "image": true}, table{"for": 2, "blank": "grey"}}}, {"protocol/odd/show", []any{table{"for": 2, "blank": "gray"}}},
	{"protocol/odd/show", []any{table{"for": 2, "image": true, "contrast": -1}}}, {"protocol/odd/show", []any{table{"for": 2, "mask": "image", "colour": 1}}},
	{"protocol/odd", table{"soa": 2, "show": []any{table{"for": 2, "image": true}}}}, {"protocol/odd", table{"ground": "red", "show": []any{table{"for": 2, "image": true}}}},
	{"readout/labels", "each"}, {"readout/lag", -2}, {"readout/lag", "long"},
	{"readout/from", "V9"}, {"readout/loss", "hinge"}, {"readout/over", "max"}, {"readout/train", "99"}, {"readout/train", "any of"},
	{"readout/train", "2..1"}, {"readout/train", ""}, {"readout/test", "any of 0..0"}, {"readout/state", "potential"}, {"readout/cumulative", "product"},
	{"readout/net", []any{"average"}}, {"readout/net", []any{table{"kind": "dense", "channels": 3}}}, {"readout/net", []any{"dense", "max_poool"}},
	{"readout/weights", []any{"1"}}, {"readout/weight", []any{1.0}}, {"readout/decide", "guess"},
	{"train/optimiser", "lion"}, {"train/batch", 0}, {"train/rate", 0.0}, {"train/epochs", -1}, {"train/learning_rate", 0.1}, {"train/recompute", -1},
	{"stimuli/kind", "faces"}, {"stimuli/size", 7}, {"stimuli/train", 0}, {"record/signals", []any{"potential"}}, {"record/images", 0},
	{"control", []any{"nobody"}}, {"variant/odd", 3},
}

// make makes the mistake in a file.
func (m mistake) make(f table) {
	parts := strings.Split(m.path, "/")
	t := f
	for _, part := range parts[:len(parts)-1] {
		t = t.at(part)
	}
	last := parts[len(parts)-1]
	switch m.path {
	case "matrix":
		delete(f, "pattern")
	case "input/steps":
		delete(t, "protocol")
	case "input/protocol":
		delete(t, "steps")
	}
	own, isTable := m.value.(table)
	if old, ok := t[last].(table); ok && isTable && parts[0] == "area" {
		old.put(own)
	} else {
		t[last] = m.value
	}
}

// key is what the program's name of the faulty key begins with.
func (m mistake) key() string {
	if m.path == "areas" {
		return "area" // the tables of areas that are left out are faults, too
	}
	parts := strings.Split(m.path, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "> ") {
			parts[i] = `"` + part + `"`
		}
	}
	return strings.Join(parts, ".")
}
