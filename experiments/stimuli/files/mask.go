package files

import (
	"fmt"
	"path"
	"path/filepath"

	"ventral/experiments/stimuli/picture"
)

// maskFile is the file of a mask as it is hashed and read, by what a row says.
func maskFile(name string) string { return path.Clean(filepath.ToSlash(name)) }

// mask reads a map of pixels, scaled and cut as the image.
func (d *data) mask(name string, values []float32) error {
	if why := unfitRow(d.root, name, map[string]string{}); why != "" {
		return fmt.Errorf("%s: %s", filepath.Join(d.root, filepath.FromSlash(name)), why)
	}
	file := filepath.Join(d.root, filepath.FromSlash(maskFile(name)))
	p, err := picture.Read(file, picture.DefaultLimits)
	if err != nil {
		return err
	}
	p = p.Grey()
	if n := d.keys.short(); n > 0 {
		p = p.ShortSide(n).Centre(d.keys.Size, d.keys.Size)
	}
	if p.Height != d.about.Shape[0] || p.Width != d.about.Shape[1] {
		return fmt.Errorf("%s: found %d×%d pixels, the images have %d×%d", file, p.Height, p.Width, d.about.Shape[0], d.about.Shape[1])
	}
	write(values, p)
	return nil
}
