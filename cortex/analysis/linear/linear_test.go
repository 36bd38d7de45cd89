package linear

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

type reference struct {
	Penalties, X, Number []float64
	Class                []int
	Ridge                fitted `json:"ridge classes"`
	Number1              fitted `json:"ridge number"`
	Logistic             fitted `json:"logistic classes"`
	Two                  fitted `json:"logistic two"`
}

type fitted struct {
	Chosen  []float64
	Weights []Weights
	Score   [][]float64
}

func readReference(t *testing.T) (r reference, d Data) {
	t.Helper()
	text, err := os.ReadFile("testdata/linear.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	d = Data{Dim: 12}
	for _, v := range r.X {
		d.X = append(d.X, float32(v))
	}
	for i := range r.Class {
		d.Image = append(d.Image, i)
	}
	for f := range 6 {
		d.Start = append(d.Start, f*12)
	}
	return r, d
}

// Penalties, weights and scores are those of scikit-learn's Pipeline of StandardScaler and
// Ridge, RidgeClassifier or LogisticRegression in a GridSearchCV over the training folds
// (testdata/linear.py). Ridge differs by rounding in float64, 1e-8 of weights of order 1; a
// logistic minimum is found to a gradient of 1e-6 here, which moves weights by less than 1e-3.
func TestAgainstScikitLearn(t *testing.T) {
	r, d := readReference(t)
	classes, number := Labels{Classes: 3, Class: r.Class}, Labels{Number: r.Number}
	two := Labels{Classes: 2, Class: make([]int, len(r.Class))}
	for i, c := range r.Class {
		if c == 1 {
			two.Class[i] = 1
		}
	}
	for _, c := range []struct {
		name      string
		fit       Fit
		l         Labels
		want      fitted
		tolerance float64
	}{
		{"ridge of classes", Ridge(d, classes, r.Penalties), classes, r.Ridge, 1e-8},
		{"ridge of a number", Ridge(d, number, r.Penalties), number, r.Number1, 1e-8},
		{"logistic of three classes", Logistic(d, classes, r.Penalties), classes, r.Logistic, 1e-3},
		{"logistic of two classes", Logistic(d, two, r.Penalties), two, r.Two, 1e-3},
	} {
		t.Run(c.name, func(t *testing.T) {
			scores := Test(c.fit, d, c.l)
			for f := range 5 {
				if got := c.fit.Penalty(f); got != c.want.Chosen[f] {
					t.Errorf("fold %d: penalty %v, want %v", f, got, c.want.Chosen[f])
				}
				got, want := c.fit.Without(f), c.want.Weights[f]
				if c.l.Classes > 0 { // scores are told apart by their differences alone
					got, want = relative(got), relative(want)
				}
				near(t, "weights", got.W, want.W, c.tolerance)
				near(t, "intercepts", got.B, want.B, 10*c.tolerance)
				near(t, "score", scores[f][:len(c.want.Score[f])], c.want.Score[f], c.tolerance)
			}
			// Labels that are exchanged for themselves are trained and tested as they are.
			null := Null(c.fit, []Judged{{Data: d}, {Data: d, By: &c.l}}, []Labels{c.l, c.l})
			for _, got := range [][]Score{null[0], null[1], Exchanged(c.fit, d, []Labels{c.l, c.l})} {
				m := Mean(scores)
				near(t, "score of the draw", got[1][:1], m[:1], 1e-4)
			}
		})
	}
}

// relative takes weights to those less the first output's.
func relative(w Weights) Weights {
	n := len(w.B)
	if n == 1 { // of two classes, scikit-learn has that
		return w
	}
	d, r := len(w.W)/n, Weights{}
	for o := 1; o < n; o++ {
		for j := range d {
			r.W = append(r.W, w.W[o*d+j]-w.W[j])
		}
		r.B = append(r.B, w.B[o]-w.B[0])
	}
	return r
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}

// A class that no training row has gets no image, and does no harm to others.
func TestAbsentClass(t *testing.T) {
	r, d := readReference(t)
	l := Labels{Classes: 4, Class: slices.Clone(r.Class)}
	l.Class[0] = 3
	for name, fit := range map[string]Fit{"ridge": Ridge(d, l, r.Penalties), "logistic": Logistic(d, l, r.Penalties)} {
		p := d.Predict(0, fit.Without(0))
		for i := range 12 {
			if largest(p[i*4:][:4]) == 3 {
				t.Errorf("%s decodes a class it has not seen", name)
			}
		}
		if s := Mean(Test(fit, d, l)); !(s[0] > 0.2) {
			t.Errorf("%s decodes %v", name, s[0])
		}
	}
}

// All showings and all images of a group are in one fold; classes are spread over folds;
// labels are exchanged in a fold between groups, or where they differ in a group within it.
func TestSplit(t *testing.T) {
	const k, n = 3, 36
	var ids, groups, class, phase []int
	for i := range n {
		ids, groups = append(ids, 50+i/2), append(groups, (i/2)%9)
		class, phase = append(class, (i/2)%3), append(phase, (i/2)/9)
	}
	whole := func(s Split, of []int) {
		t.Helper()
		fold := map[int]int{}
		for i, g := range of {
			if f, ok := fold[g]; ok && f != s.Fold[i] {
				t.Errorf("%d is in folds %d and %d", g, f, s.Fold[i])
			}
			fold[g] = s.Fold[i]
		}
	}
	count := func(s Split, block, class []int) map[[2]int]int {
		m := map[[2]int]int{}
		for i := range n {
			m[[2]int{block[i], class[i]}]++
		}
		return m
	}
	l := Labels{Classes: 3, Class: class}
	for _, g := range [][]int{nil, groups} {
		s := NewSplit(l, ids, g, k, 1)
		whole(s, ids)
		if g != nil {
			whole(s, g)
		}
		of := count(s, s.Fold, class)
		for b, c := range of {
			if c != n/9 {
				t.Errorf("fold and class %v has %d rows, want %d", b, c, n/9)
			}
		}
		changed := 0
		for _, draw := range s.Draws(l, 20, 1) {
			for i := range n {
				if draw.Class[i] != draw.Class[i^1] {
					t.Fatal("showings of an image have two labels")
				}
				if draw.Class[i] != class[i] {
					changed++
				}
			}
			for b, c := range count(s, s.Fold, draw.Class) {
				if of[b] != c {
					t.Errorf("a draw has %d of %v, want %d", c, b, of[b])
				}
			}
		}
		if share := float64(changed) / (20 * n); share < 0.5 || share > 0.8 { // two thirds
			t.Errorf("%v of the labels change", share)
		}
	}
	l.Class, l.Classes = phase, 2 // differs within groups
	s := NewSplit(l, ids, groups, k, 1)
	whole(s, groups)
	of := count(s, groups, phase)
	for _, draw := range s.Draws(l, 20, 1) {
		for b, c := range count(s, groups, draw.Class) {
			if of[b] != c {
				t.Errorf("a draw has %d of %v, want %d", c, b, of[b])
			}
		}
	}
	if !s.Within {
		t.Error("labels that differ within groups are exchanged between them")
	}
}

// Of labels that mean nothing, p values are as rarely small as the level says, though the
// folds share training rows and the penalty was chosen for the labels observed.
func TestNullLevel(t *testing.T) {
	const trials, n, d, k, draws = 300, 40, 30, 5, 39
	for _, classes := range []int{2, 0} {
		found := 0
		for trial := range trials {
			r := rand.New(rand.NewPCG(uint64(trial), uint64(classes)))
			l := Labels{Classes: classes}
			ids := make([]int, n)
			for i := range n {
				ids[i] = i
				l.Class, l.Number = append(l.Class, i%2), append(l.Number, r.NormFloat64())
			}
			s := NewSplit(l, ids, []int(nil), k, uint64(trial))
			data := Data{Dim: d}
			for f := range k {
				data.Start = append(data.Start, len(data.Image))
				for i := range n {
					if s.Fold[i] == f {
						data.Image = append(data.Image, i)
						for range d {
							data.X = append(data.X, float32(r.NormFloat64()))
						}
					}
				}
			}
			data.Start = append(data.Start, n)
			fit := Ridge(data, l, []float64{0.01, 0.1, 1, 10})
			own, reached := Mean(Test(fit, data, l))[0], 1
			for _, x := range Null(fit, []Judged{{Data: data}}, s.Draws(l, draws, uint64(trial)))[0] {
				if x[0] >= own {
					reached++
				}
			}
			if float64(reached)/(draws+1) <= 0.05 {
				found++
			}
		}
		// Binomial of 300 at 0.05: mean 15, standard deviation 3.8; three of them either way.
		if found > 26 || found < 3 {
			t.Errorf("%d classes: %d of %d null tests found something at 0.05", classes, found, trials)
		}
	}
}

// With fewer rows than features the logistic minimum is where the derivatives of the sum it
// minimises are 0, computed here from rows and weights alone.
func TestLogisticOfFewRows(t *testing.T) {
	const n, d, k, penalty = 30, 50, 5, 0.05
	r := rand.New(rand.NewPCG(5, 5))
	l, data := Labels{Classes: 3}, Data{Dim: d, Start: []int{0, 6, 12, 18, 24, 30}}
	for i := range n {
		l.Class, data.Image = append(l.Class, i%3), append(data.Image, i)
		for j := range d {
			data.X = append(data.X, float32(r.NormFloat64()*float64(1+j%5)+float64(i%3*(j%2))+7))
		}
	}
	fit := Logistic(data, l, []float64{penalty})
	for f := range k {
		w := fit.Without(f)
		var rows [][]float64
		var class []int
		for i := range n {
			if i/6 != f {
				row := make([]float64, d)
				for j := range row {
					row[j] = float64(data.X[i*d+j])
				}
				rows, class = append(rows, row), append(class, i%3)
			}
		}
		slopes := make([]float64, 3*d) // by weights of standardised features
		var intercepts [3]float64
		for i, row := range rows {
			p := make([]float64, 3)
			for c := range p {
				p[c] = math.Exp(w.B[c] + dot(w.W[c*d:][:d], row))
			}
			sum := p[0] + p[1] + p[2]
			for c := range p {
				e := p[c] / sum
				if c == class[i] {
					e--
				}
				intercepts[c] += e
				for j, v := range row {
					slopes[c*d+j] += e * v // less the mean of the feature, which the sum of e takes away
				}
			}
		}
		for j := range d {
			mean, square := 0.0, 0.0
			for _, row := range rows {
				mean += row[j] / float64(len(rows))
			}
			for _, row := range rows {
				square += (row[j] - mean) * (row[j] - mean) / float64(len(rows))
			}
			sd := math.Sqrt(square)
			for c := range 3 {
				slope := (slopes[c*d+j]-intercepts[c]*mean)/sd + penalty*n*w.W[c*d+j]*sd
				// 1e-6 in coordinates that shrink them by at most √(½ Σzz), about 10, over 24 rows
				if math.Abs(slope) > 1e-3 {
					t.Fatalf("fold %d: the derivative by weight %d of class %d is %v", f, j, c, slope)
				}
			}
		}
		for c, v := range intercepts {
			if math.Abs(v) > 1e-3 {
				t.Errorf("fold %d: the derivative by intercept %d is %v", f, c, v)
			}
		}
	}
}
