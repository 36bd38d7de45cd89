package analysis

import (
	"math/rand/v2"
	"testing"

	"ventral/cortex/recording"
)

// Batches that come after the last image that is decoded change nothing.
func TestDecodeFewOfManyImages(t *testing.T) {
	an := &recording.Anatomy{Classes: []string{"a", "b"}, Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 3}}}}
	for _, k := range []Kind{decodeKind, generaliseKind} {
		s := k.New()
		switch x := s.(type) {
		case *Decode:
			x.Images = 20
		case *Generalise:
			x.Images = 20
		}
		a := s.Start(Subject{Anatomy: an})
		r := rand.New(rand.NewPCG(1, 1))
		const images = 60
		ids, labels, data := make([]int, images), make([]int, images), make([]float32, images*2*3)
		for i := range ids {
			ids[i], labels[i] = i, i%2
		}
		for i := range data {
			data[i] = float32(r.NormFloat64())
		}
		b := whole("IT", []int{0, 1}, [3]int{1, 1, 3}, ids, data)
		b.Labels = labels
		for first := 0; first < images; first += 20 {
			part := b
			part.First, part.Data = first, data[first*6:(first+20)*6]
			if err := a.Add(part); err != nil {
				t.Fatal(err)
			}
		}
		if frames, err := a.Frames(); err != nil || len(frames) == 0 {
			t.Errorf("%s: %d frames, %v", k.Name, len(frames), err)
		}
	}
}
