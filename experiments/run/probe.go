package run

import (
	"context"
	"fmt"
	"io"
	"slices"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/probe"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// Probe measures the trained cortex of a finished run with probes, and writes
// probes/NAME.json. In the folder of a condition it measures the cortex in that condition.
func Probe(ctx context.Context, dir rundir.Folder, requests []probe.Request, o Options) error {
	o = o.Filled()
	_, info, err := Open(dir)
	if err != nil {
		return err
	}
	of := dir
	if info.Condition != nil {
		of = rundir.OfCondition(dir)
	}
	e, trainedInfo, err := OpenTrained(of)
	if err != nil {
		return err
	}
	o.Folder = trainedInfo.Folder
	v, sum, err := trainedWeights(of, trainedInfo)
	if err != nil {
		return err
	}
	return dir.Alone(func() error {
		if _, info, err = Open(dir); err != nil { // as it is now that it is locked
			return err
		}
		if info.State != rundir.Finished || !dir.Has(rundir.TestFile) {
			return fmt.Errorf("%s: has no test results yet; it is %s", dir, info.Held())
		}
		r := &run{network: network{Options: o, e: e, dir: dir}}
		if c := info.Condition; c == nil {
			r.g, err = e.Graph()
		} else if c.Weights != sum {
			err = fmt.Errorf("%s: was tested with other weights than %s has; %s tests it again", dir, of, rundir.Again(dir))
		} else {
			r, err = newCondition(of, e, trainedInfo, Condition{Name: c.Name, Set: c.Set, Lesions: c.Lesions}, o)
		}
		if err != nil {
			return err
		}
		r.v, r.weights, r.info = v, sum, info
		from := origin{e, trainedInfo}
		if err := openShown(ctx, r, from); err != nil {
			return err
		}
		names := make([]string, len(requests))
		for i, q := range requests {
			names[i] = rundir.Probe(q.Name)
		}
		if err := renew(r, names, func() error { return measureAll(ctx, r, from, requests) }); err != nil {
			return err
		}
		if _, err := settle(r); err != nil {
			return err
		}
		return r.saveInfo()
	})
}

// measureAsked measures a network with the probes that its experiment asks for, and with
// those that its analyses read.
func measureAsked(ctx context.Context, r *run, of origin) error {
	var list []probe.Request
	texts := slices.Clone(r.e.Record.Probe)
	for _, n := range analysis.Needs(r.e.Analyses) {
		if n.Of == analysis.Probe {
			texts = append(texts, n.Signal)
		}
	}
	for _, text := range texts {
		q, err := probe.Parse(text)
		if err != nil {
			return r.e.Fault([]string{"record", "probe"}, "%v", err)
		}
		if !slices.ContainsFunc(list, func(x probe.Request) bool { return x.Name == q.Name }) {
			list = append(list, q)
		}
	}
	return measureAll(ctx, r, of, list)
}

// measureControls measures a network with the probe control where its lesions ask for it.
func measureControls(ctx context.Context, r *run, of origin) error {
	draws := 0
	for _, text := range r.info.Condition.Lesions {
		l, err := r.e.ParseLesion(text)
		if err != nil {
			return err
		}
		draws = max(draws, l.Controls)
	}
	if draws > 0 && r.again {
		r.Report.Note("%s: has no controls, whose norms keep their statistics; those of norms=keep are beside it", r.dir)
	}
	if draws == 0 || r.again {
		return nil
	}
	q, err := probe.Parse(fmt.Sprintf("control draws=%d", draws))
	if err != nil {
		return err
	}
	return measureAll(ctx, r, of, []probe.Request{q})
}

// measureAll measures a network with probes, one after the other.
func measureAll(ctx context.Context, r *run, of origin, requests []probe.Request) error {
	for _, q := range requests {
		r.closeAnswering() // its memory is for the probe's programs
		if err := measureBy(ctx, r, of, q); err != nil {
			return fmt.Errorf("probe %s: %w", q.Name, err)
		}
	}
	return nil
}

// measureBy measures a network with a probe, and writes what it gives.
func measureBy(ctx context.Context, r *run, of origin, q probe.Request) error {
	r.Report.Stage("probing " + name(&r.network) + " with " + q.Name)
	split := spec.Splits[r.e.Record.Split]
	there := images(&r.network, split)
	if there == 0 {
		return fmt.Errorf("found no %s images", split)
	}
	if q.Images > there {
		r.Report.Note("%s: there are %d %s images, all are shown; %d were asked for", r.dir, there, split, q.Images)
	}
	s, err := subject(r, of, r.g, split, min(q.Images, there))
	if err != nil {
		return err
	}
	frames, err := q.Measure(ctx, s)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if split == stimuli.Test {
		r.info.TestRead = append(r.info.TestRead, r.Now().Format("2006-01-02T15:04:05Z07:00")+" (probe "+q.Name+")")
	}
	return r.dir.Write(rundir.Probe(q.Name), func(w io.Writer) error { return analysis.WriteFrames(w, frames) })
}

// subject is a network as probes see it: its graph, or one of more steps, and the first
// images of a split.
func subject(r *run, of origin, g *cortex.Graph, split stimuli.Split, count int) (*probe.Subject, error) {
	n := r.network
	n.g, n.answering = g, nil
	var taps []cortex.Tap
	for i := range g.Areas {
		for t := range g.Steps {
			if g.Informed(i, t) {
				taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: t})
			}
		}
	}
	taps, why, err := cortex.Usable(g, taps, n.norms)
	if err != nil {
		return nil, err
	}
	// Statistics of steps beyond those of the network itself are the probe's business: each
	// would wait for the step before, over all training images.
	own := slices.DeleteFunc(slices.Clone(taps), func(t cortex.Tap) bool { return t.Step >= r.g.Steps })
	if _, err := reestimate(&n, r.g.TestSteps(), own); err != nil {
		return nil, err
	}
	s := &probe.Subject{Graph: g, Engine: n.Engine, Variables: n.v, Norms: n.norms, Taps: taps, Unusable: why,
		Unlabelled: n.e.Stimuli.Unlabelled, Batch: min(n.e.Train.Batch, count), Stage: n.Report.Stage, Work: n.Report.Work, Note: n.Report.Note}
	for i := range count {
		s.IDs = append(s.IDs, i)
	}
	if s.Labels, _, err = labelsOf(&n, split, count, 0); err != nil {
		return nil, err
	}
	s.Show = func(batch int) (cortex.Batches, error) {
		images, err := showing(&n, n.data, split, 0, stimuli.LoaderOptions{Batch: batch, Normalise: n.norm, Workers: n.Threads})
		return &some{first{images, (count + batch - 1) / batch}, count, batch}, err
	}
	s.Longer = func(steps int) (*probe.Subject, error) {
		g, err := longer(r, of, steps)
		if err != nil {
			return nil, err
		}
		return subject(r, of, g, split, count)
	}
	return s, nil
}

// some are the first so many images of a loader.
type some struct {
	first
	count, batch int
}

// Valid implements cortex.Batches.
func (s *some) Valid(batch int) int { return min(s.first.Valid(batch), s.count-batch*s.batch) }

// longer is the graph of a network over another number of steps.
func longer(r *run, of origin, steps int) (*cortex.Graph, error) {
	from, c := r.dir, Condition{}
	if own := r.info.Condition; own != nil {
		from, c.Set, c.Lesions = rundir.OfCondition(r.dir), slices.Clone(own.Set), own.Lesions
	}
	c.Set = append(c.Set, fmt.Sprintf("steps=%d", steps))
	e, err := experimentOf(from, of.e, of.info, c)
	if err != nil {
		return nil, err
	}
	g, err := e.Graph()
	if err != nil {
		return nil, err
	}
	was, err := of.e.Graph()
	if err != nil {
		return nil, err
	}
	g, _, err = spec.Lesioned(e, cortex.TrainedAs(g, was), c.Lesions)
	return g, err
}
