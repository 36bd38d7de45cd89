package optim

import (
	"fmt"
	"math"
)

// Schedule is the learning rate over time. Epochs may be fractions: 2.5 is the
// middle of the third epoch.
//
//	constant     Rate
//	step         Rate · DropByᵏ, k of the epochs DropAt having begun
//	exponential  Rate · 10^(-epoch/TenfoldEvery)
//	cosine       FinalRate + (Rate-FinalRate)·(1 + cos(π·(epoch-W)/(Epochs-W)))/2
//
// During the first W = WarmUp epochs the rate rises linearly from
// WarmUpFrom·Rate to Rate, and nothing else applies.
type Schedule struct {
	Kind         string  `toml:"schedule" oneof:"constant step exponential cosine" doc:"how the rate falls"`
	Rate         float64 `toml:"rate" above:"0" doc:"learning rate at the beginning"`
	DropAt       []int   `toml:"drop_at" doc:"step: epochs, counted from 1, at whose beginning the rate drops"`
	DropBy       float64 `toml:"drop_by" above:"0" doc:"step: factor of each drop"`
	TenfoldEvery float64 `toml:"tenfold_every" min:"0" doc:"exponential: epochs in which the rate falls to a tenth"`
	FinalRate    float64 `toml:"final_rate" min:"0" doc:"cosine: rate at the end"`
	WarmUp       float64 `toml:"warm_up" min:"0" doc:"epochs in which the rate rises"`
	WarmUpFrom   float64 `toml:"warm_up_from" min:"0" max:"1" doc:"part of the rate at which warm-up begins"`
}

// DefaultSchedule is a constant rate of 0.01.
func DefaultSchedule() Schedule { return Schedule{Kind: "constant", Rate: 0.01, DropBy: 0.1} }

// Check reports settings that contradict each other; the message begins with
// the key.
func (s Schedule) Check(epochs int) error {
	switch {
	case s.Kind == "step" && len(s.DropAt) == 0:
		return fmt.Errorf("drop_at: found no epochs, schedule \"step\" wants at least one, such as [41, 51]")
	case s.Kind != "step" && len(s.DropAt) > 0:
		return fmt.Errorf("drop_at: found %v with schedule %q, it belongs to \"step\"", s.DropAt, s.Kind)
	case s.Kind == "exponential" && !(s.TenfoldEvery > 0):
		return fmt.Errorf("tenfold_every: found %v, schedule \"exponential\" wants epochs above 0", s.TenfoldEvery)
	case s.Kind != "exponential" && s.TenfoldEvery != 0:
		return fmt.Errorf("tenfold_every: found %v with schedule %q, it belongs to \"exponential\"", s.TenfoldEvery, s.Kind)
	case s.Kind == "cosine" && s.FinalRate > s.Rate:
		return fmt.Errorf("final_rate: found %v, want at most the rate %v", s.FinalRate, s.Rate)
	case s.WarmUp > 0 && s.WarmUp >= float64(epochs):
		return fmt.Errorf("warm_up: found %v, want fewer than the %d epochs", s.WarmUp, epochs)
	}
	for i, e := range s.DropAt {
		if e < 2 || i > 0 && e <= s.DropAt[i-1] {
			return fmt.Errorf("drop_at: found %v, want rising epochs from 2 (epochs count from 1)", s.DropAt)
		}
	}
	return nil
}

// At returns the rate at an epoch, counted from 0, of so many.
func (s Schedule) At(epoch float64, epochs int) float64 {
	if epoch < s.WarmUp {
		return s.Rate * (s.WarmUpFrom + (1-s.WarmUpFrom)*epoch/s.WarmUp)
	}
	switch s.Kind {
	case "step":
		r := s.Rate
		for _, e := range s.DropAt {
			if epoch >= float64(e-1) {
				r *= s.DropBy
			}
		}
		return r
	case "exponential":
		return s.Rate * math.Pow(10, -epoch/s.TenfoldEvery)
	case "cosine":
		part := math.Min((epoch-s.WarmUp)/(float64(epochs)-s.WarmUp), 1)
		return s.FinalRate + (s.Rate-s.FinalRate)*(1+math.Cos(math.Pi*part))/2
	}
	return s.Rate
}
