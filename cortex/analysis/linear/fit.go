package linear

// Fit is a decoder fitted to some data, once without each fold.
type Fit interface {
	// Without returns the weights of the decoder that was trained on the other folds.
	Without(fold int) Weights

	// Penalty is the one that was chosen inside the other folds.
	Penalty(fold int) float64

	// null trains on other labels, with the penalties chosen for the labels observed,
	// and returns the weights of all draws without a fold.
	null(draws []Labels) func(fold int) Narrow
}

// atOnce is how many draws are trained together.
const atOnce = 25

// Test scores a fit on each fold of data, which is what it was fitted to or other features
// of the same images with the same folds.
func Test(fit Fit, d Data, l Labels) []Score {
	scores := make([]Score, d.Folds())
	for f := range scores {
		_, images := d.fold(f)
		scores[f] = scoreOf(l, images, d.Predict(f, fit.Without(f)), l.Outputs(), 0)
	}
	return scores
}

// Judged is data that decoders of exchanged labels are tested on.
type Judged struct {
	Data
	By *Labels // nil: by the exchanged labels themselves
}

// Null is the score of decoders that are trained on each draw of labels, a mean over folds,
// [test][draw]. Penalties are those that were chosen for the labels observed.
func Null(fit Fit, tests []Judged, draws []Labels) [][]Score {
	all := make([][]Score, len(tests))
	for t := range tests {
		all[t] = make([]Score, len(draws))
	}
	for from := 0; from < len(draws); from += atOnce {
		some := draws[from:min(from+atOnce, len(draws))]
		without := fit.null(some)
		folds := make([][][]Score, len(tests)) // [test][draw][fold]
		for t := range folds {
			folds[t] = make([][]Score, len(some))
		}
		for f := range tests[0].Folds() {
			w := without(f)
			for t, d := range tests {
				p := d.predictNarrow(f, w)
				_, images := d.fold(f)
				for k, l := range some {
					by := l
					if d.By != nil {
						by = *d.By
					}
					folds[t][k] = append(folds[t][k], scoreOf(by, images, p, len(w.B), k*l.Outputs()))
				}
			}
		}
		for t := range tests {
			for k := range some {
				all[t][from+k] = Mean(folds[t][k])
			}
		}
	}
	return all
}

// Exchanged is the score of a fit on data, a mean over folds, when it is judged by each draw
// of labels.
func Exchanged(fit Fit, d Data, draws []Labels) []Score {
	folds := make([][]Score, len(draws))
	for f := range d.Folds() {
		_, images := d.fold(f)
		w := fit.Without(f)
		p := d.Predict(f, w)
		for k, l := range draws {
			folds[k] = append(folds[k], scoreOf(l, images, p, len(w.B), 0))
		}
	}
	all := make([]Score, len(draws))
	for k := range draws {
		all[k] = Mean(folds[k])
	}
	return all
}
