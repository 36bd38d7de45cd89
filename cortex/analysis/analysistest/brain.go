package analysistest

import (
	"bytes"
	"math/rand/v2"
	"slices"

	"ventral/cortex/recording"
)

// RDMFile is an npz with the dissimilarities of subjects, [subject][time][pair], for the
// analysis brain.
func RDMFile(ids []int, times []float64, rdm [][][]float32) []byte {
	var data []float32
	for _, subject := range rdm {
		data = append(data, slices.Concat(subject...)...)
	}
	return brainFile(ids, times, "rdm", []int{len(rdm), len(times), len(ids) * (len(ids) - 1) / 2}, data)
}

// ResponseFile is an npz with responses, [image, repeat, unit, time], for the analysis brain.
func ResponseFile(ids []int, times []float64, repeats, units int, x []float32) []byte {
	return brainFile(ids, times, "x", []int{len(ids), repeats, units, len(times)}, x)
}

func brainFile(ids []int, times []float64, name string, shape []int, data []float32) []byte {
	var b bytes.Buffer
	z := recording.NewNPZWriter(&b)
	try := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	try(z.Int64s("id", ids))
	a, err := z.Array("time", recording.Header{Type: recording.Float64, Shape: []int{len(times)}})
	try(err)
	try(a.Float64s(times))
	a, err = z.Array(name, recording.Header{Type: recording.Float32, Shape: shape})
	try(err)
	try(a.Float32s(data))
	try(z.Close())
	return b.Bytes()
}

// randomRDMs are dissimilarities drawn from a seed.
func randomRDMs(seed uint64, subjects, times, images int) [][][]float32 {
	r, all := rand.New(rand.NewPCG(seed, 4)), make([][][]float32, subjects)
	for s := range all {
		for range times {
			pairs := make([]float32, images*(images-1)/2)
			for p := range pairs {
				pairs[p] = r.Float32()
			}
			all[s] = append(all[s], pairs)
		}
	}
	return all
}
