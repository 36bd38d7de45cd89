package pack

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"unsafe"
)

// Pack is images that were decoded. Its methods may be called concurrently.
type Pack struct {
	folder  string
	about   index
	entries []entry
	shards  []*pixels
	lock    *held
	buffers sync.Pool // of *[]byte, where files are not mapped
}

// pixels is the file of a shard.
type pixels struct {
	file   *os.File
	mapped []byte // nil where the system maps no files
}

func (p *pixels) close() {
	if p.mapped != nil {
		unmap(p.mapped)
		p.mapped = nil
	}
	p.file.Close()
}

// load reads what a whole pack holds, and opens its shards.
func load(folder string) (*Pack, error) {
	x, err := readIndex(folder)
	if err != nil {
		return nil, err
	}
	p := &Pack{folder: folder, about: x}
	p.buffers.New = func() any { return new([]byte) }
	for k := range x.Shards {
		if err := p.open(k); err != nil {
			p.Close()
			return nil, err
		}
	}
	if len(p.entries) != x.Images {
		p.Close()
		return nil, fmt.Errorf("index.json: found %d images, want %d", len(p.entries), x.Images)
	}
	runtime.AddCleanup(p, func(list []*pixels) {
		for _, x := range list {
			x.close()
		}
	}, p.shards)
	return p, nil
}

// open reads the table of a shard and opens its pixels.
func (p *Pack) open(k int) error {
	s, entries, err := readShard(p.folder, k)
	if err != nil {
		return err
	}
	if s != p.about.Shards[k] || s.First != len(p.entries) {
		return fmt.Errorf("%s: is another shard than index.json says", tableFile(k))
	}
	p.entries = append(p.entries, entries...)
	f, err := os.Open(filepath.Join(p.folder, pixelsFile(k)))
	if err != nil {
		return err
	}
	file := &pixels{file: f}
	p.shards = append(p.shards, file)
	if s.Bytes == 0 {
		return nil
	}
	if file.mapped, err = mapFile(f, s.Bytes); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fmt.Errorf("%s: %w", pixelsFile(k), err)
	}
	return nil
}

// Close ends reading. A pack that nothing refers to closes by itself.
func (p *Pack) Close() error {
	for _, x := range p.shards {
		x.close()
	}
	p.shards = nil
	if p.lock != nil {
		return p.lock.Close()
	}
	return nil
}

// About says what the pack is of.
func (p *Pack) About() About { return p.about.About }

// Folder is where the pack lies.
func (p *Pack) Folder() string { return p.folder }

// Bytes is the size of all pixels.
func (p *Pack) Bytes() int64 { return p.about.Bytes }

// Len returns the number of images.
func (p *Pack) Len() int { return len(p.entries) }

// Size returns height, width and channels of an image.
func (p *Pack) Size(i int) (height, width, channels int) {
	e := p.entries[i]
	return int(e.height), int(e.width), int(e.channels)
}

// View calls f with an image, whose pixels are f's while it runs, and not to be
// written to. Pixels that are not those that were written are an error that names
// the file.
func (p *Pack) View(i int, f func(Picture) error) error {
	if i < 0 || i >= len(p.entries) {
		return fmt.Errorf("pack %s: found image %d, there are %d", p.folder, i, len(p.entries))
	}
	err := p.view(p.entries[i], f)
	runtime.KeepAlive(p)
	return err
}

func (p *Pack) view(e entry, f func(Picture) error) error {
	file, n := p.shards[e.shard], e.size()
	picture := Picture{Height: int(e.height), Width: int(e.width), Channels: int(e.channels)}
	if file.mapped != nil {
		picture.Pixels = file.mapped[e.offset : e.offset+n : e.offset+n]
	} else {
		buffer := p.buffers.Get().(*[]byte)
		defer p.buffers.Put(buffer)
		*buffer = slices.Grow((*buffer)[:0], int(n))[:n]
		if _, err := file.file.ReadAt(*buffer, e.offset); err != nil {
			return p.damaged(e, err)
		}
		picture.Pixels = *buffer
	}
	var sound bool
	var of error // f's
	err := guarded(picture.Pixels, func() {
		if sound = crc32.Checksum(picture.Pixels, castagnoli) == e.check; sound {
			of = f(picture)
		}
	})
	if err != nil || !sound {
		return p.damaged(e, err)
	}
	return of
}

// guarded calls f, which reads mapped bytes. A file that was cut off meanwhile is an
// error, where the system would end the process.
func guarded(b []byte, f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		x := recover()
		if x == nil {
			return
		}
		fault, ok := x.(interface{ Addr() uintptr })
		if first := uintptr(unsafe.Pointer(unsafe.SliceData(b))); !ok || fault.Addr() < first || fault.Addr() >= first+uintptr(len(b)) {
			panic(x)
		}
		err = errors.New("the file was cut off while it was read")
	}()
	f()
	return nil
}

// damaged is the error of pixels that are not those that were written.
func (p *Pack) damaged(e entry, err error) error {
	if err == nil {
		err = errors.New("its pixels are not those that were written")
	}
	return fmt.Errorf("%s: image %q: %w; cortex data pack makes the file again",
		filepath.Join(p.folder, pixelsFile(int(e.shard))), e.id, err)
}
