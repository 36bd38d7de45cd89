package lesioned

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"ventral/cortex"
	"ventral/cortex/lesion"
	"ventral/nn"
)

// Donor is the intact cortex, from which lesions take numbers: means over images,
// standard deviations, and what another image evokes.
type Donor struct {
	g      *cortex.Graph // with the lesions
	engine nn.Engine
	v      *nn.Variables
	norms  *cortex.Norms
	train  func() (cortex.Batches, error)
	batch  int

	mu       sync.Mutex
	measured map[cortex.Tap]*spread

	evoking *cortex.Answering // compiled last, nil before
	ofTaps  []cortex.Tap      // of it, in batches of
	ofBatch int
}

// spread is what a tap of the intact cortex reads over training images.
type spread struct {
	n        int
	mean, m2 []float64 // of each unit; m2 is the sum of squared deviations
}

// sd is the standard deviation over images, a root mean square over units.
func (s *spread) sd() float64 {
	sum := 0.0
	for _, v := range s.m2 {
		sum += v
	}
	return math.Sqrt(sum / float64(s.n) / float64(len(s.m2)))
}

// NewDonor returns the donor of a graph with lesions. Variables are those of the trained
// cortex, which stay as they are. Train gives training images in batches of so many:
// means and standard deviations are over these, and so are statistics of norms that
// training never filled.
func NewDonor(g *cortex.Graph, e nn.Engine, v *nn.Variables, batch int, train func() (cortex.Batches, error)) (*Donor, error) {
	norms, err := cortex.TrainedNorms(g.Intact())
	if err != nil {
		return nil, err
	}
	return &Donor{g: g, engine: e, v: v.Clone(), norms: norms, train: train, batch: batch, measured: map[cortex.Tap]*spread{}}, nil
}

// record shows images in batches of so many to the intact cortex and hands over its taps.
func (d *Donor) record(src cortex.Batches, batch int, taps []cortex.Tap, each func(cortex.Answer) error) error {
	if d.evoking == nil || d.ofBatch != batch || !slices.Equal(d.ofTaps, taps) {
		d.Close()
		images, err := d.train()
		if err != nil {
			return err
		}
		if _, err := cortex.Reestimate(d.g.Intact(), d.engine, d.v, d.norms, images, d.batch, nil, taps); err != nil {
			return err
		}
		if d.evoking, err = cortex.NewAnswering(d.g.Intact(), d.engine, d.v, d.norms, batch, nil, taps); err != nil {
			d.evoking = nil
			return err
		}
		d.ofTaps, d.ofBatch = slices.Clone(taps), batch
	}
	return d.evoking.Show(d.v, src, each)
}

// Close frees the engine's memory.
func (d *Donor) Close() {
	if d != nil && d.evoking != nil {
		d.evoking.Close()
		d.evoking = nil
	}
}

// measure takes means and standard deviations of taps over training images.
func (d *Donor) measure(taps []cortex.Tap) error {
	taps = slices.DeleteFunc(slices.Clone(taps), func(t cortex.Tap) bool { return d.measured[t] != nil })
	if len(taps) == 0 {
		return nil
	}
	src, err := d.train()
	if err != nil {
		return err
	}
	list := make([]*spread, len(taps))
	err = d.record(src, d.batch, taps, func(a cortex.Answer) error {
		for k, x := range a.Taps {
			units := len(x) / d.batch
			if list[k] == nil {
				list[k] = &spread{mean: make([]float64, units), m2: make([]float64, units)}
			}
			s := list[k]
			for image := range a.Images {
				s.n++
				for u, v := range x[image*units:][:units] {
					distance := float64(v) - s.mean[u]
					s.mean[u] += distance / float64(s.n)
					s.m2[u] += distance * (float64(v) - s.mean[u])
				}
			}
		}
		return nil
	})
	for k, t := range taps {
		d.measured[t] = list[k]
	}
	return err
}

// With returns images together with what lesions take while these are shown. Of repeats,
// each draws anew.
func (d *Donor) With(src cortex.Batches, repeat int) *Images {
	return &Images{of: src, donor: d, repeat: repeat, ports: map[string]port{}}
}

// Images give what lesions take while some images are shown.
type Images struct {
	of     cortex.Batches
	donor  *Donor
	repeat int
	ports  map[string]port

	shuffled []cortex.Tap             // what shuffling lesions take
	batch    int                      // that was evoked last, -1 before
	evoked   map[cortex.Tap][]float32 // by it
	before   map[cortex.Tap][]float32 // by the first image of the one before
}

// port is what a lesion takes by a port.
type port struct {
	lesion.Lesion
	of cortex.Tap
}

// Take implements cortex.Lesioned.
func (x *Images) Take(names []string) error {
	var measured []cortex.Tap
	x.batch, x.evoked, x.before = -1, nil, nil
	for _, name := range names {
		l, of, err := cortex.GivenBy(x.donor.g, name)
		if err != nil {
			return err
		}
		x.ports[name] = port{l, of}
		if l.Kind != lesion.Shuffle {
			measured = append(measured, of)
		} else if !slices.Contains(x.shuffled, of) {
			x.shuffled = append(x.shuffled, of)
		}
	}
	x.donor.mu.Lock()
	defer x.donor.mu.Unlock()
	return x.donor.measure(measured)
}

// Given implements cortex.Lesioned. A port that nobody has taken is taken now.
func (x *Images) Given(batch int, name string, data []float32) error {
	p, ok := x.ports[name]
	if !ok {
		if err := x.Take([]string{name}); err != nil {
			return err
		}
		p = x.ports[name]
	}
	units := x.donor.g.Areas[p.of.Area].Image(1).Len()
	images := len(data) / units
	if p.Kind == lesion.Shuffle {
		return x.swap(batch, p, images, units, data)
	}
	s := x.donor.measured[p.of]
	sd := p.SD * s.sd()
	for i := range images {
		row := data[i*units:][:units]
		if p.Kind == lesion.Freeze {
			for u, m := range s.mean {
				row[u] = float32(m)
			}
			continue
		}
		r := drawn(p.Seed, name, batch*images+i, x.repeat)
		for u := range row {
			row[u] = float32(sd * r.NormFloat64())
		}
	}
	return nil
}

// drawn are the random numbers of an image at a port.
func drawn(seed int, name string, image, repeat int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %d %d", seed, name, image, repeat)
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// swap gives each image of a batch what the intact cortex does for another one of it: all
// ports of lesions of one seed for the same. An image alone has the first of the batch
// before.
func (x *Images) swap(batch int, p port, images, units int, data []float32) error {
	if x.batch != batch {
		if err := x.evoke(batch, images); err != nil {
			return err
		}
	}
	n := x.of.Valid(batch)
	if n == 1 {
		if x.before == nil {
			return fmt.Errorf("a lesion that shuffles needs two images or more in a batch, found one; a larger train.batch would do")
		}
		copy(data, x.before[p.of])
		return nil
	}
	all := x.evoked[p.of]
	copy(data, all) // of rows that are no images
	for i, from := range cycle(drawn(p.Seed, "shuffle", batch, x.repeat), n) {
		copy(data[i*units:][:units], all[from*units:])
	}
	return nil
}

// evoke records what the intact cortex does with a batch.
func (x *Images) evoke(batch, images int) error {
	x.donor.mu.Lock()
	defer x.donor.mu.Unlock()
	if x.evoked != nil {
		x.before = map[cortex.Tap][]float32{}
		for of, data := range x.evoked {
			x.before[of] = data[:len(data)/images]
		}
	}
	x.evoked = map[cortex.Tap][]float32{}
	err := x.donor.record(&single{x.of, batch}, images, x.shuffled, func(a cortex.Answer) error {
		for k, of := range x.shuffled {
			x.evoked[of] = slices.Clone(a.Taps[k])
		}
		return nil
	})
	x.batch = batch
	return err
}

// cycle returns a permutation without fixed points: one cycle of all (Sattolo 1986).
func cycle(r *rand.Rand, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	for i := n - 1; i > 0; i-- {
		k := r.IntN(i)
		list[i], list[k] = list[k], list[i]
	}
	return list
}

// single is one batch of images.
type single struct {
	of    cortex.Batches
	batch int
}

// Batches implements cortex.Batches.
func (s *single) Batches() int { return 1 }

// Valid implements cortex.Batches.
func (s *single) Valid(int) int { return s.of.Valid(s.batch) }

// Images implements cortex.Batches.
func (s *single) Images(_, frame int, images []float32) error {
	return s.of.Images(s.batch, frame, images)
}

// Labels implements cortex.Batches.
func (s *single) Labels(_, which int, labels []float32) error {
	return s.of.Labels(s.batch, which, labels)
}

// Stream implements cortex.Streamed.
func (s *single) Stream(_ int, name string, frame int, data []float32) error {
	of, ok := s.of.(cortex.Streamed)
	if !ok {
		return fmt.Errorf("nothing fills the input %q", name)
	}
	return of.Stream(s.batch, name, frame, data)
}
