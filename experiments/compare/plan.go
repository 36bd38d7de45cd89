package compare

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"ventral/experiments/decode"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/experiments/sweep"
)

// Plan is what a comparison will train.
type Plan struct {
	Seal      rundir.Seal      `json:"self_sha256"`
	Format    int              `json:"format"`
	Name      string           `json:"name"`
	Asked     request          `json:"asked"` // by the user
	Primary   string           `json:"primary"`
	Variants  []*Variant       `json:"variants"`
	Seeds     []int            `json:"seeds"`
	Tune      []spec.Candidate `json:"tune"`
	TuneSeeds []int            `json:"tune_seeds"`
	LeftOut   []string         `json:"left_out"` // to fit the time
	Seconds   float64          `json:"seconds"`  // that it is expected to take; 0 unknown
	Looks     []int            `json:"looks"`    // seeds of earlier reports in the same folder, before there were more
}

// NewPlan makes variants fair and plans their runs: a network without recurrence
// runs once in time, quantities are matched, all have the same candidates and
// seeds.
func NewPlan(name string, list []*Variant, c spec.Comparison, budget time.Duration) (*Plan, error) {
	if err := distinct(list); err != nil {
		return nil, err
	}
	p := &Plan{Format: spec.Format, Name: name, Asked: newRequest(list, c, budget), Primary: c.Primary, Variants: list, Tune: c.Tune, LeftOut: []string{}, Looks: []int{}}
	for _, v := range list {
		if err := runOnce(v); err != nil {
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
		if list[0].e.Stimuli.Described.Images[stimuli.Validation] == 0 {
			return nil, fmt.Errorf("tune: candidates are chosen on validation images, and stimuli.validation = 0")
		}
	}
	o, err := parseOutcome(p.Primary)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		if v.Cost, err = run.CostOf(v.e); err != nil {
			return nil, err
		}
		if err := checkCandidates(v, c.Tune); err != nil {
			return nil, err
		}
		if err := checkTested(v, o, p.Primary); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// checkCandidates refuses candidates with which a variant is no experiment.
func checkCandidates(v *Variant, tune []spec.Candidate) error {
	for _, x := range candidates(tune) {
		_, err := v.with(x...)
		var f *decode.Fault
		switch {
		case errors.As(err, &f): // of no file that the user wrote
			return fmt.Errorf("tune: %s with %s: %s: %s", v.Name, strings.Join(x, ", "), f.Key, f.Message)
		case err != nil:
			return fmt.Errorf("tune: %s with %s: %w", v.Name, strings.Join(x, ", "), err)
		}
	}
	return nil
}

// checkTested refuses an outcome at a step at which a variant is not tested.
func checkTested(v *Variant, o outcome, primary string) error {
	g, err := v.e.Graph()
	if err != nil {
		return err
	}
	test := g.TestSteps()
	keeps := !v.Recurrent && o.step > test[len(test)-1] // its last answer, as in Run.at
	if o.step >= 0 && !slices.Contains(test, o.step) && !keeps {
		return fmt.Errorf("primary: found %q, but %s is tested at %v", primary, v.Name, test)
	}
	return nil
}

// Check reports a plan that no comparison writes.
func (p *Plan) Check() error {
	if len(p.Seeds) == 0 {
		return errors.New("seeds: found none")
	}
	for i, v := range p.Variants {
		if v == nil {
			return fmt.Errorf("variants: found nothing at place %d", i+1)
		}
	}
	return nil
}

// Kept returns the plan that a folder holds of the same request, nil where it
// holds none. A request that differs in nothing but having more seeds is the
// same: the plan that is returned has them, and the runs that are there count.
// Another comparison in the folder is an error that says what differs.
func (p *Plan) Kept(dir rundir.Folder) (*Plan, error) {
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
	if old.Format != spec.Format || len(old.Asked.Variants) == 0 {
		return nil, other("another version of the program planned it")
	}
	more, err := p.Asked.adds(old.Asked, len(old.LeftOut) > 0)
	if err != nil {
		return nil, other(err.Error())
	}
	for _, v := range old.Variants {
		if v.e, err = spec.Read(v.Name, v.Text, spec.Overrides{Folder: v.Folder}); err != nil {
			return nil, err
		}
	}
	if more > 0 {
		if n, ok, err := reported(dir); err != nil {
			return nil, err
		} else if ok && !slices.Contains(old.Looks, n) {
			old.Looks = append(old.Looks, n)
		}
		old.Asked, old.Seeds = p.Asked, p.Seeds
	}
	return old, nil
}

// reported is of how many runs of each variant the report in a folder is; ok is
// false where there is none. The plan beside it may have more.
func reported(dir rundir.Folder) (n int, ok bool, err error) {
	if !dir.Has(reportFile) {
		return 0, false, nil
	}
	var r Report
	if err := dir.ReadJSON(reportFile, &r); err != nil {
		return 0, false, err
	}
	for _, v := range r.Variants {
		n = max(n, len(v.Seeds))
	}
	return n, true, nil
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
	if n := len(candidates(p.Tune)); n > 0 {
		fmt.Fprintf(out, "; before that %d candidates each with seeds %d to %d", n, p.TuneSeeds[0], p.TuneSeeds[len(p.TuneSeeds)-1])
	}
	fmt.Fprintln(out)
	for _, l := range p.LeftOut {
		fmt.Fprintln(out, l)
	}
}

// Write keeps the plan in the comparison's folder.
func (p *Plan) Write(dir rundir.Folder) error { return dir.WriteJSON(planFile, p) }

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
