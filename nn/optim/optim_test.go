package optim_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/optim"
)

// peer is what PyTorch computed: cortex/testdata/peer/README.md says how.
type peer struct {
	Problem    struct{ W, B, A []float64 }
	Optimisers map[string]struct {
		Settings struct {
			Kind         string
			LR, Momentum float64
			Nesterov     bool
			WeightDecay  float64 `json:"weight_decay"`
			DropAt       int     `json:"drop_at"`
			DropBy       float64 `json:"drop_by"`
			Betas        []float64
			Eps          float64
		}
		Losses  []float64
		Weights [][]float64
	}
	Schedules map[string]struct {
		Settings map[string]any
		Rates    []float64
	}
}

func readPeer(t *testing.T) (p peer) {
	b, err := os.ReadFile("../../cortex/testdata/peer/optim.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Optimisers) < 8 || len(p.Schedules) < 6 {
		t.Fatalf("found %d optimisers and %d schedules in the peer's file", len(p.Optimisers), len(p.Schedules))
	}
	return p
}

// TestPeer minimises Σ a·(w-b)²/2 as PyTorch's optimisers do, in float64.
func TestPeer(t *testing.T) {
	p := readPeer(t)
	for name, c := range p.Optimisers {
		t.Run(name, func(t *testing.T) {
			o, err := optim.New(c.Settings.Kind)
			if err != nil {
				t.Fatal(err)
			}
			switch o := o.(type) {
			case *optim.SGD:
				o.Momentum, o.Nesterov = c.Settings.Momentum, c.Settings.Nesterov
			case *optim.Adam:
				if len(c.Settings.Betas) == 2 {
					o.Beta1, o.Beta2, o.Eps = c.Settings.Betas[0], c.Settings.Betas[1], c.Settings.Eps
				}
			}
			n := len(p.Problem.W)
			b := nn.NewBuilder()
			target, half := b.Input("b", nn.Shape{n}, false), b.Input("a/2", nn.Shape{n}, false)
			w := b.Var("w", nn.Shape{n}, nn.Init{Kind: "constant"}, true)
			d := b.Sum(w, b.One(nn.Linear{A: -1}, target))
			loss := b.One(nn.Inner{}, half, b.One(nn.Mul{}, d, d))
			optim.Rule{Optimiser: o, Decay: c.Settings.WeightDecay, DecayOn: "all"}.Emit(b, loss)
			b.Output("loss", loss)
			prog, err := b.Program()
			if err != nil {
				t.Fatal(err)
			}
			v := nn.NewVariables(0)
			if _, err := v.Fill(prog); err != nil {
				t.Fatal(err)
			}
			home, err := ref.Engine{}.Hold(v)
			if err != nil {
				t.Fatal(err)
			}
			values := home.(*ref.Residence)
			now, _ := values.Get("w")
			copy(now.Data, p.Problem.W)
			in := []nn.Array{nn.NewArray(nn.Shape{n}), nn.NewArray(nn.Shape{n}), nn.NewArray(nn.Shape{}), nn.NewArray(nn.Shape{})}
			copy(in[0].Data, p.Problem.B)
			for i, a := range p.Problem.A {
				in[1].Data[i] = a / 2
			}
			for k, want := range c.Weights {
				in[2].Data[0], in[3].Data[0] = c.Settings.LR, float64(k+1)
				if c.Settings.DropAt > 0 && k >= c.Settings.DropAt {
					in[2].Data[0] *= c.Settings.DropBy
				}
				out, err := ref.Run(prog, values, in)
				if err != nil {
					t.Fatal(err)
				}
				if got := out[0].Data[0]; math.Abs(got-c.Losses[k]) > 1e-12*c.Losses[0] {
					t.Fatalf("update %d: loss %v, want %v", k, got, c.Losses[k])
				}
				now, _ = values.Get("w")
				for i := range want {
					if math.Abs(now.Data[i]-want[i]) > 1e-12 {
						t.Fatalf("update %d: w[%d] = %v, want %v", k, i, now.Data[i], want[i])
					}
				}
			}
		})
	}
}

// TestSchedules compares the rate at the beginning of epochs 0..19.
func TestSchedules(t *testing.T) {
	for name, c := range readPeer(t).Schedules {
		t.Run(name, func(t *testing.T) {
			number := func(key string) float64 { v, _ := c.Settings[key].(float64); return v }
			s, epochs := optim.DefaultSchedule(), 20
			s.Rate = number("rate")
			switch name {
			case "step":
				s.Kind, s.DropBy = "step", number("by")
				for e := int(number("every")); e < epochs; e += int(number("every")) {
					s.DropAt = append(s.DropAt, e+1)
				}
			case "multistep":
				s.Kind, s.DropBy = "step", number("by")
				for _, e := range c.Settings["at"].([]any) {
					s.DropAt = append(s.DropAt, int(e.(float64))+1)
				}
			case "exponential":
				s.Kind, s.TenfoldEvery = "exponential", number("tenfold_every")
			case "cosine", "cosine_min":
				s.Kind, s.FinalRate = "cosine", number("min")
			case "warmup":
				s.WarmUp, s.WarmUpFrom = number("over"), number("start")
			case "warmup_cosine":
				s.Kind, s.WarmUp, s.WarmUpFrom = "cosine", number("warmup"), number("start")
			default:
				t.Fatalf("unknown schedule of the peer")
			}
			if err := s.Check(epochs); err != nil {
				t.Fatal(err)
			}
			for e, want := range c.Rates {
				if got := s.At(float64(e), epochs); math.Abs(got-want) > 1e-14 {
					t.Errorf("epoch %d: rate %v, want %v", e, got, want)
				}
			}
		})
	}
}

func TestScheduleCheck(t *testing.T) {
	for name, c := range map[string]struct{ bad, good optim.Schedule }{
		"no drops":    {optim.Schedule{Kind: "step"}, optim.Schedule{Kind: "step", DropAt: []int{3}}},
		"falling":     {optim.Schedule{Kind: "step", DropAt: []int{5, 4}}, optim.Schedule{Kind: "step", DropAt: []int{4, 5}}},
		"epoch 1":     {optim.Schedule{Kind: "step", DropAt: []int{1}}, optim.Schedule{Kind: "step", DropAt: []int{2}}},
		"foreign":     {optim.Schedule{Kind: "cosine", DropAt: []int{4}}, optim.Schedule{Kind: "cosine"}},
		"no tenfold":  {optim.Schedule{Kind: "exponential"}, optim.Schedule{Kind: "exponential", TenfoldEvery: 1}},
		"warm-up":     {optim.Schedule{WarmUp: 10}, optim.Schedule{WarmUp: 9}},
		"final above": {optim.Schedule{Kind: "cosine", Rate: 1, FinalRate: 2}, optim.Schedule{Kind: "cosine", Rate: 2, FinalRate: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.bad.Check(10) == nil {
				t.Error("the faulty schedule passes")
			}
			if err := c.good.Check(10); err != nil {
				t.Error(err)
			}
		})
	}
}
