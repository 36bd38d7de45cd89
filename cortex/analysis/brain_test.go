package analysis_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/analysis/geometry"
	"ventral/cortex/recording"
)

func brainOf(change func(*analysis.Brain)) *analysis.Brain {
	k, _ := analysis.Find("brain")
	s := k.New().(*analysis.Brain)
	change(s)
	return s
}

// brainFrames makes the analysis brain; frames have their names.
func brainFrames(t *testing.T, f *analysistest.Files, change func(*analysis.Brain)) map[string]analysis.Frame {
	t.Helper()
	frames, err := analysis.Run(f, []analysis.Request{{Name: "brain", Kind: "brain", Settings: brainOf(change)}})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]analysis.Frame{}
	for _, x := range frames {
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		by[x.Name] = x
	}
	return by
}

// Similarities and ceilings are those of rsatoolbox, of a file that numpy wrote, whose
// images are joined by the names of their files. The file has float32, whose ranks and
// ratios are those of float64 to 1e-6.
func TestBrainAgainstRsatoolbox(t *testing.T) {
	const images, steps, units = 10, 2, 12
	a := &recording.Anatomy{Format: recording.Format, Steps: steps, Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, units}}}}
	f := analysistest.NewFiles(a)
	data, ids := make([]float32, images*steps*units), make([]int, images)
	for k := range data {
		data[k] = float32((31*k*k+7*k)%257) / 256
	}
	rows := map[int][]string{}
	for i := range ids {
		ids[i] = 100 + i
		rows[100+i] = []string{fmt.Sprintf("%d.png", i)}
	}
	f.PutTrace(recording.Trace{Area: "V1", Signal: "response", Steps: []int{0, 1}, Shape: a.Areas[0].Shape}, ids, make([]int, images), data)
	f.PutTable(analysis.NewTable([]string{"file"}, rows))
	content, err := os.ReadFile("testdata/brain.npz")
	if err != nil {
		t.Fatal(err)
	}
	f.PutFile("meg.npz", content)
	text, err := os.ReadFile("testdata/brain.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		Map      [][]float64
		Ceilings [][]float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for compare, w := range want {
		by := brainFrames(t, f, func(s *analysis.Brain) {
			s.File, s.IDColumn, s.Compare, s.Draws, s.Normalise = "meg.npz", "file", compare, 20, "r2/ceiling"
		})
		x, over := by["brain similarity"], by["brain similarity over ceiling"]
		if !slices.Equal(x.Axis("time").Values, []float64{-50, 0, 50, 100}) {
			t.Errorf("times %v", x.Axis("time").Values)
		}
		for s := range steps {
			for k := range 4 {
				got := []float64{x.At(0, s, k, 0), x.At(0, s, k, 5), x.At(0, s, k, 6), by["brain map"].At(0, s, k)}
				for i, v := range []float64{w.Map[s][k], w.Ceilings[k][0], w.Ceilings[k][1], w.Map[s][k]} {
					if !(math.Abs(got[i]-v) < 1e-6) {
						t.Errorf("%s, step %d, time %d: number %d is %v, want %v", compare, s, k, i, got[i], v)
					}
				}
				r, c := w.Map[s][k], w.Ceilings[k][1]
				if v := over.At(0, s, k, 0); !(math.Abs(v-math.Copysign(r*r/c/c, r)) < 1e-5) {
					t.Errorf("%s: %v over the ceiling, want %v", compare, v, r*r/c/c)
				}
			}
		}
		if note := x.Note; !strings.Contains(note, "9 images are in both, 1 ids of the file are not in the recording, 1 images of the recording are not in the file") || !strings.Contains(note, "3 subjects") {
			t.Errorf("note %q", note)
		}
	}
}

// moving are recordings of V1, and of IT from step 2 on, whose geometry turns from one of
// images to an independent one; at places between steps, too.
type moving struct {
	images int
	first  [2][][]float64 // [area][image][unit]
	last   [2][][]float64
}

const movingSteps, movingUnits = 6, 24

func newMoving(seed uint64, images int) *moving {
	r, m := rand.New(rand.NewPCG(seed, 1)), &moving{images: images}
	draw := func() (rows [][]float64) {
		for range images {
			row := make([]float64, movingUnits)
			for u := range row {
				row[u] = r.NormFloat64()
			}
			rows = append(rows, row)
		}
		return rows
	}
	for a := range 2 {
		m.first[a], m.last[a] = draw(), draw()
	}
	return m
}

// at is the pattern of an area at a step, which may be between two.
func (m *moving) at(area, image int, step float64) []float64 {
	from := []float64{0, 2}[area]
	angle := math.Pi / 2 * min(1, max(0, (step-from)/(movingSteps-1-from)))
	row := make([]float64, movingUnits)
	for u := range row {
		row[u] = math.Cos(angle)*m.first[area][image][u] + math.Sin(angle)*m.last[area][image][u]
	}
	return row
}

func (m *moving) ids() (ids []int) {
	for i := range m.images {
		ids = append(ids, 50+i)
	}
	return ids
}

func (m *moving) files() *analysistest.Files {
	a := &recording.Anatomy{Format: recording.Format, Steps: movingSteps, Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, movingUnits}}, {Name: "IT", Shape: [3]int{1, 1, movingUnits}, Onset: 2}}}
	f := analysistest.NewFiles(a)
	var steps []int
	for s := range movingSteps {
		steps = append(steps, s)
	}
	for k, x := range a.Areas {
		var data []float32
		for i := range m.images {
			for s := range movingSteps {
				for _, v := range m.at(k, i, float64(s)) {
					if s < x.Onset {
						v = math.NaN()
					}
					data = append(data, float32(v))
				}
			}
		}
		f.PutTrace(recording.Trace{Area: x.Name, Signal: "response", Steps: steps, Onset: x.Onset, Shape: x.Shape}, m.ids(), make([]int, m.images), data)
	}
	return f
}

// planted is where a brain is at a time: V1 has 20 ms a step from 40 ms, IT 30 ms from 20 ms
// of its step 0.
func planted(area int, ms float64) float64 {
	if area == 0 {
		return (ms - 40) / 20
	}
	return (ms - 20) / 30
}

// rdmFile is a brain that has both areas, with noise of subjects. Signal 0 is nothing.
func (m *moving) rdmFile(seed uint64, times []float64, subjects int, signal, noise float64) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	all := make([][][]float32, subjects)
	for s := range all {
		for _, ms := range times {
			sum := make([]float64, geometry.Pairs(m.images))
			for a := range 2 {
				rows := make([][]float64, m.images)
				for i := range rows {
					rows[i] = m.at(a, i, planted(a, ms))
					if signal == 0 {
						for u := range rows[i] {
							rows[i][u] = r.NormFloat64()
						}
					}
				}
				d, _ := geometry.Correlation.Matrix(rows, 0)
				for p, v := range geometry.Upper(d, m.images) {
					sum[p] += v
				}
			}
			pairs := make([]float32, len(sum))
			for p, v := range sum {
				pairs[p] = float32(v + noise*r.NormFloat64())
			}
			all[s] = append(all[s], pairs)
		}
	}
	return analysistest.RDMFile(m.ids(), times, all)
}

// responseFile is a brain of units that are sums of those of both areas, with noise of
// repeats. Signal 0 is nothing.
func (m *moving) responseFile(seed uint64, times []float64, repeats, units int, signal, noise float64) []byte {
	r := rand.New(rand.NewPCG(seed, 3))
	weights := make([]float64, 2*units*movingUnits)
	for k := range weights {
		weights[k] = signal * r.NormFloat64() / math.Sqrt(movingUnits)
	}
	x := make([]float32, m.images*repeats*units*len(times))
	for i := range m.images {
		for t, ms := range times {
			a, b := m.at(0, i, planted(0, ms)), m.at(1, i, planted(1, ms))
			for u := range units {
				v := 0.0
				for k := range movingUnits {
					v += weights[2*u*movingUnits+k]*a[k] + weights[(2*u+1)*movingUnits+k]*b[k]
				}
				for p := range repeats {
					x[((i*repeats+p)*units+u)*len(times)+t] = float32(v + noise*r.NormFloat64())
				}
			}
		}
	}
	return analysistest.ResponseFile(m.ids(), times, repeats, units, x)
}

// every10 are the times 40 to 170 ms.
var every10 = func() (list []float64) {
	for ms := 40.0; ms <= 170; ms += 10 {
		list = append(list, ms)
	}
	return list
}()

// The planted lags, offsets and steps are recovered, of dissimilarities and of responses:
// V1 20 and 40 ms, IT 30 and 20 ms, the first and the last step to one of the times, which
// are 10 ms apart.
func TestBrainRecoversLags(t *testing.T) {
	for _, name := range []string{"rdm", "x"} {
		m := newMoving(1, map[string]int{"rdm": 60, "x": 240}[name])
		f := m.files()
		if name == "rdm" {
			f.PutFile("brain.npz", m.rdmFile(1, every10, 4, 1, 0.2))
		} else {
			f.PutFile("brain.npz", m.responseFile(1, every10, 4, 10, 1, 0.5))
		}
		by := brainFrames(t, f, func(s *analysis.Brain) { s.Draws, s.Splits = 60, 4 })
		for a, want := range []struct{ lag, offset, first float64 }{{20, 40, 0}, {30, 20, 2}} {
			lag, offset := by["lag"], by["offset"]
			for _, step := range []float64{want.first, movingSteps - 1} {
				if got, ms := offset.At(a, 0)+lag.At(a, 0)*step, want.offset+want.lag*step; math.Abs(got-ms) > 10+1e-9 {
					t.Errorf("%s: area %d is at step %v at %v ms, want %v", name, a, step, got, ms)
				}
			}
			within := func(what string, f analysis.Frame, v float64) {
				if !(f.At(a, 1) <= v+1e-9 && v-1e-9 <= f.At(a, 2) && f.At(a, 2)-f.At(a, 1) < 100) {
					t.Errorf("%s: area %d has the %s %v from %v to %v, want %v", name, a, what, f.At(a, 0), f.At(a, 1), f.At(a, 2), v)
				}
			}
			within("lag", lag, want.lag)
			within("offset", offset, want.offset)
			score := by["similarity at the lag"]
			if name == "x" {
				score = by["predictivity at the lag"]
			}
			if !(score.At(a, 1) > 0.3) {
				t.Errorf("%s: area %d has %v from %v", name, a, score.At(a, 0), score.At(a, 1))
			}
		}
		curves := by["brain similarity"]
		if name == "x" {
			curves = by["brain predictivity"]
		}
		// V1 is at step 2 at 80 ms, time 4.
		if p := curves.At(0, 2, 4, 4); p > 0.02 {
			t.Errorf("%s: p %v of V1 at step 2", name, p)
		}
		if v := by["best step"].At(0, 4, 0); math.Abs(v-2) > 1 {
			t.Errorf("%s: V1 is at step %v at 80 ms, want 2", name, v)
		}
		if v := by["best similarity"].At(4, 0); !(v > 0.3) {
			t.Errorf("%s: the best at 80 ms has %v", name, v)
		}
		if !math.IsNaN(curves.At(1, 1, 4, 0)) || math.IsNaN(curves.At(1, 2, 4, 0)) {
			t.Errorf("%s: IT has numbers before step 2, or none from there", name)
		}
	}
}

// Of data that have nothing to do with the images, p is at most 0.05 anywhere in 5 % of the
// runs, and the interval at the lag holds 0 mostly: of 100 runs 0 to 13 with a probability
// of 0.999, and of 60 0 to 9.
func TestBrainOfNothing(t *testing.T) {
	times := []float64{0, 50, 100}
	for name, c := range map[string]struct{ runs, most int }{"rdm": {100, 13}, "x": {60, 9}} {
		significant, above := 0, 0
		for seed := range uint64(c.runs) {
			m := newMoving(seed, 32)
			f := m.files()
			table, score := "brain similarity", "similarity at the lag"
			f.PutFile("brain.npz", m.rdmFile(1000+seed, times, 3, 0, 0.1))
			if name == "x" {
				table, score = "brain predictivity", "predictivity at the lag"
				f.PutFile("brain.npz", m.responseFile(1000+seed, times, 1, 3, 0, 1))
			}
			by := brainFrames(t, f, func(s *analysis.Brain) { s.Draws, s.Splits, s.Seed, s.Images = 59, 2, int(seed), 32 })
			if slices.ContainsFunc(by[table].Column("p"), func(p float64) bool { return p <= 0.05 }) {
				significant++
			}
			if by[score].At(0, 1) > 0 {
				above++
			}
		}
		if significant > c.most {
			t.Errorf("%s: %d of %d runs have a p of at most 0.05", name, significant, c.runs)
		}
		// One end of an interval: 2.5 % of the runs, of percentiles of few images some more.
		if above > c.runs/10 {
			t.Errorf("%s: %d of %d runs have an interval at the lag above 0", name, above, c.runs)
		}
	}
}

func TestBrainRefuses(t *testing.T) {
	m := newMoving(1, 40)
	all, ids := m.files(), m.ids()
	all.PutTable(analysis.NewTable([]string{"file"}, map[int][]string{50: {"a.png"}}))
	all.PutFile("rdm.npz", m.rdmFile(1, []float64{0, 10}, 1, 1, 0.1))
	all.PutFile("few.npz", analysistest.RDMFile(ids[:5], []float64{0}, [][][]float32{{make([]float32, 10)}}))
	all.PutFile("others.npz", analysistest.RDMFile([]int{1, 2, 3}, []float64{0}, [][][]float32{{make([]float32, 3)}}))
	all.PutFile("units.npz", analysistest.ResponseFile(ids[:20], []float64{0}, 1, 1, make([]float32, 20)))
	all.PutFile("text.csv", []byte("a,b\n"))
	for _, c := range []struct {
		change func(*analysis.Brain)
		want   string
	}{
		{func(s *analysis.Brain) { s.File = "none.npz" }, `file: found no file "none.npz"`},
		{func(s *analysis.Brain) { s.File = "text.csv" }, `file "text.csv": not a whole npz file`},
		{func(s *analysis.Brain) { s.File = "few.npz" }, `file "few.npz": found 5 images by id, want at least 8: 5 images are in both, 35 images of the recording are not in the file`},
		{func(s *analysis.Brain) { s.File = "others.npz" }, `the file has ids such as "1", image_id such as "50"`},
		{func(s *analysis.Brain) { s.File = "units.npz" }, `found 20 images by id, want at least 30`},
		{func(s *analysis.Brain) { s.File, s.IDColumn = "rdm.npz", "name" }, `id_column: found no column "name", the data set has ["file"]; "image_id" would do for numbers`},
		{func(s *analysis.Brain) { s.File, s.IDColumn = "rdm.npz", "file" }, `the file has ids such as "50", file such as "a.png"`},
	} {
		_, err := analysis.Run(all, []analysis.Request{{Name: "brain", Kind: "brain", Settings: brainOf(c.change)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), `analysis "brain": `) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	by := brainFrames(t, all, func(s *analysis.Brain) { s.File, s.Draws, s.Images = "rdm.npz", 10, 20 })
	if x := by["brain similarity"]; !strings.Contains(x.Note, "one subject: no ceiling") || !strings.Contains(x.Note, "of which 20 are compared") || !math.IsNaN(x.At(0, 0, 0, 6)) || x.At(0, 0, 0, 3) != 20 {
		t.Errorf("note %q", x.Note)
	}
}
