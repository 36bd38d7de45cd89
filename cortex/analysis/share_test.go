package analysis_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// drives are recordings of what arrives in one area, of the shape [y, x, channel] of a part.
func drives(shape [3]int, parts []recording.Part, images int, data []float32, connections ...recording.AnatomyConnection) *analysistest.Files {
	a := &recording.Anatomy{Format: recording.Format, Name: "x", Steps: 1, Readout: "V2", Input: "image", Precision: "float32", Connections: connections,
		Areas: []recording.AnatomyArea{{Name: "V1", Shape: shape}, {Name: "V2", Shape: shape}}}
	f := analysistest.NewFiles(a)
	ids := make([]int, images)
	for i := range ids {
		ids[i] = i
	}
	shape[2] *= len(parts)
	f.PutTrace(recording.Trace{Area: "V2", Signal: recording.Drive, Parts: parts, Steps: []int{0}, Shape: shape}, ids, nil, data)
	return f
}

func added(names ...string) (parts []recording.Part) {
	for _, n := range names {
		parts = append(parts, recording.Part{From: n, Port: "drive"})
	}
	return parts
}

func shares(f *analysistest.Files) ([]analysis.Frame, error) {
	k, _ := analysis.Find("share")
	q := analysistest.Request(k)
	q.Areas = []string{"V2"}
	return analysis.Run(f, []analysis.Request{q})
}

// Shares are those of NumPy, add up to 1, and one is negative.
func TestShareOfNumPy(t *testing.T) {
	text, err := os.ReadFile("testdata/share.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Shape []int
		Parts int
		Data  []float32
		Share []float64
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	frames, err := shares(drives([3]int(ref.Shape[1:]), added("a", "b", "c"), ref.Shape[0], ref.Data))
	if err != nil || len(frames) != 1 {
		t.Fatalf("got %d frames, %v", len(frames), err)
	}
	sum := 0.0
	for k, want := range ref.Share {
		got := frames[0].At(0, k, 0, 0)
		if sum += got; math.Abs(got-want) > 1e-12 { // float64 of the same numbers
			t.Errorf("part %d: got %v, want %v", k, got, want)
		}
	}
	if math.Abs(sum-1) > 1e-12 || ref.Share[2] >= 0 {
		t.Errorf("shares %v add up to %v", ref.Share, sum)
	}
}

// Of two independent parts with standard deviations 1 and 2 the shares are 1/5 and 4/5; the
// interval has them in 95 % of draws.
func TestShareInterval(t *testing.T) {
	const trials, images, units = 400, 40, 3
	r, within := rand.New(rand.NewPCG(2, 3)), 0
	for range trials {
		var data []float32
		for range images * units {
			data = append(data, float32(r.NormFloat64()+5), float32(2*r.NormFloat64()))
		}
		frames, err := shares(drives([3]int{1, units, 1}, added("a", "b"), images, data))
		if err != nil {
			t.Fatal(err)
		}
		f := frames[0]
		if f.At(0, 0, 0, 1) <= 0.2 && 0.2 <= f.At(0, 0, 0, 2) {
			within++
		}
	}
	// Binomial: 380, standard deviation 4.4; four of them, and the delta method of 40 images.
	if within < 358 || within > 398 {
		t.Errorf("%d of %d intervals have the share", within, trials)
	}
}

// A part at another port is none of the sum, and a recording that lacks one is refused.
func TestShareParts(t *testing.T) {
	parts := append(added("a"), recording.Part{From: "b", Port: "gain"})
	frames, err := shares(drives([3]int{1, 1, 1}, parts, 3, []float32{1, 9, 2, 7, 4, 8}))
	if err != nil || frames[0].At(0, 0, 0, 0) != 1 || frames[0].Axes[1].Len() != 1 || !strings.Contains(frames[0].Note, "b at port gain") {
		t.Errorf("got %+v, %v", frames, err)
	}
	_, err = shares(drives([3]int{1, 1, 1}, added("a"), 3, []float32{1, 2, 4}, recording.AnatomyConnection{Name: "V1->V2", From: "V1", To: "V2"}))
	if err == nil || !strings.Contains(err.Error(), "lacks V1->V2; record all of it, by --signals drive") {
		t.Errorf("got %v", err)
	}
	frames, err = shares(drives([3]int{1, 1, 1}, added("a", "b"), 3, []float32{1, 2, 1, 2, 1, 2}))
	if err != nil || !math.IsNaN(frames[0].At(0, 0, 0, 0)) {
		t.Errorf("what does not vary has the share %v, %v", frames[0].At(0, 0, 0, 0), err)
	}
}
