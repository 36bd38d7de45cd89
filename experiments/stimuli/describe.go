package stimuli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Description is what is known of a data set before it is opened.
type Description struct {
	Shape   [3]int // height and width in pixels, channels
	Classes int
	Targets int         // how many classes are true of an image
	Images  [splits]int // by Split
}

// Describe implements [Kind].
func (d *Digits) Describe() Description {
	targets := 1
	if d.Task == "clutter" {
		targets = d.Digits
	}
	return Description{[3]int{d.Size, d.Size, 1}, 10, targets, [splits]int{d.Train, d.Validation, d.Test}}
}

// Ready implements [Kind]: digits are generated.
func (d *Digits) Ready(Env) error { return nil }

// Describe implements [Kind].
func (c *CIFAR10) Describe() Description {
	all := (len(cifarFiles) - 1) * c.perFile()
	train, test := c.Train, c.Test
	if train == 0 {
		train = all - c.Validation
	}
	if test == 0 {
		test = c.perFile()
	}
	return Description{[3]int{32, 32, 3}, len(cifarClasses), 1, [splits]int{train, c.Validation, test}}
}

// held is what the data takes in memory: the files whole, whichever of their
// images are used.
func (c *CIFAR10) held() int64 { return int64(len(cifarFiles)*c.perFile()) * (cifarPixels + 2) }

// Held returns the bytes that the data of some settings takes in memory once it
// is open: a byte for each value of an image, and two for its label.
func Held(k Kind) int64 {
	if h, ok := k.(interface{ held() int64 }); ok {
		return h.held()
	}
	d, n := k.Describe(), int64(0)
	for _, images := range d.Images {
		n += int64(images) * int64(d.Shape[0]*d.Shape[1]*d.Shape[2]+2)
	}
	return n
}

// Ready implements [Kind]: every file is there and of its size, unless all of
// them will be downloaded.
func (c *CIFAR10) Ready(env Env) error {
	if c.Path == "" {
		return nil
	}
	path := env.resolve(c.Path)
	for _, folder := range []string{path, filepath.Join(path, cifarFolder)} {
		if _, err := os.Stat(filepath.Join(folder, cifarFiles[0])); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		for _, name := range cifarFiles {
			info, err := os.Stat(filepath.Join(folder, name))
			if err != nil {
				return fmt.Errorf("path: %w", err)
			}
			if want := int64(c.perFile()) * (cifarPixels + 1); info.Size() != want {
				return fmt.Errorf("path: found %d bytes in %s, want %d; the file is cut off or another one", info.Size(), filepath.Join(folder, name), want)
			}
		}
		return nil
	}
	if c.Download {
		return nil
	}
	return fmt.Errorf("path: found no %s in %s nor in %s below it, want the unpacked archive of CIFAR-10's binary version, or download = true",
		cifarFiles[0], path, cifarFolder)
}

// Check reports what no data set can be: images without pixels or channels, no
// classes, more true classes than there are. The message begins with "kind".
func (d Description) Check() error {
	for _, n := range d.Shape {
		if n < 1 {
			return fmt.Errorf("kind: describes images of %d×%d×%d (height, width, channels), want 1 or more of each", d.Shape[0], d.Shape[1], d.Shape[2])
		}
	}
	if d.Classes < 2 {
		return fmt.Errorf("kind: describes %d classes, want 2 or more", d.Classes)
	}
	if d.Targets < 1 || d.Targets > d.Classes {
		return fmt.Errorf("kind: describes images of which %d classes are true, want 1 to %d", d.Targets, d.Classes)
	}
	for s, n := range d.Images {
		if n < 0 {
			return fmt.Errorf("kind: describes %d %s images, want 0 or more", n, Split(s))
		}
	}
	return nil
}
