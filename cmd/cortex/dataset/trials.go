package dataset

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/protocol"
	"ventral/experiments/readable"
	"ventral/experiments/stimuli"
)

// mostTrials is how many trials a sheet has rows for.
const mostTrials = 24

// Trials returns what is on the screen at each step of some trials under a protocol, a
// row a trial: of a protocol with several conditions, each with the same image, and
// else several images.
func (c *Chosen) Trials(v Preview, name string) (*Sheet, error) {
	if c.Experiment == nil {
		return nil, exit.Wrongf("--protocol: found the data set %q alone, want an experiment, which says how many steps a trial has", c.Name)
	}
	e := c.Experiment.Copy()
	conditions, err := e.ConditionsOf(name)
	if err != nil {
		return nil, exit.Wrongf("--protocol: %v", err)
	}
	fit, left := conditions[:0:0], ""
	for _, one := range conditions {
		if _, err = protocol.New([]protocol.Condition{one}, e.Laid()); err != nil && len(conditions) > 1 {
			left = "; conditions that do not fit the trial are left out"
			continue
		}
		fit = append(fit, one)
	}
	if len(fit) > 0 {
		conditions = fit
	}
	d, err := c.Open()
	if err != nil {
		return nil, err
	}
	about := d.Description()
	n := about.Images[v.Split]
	if n == 0 {
		return nil, fmt.Errorf("%s: there are no %v images, want another split", c.Name, v.Split)
	}
	images := v.Images
	if images == 0 {
		images = max(1, 8/len(conditions))
	}
	images = min(images, n, max(1, mostTrials/len(conditions)))
	x := protocol.Trials{Seed: c.Env.Seed}
	if x.Mean, err = stimuli.MeanColour(d); err != nil {
		return nil, err
	}
	o := e.Laid()
	o.Labels = "any"
	s := &Sheet{Title: fmt.Sprintf("%s: trials under %s", c.Name, name), Shape: about.Shape, Steps: true,
		Note: fmt.Sprintf("%s from left to right; empty where no input arrives", readable.Counted(e.Steps, "step")) + left}
	if len(conditions) > mostTrials {
		s.Note += fmt.Sprintf("; %d of %d conditions", mostTrials, len(conditions))
		conditions = conditions[:mostTrials]
	}
	for i := range images {
		for _, one := range conditions {
			show, err := protocol.New([]protocol.Condition{one}, o)
			if err != nil {
				return nil, exit.Wrong(e.Wrap(nil, err))
			}
			loader := protocol.NewLoader(d, v.Split, stimuli.LoaderOptions{Batch: 1, Seed: c.Env.Seed}, show, x)
			if err := loader.Err(); err != nil {
				return nil, err
			}
			steps, err := loader.Pictures(i * n / images)
			if err != nil {
				return nil, err
			}
			row := Row{Label: one.Name}
			if k := strings.IndexByte(one.Name, '['); k >= 0 && len(conditions) > 1 {
				row.Label = strings.Trim(one.Name[k:], "[]")
			}
			for t, pixels := range steps {
				row.Pictures = append(row.Pictures, Picture{fmt.Sprint(t), pixels})
			}
			s.Rows = append(s.Rows, row)
		}
	}
	if len(conditions) == 1 {
		for i := range s.Rows {
			s.Rows[i].Label = fmt.Sprintf("image %d", i*n/images)
		}
	}
	return s, nil
}

// numbered leaves labels below pictures to the last row: those of all are alike.
func (s *Sheet) numbered() {
	for i := range s.Rows[:max(0, len(s.Rows)-1)] {
		s.Rows[i].Pictures = slices.Clone(s.Rows[i].Pictures)
		for k := range s.Rows[i].Pictures {
			s.Rows[i].Pictures[k].Label = ""
		}
	}
}
