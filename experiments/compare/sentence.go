package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/experiments/readable"
)

// findings are what the data support and no more: a sentence for each pair, for
// two networks where there is one run of each variant, and for runs that diverged.
func findings(r *Report) []string {
	list := []string{}
	for _, p := range r.Pairs {
		list = append(list, p.Sentence)
	}
	several := slices.ContainsFunc(r.groups, func(g *Group) bool { return len(g.Runs) != 1 })
	if !several {
		for _, n := range r.Networks {
			list = append(list, n.sentence())
		}
	}
	for _, v := range r.Variants {
		if n := len(v.Diverged); n > 0 {
			list = append(list, fmt.Sprintf("Of `%s`, training diverged in %d of %s (seeds %s), which count like the others: a lower train.rate, or --tune train.rate=…, makes the comparison one of networks that learnt.",
				v.Name, n, readable.Counted(len(v.Seeds), "run"), strings.Trim(fmt.Sprint(v.Diverged), "[]")))
		}
	}
	return list
}

// judge says what the runs of a pair support. Primary names the outcome; pairs are
// all that were tested; enough is the number of runs that could tell at all.
func judge(p *Pair, o outcome, primary string, pairs, enough int) (verdict, sentence string) {
	a, b, d, low, high := p.First, p.Second, float64(p.Difference), float64(p.Low), float64(p.High)
	family := fmt.Sprintf("Holm over %s", readable.Counted(pairs, "pair"))
	runs := readable.Counted(p.Runs[0], "run") + " each"
	if p.Runs[0] != p.Runs[1] {
		runs = fmt.Sprintf("%d and %s", p.Runs[0], readable.Counted(p.Runs[1], "run"))
	}
	least := min(p.Runs[0], p.Runs[1])
	switch {
	case least < enough:
		s := fmt.Sprintf("Too few runs to tell `%s` from `%s`: %s, `%s` − `%s` is %s", a, b, runs, b, a, o.amount(d))
		if !math.IsNaN(low) {
			s += " " + o.interval(low, high)
		}
		return "too few", s + fmt.Sprintf(" in %s; %s of each could reach %.0f %% (%s).", primary, readable.Counted(enough, "run"), 100*level, family)
	case math.IsNaN(float64(p.P)):
		return "not told", fmt.Sprintf("`%s` and `%s` cannot be told apart: the runs of each do not differ in %s, %s, so that nothing estimates their spread.", a, b, primary, runs)
	case float64(p.Adjusted) <= level:
		verdict, a, b = "better", b, a
		if !o.better(d, 0) {
			verdict, a, b = "worse", b, a
		}
		if d < 0 {
			d, low, high = -d, -high, -low
		}
		sentence = fmt.Sprintf("`%s` beats `%s` by %s %s in %s, %s, %s (p %s; the interval is Welch's 95 %% for this pair alone).", a, b, o.amount(d), o.interval(low, high), primary, runs, family, pEquals(float64(p.Adjusted)))
		return verdict, sentence
	}
	s := fmt.Sprintf("`%s` and `%s` are not told apart: `%s` − `%s` is %s %s in %s, %s, %s (p %s", a, b, b, a, o.amount(d), o.interval(low, high), primary, runs, family, pEquals(float64(p.Adjusted)))
	if low > 0 || high < 0 {
		return "not told", s + "; the interval, Welch's 95 % for this pair alone, leaves out 0, but of so many pairs one would do so by chance too often)."
	}
	return "not told", s + "; the interval is Welch's 95 % for this pair alone)."
}

// pText writes a p value with two digits, pEquals with the sign before it.
func pText(p float64) string { return strings.TrimPrefix(pEquals(p), "= ") }

// pEquals writes a p value after the sign that belongs before it.
func pEquals(p float64) string {
	switch {
	case math.IsNaN(p):
		return "= –"
	case p < 0.0001:
		return "< 0.0001"
	case p < 0.001:
		return fmt.Sprintf("= %.4f", p)
	case p < 0.095:
		return fmt.Sprintf("= %.3f", p)
	}
	return fmt.Sprintf("= %.2f", p)
}
