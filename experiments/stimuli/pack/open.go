package pack

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// Options say how a pack is opened, and built where it has to be.
type Options struct {
	Cache    string // the folder in which packs lie, in packs/HASH
	Of       string // what the images are, for people who list packs
	Recipe   string // how the source makes pictures of files: another recipe is another pack
	Workers  int    // goroutines that decode; 0 means 1
	Shard    int64  // bytes of pixels in a file; 0 means 256 MiB
	Thorough bool   // compare finished shards with their SHA-256, and make those again that differ

	Context  context.Context         // ends building and waiting; nil means never
	Progress func(done, total int64) // is told of images, from one goroutine at a time; may be nil
	Plan     func(Plan)              // is told what building will take, before it begins; may be nil
	Waiting  func()                  // is called once where another process builds; may be nil

	images int // of the source
}

func (o *Options) workers() int { return max(1, o.Workers) }

func (o *Options) shardBytes() int64 {
	if o.Shard > 0 {
		return o.Shard
	}
	return 256 << 20
}

func (o *Options) cancelled() error {
	if o.Context == nil {
		return nil
	}
	return o.Context.Err()
}

func (o *Options) report(done, total int) {
	if o.Progress != nil {
		o.Progress(int64(done), int64(total))
	}
}

// Folder returns the folder of a pack in a cache.
func Folder(cache, hash string) string { return filepath.Join(cache, "packs", hash) }

// Open returns the pack of a source. Where it is not whole, this process builds it,
// or waits while another does. An error of an image is an [*ImageError], of a full
// disk a [*NoRoom].
func Open(src Source, o Options) (*Pack, error) {
	o.images = src.Len()
	about := About{Format: format, Of: o.Of, Recipe: o.Recipe, Hash: Hash(src, o.Recipe), Images: src.Len()}
	folder := Folder(o.Cache, about.Hash)
	wrap := func(err error) error {
		if errors.As(err, new(*ImageError)) || errors.As(err, new(*NoRoom)) {
			return err // the pack is not to blame
		}
		return fmt.Errorf("pack %s: %w", folder, err)
	}
	thorough, built := o.Thorough, false
	for {
		l, err := o.lock(folder, false)
		if err != nil {
			return nil, wrap(err)
		}
		p, err := load(folder)
		if err == nil && (!thorough || p.damage() == nil) {
			p.lock = l
			return p, nil
		}
		l.Close()
		if err != nil && built {
			return nil, wrap(err)
		}
		if l, err = o.lock(folder, true); err != nil {
			return nil, wrap(err)
		}
		p, err = load(folder)
		if err == nil {
			p.Close()
		}
		if err != nil || thorough { // else another process built it while this one waited
			b := builder{src: src, o: &o, about: about, folder: folder, unlocked: l.unlocked}
			err = b.build()
			thorough, built = false, true
		}
		l.Close()
		if err != nil {
			return nil, wrap(err)
		}
	}
}
