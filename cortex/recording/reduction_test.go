package recording

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestReductions(t *testing.T) {
	shape := [3]int{1, 2, 3}
	units := []float32{1, 2, 3, 5, 8, 13}
	for text, want := range map[string][]float32{"": units, "mean_space": {3, 5, 8}, "channels:2,0": {3, 1, 13, 5}} {
		r, err := ParseReduction(text)
		if err != nil || r.String() != text {
			t.Fatalf("%q: %v %v", text, r, err)
		}
		kept, err := r.Shape(shape)
		if err != nil {
			t.Fatal(err)
		}
		out := make([]float32, kept[0]*kept[1]*kept[2])
		if r.Reducer(shape, nil)(units, out); !slices.Equal(out, want) {
			t.Errorf("%s: got %v want %v", text, out, want)
		}
	}
	for _, text := range []string{"pca", "pca:0", "pca:x", "mean_space:2", "channels:", "channels:-1", "mean", "random:99999999"} {
		if _, err := ParseReduction(text); err == nil {
			t.Errorf("%q is no error", text)
		}
	}
	if _, err := (Reduction{Kind: "channels", Channels: []int{3}}).Shape(shape); err == nil {
		t.Error("channel 3 of three channels is no error")
	}
	if r := (Reduction{Kind: "pca", Size: 6}).Of(shape); r.Kind != "" {
		t.Errorf("six components of six units: %v", r)
	}
}

// Squared distances are kept on average: over projections of one pair the ratio has the
// mean 1 and a variance of at most 2/k (Kane and Nelson 2014). Pairs stand for
// projections, since the projection is fixed.
func TestProjectionKeepsDistances(t *testing.T) {
	const units, k, pairs = 3000, 128, 400
	p, r := NewProjection(units, k), rand.New(rand.NewPCG(1, 2))
	mean, square := 0.0, 0.0
	for range pairs {
		x, out, long := make([]float32, units), make([]float32, k), 0.0
		for u := range x {
			x[u] = float32(r.NormFloat64())
			long += float64(x[u]) * float64(x[u])
		}
		p.Reduce(x, out)
		kept := 0.0
		for _, v := range out {
			kept += float64(v) * float64(v)
		}
		mean += kept / long / pairs
		square += (kept/long - 1) * (kept/long - 1) / pairs
	}
	if math.Abs(mean-1) > 4*math.Sqrt(2.0/k/pairs) || square > 3.0/k {
		t.Errorf("ratios have the mean %v and the squared deviation %v", mean, square)
	}
	x, a, b := []float32{1, 2, 3}, make([]float32, 2), make([]float32, 2)
	NewProjection(3, 2).Reduce(x, a)
	NewProjection(3, 2).Reduce(x, b)
	if !slices.Equal(a, b) {
		t.Error("two projections of the same sizes differ")
	}
	x[1] = float32(math.NaN())
	if NewProjection(3, 2).Reduce(x, a); a[0] == a[0] {
		t.Error("NaN is projected to a number")
	}
}

// Components, their shares and their scores are those of the singular value decomposition
// of the centred vectors, but for rounding to float32, of about 1e-6.
func TestBasis(t *testing.T) {
	const n, units, k = 40, 30, 4
	r := rand.New(rand.NewPCG(5, 1))
	vectors := make([]float32, n*units)
	for i := range n {
		for u := range units {
			vectors[i*units+u] = float32(3 + math.Sin(float64(i*u))*4/float64(1+u%7) + 0.3*r.NormFloat64())
		}
	}
	b, err := FitBasis(vectors, units, k)
	if err != nil {
		t.Fatal(err)
	}
	m := mat.NewDense(n, units, nil)
	for u := range units {
		mean := 0.0
		for i := range n {
			mean += float64(vectors[i*units+u]) / n
		}
		for i := range n {
			m.Set(i, u, float64(vectors[i*units+u])-mean)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		t.Fatal("no decomposition")
	}
	var v mat.Dense
	svd.VTo(&v)
	values, total := svd.Values(nil), 0.0
	for _, s := range values {
		total += s * s
	}
	for c := range k {
		if want := values[c] * values[c] / total; math.Abs(b.Share[c]-want) > 1e-6 {
			t.Errorf("share %d: got %v want %v", c, b.Share[c], want)
		}
		along := 0.0
		for u := range units {
			along += float64(b.Components[c*units+u]) * v.At(u, c)
		}
		if math.Abs(math.Abs(along)-1) > 1e-5 {
			t.Errorf("component %d is at the cosine %v to the singular vector", c, along)
		}
	}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		t.Fatal(err)
	}
	back, err := ReadBasis(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil || !slices.Equal(back.Components, b.Components) || !slices.Equal(back.Mean, b.Mean) || !slices.Equal(back.Share, b.Share) || back.Vectors != n {
		t.Errorf("read back: %v", err)
	}
	if _, err := FitBasis(vectors, units, n); err == nil {
		t.Error("as many components as vectors is no error")
	}
	if _, err := FitBasis(make([]float32, n*units), units, k); err == nil {
		t.Error("components of equal vectors are no error")
	}
}
