package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ventral/experiments/readable"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
)

// candidates are the combinations of values that are tried, each a list of
// key=value; none where nothing is tuned.
func candidates(tune []spec.Candidate) [][]string {
	if len(tune) == 0 {
		return nil
	}
	all := [][]string{nil}
	for _, c := range tune {
		var next [][]string
		for _, chosen := range all {
			for _, value := range c.Values {
				next = append(next, append(append([]string(nil), chosen...), c.Key+"="+value))
			}
		}
		all = next
	}
	return all
}

// tuning are the items of the search, variant by variant. They leave test images
// alone.
func (p *Plan) tuning() ([]sweep.Item, error) {
	var items []sweep.Item
	for _, v := range p.Variants {
		for _, x := range candidates(p.Tune) {
			for _, seed := range p.TuneSeeds {
				e, err := v.with(append([]string{fmt.Sprintf("seed=%d", seed), `record.split="validation"`}, x...)...)
				if err != nil {
					return nil, err
				}
				labels := map[string]string{"variant": v.Name, "seed": fmt.Sprint(seed)}
				for _, set := range x {
					key, value, _ := strings.Cut(set, "=")
					labels[key] = value
				}
				items = append(items, sweep.Item{Labels: labels, Experiment: e, Folder: v.Folder, LeaveTest: true})
			}
		}
	}
	return items, nil
}

// edges names the chosen numbers that are the least or the largest of three or
// more tried: a better one may lie beyond. Of two numbers each is at an edge, so
// nothing is said.
func edges(tune []spec.Candidate, chosen map[string]string) string {
	var text strings.Builder
	for _, c := range tune {
		if len(c.Values) < 3 {
			continue
		}
		least, largest := math.Inf(1), math.Inf(-1)
		for _, value := range c.Values {
			x, err := strconv.ParseFloat(value, 64)
			if err != nil {
				x = math.NaN()
			}
			least, largest = min(least, x), max(largest, x)
		}
		switch x, _ := strconv.ParseFloat(chosen[c.Key], 64); x {
		case largest:
			fmt.Fprintf(&text, "; it is the largest %s tried, a better one may lie beyond", c.Key)
		case least:
			fmt.Fprintf(&text, "; it is the least %s tried, a better one may lie beyond", c.Key)
		}
	}
	return text.String()
}

// choose takes for every variant the candidate with the best mean validation
// accuracy after the last epoch, the first of equal ones. Valid gives that
// accuracy of the i-th item of tuning.
func (p *Plan) choose(valid func(i int) (float64, error)) error {
	i := 0
	for _, v := range p.Variants {
		best, at := math.Inf(-1), []string(nil)
		var tried, tied []string
		for _, x := range candidates(p.Tune) {
			sum := 0.0
			for range p.TuneSeeds {
				a, err := valid(i)
				if err != nil {
					return err
				}
				sum += a
				i++
			}
			mean := sum / float64(len(p.TuneSeeds))
			name := strings.Join(x, ", ")
			tried = append(tried, fmt.Sprintf("%s: %.1f %%", name, mean))
			switch same := 1e-9; { // of sums in different orders
			case at == nil || mean > best+same:
				if at, tied = x, nil; !math.IsNaN(mean) {
					best = mean
				}
			case mean >= best-same:
				tied = append(tied, name)
			}
		}
		v.Chosen = map[string]string{}
		for _, set := range at {
			key, value, _ := strings.Cut(set, "=")
			v.Chosen[key] = value
		}
		tie := ""
		if len(tied) > 0 {
			tie = fmt.Sprintf("; tied with %s, the first of them was taken", strings.Join(tied, " and "))
		}
		v.note("%s chosen by mean validation accuracy of %s (%s)%s%s", strings.Join(at, ", "), readable.Counted(len(p.TuneSeeds), "run"), strings.Join(tried, "; "), tie, edges(p.Tune, v.Chosen))
		e, err := v.with(at...)
		if err != nil {
			return err
		}
		if err := v.take(e); err != nil {
			return err
		}
	}
	return nil
}
