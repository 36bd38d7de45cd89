package sets

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"ventral/experiments/stimuli"
)

// smallMovies writes 20 clips of two classes, each of three pictures of 9×7 pixels.
func smallMovies(folder string) (stimuli.Kind, error) {
	m := NewMovies()
	m.Path, m.Frames, m.Size, m.Validation, m.Test = "clips", 3, 6, 4, 0.2
	for i := range 20 {
		at := filepath.Join(folder, m.Path, []string{"left", "right"}[i%2], fmt.Sprintf("clip%02d", i))
		if err := os.MkdirAll(at, 0o777); err != nil {
			return nil, err
		}
		for frame := range m.Frames {
			if err := writeFrame(filepath.Join(at, fmt.Sprintf("f%03d.png", frame+9)), i, frame); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// writeFrame writes a picture of 9×7 pixels that clip and frame tell apart.
func writeFrame(path string, clip, frame int) error {
	p := image.NewRGBA(image.Rect(0, 0, 9, 7))
	for i := range 9 * 7 {
		p.SetRGBA(i%9, i/9, color.RGBA{uint8(11 * clip), uint8(80 * frame), uint8(4 * i), 255})
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return cmp.Or(png.Encode(f, p), f.Close())
}
