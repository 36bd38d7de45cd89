// Package residual writes the very deep residual network of the theorem: layer
// after layer, in a plain loop, with variables named by hand. It knows nothing
// of areas, connections or time; nothing but package nn.
package residual

import (
	"fmt"

	"ventral/nn"
)

// Network is a residual network without bottlenecks (He et al. 2016,
// pre-activation),
//
//	h₀ = first(image)
//	hₗ₊₁ = hₗ + K(hₗ)            K = norm, relu, conv, norm, relu, conv
//	logits = dense(average(relu(gain·norm(h) + shift)))
//
// with 3×3 convolutions with biases, and every norm by the moments of its batch.
// Between stages a 3×3 convolution of stride 2 makes the map smaller.
type Network struct {
	Batch, Size int // images; height and width of an image
	Inputs      int // channels of an image
	Channels    int // of every layer
	Classes     int
	Stages      []int   // residual layers of each stage
	Tied        bool    // one K for all layers of a stage
	Epsilon     float64 // added to the variance by norms
}

// Built is a network within a program.
type Built struct {
	Image, Label nn.Value   // inputs "image" [N H W C] and "label" [N 1 1 classes]
	Layers       []nn.Value // h of every layer, over all stages
	Logits       nn.Value   // [N 1 1 classes]
	Loss         nn.Value   // scalar: mean cross-entropy of the softmax
}

// Build emits the network.
func (n Network) Build(b *nn.Builder) Built {
	var out Built
	out.Image = b.Input("image", nn.Shape{n.Batch, n.Size, n.Size, n.Inputs}, true)
	out.Label = b.Input("label", nn.Shape{n.Batch, 1, 1, n.Classes}, true)
	h := n.conv(b, "first", out.Image, 3, 1, n.Inputs, n.Channels)
	out.Layers = append(out.Layers, h)
	for stage, layers := range n.Stages {
		if stage > 0 {
			h = n.conv(b, fmt.Sprintf("between %d and %d", stage, stage+1), h, 3, 2, n.Channels, n.Channels)
			out.Layers = append(out.Layers, h)
		}
		for layer := range layers {
			name := fmt.Sprintf("stage %d", stage+1)
			if !n.Tied {
				name += fmt.Sprintf(" layer %d", layer+1)
			}
			k := n.conv(b, name+" first", n.relu(b, n.norm(b, h)), 3, 1, n.Channels, n.Channels)
			k = n.conv(b, name+" second", n.relu(b, n.norm(b, k)), 3, 1, n.Channels, n.Channels)
			h = b.One(nn.Sum{}, h, k)
			out.Layers = append(out.Layers, h)
		}
	}
	gain := b.Var("last gain", nn.Shape{n.Channels}, nn.Init{Kind: "constant", Value: 1}, true)
	shift := b.Var("last shift", nn.Shape{n.Channels}, nn.Init{Kind: "constant"}, true)
	h = n.relu(b, b.One(nn.ScaleShift{}, n.norm(b, h), gain, shift))
	h = b.One(nn.Pool2D{Fn: "mean"}, h)
	out.Logits = n.conv(b, "last", h, 1, 1, n.Channels, n.Classes)
	out.Loss = b.One(nn.MeanImages{}, b.One(nn.SoftmaxLoss{}, out.Logits, out.Label))
	return out
}

// conv is a convolution of stride s with a bias.
func (n Network) conv(b *nn.Builder, name string, x nn.Value, side, s, from, to int) nn.Value {
	kernel := b.Var(name+" kernel", nn.Shape{side, side, from, to}, nn.Init{Kind: "he_normal", FanIn: side * side * from}, true)
	bias := b.Var(name+" bias", nn.Shape{to}, nn.Init{Kind: "constant"}, true)
	return b.One(nn.AddBias{}, b.One(nn.Conv2D{Stride: s}, x, kernel), bias)
}

// norm subtracts the mean of the batch and divides by its standard deviation.
func (n Network) norm(b *nn.Builder, x nn.Value) nn.Value {
	m := b.Do(nn.Moments{}, x)
	if m == nil {
		return nn.None
	}
	return b.One(nn.Normalise{Eps: n.Epsilon}, x, m[0], m[1])
}

func (n Network) relu(b *nn.Builder, x nn.Value) nn.Value { return b.One(nn.Unary{Fn: "relu"}, x) }
