package stimuli

import "fmt"

// Augment varies training images at random: each is surrounded by Pad pixels
// of zeros, which are put there after normalisation, cut to its old size at a
// random place, and mirrored with probability ½. The zero Augment leaves
// images as they are.
type Augment struct {
	Pad  int  `toml:"pad" min:"0" max:"1024" doc:"pixels of zeros on each side before a random cut to the old size"`
	Flip bool `toml:"flip" doc:"mirror half of the images from left to right"`
}

// NewAugment returns the augmentation of the given name:
//
//	none    the zero Augment
//	he2015  Pad 4 and Flip, as He, Zhang, Ren and Sun (2015) on CIFAR-10
func NewAugment(name string) (Augment, error) {
	if err := OneOf("augment", name, "none", "he2015"); err != nil {
		return Augment{}, fmt.Errorf("stimuli: %w", err)
	}
	if name == "he2015" {
		return Augment{Pad: 4, Flip: true}, nil
	}
	return Augment{}, nil
}

// Check reports a setting that is out of its range.
func (a Augment) Check() error { return Within("pad", a.Pad, 0, 1024) }

// draw returns where the cut begins, relative to the image, and whether it is
// mirrored.
func (a Augment) draw(s *Stream) (dx, dy int, flip bool) {
	dx = s.Below(2*a.Pad+1) - a.Pad
	dy = s.Below(2*a.Pad+1) - a.Pad
	flip = s.Below(2) == 1 && a.Flip
	return dx, dy, flip
}

// window writes the part of src that begins at (dx, dy) to dst, of the same
// shape, mirrored if flip, with zeros outside src.
func window(dst, src []float32, shape [3]int, dx, dy int, flip bool) {
	height, width, channels := shape[0], shape[1], shape[2]
	for y := range height {
		row := dst[y*width*channels : (y+1)*width*channels]
		clear(row)
		if y+dy < 0 || y+dy >= height {
			continue
		}
		from := src[(y+dy)*width*channels : (y+dy+1)*width*channels]
		for x := range width {
			at := x + dx
			if flip {
				at = width - 1 - x + dx
			}
			if at >= 0 && at < width {
				copy(row[x*channels:(x+1)*channels], from[at*channels:])
			}
		}
	}
}
