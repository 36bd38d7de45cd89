package spec

import (
	"fmt"
	"slices"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/nn"
)

// readInput reads [input] of an experiment with areas and protocols.
func readInput(s *decode.Source, v any, e *Experiment, norm nn.Norm) (cortex.Input, error) {
	areas := areaNames(e.Areas)
	in, path := cortex.Input{To: areas[:1], Steps: cortex.At(0)}, []string{"input"}
	conv, _ := cortex.NewLayer("conv", norm)
	in.Net = []cortex.Layer{conv}
	if v == nil {
		return in, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return in, err
	}
	if err := readStreams(s, streamTables(m), e, norm); err != nil {
		return in, err
	}
	err = s.Bind(path, m, map[string]decode.Hook{
		"to":       func(at []string, v any) (err error) { in.To, err = someAreas(s, at, v, areas); return err },
		"net":      func(at []string, v any) (err error) { in.Net, err = readLayers(s, at, v, norm); return err },
		"protocol": readShowing(s, e),
	}, &in)
	return in, err
}

// readLayers reads the layers of a net: names, or tables with a kind.
func readLayers(s *decode.Source, path []string, v any, norm nn.Norm) ([]cortex.Layer, error) {
	if err := s.Unread(path, v); err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		example := ""
		if name, ok := v.(string); ok {
			example = fmt.Sprintf(", such as [%q]", name)
		}
		return nil, s.Fault(path, "found %s, want a list of layers%s", decode.Described(v), example)
	}
	net := []cortex.Layer{}
	for i, v := range list {
		layer, err := readLayer(s, decode.Element(path, i), v, norm)
		if err != nil {
			return nil, err
		}
		net = append(net, layer)
	}
	return net, nil
}

// readLayer reads one layer.
func readLayer(s *decode.Source, at []string, v any, norm nn.Norm) (l cortex.Layer, err error) {
	m, table := v.(map[string]any)
	name, ok := v.(string)
	if table {
		name, ok = m["kind"].(string)
	}
	if table && !ok {
		if err := kindMissing(s, at, m, decode.KeysOf(&l)); err != nil {
			return l, err
		}
	}
	if !ok {
		return l, s.Fault(at, "found %s, want the name of a layer or a table with its kind", decode.Described(v))
	}
	if l, err = cortex.NewLayer(name, norm); err != nil {
		return l, s.Fault(at, "%v%s", err, layerMeant(name))
	}
	for _, k := range s.Keys(at, m) {
		if keys := cortex.LayerKeys(name); k != "kind" && slices.Contains(decode.KeysOf(&l), k) && !slices.Contains(keys, k) {
			return l, s.FaultKey(decode.Below(at, k), "layer %q has no such key%s", name, Meant(k, append(keys, "kind")))
		}
	}
	err = s.Bind(at, m, map[string]decode.Hook{"kind": kindHook}, &l)
	return l, err
}

// layerMeant is a hint to the layer that an unknown one is meant for, or to what
// is done without one.
func layerMeant(name string) string {
	switch plainWord(name) {
	case "flatten", "reshape", "view", "nn.flatten":
		return "; no layer flattens: dense takes a whole map, row by row, and average and max lead to one pixel"
	case "softmax", "log_softmax", "logsoftmax":
		return "; the last layer gives logits: readout.loss is \"softmax\" or \"sigmoid\""
	}
	if hint := Near(name, cortex.LayerKinds()); hint != "" {
		return hint
	}
	return notThere(name)
}
