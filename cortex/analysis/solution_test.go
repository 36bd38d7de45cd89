package analysis

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/statistics"
)

// opened is a file in memory.
type opened struct{ *strings.Reader }

func (opened) Close() error { return nil }

// text opens texts by their paths.
func texts(files map[string]string) func(string) (File, int64, error) {
	return func(path string) (File, int64, error) {
		s, ok := files[path]
		if !ok {
			return nil, 0, fmt.Errorf("%s: %w", path, os.ErrNotExist)
		}
		return opened{strings.NewReader(s)}, int64(len(s)), nil
	}
}

var _ io.ReaderAt = opened{}

// Image scores and solution times are those of NumPy and SciPy (testdata/solution.py);
// logits are float32 in both, so 1e-6.
func TestSolution(t *testing.T) {
	const n, steps, classes = 15, 5, 3
	var data []float32
	ids, labels := make([]int, n), make([]int, n)
	for i := range n {
		ids[i], labels[i] = 10+i, i%classes
		for s := range steps {
			for c := range classes {
				v := math.Sin(1.7*float64(i) + 2.3*float64(c) + 0.9*float64(s))
				if c == labels[i] {
					v += 0.4 * float64(s) * float64(1+i%2)
				}
				data = append(data, float32(v))
			}
		}
	}
	var want struct {
		Scores   []float64
		Times    []*float64
		Spearman float64
	}
	text, err := os.ReadFile("testdata/solution.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	behaviour, neural := "image_id,i1\n", "image_id,ost\n"
	for i, time := range want.Times {
		behaviour += fmt.Sprintf("%d,2.2\n", 10+i)
		if time != nil {
			neural += fmt.Sprintf("%d,%v\n", 10+i, 100+20**time)
		}
	}
	s := Solution{ID: "image_id", Value: "i1", NeuralValue: "ost", Draws: 200, Behaviour: "b.csv", Neural: "n.csv"}
	a := s.Start(Subject{Anatomy: &recording.Anatomy{Readout: "IT"}, Open: texts(map[string]string{"b.csv": behaviour, "n.csv": neural})})
	b := whole("", []int{0, 1, 2, 3, 4}, [3]int{1, 1, classes}, ids, data)
	b.Labels = labels
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	for k := range steps {
		for i, v := range a.(*solution).scores(k) {
			if math.Abs(v-want.Scores[k*n+i]) > 1e-6 {
				t.Fatalf("score of image %d at step %d: %v, want %v", i, k, v, want.Scores[k*n+i])
			}
		}
	}
	times := frame(t, a, "solution time by image").Data
	never := 0
	for i, w := range want.Times {
		switch {
		case w == nil:
			never++
			if !math.IsNaN(times[i]) {
				t.Errorf("image %d is solved at %v, want never", i, times[i])
			}
		case math.Abs(times[i]-*w) > 1e-5:
			t.Errorf("image %d is solved at %v, want %v", i, times[i], *w)
		}
	}
	if never == 0 || never == n {
		t.Errorf("%d of %d images never are solved: the example shows nothing", never, n)
	}
	// Times of the brain rise with those of the network: ρ is 1 where there are no ties,
	// which the scores at step 0 make.
	if rho := frame(t, a, "agreement").Column("mean")[0]; math.Abs(rho-1) > 1e-9 {
		t.Errorf("agreement %v", rho)
	}
	rho, _, _, p := statistics.Spearman([]float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, []float64{2, 7, 1, 8, 2, 8, 1, 8, 2, 8}, 500, 1)
	if math.Abs(rho-want.Spearman) > 1e-12 || p < 0.05 {
		t.Errorf("Spearman %v, p %v, want %v", rho, p, want.Spearman)
	}
	s.Behaviour = "none.csv"
	a = s.Start(Subject{Anatomy: &recording.Anatomy{}, Open: texts(nil)})
	a.Add(b)
	if _, err := a.Frames(); err == nil || !strings.Contains(err.Error(), "behaviour: none.csv") {
		t.Errorf("got %v", err)
	}
}
