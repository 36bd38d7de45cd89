package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Picture is an image as bytes, in the order y, x, channel.
type Picture struct {
	Height, Width, Channels int
	Pixels                  []byte
}

// check reports a picture that is none.
func (p Picture) check() error {
	if p.Height < 1 || p.Width < 1 || p.Channels < 1 || len(p.Pixels) != p.Height*p.Width*p.Channels {
		return fmt.Errorf("found %d bytes for %d×%d pixels of %d channels", len(p.Pixels), p.Height, p.Width, p.Channels)
	}
	return nil
}

// Source is the images that a pack is made of, in an order that stays. Its methods
// may be called concurrently.
type Source interface {
	// Len returns the number of images.
	Len() int

	// ID returns the name of an image, which no other has and which is the same on
	// every machine.
	ID(i int) string

	// Sum tells the content of an image, such as the SHA-256 of its file.
	Sum(i int) string

	// Picture decodes an image, scaled as it is to be kept.
	Picture(i int) (Picture, error)
}

// Hash returns what a pack of the source is called: SHA-256 in hexadecimal of names
// and contents, and of the recipe by which pictures are made of them.
func Hash(src Source, recipe string) string {
	h := sha256.New()
	fmt.Fprintf(h, "pack %d\n%q\n%d\n", format, recipe, src.Len())
	for i := range src.Len() {
		fmt.Fprintf(h, "%q %q\n", src.ID(i), src.Sum(i))
	}
	return hex.EncodeToString(h.Sum(nil))
}
