package protocol

// look is all that the pixels of a frame depend on, besides the trial. Equal looks are
// one frame.
type look struct {
	image Which // base; NoImage where a blank or a mask is
	clip  int   // frame of the image
	blank string
	mask  string
	tiles int

	contrast, luminance, scale, blur float64
	dx, dy                           int
	ground                           string

	noise   Noise
	occlude Occlude

	// What random parts are drawn by: the item, and the step where they are fresh;
	// -1 where they are drawn once a trial, and item -1 where nothing is random.
	item, maskAt, noiseAt, occludeAt int
}

// plain reports whether the frame is an image of the data set as it is.
func (l *look) plain() bool {
	return l.image != NoImage && *l == look{image: l.image, clip: l.clip, contrast: 1, luminance: 1, scale: 1, item: -1, maskAt: -1, noiseAt: -1, occludeAt: -1}
}

// lookOf returns the frame of a moment at step t. With baked, contrast and luminance
// are in the frame; else the program mixes frames where it can, and they are returned.
func (c *Condition) lookOf(m moment, t, frames int, baked bool) (l look, contrast, luminance float64) {
	x := &c.Items[m.item]
	l = look{image: NoImage, item: -1, maskAt: -1, noiseAt: -1, occludeAt: -1,
		contrast: x.Contrast.at(m.k, m.n), luminance: x.Luminance.at(m.k, m.n), scale: x.Scale.at(m.k, m.n), blur: x.Blur.at(m.k, m.n),
		dx: m.k * x.Shift[0], dy: m.k * x.Shift[1], blank: x.Blank, mask: x.Mask}
	fresh := func(when string) int {
		if l.item = m.item; when == "step" {
			return t
		}
		return -1
	}
	switch {
	case x.Mask != "":
		if l.maskAt = fresh(x.Fresh); x.Mask == "tiles" {
			l.tiles = x.Tiles
		}
	case x.Blank == "":
		l.image = max(0, x.Image)
		switch x.Frame {
		case NextFrame:
			l.clip = min(m.k/x.Every, frames-1)
		case NoFrame:
		default:
			l.clip = int(x.Frame)
		}
	default:
		l.scale, l.blur, l.dx, l.dy = 1, 0, 0, 0 // of an even colour
	}
	if x.Noise.Kind != "" {
		l.noise, l.noiseAt = x.Noise, fresh(x.Noise.Fresh)
	}
	if x.Occlude.Kind != "" {
		l.occlude, l.occludeAt = x.Occlude, fresh(x.Occlude.Fresh)
	}
	contrast, luminance = 1, 1
	if !baked && x.Noise.Kind == "" && x.Occlude.Kind == "" && l.contrast <= 1 && l.luminance <= 1 {
		contrast, luminance, l.contrast, l.luminance = l.contrast, l.luminance, 1, 1
	}
	if l.contrast != 1 || l.scale != 1 || l.dx != 0 || l.dy != 0 || x.Occlude.Kind != "" {
		l.ground = c.Ground
	}
	return l, contrast, luminance
}

// even returns the look of a screen of one colour.
func even(colour string) look {
	return look{image: NoImage, blank: colour, contrast: 1, luminance: 1, scale: 1, item: -1, maskAt: -1, noiseAt: -1, occludeAt: -1}
}
