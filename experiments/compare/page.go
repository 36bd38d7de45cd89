package compare

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"ventral/experiments"
	"ventral/experiments/rundir"
	"ventral/plots"
)

// page is the comparison as a page.
func (r *Report) page(dir rundir.Folder, figures []plots.PageFigure) (plots.Page, error) {
	p := plots.Page{Provenance: r.Provenance, Title: r.Name + ": comparison", Subtitle: r.subtitle(), Figures: figures}
	p.Summary = append(p.Summary, r.Findings...)
	p.Summary = append(p.Summary, r.reading())
	if len(r.LeftOut) > 0 {
		p.Summary = append(p.Summary, strings.Join(r.LeftOut, "; ")+".")
	}
	if text := r.looked(); text != "" {
		p.Summary = append(p.Summary, text)
	}
	p.Tables = append(p.Tables, r.variantTable(), r.pairTable(), r.changeTable())
	if t, ok := r.networkTable(); ok {
		p.Tables = append(p.Tables, t)
	}
	diffs, err := r.diffTables()
	if err != nil {
		return p, err
	}
	p.Tables = append(p.Tables, diffs...)
	for _, name := range []string{reportFile, "runs.csv", "pairs.csv", "slices.csv", "networks.csv", "frames.json", planFile, "ledger.json"} {
		if dir.Has(name) {
			p.Links = append(p.Links, plots.Link{Text: name, Path: name})
		}
	}
	for _, g := range r.groups {
		for _, run := range g.Runs {
			if path := link(dir, run.Folder); path != "" {
				p.Links = append(p.Links, plots.Link{Text: fmt.Sprintf("%s, seed %d", g.Name, run.Seed), Path: path})
			}
		}
	}
	return p, nil
}

// diffTables say how every variant differs from the first, as it was trained.
func (r *Report) diffTables() (list []plots.Table, err error) {
	side := func(g *Group) Side { return Side{Name: g.Name, Experiment: g.e} }
	for _, g := range r.groups[1:] {
		d, err := NewDiff(side(r.groups[0]), side(g))
		if err != nil {
			return nil, err
		}
		t := plots.Table{Title: "Differences of " + g.Name + " from " + d.First, Columns: []string{"of", "name", "what", d.First, g.Name}, Rows: d.rows(),
			Note: "As they were trained, patterns written out and defaults filled in."}
		if !d.Empty() {
			list = append(list, t)
		}
	}
	return list, nil
}

func (r *Report) subtitle() string {
	least, most := math.MaxInt, 0
	for _, g := range r.groups {
		least, most = min(least, len(g.Runs)), max(most, len(g.Runs))
	}
	runs := fmt.Sprintf("%d to %d runs each", least, most)
	if least == most {
		runs = experiments.Counted(most, "run") + " each"
	}
	return fmt.Sprintf("%s, %s, %s %s images", experiments.Counted(len(r.groups), "variant"), runs, grouped(float64(r.Images)), r.Split)
}

// reading says what a reader may take from which number.
func (r *Report) reading() string {
	return fmt.Sprintf("Claims are made of one outcome, %s, with training runs as n: Welch's test, Holm over its %s. Everything else here is exploratory.", r.Primary, experiments.Counted(len(r.Pairs), "pair"))
}

// looked warns of tests that were made before with fewer runs.
func (r *Report) looked() string {
	if len(r.Looks) == 0 {
		return ""
	}
	n := r.Looks[len(r.Looks)-1]
	return fmt.Sprintf("Seeds were added to a comparison of %s each that had a report. Tests that are looked at, and made again with more runs, find differences that are not there more often than they say.", experiments.Counted(n, "run"))
}

// spread is a mean with its interval, or the one number there is.
func (r *Report) spread(s Summary) string {
	if math.IsNaN(float64(s.Low)) {
		return r.digits(float64(s.Mean))
	}
	return r.digits(float64(s.Mean)) + " " + r.interval(float64(s.Low), float64(s.High))
}

// primaryUnit is the unit of the outcome itself.
func (r *Report) primaryUnit() string {
	if r.Unit == "nat" {
		return "nat"
	}
	return "%"
}

func (r *Report) variantTable() plots.Table {
	t := plots.Table{Title: "Variants", Columns: []string{"variant", fmt.Sprintf("%s (%s)", r.Primary, r.primaryUnit()), "runs", "parameters", "multiply-adds an image", "longest path", "updates", "last slice"},
		Note: fmt.Sprintf("Mean over runs with the 95 %% t interval; %s %s images, chance %.3g %%. Longest path: convolutions and dense layers between image and loss. Parameters are trainable ones in use. Matching one of these quantities unmatches others.", grouped(float64(r.Images)), r.Split, float64(r.Chance))}
	for _, v := range r.Variants {
		t.Rows = append(t.Rows, []string{v.Name, r.spread(v), fmt.Sprint(len(v.Values)), grouped(float64(v.Cost.Parameters)), experiments.Count(v.Cost.MultiplyAdds), fmt.Sprint(v.Cost.Longest), grouped(float64(v.Cost.Updates)), fmt.Sprint(v.Slice)})
	}
	return t
}

func (r *Report) pairTable() plots.Table {
	t := plots.Table{Title: "Pairs: " + r.Primary, Columns: []string{"variant − first", "difference (" + r.Unit + ")", "95 % of the pair", "95 % of all pairs", "p", "p, Holm", "told"},
		Note: fmt.Sprintf("n = training runs; Welch's t. The first interval holds for its pair alone; those of the next column hold together (Bonferroni over %s). The verdict is Holm's, of the variant before the sign. With fewer than %d runs each no test free of assumptions could reach %.0f %%.", experiments.Counted(len(r.Pairs), "pair"), r.Enough, 100*level)}
	for _, p := range r.Pairs {
		cell := func(low, high num) string {
			if math.IsNaN(float64(low)) {
				return "–"
			}
			return r.interval(float64(low), float64(high))
		}
		t.Rows = append(t.Rows, []string{p.Second + " − " + p.First, r.digits(float64(p.Difference)), cell(p.Low, p.High), cell(p.AllLow, p.AllHigh), pText(float64(p.P)), pText(float64(p.Adjusted)), p.Verdict})
	}
	return t
}

func (r *Report) changeTable() plots.Table {
	t := plots.Table{Title: "What was changed to compare them", Columns: []string{"variant", "changes"}}
	for _, v := range r.Variants {
		text := strings.Join(v.Changes, "; ")
		if text == "" {
			text = "as it is written"
		}
		t.Rows = append(t.Rows, []string{v.Name, text})
	}
	return t
}

// sharedSeed is the first seed that every variant has on the same images; ok is
// false where there is none.
func (r *Report) sharedSeed() (seed int, ok bool) {
	of := map[int]int{}
	for _, n := range r.Networks {
		of[n.Seed]++
	}
	for _, run := range r.groups[0].Runs {
		if of[run.Seed] == len(r.Pairs) {
			return run.Seed, true
		}
	}
	return 0, false
}

// networkTable has the networks of the first seed that all have.
func (r *Report) networkTable() (plots.Table, bool) {
	seed, ok := r.sharedSeed()
	if !ok {
		return plots.Table{}, false
	}
	t := plots.Table{Title: fmt.Sprintf("These two networks, seed %d (exploratory)", seed), Columns: []string{"variant − first", "first alone right", "variant alone right", "difference (points)", "95 % bootstrap", "McNemar exact p", "mid-p", "loss difference (nat)", "p, sign flips"},
		Note: fmt.Sprintf("n = %s images that both networks answered, %s. These numbers are of these two networks and say nothing of other seeds; those of every seed are in networks.csv.", grouped(float64(r.Networks[0].Images)), r.outcome.place())}
	for _, n := range r.Networks {
		if n.Seed == seed {
			t.Rows = append(t.Rows, []string{n.Second + " − " + n.First, fmt.Sprint(n.FirstAlone), fmt.Sprint(n.SecondAlone), fmt.Sprintf("%.1f", float64(n.Difference)), fmt.Sprintf("[%.1f, %.1f]", float64(n.Low), float64(n.High)),
				pText(float64(n.Exact)), pText(float64(n.Mid)), fmt.Sprintf("%.3f", float64(n.Loss)), pText(float64(n.LossP))})
		}
	}
	return t, true
}

// Print writes the table and the findings.
func (r *Report) Print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	t := r.variantTable()
	fmt.Fprintln(w, strings.Join(t.Columns, "\t"))
	for _, row := range t.Rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	fmt.Fprintln(out)
	for _, v := range r.Variants {
		for _, c := range v.Changes {
			fmt.Fprintf(out, "%s: %s\n", v.Name, c)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintln(out, f)
	}
	for _, l := range r.LeftOut {
		fmt.Fprintln(out, l)
	}
	if text := r.looked(); text != "" {
		fmt.Fprintln(out, text)
	}
}
