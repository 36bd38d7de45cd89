package pack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// numbered is a source of images that follow from their number: of several sizes,
// some of one channel.
type numbered struct {
	n       int
	bad     func(i int) bool // images that cannot be decoded
	decoded atomic.Int64
	log     string // a file that gets a byte for each image that is decoded
}

func (s *numbered) Len() int         { return s.n }
func (s *numbered) ID(i int) string  { return fmt.Sprintf("class\t%d/image \"%d\"\n.jpg", i%3, i) }
func (s *numbered) Sum(i int) string { return fmt.Sprint(i * i) }

func (s *numbered) Picture(i int) (Picture, error) {
	s.decoded.Add(1)
	if s.log != "" {
		f, err := os.OpenFile(s.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return Picture{}, err
		}
		f.Write([]byte{'.'})
		f.Close()
	}
	if s.bad != nil && s.bad(i) {
		return Picture{}, errors.New("it is\tbad")
	}
	return s.want(i), nil
}

func (s *numbered) want(i int) Picture {
	p := Picture{Height: 5 + i%4, Width: 4 + i%7, Channels: 3 - 2*(i%5/4)}
	p.Pixels = make([]byte, p.Height*p.Width*p.Channels)
	for k := range p.Pixels {
		p.Pixels[k] = byte(7*i + 31*k + i*k)
	}
	return p
}

// options are those of tests: shards of some images each.
func options(cache string) Options {
	return Options{Cache: cache, Of: "numbers", Recipe: "plain", Workers: 3, Shard: 2000}
}

// sameAs checks every image of a pack, and closes it.
func sameAs(t *testing.T, p *Pack, src *numbered) {
	t.Helper()
	defer p.Close()
	if p.Len() != src.n {
		t.Fatalf("got %d images, want %d", p.Len(), src.n)
	}
	for i := range src.n {
		want := src.want(i)
		if h, w, c := p.Size(i); h != want.Height || w != want.Width || c != want.Channels {
			t.Fatalf("image %d: size %d×%d×%d, want %d×%d×%d", i, h, w, c, want.Height, want.Width, want.Channels)
		}
		err := p.View(i, func(got Picture) error {
			if got.Height != want.Height || got.Width != want.Width || got.Channels != want.Channels || !bytes.Equal(got.Pixels, want.Pixels) {
				return fmt.Errorf("other pixels")
			}
			return nil
		})
		if err != nil {
			t.Fatalf("image %d: %v", i, err)
		}
	}
}

// contents are the files of a folder but the lock.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]string{}
	for _, f := range list {
		if f.Name() == lockFile {
			continue
		}
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		m[f.Name()] = string(b)
	}
	return m
}
