package analysis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// model is the matrix that a factor predicts.
type model struct {
	name, about string
	pairs       []float64
}

// modelsOf makes the models that settings name.
func modelsOf(names []string, x *gathered, table *Table) (list []*model, err error) {
	for _, name := range names {
		m, err := modelOf(name, x, table)
		if err != nil {
			return nil, fmt.Errorf("models: %w", err)
		}
		list = append(list, m)
	}
	return list, nil
}

func modelOf(name string, x *gathered, table *Table) (*model, error) {
	column, how, _ := strings.Cut(name, ":")
	texts, err := x.factor(column, table)
	if err != nil {
		return nil, err
	}
	m := &model{name: strings.NewReplacer(":", " ", "=", " ").Replace(name)}
	circle := 0.0
	angle, onCircle := strings.CutPrefix(how, "circle=")
	switch {
	case how == "" && !strings.HasSuffix(name, ":"):
		m.about = fmt.Sprintf("the model of %s (0 where it is the same, else 1)", column)
		different := func(a, b string) float64 {
			if a == b {
				return 0
			}
			return 1
		}
		for i, a := range texts {
			for _, b := range texts[i+1:] {
				m.pairs = append(m.pairs, different(a, b))
			}
		}
		return m, nil
	case how == "distance":
		m.about = fmt.Sprintf("the distance of %s", column)
	case onCircle:
		if circle, err = strconv.ParseFloat(angle, 64); err != nil || !(circle > 0) || math.IsInf(circle, 0) {
			return nil, fmt.Errorf("found %q as circle of %q, want a number above 0, such as 180", angle, column)
		}
		m.about = fmt.Sprintf("the distance of %s on a circle of %g", column, circle)
	default:
		return nil, fmt.Errorf("found %q, want %q, %q or %q", name, column, column+":distance", column+":circle=180")
	}
	numbers := make([]float64, len(texts))
	for i, text := range texts {
		if numbers[i], err = strconv.ParseFloat(text, 64); err != nil || numbers[i]-numbers[i] != 0 {
			return nil, fmt.Errorf("column %q: found %q for image %d, want a number", column, text, x.of.IDs[x.first[i]])
		}
	}
	for i, a := range numbers {
		for _, b := range numbers[i+1:] {
			d := math.Abs(a - b)
			if circle > 0 {
				d = math.Mod(d, circle)
				d = min(d, circle-d)
			}
			m.pairs = append(m.pairs, d)
		}
	}
	return m, nil
}

// factor is the text of a column for every group. It must be the same for all of a group.
func (x *gathered) factor(column string, table *Table) ([]string, error) {
	all := make([]string, len(x.of.IDs))
	if column == "label" {
		for i, l := range x.of.Labels {
			all[i] = strconv.Itoa(l)
		}
	} else {
		var err error
		if all, err = table.Column(column, x.of.IDs); err != nil {
			return nil, fmt.Errorf("%s; \"label\" is the class", unprefixed(err))
		}
	}
	texts := make([]string, len(x.first))
	for k, i := range x.first {
		texts[k] = all[i]
	}
	for i, k := range x.rows {
		if k >= 0 && all[i] != texts[k] {
			return nil, fmt.Errorf("%s: images of %s have %q and %q; a model needs one of each mean", column, x.axis.At(k), texts[k], all[i])
		}
	}
	return texts, nil
}

// unprefixed is an error's text without the name of the package.
func unprefixed(err error) string { return strings.TrimPrefix(err.Error(), "analysis: ") }

// whiten divides units by the deviation of their noise: of the repeats of a pattern around
// their mean, over all patterns, with (repeats - 1) degrees of freedom each, as rsatoolbox
// does. Units without noise are left out and counted.
func whiten(folds [][][]float64) ([][][]float64, int) {
	units := 0
	for _, row := range folds[0] {
		units = max(units, len(row))
	}
	variance, degrees := make([]float64, units), 0.0
	for i := range folds[0] {
		mean, n := make([]float64, units), 0.0
		for _, fold := range folds {
			if fold[i] != nil {
				n++
				for u, v := range fold[i] {
					mean[u] += v
				}
			}
		}
		if n < 2 || len(mean) == 0 || math.IsNaN(mean[0]) {
			continue
		}
		degrees += n - 1
		for _, fold := range folds {
			for u, v := range fold[i] {
				d := v - mean[u]/n
				variance[u] += d * d
			}
		}
	}
	if degrees == 0 {
		return folds, 0 // no numbers
	}
	var keep []int
	for u, v := range variance {
		if v > 0 {
			keep = append(keep, u)
		}
	}
	out := make([][][]float64, len(folds))
	for f, fold := range folds {
		out[f] = make([][]float64, len(fold))
		for i, row := range fold {
			if row == nil {
				continue
			}
			out[f][i] = make([]float64, len(keep))
			for k, u := range keep {
				out[f][i][k] = row[u] / math.Sqrt(variance[u]/degrees)
			}
		}
	}
	return out, units - len(keep)
}
