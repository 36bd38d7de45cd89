package compare

import (
	"fmt"
	"math"
	"strings"

	"ventral/experiments"
)

// say writes the verdict and the sentence of every pair, and the findings of the
// whole: what the data support, and no more.
func (r *Report) say() {
	r.Findings = []string{}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		p.Verdict, p.Sentence = r.judge(p)
		r.Findings = append(r.Findings, p.Sentence)
	}
	if len(r.Networks) == 0 {
		return
	}
	one := true
	for _, g := range r.groups {
		one = one && len(g.Runs) == 1
	}
	if one {
		for _, n := range r.Networks {
			r.Findings = append(r.Findings, n.sentence())
		}
	}
}

// judge says of a pair what its runs support.
func (r *Report) judge(p *Pair) (verdict, sentence string) {
	a, b, d, low, high := p.First, p.Second, float64(p.Difference), float64(p.Low), float64(p.High)
	family := fmt.Sprintf("Holm over %s", experiments.Counted(len(r.Pairs), "pair"))
	runs := experiments.Counted(p.Runs[0], "run") + " each"
	if p.Runs[0] != p.Runs[1] {
		runs = fmt.Sprintf("%d and %s", p.Runs[0], experiments.Counted(p.Runs[1], "run"))
	}
	least := min(p.Runs[0], p.Runs[1])
	switch {
	case least < r.Enough:
		s := fmt.Sprintf("Too few runs to tell `%s` from `%s`: %s, `%s` − `%s` is %s", a, b, runs, b, a, r.amount(d))
		if !math.IsNaN(low) {
			s += " " + r.interval(low, high)
		}
		return "too few", s + fmt.Sprintf(" in %s; %s of each could reach %.0f %% (%s).", r.Primary, experiments.Counted(r.Enough, "run"), 100*level, family)
	case math.IsNaN(float64(p.P)):
		return "not told", fmt.Sprintf("`%s` and `%s` cannot be told apart: the runs of each do not differ in %s, %s, so that nothing estimates their spread.", a, b, r.Primary, runs)
	case float64(p.Adjusted) <= level:
		verdict, a, b = "better", b, a
		if !r.outcome.better(d, 0) {
			verdict, a, b = "worse", b, a
		}
		if d < 0 {
			d, low, high = -d, -high, -low
		}
		sentence = fmt.Sprintf("`%s` beats `%s` by %s %s in %s, %s, %s (p %s; the interval is Welch's 95 %% for this pair alone).", a, b, r.amount(d), r.interval(low, high), r.Primary, runs, family, pEquals(float64(p.Adjusted)))
		return verdict, sentence
	}
	s := fmt.Sprintf("`%s` and `%s` are not told apart: `%s` − `%s` is %s %s in %s, %s, %s (p %s", a, b, b, a, r.amount(d), r.interval(low, high), r.Primary, runs, family, pEquals(float64(p.Adjusted)))
	if low > 0 || high < 0 {
		return "not told", s + "; the interval, Welch's 95 % for this pair alone, leaves out 0, but of so many pairs one would do so by chance too often)."
	}
	return "not told", s + "; the interval is Welch's 95 % for this pair alone)."
}

// amount writes a difference with its unit.
func (r *Report) amount(d float64) string { return r.digits(d) + " " + r.Unit }

func (r *Report) interval(low, high float64) string {
	return fmt.Sprintf("[%s, %s]", r.digits(low), r.digits(high))
}

// digits writes a difference of the outcome: points to a tenth, nats to a
// thousandth.
func (r *Report) digits(d float64) string {
	format := "%.1f"
	if r.Unit == "nat" {
		format = "%.3f"
	}
	s := fmt.Sprintf(format, d)
	if s == "-0.0" || s == "-0.000" {
		s = s[1:]
	}
	return s
}

func (n Networks) sentence() string {
	at := fmt.Sprintf("slice %d", n.FirstSlice)
	if n.FirstSlice != n.SecondSlice {
		at = fmt.Sprintf("slices %d and %d", n.FirstSlice, n.SecondSlice)
	}
	return fmt.Sprintf("These two networks, seed %d, at %s: `%s` alone is right on %d and `%s` alone on %d of %s images, `%s` − `%s` is %.1f points [%.1f, %.1f] (95 %% bootstrap over images; McNemar mid-p %s). It says nothing about other seeds.",
		n.Seed, at, n.First, n.FirstAlone, n.Second, n.SecondAlone, grouped(float64(n.Images)), n.Second, n.First, float64(n.Difference), float64(n.Low), float64(n.High), pEquals(float64(n.Mid)))
}

// pText writes a p value with two digits, pEquals with the sign before it.
func pText(p float64) string { return strings.TrimPrefix(pEquals(p), "= ") }

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
