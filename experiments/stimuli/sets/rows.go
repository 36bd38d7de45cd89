package sets

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/arrays"
)

// rows is data of which every image is a row of an array. Images are read where the
// arrays lie.
type rows struct {
	about   stimuli.Description
	columns []string
	pieces  []*piece
	files   []*arrays.File
	order   [stimuli.Splits][]place
	hashes  map[string]string
	left    []stimuli.Skipped // arrays that are not read
	scratch sync.Pool         // of *[]byte, a frame
}

// piece is an array of images with what is told of them.
type piece struct {
	images     *arrays.Array
	labels     *arrays.Array            // nil where images have none
	columns    map[string]*arrays.Array // an element an image; one is perhaps called id
	maps       map[string]*arrays.Array // a map of values an image, or a frame of it
	name       string                   // before the number of an image in its id
	transposed bool                     // rows of images lie as columns
	white      float64                  // of floating-point images; 0 is 1

	class []uint16 // image by image, or frame by frame
	told  map[string][]string
}

// place is where an image is: which piece, which of its rows.
type place struct{ piece, row int32 }

var _ stimuli.Factored = (*rows)(nil)
var _ stimuli.Skipping = (*rows)(nil)

// shape is that of a frame; frames is how many an image has.
func (p *piece) shape() (shape [3]int, frames int, err error) {
	s := p.images.Shape
	switch len(s) {
	case 3:
		shape, frames = [3]int{s[1], s[2], 1}, 1
	case 4:
		shape, frames = [3]int(s[1:]), 1
		if shape[0] <= 4 && shape[2] > 4 {
			return shape, 0, p.fault("found images of %v, which looks like channel, y, x; want y, x, channel: numpy.moveaxis(images, 1, -1)", s[1:])
		}
	case 5:
		shape, frames = [3]int(s[2:]), s[1]
	default:
		return shape, 0, p.fault("found axes of %v, want image, y, x, or image, y, x, channel, or image, frame, y, x, channel", s)
	}
	if p.transposed {
		shape[0], shape[1] = shape[1], shape[0]
	}
	if k := p.images.Kind(); k != 'f' && k != 'b' && p.images.Type[1:] != "u1" {
		return shape, 0, p.fault("found elements of type %q, want uint8, 0..255, or floating-point numbers, 0..1", p.images.Type)
	}
	return shape, frames, nil
}

// fault is an error about the images.
func (p *piece) fault(format string, args ...any) error { return p.images.Fault(format, args...) }

// newRows joins pieces into data whose images are not in any split yet. Classes of
// labels are as names say.
func newRows(pieces []*piece, names []string) (*rows, error) {
	r := &rows{pieces: pieces, columns: []string{"id"}, hashes: map[string]string{}}
	r.scratch.New = func() any {
		b := make([]byte, r.about.Shape[0]*r.about.Shape[1]*r.about.Shape[2])
		return &b
	}
	for i, p := range pieces {
		shape, frames, err := p.shape()
		if err != nil {
			return nil, err
		}
		if i == 0 {
			r.about.Shape, r.about.Frames = shape, frames
		}
		if shape != r.about.Shape || frames != r.about.Frames {
			return nil, p.fault("found %d frames of %v (y, x, channel), those before have %d of %v", frames, shape, r.about.Frames, r.about.Shape)
		}
		r.about.Held += p.images.Held
	}
	return r, cmp.Or(r.label(names), r.addColumns(), r.addMaps())
}

// addColumns reads the columns. All pieces must have the same.
func (r *rows) addColumns() error {
	known := slices.Sorted(maps.Keys(r.pieces[0].columns))
	for _, name := range known {
		if name != "id" {
			r.columns = append(r.columns, name)
		}
	}
	for _, p := range r.pieces {
		if names := slices.Sorted(maps.Keys(p.columns)); !slices.Equal(names, known) {
			return p.fault("found columns %q beside it, those before have %q", names, known)
		}
		p.told = map[string][]string{}
		for name, a := range p.columns {
			texts, err := a.Texts()
			if err != nil {
				return err
			}
			p.told[name] = texts
		}
	}
	return r.distinct()
}

// distinct reports two images of one id.
func (r *rows) distinct() error {
	seen := map[string]bool{}
	for _, p := range r.pieces {
		for i, id := range p.told["id"] {
			if seen[id] {
				return p.columns["id"].Fault("found %q a second time, at image %d, want another for each image", id, i)
			}
			seen[id] = true
		}
	}
	return nil
}

// addMaps enters maps of values as targets.
func (r *rows) addMaps() error {
	known := slices.Sorted(maps.Keys(r.pieces[0].maps))
	for _, p := range r.pieces {
		if names := slices.Sorted(maps.Keys(p.maps)); !slices.Equal(names, known) {
			return p.fault("found maps %q beside it, those before have %q", names, known)
		}
	}
	for _, name := range known {
		var shape [3]int
		for i, p := range r.pieces {
			s := p.maps[name].Shape[1:]
			if len(s) == 2 {
				s = []int{s[0], s[1], 1}
			}
			if here := [3]int(s[len(s)-3:]); i == 0 {
				shape = here
			} else if here != shape {
				return p.maps[name].Fault("found maps of %v, those before are of %v", here, shape)
			}
		}
		r.about.Targets = append(r.about.Targets, stimuli.Target{Name: name, Shape: shape})
	}
	return nil
}

func closeAll(files []*arrays.File) {
	for _, f := range files {
		f.Close()
	}
}

// opened returns the data, or the error after which its files are closed.
func (r *rows) opened(err error) (stimuli.Data, error) {
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// peeked returns the data as it is before load, or the error of reading its labels.
// Images that are compressed, and larger than mostPeeked once unpacked, are left out.
func peeked(r *rows, env stimuli.Env, err error) (stimuli.Data, error) {
	if err != nil {
		return nil, err
	}
	tell(r, env)
	if r.about.Held > mostPeeked {
		r.about.Images = [stimuli.Splits]int{}
	}
	return r, nil
}

// mostPeeked is how many bytes are unpacked to look at the first images.
const mostPeeked = 256 << 20

// Close closes the files, of which nothing is read any more.
func (r *rows) Close() error {
	closeAll(r.files)
	return nil
}
