package independent

import (
	"fmt"
	"math"
)

// preNet is the net between what is on the screen and area i, which it reaches at step
// t. Where there are several pictures, each has the norms of the step that it reaches
// first.
func (m *model) preNet(i, t int) stack {
	seen, at := m.n.input.screen, t-m.n.input.delay
	x, step := stack{}, 0
	for k, p := range seen.parts[at] {
		y := frameOf(m.image, p.frame).scaled(p.gain)
		if k > 0 {
			y = x.plus(y)
		}
		x = y
	}
	if seen.pictures() > 1 {
		step = seen.first(at) + m.n.input.delay
	}
	a, part := m.n.areas[i], "input"
	if len(m.n.input.to) > 1 {
		part = "input->" + a.name
	}
	return m.net(part, m.n.input.net, x, step, func(j int, l layer, _ stack) (channels, stride int, biased bool) {
		fitted := m.n.input.fitted[i][j]
		biased = l.bias != "absent"
		if j == m.n.input.last && l.bias == "auto" {
			biased = a.bias != "area"
		}
		return fitted.channels, fitted.stride, biased
	}, "")
}

// frameOf is a frame of a batch: the first is the images, others follow from them by a
// formula.
func frameOf(images stack, frame int) stack {
	if frame == 0 {
		return images
	}
	return images.each(func(v float64) float64 { return float64(float32(math.Sin(3*v+2*float64(frame)) + 0.2)) })
}

// fit says which stride and channels the layers of the input's net have on
// their way to area i: of the convolutions without a stride the first takes
// what leads to the area's size, and the last without channels those of the
// area.
func (n *network) fit(i int) error {
	a := n.areas[i]
	list := make([]layer, len(n.input.net))
	copy(list, n.input.net)
	first, open := -1, -1
	for j, l := range list {
		if l.kind == "conv" {
			n.input.last = j
			if l.stride == 0 && first < 0 {
				first = j
			}
			if l.channels == 0 {
				open = j
			}
		}
	}
	for j := range list {
		if list[j].kind == "conv" && list[j].channels == 0 {
			if j != open {
				return refuseAt("input.net", "input: layer %d needs channels", j)
			}
			list[j].channels = a.c
		}
		if list[j].stride == 0 {
			switch list[j].kind {
			case "conv":
				list[j].stride = 1
			case "max_pool", "mean_pool":
				list[j].stride = list[j].size
			}
		}
	}
	end := func() (h, w, c int) {
		h, w, c = n.image[0], n.image[1], n.image[2]
		for _, l := range list {
			switch l.kind {
			case "conv":
				c = l.channels
				fallthrough
			case "max_pool", "mean_pool":
				h, w = ceilDiv(h, l.stride), ceilDiv(w, l.stride)
			}
		}
		return h, w, c
	}
	for f := 1; f <= n.image[0]; f++ {
		if first >= 0 {
			list[first].stride = f
		}
		if h, w, c := end(); h == a.h && w == a.w && c == a.c {
			n.input.fitted[i] = list
			return nil
		}
	}
	return refuseAt("input.net", "input: the net does not lead to %s", a.name)
}

// logits are those of step t, [n 1 1 classes].
func (m *model) logits(t int) stack {
	r := m.n.readout
	if r.cumulative == "none" {
		return m.answer(t)
	}
	sum, count := stack{}, 0
	for s := r.train[0]; s <= t; s++ {
		if !m.clock.present[s][r.from] {
			continue
		}
		if count++; count == 1 {
			sum = m.answer(s)
		} else {
			sum = sum.plus(m.answer(s))
		}
	}
	if r.cumulative == "mean" {
		sum = sum.scaled(1 / float64(count))
	}
	return sum
}

// answer is the post-net at step t.
func (m *model) answer(t int) stack {
	r := m.n.readout
	x := m.signal(r.from, t, r.reads)
	statistics := ""
	if len(r.net) > 0 && r.reads != "response" && isNorm(r.net[0].kind) {
		statistics = m.n.stateNorm(r.from, r.net[0].norm, true)
	}
	last := -1
	for j, l := range r.net {
		if l.kind == "dense" {
			last = j
		}
	}
	return m.net("readout", r.net, x, t, func(j int, l layer, _ stack) (channels, stride int, biased bool) {
		if channels = l.channels; j == last && channels == 0 {
			channels = m.n.classes
		}
		return channels, max(l.stride, 1), l.bias != "absent"
	}, statistics)
}

func isNorm(kind string) bool {
	return kind == "batch" || kind == "batch_affine" || kind == "norm" || kind == "lrn"
}

// net applies layers. A second layer of a kind has a 2 behind its name. Sizes
// says what a conv or dense layer is; statistics, if not empty, is where the
// first norm has its own.
func (m *model) net(part string, net []layer, x stack, t int,
	sizes func(int, layer, stack) (channels, stride int, biased bool), statistics string) stack {
	count := map[string]int{}
	for j, l := range net {
		label := l.kind
		if isNorm(label) {
			label = "norm"
		}
		count[label]++
		if count[label] > 1 {
			label = fmt.Sprint(label, count[label])
		}
		switch l.kind {
		case "conv", "dense":
			k := l.kernel
			if l.kind == "dense" {
				k = 1
				flat := stack{x.n, 1, 1, x.h * x.w * x.c, x.data}
				x = flat
			}
			channels, stride, biased := sizes(j, l, x)
			y := convolve(x, m.value(part+"/"+label+"/kernel", true, k, k, x.c, channels), k, channels, stride)
			if biased {
				y = y.biased(m.value(part+"/"+label+"/bias", true, channels))
			}
			x = y
		case "batch", "batch_affine", "norm", "lrn":
			place := part + "/" + label
			if count["norm"] > 1 {
				place += "/norm"
			}
			if j == 0 && statistics != "" {
				x = m.normalise(l.norm, x, statistics, place, t)
			} else {
				x = m.normalise(l.norm, x, place, place, t)
			}
		case "max_pool", "mean_pool":
			stride := l.stride
			if stride == 0 {
				stride = l.size
			}
			x = pool(x, l.kind[:len(l.kind)-len("_pool")], l.size, stride)
		case "average":
			x = pool(x, "mean", 0, 0)
		case "max":
			x = pool(x, "max", 0, 0)
		default:
			x = x.each(functions[l.kind])
		}
	}
	return x
}

// loss is the training loss of a batch with the given labels [n classes], and
// that of each trained step. Drawn are the weights of steps that are drawn
// for each batch.
func (m *model) loss(labels [][]float64, drawn []float64) (loss float64, each []float64) {
	r := m.n.readout
	for k, t := range r.train {
		z := m.logits(t)
		mean, right := 0.0, r.answersOf(labels, t)
		for i := range z.n {
			mean += crossEntropy(r.loss, z.data[i*z.c:(i+1)*z.c], right[i]) / float64(z.n)
		}
		each = append(each, mean)
		weight := 1.0
		if len(r.weights) > 0 {
			weight = r.weights[k]
		}
		if r.any {
			weight *= drawn[k]
		} else if r.mean {
			weight /= float64(len(r.train))
		}
		loss += weight * mean
	}
	return loss, each
}

// running returns the running statistics after a training batch: a pair moves
// once, by the moments of all steps that share it.
func (m *model) running() map[string][]float64 {
	byName := map[string][]place{}
	for _, p := range m.places {
		byName[p.name] = append(byName[p.name], p)
	}
	out := map[string][]float64{}
	for name, list := range byName {
		n := list[0].norm
		mean, variance := make([]float64, len(list[0].mean)), make([]float64, len(list[0].mean))
		for c := range mean {
			for _, p := range list {
				mean[c] += p.mean[c] / float64(len(list))
			}
			for _, p := range list {
				d := p.mean[c] - mean[c]
				variance[c] += (p.variance[c] + d*d) / float64(len(list))
			}
			count := float64(list[0].count * len(list))
			if n.divisor == "unbiased" {
				variance[c] *= count / (count - 1)
			}
			mean[c] = (1-n.momentum)*m.variables[name+"/mean"].data[c] + n.momentum*mean[c]
			variance[c] = (1-n.momentum)*m.variables[name+"/variance"].data[c] + n.momentum*variance[c]
		}
		out[name+"/mean"], out[name+"/variance"] = mean, variance
	}
	return out
}
