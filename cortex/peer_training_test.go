package cortex_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// peerTraining is a training program of the peer's two-area network: stochastic
// gradient descent with momentum 0.9 and rate 0.01 on one batch of 64.
type peerTraining struct {
	g    *cortex.Graph
	p    *nn.Program
	v    *nn.Variables
	in   []nn.Tensor
	want struct {
		Losses   map[string][]float64
		GradNorm map[string]float64 `json:"grad_norm_update0_float64"`
	}
}

// peerName gives the peer's name of a variable of recurrentPair.
func peerName(name string) string {
	return strings.NewReplacer("input/conv", "pre", "input/", "pre/", "/1/kernel", "/kernel").Replace(name)
}

func newPeerTraining(t testing.TB, net string) *peerTraining {
	t.Helper()
	const batch = 64
	channels := map[string][2]int{"w1": {64, 64}, "w2": {16, 32}}[net]
	x := &peerTraining{g: recurrentPair(t, channels[0], channels[1]), v: nn.NewVariables(1)}
	var file map[string]json.RawMessage
	readJSON(t, "training.json", &file)
	if err := json.Unmarshal(file[net], &x.want); err != nil {
		t.Fatal(err)
	}

	b := nn.NewBuilder()
	u := x.g.Unroll(b, cortex.Options{Batch: batch, Train: true, Logits: x.g.TrainSteps()})
	loss, _ := cortex.Loss(x.g, b, u, batch)
	rate := b.One(nn.Constant{Value: 0.01})
	var wrt []nn.Value
	var vars []nn.Var
	for _, v := range b.Vars() {
		if v.Trainable {
			wrt, vars = append(wrt, v.Value), append(vars, v)
		}
	}
	grads := b.Gradient(loss, wrt)
	b.Output("loss", loss)
	for i, v := range vars {
		b.Output("grad/"+v.Name, grads[i])
		velocity := b.Var(v.Name+"/velocity", b.Shape(v.Value), nn.Init{Kind: "constant"}, false)
		next := b.Do(nn.SGD{Momentum: 0.9}, v.Value, grads[i], velocity, rate)
		if err := b.Err(); err != nil {
			t.Fatal(err)
		}
		b.Update(v.Value, next[0])
		b.Update(velocity, next[1])
	}
	u.Stats.Finish(b)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	x.p = rewrite.Prune(p, nil)
	if _, err := x.v.Fill(x.p); err != nil {
		t.Fatal(err)
	}
	for _, v := range x.p.Vars {
		s := x.p.Shapes[v.Value]
		var a nn.Array
		name := peerName(v.Name)
		switch {
		case !v.Trainable:
			continue
		case s.Rank() == 4:
			a = peerArray(name, s, 0.5*math.Sqrt(6/float64(s[0]*s[1]*s[2])))
		case strings.HasSuffix(name, "/bias"):
			a = peerArray(name, s, 0.1)
		default:
			continue
		}
		x.v.Set(v.Name, tensor(a))
	}
	for _, in := range x.p.Inputs {
		switch in.Name {
		case "image":
			x.in = append(x.in, tensor(peerArray("image", x.p.Shapes[in.Value], 1.7320508)))
		case "label":
			x.in = append(x.in, tensor(oneHot(batch, 10)))
		}
	}
	return x
}

func tensor(a nn.Array) nn.Tensor {
	t := nn.NewTensor(a.Shape)
	for i, x := range a.Data {
		t.Data[i] = float32(x)
	}
	return t
}

// run trains on an engine and compares every loss; at update 0 the gradients too.
func (x *peerTraining) run(t *testing.T, e nn.Engine, updates int) {
	exe, err := e.Compile(x.p)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	r, err := e.Hold(x.v)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := make([]nn.Tensor, len(x.p.Outputs))
	for i, o := range x.p.Outputs {
		out[i] = nn.NewTensor(x.p.Shapes[o.Value])
	}
	losses := x.want.Losses["float64"]
	if len(losses) != 20 || len(x.want.GradNorm) != 11 {
		t.Fatalf("found %d losses and %d gradients, want 20 and 11", len(losses), len(x.want.GradNorm))
	}
	for update := range updates {
		if err := exe.Run(r, x.in, out); err != nil {
			t.Fatal(err)
		}
		for i, o := range x.p.Outputs {
			name, isGrad := strings.CutPrefix(o.Name, "grad/")
			if !isGrad {
				// The README lists how much mistakes show here: the least visible
				// that this network can show, an untrained gain, is 6e-6; float32
				// itself strays by 3e-7.
				near(t, fmt.Sprintf("loss at update %d", update), []float64{float64(out[i].Data[0])}, losses[update:update+1], 3e-6)
			} else if update == 0 {
				norm := 0.0
				for _, d := range out[i].Data {
					norm += float64(d) * float64(d)
				}
				// float32 sums of 64·32·32 terms.
				want := x.want.GradNorm[peerName(name)]
				near(t, "norm of the gradient of "+name, []float64{math.Sqrt(norm) / want}, []float64{1}, 1e-4)
			}
		}
	}
}

func TestPeerTraining(t *testing.T) {
	if testing.Short() {
		newPeerTraining(t, "w2").run(t, cpu.New(cpu.Options{}), 3)
		return
	}
	for _, net := range []string{"w2", "w1"} {
		t.Run(net, func(t *testing.T) { newPeerTraining(t, net).run(t, cpu.New(cpu.Options{}), 20) })
	}
}

func TestPeerTrainingOnOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("the oracle takes its time")
	}
	newPeerTraining(t, "w2").run(t, ref.Engine{}, 1)
}
