package experiments

import (
	"fmt"

	"ventral/cortex"
	"ventral/experiments/spec"
)

// Cost is what an experiment takes, whatever its weights become.
type Cost struct {
	Parameters   int   `json:"parameters"`    // trainable numbers in use
	MultiplyAdds int64 `json:"multiply_adds"` // of an answer: an image, up to the last test slice
	Longest      int   `json:"longest_path"`  // convolutions and dense layers between image and loss, the most
	Updates      int   `json:"updates"`       // of the weights, in all epochs
}

// CostOf works out the experiment's.
func CostOf(e *spec.Experiment) (Cost, error) {
	c, err := SizeOf(e)
	if err != nil {
		return c, err
	}
	g, err := e.Graph()
	if err != nil {
		return c, err
	}
	p, err := cortex.Training(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		return c, err
	}
	c.Longest = longest(p)
	c.Updates = e.Updates()
	return c, nil
}

// SizeOf is the part of Cost that needs no gradient: parameters and
// multiply-adds.
func SizeOf(e *spec.Experiment) (Cost, error) {
	g, err := e.Graph()
	if err != nil {
		return Cost{}, err
	}
	weights, err := cortex.Weights(g)
	if err != nil {
		return Cost{}, err
	}
	c := Cost{Parameters: cortex.Parameters(weights)}
	c.MultiplyAdds, err = multiplyAdds(e, g)
	return c, err
}

// Grouped writes a whole number with a comma between groups of three digits.
func Grouped(n int) string { return grouped(n) }

// Counted writes a number with its noun: "1 run", "2 runs".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Ratio writes how a quantity compares with what it was: "-5.0 %" or "+150.0 %",
// and from three times as much on as a factor, "×3.2" or "×32". It was not 0.
func Ratio(is, was float64) string {
	switch times := is / was; {
	case times >= 10:
		return fmt.Sprintf("×%.0f", times)
	case times >= 3:
		return fmt.Sprintf("×%.1f", times)
	default:
		return fmt.Sprintf("%+.1f %%", 100*(times-1))
	}
}

// Bytes writes a size in the unit that suits it: "1.5 MiB".
func Bytes(n int64) string {
	for _, u := range []struct {
		by   int64
		text string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.by {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.by), u.text)
		}
	}
	return Counted(int(n), "byte")
}
