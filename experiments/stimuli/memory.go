package stimuli

import (
	"maps"
	"slices"
)

// memory is data that is held whole, a byte for each channel of each pixel.
type memory struct {
	shape   [3]int
	classes []string // at most 16
	targets int
	parts   [splits]part
	hashes  map[string]string
}

// part is the images of one split. Several splits may share pixels and truth
// and differ in order.
type part struct {
	pixels []byte   // image, y, x, channel; 0 is black, 255 white
	truth  []uint16 // for each image, bit k tells whether class k is true
	order  []int32  // which image of pixels is image i; nil where it is i itself
}

func (m *memory) Shape() [3]int             { return m.shape }
func (m *memory) Classes() []string         { return slices.Clone(m.classes) }
func (m *memory) Targets() int              { return m.targets }
func (m *memory) Hashes() map[string]string { return maps.Clone(m.hashes) }

func (m *memory) Len(s Split) int {
	p := m.part(s)
	if p.order != nil {
		return len(p.order)
	}
	return len(p.truth)
}

func (m *memory) Image(s Split, i int, dst []float32) {
	p, n := m.part(s), m.shape[0]*m.shape[1]*m.shape[2]
	if len(dst) != n {
		panic("stimuli: Image: destination is not height·width·channels long")
	}
	i = p.index(i)
	for k, v := range p.pixels[i*n : (i+1)*n] {
		dst[k] = unit[v]
	}
}

func (m *memory) Label(s Split, i int, dst []float32) {
	if len(dst) != len(m.classes) {
		panic("stimuli: Label: destination is not as long as there are classes")
	}
	p := m.part(s)
	truth := p.truth[p.index(i)]
	for k := range dst {
		dst[k] = float32(truth >> k & 1)
	}
}

func (m *memory) part(s Split) *part {
	if s < 0 || s >= splits {
		panic("stimuli: no such split")
	}
	return &m.parts[s]
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
