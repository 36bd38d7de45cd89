package stimuli

import (
	"cmp"
	"fmt"
)

// Augment varies training images at random, the frames of a clip alike. The zero
// Augment leaves images as they are. In this order:
//
//   - a part of the image is cut out and scaled to the shape of the data (Crop, Ratio);
//   - colours change (Brightness, Contrast, Saturation, Hue), in random order;
//   - the image is normalised;
//   - it is surrounded by Pad pixels of zeros and cut to its old size at a random
//     place, and mirrored with probability ½ (Flip).
type Augment struct {
	Kind       string     `toml:"kind" oneof:"none he2015 imagenet" doc:"a known way: he2015 is pad 4 and flip, imagenet is crop [0.08, 1.0] and flip; other keys add to it"`
	Pad        int        `toml:"pad" min:"0" max:"1024" doc:"pixels of zeros on each side before a random cut to the old size"`
	Flip       bool       `toml:"flip" doc:"mirror half of the images from left to right"`
	Crop       [2]float64 `toml:"crop" min:"0" max:"1" doc:"random resized crop: least and most part of the area that is cut out and scaled to the size of images; [0, 0] is none"`
	Ratio      [2]float64 `toml:"ratio" min:"0" max:"100" doc:"least and most ratio of width to height of what is cut out; [0, 0] is 3/4 to 4/3"`
	Brightness float64    `toml:"brightness" min:"0" max:"10" doc:"values are multiplied by 1 ± this, at random"`
	Contrast   float64    `toml:"contrast" min:"0" max:"10" doc:"differences from the mean grey of the image are multiplied by 1 ± this"`
	Saturation float64    `toml:"saturation" min:"0" max:"10" doc:"differences from the grey of the pixel are multiplied by 1 ± this"`
	Hue        float64    `toml:"hue" min:"0" max:"0.5" doc:"the hue turns by ± this; 0.5 is half of the circle"`
}

// NewAugment returns the augmentation of the given name:
//
//	none      the zero Augment
//	he2015    Pad 4 and Flip, as He, Zhang, Ren and Sun (2015) on CIFAR-10
//	imagenet  a crop of 8 to 100 % of the area, of ratio 3/4 to 4/3, and Flip,
//	          as Szegedy et al. (2015); RandomResizedCrop of torchvision
func NewAugment(name string) (Augment, error) {
	switch name {
	case "none":
		return Augment{}, nil
	case "he2015":
		return Augment{Pad: 4, Flip: true}, nil
	case "imagenet":
		return Augment{Crop: [2]float64{0.08, 1}, Ratio: [2]float64{3. / 4, 4. / 3}, Flip: true}, nil
	}
	return Augment{}, fmt.Errorf("stimuli: %w", OneOf("augment", name, "none", "he2015", "imagenet"))
}

// Complete puts what Kind is the name of into the other settings, where they are 0.
// It reports what is out of range, and what images of so many channels do not have.
func (a *Augment) Complete(channels int) error {
	if a.Kind != "" {
		named, err := NewAugment(a.Kind)
		if err != nil {
			return err
		}
		a.Pad, a.Flip, a.Kind = cmp.Or(a.Pad, named.Pad), a.Flip || named.Flip, ""
		a.Crop, a.Ratio = cmp.Or(a.Crop, named.Crop), cmp.Or(a.Ratio, named.Ratio)
	}
	return cmp.Or(a.Check(), a.fits(channels))
}

// Check reports a setting that is out of its range.
func (a Augment) Check() error {
	err := cmp.Or(
		Within("pad", a.Pad, 0, 1024),
		span("crop", a.Crop, 1), span("ratio", a.Ratio, 100),
		Within("brightness", a.Brightness, 0, 10), Within("contrast", a.Contrast, 0, 10),
		Within("saturation", a.Saturation, 0, 10), Within("hue", a.Hue, 0, 0.5),
	)
	switch {
	case err != nil:
		return err
	case a.Pad > 0 && a.crops():
		return fmt.Errorf("pad: found %d beside crop = [%v, %v], want one of them: both cut images", a.Pad, a.Crop[0], a.Crop[1])
	case a.Ratio != [2]float64{} && !a.crops():
		return fmt.Errorf("ratio: found [%v, %v] without crop, want crop = [0.08, 1.0] or such beside it", a.Ratio[0], a.Ratio[1])
	}
	return nil
}

// FitsIn reports a pad after which nothing may be left of images of a shape.
func (a Augment) FitsIn(shape [3]int) error {
	if side := min(shape[0], shape[1]); a.Pad >= side {
		return fmt.Errorf("pad: found %d for images of %d×%d pixels, want less than %d: a cut of more than that may hold nothing of an image", a.Pad, shape[0], shape[1], side)
	}
	return nil
}

// span reports a least and most that are none; [0, 0] is nothing.
func span(key string, x [2]float64, most float64) error {
	if x == [2]float64{} || x[0] > 0 && x[0] <= x[1] && x[1] <= most {
		return nil
	}
	return fmt.Errorf("%s: found [%v, %v], want the least and the most, above 0 and up to %v", key, x[0], x[1], most)
}

// fits reports colours that images of so many channels do not have.
func (a Augment) fits(channels int) error {
	if channels == 1 || channels == 3 || a.Saturation == 0 && a.Hue == 0 {
		return nil
	}
	key := "saturation"
	if a.Saturation == 0 {
		key = "hue"
	}
	return fmt.Errorf("%s: found images of %d channels, want 3, red, green and blue, or 1; brightness and contrast take any", key, channels)
}

// crops reports whether parts of images are cut out and scaled.
func (a Augment) crops() bool { return a.Crop != [2]float64{} }

// drawn is what is done to an image in an epoch.
type drawn struct {
	dx, dy int // where the cut of the padded image begins
	flip   bool
	part   Window // what is cut out and scaled, where crops
	colour jitter
}

// draw draws what is done to an image of a size.
func (a Augment) draw(s *Stream, height, width int) (d drawn) {
	d.dx = s.Below(2*a.Pad+1) - a.Pad
	d.dy = s.Below(2*a.Pad+1) - a.Pad
	d.flip = s.Below(2) == 1 && a.Flip
	if a.crops() {
		d.part = a.part(s, height, width)
	}
	if a.colours() {
		d.colour = a.jitter(s)
	}
	return d
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
