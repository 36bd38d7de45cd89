package files

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"ventral/experiments/stimuli"
)

// smallFolder writes pictures of 20 classes in ImageNet's layout.
func smallFolder(folder string) (stimuli.Kind, error) {
	for split, n := range map[string]int{"train": 4, "val": 2, "test": 2} {
		for class := range 20 {
			for i := range n {
				name := filepath.Join(folder, "images", split, fmt.Sprintf("class%02d", class), fmt.Sprintf("%s%02d-%d.png", split, class, i))
				if err := draw(name, 100*class+7*i+len(split)); err != nil {
					return nil, err
				}
			}
		}
	}
	x := NewFolder()
	x.Path, x.Size, x.Pack = "images", 16, 17
	return x, nil
}

// smallTable writes a table of pictures of three classes, with masks.
func smallTable(folder string) (stimuli.Kind, error) {
	var b strings.Builder
	b.WriteString("file\tlabel\tid\tside\tmask\n")
	for i := range 36 {
		name := fmt.Sprintf("pictures/p%02d.png", i)
		mask := fmt.Sprintf("masks/m%02d.png", i)
		fmt.Fprintf(&b, "%s\t%s\timage %d\t%s\t%s\n", name, []string{"cat", "dog", "elk"}[i%3], i, []string{"left", "right"}[i/3%2], mask)
		if err := errors.Join(draw(filepath.Join(folder, name), 31*i), draw(filepath.Join(folder, mask), 17*i)); err != nil {
			return nil, err
		}
	}
	x := NewTable()
	x.Path, x.Grey, x.Targets, x.Masks = "images.tsv", true, []string{"side"}, []string{"mask"}
	return x, os.WriteFile(filepath.Join(folder, "images.tsv"), []byte(b.String()), 0o666)
}

// draw writes a picture that number tells from others, as its suffix says.
func draw(name string, number int) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	p := image.NewRGBA(image.Rect(0, 0, 20, 18))
	for y := range 18 {
		for x := range 20 {
			p.Set(x, y, color.RGBA{uint8(number + 9*x), uint8(2*number + 11*y), uint8(x*y + 7*number), 255})
		}
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if strings.HasSuffix(name, ".jpg") {
		return errors.Join(jpeg.Encode(f, p, nil), f.Close())
	}
	return errors.Join(png.Encode(f, p), f.Close())
}
