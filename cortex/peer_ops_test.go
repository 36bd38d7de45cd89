package cortex_test

import (
	"math"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// peerOp is a case of testdata/peer/ops.json: attributes of one operation and
// the rule of its inputs.
type peerOp struct {
	Op                     string
	Kernel, Stride, Factor int
	Target                 []int
	Kind                   string
	K, S, Low              int
	Ceil                   bool
	CountPad               bool `json:"count_pad"`
	ReluFirst              bool `json:"relu_first"`
	Radius                 int
	Alpha, Beta, C0        float64
	Train                  bool
	Eps, Momentum          float64
	Inputs                 map[string]struct {
		Shape         []int
		Scale, Offset float64
	}
	Outputs map[string][]int
}

// other says why a case is not an operation of nn; "" where it is.
func (c peerOp) other() string {
	x := c.Inputs["x"].Shape
	switch {
	case c.Op == "pool" && !c.Ceil && c.Low == 0 && (x[1]%c.S != 0 || x[2]%c.S != 0):
		return "pixels that no window covers; nn pools them in a smaller window"
	case c.Op == "pool" && c.CountPad:
		return "counts the padding in a mean; nn does not"
	}
	return ""
}

// shape returns axes with images of one pixel where there are two axes.
func shape(axes []int) nn.Shape {
	var s nn.Shape
	copy(s[:], axes)
	if len(axes) == 2 {
		s = nn.Shape{axes[0], 1, 1, axes[1]}
	}
	return s
}

// emit returns the result of c for inputs v, and the values of the peer's other
// outputs under their names.
func (c peerOp) emit(b *nn.Builder, v map[string]nn.Value) (y nn.Value, more map[string]nn.Value) {
	x, more := v["x"], map[string]nn.Value{}
	switch c.Op {
	case "conv", "dense":
		return b.One(nn.AddBias{}, b.One(nn.Conv2D{Stride: max(c.Stride, 1)}, x, v["kernel"]), v["bias"]), more
	case "transposed_conv":
		return b.One(nn.ConvTranspose2D{Stride: c.Stride, Height: c.Target[0], Width: c.Target[1]}, x, v["kernel"]), more
	case "pool":
		if c.ReluFirst {
			x = b.One(nn.Unary{Fn: "relu"}, x)
		}
		return b.One(nn.Pool2D{Fn: map[string]string{"max": "max", "avg": "mean"}[c.Kind], Size: c.K, Stride: c.S}, x), more
	case "global_max":
		return b.One(nn.Pool2D{Fn: "max"}, x), more
	case "global_average":
		return b.One(nn.Pool2D{Fn: "mean"}, x), more
	case "upsample":
		return b.One(nn.Upsample{Factor: c.Factor}, x), more
	case "lrn":
		return b.One(nn.LRN{Radius: c.Radius, Alpha: c.Alpha, Beta: c.Beta, Bias: c.C0}, x), more
	case "batch_norm":
		m := []nn.Value{v["mean"], v["var"]}
		if c.Train {
			m = b.Do(nn.Moments{}, x)
			s := b.Shape(x)
			n := float64(s[0] * s[1] * s[2])
			more["batch_mean"], more["batch_var"] = m[0], m[1]
			more["running_mean"] = b.One(nn.Blend{Rate: c.Momentum, Factor: 1}, v["mean"], m[0])
			more["running_var_biased"] = b.One(nn.Blend{Rate: c.Momentum, Factor: 1}, v["var"], m[1])
			more["running_var_unbiased"] = b.One(nn.Blend{Rate: c.Momentum, Factor: n / (n - 1)}, v["var"], m[1])
		}
		return b.One(nn.ScaleShift{}, b.One(nn.Normalise{Eps: c.Eps}, x, m[0], m[1]), v["gain"], v["shift"]), more
	case "softmax_ce":
		each := b.One(nn.SoftmaxLoss{}, x, v["target"])
		more["each"] = each
		return b.One(nn.MeanImages{}, each), more
	case "sigmoid_ce":
		return b.One(nn.MeanImages{}, b.One(nn.SigmoidLoss{}, x, v["target"])), more
	}
	return nn.None, nil
}

// target fills in the labels that the rule of a loss gives.
func (c peerOp) target(a nn.Array) {
	k := a.Shape[3]
	for i := range a.Data {
		image, class := i/k, i%k
		if c.Op == "softmax_ce" && class == image%10 || c.Op == "sigmoid_ce" && (image+class)%3 == 0 {
			a.Data[i] = 1
		}
	}
}

// TestPeerOps compares operations and their gradients with what NumPy and
// PyTorch computed from the same numbers.
func TestPeerOps(t *testing.T) {
	var cases map[string]peerOp
	readJSON(t, "ops.json", &cases)
	file := peerFile(t, "ops.npz")
	compared := 0
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if why := c.other(); why != "" {
				t.Skip(why)
			}
			compared++
			b := nn.NewBuilder()
			v := map[string]nn.Value{}
			var in []nn.Array
			for role, x := range c.Inputs {
				a := peerArray(name+"/"+role, shape(x.Shape), x.Scale)
				for i, k := range a.Data {
					a.Data[i] = float64(float32(k) + float32(x.Offset))
				}
				v[role] = b.Input(role, a.Shape, false)
				in = append(in, a)
			}
			loss := strings.HasSuffix(c.Op, "_ce")
			if loss {
				a := nn.NewArray(shape(c.Inputs["x"].Shape))
				c.target(a)
				v["target"], in = b.Input("target", a.Shape, false), append(in, a)
			}
			y, more := c.emit(b, v)
			total := y
			if !loss {
				a := peerArray(name+"/dy", b.Shape(y), 1)
				total, in = b.One(nn.Inner{}, y, b.Input("dy", a.Shape, false)), append(in, a)
			}
			for role := range c.Inputs {
				if _, ok := c.Outputs["d"+role]; ok {
					more["d"+role] = b.Gradient(total, []nn.Value{v[role]})[0]
				}
			}
			more["y"] = y
			p, err := b.Program()
			if err != nil {
				t.Fatal(err)
			}
			values, err := ref.Values(p, nil, in)
			if err != nil {
				t.Fatal(err)
			}
			for role := range c.Outputs {
				if c.Op == "sigmoid_ce" && role == "each" {
					continue // by class; nn gives their sum for every image
				}
				got, ok := more[role]
				if !ok || got == nn.None {
					t.Fatalf("%s: no value", role)
				}
				// The peer computed in float64 and stored float32, which rounds by 6e-8.
				want, largest := file[name+"/"+role].data, 1.0
				for _, x := range want {
					largest = max(largest, math.Abs(x))
				}
				near(t, name+"/"+role, values[got].Data, want, 1e-7*largest)
			}
		})
	}
	if compared != len(cases)-4 {
		t.Errorf("compared %d of %d cases, want all but 4", compared, len(cases))
	}
}
