package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"ventral/cortex"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// test re-estimates the norm places that training never filled, reads the test
// images once, and records activity if that is asked for.
func test(ctx context.Context, r *run, recorded bool) error {
	split := stimuli.Test
	if images(&r.network, split) == 0 || r.info.LeaveTest {
		split = stimuli.Validation
	}
	if images(&r.network, split) == 0 {
		return fmt.Errorf("stimuli: found neither test nor validation images; set stimuli.test")
	}
	tested := r.g.TestSteps()
	t := &rundir.TestResult{Format: rundir.Format, Split: split.String(), Classes: r.g.Classes, Steps: []rundir.Step{}, Reestimated: []string{}, Recording: []string{}, Unrecorded: []string{}}
	t.Chance = rundir.Number(chance(r.e, r.g))
	r.Report.Stage("testing " + name(&r.network))
	places, err := reestimate(&r.network, tested, nil)
	if err != nil {
		return err
	}
	for _, p := range places {
		t.Reestimated = append(t.Reestimated, fmt.Sprintf("%s@%d", p.Place, p.Step))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if split == stimuli.Test {
		r.info.TestRead = append(r.info.TestRead, r.Now().Format(time.RFC3339))
	}
	if !r.e.Stimuli.Unlabelled {
		scores, err := logits(ctx, &r.network, rundir.LogitsFile, split, tested)
		if err == nil {
			err = validate(ctx, &r.network, split)
		}
		if err != nil {
			return err
		}
		for k, s := range scores {
			t.Steps = append(t.Steps, measured(s, tested[k], slices.Contains(r.g.TrainSteps(), tested[k])))
		}
	}
	var taps []cortex.Tap
	var why map[string]string
	if recorded {
		if taps, why, err = tapsOf(&r.network); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(why)) {
		t.Unrecorded = append(t.Unrecorded, name+": "+why[name])
	}
	if places, err = reestimate(&r.network, tested, taps); err != nil {
		return err
	}
	for _, p := range places {
		t.Recording = append(t.Recording, fmt.Sprintf("%s@%d", p.Place, p.Step))
	}
	if r.info.Condition == nil {
		if err := rundir.WriteWeights(r.dir, r.v, r.info); err != nil {
			return err
		}
	}
	r.tested = t
	if recorded {
		if err := record(ctx, &r.network, taps); err != nil {
			return err
		}
	}
	return r.dir.WriteJSON(rundir.TestFile, t)
}

// chance is the accuracy of guessing, in per cent; of several targets, that of
// the exact set.
func chance(e *spec.Experiment, g *cortex.Graph) float64 {
	sets := 1.0
	for i := range e.Stimuli.Described.Label().True {
		sets *= float64(g.Classes-i) / float64(i+1)
	}
	return 100 / sets
}
