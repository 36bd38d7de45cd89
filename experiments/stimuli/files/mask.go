package files

import (
	"fmt"
	"path"
	"path/filepath"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// maskFile is the file of a mask as it is hashed and read, by what a row says.
func maskFile(name string) string { return path.Clean(filepath.ToSlash(name)) }

// checkMasks reports a mask that cannot be read, or that has another size than its image,
// whose pixels it would not be of. Masks are those of each image.
func checkMasks(env stimuli.Env, d *data, column string, masks []string) error {
	names := d.files("").Names
	images, err := sizesOf(env, d.root, names)
	if err != nil {
		return fmt.Errorf("path: %w", d.mayLeave(err))
	}
	sizes, err := sizesOf(env, d.root, masks)
	if err != nil {
		return fmt.Errorf("masks: column %q: %w", column, err)
	}
	for i, size := range sizes {
		is, err := maskSize(d, size)
		if err != nil {
			return err
		}
		want, err := maskSize(d, images[i])
		if err != nil {
			return err
		}
		if is != want {
			return fmt.Errorf("masks: column %q: %s has %s pixels (height × width), its image %s %s; want one size, or one shape where size scales both", column, plainName(masks[i]), size, plainName(names[i]), images[i])
		}
	}
	return nil
}

// maskSize is the size that a file becomes before it is cut.
func maskSize(d *data, text string) (size [2]int, err error) {
	if _, err := fmt.Sscanf(text, "%d×%d", &size[0], &size[1]); err != nil {
		return size, fmt.Errorf("masks: found a size %q", text)
	}
	if n := d.keys.short(); n > 0 {
		size[0], size[1] = picture.ShortSide(size[0], size[1], n)
	}
	return size, nil
}

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
