package sets

import (
	"fmt"
	"maps"
	"slices"

	"ventral/experiments/stimuli"
)

// Description implements [stimuli.Data].
func (r *rows) Description() stimuli.Description { return r.about.Clone() }

// Hashes implements [stimuli.Data].
func (r *rows) Hashes() map[string]string { return maps.Clone(r.hashes) }

// Skipped implements [stimuli.Skipping].
func (r *rows) Skipped() []stimuli.Skipped { return slices.Clone(r.left) }

// tell says which arrays are not read.
func tell(r *rows, env stimuli.Env) {
	for _, x := range r.left {
		env.Tell(fmt.Sprintf("%s %s: it is not read", x.File, x.Reason))
	}
}

// Columns implements [stimuli.Factored].
func (r *rows) Columns() []string { return slices.Clone(r.columns) }

// Factor implements [stimuli.Factored].
func (r *rows) Factor(s stimuli.Split, image int, column string) (string, error) {
	if err := r.about.InRange(s, image, 0); err != nil {
		return "", err
	}
	at := r.order[s][image]
	p := r.pieces[at.piece]
	texts, ok := p.told[column]
	switch {
	case ok:
		return texts[at.row], nil
	case column == "id":
		return fmt.Sprintf("%s:%d", p.name, at.row), nil
	}
	return "", fmt.Errorf("found column %q, there are %q", column, r.columns)
}

// Read implements [stimuli.Data].
func (r *rows) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := r.about.InRange(s, image, frame); err != nil {
		return err
	}
	shape := r.about.Shape
	size := shape[0] * shape[1] * shape[2]
	if len(pixels) != size {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	at := r.order[s][image]
	p := r.pieces[at.piece]
	from := int64(size) * (int64(at.row)*int64(r.about.Frames) + int64(frame))
	if p.images.Kind() == 'f' {
		if err := p.floats(from, pixels); err != nil {
			return err
		}
		if p.transposed {
			transpose(pixels, slices.Clone(pixels), shape)
		}
		return nil
	}
	scratch := r.scratch.Get().(*[]byte)
	defer r.scratch.Put(scratch)
	b := *scratch
	if err := p.images.Raw(from, b); err != nil {
		return err
	}
	white := 1
	if p.images.Kind() == 'b' {
		white = 255
	}
	if p.transposed {
		transpose(b, slices.Clone(b), shape)
	}
	for i, v := range b {
		pixels[i] = stimuli.Unit[int(v)*white&255]
	}
	return nil
}

// floats writes pixels that are floating-point numbers, and reports the first that is
// out of range.
func (p *piece) floats(from int64, pixels []float32) error {
	if err := p.images.Float32s(from, pixels); err != nil {
		return err
	}
	white := float32(p.white)
	if white == 0 {
		white = 1
	}
	for i, v := range pixels {
		if !(v >= 0 && v <= white) { // NaN is neither
			return p.fault("image %d: found %v, want numbers 0..%v; the key white says which number is white", (from+int64(i))/int64(p.images.Each()), v, white)
		}
		pixels[i] = v / white
	}
	return nil
}

// transpose writes an image whose columns lie in src as rows.
func transpose[T any](dst, src []T, shape [3]int) {
	height, width, channels := shape[0], shape[1], shape[2]
	for y := range height {
		for x := range width {
			copy(dst[(y*width+x)*channels:(y*width+x+1)*channels], src[(x*height+y)*channels:])
		}
	}
}

// Target implements [stimuli.Data].
func (r *rows) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := r.about.InRange(s, image, frame); err != nil {
		return err
	}
	k := slices.IndexFunc(r.about.Targets, func(t stimuli.Target) bool { return t.Name == name })
	if k < 0 {
		return fmt.Errorf("found target %q, there are %d others", name, len(r.about.Targets))
	}
	if shape := r.about.Targets[k].Shape; len(values) != shape[0]*shape[1]*shape[2] {
		panic("stimuli: Target: values are not as many as the target has")
	}
	at := r.order[s][image]
	p := r.pieces[at.piece]
	i := int(at.row)
	if name == stimuli.Label {
		if len(p.class) > p.images.Rows() {
			i = i*r.about.Frames + frame
		}
		clear(values)
		values[p.class[i]] = 1
		return nil
	}
	a := p.maps[name]
	if len(a.Shape) == 5 {
		i = i*r.about.Frames + frame
	}
	if err := a.Float32s(int64(i)*int64(len(values)), values); err != nil {
		return err
	}
	for _, v := range values {
		if v-v != 0 {
			return a.Fault("image %d: found %v, want finite numbers", at.row, v)
		}
	}
	return nil
}

// load unpacks what is compressed, and reads the first image of each piece, so that
// images that cannot be read are told of before training.
func (r *rows) load(env stimuli.Env) error {
	for k, p := range r.pieces {
		if err := env.Cancelled(); err != nil {
			return err
		}
		if err := p.images.Load(); err != nil {
			return err
		}
		for _, a := range p.maps {
			if err := a.Load(); err != nil {
				return err
			}
		}
		env.Report(int64(k+1), int64(len(r.pieces)))
	}
	pixels := make([]float32, r.about.Shape[0]*r.about.Shape[1]*r.about.Shape[2])
	for s, n := range r.about.Images {
		if n > 0 {
			if err := r.Read(stimuli.Split(s), 0, 0, pixels); err != nil {
				return err
			}
		}
	}
	return nil
}
