package protocol

import "slices"

// draw writes a frame of a trial, normalised.
func (l *Loader) draw(t trial, k *look, dst []float32) error {
	if k.plain() {
		i, err := l.index(t, int(k.image))
		if err != nil {
			return err
		}
		return l.Pixels(t.epoch, i, k.clip, dst)
	}
	p, err := l.render(t, k)
	if err != nil {
		return err
	}
	for i, v := range p.pixels {
		c := i % p.channels
		dst[i] = float32(v*l.scale[c]) + l.shift[c]
	}
	return nil
}

// render makes a frame of a trial: pixels from 0 to 1. What is shown is scaled, moved
// and blurred; then its contrast and luminance change; then it is hidden, and noise
// comes last.
func (l *Loader) render(t trial, k *look) (picture, error) {
	p, err := l.base(t, k)
	if err != nil {
		return p, err
	}
	ground := l.colour(k.ground)
	if k.scale != 1 {
		p = p.scale(k.scale, ground)
	}
	if k.dx != 0 || k.dy != 0 {
		p = p.shift(k.dx, k.dy, ground)
	}
	if k.blur > 0 {
		p = p.blur(k.blur)
	}
	if k.contrast != 1 {
		p.about(ground, k.contrast)
	}
	if k.luminance != 1 {
		p.about(l.colour("black"), k.luminance)
	}
	if k.occlude.Kind != "" {
		over := p.like()
		if over.fill(ground); k.occlude.Kind == "fragments" {
			if over, err = l.imageOf(t, other(k.item, k.occludeAt), 0); err != nil {
				return p, err
			}
		}
		p.hide(k.occlude, over, t.stream(drawOccluder, k.item, k.occludeAt))
	}
	if k.noise.Kind != "" {
		p.addNoise(k.noise, t.stream(drawNoise, k.item, k.noiseAt))
	}
	p.clip()
	return p, nil
}

// base makes what a frame shows before it is changed.
func (l *Loader) base(t trial, k *look) (picture, error) {
	s := t.stream(drawMask, k.item, k.maskAt)
	switch {
	case k.blank != "":
		p := l.empty()
		p.fill(l.colour(k.blank))
		return p, nil
	case k.mask == "noise":
		p := l.empty()
		for i := range p.pixels {
			p.pixels[i] = float32(s.Uniform(0, 1))
		}
		return p, nil
	case k.mask == "image":
		return l.imageOf(t, other(k.item, k.maskAt), 0)
	case k.mask == "":
		return l.imageOf(t, int(k.image), k.clip)
	}
	p, err := l.imageOf(t, 0, 0)
	switch {
	case err != nil:
		return p, err
	case k.mask == "tiles":
		return p.tiles(k.tiles, s), nil
	}
	return p.scramble(s), nil
}

// imageOf is a frame of the k-th image of a trial, 0 to 1.
func (l *Loader) imageOf(t trial, k, frame int) (picture, error) {
	p := l.empty()
	i, err := l.index(t, k)
	if err == nil {
		err = l.Pixels(t.epoch, i, frame, p.pixels)
	}
	for i, v := range p.pixels {
		c := i % p.channels
		p.pixels[i] = (v - l.shift[c]) / l.scale[c]
	}
	return p, err
}

// empty is a picture that is black.
func (l *Loader) empty() picture {
	return picture{l.shape[0], l.shape[1], l.shape[2], make([]float32, l.shape[0]*l.shape[1]*l.shape[2])}
}

// colour returns a colour by its name; "" is that of the mean.
func (l *Loader) colour(name string) []float32 {
	even := func(v float32) []float32 { return slices.Repeat([]float32{v}, l.shape[2]) }
	switch name {
	case "grey":
		return even(0.5)
	case "black":
		return even(0)
	case "white":
		return even(1)
	}
	return l.mean
}
