package independent

import "fmt"

func (d drawer) input(f table) {
	t := table{}
	if d.chance(0.25) {
		t["protocol"] = d.protocol(f.at("protocol"))
		if d.chance(0.03) {
			t["steps"] = "0"
		}
	} else if d.chance(0.8) {
		t["steps"] = choose(d, "0..", "0..", "0..", "0", d.window())
	}
	if d.chance(0.2) {
		t["delay"] = d.IntN(2)
	}
	if d.chance(0.2) {
		t["to"] = d.names[0]
		if n := len(d.names); n > 1 && d.sides[1] <= d.sides[0] {
			t["to"] = []any{d.names[0], d.names[1]}
		}
	}
	if d.chance(0.4) {
		t["net"] = d.preNet()
	}
	if len(t) > 0 {
		f["input"] = t
	}
}

// preNet returns layers between image and area.
func (d drawer) preNet() []any {
	net := []any{}
	if d.chance(0.4) {
		first := d.layer("conv").put(table{"channels": 1 + d.IntN(3)})
		if d.chance(0.2) {
			first["stride"] = choose(d, 1, 1, 2)
		}
		if d.chance(0.1) {
			delete(first, "channels")
		}
		net = append(net, first)
		if d.chance(0.5) {
			net = append(net, d.between())
		}
	}
	if d.chance(0.2) {
		kind := choose(d, "max_pool", "mean_pool")
		t := table{"kind": kind}
		if d.chance(0.5) {
			t["size"] = 1 + d.IntN(3)
			t["stride"] = d.IntN(t["size"].(int) + 1)
		}
		net = append(net, t)
	}
	last := d.layer("conv")
	if d.chance(0.15) {
		last["stride"] = choose(d, 0, 1, 2)
	}
	if d.chance(0.15) {
		last["channels"] = d.channels[0]
	}
	net = append(net, last)
	if d.chance(0.3) {
		net = append(net, d.between())
	}
	return net
}

// between returns a layer that changes no shape.
func (d drawer) between() any {
	kind := choose(d, "batch", "batch_affine", "norm", "lrn", "relu", "sigmoid", "tanh", "softplus", "elu")
	if isNorm(kind) && kind != "lrn" && d.chance(0.3) {
		t := table{"kind": kind, "norm": d.norm()}
		if kind != "norm" {
			t["norm"] = table{"eps": 0.01}
			if d.chance(0.3) {
				t["norm"] = table{"affine": choose(d, "absent", "shared", "per_step")}
			}
		}
		return t
	}
	return kind
}

func (d drawer) layer(kind string) table {
	t := table{"kind": kind}
	if kind == "conv" && d.chance(0.5) {
		t["kernel"] = 1 + d.IntN(5)
	}
	if d.chance(0.3) {
		t["bias"] = choose(d, "auto", "present", "absent")
	}
	return t
}

// postNet returns layers from an area to the classes.
func (d drawer) postNet() []any {
	net := []any{}
	if d.chance(0.5) {
		net = append(net, d.between())
	}
	if d.chance(0.5) {
		net = append(net, d.between())
	}
	if d.chance(0.2) {
		net = append(net, d.layer("conv").put(table{"channels": 1 + d.IntN(3)}))
	}
	if d.chance(0.2) {
		kind := choose(d, "max_pool", "mean_pool")
		t := table{"kind": kind}
		if d.chance(0.5) {
			t["size"] = 1 + d.IntN(3)
			t["stride"] = d.IntN(t["size"].(int) + 1)
		}
		net = append(net, t)
	}
	if d.chance(0.8) {
		net = append(net, choose(d, "average", "max"))
	}
	if d.chance(0.2) {
		net = append(net, d.layer("dense").put(table{"channels": 1 + d.IntN(4)}), d.between())
	}
	if d.chance(0.2) {
		return append(net, d.layer("dense"))
	}
	return append(net, "dense")
}

func (d drawer) readout(f table) {
	t := table{}
	last := d.steps - 1
	if d.chance(0.6) {
		first := max(last-d.IntN(4), 0)
		t["train"] = choose(d, fmt.Sprint(last), fmt.Sprint(first), fmt.Sprint(first), fmt.Sprintf("%d..", first), fmt.Sprintf("%d..%d", first, last), fmt.Sprintf("any of %d..%d", first, last))
		if d.chance(0.3) && last-first > 0 {
			t["train"] = fmt.Sprintf("%d, %d", first, last)
		}
		if d.chance(0.3) {
			weights := []any{}
			for range choose(d, last-first+1, last-first+1, len(listed(windowOf(fmt.Sprint(first), d.steps)))) {
				weights = append(weights, choose(d, 1.0, 0.5, 0.1, 2.0))
			}
			t["weights"] = weights
		}
	}
	if d.chance(0.5) {
		t["test"] = choose(d, fmt.Sprintf("%d..", max(last-d.IntN(4), 0)), fmt.Sprint(last))
	}
	if d.chance(0.3) {
		t["over"] = choose(d, "sum", "mean")
	}
	if d.chance(0.3) {
		t["loss"] = choose(d, "softmax", "sigmoid")
	}
	if d.chance(0.2) {
		t["cumulative"] = choose(d, "none", "mean", "mean", "sum", "sum")
	}
	if f["protocol"] != nil && d.chance(0.4) || d.chance(0.05) {
		if t["labels"] = "shown"; d.chance(0.5) {
			t["lag"] = d.IntN(4) - 1
		}
	}
	if d.chance(0.2) {
		t["from"] = choose(d, d.names...)
	}
	if d.chance(0.2) {
		t["state"] = choose(d, "state", "response")
	}
	if d.chance(0.5) {
		t["net"] = d.postNet()
	}
	if len(t) > 0 {
		f["readout"] = t
	}
}
