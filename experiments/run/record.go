package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// recordedNumbers bounds the numbers of activity that recording holds at once,
// 16 MiB of them; there are three copies: the engine's, the answer's, and the
// one in the order of a file.
const recordedNumbers = 4 << 20

// record shows images to the trained cortex, and writes the activity of every area
// at every step and the pixels of the images that analyses show.
func record(ctx context.Context, n *network, taps []cortex.Tap) error {
	n.Report.Stage("recording " + name(n))
	n.closeAnswering() // its memory is for the recording program
	split := spec.Splits[n.e.Record.Split]
	shown := min(n.e.Record.Images, images(n, split))
	if shown == 0 {
		return fmt.Errorf("record: found no %s images", split)
	}
	ids := make([]int, shown)
	for i := range ids {
		ids[i] = i
	}
	labels, _, err := labelsOf(n, split, shown, 0)
	if err != nil {
		return err
	}
	judged, err := judgedOf(n, split, shown, 0)
	if err != nil {
		return err
	}
	if err := recordImages(n, split, judged, labels); err != nil {
		return err
	}
	tracks, units := tracksOf(n, taps), 0
	if err := reduce(ctx, n, tracks); err != nil {
		return err
	}
	for _, t := range tracks {
		units += t.full * len(t.taps) * t.count()
	}
	steps := make([]int, n.g.Steps)
	for t := range steps {
		steps[t] = t
	}
	batch := min(n.e.Train.Batch, shown, max(recordedNumbers/max(units, 1), 1))
	repeats := n.e.Record.Repeats
	ids = slices.Repeat(ids, repeats)
	for repeat := 1; repeat < repeats; repeat++ {
		again, _, err := labelsOf(n, split, shown, repeat)
		if err != nil {
			return err
		}
		labels = append(labels, again...)
		other, err := judgedOf(n, split, shown, repeat)
		if err != nil {
			return err
		}
		judged = append(judged, other...)
	}
	if err := recordFactors(n, split, ids, judged, labels); err != nil {
		return err
	}
	return writing(n, tracks, steps, ids, judged, labels, func() error {
		a, err := cortex.NewAnswering(n.g, n.Engine, n.v, n.norms, batch, nil, taps)
		if err != nil {
			return err
		}
		defer a.Close()
		for repeat := range repeats {
			images, err := showing(n, n.data, split, repeat, stimuli.LoaderOptions{Batch: batch, Normalise: n.norm, Workers: n.Threads})
			if err != nil {
				return err
			}
			done, src := 0, &first{images, (shown + batch - 1) / batch}
			err = a.Show(n.v, src, func(a cortex.Answer) error {
				here := min(a.Images, shown-done)
				for _, t := range tracks {
					t.gather(here, len(steps), n.Threads, a.Taps)
					if err := t.out.Append(here, t.data[:here*len(steps)*t.units]); err != nil {
						return err
					}
				}
				done += here
				n.Report.Work(int64(repeat*shown+done), int64(repeats*shown))
				return ctx.Err()
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// recordFactors writes what the data set tells of the images that are recorded, a line
// an image; nothing of one that tells only classes. It is what is told of the images
// whose labels count, which the lines name where these are others than the images of the
// trials. There is a line for each repeat where they differ from repeat to repeat.
func recordFactors(n *network, split stimuli.Split, ids, judged, labels []int) error {
	d, ok := n.data.(stimuli.Factored)
	if !ok {
		return nil
	}
	rows, others := len(ids)/n.e.Record.Repeats, !slices.Equal(ids, judged)
	for i := range judged {
		if judged[i] != judged[i%rows] {
			rows = len(ids)
			break
		}
	}
	return n.dir.Write(rundir.ImagesFile, func(w io.Writer) error {
		out, columns := csv.NewWriter(w), d.Columns()
		head := slices.Clone(recording.OwnColumns[:2])
		for _, c := range columns {
			head = append(head, recording.ColumnName(c))
		}
		if others {
			head = append(head, recording.OwnColumns[2])
		}
		out.Write(head)
		for i := range rows {
			line := []string{strconv.Itoa(ids[i]), strconv.Itoa(labels[i])}
			for _, c := range columns {
				v, err := d.Factor(split, judged[i], c)
				if err != nil {
					return &stimuli.ReadError{Split: split, Image: judged[i], Err: err}
				}
				line = append(line, v)
			}
			if others {
				line = append(line, strconv.Itoa(judged[i]))
			}
			out.Write(line)
		}
		out.Flush()
		return out.Error()
	})
}

// mostPixels bounds the numbers of images that are kept for the page of a run.
const mostPixels = 1 << 20

// recordImages writes the images that analyses show, and further ones for the page to
// choose from, as they are before normalisation, 0 to 1: of each trial the image whose
// label counts.
func recordImages(n *network, split stimuli.Split, judged, labels []int) error {
	least := analysis.Shown(n.e.Analyses)
	if least == 0 {
		return nil
	}
	shape := n.e.Stimuli.Described.Shape
	shown := analysis.Chosen(labels, max(least, min(500, mostPixels/(shape[0]*shape[1]*shape[2]))))
	var chosen, classes []int
	for _, i := range shown {
		chosen, classes = append(chosen, i), append(classes, labels[i])
	}
	return n.dir.Write(rundir.Recording(recording.Stimuli, recording.Image), func(w io.Writer) error {
		out, err := recording.Create(w, recording.Trace{Area: recording.Stimuli, Signal: recording.Image, Steps: []int{0}, Shape: shape}, chosen, classes)
		if err != nil {
			return err
		}
		pixels := make([]float32, shape[0]*shape[1]*shape[2])
		for _, i := range shown {
			if err := n.data.Read(split, judged[i], 0, pixels); err != nil {
				return &stimuli.ReadError{Split: split, Image: judged[i], Err: err}
			}
			if err := out.Append(1, pixels); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// recordings are the names of the files that record writes.
func recordings(n *network, taps []cortex.Tap) (names []string) {
	for _, t := range tracksOf(n, taps) {
		names = append(names, rundir.Recording(n.g.Areas[t.area].Name, t.signal))
	}
	if _, ok := n.data.(stimuli.Factored); ok {
		names = append(names, rundir.ImagesFile)
	}
	return append(names, rundir.Recording(recording.Stimuli, recording.Image))
}

// repeatsOf numbers the showings of images, nil where each is shown once.
func repeatsOf(n *network, rows int) (list []int) {
	if n.e.Record.Repeats == 1 {
		return nil
	}
	for i := range rows {
		list = append(list, i/(rows/n.e.Record.Repeats))
	}
	return list
}

// writing opens a file for every track, runs f, and completes the files. Where
// anything fails none of them stays.
func writing(n *network, tracks []*track, steps, ids, judged, labels []int, f func() error) error {
	if len(tracks) == 0 {
		return f()
	}
	t := tracks[0]
	a := n.g.Areas[t.area]
	return n.dir.Write(rundir.Recording(a.Name, t.signal), func(w io.Writer) (err error) {
		columns, err := columnsOf(n, spec.Splits[n.e.Record.Split], judged)
		if err != nil {
			return err
		}
		t.out, err = recording.Create(w, recording.Trace{Area: a.Name, Signal: t.signal, Steps: steps, Onset: t.onset, Shape: t.shape, Parts: t.parts, Reduction: t.kept,
			Repeats: repeatsOf(n, len(ids)), MSPerStep: n.e.MSPerStep, Columns: columns, Facts: facts(n)}, ids, labels)
		if err != nil {
			return err
		}
		if err := writing(n, tracks[1:], steps, ids, judged, labels, f); err != nil {
			return err
		}
		return t.out.Close()
	})
}
