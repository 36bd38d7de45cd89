package spec

import (
	"fmt"
	"slices"

	"ventral/cortex"
	"ventral/experiments/decode"
)

func (r *reader) input(path []string, v any) error {
	in := &r.e.Input
	*in = cortex.Input{To: r.names()[:1], Steps: cortex.At(0)}
	conv, _ := cortex.NewLayer("conv", r.norm)
	in.Net = []cortex.Layer{conv}
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	return r.Bind(path, m, map[string]decode.Hook{
		"to":  func(at []string, v any) (err error) { in.To, err = r.areaNames(at, v); return err },
		"net": func(at []string, v any) (err error) { in.Net, err = r.layers(at, v); return err },
	}, in)
}

// layers reads the layers of a net: names, or tables with a kind.
func (r *reader) layers(path []string, v any) ([]cortex.Layer, error) {
	if err := r.Unread(path, v); err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		example := ""
		if name, ok := v.(string); ok {
			example = fmt.Sprintf(", such as [%q]", name)
		}
		return nil, r.Fault(path, "found %s, want a list of layers%s", decode.Described(v), example)
	}
	net := []cortex.Layer{}
	for i, v := range list {
		at := append(append([]string(nil), path...), fmt.Sprintf("#%d", i))
		m, ok := v.(map[string]any)
		name, isText := v.(string)
		if ok {
			name, isText = m["kind"].(string)
		}
		if ok && !isText {
			if err := r.kindMissing(at, m, decode.KeysOf(&cortex.Layer{})); err != nil {
				return nil, err
			}
		}
		if !isText {
			return nil, r.Fault(at, "found %s, want the name of a layer or a table with its kind", decode.Described(v))
		}
		l, err := cortex.NewLayer(name, r.norm)
		if err != nil {
			return nil, r.Fault(at, "%v%s", err, layerMeant(name))
		}
		if ok {
			for _, k := range r.Keys(at, m) {
				if keys := cortex.LayerKeys(name); k != "kind" && slices.Contains(decode.KeysOf(&l), k) && !slices.Contains(keys, k) {
					return nil, r.FaultKey(append(at, k), "layer %q has no such key%s", name, Meant(k, append(keys, "kind")))
				}
			}
			if err := r.Bind(at, m, map[string]decode.Hook{"kind": func([]string, any) error { return nil }}, &l); err != nil {
				return nil, err
			}
		}
		net = append(net, l)
	}
	return net, nil
}

func (r *reader) readout(path []string, v any) error {
	e := r.e
	d := e.Stimuli.Settings.Describe()
	ro := &e.Readout
	*ro = cortex.Readout{From: e.Areas[len(e.Areas)-1].Name, Loss: "softmax", Train: cortex.At(e.Steps - 1), Over: "sum", Cumulative: "none", Decide: "auto"}
	if d.Targets > 1 {
		ro.Loss = "sigmoid"
	}
	for _, k := range []string{"average", "dense"} {
		l, _ := cortex.NewLayer(k, r.norm)
		ro.Net = append(ro.Net, l)
	}
	tested := false
	if v != nil {
		m, err := r.Table(path, v)
		if err != nil {
			return err
		}
		_, tested = m["test"]
		if err := r.Bind(path, m, map[string]decode.Hook{
			"net": func(at []string, v any) (err error) { ro.Net, err = r.layers(at, v); return err },
		}, ro); err != nil {
			return err
		}
	}
	if !slices.Contains(r.names(), ro.From) {
		return r.Fault(append(path, "from"), "%s", noArea(ro.From, r.names()))
	}
	sum := 0.0
	for i, w := range ro.Weights {
		if sum += w; w < 0 {
			return r.Fault(append(path, "weights", fmt.Sprintf("#%d", i)), "found %v, want 0 or more", w)
		}
	}
	if len(ro.Weights) > 0 && sum == 0 {
		return r.Fault(append(path, "weights"), "found only zeros, want at least one above 0")
	}
	for _, a := range e.Areas {
		if a.Name == ro.From && ro.Reads == "" {
			ro.Reads = a.Dynamics.Layout().Readout
		}
	}
	if !tested {
		ro.Test = ro.Train
		ro.Test.Any = false
	}
	if d.Targets > 1 && ro.Loss == "softmax" {
		return r.Fault(append(path, "loss"), "found \"softmax\", but %d classes are true of an image; want \"sigmoid\"", d.Targets)
	}
	if ro.Decide == "argmax" && d.Targets > 1 {
		return r.Fault(append(path, "decide"), "found \"argmax\", but %d classes are true of an image; want \"top_n\"", d.Targets)
	}
	if ro.Decide == "top_n" && d.Targets == 1 {
		return r.Fault(append(path, "decide"), "found \"top_n\", but one class is true of an image; want \"argmax\"")
	}
	if ro.Decide == "auto" {
		if ro.Decide = "argmax"; d.Targets > 1 {
			ro.Decide = "top_n"
		}
	}
	return nil
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
