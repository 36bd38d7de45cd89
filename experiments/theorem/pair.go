package theorem

import (
	"fmt"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/theorem/residual"
	"ventral/nn"
)

// pair is a residual network and the recurrent one it is held to be.
type pair struct {
	name   string
	stages []int
	tied   bool
}

// residual returns the deep side.
func (p pair) residual(o Options) residual.Network {
	return residual.Network{Batch: o.Batch, Size: o.Size, Inputs: inputs, Channels: o.Channels, Classes: classes,
		Stages: p.stages, Tied: p.tied, Epsilon: nn.DefaultNorm().Eps}
}

// recurrent returns the shallow side: an area for every stage.
func (p pair) recurrent(o Options) (*cortex.Graph, error) {
	g := cortex.Graph{Image: [3]int{o.Size, o.Size, inputs}, Classes: classes,
		Input: cortex.Input{To: []string{area(0)}, Steps: cortex.At(0)}}
	layers := func(kinds ...string) (net []cortex.Layer) {
		for _, k := range kinds {
			l, err := cortex.NewLayer(k, nn.DefaultNorm())
			if err != nil {
				panic(err) // the kinds are fixed below
			}
			net = append(net, l)
		}
		return net
	}
	g.Input.Net = layers("conv")
	step, size := 0, o.Size
	for i, depth := range p.stages {
		if i > 0 {
			step, size = step+1, (size+1)/2
			c := p.connect(area(i-1)+"->"+area(i), &connectivity.Conv{Kernel: 3}, step, step)
			c.Reads = areas.State
			g.Matrix.Connections = append(g.Matrix.Connections, c)
		}
		g.Areas = append(g.Areas, areas.Area{Name: area(i), Shape: [3]int{size, size, o.Channels}, Dynamics: areas.NewSum()})
		branch := &connectivity.BRC{Kernel: 3, Times: 2, Stride: "first", Norm: nn.DefaultNorm()}
		g.Matrix.Connections = append(g.Matrix.Connections,
			p.connect(area(i)+"->"+area(i)+" identity", &connectivity.Identity{}, step+1, step+depth),
			p.connect(area(i)+"->"+area(i), branch, step+1, step+depth))
		step += depth
	}
	g.Steps = step + 1
	g.Matrix.Sharing.Time = "untied"
	if p.tied {
		g.Matrix.Sharing.Time = "tied"
	}
	g.Readout = cortex.Readout{From: area(len(p.stages) - 1), Net: layers("batch_affine", "relu", "average", "dense"),
		Loss: "softmax", Train: cortex.At(step), Test: cortex.At(step), Over: "sum"}
	return cortex.NewGraph(g)
}

func area(stage int) string { return fmt.Sprintf("S%d", stage+1) }

func (p pair) connect(name string, t connectivity.Transform, from, to int) connectivity.Connection {
	c := connectivity.NewConnection()
	c.Name, c.Transform, c.Window = name, t, connectivity.Between(from, to)
	c.From, c.To, _, _ = connectivity.ParseName(name)
	switch {
	case c.From != c.To:
		c.Role = connectivity.Feedforward
	case t.Kind() == "identity":
		c.Role = connectivity.Self
	default:
		c.Role = connectivity.Lateral
	}
	return c
}

// fold returns the recurrent side's name of a variable of the residual side:
// layer l of a stage is the transition that arrives at step start + l.
func (p pair) fold() map[string]string {
	m := map[string]string{
		"first kernel": "input/conv/kernel", "first bias": "input/conv/bias",
		"last gain": "readout/norm/gain", "last shift": "readout/norm/shift",
		"last kernel": "readout/dense/kernel", "last bias": "readout/dense/bias",
	}
	step := 0
	at := func() string {
		if p.tied {
			return ""
		}
		return fmt.Sprintf("@%d", step)
	}
	for i, depth := range p.stages {
		if i > 0 {
			step++
			for _, w := range []string{"kernel", "bias"} {
				m[fmt.Sprintf("between %d and %d %s", i, i+1, w)] = area(i-1) + "->" + area(i) + at() + "/" + w
			}
		}
		for l := range depth {
			step++
			deep := fmt.Sprintf("stage %d", i+1)
			if !p.tied {
				deep += fmt.Sprintf(" layer %d", l+1)
			}
			for _, w := range []string{"kernel", "bias"} {
				m[deep+" first "+w] = area(i) + "->" + area(i) + at() + "/1/" + w
				m[deep+" second "+w] = area(i) + "->" + area(i) + at() + "/2/" + w
			}
		}
	}
	return m
}
