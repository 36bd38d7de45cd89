// Package shelf reads image files as pictures of one short side: from a pack of the
// cache, or each time from the file. The pictures are the same to the bit.
package shelf

import (
	"errors"
	"fmt"
	"path/filepath"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
)

// Files says which image files there are, and which pictures they become.
type Files struct {
	Of    string   // what they are, for people who list packs
	Root  string   // their folder
	Names []string // below it, with slashes, in an order that stays
	Grey  bool     // one channel instead of three
	Short int      // short side that each is scaled to, uncropped; 0 leaves it as it lies
}

// decoder is the version of what makes pictures of files: pictures of another are
// another pack.
const decoder = 1

// recipe tells how pictures are made of files.
func (f Files) recipe() string {
	return fmt.Sprintf("decoder %d, short side %d, grey %t", decoder, f.Short, f.Grey)
}

// Shelf is opened files. Its methods may be called concurrently.
type Shelf struct {
	files Files
	sums  []string
	pack  *pack.Pack // nil: each picture is decoded when it is asked for
}

// Open reads the SHA-256 of the files, and opens their pack, which is built where it is
// not whole, if packed is set and there is a cache. Otherwise no picture is decoded.
// With again a pack is compared with its hashes, and what differs is made again.
func Open(env stimuli.Env, f Files, packed, again bool) (*Shelf, error) {
	s := &Shelf{files: f}
	var err error
	if s.sums, err = stimuli.Sums(env, f.Root, f.Names); err != nil {
		return nil, err
	}
	if packed && env.Cache != "" {
		if s.pack, err = stimuli.OpenPack(env, source{s}, pack.Options{Of: f.Of, Recipe: f.recipe(), Thorough: again}); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Unread returns files that were not read: without their SHA-256, and without a pack.
func Unread(f Files) *Shelf { return &Shelf{files: f} }

// Sums returns the SHA-256 in hexadecimal of each file, nil of one that is [Unread].
func (s *Shelf) Sums() []string { return s.sums }

// Pack returns the pack; nil where files are read.
func (s *Shelf) Pack() *pack.Pack { return s.pack }

// Size returns height and width of a picture.
func (s *Shelf) Size(i int) (height, width int, err error) {
	if s.pack != nil {
		height, width, _ := s.pack.Size(i)
		return height, width, nil
	}
	if height, width, err = picture.Size(s.path(i)); err != nil {
		return 0, 0, err
	}
	height, width = picture.ShortSide(height, width, s.files.Short)
	return height, width, nil
}

// View calls f with a picture, whose pixels are f's while it runs.
func (s *Shelf) View(i int, f func(pack.Picture) error) error {
	if s.pack != nil {
		return s.pack.View(i, f)
	}
	p, err := s.decode(i)
	if err != nil {
		return err
	}
	return f(p)
}

// ReadWindow writes a part of a picture, scaled to a shape, with values 0 … 1.
func (s *Shelf) ReadWindow(i int, w stimuli.Window, shape [3]int, pixels []float32) error {
	return s.View(i, func(p pack.Picture) error {
		if w.X < 0 || w.Y < 0 || w.Width < 1 || w.Height < 1 || w.Width > p.Width-w.X || w.Height > p.Height-w.Y {
			return fmt.Errorf("found a part %+v of a picture of %d×%d pixels", w, p.Height, p.Width)
		}
		stimuli.ReadPart(p, w, shape, pixels)
		return nil
	})
}

// Keep implements [stimuli.Keeping] beside the pack. The name must tell what else the
// result depends on, such as which images are learnt from.
func (s *Shelf) Keep(name string, make func() ([]byte, error)) ([]byte, error) {
	if s.pack == nil {
		return make()
	}
	return s.pack.Keep(name, make)
}

func (s *Shelf) path(i int) string {
	return filepath.Join(s.files.Root, filepath.FromSlash(s.files.Names[i]))
}

// source is a shelf as what a pack is made of.
type source struct{ *Shelf }

// Len implements [pack.Source].
func (s source) Len() int { return len(s.files.Names) }

// ID implements [pack.Source].
func (s source) ID(i int) string { return s.files.Names[i] }

// Sum implements [pack.Source].
func (s source) Sum(i int) string { return s.sums[i] }

// Picture implements [pack.Source]. What is wrong with a file does not tell where it
// lies, so that copies are the same pack.
func (s source) Picture(i int) (pack.Picture, error) {
	p, err := s.decode(i)
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	return p, err
}

// decode reads a file and scales it.
func (s *Shelf) decode(i int) (pack.Picture, error) {
	p, err := picture.Read(s.path(i), picture.Limits{})
	if err != nil {
		return pack.Picture{}, err
	}
	height, width := picture.ShortSide(p.Height, p.Width, s.files.Short)
	if p = p.Resize(height, width); s.files.Grey {
		p = p.Grey()
	} else {
		p = p.Colour()
	}
	return pack.Picture{Height: p.Height, Width: p.Width, Channels: p.Channels, Pixels: p.Data}, nil
}
