package cortex_test

import (
	"archive/zip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/nn"
)

// peerArray returns the array called name of testdata/peer/README.md, which
// gives the rule: values from a hash of the name, rounded to float32.
func peerArray(name string, s nn.Shape, scale float64) nn.Array {
	f := fnv.New64a()
	f.Write([]byte(name))
	h, a := f.Sum64(), nn.NewArray(s)
	for i := range a.Data {
		x := h + uint64(i+1)*0x9E3779B97F4A7C15
		x ^= x >> 30
		x *= 0xBF58476D1CE4E5B9
		x ^= x >> 27
		x *= 0x94D049BB133111EB
		x ^= x >> 31
		u := float64(x>>11) * 0x1p-53
		a.Data[i] = float64(float32(scale * (2*u - 1)))
	}
	return a
}

// peerWeights gives every variable of p its value by the peer's rule. rename
// gives the peer's name of a variable, factor scales kernels.
func peerWeights(t testing.TB, p *program, rename func(string) string, factor float64) {
	t.Helper()
	for _, v := range p.Vars {
		if !v.Trainable {
			continue
		}
		s, name := p.Shapes[v.Value], rename(v.Name)
		a, ok := p.home.Get(v.Name)
		if !ok {
			t.Fatalf("no variable %s", v.Name)
		}
		switch {
		case s.Rank() == 4:
			source := s[2]
			if name == "L2->L1/kernel" { // transposed: the source's channels are the last axis
				source = s[3]
			}
			a.Data = peerArray(name, s, factor*math.Sqrt(6/float64(s[0]*s[1]*source))).Data
		case strings.HasSuffix(name, "/bias"):
			a.Data = peerArray(name, s, 0.1).Data
		default:
			continue // gains and shifts begin at 1 and 0
		}
		got, _ := p.home.Get(v.Name)
		copy(got.Data, a.Data)
	}
}

func same(name string) string { return name }

func TestPeerArray(t *testing.T) {
	var cases []struct {
		Name   string
		Scale  float64
		First4 []float64
		Count  int
		Sum    float64 `json:"sum_float64"`
	}
	readJSON(t, "weights.json", &cases)
	for _, c := range cases {
		a := peerArray(c.Name, nn.Shape{c.Count}, c.Scale)
		total := 0.0
		for _, x := range a.Data {
			total += x
		}
		for i, want := range c.First4 {
			if a.Data[i] != want {
				t.Errorf("%s, element %d: got %v, want %v", c.Name, i, a.Data[i], want)
			}
		}
		if math.Abs(total-c.Sum) > 1e-12 {
			t.Errorf("%s, sum: got %v, want %v", c.Name, total, c.Sum)
		}
	}
}

func readJSON(t testing.TB, file string, into any) {
	t.Helper()
	data, err := os.ReadFile("testdata/peer/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// peerFile returns the float32 arrays of an npz file by name.
func peerFile(t testing.TB, file string) map[string]peerData {
	t.Helper()
	z, err := zip.OpenReader("testdata/peer/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := map[string]peerData{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		h, _, err := recording.ReadHeader(r)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		d := peerData{shape: h.Shape}
		for i := 0; i < len(raw); i += 4 {
			d.data = append(d.data, float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i:]))))
		}
		out[strings.TrimSuffix(f.Name, ".npy")] = d
	}
	return out
}

type peerData struct {
	shape []int
	data  []float64
}

// near reports elements that differ by more than tol.
func near(t testing.TB, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %d elements, want %d", what, len(got), len(want))
	}
	worst, place := 0.0, -1
	for i := range got {
		d := math.Abs(got[i] - want[i])
		if math.IsNaN(d) {
			d = math.Inf(1)
		}
		if d > worst {
			worst, place = d, i
		}
	}
	if !(worst <= tol) {
		t.Errorf("%s: element %d: got %v, want %v (off by %.3g, allowed %.3g)", what, place, got[place], want[place], worst, tol)
	}
}

// pixels returns the rows and columns of an image [N H W C] named by index,
// and mean and root mean square of every image.
func pixels(a nn.Array, index []float64) (chosen, mean, rms []float64) {
	n, w, c := a.Shape[0], a.Shape[2], a.Shape[3]
	size := a.Shape.Image()
	for i := range n {
		m, q := 0.0, 0.0
		for _, x := range a.Data[i*size : (i+1)*size] {
			m += x / float64(size)
			q += x * x / float64(size)
		}
		mean, rms = append(mean, m), append(rms, math.Sqrt(q))
		for _, y := range index {
			for _, x := range index {
				at := i*size + (int(y)*w+int(x))*c
				chosen = append(chosen, a.Data[at:at+c]...)
			}
		}
	}
	return chosen, mean, rms
}

// step returns step t of an array [N T rest…].
func (d peerData) step(t int) []float64 {
	n, steps := d.shape[0], d.shape[1]
	rest := len(d.data) / n / steps
	var out []float64
	for i := range n {
		out = append(out, d.data[(i*steps+t)*rest:(i*steps+t+1)*rest]...)
	}
	return out
}

// Float32 numbers of size up to 10 have a spacing of 1e-6 and float64 is
// compared with them: 1e-5 is what a difference of definition would exceed.
const peerTolerance = 1e-5

func TestPeerSpoerer(t *testing.T) {
	file := peerFile(t, "blt.npz")
	for _, model := range []string{"B", "BT", "BL", "BLT", "BLTpre"} {
		t.Run(model, func(t *testing.T) {
			g := spoerer(t, model, 8, 3, 4)
			o := cortex.Options{Batch: 2, Logits: []int{0, 1, 2, 3}}
			for s := range 4 {
				o.Taps = append(o.Taps, cortex.Tap{Area: 0, Signal: areas.Response, Step: s}, cortex.Tap{Area: 1, Signal: areas.Response, Step: s})
			}
			p := answer(t, g, o)
			peerWeights(t, p, same, 1)
			out := p.run(t, map[string]nn.Array{"image": peerArray("image", nn.Shape{2, 32, 32, 1}, 1)})
			for s := range 4 {
				for _, l := range []string{"L1", "L2"} {
					chosen, mean, rms := pixels(out[fmt.Sprintf("%s@%d/response", l, s)], file[l+"/index"].data)
					what := fmt.Sprintf("%s@%d", l, s)
					near(t, what, chosen, file[model+"/"+l].step(s), peerTolerance)
					near(t, what+" mean", mean, file[model+"/"+l+"/mean"].step(s), peerTolerance)
					near(t, what+" rms", rms, file[model+"/"+l+"/rms"].step(s), peerTolerance)
				}
				near(t, fmt.Sprintf("logits@%d", s), out[fmt.Sprintf("logits@%d", s)].Data, file[model+"/logits"].step(s), peerTolerance)
			}
		})
	}
}

// The peer does not call the plain convolution between stages by its step.
var stageStep = regexp.MustCompile(`^S1->S2@6/`)

func TestPeerTwoStage(t *testing.T) {
	file := peerFile(t, "twostage.npz")
	var numbers map[string]json.RawMessage
	readJSON(t, "twostage.json", &numbers)
	for _, model := range []string{"tied", "untied"} {
		t.Run(model, func(t *testing.T) {
			var want struct {
				Loss       float64
				Parameters int
				GradNorm   map[string]float64 `json:"grad_norm"`
			}
			if err := json.Unmarshal(numbers[model], &want); err != nil {
				t.Fatal(err)
			}
			g := twoStage(t, 8, 8, model)
			var o cortex.Options
			for s := range 12 {
				o.Taps = append(o.Taps, cortex.Tap{Area: s / 6, Signal: areas.State, Step: s})
			}
			p := loss(t, g, 4, o)
			rename := func(name string) string { return stageStep.ReplaceAllString(name, "S1->S2/") }
			peerWeights(t, p, rename, 1)
			out := p.run(t, map[string]nn.Array{"image": peerArray("image", nn.Shape{4, 8, 8, 3}, 1), "label": oneHot(4, 10)})
			if got := p.Parameters(); got != want.Parameters {
				t.Errorf("parameters: got %d, want %d", got, want.Parameters)
			}
			for s, tap := range o.Taps {
				area := g.Areas[tap.Area].Name
				chosen, mean, rms := pixels(out[g.TapName(tap)], file["index"].data)
				near(t, g.TapName(tap), chosen, file[model+"/"+area].step(s%6), peerTolerance)
				near(t, g.TapName(tap)+" mean", mean, file[model+"/mean"].step(s), peerTolerance)
				near(t, g.TapName(tap)+" rms", rms, file[model+"/rms"].step(s), peerTolerance)
			}
			near(t, "logits", out["logits@11"].Data, file[model+"/logits"].data, peerTolerance)
			// The json holds float64: both sides round about 1e6 sums of size 1.
			near(t, "loss", out["loss"].Data, []float64{want.Loss}, 1e-12)
			seen := 0
			for name, d := range out {
				name, ok := strings.CutPrefix(name, "grad/")
				if !ok || name == "image" {
					continue
				}
				seen++
				name = rename(name)
				norm := 0.0
				for _, x := range d.Data {
					norm += x * x
				}
				near(t, "norm of the gradient of "+name, []float64{math.Sqrt(norm)}, []float64{want.GradNorm[name]}, 1e-12)
				if f, ok := file[model+"/grad/"+name]; ok {
					near(t, "gradient of "+name, d.Data, f.data, peerTolerance)
				}
			}
			if seen != len(want.GradNorm) {
				t.Errorf("gradients: got %d, want those of %d variables", seen, len(want.GradNorm))
			}
		})
	}
}

func TestParameterCounts(t *testing.T) {
	for _, c := range []struct {
		name  string
		graph *cortex.Graph
		want  int
		live  int // transitions that the loss depends on; 0 is not counted
	}{
		// facts.md 2.2: the one net that rounds to the paper's 187k and 778k.
		{"two stages tied", twoStage(t, 32, 64, "tied"), 187_082, 0},
		{"two stages untied", twoStage(t, 32, 64, "untied"), 777_930, 0},
		// The first example of the experiment file's design. 123 by hand: 3 out of
		// S1 at step 1, all 9 at steps 2 to 14, 3 into S3 at step 15.
		{"three states tied", frnn3(t, connectivity.Sharing{Time: "tied"}), 667_274, 0},
		{"three states untied", frnn3(t, connectivity.Sharing{Time: "untied"}), 9_086_858, 123},
		{"three states all in one", frnn3(t, connectivity.Sharing{Time: "tied", Between: "shape"}), 39_498, 0},
		// Spoerer et al. (2017), their table.
		{"B", spoerer(t, "B", 32, 3, 1), 9_898, 0},
		{"BT", spoerer(t, "BT", 32, 3, 4), 19_114, 0},
		{"BL", spoerer(t, "BL", 32, 3, 4), 28_330, 0},
		{"BLT", spoerer(t, "BLT", 32, 3, 4), 37_546, 0},
		{"B-K", spoerer(t, "B", 32, 5, 1), 26_794, 0},
		{"B-F", spoerer(t, "B", 64, 3, 1), 38_218, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := cortex.Weights(c.graph)
			if err != nil {
				t.Fatal(err)
			}
			if got := cortex.Parameters(w); got != c.want {
				t.Errorf("got %d parameters, want %d", got, c.want)
			}
			if c.live == 0 {
				return
			}
			live := 0
			for j, r := range cortex.Reaches(c.graph) {
				// An identity belongs to the cell of its branch.
				if c.graph.Matrix.Connections[j].Role != connectivity.Self {
					live += r.Trained
				}
			}
			if live != c.live {
				t.Errorf("got %d live transitions, want %d", live, c.live)
			}
		})
	}
}
