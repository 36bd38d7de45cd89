package stimuli

import (
	"fmt"
	"maps"
)

// memory is data that is held whole, a byte for each channel of each pixel: images
// of one frame, with labels.
type memory struct {
	about  Description
	parts  [splits]part
	hashes map[string]string
}

// newMemory returns memory without images.
func newMemory(about Description) *memory {
	return &memory{about: about, hashes: map[string]string{}}
}

// part is the images of one split. Several splits may share pixels and labels
// and differ in order.
type part struct {
	pixels []byte   // image, y, x, channel; 0 is black, 255 white
	labels []uint16 // image by image the classes that are true of it, as many of each
	order  []int32  // which image of pixels is image i; nil where it is i itself
}

// held is what memory takes: a byte for each value of an image, and two for each
// class that is true of it.
func held(images int, shape [3]int, each int) int64 {
	return int64(images) * int64(shape[0]*shape[1]*shape[2]+2*each)
}

func (m *memory) Description() Description  { return m.about.clone() }
func (m *memory) Hashes() map[string]string { return maps.Clone(m.hashes) }

func (m *memory) Read(s Split, image, frame int, pixels []float32) error {
	if err := m.about.InRange(s, image, frame); err != nil {
		return err
	}
	p, n := &m.parts[s], m.about.size()
	if len(pixels) != n {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	image = p.index(image)
	for k, v := range p.pixels[image*n : (image+1)*n] {
		pixels[k] = unit[v]
	}
	return nil
}

func (m *memory) Target(s Split, image, frame int, name string, values []float32) error {
	if err := m.about.InRange(s, image, frame); err != nil {
		return err
	}
	if name != Label {
		return fmt.Errorf("found target %q, there is %q alone", name, Label)
	}
	label := &m.about.Targets[0]
	if len(values) != len(label.Classes) {
		panic("stimuli: Target: values are not as many as there are classes")
	}
	p := &m.parts[s]
	image = p.index(image)
	clear(values)
	for _, class := range p.labels[image*label.True : (image+1)*label.True] {
		values[class] = 1
	}
	return nil
}

func (p *part) index(i int) int {
	if p.order != nil {
		return int(p.order[i])
	}
	return i
}

// unit holds v/255 for each byte v.
var unit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()
