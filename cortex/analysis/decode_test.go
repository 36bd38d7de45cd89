package analysis

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
)

// small is settings of decode for tests.
func small() Decode {
	d := *decodeKind.New().(*Decode)
	d.Permutations = 0
	return d
}

// made runs an analysis of one recording with a table of the images.
func made(s Settings, b Batch, table *Table, classes ...string) ([]Frame, error) {
	a := s.Start(Subject{Anatomy: &recording.Anatomy{Classes: classes}, Table: table})
	if err := a.Add(b); err != nil {
		return nil, err
	}
	return a.Frames()
}

// known is the recording of testdata/decode.py: 48 images of three classes, 3 steps, 6
// units, with the column angle.
func known() (Batch, *Table) {
	const n, steps, units = 48, 3, 6
	var data []float32
	ids, labels, rows := make([]int, n), make([]int, n), map[int][]string{}
	for i := range n {
		ids[i], labels[i] = 200+i, i%3
		rows[ids[i]] = []string{fmt.Sprint(i * 7 % n)}
		for s := range steps {
			for u := range units {
				noise := math.Sin(12.9898*float64((i+1)*(u+1)) + 78.233*float64((s+2)*(u+2)*(u+2)))
				code := math.Cos(float64(labels[i])+float64(u)) * float64(min(s, 1))
				data = append(data, float32(noise+code+0.02*float64(i*7%n)*float64(u%2)+3))
			}
		}
	}
	b := whole("IT", []int{0, 1, 2}, [3]int{1, 2, units / 2}, ids, data)
	b.Labels = labels
	return b, NewTable([]string{"angle"}, rows)
}

// Accuracy, r, R² and the matrix of generalisation are those of scikit-learn and MNE with
// the same folds (testdata/decode.py). Accuracies are counts; r and R² differ by rounding of
// features to float32 around their mean, 1e-6.
func TestDecodeAgainstScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/decode.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Fold                                       []int
		Accuracy, Low, R, R2, Logistic, Generalise []float64
		GeneraliseR                                []float64 `json:"generalise r"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	b, table := known()
	d := small()
	g := *generaliseKind.New().(*Generalise)
	g.Permutations = 0
	get := func(s Settings, name, statistic string) []float64 {
		t.Helper()
		frames, err := made(s, b, table, "a", "b", "c")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			if f.Name == name && statistic == "" {
				return f.Data
			} else if f.Name == name {
				return f.Column(statistic)
			}
		}
		t.Fatalf("no frame %q", name)
		return nil
	}
	near := func(what string, got, want []float64) {
		t.Helper()
		if len(got) != len(want) || len(got) == 0 {
			t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
		}
		for i := range got {
			if !(math.Abs(got[i]-want[i]) <= 1e-6*max(1, math.Abs(want[i]))) {
				t.Errorf("%s: number %d is %v, want %v", what, i, got[i], want[i])
			}
		}
	}
	// The folds that the script has are those of here.
	of, err := newTarget(decoding{label: "class", as: "auto", penalties: []float64{1}, folds: 5, images: 100, seed: 1}, b.Recording, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	fold := make([]int, 48)
	for k, i := range of.places {
		fold[i] = of.split.Fold[k]
	}
	if !slices.Equal(fold, want.Fold) {
		t.Fatalf("folds are %v, in the script %v", fold, want.Fold)
	}
	near("accuracy", get(&d, "decoding", "mean"), want.Accuracy)
	near("low", get(&d, "decoding", "low"), want.Low)
	near("generalisation", get(&g, "generalisation", ""), want.Generalise)
	d.Decoder = "logistic"
	near("logistic", get(&d, "decoding", "mean"), want.Logistic)
	d.Decoder, d.Label, g.Label = "ridge", "angle", "angle"
	near("r", get(&d, "decoding r", "mean"), want.R)
	near("R²", get(&d, "decoding R2", "mean"), want.R2)
	near("generalisation of r", get(&g, "generalisation", ""), want.GeneraliseR)
}

// planted is images of two classes at some steps of an area; code says which unit tells the
// class at a step, -1 none.
func planted(seed uint64, images, units int, code ...int) Batch {
	r := rand.New(rand.NewPCG(seed, 8))
	var data []float32
	var ids, steps []int
	for i := range images {
		ids = append(ids, i)
		for s := range code {
			for u := range units {
				v := r.NormFloat64()
				if u == code[s] {
					v += 2.5 * float64(i%2)
				}
				data = append(data, float32(v))
			}
		}
	}
	for s := range code {
		steps = append(steps, s)
	}
	b := whole("IT", steps, [3]int{1, 1, units}, ids, data)
	for i := range b.Labels {
		b.Labels[i] = i % 2
	}
	return b
}

// Steps with a code are found, after correction, and those without are not.
func TestDecodePlanted(t *testing.T) {
	d := small()
	d.Permutations = 60
	frames, err := made(&d, planted(1, 150, 12, -1, 3, 3, -1), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := frames[0]
	p, mean, low, chance := f.Column("p"), f.Column("mean"), f.Column("low"), f.Column("chance")
	for s, code := range []bool{false, true, true, false} {
		if found := p[s] <= 0.05; found != code || code && !(low[s] > 60 && mean[s] > 75) || chance[s] != 50 {
			t.Errorf("step %d: %v %%, from %v, p %v, chance %v", s, mean[s], low[s], p[s], chance[s])
		}
	}
	if p[1] != 1.0/61 {
		t.Errorf("p is %v, want the smallest of 60 exchanges", p[1])
	}
	by := frames[1]
	sum := 0.0
	for i := range 150 {
		sum += by.At(0, 1, i) / 150
	}
	if by.Name != "decoded by image" || math.Abs(sum-mean[1]) > 1e-9 { // folds are of one size
		t.Errorf("frame %q has a mean of %v, want %v", by.Name, sum, mean[1])
	}
}

// A sustained code is a square, a chain of codes the diagonal.
func TestGeneralisePlanted(t *testing.T) {
	g := *generaliseKind.New().(*Generalise)
	g.Permutations, g.Threshold = 60, 3 // so that no cell beside the square joins it by chance
	for name, code := range map[string][]int{"square": {-1, 3, 3, 3, -1}, "chain": {-1, 3, 4, 5, -1}} {
		frames, err := made(&g, planted(2, 150, 40, code...), nil)
		if err != nil {
			t.Fatal(err)
		}
		x, p := frames[0], frames[1]
		if p.Name != "generalisation p" {
			t.Fatalf("frame %q", p.Name)
		}
		for s := range code {
			for at := range code {
				want := code[s] >= 0 && code[s] == code[at]
				if found := p.At(0, s, at) <= 0.05; found != want || want != (x.At(0, s, at) > 70) {
					t.Errorf("%s: trained at %d, tested at %d: %v %%, p %v", name, s, at, x.At(0, s, at), p.At(0, s, at))
				}
			}
		}
	}
}

// Where nothing is, a step or a cluster is found as often as the level says.
func TestDecodeLevel(t *testing.T) {
	const trials = 200
	d, g := small(), *generaliseKind.New().(*Generalise)
	d.Permutations, g.Permutations = 39, 39
	d.Penalties, g.Penalties = []float64{0.01, 1}, []float64{0.01, 1}
	found := map[string]int{}
	for trial := range trials {
		b := planted(uint64(100+trial), 30, 12, -1, -1, -1)
		d.Seed, g.Seed = trial, trial
		for name, s := range map[string]Settings{"decode": &d, "generalise": &g} {
			frames, err := made(s, b, nil)
			if err != nil {
				t.Fatal(err)
			}
			p := frames[0].Column("p")
			if name == "generalise" {
				p = frames[1].Data
			}
			if slices.Min(p) <= 0.05 {
				found[name]++
			}
		}
	}
	for _, name := range []string{"decode", "generalise"} {
		// Binomial of 200 at 0.05: mean 10, standard deviation 3.1; three of them either way.
		if n := found[name]; n > 19 || n < 1 {
			t.Errorf("%s: %d of %d null recordings have something at 0.05", name, n, trials)
		}
	}
}

// A decoder of noise reads by chance something, in one direction or the other, from a code
// at another step. That is found as often as the level says, in either order of the steps.
func TestGeneraliseLevelBesideCode(t *testing.T) {
	const trials = 200
	g, found := *generaliseKind.New().(*Generalise), [2]int{}
	g.Permutations, g.Penalties = 39, []float64{0.01, 1}
	for trial := range trials {
		g.Seed = trial
		frames, err := made(&g, planted(uint64(500+trial), 100, 12, -1, 3), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := frames[1]
		if p.At(0, 1, 1) > 0.05 {
			t.Errorf("trial %d: the code has p %v", trial, p.At(0, 1, 1))
		}
		for k, q := range []float64{p.At(0, 0, 1), p.At(0, 1, 0)} {
			if q <= 0.05 {
				found[k]++
			}
		}
	}
	// Clusters may join the code beside them: binomial of 200 at 0.05, three standard
	// deviations above the mean of 10.
	if found[0] > 19 || found[1] > 19 {
		t.Errorf("%v of %d null cells are found at 0.05", found, trials)
	}
}

// Images that look alike, showings of an image or images of a group, are in one fold: else
// a decoder would know them again, whatever their labels mean.
func TestDecodeGroups(t *testing.T) {
	const n, units = 80, 40
	r := rand.New(rand.NewPCG(3, 3))
	pattern := make([][]float32, n/2)
	for i := range pattern {
		for range units {
			pattern[i] = append(pattern[i], float32(r.NormFloat64()))
		}
	}
	for _, c := range []struct {
		name, group string
		id          func(i int) int
		known       bool // again
	}{
		{"showings", "", func(i int) int { return i / 2 }, false},
		{"group", "object", func(i int) int { return i }, false},
		{"no group", "", func(i int) int { return i }, true},
	} {
		b := Batch{Recording: &Recording{Area: "IT", Steps: []int{0}, Shape: [3]int{1, 1, units}}}
		rows := map[int][]string{}
		for i := range n {
			b.IDs, b.Labels = append(b.IDs, c.id(i)), append(b.Labels, r.IntN(2))
			if i%2 == 1 {
				b.Labels[i] = b.Labels[i-1]
			}
			b.Data = append(b.Data, pattern[i/2]...)
			rows[c.id(i)] = []string{fmt.Sprint("object ", i/2)}
		}
		d := small()
		d.Group = c.group
		d.Permutations = 20
		frames, err := made(&d, b, NewTable([]string{"object"}, rows))
		if err != nil {
			t.Fatal(err)
		}
		if mean := frames[0].Column("mean")[0]; (mean > 70) != c.known {
			t.Errorf("%s: %v %% are decoded of labels that mean nothing", c.name, mean)
		}
		if images := distinct(b.IDs); frames[1].Axis("image").Len() != images {
			t.Errorf("%s: %d images, want %d", c.name, frames[1].Axis("image").Len(), images)
		}
	}
}

// Large areas are read by projections of one size, images without a label are left out, and
// an image that is not finite at a step has no part there.
func TestDecodePart(t *testing.T) {
	b := planted(4, 60, 12, 3, 3)
	b.Labels[7] = -1
	copy(b.Data[9*24:9*24+12], slices.Repeat([]float32{nan}, 12))
	d := small()
	d.Project = 16
	wide := whole("IT", b.Steps, [3]int{1, 3, 12}, b.IDs, nil)
	wide.Labels = b.Labels
	for i := range 60 * 2 {
		for range 3 {
			wide.Data = append(wide.Data, b.Data[i*12:][:12]...)
		}
	}
	for _, x := range []Batch{b, wide} {
		frames, err := made(&d, x, nil)
		if err != nil {
			t.Fatal(err)
		}
		f := frames[0]
		check(t, "n", f.Column("n"), []float64{58, 59})
		check(t, "undefined", f.Column("undefined"), []float64{1, 0})
		if m := f.Column("mean"); m[0] < 70 || m[1] < 70 {
			t.Errorf("%v of the images are decoded", m)
		}
		if projected := strings.Contains(f.Note, "16 random projections"); projected != (x.Units() == 36) {
			t.Errorf("the note says %q", f.Note)
		}
	}
}

// Every fault names its key.
func TestDecodeFaults(t *testing.T) {
	b, table := known()
	for _, c := range []struct {
		change func(*Decode)
		want   string
	}{
		{func(d *Decode) { d.Label = "size" }, `label: found no column "size", the data set has ["angle"]`},
		{func(d *Decode) { d.Group = "size" }, `group: found no column "size"`},
		{func(d *Decode) { d.Label, d.As = "angle", "classes" }, "label: found 48 classes of angle among 48 images, want 2 or more"},
		{func(d *Decode) { d.As = "numbers" }, `label: found "a" as class of image 200, want a number; as = "classes"`},
		{func(d *Decode) { d.Label, d.Decoder = "angle", "logistic" }, `decoder: found "logistic" for numbers of angle`},
		{func(d *Decode) { d.Penalties = []float64{1, 0} }, "penalties: found 0, want numbers above 0"},
		{func(d *Decode) { d.Penalties = nil }, "penalties: found none"},
		{func(d *Decode) { d.Images, d.Folds = 10, 20 }, "folds: found 20 folds for 10 images"},
	} {
		d := small()
		c.change(&d)
		if _, err := made(&d, b, table, "a", "b", "c"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// BenchmarkDecode is an area of 512 units at 8 steps, 10,000 images of 10 classes, with 100
// exchanges of labels.
func BenchmarkDecode(b *testing.B) {
	const n, steps, units = 10000, 8, 512
	r := rand.New(rand.NewPCG(1, 1))
	data, ids := make([]float32, n*steps*units), make([]int, n)
	x := whole("IT", []int{0, 1, 2, 3, 4, 5, 6, 7}, [3]int{1, 1, units}, ids, data)
	for i := range n {
		ids[i], x.Labels[i] = i, i*7%10
		for k := range steps * units {
			data[i*steps*units+k] = float32(r.NormFloat64())
			if (k+x.Labels[i])%10 == 0 {
				data[i*steps*units+k] += 0.2
			}
		}
	}
	for b.Loop() {
		if _, err := made(decodeKind.New(), x, nil); err != nil {
			b.Fatal(err)
		}
	}
}
