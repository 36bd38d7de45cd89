package compare

import (
	"fmt"
	"math"
	"strings"

	"ventral/experiments/readable"
	"ventral/plots/page"
)

// variantTable has a row for each variant: its outcome, and what it costs.
func variantTable(r *Report) page.Table {
	t := page.Table{Title: "Variants", Columns: []string{"variant", fmt.Sprintf("%s (%s)", r.Primary, r.outcome.valueUnit()), "runs", "parameters", "multiply-adds an image", "longest path", "updates", "last step"},
		Note: fmt.Sprintf("Mean over runs with the 95 %% t interval; %s %s images, chance %.3g %%. Longest path: convolutions and dense layers between image and loss. Parameters are trainable ones in use. Matching one of these quantities unmatches others.", grouped(float64(r.Images)), r.Split, float64(r.Chance))}
	for _, v := range r.Variants {
		t.Rows = append(t.Rows, []string{v.Name, r.outcome.spread(v), fmt.Sprint(len(v.Values)), grouped(float64(v.Cost.Parameters)), readable.Short(v.Cost.MultiplyAdds), fmt.Sprint(v.Cost.Longest), grouped(float64(v.Cost.Updates)), fmt.Sprint(v.Step)})
	}
	return t
}

// pairTable has a row for each pair of variants.
func pairTable(r *Report) page.Table {
	t := page.Table{Title: "Pairs: " + r.Primary, Columns: []string{"variant − first", "difference (" + r.Unit + ")", "95 % of the pair", "95 % of all pairs", "p", "p, Holm", "told"},
		Note: fmt.Sprintf("n = training runs; Welch's t. The first interval holds for its pair alone; those of the next column hold together (Bonferroni over %s). The verdict is Holm's, of the variant before the sign. With fewer than %d runs each no test free of assumptions could reach %.0f %%.", readable.Counted(len(r.Pairs), "pair"), r.Enough, 100*level)}
	for _, p := range r.Pairs {
		cell := func(low, high num) string {
			if math.IsNaN(float64(low)) {
				return "–"
			}
			return r.outcome.interval(float64(low), float64(high))
		}
		t.Rows = append(t.Rows, []string{p.Second + " − " + p.First, r.outcome.digits(float64(p.Difference)), cell(p.Low, p.High), cell(p.AllLow, p.AllHigh), pText(float64(p.P)), pText(float64(p.Adjusted)), p.Verdict})
	}
	return t
}

// changeTable says how each variant was changed to compare it with the others.
func changeTable(variants []Summary) page.Table {
	t := page.Table{Title: "What was changed to compare them", Columns: []string{"variant", "changes"}}
	for _, v := range variants {
		text := strings.Join(v.Changes, "; ")
		if text == "" {
			text = "as it is written"
		}
		t.Rows = append(t.Rows, []string{v.Name, text})
	}
	return t
}

// networkTable has the networks of the first seed that all variants have; ok is false
// where there is none.
func networkTable(r *Report) (t page.Table, ok bool) {
	seed, ok := sharedSeed(r.Networks, r.groups[0], len(r.Pairs))
	if !ok {
		return page.Table{}, false
	}
	t = page.Table{Title: fmt.Sprintf("These two networks, seed %d (exploratory)", seed), Columns: []string{"variant − first", "first alone right", "variant alone right", "difference (points)", "95 % bootstrap", "McNemar exact p", "mid-p", "loss difference (nat)", "p, sign flips"},
		Note: fmt.Sprintf("n = %s images that both networks answered, %s. These numbers are of these two networks and say nothing of other seeds; those of every seed are in networks.csv.", grouped(float64(r.Networks[0].Images)), r.outcome.place())}
	for _, n := range r.Networks {
		if n.Seed == seed {
			t.Rows = append(t.Rows, []string{n.Second + " − " + n.First, fmt.Sprint(n.FirstAlone), fmt.Sprint(n.SecondAlone), fmt.Sprintf("%.1f", float64(n.Difference)), fmt.Sprintf("[%.1f, %.1f]", float64(n.Low), float64(n.High)),
				pText(float64(n.Exact)), pText(float64(n.Mid)), fmt.Sprintf("%.3f", float64(n.Loss)), pText(float64(n.LossP))})
		}
	}
	return t, true
}

// diffTables say how every variant differs from the first, as it was trained.
func diffTables(groups []*Group) (list []page.Table, err error) {
	side := func(g *Group) Side { return Side{Name: g.Name, Experiment: g.e} }
	for _, g := range groups[1:] {
		d, err := NewDiff(side(groups[0]), side(g))
		if err != nil {
			return nil, err
		}
		t := page.Table{Title: "Differences of " + g.Name + " from " + d.First, Columns: []string{"of", "name", "what", d.First, g.Name}, Rows: d.rows(),
			Note: "As they were trained, patterns written out and defaults filled in."}
		if !d.Empty() {
			list = append(list, t)
		}
	}
	return list, nil
}
