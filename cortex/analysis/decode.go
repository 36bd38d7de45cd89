package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/analysis/linear"
	"ventral/cortex/parallel"
	"ventral/cortex/recording"
)

var decodeKind = Kind{
	Name:   "decode",
	About:  "what a linear decoder reads from each area at each step: the class, or a column of the data set",
	Source: "ridge and logistic regression as in scikit-learn, nested cross-validation; largest statistic of exchanged labels, Nichols and Holmes 2002",
	New: func() Settings {
		return &Decode{Decoding{Signal: recording.Response, Label: "class", As: "auto", Decoder: "ridge", Penalties: penalties(), Folds: 5, Project: 512, Images: 10000, Permutations: 100, Seed: 1}}
	},
}

// Decode trains a linear decoder of Label at each step of each area, and tests it on images
// that it has not seen. Areas are compared at equal size: of one with more than Project
// units as many random projections are read. Images are dealt to Folds by their ids, or by
// Group; features are standardised and the penalty is chosen inside the training folds. It
// gives, of classes,
//
//   - "decoding" [area, step, statistic], per cent of the images that are decoded, with
//     the share of the largest class as chance
//   - "decoded by image" [area, step, image], per cent of its showings
//
// and of numbers
//
//   - "decoding r" [area, step, statistic], Pearson's r of the held-out numbers
//   - "decoding R2" [area, step, statistic], 1 - Σ(y - p)²/Σ(y - ȳ)²; below 0 where the mean
//     would do better
//   - "squared decoding error by image" [area, step, image]
//
// Numbers are means over folds. An image that is not finite at a step has no part there.
// p is the share of exchanges of labels whose largest mean over steps reaches that of the
// step, the labels themselves included. Labels are exchanged between the images, or groups,
// of a fold, the same at all steps; where they differ within groups, within these.
//
// It holds an area's features at all steps in float32 until it has all.
type Decode struct{ Decoding }

// Decoding are the keys of analyses that train linear decoders.
type Decoding struct {
	Signal       string    `toml:"signal" doc:"signal that is decoded"`
	Label        string    `toml:"label" doc:"what is decoded: class, or a column of the data set"`
	As           string    `toml:"as" oneof:"auto classes numbers" doc:"a column is read as classes, accuracy, or as numbers, r; auto: numbers where all values are"`
	Group        string    `toml:"group" doc:"column whose values keep images together in a fold; without one the ids do"`
	Decoder      string    `toml:"decoder" oneof:"ridge logistic" doc:"ridge regression, of classes on a column for each; or logistic regression, a hundred times slower"`
	Penalties    []float64 `toml:"penalties" doc:"penalties of squared weights, of which one is chosen inside the training folds: alpha of scikit-learn, or 1/C, divided by the number of images"`
	Folds        int       `toml:"folds" min:"3" max:"20" doc:"folds; each is tested once"`
	Project      int       `toml:"project" min:"16" max:"1024" doc:"random projections of an area that has more units"`
	Images       int       `toml:"images" min:"10" max:"100000" doc:"images at most, as many of each class"`
	Permutations int       `toml:"permutations" min:"0" max:"10000" doc:"exchanges of labels for p; 0 gives no p"`
	Seed         int       `toml:"seed" min:"0" doc:"determines folds and exchanges"`
}

var _ Settings = (*Decode)(nil)

// Needs is the signal.
func (d *Decoding) Needs() []Need { return []Need{SignalOf(d.Signal)} }

// plain are the keys as decoders read them.
func (d *Decoding) plain() decoding {
	return decoding{d.Signal, d.Label, d.As, d.Group, d.Decoder, d.Penalties, d.Folds, d.Project, d.Images, d.Permutations, d.Seed}
}

// Start implements Settings.
func (s *Decode) Start(on Subject) Analysis {
	return startDecoding(s.plain(), on, decodeFrames)
}

// startDecoding starts an analysis that makes frames of the features of each area.
func startDecoding(d decoding, on Subject, frames func(*features) []Frame) Analysis {
	return eachArea(func(r *Recording) accumulator {
		a := &decoded{of: frames}
		t, err := newTarget(d, r, on.Table, on.Anatomy.Classes)
		if err == nil && t.decoder == "logistic" && t.names == nil {
			err = fmt.Errorf("analysis: decoder: found \"logistic\" for numbers of %s, want \"ridge\", or as = \"classes\"", d.label)
		}
		if a.err = err; err == nil {
			a.features = newFeatures(t, r)
		}
		return a
	})
}

// decoded is an area until its features are there, then its frames.
type decoded struct {
	*features
	of   func(*features) []Frame
	done []Frame
	err  error
}

func (a *decoded) add(b Batch) error {
	if a.features == nil && a.err == nil {
		return nil // all images that are decoded have come
	}
	if a.err != nil {
		return a.err
	}
	if a.features.add(b) {
		a.done = a.of(a.features)
		a.features = nil // the next area needs the memory
	}
	return nil
}

func (a *decoded) frames() ([]Frame, error) {
	if a.features != nil {
		return nil, fmt.Errorf("analysis: %d images of %s did not come", a.left, a.features.of.Area)
	}
	return a.done, nil
}

// decodeFrames are those that Decode names.
func decodeFrames(f *features) []Frame {
	steps := f.steps()
	decoders := f.decoders(steps, false)
	statistic := Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n", "undefined", "chance"}}
	note := f.note() + "; mean over folds with an approximate 95 % interval (Nadeau and Bengio 2003)"
	if f.permutations > 0 {
		statistic.Labels = append(statistic.Labels, "p")
		note += "; p by " + f.exchanged() + ", corrected over steps and not over areas"
	}
	note += edges(f, decoders) + "; one network: the claim is about images"
	axes := []Axis{f.of.areaAxis(), f.of.stepAxis(), statistic}
	list := []Frame{{Name: "decoding", Unit: "%", Title: f.of.Area, Note: note + "; chance: the largest class, above what exchanged labels give, which p is against", Axes: axes}}
	scale, chance := 100.0, f.chance()
	if f.names == nil {
		scale = 1
		list = []Frame{{Name: "decoding r", Title: f.of.Area, Note: "Pearson's r; " + note, Axes: axes}, {Name: "decoding R2", Unit: "R²", Title: f.of.Area, Note: "R², below 0 where the mean would do better; " + note, Axes: axes}}
	}
	scores, nulls := make([][]linear.Score, len(steps)), make([][]linear.Score, len(steps))
	for s, d := range decoders {
		if d != nil {
			scores[s] = d.scores[0]
		}
		if d != nil && f.permutations > 0 {
			nulls[s] = d.null[0]
		}
	}
	for k := range list {
		list[k].Band = fmt.Sprintf("approximate 95 %% interval over %d folds", f.folds)
		p := overStepsP(scores, nulls, k)
		for s := range steps {
			mean, low, high := overFolds(scores[s], k)
			if f.names != nil {
				low, high = max(low, 0), min(high, 1)
			}
			list[k].Data = append(list[k].Data, scale*mean, scale*low, scale*high, float64(steps[s].Rows()), float64(len(f.places)-steps[s].Rows()), scale*chance)
			if f.permutations > 0 {
				list[k].Data = append(list[k].Data, p[s])
			}
		}
	}
	return append(list, f.decodedByImage(steps, decoders))
}

// overStepsP is the share of draws whose largest score over steps reaches that of each.
func overStepsP(scores, nulls [][]linear.Score, number int) []float64 {
	p, own, reached := make([]float64, len(scores)), make([]float64, len(scores)), make([]int, len(scores))
	draws := 0
	for s := range scores {
		own[s], reached[s] = linear.Mean(scores[s])[number], 1
		draws = max(draws, len(nulls[s]))
	}
	for k := range draws {
		most := math.Inf(-1)
		for _, x := range nulls {
			if x != nil && !math.IsNaN(x[k][number]) {
				most = max(most, x[k][number])
			}
		}
		for s := range own {
			if most >= own[s]-1e-9 {
				reached[s]++
			}
		}
	}
	for s := range p {
		p[s] = math.NaN()
		if !math.IsNaN(own[s]) && draws > 0 {
			p[s] = float64(reached[s]) / float64(draws+1)
		}
	}
	return p
}

// edges says where penalties were often chosen at an end of their list.
func edges(f *features, decoders []*decoder) (note string) {
	n, least, most := 0, 0, 0
	for _, d := range decoders {
		if d == nil {
			continue
		}
		for _, p := range d.penalties {
			n++
			switch p {
			case slices.Min(f.penalties):
				least++
			case slices.Max(f.penalties):
				most++
			}
		}
	}
	if len(f.penalties) > 1 && 2*least > n {
		note += fmt.Sprintf("; the smallest penalty in %d of %d fits", least, n)
	}
	if len(f.penalties) > 1 && 2*most > n {
		note += fmt.Sprintf("; the largest penalty in %d of %d fits", most, n)
	}
	return note
}

// decodedByImage is how well each image is decoded, a mean over its showings.
func (f *features) decodedByImage(steps []linear.Data, decoders []*decoder) Frame {
	var ids []int
	for _, place := range f.places {
		ids = append(ids, f.of.IDs[place])
	}
	images := slices.Clone(ids)
	slices.Sort(images)
	images = slices.Compact(images)
	axis := Axis{Name: "image"}
	for _, id := range images {
		axis.Values = append(axis.Values, float64(id))
	}
	x := Frame{Name: "decoded" + byImage, Unit: "%", Title: f.of.Area, Note: f.note(), Axes: []Axis{f.of.areaAxis(), f.of.stepAxis(), axis}}
	if f.names == nil {
		x.Name, x.Unit, x.Note = "squared decoding error"+byImage, "", f.note()
	}
	x.Data = slices.Repeat([]float64{math.NaN()}, len(steps)*len(images))
	parallel.For(len(steps), func(s int) {
		if decoders[s] == nil {
			return
		}
		sum, count := make([]float64, len(images)), make([]float64, len(images))
		for k := range f.folds {
			p := steps[s].Predict(k, decoders[s].weights[k])
			var right []bool
			if f.names != nil {
				right = linear.Right(f.labels, steps[s], k, p)
			}
			for i, row := range steps[s].Image[steps[s].Start[k]:steps[s].Start[k+1]] {
				at, _ := slices.BinarySearch(images, ids[row])
				count[at]++
				switch {
				case right == nil:
					e := f.scale * (p[i] - f.labels.Number[row])
					sum[at] += e * e
				case right[i]:
					sum[at] += 100
				}
			}
		}
		for i := range images {
			x.Data[s*len(images)+i] = sum[i] / count[i] // NaN where it was not tested
		}
	})
	return x
}
