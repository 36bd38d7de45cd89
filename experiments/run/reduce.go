package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// Vectors that principal components are fitted to: as many as so many numbers hold, and
// so many at most.
const (
	fittedNumbers = 16 << 20
	mostVectors   = 800
)

// reduce makes the tracks keep what the experiment says of an area's units. Principal
// components of an area are those that were fitted before, in the run or in the run that
// this is a condition of; else they are fitted now, to training images, and stored.
func reduce(ctx context.Context, n *network, tracks []*track) error {
	var fit []*track
	for _, t := range tracks {
		a := n.g.Areas[t.area]
		t.kept = n.e.Record.Reduce.Of(a.Shape)
		shape, err := t.kept.Shape(a.Shape)
		if err != nil {
			return n.e.Fault([]string{"record", "reduce"}, "area %s: %v", a.Name, err)
		}
		shape[2] *= t.count()
		t.shape, t.units = shape, shape[0]*shape[1]*shape[2]
		if t.parts != nil && t.kept.Kind == "pca" {
			return n.e.Fault([]string{"record", "reduce"}, "found %q beside the signal drive, whose parts have to add up; want mean_space, channels or random, or drive in a recording of its own", t.kept.String())
		}
		if t.kept.Kind != "pca" {
			t.reduce = t.kept.Reducer(a.Shape, nil)
			continue
		}
		basis, err := storedBasis(n, a.Name, t.signal, t.kept)
		if err != nil {
			return err
		}
		if basis == nil {
			fit = append(fit, t)
			continue
		}
		if len(basis.Mean) != t.full || len(basis.Share) != t.units {
			return fmt.Errorf("%s: the components of %s are of %d units; cortex rm it to have them fitted again", n.dir.Path(rundir.Basis(a.Name, t.signal, t.kept.String())), a.Name, len(basis.Mean))
		}
		t.reduce = basis.Reduce
	}
	if len(fit) == 0 {
		return nil
	}
	if err := fitBases(ctx, n, fit); err != nil {
		return err
	}
	n.Report.Stage("recording " + name(n))
	return nil
}

// storedBasis reads the basis of an area of the run, or of the run that it is a condition
// of; nil where there is none.
func storedBasis(n *network, area, signal string, r recording.Reduction) (*recording.Basis, error) {
	name := rundir.Basis(area, signal, r.String())
	places := []rundir.Folder{n.dir}
	if n.condition != "" {
		places = []rundir.Folder{rundir.OfCondition(n.dir), n.dir}
	}
	for _, from := range places {
		file, size, err := from.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		basis, err := recording.ReadBasis(file, size)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, &rundir.Damaged{Path: from.Path(name), Err: err}
		}
		return basis, nil
	}
	return nil, nil
}

// fitBases fits principal components to what training images do in the areas of tracks,
// at all steps together, and stores them.
func fitBases(ctx context.Context, n *network, tracks []*track) error {
	n.Report.Stage("fitting principal components to training images")
	data := n.data
	if n.training != nil {
		data = n.training
	}
	batch := min(n.e.Train.Batch, 32)
	var taps []cortex.Tap
	need := 0
	vectors := make([][]float32, len(tracks))
	most := make([]int, len(tracks))
	for i, t := range tracks {
		steps := max(len(t.taps), 1)
		most[i] = min(max(fittedNumbers/t.full, 2*t.units), mostVectors)
		need = max(need, (most[i]+steps-1)/steps)
		for step := range n.g.Steps {
			if _, ok := t.taps[step]; ok {
				taps = append(taps, cortex.Tap{Area: t.area, Signal: t.signal, Step: step})
			}
		}
	}
	images, err := showing(n, data, stimuli.Train, 0, stimuli.LoaderOptions{Batch: batch, Seed: uint64(n.e.Seed), Shuffle: true, Normalise: n.norm, Workers: n.Threads})
	if err != nil {
		return err
	}
	src := &first{images, min((need+batch-1)/batch, images.Batches())}
	err = cortex.Record(n.g, n.Engine, n.v, n.norms, src, batch, nil, taps, func(a cortex.Answer) error {
		at := 0
		for i, t := range tracks {
			for image := range a.Images {
				for k := range len(t.taps) {
					if len(vectors[i]) < most[i]*t.full {
						vectors[i] = append(vectors[i], a.Taps[at+k][image*t.full:][:t.full]...)
					}
				}
			}
			at += len(t.taps)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	for i, t := range tracks {
		area := n.g.Areas[t.area].Name
		basis, err := recording.FitBasis(vectors[i], t.full, t.units)
		if err != nil {
			return n.e.Fault([]string{"record", "reduce"}, "area %s: %v", area, err)
		}
		vectors[i] = nil
		if err := n.dir.Write(rundir.Basis(area, t.signal, t.kept.String()), func(w io.Writer) error { return basis.Write(w) }); err != nil {
			return err
		}
		t.reduce = basis.Reduce
		share := 0.0
		for _, s := range basis.Share {
			share += s
		}
		n.Report.Note("%s: %s keeps %.0f %% of the variance of %d vectors of training images", area, t.kept, 100*share, basis.Vectors)
	}
	return nil
}

// facts say in a recording where its numbers are from.
func facts(n *network) []recording.Fact {
	list := []recording.Fact{{Name: "experiment", Text: n.e.Name}, {Name: "split", Text: n.e.Record.Split}}
	if n.condition != "" {
		list = append(list, recording.Fact{Name: "condition", Text: n.condition})
	}
	if n.weights != "" {
		list = append(list, recording.Fact{Name: "weights_sha256", Text: n.weights})
	}
	return list
}

// columnsOf are what the data set tells of images, for recordings: of each trial of the
// image whose label counts.
func columnsOf(n *network, split stimuli.Split, ids []int) ([]recording.Column, error) {
	d, ok := n.data.(stimuli.Factored)
	if !ok {
		return nil, nil
	}
	var list []recording.Column
	for _, name := range d.Columns() {
		c := recording.Column{Name: name}
		for _, id := range ids {
			v, err := d.Factor(split, id, name)
			if err != nil {
				return nil, &stimuli.ReadError{Split: split, Image: id, Err: err}
			}
			c.Values = append(c.Values, v)
		}
		list = append(list, c)
	}
	return list, nil
}
