package compare

import (
	"context"
	"fmt"

	"ventral/experiments/readable"
	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// Run trains what is missing in the comparison's folder, tuning first, and returns
// the runs of every variant. Carry runs a ledger, which is that of a sweep in the
// folder. Say is told what was chosen.
func (p *Plan) Run(ctx context.Context, dir rundir.Folder, carry func(context.Context, *sweep.Ledger) error, say func(format string, args ...any)) ([]*Group, error) {
	tuning, err := p.tuning()
	if err != nil {
		return nil, err
	}
	if len(tuning) > 0 {
		ledger, err := sweep.Draft(dir, tuning)
		if err != nil {
			return nil, err
		}
		if !listed(ledger) {
			if err := ledger.Write(); err != nil {
				return nil, err
			}
		}
		if err := carry(ctx, ledger); err != nil {
			return nil, err
		}
		if err := allFinished(ledger, "candidate"); err != nil {
			return nil, err
		}
		err = p.choose(func(i int) (float64, error) {
			epochs, err := report.ReadEpochs(ledger.Item(i).Folder())
			if err != nil || len(epochs) == 0 {
				return 0, fmt.Errorf("%s: has no validation accuracy (%v)", ledger.Item(i).Folder(), err)
			}
			return float64(epochs[len(epochs)-1].ValidationAccuracy), nil
		})
		if err != nil {
			return nil, err
		}
		for _, v := range p.Variants {
			say("%s: %s", v.Name, v.Changes[len(v.Changes)-1])
		}
	}
	items, err := p.runs()
	if err != nil {
		return nil, err
	}
	ledger, err := sweep.New(dir, append(tuning, items...))
	if err != nil {
		return nil, err
	}
	if err := carry(ctx, ledger); err != nil {
		return nil, err
	}
	if err := allFinished(ledger, "run"); err != nil {
		return nil, err
	}
	var groups []*Group
	for k, v := range p.Variants {
		g := &Group{Variant: v}
		for i := range p.Seeds {
			r, err := readRun(ledger.Item(len(tuning) + i*len(p.Variants) + k).Folder())
			if err != nil {
				return nil, err
			}
			g.Runs = append(g.Runs, r)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// allFinished reports tasks of a ledger that are not finished; noun is the word for
// one. Running a ledger skips tasks that another process holds. Nothing is read from
// a run that is still training.
func allFinished(l *sweep.Ledger, noun string) error {
	others, advice := 0, ""
	for _, t := range l.List {
		s, err := t.State()
		switch {
		case err != nil:
			return err
		case s.State == rundir.Running:
			if others++; s.Unsure {
				advice = "; the file system has no locks to tell: if none does, --take-running goes on with them"
			}
		case s.State != rundir.Finished:
			return fmt.Errorf("%s: is %s, want a finished run; the same command goes on with it", t.Folder(), s)
		}
	}
	if others > 0 {
		return fmt.Errorf("%s: another process works on %s; the same command goes on when it has ended%s", l.Folder(), readable.Counted(others, noun), advice)
	}
	return nil
}

// listed reports whether the ledger in the folder has every task of l. Then it is
// not written again, since it may list the runs, too.
func listed(l *sweep.Ledger) bool {
	old, err := sweep.Open(l.Folder())
	if err != nil {
		return false
	}
	added, _ := l.Changes(old)
	return added == 0
}
