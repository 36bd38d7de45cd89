package compare

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ventral/experiments"
	"ventral/experiments/statistics"
	"ventral/experiments/stimuli"
	"ventral/experiments/sweep"
)

// Plan is what a comparison will train.
type Plan struct {
	Format    int                     `json:"format"`
	Name      string                  `json:"name"`
	Asked     request                 `json:"asked"` // by the user
	Primary   string                  `json:"primary"`
	Variants  []*Variant              `json:"variants"`
	Seeds     []int                   `json:"seeds"`
	Tune      []experiments.Candidate `json:"tune"`
	TuneSeeds []int                   `json:"tune_seeds"`
	LeftOut   []string                `json:"left_out"` // to fit the time
	Seconds   float64                 `json:"seconds"`  // that it is expected to take; 0 unknown
	Looks     []int                   `json:"looks"`    // seeds of earlier reports in the same folder, before there were more
}

// NewPlan makes variants fair and plans their runs: a network without recurrence
// runs once in time, quantities are matched, all have the same candidates and
// seeds.
func NewPlan(name string, list []*Variant, c experiments.Comparison, budget time.Duration) (*Plan, error) {
	if err := distinct(list); err != nil {
		return nil, err
	}
	p := &Plan{Format: experiments.Format, Name: name, Asked: newRequest(list, c, budget), Primary: c.Primary, Variants: list, Tune: c.Tune, LeftOut: []string{}, Looks: []int{}}
	for _, v := range list {
		if err := v.once(); err != nil {
			return nil, err
		}
	}
	if err := apart(list); err != nil {
		return nil, err
	}
	if c.Match.Quantity != "" {
		if err := Match(list, c.Match); err != nil {
			return nil, err
		}
	}
	first := list[0].e.Seed
	for i := range c.Seeds {
		p.Seeds = append(p.Seeds, first+i)
	}
	if len(c.Tune) > 0 {
		for i := range c.TuneSeeds {
			p.TuneSeeds = append(p.TuneSeeds, first+1000+i)
		}
		if list[0].e.Stimuli.Settings.Describe().Images[stimuli.Validation] == 0 {
			return nil, fmt.Errorf("tune: candidates are chosen on validation images, and stimuli.validation = 0")
		}
	}
	for _, v := range list {
		var err error
		if v.Cost, err = v.e.Cost(); err != nil {
			return nil, err
		}
		for _, x := range p.candidates() {
			_, err := v.with(x...)
			var f *experiments.Fault
			switch {
			case errors.As(err, &f): // of no file that the user wrote
				return nil, fmt.Errorf("tune: %s with %s: %s: %s", v.Name, strings.Join(x, ", "), f.Key, f.Message)
			case err != nil:
				return nil, fmt.Errorf("tune: %s with %s: %w", v.Name, strings.Join(x, ", "), err)
			}
		}
		o, err := parseOutcome(p.Primary)
		if err != nil {
			return nil, err
		}
		g, err := v.e.Graph()
		if err != nil {
			return nil, err
		}
		if test := g.TestSlices(); v.Recurrent && o.slice >= 0 && !slices.Contains(test, o.slice) {
			return nil, fmt.Errorf("primary: found %q, but %s is tested at %v", p.Primary, v.Name, test)
		}
	}
	return p, nil
}

// Kept returns the plan that a folder holds of the same request, nil where it
// holds none. A request that differs in nothing but having more seeds is the
// same: the plan that is returned has them, and the runs that are there count.
// Another comparison in the folder is an error that says what differs.
func (p *Plan) Kept(dir experiments.Folder) (*Plan, error) {
	if !dir.Has(planFile) {
		return nil, nil
	}
	old := &Plan{}
	if err := dir.ReadJSON(planFile, old); err != nil {
		return nil, err
	}
	other := func(what string) error {
		return fmt.Errorf("%s: holds another comparison: %s; choose another folder by --out", dir, what)
	}
	if old.Format != experiments.Format || len(old.Asked.Variants) == 0 {
		return nil, other("another version of the program planned it")
	}
	more, err := p.Asked.adds(old.Asked, len(old.LeftOut) > 0)
	if err != nil {
		return nil, other(err.Error())
	}
	for _, v := range old.Variants {
		if v.e, err = experiments.Read(v.Name, v.Text, experiments.Overrides{}); err != nil {
			return nil, err
		}
	}
	if more > 0 {
		if dir.Has(reportFile) {
			old.Looks = append(old.Looks, len(old.Seeds))
		}
		old.Asked, old.Seeds = p.Asked, p.Seeds
	}
	return old, nil
}

// Describe says what will be trained.
func (p *Plan) Describe(out io.Writer) {
	names := make([]string, len(p.Variants))
	for i, v := range p.Variants {
		names[i] = v.Name
		for _, c := range v.Changes {
			fmt.Fprintf(out, "%s: %s\n", v.Name, c)
		}
	}
	fmt.Fprintf(out, "%s: %s with seeds %d to %d", p.Name, strings.Join(names, ", "), p.Seeds[0], p.Seeds[len(p.Seeds)-1])
	if n := len(p.candidates()); n > 0 {
		fmt.Fprintf(out, "; before that %d candidates each with seeds %d to %d", n, p.TuneSeeds[0], p.TuneSeeds[len(p.TuneSeeds)-1])
	}
	fmt.Fprintln(out)
	for _, l := range p.LeftOut {
		fmt.Fprintln(out, l)
	}
}

// Write keeps the plan in the comparison's folder.
func (p *Plan) Write(dir experiments.Folder) error { return dir.WriteJSON(planFile, p) }

// candidates are the combinations of values that are tried, each a list of
// key=value; none without tune.
func (p *Plan) candidates() [][]string {
	if len(p.Tune) == 0 {
		return nil
	}
	all := [][]string{nil}
	for _, c := range p.Tune {
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
		for _, x := range p.candidates() {
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

// runs are the items that are compared, seed by seed, so that what is there when
// it is interrupted can be compared.
func (p *Plan) runs() ([]sweep.Item, error) {
	var items []sweep.Item
	for _, seed := range p.Seeds {
		for _, v := range p.Variants {
			e, err := v.with(fmt.Sprintf("seed=%d", seed))
			if err != nil {
				return nil, err
			}
			items = append(items, sweep.Item{Labels: map[string]string{"variant": v.Name, "seed": fmt.Sprint(seed)}, Experiment: e, Folder: v.Folder})
		}
	}
	return items, nil
}

// edges names the numbers chosen for v that are the least or the largest tried,
// beyond which better ones may lie.
func (p *Plan) edges(v *Variant) string {
	var text strings.Builder
	for _, c := range p.Tune {
		least, largest := math.Inf(1), math.Inf(-1)
		for _, value := range c.Values {
			x, err := strconv.ParseFloat(value, 64)
			if err != nil {
				x = math.NaN()
			}
			least, largest = min(least, x), max(largest, x)
		}
		switch x, _ := strconv.ParseFloat(v.Chosen[c.Key], 64); x {
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
		for _, x := range p.candidates() {
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
		v.note("%s chosen by mean validation accuracy of %s (%s)%s%s", strings.Join(at, ", "), experiments.Counted(len(p.TuneSeeds), "run"), strings.Join(tried, "; "), tie, p.edges(v))
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

// overhead is what a run takes besides its training steps: validation and tests
// as a share of them, and seconds for images, recordings and figures.
const overheadShare, overheadSeconds = 0.25, 6

// Fit makes the plan fit a time. Seconds are those of one run's training steps,
// by variant. In this order, until it fits: seeds go down to the fewest that can
// tell; tuning is left out; epochs go down, for all alike, to a quarter; seeds go
// down to two. What was left out is noted. A plan that still does not fit is an
// error.
func (p *Plan) Fit(budget time.Duration, seconds []float64) error {
	epochs := p.Variants[0].e.Train.Epochs
	for _, v := range p.Variants {
		epochs = min(epochs, v.e.Train.Epochs)
	}
	seeds, tune, share := len(p.Seeds), len(p.TuneSeeds)*len(p.candidates()), 1.0
	cost := func() time.Duration {
		total := 0.0
		for _, s := range seconds {
			total += float64(seeds+tune) * (s*share*(1+overheadShare) + overheadSeconds)
		}
		return time.Duration(total * float64(time.Second)).Round(time.Second)
	}
	fits := func() bool { return cost() <= budget }
	whole := cost()
	enough := statistics.FewestRuns(len(p.pairs()), 0.05)
	down := func(least int) {
		for seeds > least && !fits() {
			seeds--
		}
	}
	down(enough)
	if !fits() && tune > 0 {
		tune = 0
	}
	least := max(1, epochs/4)
	kept := epochs
	for kept > least && !fits() {
		kept--
		share = float64(kept) / float64(epochs)
	}
	down(2)
	p.Seconds = cost().Seconds()
	if !fits() {
		least := fmt.Sprintf("%s and %d of %d epochs", experiments.Counted(seeds, "seed"), kept, epochs)
		if len(p.Tune) > 0 {
			least = fmt.Sprintf("%s, %d of %d epochs and no tuning", experiments.Counted(seeds, "seed"), kept, epochs)
		}
		return fmt.Errorf("--budget: the plan takes about %s, and with %s still %s; found %s", whole, least, cost(), budget)
	}
	if n := len(p.Seeds); seeds < n {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("%d of %d seeds", n-seeds, n))
		p.Seeds = p.Seeds[:seeds]
	}
	if tune == 0 && len(p.Tune) > 0 {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("tuning of %d candidates", len(p.candidates())))
		p.Tune, p.TuneSeeds = nil, nil
	}
	if kept < epochs {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("%d of %d epochs", epochs-kept, epochs))
		for _, v := range p.Variants {
			n := max(1, int(math.Round(float64(v.e.Train.Epochs)*share)))
			e, err := v.with(fmt.Sprintf("train.epochs=%d", n))
			if err != nil {
				return fmt.Errorf("--budget: %d epochs of %s: %w", n, v.Name, err)
			}
			if err := v.take(e); err != nil {
				return err
			}
			if v.Cost, err = v.e.Cost(); err != nil {
				return err
			}
		}
	}
	if len(p.LeftOut) > 0 {
		p.LeftOut = append([]string{fmt.Sprintf("The whole takes about %s; to fit %s were left out", whole, budget)}, p.LeftOut...)
	}
	return nil
}

// pairs are the places of every two variants.
func (p *Plan) pairs() (list [][2]int) {
	for i := range p.Variants {
		for j := i + 1; j < len(p.Variants); j++ {
			list = append(list, [2]int{i, j})
		}
	}
	return list
}

// outcome is what is measured of a run.
type outcome struct {
	measure string // accuracy, error or loss
	slice   int    // -1: the last
}

// parseOutcome reads MEASURE@SLICE.
func parseOutcome(text string) (outcome, error) {
	measure, at, _ := strings.Cut(text, "@")
	o := outcome{measure, -1}
	bad := fmt.Errorf("primary: found %q, want accuracy, error or loss, at a slice or @last, as in accuracy@last", text)
	if !slices.Contains([]string{"accuracy", "error", "loss"}, measure) {
		return o, bad
	}
	if at != "" && at != "last" {
		if n, err := fmt.Sscanf(at, "%d", &o.slice); n != 1 || err != nil || o.slice < 0 || fmt.Sprint(o.slice) != at {
			return o, bad
		}
	}
	return o, nil
}

// unit is how differences of the outcome are read.
func (o outcome) unit() string {
	if o.measure == "loss" {
		return "nat"
	}
	return "points"
}

// of is the outcome at a measured slice.
func (o outcome) of(s experiments.Slice) float64 {
	switch o.measure {
	case "error":
		return 100 - float64(s.Accuracy)
	case "loss":
		return float64(s.Loss)
	}
	return float64(s.Accuracy)
}

// better reports whether a is better than b.
func (o outcome) better(a, b float64) bool {
	if o.measure == "accuracy" {
		return a > b
	}
	return a < b
}
