package compare

import (
	"fmt"
	"math"
	"time"

	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/statistics"
)

// overheadShare and overheadSeconds are what a run takes besides its training
// batches. The share of their time is for validation and tests; the seconds are for
// images, recordings and figures.
const overheadShare, overheadSeconds = 0.25, 6

// Fit shortens the plan until it fits a time. Seconds are those of the training
// batches of one run, by variant. In this order, until it fits:
//
//  1. seeds go down to the fewest that can tell;
//  2. tuning is left out;
//  3. epochs go down to a quarter, by the same share for all variants;
//  4. seeds go down to two.
//
// LeftOut notes what was left out. A plan that still does not fit is an error.
func (p *Plan) Fit(budget time.Duration, seconds []float64) error {
	epochs := p.Variants[0].e.Train.Epochs
	for _, v := range p.Variants {
		epochs = min(epochs, v.e.Train.Epochs)
	}
	seeds, tune, share := len(p.Seeds), len(p.TuneSeeds)*len(candidates(p.Tune)), 1.0
	cost := func() time.Duration {
		total := 0.0
		for _, s := range seconds {
			total += float64(seeds+tune) * (s*share*(1+overheadShare) + overheadSeconds)
		}
		return time.Duration(total * float64(time.Second)).Round(time.Second)
	}
	fits := func() bool { return cost() <= budget }
	whole := cost()
	enough := statistics.FewestRuns(len(p.Variants)*(len(p.Variants)-1)/2, level)
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
		least := fmt.Sprintf("%s and %d of %s", readable.Counted(seeds, "seed"), kept, readable.Counted(epochs, "epoch"))
		if len(p.Tune) > 0 {
			least = fmt.Sprintf("%s, %d of %s and no tuning", readable.Counted(seeds, "seed"), kept, readable.Counted(epochs, "epoch"))
		}
		return fmt.Errorf("--budget: the plan takes about %s, and with %s still %s; found %s", whole, least, cost(), budget)
	}
	if n := len(p.Seeds); seeds < n {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("%d of %d seeds", n-seeds, n))
		p.Seeds = p.Seeds[:seeds]
	}
	if tune == 0 && len(p.Tune) > 0 {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("tuning of %s", readable.Counted(len(candidates(p.Tune)), "candidate")))
		p.Tune, p.TuneSeeds = nil, nil
	}
	if kept < epochs {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("%d of %d epochs", epochs-kept, epochs))
		for _, v := range p.Variants {
			n := max(1, int(math.Round(float64(v.e.Train.Epochs)*share)))
			e, err := v.with(fmt.Sprintf("train.epochs=%d", n))
			if err != nil {
				return fmt.Errorf("--budget: %s of %s: %w", readable.Counted(n, "epoch"), v.Name, err)
			}
			if err := v.take(e); err != nil {
				return err
			}
			if v.Cost, err = run.CostOf(v.e); err != nil {
				return err
			}
		}
	}
	if len(p.LeftOut) > 0 {
		p.LeftOut = append([]string{fmt.Sprintf("The whole takes about %s; to fit %s were left out", whole, budget)}, p.LeftOut...)
	}
	return nil
}
