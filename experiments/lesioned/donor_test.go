package lesioned

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/lesion"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

// numbers are images of one pixel, whose value tells which image it is, in batches of
// four, the last of which has one.
type numbers struct{ last int }

func (numbers) Batches() int { return 3 }
func (n numbers) Valid(batch int) int {
	if batch == 2 {
		return n.last
	}
	return 4
}
func (numbers) Labels(int, int, []float32) error { return nil }
func (numbers) Images(batch, _ int, images []float32) error {
	for i := range images {
		images[i] = float32(batch*4 + i + 1)
	}
	return nil
}

// pair is a cortex of one pixel: A sees the image, B is A's response times 2.
func pair(t *testing.T, lesions ...lesion.Lesion) (*cortex.Graph, *nn.Variables) {
	t.Helper()
	area := func(name string) areas.Area {
		d := areas.NewSum()
		d.Norm.Kind, d.Biased = "none", "absent"
		return areas.Area{Name: name, Shape: [3]int{1, 1, 1}, Dynamics: d}
	}
	c := connectivity.NewConnection()
	c.Name, c.From, c.To, c.Role, c.Bias = "A->B", "A", "B", connectivity.Feedforward, "absent"
	c.Transform, _ = connectivity.New("conv")
	g, err := cortex.NewGraph(cortex.Graph{
		Image: [3]int{1, 1, 1}, Classes: 2, Steps: 3,
		Input: cortex.Input{To: []string{"A"}, Steps: cortex.At(0, 1, 2), Net: []cortex.Layer{layer(t, "conv")}},
		Areas: []areas.Area{area("A"), area("B")}, Matrix: connectivity.Matrix{Connections: []connectivity.Connection{c}, Sharing: connectivity.Sharing{Time: "tied", Between: "none"}},
		Readout: cortex.Readout{From: "B", Net: []cortex.Layer{layer(t, "dense")}, Loss: "softmax", Train: cortex.At(1, 2), Test: cortex.At(1, 2)},
	})
	if err != nil {
		t.Fatal(err)
	}
	cut, err := g.Lesion(lesions...)
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := cortex.Inference(g, 4, g.TestSteps(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	for _, name := range v.Names() {
		x, _ := v.Get(name)
		clear(x.Data)
		if x.Data[len(x.Data)/2] = 1; strings.HasSuffix(name, "/bias") {
			clear(x.Data)
		}
		if name == "A->B/kernel" {
			x.Data[len(x.Data)/2] = 2
		}
	}
	return cut, v
}

func layer(t *testing.T, kind string) cortex.Layer {
	t.Helper()
	l, err := cortex.NewLayer(kind, nn.Norm{Kind: "none"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// arrivals are what arrives in B at step 1, of every image.
func arrivals(t *testing.T, g *cortex.Graph, v *nn.Variables, repeat, last int) (list []float64) {
	t.Helper()
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDonor(g, ref.Engine{}, v, 4, func() (cortex.Batches, error) { return numbers{4}, nil })
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	taps := []cortex.Tap{{Area: 1, Signal: cortex.Drive{From: "A->B", Port: areas.Drive}.Signal(), Step: 1}}
	err = cortex.Record(g, ref.Engine{}, v, norms, &both{numbers{last}, d.With(numbers{last}, repeat)}, 4, nil, taps, func(a cortex.Answer) error {
		for i := range a.Images {
			list = append(list, float64(a.Taps[0][i]))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// both are images and what lesions take.
type both struct {
	numbers
	given *Images
}

func (b *both) Take(ports []string) error { return b.given.Take(ports) }
func (b *both) Given(batch int, port string, data []float32) error {
	return b.given.Given(batch, port, data)
}

func of(t *testing.T, kind string) lesion.Lesion {
	t.Helper()
	l := lesion.New()
	s, err := connectivity.ParseSelector("A->B")
	if err != nil {
		t.Fatal(err)
	}
	l.Kind, l.Connections = kind, []connectivity.Selector{s}
	return l
}

// The training images are 1 to 12; what arrives is twice that, 13 on average, with a
// standard deviation of 2·√(143/12).
func TestDonor(t *testing.T) {
	var intact []float64
	for i := range 12 {
		intact = append(intact, float64(2*i+2))
	}
	t.Run("mean", func(t *testing.T) {
		g, v := pair(t, of(t, lesion.Freeze))
		if got := arrivals(t, g, v, 0, 4); !slices.Equal(got, slices.Repeat([]float64{13}, 12)) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("shuffle", func(t *testing.T) {
		g, v := pair(t, of(t, lesion.Shuffle))
		got := arrivals(t, g, v, 0, 4)
		for batch := range 3 {
			part, want := slices.Clone(got[4*batch:][:4]), intact[4*batch:][:4]
			for i := range part {
				if part[i] == want[i] {
					t.Errorf("image %d keeps its own", 4*batch+i)
				}
			}
			if slices.Sort(part); !slices.Equal(part, want) {
				t.Errorf("batch %d: got %v of %v", batch, part, want)
			}
		}
		if again := arrivals(t, g, v, 0, 4); !slices.Equal(again, got) {
			t.Errorf("got %v, then %v", got, again)
		}
		if other := arrivals(t, g, v, 1, 4); slices.Equal(other, got) {
			t.Error("a repeat shuffles alike")
		}
		if alone := arrivals(t, g, v, 0, 1); alone[8] != intact[4] {
			t.Errorf("an image alone has %v, want the first of the batch before, %v", alone[8], intact[4])
		}
	})
	t.Run("noise", func(t *testing.T) {
		l := of(t, lesion.Noise)
		l.SD = 0.5
		g, v := pair(t, l)
		sum, squares, n := 0.0, 0.0, 0.0
		for repeat := range 200 {
			for i, x := range arrivals(t, g, v, repeat, 4) {
				sum, squares, n = sum+x-intact[i], squares+(x-intact[i])*(x-intact[i]), n+1
			}
		}
		sd := 0.5 * 2 * math.Sqrt(143.0/12)
		// Four standard errors of a mean and of a standard deviation.
		if got := math.Sqrt(squares / n); math.Abs(got-sd) > 4*sd/math.Sqrt(2*n) || math.Abs(sum/n) > 4*sd/math.Sqrt(n) {
			t.Errorf("noise has mean %v and standard deviation %v, want 0 and %v", sum/n, got, sd)
		}
		l.SD = 0
		if g, v = pair(t, l); !slices.Equal(arrivals(t, g, v, 0, 4), intact) {
			t.Error("noise of size 0 changes something")
		}
	})
}

// A cycle moves every one.
func TestCycle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := 2; n < 40; n++ {
		list := cycle(r, n)
		for i, k := range list {
			if i == k {
				t.Errorf("%d of %d stays", i, n)
			}
		}
		sorted := slices.Sorted(slices.Values(list))
		for i, k := range sorted {
			if i != k {
				t.Fatal(fmt.Sprint(list, " is no permutation"))
			}
		}
	}
}
