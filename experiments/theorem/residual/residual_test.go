package residual

import (
	"fmt"
	"math"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// TestLayers computes a network of 1×1 images by hand: there a 3×3 convolution
// is its kernel's middle, and a norm looks at the images of the batch alone.
func TestLayers(t *testing.T) {
	n := Network{Batch: 3, Size: 1, Inputs: 1, Channels: 1, Classes: 2, Stages: []int{2, 1}, Epsilon: 1e-5}
	b := nn.NewBuilder()
	out := n.Build(b)
	for i, h := range out.Layers {
		b.Output(fmt.Sprint("layer ", i), h)
	}
	b.Output("logits", out.Logits)
	b.Output("loss", out.Loss)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	set := func(name string, x float32) float64 {
		s, ok := v.Get(name)
		if !ok {
			t.Fatalf("no variable %q", name)
		}
		s.Data[len(s.Data)/2] = x // the middle of a kernel
		return float64(x)
	}
	image := []float64{0.5, -1, 2}
	conv := func(h []float64, name string, w, bias float32) []float64 {
		k, c := set(name+" kernel", w), set(name+" bias", bias)
		y := make([]float64, len(h))
		for i := range h {
			y[i] = k*h[i] + c
		}
		return y
	}
	norm := func(h []float64) []float64 {
		mean, variance := (h[0]+h[1]+h[2])/3, 0.0
		for _, x := range h {
			variance += (x - mean) * (x - mean) / 3
		}
		y := make([]float64, len(h))
		for i, x := range h {
			y[i] = (x - mean) / math.Sqrt(variance+1e-5)
		}
		return y
	}
	relu := func(h []float64) []float64 {
		y := make([]float64, len(h))
		for i, x := range h {
			y[i] = max(x, 0)
		}
		return y
	}
	layer := func(h []float64, name string, w1, b1, w2, b2 float32) []float64 {
		k := conv(relu(norm(conv(relu(norm(h)), name+" first", w1, b1))), name+" second", w2, b2)
		for i := range h {
			k[i] += h[i]
		}
		return k
	}
	h := conv(image, "first", 1.5, 0.25)
	want := [][]float64{h}
	h = layer(h, "stage 1 layer 1", -0.75, 0.5, 1.25, -0.5)
	want = append(want, h)
	h = layer(h, "stage 1 layer 2", 0.5, -0.25, -0.5, 0.125)
	want = append(want, h)
	h = conv(h, "between 1 and 2", -1, 0.75)
	want = append(want, h)
	h = layer(h, "stage 2 layer 1", 2, 0, 0.25, 1)
	want = append(want, h)
	last := norm(h)
	gain, shift := set("last gain", 1.5), set("last shift", 0.5)
	k, _ := v.Get("last kernel")
	k.Data[0], k.Data[1] = 1, -2
	bias, _ := v.Get("last bias")
	bias.Data[0], bias.Data[1] = 0.25, 0.5
	var logits []float64
	loss := 0.0
	for i, x := range last {
		y := max(gain*x+shift, 0)
		z := [2]float64{y + 0.25, -2*y + 0.5}
		logits = append(logits, z[0], z[1])
		loss += (math.Log(math.Exp(z[0])+math.Exp(z[1])) - z[i%2]) / 3
	}
	want = append(want, logits, []float64{loss})

	r, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	label := nn.NewArray(nn.Shape{3, 1, 1, 2})
	label.Data = []float64{1, 0, 0, 1, 1, 0}
	got, err := ref.Run(p, r.(*ref.Residence), []nn.Array{{Shape: nn.Shape{3, 1, 1, 1}, Data: image}, label})
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for j := range want[i] {
			if math.Abs(got[i].Data[j]-want[i][j]) > 1e-12 { // a few roundings of numbers of size 1
				t.Errorf("value %d, element %d: got %v, want %v", i, j, got[i].Data[j], want[i][j])
			}
		}
	}
}

func TestTiedLayersShareWeights(t *testing.T) {
	for _, c := range []struct {
		tied bool
		want int // parameters, by hand: first 4·(27+1), 2·4·(36+1) a layer, last 8 and 5·2
	}{{true, 112 + 296 + 18}, {false, 112 + 7*296 + 18}} {
		b := nn.NewBuilder()
		out := Network{Batch: 2, Size: 4, Inputs: 3, Channels: 4, Classes: 2, Stages: []int{7}, Tied: c.tied}.Build(b)
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		if p.Parameters() != c.want || len(out.Layers) != 8 {
			t.Errorf("tied %v: got %d parameters and %d layers, want %d and 8", c.tied, p.Parameters(), len(out.Layers), c.want)
		}
	}
}
