package stimuli

import "fmt"

// Peeking is a kind of files whose images can be read before all of them were: without
// their hashes, and without a pack.
type Peeking interface {
	Placed

	// Peek returns the data without hashes. It reports what Describe reports.
	Peek(Env) (Data, error)
}

// Glanced is how many images of each split [Glance] reads, at most, and GlancedFrames how
// many frames of each.
const (
	Glanced       = 4
	GlancedFrames = 16
)

// Glance reads the first images of each split, with what is told of them, and reports
// the first that cannot be read; the message begins with a key. It returns how many it
// read: none of a kind that is not [Peeking].
func Glance(k Kind, env Env) (images int, err error) {
	p, ok := k.(Peeking)
	if !ok {
		return 0, nil
	}
	d, err := p.Peek(env)
	if err != nil {
		return 0, err
	}
	if c, ok := d.(interface{ Close() error }); ok {
		defer c.Close()
	}
	about := d.Description()
	pixels := make([]float32, about.size())
	for s, n := range about.Images {
		for i := range min(n, Glanced) {
			if err := glance(d, about, Split(s), i, pixels); err != nil {
				return images, err
			}
			images++
		}
	}
	return images, nil
}

// glance reads an image and what is told of it.
func glance(d Data, about Description, s Split, image int, pixels []float32) error {
	for f := range min(about.Frames, GlancedFrames) {
		if err := d.Read(s, image, f, pixels); err != nil {
			return fmt.Errorf("path: %v image %d: %w", s, image, err)
		}
		for _, t := range about.Targets {
			if err := d.Target(s, image, f, t.Name, make([]float32, t.Shape[0]*t.Shape[1]*t.Shape[2])); err != nil {
				return fmt.Errorf("path: %s of %v image %d: %w", t.Name, s, image, err)
			}
		}
	}
	return nil
}
