package stimuli

import (
	"fmt"
	"maps"
)

// Memory is [Data] that is held whole, a byte for each channel of each pixel: images
// of one frame, with labels. It is not changed once it is asked for images.
type Memory struct {
	Parts  [Splits]Part
	about  Description
	hashes map[string]string
}

var _ Data = (*Memory)(nil)

// NewMemory returns memory without images. A description of more than
// [MostClasses] classes panics: labels could not tell them apart.
func NewMemory(about Description) *Memory {
	if len(about.Label().Classes) > MostClasses {
		panic("stimuli: NewMemory: more than 65536 classes")
	}
	return &Memory{about: about, hashes: map[string]string{}}
}

// Part is the images of one split. Several splits may share pixels and labels
// and differ in order.
type Part struct {
	Pixels []byte   // image, y, x, channel; 0 is black, 255 white
	Labels []uint16 // image by image the classes that are true of it, as many of each
	Order  []int32  // which image of Pixels is image i; nil where it is i itself
}

// Held is what [Memory] takes: a byte for each value of an image, and two for each
// class that is true of it.
func Held(images int, shape [3]int, each int) int64 {
	return int64(images) * int64(shape[0]*shape[1]*shape[2]+2*each)
}

// SetHash enters the SHA-256 of what is called name.
func (m *Memory) SetHash(name, sum string) { m.hashes[name] = sum }

// Description implements [Data].
func (m *Memory) Description() Description { return m.about.Clone() }

// Hashes implements [Data].
func (m *Memory) Hashes() map[string]string { return maps.Clone(m.hashes) }

// Read implements [Data].
func (m *Memory) Read(s Split, image, frame int, pixels []float32) error {
	if err := m.about.InRange(s, image, frame); err != nil {
		return err
	}
	p, n := &m.Parts[s], m.about.size()
	if len(pixels) != n {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	image = p.index(image)
	for k, v := range p.Pixels[image*n : (image+1)*n] {
		pixels[k] = Unit[v]
	}
	return nil
}

// Target implements [Data].
func (m *Memory) Target(s Split, image, frame int, name string, values []float32) error {
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
	p := &m.Parts[s]
	image = p.index(image)
	clear(values)
	for _, class := range p.Labels[image*label.True : (image+1)*label.True] {
		values[class] = 1
	}
	return nil
}

func (p *Part) index(i int) int {
	if p.Order != nil {
		return int(p.Order[i])
	}
	return i
}

// Unit holds v/255 for each byte v.
var Unit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()
