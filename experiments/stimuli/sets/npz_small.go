package sets

import (
	"fmt"
	"os"
	"path/filepath"

	"ventral/cortex/recording"
	"ventral/experiments/stimuli"
)

// smallNPZ writes a file of 60 clips of two frames of 4×5 pixels in colour, each with a
// label, an id, a column and a map.
func smallNPZ(folder string) (stimuli.Kind, error) {
	x := NewNPZ()
	x.Path, x.Validation, x.Test, x.Train = "clips.npz", 10, 0.25, 30
	f, err := os.Create(filepath.Join(folder, x.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const n, frame = 60, 4 * 5 * 3
	var pixels []byte
	var labels, ids []string
	var maps, angle []float32
	for i := range n {
		for k := range 2 * frame {
			pixels = append(pixels, byte(3*i+7*k))
		}
		for k := range 4 * 5 {
			maps = append(maps, float32(i*k))
		}
		labels, ids = append(labels, []string{"cat", "dog", "elk"}[i%3]), append(ids, fmt.Sprintf("clip %d", i))
		angle = append(angle, float32(i)/2)
	}
	z := recording.NewNPZWriter(f)
	text := func(name string, values []string) error {
		a, err := z.Array(name, recording.Header{Type: recording.TextType(values...), Shape: []int{n}})
		if err != nil {
			return err
		}
		return a.Texts(values)
	}
	floats := func(name string, values []float32, shape ...int) error {
		a, err := z.Array(name, recording.Header{Type: recording.Float32, Shape: shape})
		if err != nil {
			return err
		}
		return a.Float32s(values)
	}
	a, err := z.Array("images", recording.Header{Type: recording.Uint8, Shape: []int{n, 2, 4, 5, 3}})
	if err != nil {
		return nil, err
	}
	for _, err := range []error{
		a.Bytes(pixels), text("labels", labels), text("id", ids), floats("angle", angle, n), floats("depth", maps, n, 4, 5), z.Close(), f.Close(),
	} {
		if err != nil {
			return nil, err
		}
	}
	return x, nil
}
