package cortex

import (
	"fmt"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/nn"
)

// Layer is one layer of a feedforward net: the pre-net that brings the image to
// an area, or the post-net of a readout.
//
//	conv                  convolution; channels and stride follow from the sizes
//	batch, batch_affine   batch norm without, with gain and shift shared over time
//	norm                  the experiment's default norm
//	lrn                   local response norm
//	relu, sigmoid, …      a function of nn
//	max_pool, mean_pool   pooling of size windows
//	average, max          mean and maximum over the whole map
//	dense                 fully connected, to the classes
type Layer struct {
	Kind     string  `toml:"kind" doc:"one of LayerKinds"`
	Kernel   int     `toml:"kernel" min:"1" doc:"conv: height and width of the kernel"`
	Stride   int     `toml:"stride" min:"0" doc:"conv: 0 follows from the sizes; pools: 0 is the size"`
	Channels int     `toml:"channels" min:"0" doc:"conv, dense: 0 is the target's channels, or the classes"`
	Size     int     `toml:"size" min:"1" doc:"pools: side of a window"`
	Bias     string  `toml:"bias" oneof:"auto present absent" doc:"conv, dense: auto is present, but for the last conv of an input whose area has its own"`
	Init     string  `toml:"init" oneof:"he_normal he_uniform glorot_normal glorot_uniform" doc:"conv, dense: initial values"`
	Norm     nn.Norm `toml:"norm" doc:"batch, batch_affine, norm, lrn: settings"`
}

// LayerKinds lists the kinds of layers; every function that is registered in nn is one.
func LayerKinds() []string {
	kinds := []string{"conv", "batch", "batch_affine", "norm", "lrn"}
	for _, f := range nn.Functions() {
		kinds = append(kinds, f.Name)
	}
	return append(kinds, "max_pool", "mean_pool", "average", "max", "dense")
}

// NewLayer returns a layer of a kind with the defaults of its keys; its norms
// begin from the given one.
func NewLayer(kind string, norm nn.Norm) (Layer, error) {
	l := Layer{Kind: kind, Kernel: 3, Size: 2, Bias: "auto", Init: "he_normal", Norm: norm}
	switch kind {
	case "batch":
		l.Norm.Kind, l.Norm.Affine = "batch", "absent"
	case "batch_affine":
		l.Norm.Kind, l.Norm.Affine = "batch", "shared"
	case "lrn":
		l.Norm.Kind = "lrn"
	}
	if kinds := LayerKinds(); !slices.Contains(kinds, kind) {
		return l, fmt.Errorf("found layer %q, want one of %s", kind, strings.Join(kinds, ", "))
	}
	return l, nil
}

// net is a chain of layers with the shape it must deliver.
type net struct {
	name     string // of variables and norm places
	layers   []Layer
	target   [3]int
	lastBias bool   // bias of the last convolution where it says auto
	first    string // norm place of the first layer, where it stands on an area's state
}

// plan returns the stride of every layer, or what is wrong.
func (n net) plan(from [3]int) ([]int, error) {
	shape, open := from, -1
	strides := make([]int, len(n.layers))
	for i, l := range n.layers {
		strides[i] = 1
		switch l.Kind {
		case "conv":
			if l.Stride == 0 && open < 0 {
				open = i
			}
			strides[i] = max(l.Stride, 1)
		case "max_pool", "mean_pool":
			if strides[i] = l.Stride; l.Stride == 0 {
				strides[i] = l.Size
			}
		case "average", "max":
			shape = [3]int{1, 1, shape[2]}
		case "dense":
			shape = [3]int{1, 1, shape[2]}
		}
		shape[0], shape[1] = up(shape[0], strides[i]), up(shape[1], strides[i])
	}
	wrong := func(hint string) error {
		return fmt.Errorf("the layers lead from %d×%d to %d×%d, want %d×%d%s", from[0], from[1], shape[0], shape[1], n.target[0], n.target[1], hint)
	}
	if open >= 0 && (shape[0] != n.target[0] || shape[1] != n.target[1]) {
		down, _, err := connectivity.Factors(shape, n.target)
		if err != nil || down < 1 || shape[0] < n.target[0] {
			size, _ := connectivity.Nearest(shape, n.target, func(size [3]int) bool { return size[0] <= shape[0] && size[1] <= shape[1] })
			return nil, wrong(fmt.Sprintf("; a stride of the convolution could lead to %d×%d", size[0], size[1]))
		}
		strides[open] = down
		shape[0], shape[1] = up(shape[0], down), up(shape[1], down)
	}
	if shape[0] != n.target[0] || shape[1] != n.target[1] {
		if n.target[0] == 1 && n.target[1] == 1 {
			return nil, wrong("; average, max and dense lead to 1×1")
		}
		return nil, wrong("")
	}
	return strides, nil
}

func up(n, by int) int { return (n + by - 1) / by }

// channels returns the number of channels after every layer.
func (n net) channels(from int) ([]int, error) {
	last := -1
	for i, l := range n.layers {
		if (l.Kind == "conv" || l.Kind == "dense") && l.Channels == 0 {
			last = i
		}
	}
	c, out := from, make([]int, len(n.layers))
	for i, l := range n.layers {
		if l.Kind == "conv" || l.Kind == "dense" {
			switch {
			case l.Channels > 0:
				c = l.Channels
			case i == last || l.Kind == "dense":
				c = n.target[2]
			default:
				return nil, fmt.Errorf("layer %d, %s: channels is missing; only the last one follows from the target", i, l.Kind)
			}
		}
		out[i] = c
	}
	if c != n.target[2] && n.name == "readout" {
		return nil, fmt.Errorf("the layers lead to %d channels, want %d; a layer dense without channels leads to them", c, n.target[2])
	}
	if c != n.target[2] {
		return nil, fmt.Errorf("the layers lead to %d channels, want %d", c, n.target[2])
	}
	return out, nil
}

// check reports layers that do not fit.
func (n net) check(from [3]int) error {
	if _, err := n.plan(from); err != nil {
		return err
	}
	_, err := n.channels(from[2])
	return err
}

// build emits the layers. The scope's Weights take local names.
func (n net) build(s nn.Scope, x nn.Value) nn.Value {
	shape := s.Shape(x)
	from := [3]int{shape[1], shape[2], shape[3]}
	strides, err := n.plan(from)
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	channels, err := n.channels(from[2])
	if err != nil {
		s.Fail(err)
		return nn.None
	}
	lastConv := -1
	for i, l := range n.layers {
		if l.Kind == "conv" {
			lastConv = i
		}
	}
	seen := map[string]int{}
	local := func(name string) string {
		if seen[name]++; seen[name] > 1 {
			return fmt.Sprintf("%s%d", name, seen[name])
		}
		return name
	}
	for i, l := range n.layers {
		at := s
		at.Init = l.Init
		bias := l.Bias == "present" || l.Bias != "absent" && (i != lastConv || n.lastBias)
		switch l.Kind {
		case "conv":
			name := local("conv")
			shape := s.Shape(x)
			k := at.Kernel(name+"/kernel", nn.Shape{l.Kernel, l.Kernel, shape[3], channels[i]}, l.Kernel*l.Kernel*shape[3], l.Kernel*l.Kernel*channels[i])
			x = s.One(nn.Conv2D{Stride: strides[i]}, x, k)
			if bias {
				x = s.One(nn.AddBias{}, x, at.Vector(name+"/bias", channels[i], 0))
			}
		case "dense":
			name := local("dense")
			if c := s.Shape(x).Image(); s.Shape(x)[1]*s.Shape(x)[2] > 1 {
				x = s.One(nn.Reshape{H: 1, W: 1, C: c}, x)
			}
			c := s.Shape(x)[3]
			x = s.One(nn.Conv2D{Stride: 1}, x, at.Kernel(name+"/kernel", nn.Shape{1, 1, c, channels[i]}, c, channels[i]))
			if l.Bias != "absent" {
				x = s.One(nn.AddBias{}, x, at.Vector(name+"/bias", channels[i], 0))
			}
		case "batch", "batch_affine", "norm", "lrn":
			place := n.name
			if name := local("norm"); name != "norm" {
				place += "/" + name
			}
			at.Place = place
			if i == 0 && n.first != "" {
				at.Place, at.Affine = n.first, place
			}
			x = l.Norm.Build(at, x)
		case "max_pool", "mean_pool":
			x = s.One(nn.Pool2D{Fn: strings.TrimSuffix(l.Kind, "_pool"), Size: l.Size, Stride: strides[i]}, x)
		case "average":
			x = s.One(nn.Pool2D{Fn: "mean"}, x)
		case "max":
			x = s.One(nn.Pool2D{Fn: "max"}, x)
		default:
			x = s.One(nn.Unary{Fn: l.Kind}, x)
		}
	}
	return x
}

// InputStrides returns the stride of every layer of the input's net on its way to
// area i.
func InputStrides(g *Graph, i int) []int {
	strides, _ := g.preNet(i).plan(g.Image) // NewGraph has checked that it fits
	return strides
}
